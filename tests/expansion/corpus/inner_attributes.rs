#[dag]
fn f(n: u64) -> u64 { #![allow(unused)] #![cfg(any())] g(n) }
