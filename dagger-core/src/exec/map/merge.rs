//! Results of many workers, in the order of the partitions.

/// What one worker made: values in the order it made them, and which partitions they belong to.
///
/// Partitions are handed out in ascending order, so the values of one worker that finished in place
/// ascend as well; only what suspended comes late.
pub(super) struct Results<T> {
    values: Vec<T>,
    /// Consecutive partitions: the first one, and where its value is. Ascending.
    runs: Vec<(usize, usize)>,
    /// The partition that would go on with the last run.
    next: usize,
    late: Vec<(usize, T)>,
}

impl<T> Default for Results<T> {
    fn default() -> Self {
        Self { values: Vec::new(), runs: Vec::new(), next: usize::MAX, late: Vec::new() }
    }
}

impl<T> Results<T> {
    /// The result of a partition above all that were added by `push` before.
    #[inline]
    pub(super) fn push(&mut self, partition: usize, value: T) {
        if partition != self.next {
            self.runs.push((partition, self.values.len()));
        }
        self.next = partition + 1;
        self.values.push(value);
    }

    /// The result of any partition.
    #[inline]
    pub(super) fn push_late(&mut self, partition: usize, value: T) {
        self.late.push((partition, value));
    }

    pub(super) fn len(&self) -> usize {
        self.values.len() + self.late.len()
    }

    fn streams(self) -> [Stream<T>; 2] {
        let Self { values, runs, mut late, .. } = self;
        let ends = runs.iter().skip(1).map(|(_, at)| *at).chain([values.len()]);
        let runs = runs.iter().zip(ends).map(|((first, at), end)| (*first, end - at)).collect();
        late.sort_unstable_by_key(|(partition, _)| *partition);
        let late_runs = late.iter().map(|(partition, _)| (*partition, 1)).collect();
        let late_values = late.into_iter().map(|(_, value)| value).collect();
        [Stream::new(values, runs), Stream::new(late_values, late_runs)]
    }
}

struct Stream<T> {
    values: std::vec::IntoIter<T>,
    /// Consecutive partitions: the first one, and how many.
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

    /// All of them, a run at a time.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<T> {
        if let [only] = &mut self.streams[..] {
            // It is in order, and moves as it is.
            return std::mem::take(&mut only.values).collect();
        }
        let mut all = Vec::with_capacity(self.left);
        while self.advance().is_some() {
            let (stream, length) = self.current;
            all.extend(self.streams[stream].values.by_ref().take(length));
        }
        all
    }

    /// Moves to the stream that holds the next partition, and to all of its values that follow.
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
        assert_eq!(ordered.collect::<Vec<_>>(), []);
    }
}
