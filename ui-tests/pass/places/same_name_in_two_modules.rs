//! A dag that calls one of the same name, in another module. Today it is said to call itself.

mod steps {
    use dagger::{dag, task};

    #[task]
    pub(super) fn double(n: u64) -> u64 {
        2 * n
    }

    #[dag]
    pub(super) fn process(n: u64) -> u64 {
        double(n)
    }
}

mod user {
    #[allow(unused_imports, reason = "`process` is defined here, and wins")]
    use super::steps::*;

    #[dagger::dag]
    pub(super) fn process(n: u64) -> u64 {
        let doubled = double(n);
        super::steps::process(doubled)
    }
}

pub fn main() {
    assert_eq!(user::process(1), 4);
    assert_eq!(user::process::call(1).run_blocking().unwrap(), 4);
}
