//! The variables that choose what is tested.

use std::env;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// A constant, so that a run without variables is the same everywhere.
const SEED: u64 = 1;

/// The seeds of the programs to test: so many, unless a variable says otherwise.
///
/// # Panics
///
/// If a variable is not a number.
#[must_use]
pub fn seeds(default: u64) -> Range<u64> {
    let seed = number("DAGGER_SEED").unwrap_or(SEED);
    let programs = number("DAGGER_PROGRAMS").unwrap_or(default);
    seed..seed.saturating_add(programs)
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok().filter(|text| !text.trim().is_empty())?;
    let number = text.trim().parse();
    Some(number.unwrap_or_else(|error| panic!("{name} is `{text}`, not a number: {error}")))
}

/// Tests the programs of all seeds, on all cores; prints how to draw those again that have a fault.
///
/// # Panics
///
/// If there are faults.
pub fn check_each(test: &str, seeds: Range<u64>, check: impl Fn(u64) -> Result<(), String> + Sync) {
    /// How many faults to print in full.
    const SHOWN: usize = 5;
    let next = AtomicU64::new(seeds.start);
    let faults = Mutex::new(Vec::new());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                break;
            }
            if let Err(fault) = check(seed) {
                faults.lock().unwrap_or_else(PoisonError::into_inner).push((seed, fault));
            }
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().for_each(|worker| worker.join().expect("a check does not panic"));
    });
    let mut faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
    // The shortest is the easiest to understand.
    faults.sort_by_key(|(seed, fault)| (fault.len(), *seed));
    for (seed, fault) in faults.iter().take(SHOWN) {
        println!(
            "DAGGER_SEED={seed} DAGGER_PROGRAMS=1 \
             cargo test -p dagger-expansion-tests --test {test}:\n{fault}\n"
        );
    }
    let seeds: Vec<u64> = faults.iter().map(|(seed, _)| *seed).collect();
    assert!(faults.is_empty(), "{} faults, of the seeds {seeds:?}", faults.len());
}
