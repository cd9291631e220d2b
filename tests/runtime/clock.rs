//! The time of a task that computes: that of tokio, where it is paused, or else that of the machine.

use std::hint;
use std::time::{Duration, Instant};

use dagger::{Call, Error, Runtime, dag, task};

use crate::support::{count_up, on_current_thread, on_multi_thread, on_paused_time, total};

#[task(timeout = "1ms")]
fn compute(n: usize) -> usize {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(2) {
        hint::spin_loop();
    }
    n
}

#[dag]
fn compute_one(n: usize) -> usize {
    compute(n)
}

#[dag]
fn compute_all(end: usize) -> usize {
    let mut computed = Vec::new();
    for n in count_up(end) {
        computed.push(compute(n));
    }
    total(computed)
}

const CALLS: [fn(usize) -> Call<usize>; 2] = [compute_one::call, compute_all::call];

#[test]
fn what_computes_takes_no_time_while_that_is_paused() {
    for call in CALLS {
        let result = on_paused_time(move || async move { Runtime::default().run(call(3)).await });
        result.expect("time stands still");
    }
}

#[test]
fn what_computes_for_too_long_is_too_late_otherwise() {
    let is_late = |result: Result<usize, Error>| result.is_err_and(|error| error.is_timeout());
    for call in CALLS {
        assert!(is_late(Runtime::default().run_blocking(call(3))));
        assert!(is_late(on_current_thread(move || Runtime::default().run(call(3)))));
        assert!(is_late(on_multi_thread(move || Runtime::default().run(call(3)))));
    }
}
