//! An output with a borrow inside of it, with a lifetime that is elided.

use dagger::task;

#[task]
fn letters(text: &str) -> std::str::Chars<'_> {
    text.chars()
}

fn main() {
    let _ = letters("a b");
}
