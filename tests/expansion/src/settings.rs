//! The variables that choose what is tested.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{env, process, thread};

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
    let work = |watch: Sender<u64>| {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                break;
            }
            let _ = watch.send(seed);
            if let Err(fault) = check(seed) {
                faults.lock().unwrap_or_else(PoisonError::into_inner).push((seed, fault));
            }
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..cores {
            let (watch, watched) = channel();
            scope.spawn(move || watch_over(test, &watched));
            let work = &work;
            scope.spawn(move || work(watch));
        }
    });
    let mut faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
    // The shortest is the easiest to understand.
    faults.sort_by_key(|(seed, fault)| (fault.len(), *seed));
    for (seed, fault) in faults.iter().take(SHOWN) {
        println!("{}:\n{fault}\n", reproduction(test, *seed));
    }
    let seeds: Vec<u64> = faults.iter().map(|(seed, _)| *seed).collect();
    assert!(faults.is_empty(), "{} faults, of the seeds {seeds:?}", faults.len());
}

/// The command that tests a seed again.
fn reproduction(test: &str, seed: u64) -> String {
    format!(
        "DAGGER_SEED={seed} DAGGER_PROGRAMS=1 cargo test -p dagger-expansion-tests --test {test}"
    )
}

/// Ends the process if a program takes too long: an endless loop in a macro cannot be stopped.
fn watch_over(test: &str, seeds: &Receiver<u64>) {
    /// How long a program may take.
    const LIMIT: Duration = Duration::from_mins(1);
    let mut current = None;
    loop {
        match seeds.recv_timeout(LIMIT) {
            Ok(seed) => current = Some(seed),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let seed = current.unwrap_or_default();
                eprintln!("no end after {LIMIT:?}: {}", reproduction(test, seed));
                process::exit(101);
            }
        }
    }
}
