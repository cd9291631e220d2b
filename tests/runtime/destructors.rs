//! Values whose destructors panic, in processes of their own: that is no end of the process.

use dagger::{Call, dag, task};

use crate::support::{
    assert_panics, child, count_up, double, double_later, on_multi_thread, quiet_panics, run_child,
    says, still_works, threads,
};

/// Panics when it is dropped.
struct Explosive;

impl Drop for Explosive {
    fn drop(&mut self) {
        panic!("dropped, on purpose");
    }
}

#[task]
fn make(_n: usize) -> Explosive {
    Explosive
}

#[task]
fn look(_value: &Explosive) -> usize {
    0
}

#[task]
async fn look_later(_value: &Explosive) -> usize {
    0
}

#[dag]
fn borrowed(n: usize) -> usize {
    let value = make(n);
    double(look(&value))
}

#[dag]
async fn borrowed_later(n: usize) -> usize {
    let value = make(n);
    double_later(look_later(&value).await).await
}

#[test]
fn of_a_value_that_is_borrowed() {
    let test = "destructors::of_a_value_that_is_borrowed";
    if child().is_none() {
        run_child(test, "run");
        return;
    }
    assert_panics(
        || borrowed::call(1),
        |error| {
            assert_eq!(error.node(), Some("look"));
            says(error, "panicked: dropped, on purpose");
        },
    );
    assert_panics(|| borrowed_later::call(1), |error| assert_eq!(error.node(), Some("look-later")));
}

#[dag]
fn unused(n: usize) -> usize {
    let n = double(n);
    make(n);
    double(n)
}

#[dag]
async fn unused_later(n: usize) -> usize {
    let n = double_later(n).await;
    make(n);
    double_later(n).await
}

#[dag]
fn uncollected(end: usize) -> usize {
    for n in count_up(end) {
        make(n);
    }
    double(end)
}

/// Whether such a run counts as failed is open: it ends, and others can run.
fn assert_survives(call: fn(usize) -> Call<usize>) {
    quiet_panics();
    on_multi_thread(move || async move {
        let runtime = threads(2);
        for _ in 0..10 {
            if let Err(error) = runtime.run(call(1)).await {
                assert!(error.is_panic(), "{error}");
            }
        }
        still_works(&runtime).await;
    });
}

#[test]
fn of_outputs_that_nobody_uses() {
    let test = "destructors::of_outputs_that_nobody_uses";
    if child().is_none() {
        run_child(test, "run");
        return;
    }
    assert_survives(uncollected::call);
    assert_survives(unused_later::call);
    assert_survives(unused::call);
}

#[task]
fn fail(_n: usize) -> Result<usize, String> {
    Err("failed".to_owned())
}

#[dag]
fn left_over(n: usize) -> Result<usize, String> {
    let value = make(n);
    let failed = fail(look_at(&value, n))?;
    Ok(look_at(&value, failed))
}

#[task]
fn look_at(_value: &Explosive, n: usize) -> usize {
    n
}

/// The run has failed already when the value goes.
#[test]
fn of_a_value_that_is_left_over() {
    let test = "destructors::of_a_value_that_is_left_over";
    if child().is_none() {
        run_child(test, "run");
        return;
    }
    quiet_panics();
    let error = left_over::call(1).run_blocking().expect_err("a node fails");
    assert_eq!(error.node(), Some("fail"));
}
