#[dag]
pub fn f(&self, n: u64) -> u64 { ;#![x] while n { } g(n) }
