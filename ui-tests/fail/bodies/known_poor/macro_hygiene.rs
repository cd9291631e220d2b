//! A local of a macro and one of its caller, of the same name.
//!
//! Poor: a legal program. The macro reads names as text, and rustc then keeps the two apart: what the
//! body means is never mistaken, but not accepted either.

#[dagger::task]
fn scale(n: u64, factor: u64) -> u64 {
    n * factor
}

#[dagger::task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

macro_rules! mixed {
    ($size:ident) => {
        #[dagger::dag]
        fn mixed($size: u64) -> u64 {
            let size = scale($size, 10);
            let $size = scale($size, 100);
            add(size, $size)
        }
    };
}

mixed!(size);

pub fn main() {
    assert_eq!(mixed(1), 110);
    assert_eq!(mixed::call(1).run_blocking().unwrap(), 110);
}
