//! A look at a run: what its counters say, and what follows from what they said before.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dagger_core::{NodeProgress, Tally};

use super::labels::Labels;

/// The time over which a rate is taken.
const WINDOW: Duration = Duration::from_secs(15);

/// How often a rate notes how far a node is.
const STEP: Duration = Duration::from_millis(250);

/// A run that is looked at.
pub(super) struct Watched {
    pub(super) number: u64,
    pub(super) dag: String,
    pub(super) tally: Arc<Tally>,
    begin: Instant,
    pace: HashMap<String, Pace>,
    /// When the active nodes were last shown.
    pub(super) shown: Option<Duration>,
    /// The nodes whose end was shown.
    pub(super) done: HashSet<String>,
    /// How many of the failures were shown.
    pub(super) failures: usize,
}

/// How far a node was at some times.
#[derive(Default)]
struct Pace {
    samples: VecDeque<(Duration, usize, usize)>,
    begin: Duration,
}

/// What is shown of a node.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    pub(super) node: NodeProgress,
    /// How long it has been active.
    pub(super) elapsed: Duration,
    /// How many calls end in a second.
    pub(super) rate: Option<f64>,
    /// How long it may take, if all calls are known.
    pub(super) left: Option<Duration>,
    /// The labels of calls that are running, the oldest first.
    pub(super) running: Vec<String>,
    /// The names of calls that failed.
    pub(super) failed: Vec<String>,
}

impl Look {
    pub(super) fn ended(&self) -> usize {
        self.node.finished + self.node.failed
    }

    /// Whether calls are running, or will.
    pub(super) fn is_active(&self) -> bool {
        self.node.running > 0 || (self.ended() > 0 && self.ended() < self.node.calls)
    }

    /// Whether all calls that are known of have ended.
    pub(super) fn is_done(&self) -> bool {
        self.node.calls > 0 && self.node.running == 0 && self.ended() >= self.node.calls
    }

    /// Whether it is in a dag that this node runs.
    pub(super) fn is_within(&self, node: &Self) -> bool {
        let rest = self.node.address.strip_prefix(&node.node.address);
        rest.is_some_and(|rest| rest.starts_with('.'))
    }

    /// Whether it is in a nested dag.
    pub(super) fn is_nested(&self) -> bool {
        self.node.address.contains('.')
    }
}

impl Watched {
    pub(super) fn new(number: u64, dag: &str, tally: Arc<Tally>) -> Self {
        Self {
            number,
            dag: dag.to_owned(),
            tally,
            begin: Instant::now(),
            pace: HashMap::new(),
            shown: None,
            done: HashSet::new(),
            failures: 0,
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    /// How far the nodes are that have begun.
    pub(super) fn look(&mut self, labels: &Labels) -> Vec<Look> {
        let now = self.elapsed();
        let nodes = self.tally.progress().into_nodes();
        let begun = nodes.into_iter().filter(|node| node.calls > 0);
        let mut looks: Vec<_> = begun.map(|node| self.look_at(node, now)).collect();
        let mut places: HashMap<String, &mut Look> = HashMap::new();
        for look in &mut looks {
            places.insert(look.node.address.clone(), look);
        }
        for (address, label) in labels.running(self.number) {
            places.get_mut(&address).into_iter().for_each(|look| look.running.push(label.clone()));
        }
        for failure in labels.failures(self.number) {
            if !failure.is_retried && !failure.name.is_empty() {
                let look = places.get_mut(&failure.address).into_iter();
                look.for_each(|look| look.failed.push(failure.name.clone()));
            }
        }
        looks
    }

    fn look_at(&mut self, node: NodeProgress, now: Duration) -> Look {
        let ended = node.finished + node.failed;
        let pace = self.pace.entry(node.address.clone()).or_insert_with(|| Pace::new(now));
        pace.note(now, ended, node.calls);
        let rate = pace.rate();
        let left = rate.filter(|_| pace.knows_calls()).and_then(|rate| {
            let calls = u32::try_from(node.calls.saturating_sub(ended)).ok()?;
            Duration::try_from_secs_f64(f64::from(calls) / rate).ok()
        });
        let elapsed = now.saturating_sub(pace.begin);
        Look { node, elapsed, rate, left, running: Vec::new(), failed: Vec::new() }
    }
}

impl Pace {
    fn new(begin: Duration) -> Self {
        Self { samples: VecDeque::new(), begin }
    }

    fn note(&mut self, now: Duration, ended: usize, calls: usize) {
        // The last one is always that of now.
        if let [.., (before, ..), _] = self.samples.make_contiguous()[..]
            && now.saturating_sub(before) < STEP
        {
            self.samples.pop_back();
        }
        self.samples.push_back((now, ended, calls));
        while self.samples.len() > 2 && now.saturating_sub(self.samples[1].0) >= WINDOW {
            self.samples.pop_front();
        }
    }

    /// How many calls ended in a second.
    fn rate(&self) -> Option<f64> {
        let (&(from, before, _), &(to, after, _)) = (self.samples.front()?, self.samples.back()?);
        let calls = u32::try_from(after.saturating_sub(before)).ok()?;
        let time = to.saturating_sub(from).as_secs_f64();
        (calls > 0 && time > 0.0).then(|| f64::from(calls) / time)
    }

    /// Whether no more calls have become known meanwhile.
    fn knows_calls(&self) -> bool {
        let calls = |sample: Option<&(Duration, usize, usize)>| sample.map(|sample| sample.2);
        calls(self.samples.front()) == calls(self.samples.back())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    fn pace(samples: &[(u64, usize, usize)]) -> Pace {
        let mut pace = Pace::new(Duration::ZERO);
        for (millis, ended, calls) in samples {
            pace.note(Duration::from_millis(*millis), *ended, *calls);
        }
        pace
    }

    #[test]
    fn a_rate_is_that_of_the_last_seconds() {
        assert_eq!(pace(&[(0, 0, 100)]).rate(), None);
        assert_eq!(pace(&[(0, 0, 100), (2000, 10, 100)]).rate(), Some(5.0));
        let slower = pace(&[(0, 0, 100), (2000, 90, 100), (17_000, 105, 200), (32_000, 120, 200)]);
        assert_eq!(slower.rate(), Some(1.0));
        assert!(slower.knows_calls());
    }

    #[test]
    fn there_is_no_estimate_where_calls_become_known() {
        assert!(!pace(&[(0, 0, 10), (1000, 5, 20)]).knows_calls());
        assert!(pace(&[(0, 0, 20), (1000, 5, 20)]).knows_calls());
    }

    #[test]
    fn few_samples_are_kept() {
        let samples: Vec<_> = (0..10_000).map(|at| (at * 10, 1, 1)).collect();
        assert!(pace(&samples).samples.len() < 70);
    }
}
