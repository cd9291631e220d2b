//! Of several failures, that of the first node in the body is reported, and of the first partition of a map.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use dagger::{Runtime, dag, task};
use tokio::sync::Barrier as AsyncBarrier;
use tokio::task::yield_now;

use crate::laws::{End, Observed, Recorder};
use crate::shapes::{Act, Fault, Graph, Ledger, Options, Script, Shape, call};
use crate::support::{
    count_up, double, on_current_thread, on_multi_thread, quiet_panics, threads, total, watched,
};

#[task]
fn fail_together(barrier: &Barrier) -> Result<usize, String> {
    barrier.wait();
    Err("failed".to_owned())
}

#[dag]
fn four_fail(barrier: Arc<Barrier>) -> Result<(), String> {
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn four_fail_in_an_async_dag(barrier: Arc<Barrier>) -> Result<(), String> {
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    yield_once().await;
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    Ok(())
}

#[task]
async fn yield_once() {
    yield_now().await;
}

#[dag]
fn one_fails(barrier: Arc<Barrier>) -> Result<(), String> {
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn one_fails_in_an_async_dag(barrier: Arc<Barrier>) -> Result<(), String> {
    yield_once().await;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn nested_fail_first(barrier: Arc<Barrier>) -> Result<(), String> {
    one_fails(barrier.clone())?;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn nested_async_fail_first(barrier: Arc<Barrier>) -> Result<(), String> {
    one_fails_in_an_async_dag(barrier.clone()).await?;
    fail_together(&barrier)?;
    Ok(())
}

/// Takes so long that others get their turn before its map ends.
#[task]
fn fail_slowly(barrier: &Barrier) -> Result<usize, String> {
    thread::sleep(Duration::from_millis(1));
    fail_together(barrier)
}

#[dag]
fn partition_fails_first(barrier: Arc<Barrier>) -> Result<(), String> {
    for _ in count_up(1) {
        fail_slowly(&barrier)?;
    }
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
fn nested_in_place_fails_first(barrier: Arc<Barrier>) -> Result<(), String> {
    let n = double(1);
    fails_at_second_step(n, barrier.clone())?;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
fn fails_at_second_step(n: usize, barrier: Arc<Barrier>) -> Result<(), String> {
    double(n);
    fail_together(&barrier)?;
    double(n);
    Ok(())
}

fn assert_first_fails(
    times: usize,
    parties: usize,
    first: &'static str,
    call: fn(Arc<Barrier>) -> dagger::Call<()>,
) {
    on_multi_thread(move || async move {
        let runtime = threads(parties);
        for _ in 0..times {
            let call = call(Arc::new(Barrier::new(parties)));
            let error = runtime.run(call).await.expect_err("all nodes fail");
            assert_eq!(error.path()[0].node, first, "the first of several that failed");
        }
    });
}

#[test]
fn of_several_failing_nodes_the_first_in_the_body_is_reported() {
    assert_first_fails(200, 4, "fail-together-1", four_fail::call);
    assert_first_fails(200, 4, "fail-together-1", four_fail_in_an_async_dag::call);
}

#[test]
fn a_failing_nested_dag_is_reported_before_a_failing_node_after_it() {
    assert_first_fails(200, 2, "one-fails", nested_fail_first::call);
    assert_first_fails(200, 4, "fails-at-second-step", |_| {
        nested_in_place_fails_first::call(Arc::new(Barrier::new(2)))
    });
}

#[test]
fn a_failing_nested_async_dag_is_reported_before_a_failing_node_after_it() {
    assert_first_fails(200, 2, "one-fails-in-an-async-dag", nested_async_fail_first::call);
}

#[test]
fn a_failing_partition_is_reported_before_a_failing_node_after_it() {
    assert_first_fails(200, 2, "fail-slowly", partition_fails_first::call);
}

#[task]
fn fail_together_from(n: usize, first: usize, barrier: &Barrier) -> Result<usize, String> {
    barrier.wait();
    if n < first { Ok(n) } else { Err(format!("{n} fails")) }
}

#[dag]
fn several_partitions_fail(
    end: usize,
    first: usize,
    barrier: Arc<Barrier>,
) -> Result<usize, String> {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(fail_together_from(n, first, &barrier)?);
    }
    Ok(total(passed))
}

#[dag]
fn several_collected_fail(
    end: usize,
    first: usize,
    barrier: Arc<Barrier>,
) -> Result<usize, String> {
    let numbers = count_up(end);
    let passed: Vec<_> = numbers
        .iter()
        .map(|n| fail_together_from(*n, first, &barrier))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(total(passed))
}

#[test]
fn of_several_failing_partitions_the_first_is_reported() {
    watched("failing partitions", || {
        let runtime = threads(8);
        for first in (0..8).cycle().take(200) {
            let barrier = Arc::new(Barrier::new(8));
            let call = several_partitions_fail::call(8, first, Arc::clone(&barrier));
            let error = runtime.run_blocking(call).expect_err("partitions fail");
            assert_eq!(error.partition(), Some(first));
            let call = several_collected_fail::call(8, first, barrier);
            let error = runtime.run_blocking(call).expect_err("partitions fail");
            assert_eq!(error.partition(), Some(first));
        }
    });
}

/// Notes the first partition that fails, right before it does.
#[task]
async fn fail_together_later(
    n: usize,
    barrier: &AsyncBarrier,
    first: &AtomicUsize,
) -> Result<(), String> {
    barrier.wait().await;
    first.fetch_min(n, Ordering::SeqCst);
    Err(format!("{n} fails"))
}

#[dag]
async fn async_partitions_fail(
    end: usize,
    barrier: Arc<AsyncBarrier>,
    first: Arc<AtomicUsize>,
) -> Result<(), String> {
    for n in count_up(end) {
        fail_together_later(n, &barrier, &first).await?;
    }
    Ok(())
}

#[test]
fn of_the_async_partitions_that_failed_the_first_is_reported() {
    let test = || async {
        for _ in 0..200 {
            let first = Arc::new(AtomicUsize::new(usize::MAX));
            let barrier = Arc::new(AsyncBarrier::new(20));
            let call = async_partitions_fail::call(20, barrier, Arc::clone(&first));
            let error = call.await.expect_err("partitions fail");
            assert_eq!(error.partition(), Some(first.load(Ordering::SeqCst)));
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

/// Whichever arm fails first: the laws ask for the first in the body among those that were told to have failed.
#[test]
fn of_both_arms_of_a_diamond_that_fail_the_first_is_reported() {
    quiet_panics();
    watched("two failures", || {
        for compute_threads in [1, 2, 8] {
            let recorder = Recorder::default();
            let builder = Runtime::builder().compute_threads(compute_threads);
            let runtime = builder.observer(recorder.clone()).build();
            for (asyncs, acts) in (0..16)
                .flat_map(|asyncs| [Act::Fail, Act::Panic].map(|act| (asyncs, [Act::Fail, act])))
            {
                let graph = Graph { shape: Shape::Diamond, asyncs, special: (0, Options::Plain) };
                let faults = [1, 2].map(|position| Fault {
                    position,
                    place: None,
                    act: acts[position - 1],
                    once: false,
                });
                let (script, ledger) = (Script::new(faults.into(), true), Arc::<Ledger>::default());
                let dag = graph.build();
                let error = runtime.run_blocking(call(&dag, &script, &ledger)).map(|_| ());
                let error = error.expect_err("both arms fail");
                let observed =
                    Observed { dag: &dag, log: &recorder.take(), end: End::Error(&error) };
                observed.obeys_all_laws(&|| format!("{graph:?}, {acts:?}"));
                assert_eq!(ledger.alive(), 0);
            }
        }
    });
}
