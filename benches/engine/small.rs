//! Three trivial nodes: what a run costs by itself.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use crate::measure::{alternate, timed};
use crate::pools::Pools;
use crate::table::{Allowed, Row};
use crate::tasks::{mix_thrice, mix_thrice_ready};

/// How many runs a round has, where they follow one another.
const RUNS: u32 = 10_000;
/// After this, all threads of a pool are parked.
const PAUSE: Duration = Duration::from_millis(2);

pub(crate) fn warm(pools: &Pools) -> Row {
    let by_hand = || async {
        let mut n = 1;
        for _ in 0..RUNS {
            n = mix_thrice_ready(black_box(n)).await;
        }
        n
    };
    let by_dagger = || async {
        let mut n = 1;
        for _ in 0..RUNS {
            n = mix_thrice_ready::call(n).await.expect("the run succeeds");
        }
        n
    };
    let hand = || timed(|| pools.tokio.block_on(by_hand()));
    let dagger = || timed(|| pools.tokio.block_on(by_dagger()));
    let allowed = Allowed::More(Duration::from_micros(1));
    Row::times(RUNS, alternate(hand, dagger), allowed)
}

/// A round is one run.
pub(crate) fn cold(pools: &Pools) -> Row {
    let by_hand = || async {
        thread::sleep(PAUSE);
        timed(|| mix_thrice(black_box(1)))
    };
    let by_dagger = || async {
        thread::sleep(PAUSE);
        let start = Instant::now();
        let result = mix_thrice::call(1).await.expect("the run succeeds");
        (start.elapsed(), result)
    };
    let hand = || pools.in_task(by_hand());
    let dagger = || pools.in_task(by_dagger());
    let allowed = Allowed::More(Duration::from_micros(40));
    Row::times(1, alternate(hand, dagger), allowed)
}

pub(crate) fn hot(pools: &Pools) -> Row {
    let by_hand = || async { (0..RUNS).fold(1, |n, _| mix_thrice(black_box(n))) };
    let by_dagger = || async {
        let mut n = 1;
        for _ in 0..RUNS {
            n = mix_thrice::call(n).await.expect("the run succeeds");
        }
        n
    };
    let hand = || timed(|| pools.in_task(by_hand()));
    let dagger = || timed(|| pools.in_task(by_dagger()));
    Row::times(RUNS, alternate(hand, dagger), Allowed::Anything)
}
