//! Results of many workers, in the order of the partitions.

/// What one worker made: values in the order it made them, and which partitions they belong to.
///
/// Partitions are handed out in ascending order, so the values of one worker that finished in place
/// ascend as well; only what suspended comes late.
pub(super) struct Results<T> {
    values: Vec<T>,
    /// Consecutive partitions: the first one, and how many. Ascending.
    runs: Vec<(usize, usize)>,
    late: Vec<(usize, T)>,
}

impl<T> Default for Results<T> {
    fn default() -> Self {
        Self { values: Vec::new(), runs: Vec::new(), late: Vec::new() }
    }
}

impl<T> Results<T> {
    /// The result of a partition above all that were added by `push` before.
    #[inline]
    pub(super) fn push(&mut self, partition: usize, value: T) {
        match self.runs.last_mut() {
            Some((start, length)) if *start + *length == partition => *length += 1,
            _ => self.runs.push((partition, 1)),
        }
        self.values.push(value);
    }

    /// The result of any partition.
    pub(super) fn push_late(&mut self, partition: usize, value: T) {
        self.late.push((partition, value));
    }

    pub(super) fn len(&self) -> usize {
        self.values.len() + self.late.len()
    }

    fn streams(self) -> [Stream<T>; 2] {
        let Self { values, runs, mut late } = self;
        late.sort_unstable_by_key(|(partition, _)| *partition);
        let late_runs = late.iter().map(|(partition, _)| (*partition, 1)).collect::<Vec<_>>();
        let late_values = late.into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        [Stream::new(values, runs), Stream::new(late_values, late_runs)]
    }
}

struct Stream<T> {
    values: std::vec::IntoIter<T>,
    runs: std::vec::IntoIter<(usize, usize)>,
    /// What is left of the run that is being read.
    head: Option<(usize, usize)>,
}

impl<T> Stream<T> {
    fn new(values: Vec<T>, runs: Vec<(usize, usize)>) -> Self {
        let mut runs = runs.into_iter();
        let head = runs.next();
        Self { values: values.into_iter(), runs, head }
    }
}

/// The results of a map, in the order of its partitions: what a fan-in collects.
pub struct Ordered<T> {
    streams: Vec<Stream<T>>,
    /// The stream that is being read, and how many of its values follow one another.
    current: (usize, usize),
    left: usize,
}

impl<T> Ordered<T> {
    pub(super) fn new(results: Vec<Results<T>>) -> Self {
        let mut streams: Vec<_> = results.into_iter().flat_map(Results::streams).collect();
        streams.retain(|stream| stream.head.is_some());
        let left = streams.iter().map(|stream| stream.values.len()).sum();
        Self { streams, current: (0, 0), left }
    }

    /// Moves to the stream that holds the next partition.
    #[cold]
    fn advance(&mut self) -> Option<()> {
        let first = |stream: &Stream<T>| stream.head.map_or(usize::MAX, |(start, _)| start);
        let next = (0..self.streams.len()).min_by_key(|at| first(&self.streams[*at]))?;
        let stream = &mut self.streams[next];
        let (_, length) = stream.head.take()?;
        stream.head = stream.runs.next();
        self.current = (next, length);
        Some(())
    }
}

impl<T> Iterator for Ordered<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        if self.current.1 == 0 {
            self.advance()?;
        }
        self.current.1 -= 1;
        self.left -= 1;
        self.streams[self.current.0].values.next()
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

        let ordered = Ordered::new(vec![first, second]);
        assert_eq!(ordered.len(), 8);
        assert_eq!(ordered.collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn no_results_give_an_empty_collection() {
        let ordered = Ordered::<u8>::new(vec![Results::default()]);
        assert_eq!(ordered.collect::<Vec<_>>(), []);
    }
}
