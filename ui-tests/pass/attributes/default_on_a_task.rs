//! Defaults on the parameters of a dag: any expression, in any order.

use dagger::{dag, task};

const NAME: &str = "n";

#[task]
fn multiply(n: u64, by: u64, name: &str) -> String {
    format!("{name} = {}", n * by)
}

#[task]
fn scale(n: u64, by: u64) -> u64 {
    n * by
}

#[dag]
fn scaled(n: u64, #[default(2)] by: u64) -> u64 {
    scale(n, by)
}

#[dag]
fn process(#[default(1 + 2)] n: u64, by: u64, #[default(NAME.to_owned())] name: String) -> String {
    multiply(n, by, &name)
}

pub fn main() {
    assert_eq!(scaled::builder().n(3).call().run_blocking().unwrap(), 6);
    assert_eq!(process(3, 2, "x".to_owned()), "x = 6");
    assert_eq!(process::builder().by(5).call().run_blocking().unwrap(), "n = 15");
    let call = process::builder().name("m".to_owned()).by(5).n(1).call();
    assert_eq!(call.run_blocking().unwrap(), "m = 5");
}
