//! Maps of a dag of three trivial nodes.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use dagger::{Runtime, dag};

use crate::measure::{alternate, timed};
use crate::pools::{Pools, map_chunks};
use crate::table::{Allowed, Row};
use crate::tasks::{count_up, mix_thrice, mix_thrice_ready, weighted_sum};

const ITEMS: u32 = 200_000;
/// What a worker by hand pulls at a time.
const CHUNK: usize = 4096;
const ALLOWED: Allowed = Allowed::More(Duration::from_nanos(400));

#[dag]
fn mix_all_thrice(end: u32) -> u64 {
    let mut mixed = Vec::new();
    for n in count_up(end) {
        mixed.push(mix_thrice(n));
    }
    weighted_sum(mixed)
}

pub(crate) fn sync(pools: &Pools) -> Row {
    let hand = || weighted_sum(pools.workers.map(count_up(ITEMS), CHUNK, mix_thrice));
    let dagger = || mix_all_thrice::call(ITEMS).run_blocking().expect("the run succeeds");
    Row::times(ITEMS, alternate(|| timed(hand), || timed(dagger)), ALLOWED)
}

#[dag]
async fn mix_all_thrice_ready(end: u32) -> u64 {
    let mut mixed = Vec::new();
    for n in count_up(end) {
        mixed.push(mix_thrice_ready(n).await);
    }
    weighted_sum(mixed)
}

async fn chunk_thrice(items: Arc<Vec<u64>>, chunk: Range<usize>) -> Vec<u64> {
    let mut results = Vec::with_capacity(chunk.len());
    for n in &items[chunk] {
        results.push(mix_thrice_ready(*n).await);
    }
    results
}

pub(crate) fn ready(pools: &Pools) -> Row {
    let by_hand = || async { weighted_sum(map_chunks(count_up(ITEMS), CHUNK, chunk_thrice).await) };
    let hand = || pools.in_task(by_hand());
    let runtime = Runtime::default();
    let dagger =
        || pools.in_task(runtime.run(mix_all_thrice_ready::call(ITEMS))).expect("the run succeeds");
    Row::times(ITEMS, alternate(|| timed(hand), || timed(dagger)), ALLOWED)
}
