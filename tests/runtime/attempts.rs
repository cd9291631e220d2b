//! Attempts: how often, after which pauses, with which values, and what they hold meanwhile.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dagger::{Call, Error, Event, EventKind, Runtime, dag, identity, task};
use tokio::time::Instant;

use crate::laws::Recorder;
use crate::shapes::Broken;
use crate::support::{Gauge, Latch, Log, OpenOnDrop, count_up, hold_time, on_paused_time};

/// Fails until it was called so often.
#[derive(Debug, Default)]
struct Stubborn {
    calls: AtomicUsize,
    until: usize,
}

impl Stubborn {
    fn until(call: usize) -> Arc<Self> {
        Arc::new(Self { calls: AtomicUsize::new(0), until: call })
    }

    fn call(&self) -> Result<usize, Broken> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if call < self.until { Err(Broken(call)) } else { Ok(call) }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

fn observed() -> (Runtime, Recorder) {
    let recorder = Recorder::default();
    (Runtime::builder().compute_threads(1).observer(recorder.clone()).build(), recorder)
}

/// What a call must end with.
fn failed<T>(result: Result<T, Error>) -> Error {
    result.err().expect("the run fails")
}

#[task(retry(limit = 7, backoff = "100ms..1s"))]
fn pauses(stubborn: &Stubborn) -> Result<usize, Broken> {
    stubborn.call()
}

#[task(retry(limit = 7, backoff = "100ms..1s"))]
async fn pauses_later(stubborn: &Stubborn) -> Result<usize, Broken> {
    tokio::task::yield_now().await;
    stubborn.call()
}

#[dag]
fn pausing(stubborn: Arc<Stubborn>) -> Result<usize, Broken> {
    pauses(&stubborn)
}

#[dag]
async fn pausing_later(stubborn: Arc<Stubborn>) -> Result<usize, Broken> {
    pauses_later(&stubborn).await
}

/// The pauses that were told of, and the times between the attempts.
fn pauses_of(log: &[Event]) -> (Vec<Duration>, Vec<Duration>) {
    let (mut told, mut waited, mut since) = (Vec::new(), Vec::new(), None);
    for event in log {
        match (&event.kind, since) {
            (EventKind::Retried { pause, error }, _) => {
                assert_eq!(*error, format!("position {} is broken", event.attempt));
                told.push(*pause);
                since = Some(event.at);
            }
            (EventKind::Started, Some(since)) => waited.push(event.at.checked_sub(since).unwrap()),
            _ => {}
        }
    }
    (told, waited)
}

#[test]
fn pauses_double_up_to_the_longest_and_are_between_half_of_that_and_all_of_it() {
    for call in [pausing::call, pausing_later::call] {
        on_paused_time(move || async move {
            let (runtime, recorder) = observed();
            let mut all = Vec::new();
            for _ in 0..20 {
                let value = runtime.run(call(Stubborn::until(8))).await.expect("the last succeeds");
                assert_eq!(value, 8);
                let (told, waited) = pauses_of(&recorder.take());
                assert_eq!(told.len(), 7);
                for (index, nominal) in [100, 200, 400, 800, 1000, 1000, 1000].iter().enumerate() {
                    let nominal = Duration::from_millis(*nominal);
                    let pause = told[index];
                    assert!(nominal / 2 <= pause && pause <= nominal, "{pause:?} of {nominal:?}");
                    // Timers are as fine as a millisecond.
                    let more = waited[index].checked_sub(pause).expect("it waits for all of it");
                    assert!(more <= Duration::from_millis(2), "{more:?} more than {pause:?}");
                }
                all.push(told[0]);
            }
            all.dedup();
            assert!(all.len() > 15, "calls that failed together come back together: {all:?}");
        });
    }
}

#[test]
fn attempts_end_with_the_limit() {
    for call in [pausing::call, pausing_later::call] {
        on_paused_time(move || async move {
            let (runtime, _) = observed();
            let stubborn = Stubborn::until(100);
            let error = failed(runtime.run(call(Arc::clone(&stubborn))).await);
            assert_eq!((error.attempt(), stubborn.calls()), (Some(8), 8));
            assert!(error.to_string().ends_with(", attempt 8 failed"), "{error}");
            let source = std::error::Error::source(&error).and_then(|e| e.downcast_ref::<Broken>());
            assert_eq!(source, Some(&Broken(8)), "the error of the last attempt");
        });
    }
}

/// Holds a value for ever in its first attempts, and notes when they begin and when they end.
#[task(retry(limit = 3, backoff = "1s"), timeout = "30s")]
async fn hang(stubborn: &Stubborn, log: Arc<Log>, begin: Instant) -> usize {
    struct Noting(Arc<Log>, Instant);
    impl Drop for Noting {
        fn drop(&mut self) {
            self.0.note(format!("dropped after {} s", self.1.elapsed().as_secs()));
        }
    }
    let after = begin.elapsed().as_secs_f64().round();
    log.note(format!("called after {after} s"));
    let _noting = Noting(log, Instant::now());
    match stubborn.call() {
        Ok(call) => call,
        Err(_) => pending().await,
    }
}

#[dag]
async fn hangs(stubborn: Arc<Stubborn>, log: Arc<Log>, begin: Instant) -> usize {
    hang(&stubborn, log, begin).await
}

#[dag]
async fn all_hang(stubborn: Arc<Stubborn>, log: Arc<Log>, begin: Instant) -> Vec<usize> {
    let mut hung = Vec::new();
    for _ in count_up(1) {
        hung.push(hang(&stubborn, log.clone(), begin).await);
    }
    identity(hung)
}

#[test]
fn a_timeout_is_for_each_attempt_which_is_dropped_before_the_next_one_begins() {
    let run = async |log: Arc<Log>, until: usize, is_map: bool| {
        let (stubborn, begin) = (Stubborn::until(until), Instant::now());
        let result = match is_map {
            false => hangs::call(stubborn, Arc::clone(&log), begin).await,
            true => all_hang::call(stubborn, Arc::clone(&log), begin).await.map(|all| all[0]),
        };
        (result, begin.elapsed())
    };
    for is_map in [false, true] {
        on_paused_time(move || async move {
            let log = Arc::<Log>::default();
            let (result, time) = run(Arc::clone(&log), 3, is_map).await;
            assert_eq!(result.expect("the third attempt is quick"), 3);
            assert!((61..63).contains(&time.as_secs()), "{time:?}");
            let mut events = log.events();
            for event in &mut events {
                // Jitter.
                *event = event.split_at(6).0.to_owned();
            }
            assert_eq!(events, ["called", "droppe", "called", "droppe", "called", "droppe"]);
            let (result, time) = run(log, 100, is_map).await;
            let error = failed(result);
            assert!(error.is_timeout() && error.attempt() == Some(4), "{error}");
            assert!(error.to_string().ends_with(", attempt 4 timed out after 30s"), "{error}");
            assert!((121..124).contains(&time.as_secs()), "{time:?}");
        });
    }
}

/// The first of three calls fails once, and may not be called again before the others have had their turn.
#[derive(Debug, Default)]
struct Turns {
    log: Log,
    first: AtomicUsize,
    others: Gauge,
}

impl Turns {
    fn begin(&self, n: usize) {
        self.log.note(format!("{n} begins"));
    }

    fn end(&self, n: usize) -> Result<usize, Broken> {
        self.log.note(format!("{n} ends"));
        if n > 0 {
            self.others.enter();
            return Ok(n);
        }
        match self.first.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Broken(0)),
            _ => Ok(0),
        }
    }
}

#[task(retry(limit = 1, backoff = "100s"), concurrency = 1)]
async fn take_turns(n: usize, turns: &Turns) -> Result<usize, Broken> {
    turns.begin(n);
    tokio::task::yield_now().await;
    turns.end(n)
}

#[task(retry(limit = 1, backoff = "100s"), concurrency = 1)]
fn take_turns_at_once(n: usize, turns: &Turns) -> Result<usize, Broken> {
    turns.begin(n);
    turns.end(n)
}

#[dag]
async fn turns(turns: Arc<Turns>) -> Result<Vec<usize>, Broken> {
    let mut taken = Vec::new();
    for n in count_up(3) {
        taken.push(take_turns(n, &turns).await?);
    }
    Ok(identity(taken))
}

#[dag]
async fn turns_at_once(turns: Arc<Turns>) -> Result<Vec<usize>, Broken> {
    let mut taken = Vec::new();
    for n in count_up(3) {
        taken.push(take_turns_at_once(n, &turns)?);
    }
    Ok(identity(taken))
}

#[dag]
async fn turns_of_nodes(turns: Arc<Turns>) -> Result<Vec<usize>, Broken> {
    let a = take_turns(0, &turns).await?;
    let b = take_turns(1, &turns).await?;
    let c = take_turns(2, &turns).await?;
    Ok(identity(vec![a, b, c]))
}

/// With one slot, of the task and of the run, the others have their turn while the first one pauses; the results are in
/// the order of the partitions all the same.
#[test]
fn a_pause_holds_no_slot() {
    for call in [turns::call, turns_at_once::call, turns_of_nodes::call] {
        for limit in [1, 100] {
            on_paused_time(move || async move {
                let runtime = Runtime::builder().max_concurrency(limit).compute_threads(1).build();
                let (turns, time) = (Arc::<Turns>::default(), hold_time());
                let run = runtime.start(call(Arc::clone(&turns)));
                turns.others.reached(2).await;
                drop(time);
                assert_eq!(run.await.expect("the second attempt succeeds"), [0, 1, 2]);
                let events = turns.log.events();
                assert_eq!(events.len(), 8, "{events:?}");
                for (index, event) in events.iter().enumerate() {
                    let is_begin = event.ends_with("begins");
                    assert_eq!(is_begin, index % 2 == 0, "two at a time: {events:?}");
                }
            });
        }
    }
}

#[task(retry(limit = 1, backoff = "1000h"))]
async fn pause_long(held: Arc<OpenOnDrop>, failed: &Latch) -> Result<(), String> {
    failed.open();
    drop(held);
    Err("once".to_owned())
}

#[task(retry(limit = 1, backoff = "1000h"))]
fn pause_long_at_once(held: Arc<OpenOnDrop>, failed: &Latch) -> Result<(), String> {
    failed.open();
    drop(held);
    Err("once".to_owned())
}

#[dag]
async fn long_pause(held: Arc<OpenOnDrop>, failed: Arc<Latch>) -> Result<(), String> {
    pause_long(held, &failed).await
}

#[dag]
fn long_pause_at_once(held: Arc<OpenOnDrop>, failed: Arc<Latch>) -> Result<(), String> {
    pause_long_at_once(held, &failed)
}

#[dag]
async fn long_pauses(held: Arc<OpenOnDrop>, failed: Arc<Latch>) -> Result<(), String> {
    for _ in count_up(3) {
        pause_long(held.clone(), &failed).await?;
    }
    Ok(())
}

#[dag]
fn long_pauses_at_once(held: Arc<OpenOnDrop>, failed: Arc<Latch>) -> Result<(), String> {
    for _ in count_up(3) {
        pause_long_at_once(held.clone(), &failed)?;
    }
    Ok(())
}

const LONG_PAUSES: [fn(Arc<OpenOnDrop>, Arc<Latch>) -> Call<()>; 4] =
    [long_pause::call, long_pause_at_once::call, long_pauses::call, long_pauses_at_once::call];

#[test]
fn a_cancellation_ends_a_pause() {
    for call in LONG_PAUSES {
        for is_dropped in [false, true] {
            on_paused_time(move || async move {
                let (runtime, recorder) = observed();
                let (dropped, failed) = (Arc::<Latch>::default(), Arc::<Latch>::default());
                let held = Arc::new(OpenOnDrop(Arc::clone(&dropped)));
                let _time = hold_time();
                let mut run = runtime.start(call(held, Arc::clone(&failed)));
                failed.opened().await;
                while !recorder.lines().iter().any(|line| line.contains("will be retried")) {
                    tokio::task::yield_now().await;
                }
                if is_dropped {
                    drop(run);
                } else {
                    run.cancel();
                    let error = run.await.expect_err("the run is cancelled");
                    assert!(error.is_cancelled(), "{error}");
                }
                recorder.ended().await;
                dropped.opened().await;
                let last = recorder.lines().pop();
                assert!(last.is_some_and(|line| line.ends_with("cancelled")));
            });
        }
    }
}

/// The failure of another node ends a pause as well.
#[dag]
async fn pause_beside_a_failure(held: Arc<OpenOnDrop>, failed: Arc<Latch>) -> Result<(), String> {
    pause_long(held, &failed).await?;
    fail_after(&failed).await?;
    Ok(())
}

#[task]
async fn fail_after(latch: &Latch) -> Result<(), String> {
    latch.opened().await;
    Err("for good".to_owned())
}

#[test]
fn a_failure_elsewhere_ends_a_pause() {
    on_paused_time(|| async {
        let (dropped, _time) = (Arc::<Latch>::default(), hold_time());
        let held = Arc::new(OpenOnDrop(Arc::clone(&dropped)));
        let error = failed(pause_beside_a_failure::call(held, Arc::default()).await);
        assert_eq!(error.to_string(), "dag `pause-beside-a-failure`, node `fail-after` failed");
        dropped.opened().await;
    });
}
