//! Tasks and dags from a macro, with names, types and expressions of the macro's caller.

macro_rules! scaled {
    ($task:ident, $dag:ident($size:ident: $ty:ty), $factor:expr) => {
        #[dagger::task]
        fn $task($size: $ty) -> $ty {
            $factor * $size
        }

        #[dagger::dag]
        fn $dag($size: $ty, #[default($factor)] times: $ty) -> $ty {
            let scaled = $task($size);
            add($task(scaled), $factor + times)
        }
    };
}

macro_rules! with_statements {
    ($dag:ident($($name:ident: $ty:ty),*) -> $output:ty { $($body:tt)* }) => {
        #[dagger::dag]
        fn $dag($($name: $ty),*) -> $output {
            $($body)*
        }
    };
}

macro_rules! whole_items {
    ($($item:item)*) => {
        $(#[dagger::dag] $item)*
    };
}

#[dagger::task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

scaled!(double, process(size: u64), 1 + 1);

with_statements!(nested(size: u64, more: u64) -> u64 {
    let first = process(size, more);
    add(first, size)
});

whole_items! {
    fn whole(size: u64) -> u64 {
        let first = nested(size, 1);
        add(first, size)
    }

    fn whole_too(size: u64) -> u64 {
        whole(size)
    }
}

pub fn main() {
    assert_eq!(process::builder().size(1).call().run_blocking().unwrap(), process(1, 2));
    assert_eq!(whole_too::call(1).run_blocking().unwrap(), whole_too(1));
}
