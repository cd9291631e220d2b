//! Names of the prelude, of `std` and of `core`, taken by other things where tasks and dags stand.
#![allow(dead_code, unused_imports, unused_macros)]

use ::dagger::{dag, task};

struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Vec;
struct Box;
struct String;
trait Send {}
trait Sync {}
trait Copy {}
trait Clone {}
trait Into {}
trait From {}
trait Default {}
trait Iterator {}
trait IntoIterator {}
trait FromIterator {}
trait Future {}
trait Fn {}
trait FnOnce {}
trait Drop {}
mod std {}
mod core {}
mod alloc {}
mod dagger {}
mod futures {}
fn drop() {}
fn identity() {}

macro_rules! vec {
    () => {
        compile_error!("not this one")
    };
}

macro_rules! format {
    () => {
        compile_error!("not this one")
    };
}

#[task]
fn list(count: u64) -> ::std::vec::Vec<u64> {
    ::std::iter::Iterator::collect(0..count)
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task(concurrency = 2)]
async fn check(n: u64) -> ::std::result::Result<u64, ::std::io::Error> {
    ::std::result::Result::Ok(n)
}

#[task]
fn sum(numbers: &[u64], name: &str) -> u64 {
    let _ = name;
    ::std::iter::Iterator::sum(numbers.iter())
}

#[dag]
fn total(#[default(3)] count: u64, name: ::std::string::String) -> u64 {
    let mut doubled = ::std::vec::Vec::new();
    for n in list(count) {
        doubled.push(double(n));
    }
    let first = sum(&doubled, &name);
    let second = sum(&doubled, &name);
    sum(&[first, second], &name)
}

#[dag]
async fn checked(count: u64) -> ::std::result::Result<u64, ::std::io::Error> {
    let total = total(count, ::std::string::String::new());
    check(total).await
}

pub fn main() {
    let call = total::builder().name(::std::string::String::new()).call();
    assert_eq!(call.run_blocking().unwrap(), 12);
    assert_eq!(checked::call(2).run_blocking().unwrap(), 4);
}
