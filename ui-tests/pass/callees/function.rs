//! What a body calls: tasks and dags, by their names and by their paths, and what is no node.

use std::time::Duration;

use dagger::{dag, task};

mod steps {
    #[dagger::task]
    pub(crate) fn measure(n: u64) -> u64 {
        n + 1
    }

    pub(crate) mod more {
        #[dagger::dag]
        pub(crate) fn measure_twice(n: u64) -> u64 {
            let once = super::measure(n);
            super::measure(once)
        }
    }
}

use steps::more::{self, measure_twice};

#[task]
fn plain(n: u64) -> u64 {
    n + 1
}

#[task]
fn wait(time: Duration, n: u64) -> u64 {
    time.as_secs() + n
}

#[dag]
fn process(size: u64) -> u64 {
    let a = plain(size);
    let b = steps::measure(a);
    let c = more::measure_twice(b);
    let d = measure_twice(c);
    let e = dagger::identity::<u64>(d);
    wait(Duration::from_secs(3), u64::max(e, 1))
}

pub fn main() {
    assert_eq!(process(0), 9);
    assert_eq!(process::call(0).run_blocking().unwrap(), 9);
}
