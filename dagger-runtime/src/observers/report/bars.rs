//! The bars of a timeline, of which there are not too many, however many calls there were: short ones that
//! follow one another become one.

use std::sync::Arc;
use std::time::Duration;

use crate::observers::calls::Outcome;

/// The most bars.
const MOST: usize = 40_000;

/// A bar of short calls is at most so many times as long as one may be.
const SHORT_ONES: u32 = 32;

/// A call, or several short ones of a lane.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// The node, if they are all of the same.
    pub(super) node: Option<usize>,
    pub(super) begin: Duration,
    pub(super) end: Duration,
    pub(super) outcome: Outcome,
    /// How many calls.
    pub(super) calls: usize,
    /// Of a single call.
    pub(super) partition: Option<usize>,
    pub(super) label: Option<Arc<str>>,
    /// The partitions around it.
    pub(super) within: Option<Arc<str>>,
}

/// Bars in lanes, each of which is in the order of time.
#[derive(Default)]
pub(super) struct Bars {
    /// Of maps and nested dags.
    pub(super) composed: Vec<Vec<Bar>>,
    /// Of calls of tasks.
    pub(super) calls: Vec<Vec<Bar>>,
    number: usize,
    /// What is shorter may become one with what is beside it.
    short: Duration,
}

impl Bars {
    pub(super) fn add(&mut self, is_composed: bool, lane: usize, bar: Bar) {
        let lanes = if is_composed { &mut self.composed } else { &mut self.calls };
        if lanes.len() <= lane {
            lanes.resize_with(lane + 1, Vec::new);
        }
        let end = bar.end;
        // Calls come as they end, and so those of a lane in their order.
        self.number += usize::from(!joined(&mut lanes[lane], bar, (self.short, false)));
        while self.number > MOST {
            self.shorten(end);
        }
    }

    /// Makes fewer bars of them, in a run that has taken so long.
    fn shorten(&mut self, elapsed: Duration) {
        self.short = (self.short * 2).max(elapsed / 100_000).max(Duration::from_nanos(1));
        // Where nodes take turns, bars are of several.
        let mixes = self.short > elapsed / 2_000;
        for lane in self.composed.iter_mut().chain(&mut self.calls) {
            let mut fewer = Vec::new();
            for bar in lane.drain(..) {
                joined(&mut fewer, bar, (self.short, mixes));
            }
            *lane = fewer;
        }
        self.number = self.composed.iter().chain(&self.calls).map(Vec::len).sum();
    }
}

/// Adds a bar to a lane: to the last one, if both are short and of a kind. Whether they are one now.
fn joined(lane: &mut Vec<Bar>, bar: Bar, (short, mixes): (Duration, bool)) -> bool {
    let Some(last) = lane.last_mut() else {
        lane.push(bar);
        return false;
    };
    let is_short = |bar: &Bar| bar.calls > 1 || bar.end.saturating_sub(bar.begin) <= short;
    let is_near = bar.begin.saturating_sub(last.end) <= short;
    let is_room = bar.end.saturating_sub(last.begin) <= short * SHORT_ONES;
    let are_alike = mixes || (last.node == bar.node && last.outcome == bar.outcome);
    if short.is_zero() || !(is_near && is_room && are_alike && is_short(last) && is_short(&bar)) {
        lane.push(bar);
        return false;
    }
    if last.node != bar.node {
        last.node = None;
    }
    last.outcome = last.outcome.max(bar.outcome);
    last.end = last.end.max(bar.end);
    last.calls += bar.calls;
    (last.partition, last.label, last.within) = (None, None, None);
    true
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Bar, Bars, MOST};
    use crate::observers::calls::Outcome;

    fn bar(node: usize, begin: u64, end: u64) -> Bar {
        let [begin, end] = [begin, end].map(Duration::from_micros);
        let (node, outcome) = (Some(node), Outcome::Finished);
        let (partition, label, within) = (None, None, None);
        Bar { node, begin, end, outcome, calls: 1, partition, label, within }
    }

    fn all(bars: &Bars) -> Vec<&Bar> {
        bars.composed.iter().chain(&bars.calls).flatten().collect()
    }

    #[test]
    fn few_calls_are_a_bar_each() {
        let mut bars = Bars::default();
        (0..1000).for_each(|n| bars.add(false, 0, bar(0, n, n + 1)));
        assert_eq!(all(&bars).len(), 1000);
    }

    #[test]
    fn of_many_calls_short_ones_become_one_and_long_ones_stay() {
        for nodes in [1, 3] {
            let mut bars = Bars::default();
            for n in 0..500_000 {
                let lane = usize::try_from(n).unwrap() % 4;
                bars.add(false, lane, bar(lane * nodes % 7 + lane % nodes, n * 10, n * 10 + 9));
            }
            bars.add(false, 1, bar(9, 5_000_000, 9_000_000));
            let all = all(&bars);
            assert!(all.len() <= MOST && all.len() > 100, "{}", all.len());
            assert_eq!(all.iter().map(|bar| bar.calls).sum::<usize>(), 500_001);
            assert!(all.iter().any(|bar| bar.node == Some(9) && bar.calls == 1));
        }
    }

    #[test]
    fn where_nodes_take_turns_bars_are_of_several() {
        let mut bars = Bars::default();
        for n in 0..200_000_u64 {
            bars.add(false, 0, bar(usize::from(n % 2 == 0), n * 10, n * 10 + 9));
        }
        let all = all(&bars);
        assert!(all.len() <= MOST);
        assert!(all.iter().any(|bar| bar.node.is_none()));
        assert!(all.is_sorted_by_key(|bar| bar.begin));
    }
}
