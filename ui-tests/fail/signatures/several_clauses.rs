//! Several mistakes in one signature, in the order of the rule.

use dagger::task;

#[task]
const unsafe extern "C" fn fill((a, b): (u8, u8), buffer: &mut Vec<u8>) {
    let _ = (a, b, buffer);
}

fn main() {
    unsafe { fill((1, 2), &mut Vec::new()) };
}
