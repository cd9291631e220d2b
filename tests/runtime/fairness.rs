//! What is long leaves room for what is short, and what is uneven keeps all threads busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dagger::{dag, task};

use crate::support::{Gauge, Latch, on_current_thread, on_multi_thread, threads};

/// Whether something short has been done beside something long.
#[derive(Default)]
struct Flag(AtomicBool);

impl Flag {
    fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Goes on until the flag is set, or for so long that it should have been.
#[task]
fn until_set(flag: Arc<Flag>) -> impl Iterator<Item = usize> + Send {
    let start = Instant::now();
    (0_usize..).take_while(move |n| {
        !flag.is_set() && (!n.is_multiple_of(1000) || start.elapsed() < Duration::from_secs(10))
    })
}

#[task]
fn trivial(_n: usize, gauge: &Gauge) {
    gauge.enter();
}

#[task]
async fn trivial_async(_n: usize, gauge: &Gauge) {
    gauge.enter();
}

#[task]
async fn when_busy(gauge: &Gauge) {
    gauge.reached(1000).await;
}

#[task]
fn set(_after: (), flag: &Flag) {
    flag.0.store(true, Ordering::SeqCst);
}

#[task]
async fn set_after_a_timer(flag: &Flag) {
    tokio::time::sleep(Duration::from_millis(1)).await;
    flag.0.store(true, Ordering::SeqCst);
}

#[dag]
async fn node_beside_a_long_map(gauge: Arc<Gauge>, flag: Arc<Flag>) {
    for n in until_set(flag.clone()) {
        trivial(n, &gauge);
    }
    let busy = when_busy(&gauge).await;
    set(busy, &flag);
}

#[dag]
fn long_map(gauge: Arc<Gauge>, flag: Arc<Flag>) {
    for n in until_set(flag.clone()) {
        trivial(n, &gauge);
    }
}

#[dag]
fn short(flag: Arc<Flag>) {
    set((), &flag);
}

#[test]
fn a_node_gets_its_turn_beside_a_long_map() {
    for count in [1, 2] {
        on_multi_thread(move || async move {
            let (gauge, flag) = (Arc::<Gauge>::default(), Arc::<Flag>::default());
            let runtime = threads(count);
            let start = Instant::now();
            let call = node_beside_a_long_map::call(gauge, flag);
            runtime.run(call).await.expect("the run succeeds");
            assert!(start.elapsed() < Duration::from_secs(10), "the map ended before the node ran");
        });
    }
}

#[test]
fn a_run_gets_its_turn_beside_a_long_map_of_another() {
    for count in [1, 2] {
        on_multi_thread(move || async move {
            let (gauge, flag) = (Arc::<Gauge>::default(), Arc::<Flag>::default());
            let runtime = threads(count);
            let start = Instant::now();
            let long = runtime.start(long_map::call(Arc::clone(&gauge), Arc::clone(&flag)));
            gauge.reached(1000).await;
            runtime.run(short::call(flag)).await.expect("the short run succeeds");
            long.await.expect("the long run succeeds");
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "the map ended before the run began"
            );
        });
    }
}

#[dag]
async fn timer_beside_a_long_async_map(gauge: Arc<Gauge>, flag: Arc<Flag>) {
    for n in until_set(flag.clone()) {
        trivial_async(n, &gauge).await;
    }
    set_after_a_timer(&flag).await;
}

#[test]
fn timers_go_on_beside_async_tasks_that_never_suspend() {
    let test = || async {
        let start = Instant::now();
        let call = timer_beside_a_long_async_map::call(Arc::default(), Arc::default());
        call.await.expect("the run succeeds");
        assert!(start.elapsed() < Duration::from_secs(10), "the map ended before the timer");
    };
    on_current_thread(test);
    on_multi_thread(test);
}

/// Computes its second partition until the latch opens.
#[task]
fn slowly(computes: Arc<Latch>, latch: Arc<Latch>) -> impl Iterator<Item = usize> + Send {
    (0..3).inspect(move |n| {
        if *n == 1 {
            computes.open();
            latch.wait();
        }
    })
}

#[task]
async fn open_after(computes: &Latch, latch: &Latch) {
    computes.opened().await;
    latch.open();
}

#[dag]
async fn async_node_beside_a_slow_fan_out(
    computes: Arc<Latch>,
    latch: Arc<Latch>,
    gauge: Arc<Gauge>,
) {
    for n in slowly(computes.clone(), latch.clone()) {
        trivial_async(n, &gauge).await;
    }
    open_after(&computes, &latch).await;
}

/// Many quick partitions, some slow ones, and quick ones again.
#[task]
fn uneven() -> impl Iterator<Item = bool> + Send {
    (0..50_000).map(|n| (20_000..20_064).contains(&n))
}

#[task]
fn work(is_slow: bool, gauge: &Gauge) {
    if is_slow {
        let _entered = gauge.enter();
        // In place of a computation: it takes its time on any number of cores.
        thread::sleep(Duration::from_millis(5));
    }
}

#[dag]
fn uneven_map(gauge: Arc<Gauge>) {
    for is_slow in uneven() {
        work(is_slow, &gauge);
    }
}
