//! A borrow inside of the type of a dag's parameter.

use dagger::{dag, task};

#[task]
fn count_words(text: Option<&str>) -> usize {
    text.map_or(0, |text| text.split(' ').count())
}

#[dag]
fn process(text: Option<&str>) -> usize {
    count_words(text)
}

fn main() {
    let _ = process(Some("a b"));
    let _ = process::dag();
}
