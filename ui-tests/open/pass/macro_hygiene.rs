//! A local of a macro and one of its caller, of the same name. Today the graph confuses them.

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
