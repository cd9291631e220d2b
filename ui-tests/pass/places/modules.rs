//! Nested modules and every visibility.

mod outer {
    pub(super) mod inner {
        use dagger::{dag, task};

        pub(super) struct Private(pub(super) u64);

        #[task]
        pub(crate) fn double(n: u64) -> u64 {
            2 * n
        }

        #[task]
        pub(super) fn wrap(n: u64) -> Private {
            Private(n)
        }

        #[task]
        fn hidden(n: u64) -> u64 {
            n + 1
        }

        #[dag]
        pub(in super::super) fn process_inner(size: u64) -> u64 {
            let more = hidden(size);
            double(more)
        }
    }

    #[dagger::task]
    fn unwrap(wrapped: inner::Private) -> u64 {
        wrapped.0
    }

    #[dagger::dag]
    pub(super) fn process_outer(size: u64) -> u64 {
        let processed = self::inner::process_inner(size);
        let wrapped = inner::wrap(processed);
        unwrap(wrapped)
    }

    pub(super) use inner::process_inner as process_inside;
}

use outer::inner;
use outer::process_inside;

#[dagger::dag]
fn process(size: u64) -> u64 {
    let inside = process_inside(size);
    let outside = outer::process_outer(inside);
    inner::double(outside)
}

pub fn main() {
    assert_eq!(process(1), 20);
    assert_eq!(process::call(1).run_blocking().unwrap(), 20);
}
