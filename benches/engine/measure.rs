//! Two versions of one shape, in turn.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use crate::process::Others;

/// How many rounds there are at least.
const ROUNDS: usize = 11;
/// How long a shape is measured at least: short ones have more rounds.
const SPAN: Duration = Duration::from_secs(1);

/// The median times of the two versions of a shape.
pub(crate) struct Medians {
    pub(crate) hand: Duration,
    pub(crate) dagger: Duration,
    /// How many cores other processes kept busy meanwhile.
    pub(crate) others: f64,
}

/// How long `work` takes, and what it gives.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// Runs both versions in turn. Each times itself, less what it prepares; they must agree.
pub(crate) fn alternate<T: Debug + PartialEq>(
    mut hand: impl FnMut() -> (Duration, T),
    mut dagger: impl FnMut() -> (Duration, T),
) -> Medians {
    let mut round = || {
        let (by_hand, expected) = hand();
        let (by_dagger, result) = dagger();
        assert_eq!(result, expected, "dagger and the version by hand do not agree");
        (by_hand, by_dagger)
    };
    round();
    let (start, others) = (Instant::now(), Others::watch());
    let mut times = Vec::new();
    while times.len() < ROUNDS || start.elapsed() < SPAN {
        times.push(round());
    }
    let others = others.cores();
    let (hand, dagger) = times.into_iter().unzip();
    Medians { hand: median(hand), dagger: median(dagger), others }
}

pub(crate) fn median<T: Copy + Ord>(mut figures: Vec<T>) -> T {
    figures.sort_unstable();
    figures[figures.len() / 2]
}
