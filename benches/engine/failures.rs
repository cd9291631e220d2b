//! How soon a run that ends early is over, beside the same run that goes on to its end.
//!
//! The partitions are made as they are needed, so that there is nothing but the map to wait for.

use std::fmt;
use std::panic;
use std::sync::Once;

use dagger::{Error, Runtime, dag, task};

use crate::measure::{alternate, timed};
use crate::pools::Pools;
use crate::table::{Allowed, Row};
use crate::tasks::{mix, weighted_sum};

const ITEMS: u32 = 1_000_000;
const LAST: u64 = 999_999;
const PANIC: &str = "a panic on purpose";

/// What a map meets with, and at which partition.
#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    None,
    Error(u64),
    Panic(u64),
}

impl Trouble {
    fn partition(self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Error(at) | Self::Panic(at) => usize::try_from(at).ok(),
        }
    }
}

#[derive(Debug)]
struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error on purpose")
    }
}

impl std::error::Error for Failed {}

#[task]
fn count_lazily(end: u32) -> impl Iterator<Item = u64> + Send {
    0..u64::from(end)
}

#[task]
fn mix_or_fail(n: u64, trouble: Trouble) -> Result<u64, Failed> {
    if trouble == Trouble::Error(n) {
        return Err(Failed);
    }
    assert!(trouble != Trouble::Panic(n), "{PANIC}");
    Ok(mix(n))
}

#[task]
async fn mix_or_fail_ready(n: u64, trouble: Trouble) -> Result<u64, Failed> {
    mix_or_fail(n, trouble)
}

#[dag]
fn mix_all_or_fail(end: u32, trouble: Trouble) -> Result<u64, Failed> {
    let mut mixed = Vec::new();
    for n in count_lazily(end) {
        mixed.push(mix_or_fail(n, trouble)?);
    }
    Ok(weighted_sum(mixed))
}

#[dag]
async fn mix_all_or_fail_ready(end: u32, trouble: Trouble) -> Result<u64, Failed> {
    let mut mixed = Vec::new();
    for n in count_lazily(end) {
        mixed.push(mix_or_fail_ready(n, trouble).await?);
    }
    Ok(weighted_sum(mixed))
}

fn run_sync(_: &Pools, trouble: Trouble) -> Result<u64, Error> {
    mix_all_or_fail::call(ITEMS, trouble).run_blocking()
}

fn run_async(pools: &Pools, trouble: Trouble) -> Result<u64, Error> {
    pools.in_task(Runtime::default().run(mix_all_or_fail_ready::call(ITEMS, trouble)))
}

/// Keeps the panics of `mix_or_fail` out of what the bench prints.
fn quiet_panics() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload_as_str() != Some(PANIC) {
                loud(info);
            }
        }));
    });
}

/// Where the version by hand stands elsewhere, here is the run that meets with no trouble.
fn compare(
    pools: &Pools,
    run: fn(&Pools, Trouble) -> Result<u64, Error>,
    trouble: Trouble,
    allowed: f64,
) -> Row {
    quiet_panics();
    let succeeds = || {
        let (time, result) = timed(|| run(pools, Trouble::None));
        result.expect("the run succeeds");
        (time, ())
    };
    let fails = || {
        let (time, result) = timed(|| run(pools, trouble));
        let error = result.expect_err("the run fails");
        assert_eq!(error.partition(), trouble.partition());
        (time, ())
    };
    Row::times(ITEMS, alternate(succeeds, fails), Allowed::Times(allowed))
}

pub(crate) fn sync_fails_last(pools: &Pools) -> Row {
    compare(pools, run_sync, Trouble::Error(LAST), 1.1)
}

pub(crate) fn sync_panics_first(pools: &Pools) -> Row {
    compare(pools, run_sync, Trouble::Panic(0), 0.1)
}

pub(crate) fn async_fails_last(pools: &Pools) -> Row {
    compare(pools, run_async, Trouble::Error(LAST), 1.1)
}

pub(crate) fn async_panics_first(pools: &Pools) -> Row {
    compare(pools, run_async, Trouble::Panic(0), 0.1)
}
