//! Maps of tasks that compute for a while: the same for all items, or far longer for a few.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::hint::black_box;
use std::time::Duration;

use dagger::{dag, identity, task};

use crate::measure::{alternate, median, timed};
use crate::pools::Pools;
use crate::process::cpu_time;
use crate::table::{Allowed, Row};
use crate::tasks::{mix, weighted_sum};

const EVEN_ITEMS: u32 = 50_000;
const SKEWED_ITEMS: u32 = 20_000;
/// One in so many is expensive.
const ONE_IN: u32 = 100;
/// What a worker by hand pulls at a time.
const EVEN_CHUNK: usize = 16;
const SKEWED_CHUNK: usize = 4;

/// Computes for so many rounds.
#[task]
fn spin(rounds: u64) -> u64 {
    (0..rounds).fold(rounds, |n, _| mix(n))
}

#[dag]
fn spin_all(costs: Vec<u64>) -> u64 {
    let mut spun = Vec::new();
    for rounds in identity(costs) {
        spun.push(spin(rounds));
    }
    weighted_sum(spun)
}

/// How many rounds `spin` makes in this time.
fn rounds_in(time: Duration) -> u64 {
    const ROUNDS: u64 = 1_000_000;
    let sample = |_| timed(|| black_box(spin(black_box(ROUNDS)))).0;
    let measured = median((0..21).map(sample).collect());
    let rounds = u128::from(ROUNDS) * time.as_nanos() / measured.as_nanos();
    u64::try_from(rounds).expect("a time that is not long")
}

fn compare(pools: &Pools, costs: Vec<u64>, chunk: usize, allowed: f64) -> Row {
    let (mut cpu, mut wall) = (Duration::ZERO, Duration::ZERO);
    let hand = || {
        let costs = costs.clone();
        timed(|| weighted_sum(pools.workers.map(costs, chunk, spin)))
    };
    let dagger = || {
        let costs = costs.clone();
        let before = cpu_time();
        let (time, sum) = timed(|| spin_all::call(costs).run_blocking().expect("the run succeeds"));
        cpu += cpu_time().saturating_sub(before);
        wall += time;
        (time, sum)
    };
    let medians = alternate(hand, dagger);
    let items = u32::try_from(costs.len()).expect("not many items");
    let cores = cpu.as_secs_f64() / wall.as_secs_f64();
    Row::times(items, medians, Allowed::Times(allowed))
        .note(format!("dagger kept {cores:.2} cores busy"))
}

pub(crate) fn even(pools: &Pools) -> Row {
    let cost = rounds_in(Duration::from_micros(10));
    compare(pools, (0..EVEN_ITEMS).map(|_| cost).collect(), EVEN_CHUNK, 1.05)
}

/// Items of 1 µs, and some of 100 µs.
fn compare_skewed(pools: &Pools, is_expensive: impl Fn(u32) -> bool) -> Row {
    let cheap = rounds_in(Duration::from_micros(1));
    let cost = |item| if is_expensive(item) { 100 * cheap } else { cheap };
    compare(pools, (0..SKEWED_ITEMS).map(cost).collect(), SKEWED_CHUNK, 1.1)
}

pub(crate) fn skewed(pools: &Pools) -> Row {
    let hasher = BuildHasherDefault::<DefaultHasher>::new();
    compare_skewed(pools, |item| hasher.hash_one(item) % u64::from(ONE_IN) == 0)
}

pub(crate) fn expensive_last(pools: &Pools) -> Row {
    compare_skewed(pools, |item| item >= SKEWED_ITEMS - SKEWED_ITEMS / ONE_IN)
}

pub(crate) fn expensive_first(pools: &Pools) -> Row {
    compare_skewed(pools, |item| item < SKEWED_ITEMS / ONE_IN)
}
