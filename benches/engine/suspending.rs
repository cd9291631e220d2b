//! Maps of async tasks that suspend.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use dagger::{Runtime, dag, task};
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::time::sleep;

use crate::measure::{alternate, timed};
use crate::pools::{Pools, map_chunks, map_windows};
use crate::table::{Allowed, Row};
use crate::tasks::{count_up, mix, weighted_sum, yields};

const YIELDING: u32 = 200_000;
/// What a worker by hand has in flight of the tasks that yield.
const CHUNK: usize = 64;
const SLEEPING: u32 = 20_000;
/// How many sleep at a time.
const WINDOW: usize = 1000;

#[task]
async fn mix_later(n: u64) -> u64 {
    yields().await;
    mix(n)
}

#[dag]
async fn mix_all_later(end: u32) -> u64 {
    let mut mixed = Vec::new();
    for n in count_up(end) {
        mixed.push(mix_later(n).await);
    }
    weighted_sum(mixed)
}

async fn chunk_later(items: Arc<Vec<u64>>, chunk: Range<usize>) -> Vec<u64> {
    let mut results = vec![0; chunk.len()];
    let start = |(index, n): (usize, &u64)| {
        let result = mix_later(*n);
        async move { (index, result.await) }
    };
    let mut in_flight: FuturesUnordered<_> = items[chunk].iter().enumerate().map(start).collect();
    while let Some((index, result)) = in_flight.next().await {
        results[index] = result;
    }
    results
}

pub(crate) fn yields_once(pools: &Pools) -> Row {
    let by_hand =
        || async { weighted_sum(map_chunks(count_up(YIELDING), CHUNK, chunk_later).await) };
    let hand = || pools.in_task(by_hand());
    let runtime = Runtime::default();
    let dagger =
        || pools.in_task(runtime.run(mix_all_later::call(YIELDING))).expect("the run succeeds");
    Row::times(YIELDING, alternate(|| timed(hand), || timed(dagger)), Allowed::Times(1.15))
}

#[task]
async fn mix_after_sleep(n: u64) -> u64 {
    sleep(Duration::from_millis(1)).await;
    mix(n)
}

#[dag]
async fn mix_all_after_sleep(end: u32) -> u64 {
    let mut mixed = Vec::new();
    for n in count_up(end) {
        mixed.push(mix_after_sleep(n).await);
    }
    weighted_sum(mixed)
}

pub(crate) fn sleeps(pools: &Pools) -> Row {
    let window = WINDOW / pools.workers.count();
    let by_hand = move || async move {
        let numbers = count_up(SLEEPING).into_iter();
        weighted_sum(map_windows(numbers, window, mix_after_sleep).await)
    };
    let hand = || pools.in_task(by_hand());
    let runtime = Runtime::builder().max_concurrency(WINDOW).build();
    let dagger = || {
        pools.in_task(runtime.run(mix_all_after_sleep::call(SLEEPING))).expect("the run succeeds")
    };
    Row::times(SLEEPING, alternate(|| timed(hand), || timed(dagger)), Allowed::Times(1.1))
}
