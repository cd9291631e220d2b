//! A dag whose body comes through a macro as a `block`. Today it silently has no graph.

macro_rules! with_body {
    ($dag:ident($($name:ident: $ty:ty),*) -> $output:ty $body:block) => {
        #[dagger::dag]
        fn $dag($($name: $ty),*) -> $output $body
    };
}

#[dagger::task]
fn double(n: u64) -> u64 {
    2 * n
}

with_body!(process(size: u64) -> u64 {
    double(size)
});

pub fn main() {
    assert_eq!(process::call(1).run_blocking().unwrap(), 2);
}
