//! `#[task]` on a macro.

use dagger::task;

#[task]
macro_rules! weight {
    () => {
        3
    };
}

fn main() {
    let _ = weight!();
}
