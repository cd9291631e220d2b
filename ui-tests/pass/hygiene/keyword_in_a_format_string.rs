//! A format string mentions a raw name without its `r#`.

use dagger::{dag, task};

#[task]
fn count(text: &str) -> usize {
    text.len()
}

#[dag]
fn process(r#in: u64) -> usize {
    count(&format!("{in}, {in:>4}, {{a b}}"))
}

pub fn main() {
    assert_eq!(process(3), 14);
    assert_eq!(process::call(3).run_blocking().unwrap(), 14);
}
