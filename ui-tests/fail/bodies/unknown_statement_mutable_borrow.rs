//! A mutable borrow in an argument.

use dagger::{dag, task};

#[task]
fn touch(text: &String) {
    let _ = text;
}

#[dag]
fn process(size: u64) {
    touch(&mut size.to_string())
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
