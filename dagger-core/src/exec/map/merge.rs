//! Results of many workers, in the order of the partitions.

use std::iter::Peekable;
use std::vec::IntoIter;

use crate::exec::value::{Boxed, unerase};

/// What one worker made: runs of consecutive partitions that finished in place, and single ones that
/// suspended.
pub(super) struct Results<T> {
    /// Runs, each with its first partition.
    runs: Vec<(usize, Vec<T>)>,
    /// The run that goes on, and the partition that would be next in it.
    run: Vec<T>,
    next: usize,
    late: Vec<(usize, T)>,
    /// How many results are in `runs`.
    length: usize,
    /// How many are expected for the next run.
    expected: usize,
}

impl<T> Default for Results<T> {
    fn default() -> Self {
        let (runs, run, late) = (Vec::new(), Vec::new(), Vec::new());
        Self { runs, run, next: usize::MAX, late, length: 0, expected: 1 }
    }
}

impl<T> Results<T> {
    /// So many results of consecutive partitions are about to come.
    pub(super) fn expect(&mut self, results: usize) {
        self.expected = results;
    }

    /// The result of a partition above all that were added by `push` before.
    #[inline]
    pub(super) fn push(&mut self, partition: usize, value: T) {
        // A run does not grow: that would move its values.
        if partition != self.next || self.run.len() == self.run.capacity() {
            self.start(partition);
        }
        self.next = partition + 1;
        self.run.push(value);
    }

    #[cold]
    fn start(&mut self, partition: usize) {
        self.end_run();
        self.run = Vec::with_capacity(self.expected.max(1));
        self.next = partition;
    }

    /// Results that were there before, of those that are read.
    pub(super) fn late(results: Vec<(usize, Option<Boxed>)>) -> Self
    where
        T: 'static,
    {
        let read = results.into_iter().filter_map(|(partition, result)| Some((partition, result?)));
        let late = read.map(|(partition, result)| (partition, unerase(result))).collect();
        Self { late, ..Self::default() }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if !run.is_empty() {
            self.length += run.len();
            self.runs.push((self.next - run.len(), run));
        }
    }

    /// The result of any partition.
    #[inline]
    pub(super) fn push_late(&mut self, partition: usize, value: T) {
        self.late.push((partition, value));
    }

    pub(super) fn len(&self) -> usize {
        self.length + self.run.len() + self.late.len()
    }
}

/// The results of a map, in the order of its partitions: what a fan-in collects.
pub struct Ordered<T> {
    runs: Peekable<IntoIter<(usize, Vec<T>)>>,
    late: Peekable<IntoIter<(usize, T)>>,
    /// The run that is being read.
    run: IntoIter<T>,
    left: usize,
}

impl<T> Ordered<T> {
    pub(super) fn new(results: Vec<Results<T>>) -> Self {
        let left = results.iter().map(Results::len).sum();
        let (mut runs, mut late) = (Vec::new(), Vec::new());
        for mut results in results {
            results.end_run();
            runs.append(&mut results.runs);
            late.append(&mut results.late);
        }
        runs.sort_unstable_by_key(|(first, _)| *first);
        late.sort_unstable_by_key(|(partition, _)| *partition);
        let (runs, late) = (runs.into_iter().peekable(), late.into_iter().peekable());
        Self { runs, late, run: Vec::new().into_iter(), left }
    }

    /// Results that are in order.
    pub(crate) fn of(results: Vec<T>) -> Self {
        let mut all = Results::default();
        (all.length, all.runs) = (results.len(), vec![(0, results)]);
        Self::new(vec![all])
    }

    /// All of them, a run at a time.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<T> {
        if let Some((_, run)) = self.runs.next_if(|(_, run)| run.len() == self.left) {
            return run;
        }
        let mut all = Vec::with_capacity(self.left);
        while let Some(first) = self.next_part() {
            all.push(first);
            all.extend(&mut self.run);
        }
        all
    }

    /// The late result that is next, or the first one of the run that is.
    #[cold]
    fn next_part(&mut self) -> Option<T> {
        let run = self.runs.peek().map_or(usize::MAX, |(first, _)| *first);
        let is_before = |(partition, _): &(usize, T)| *partition < run;
        if let Some((_, value)) = self.late.next_if(is_before) {
            return Some(value);
        }
        let (_, run) = self.runs.next()?;
        self.run = run.into_iter();
        self.run.next()
    }
}

impl<T> Iterator for Ordered<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let value = self.run.next().or_else(|| self.next_part())?;
        self.left -= 1;
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Ordered<T> {}

#[cfg(test)]
mod tests {
    use super::{Ordered, Results};

    #[test]
    fn results_come_in_the_order_of_the_partitions_whatever_worker_made_them() {
        let mut first = Results::default();
        let mut second = Results::default();
        for partition in [0, 1, 4, 5] {
            first.push(partition, partition);
        }
        second.push(2, 2);
        second.push(7, 7);
        second.push_late(6, 6);
        second.push_late(3, 3);

        assert_eq!((first.len(), second.len()), (4, 4));

        let ordered = Ordered::new(vec![first, second]);
        assert_eq!(ordered.len(), 8);
        assert_eq!(ordered.collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn a_run_at_a_time_they_are_the_same() {
        let results = |late: bool| {
            let (mut first, mut second) = (Results::default(), Results::default());
            for partition in 0..20 {
                match partition / 3 % 3 {
                    0 => first.push(partition, partition),
                    1 => second.push(partition, partition),
                    _ if late => second.push_late(partition, partition),
                    _ => first.push(partition, partition),
                }
            }
            vec![first, second]
        };
        for late in [false, true] {
            let one_by_one: Vec<_> = Ordered::new(results(late)).collect();
            assert_eq!(one_by_one, (0..20).collect::<Vec<_>>());
            assert_eq!(Ordered::new(results(late)).into_vec(), one_by_one);
        }
        let mut only = Results::default();
        (3..7).for_each(|partition| only.push(partition, partition));
        assert_eq!(Ordered::new(vec![only]).into_vec(), [3, 4, 5, 6]);
    }

    #[test]
    fn no_results_give_an_empty_collection() {
        let ordered = Ordered::<u8>::new(vec![Results::default()]);
        assert_eq!(ordered.collect::<Vec<_>>(), [0_u8; 0]);
    }
}
