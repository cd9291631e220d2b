//! Maps of tasks that do next to nothing.

use std::ops::Range;
use std::sync::Arc;

use dagger::{Runtime, dag};

use crate::measure::{alternate, timed};
use crate::pools::{Pools, map_chunks};
use crate::table::{Allowed, Row};
use crate::tasks::{count_up, mix, mix_ready, weighted_sum};

pub(crate) const ITEMS: u32 = 1_000_000;
/// What a worker by hand pulls at a time.
const CHUNK: usize = 4096;

#[dag]
pub(crate) fn mix_all(end: u32) -> u64 {
    let mut mixed = Vec::new();
    for n in count_up(end) {
        mixed.push(mix(n));
    }
    weighted_sum(mixed)
}

pub(crate) fn sync(pools: &Pools) -> Row {
    let hand = || weighted_sum(pools.workers.map(count_up(ITEMS), CHUNK, mix));
    let dagger = || mix_all::call(ITEMS).run_blocking().expect("the run succeeds");
    Row::times(ITEMS, alternate(|| timed(hand), || timed(dagger)), Allowed::Times(2.0))
}

#[dag]
pub(crate) async fn mix_all_ready(end: u32) -> u64 {
    let mut mixed = Vec::new();
    for n in count_up(end) {
        mixed.push(mix_ready(n).await);
    }
    weighted_sum(mixed)
}

async fn chunk_ready(items: Arc<Vec<u64>>, chunk: Range<usize>) -> Vec<u64> {
    let mut results = Vec::with_capacity(chunk.len());
    for n in &items[chunk] {
        results.push(mix_ready(*n).await);
    }
    results
}

pub(crate) fn ready(pools: &Pools) -> Row {
    let by_hand = || async { weighted_sum(map_chunks(count_up(ITEMS), CHUNK, chunk_ready).await) };
    let hand = || pools.in_task(by_hand());
    let runtime = Runtime::default();
    let dagger =
        || pools.in_task(runtime.run(mix_all_ready::call(ITEMS))).expect("the run succeeds");
    Row::times(ITEMS, alternate(|| timed(hand), || timed(dagger)), Allowed::Times(2.0))
}
