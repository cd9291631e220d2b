//! How long calls took: a distribution, and the slowest of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

/// How many of the slowest calls are kept.
const SLOWEST: usize = 10;

/// Of many calls of a node.
#[derive(Default)]
pub(super) struct Durations {
    pub(super) count: u64,
    pub(super) sum: Duration,
    pub(super) longest: Duration,
    /// How many calls there are in a bucket: four of them are twice as long.
    buckets: BTreeMap<u32, u64>,
    slowest: BinaryHeap<Reverse<Slow>>,
}

/// A slow call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slow {
    pub(super) took: Duration,
    /// Which one it was.
    pub(super) name: String,
}

impl Durations {
    pub(super) fn add(&mut self, took: Duration, name: impl FnOnce() -> String) {
        self.count += 1;
        self.sum += took;
        self.longest = self.longest.max(took);
        *self.buckets.entry(bucket(took)).or_default() += 1;
        let is_slow = self.slowest.peek().is_none_or(|Reverse(least)| least.took < took);
        if self.slowest.len() < SLOWEST || is_slow {
            self.slowest.push(Reverse(Slow { took, name: name() }));
        }
        if self.slowest.len() > SLOWEST {
            self.slowest.pop();
        }
    }

    /// The buckets that have calls: the shortest time that is too long for one, and how many there are.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (Duration, u64)> {
        self.buckets.iter().map(|(bucket, count)| (end(*bucket), *count))
    }

    /// The time that no more than this share of the calls exceeded, to a fifth of it.
    pub(super) fn quantile(&self, share: f64) -> Duration {
        let mut left = self.count;
        let found = self.buckets.iter().rev().find(|(_, count)| {
            left -= **count;
            #[expect(clippy::cast_precision_loss, reason = "it is about a share")]
            let is_below = left as f64 <= share * self.count as f64;
            is_below
        });
        found.map_or(self.longest, |(bucket, _)| end(*bucket).min(self.longest))
    }

    /// The slowest calls, the slowest first.
    pub(super) fn slowest(&self) -> Vec<&Slow> {
        let mut slowest: Vec<_> = self.slowest.iter().map(|Reverse(slow)| slow).collect();
        slowest.sort_by(|a, b| b.cmp(a));
        slowest
    }
}

/// A quarter of a power of two, in nanoseconds.
fn bucket(took: Duration) -> u32 {
    let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX).max(4);
    let power = nanos.ilog2();
    let quarter = u32::try_from((nanos >> (power - 2)) & 3).unwrap_or_default();
    4 * power + quarter
}

fn end(bucket: u32) -> Duration {
    let (power, quarter) = (bucket / 4, bucket % 4);
    Duration::from_nanos(
        (u64::from(quarter) + 5).checked_shl(power.saturating_sub(2)).unwrap_or(u64::MAX),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Durations, bucket, end};

    #[test]
    fn a_bucket_has_what_is_shorter_than_its_end() {
        let times = (0..200).map(|n| Duration::from_nanos(3 + n * n * n * 1000));
        for took in times {
            let bucket = bucket(took);
            assert!(took < end(bucket), "{took:?}");
            assert!(bucket <= 8 || end(bucket - 1) <= took, "{took:?}");
        }
    }

    #[test]
    fn quantiles_and_the_slowest() {
        let mut durations = Durations::default();
        for n in (1..=1000_usize).rev() {
            let took = Duration::from_millis(u64::try_from(n).unwrap());
            durations.add(took, || n.to_string());
        }
        let slowest: Vec<_> = durations.slowest().iter().map(|slow| slow.name.clone()).collect();
        assert_eq!(slowest, (991..=1000).rev().map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!(durations.buckets().map(|(_, count)| count).sum::<u64>(), 1000);
        for (share, millis) in [(0.5, 500.0), (0.95, 950.0), (1.0, 1000.0)] {
            let quantile = durations.quantile(share).as_secs_f64() * 1e3;
            assert!(quantile >= millis && quantile <= millis * 1.25, "{share}: {quantile}");
        }
        assert_eq!(Durations::default().quantile(0.5), Duration::ZERO);
    }
}
