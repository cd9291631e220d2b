//! Where a worker gets its partitions from, a chunk at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::exec::value::{Boxed, unerase};
use crate::sync::lock;

/// Hands out partitions.
pub(super) trait Pull<T> {
    /// The next partitions, `size` at most, with the first one's index; none when there are no more.
    fn pull(&mut self, size: usize) -> (usize, Vec<T>);
}

/// Partitions that move out of a collection, or out of an iterator that makes them as it goes.
pub(super) struct Source<S> {
    items: Option<S>,
    /// Partitions that were moved out before, with their numbers, which ascend.
    rest: std::vec::IntoIter<(usize, Boxed)>,
    next: usize,
}

impl<S> Source<S> {
    pub(super) fn of(items: S) -> Self {
        Self { items: Some(items), rest: Vec::new().into_iter(), next: 0 }
    }

    pub(super) fn rest(partitions: Vec<(usize, Boxed)>) -> Self {
        Self { items: None, rest: partitions.into_iter(), next: 0 }
    }

    pub(super) fn none() -> Self {
        Self::rest(Vec::new())
    }

    /// The next partitions of the rest that are consecutive, a fair share of `size` at most, with the
    /// number of the first.
    fn pull_rest(
        &mut self,
        size: usize,
        workers: usize,
    ) -> (usize, impl Iterator<Item = Boxed> + '_) {
        let rest = self.rest.as_slice();
        let size = share(size, Some(rest.len()), workers);
        let first = rest.first().map_or(0, |(number, _)| *number);
        let follow = |(place, (number, _)): &(usize, &(usize, Boxed))| *number == first + place;
        let count = rest.iter().take(size).enumerate().take_while(follow).count();
        (first, self.rest.by_ref().take(count).map(|(_, partition)| partition))
    }
}

/// A worker's way to a source that all of them share.
pub(super) struct Owned<'a, S> {
    pub(super) source: &'a Mutex<Source<S>>,
    pub(super) workers: usize,
}

impl<S: Iterator<Item: 'static>> Pull<S::Item> for Owned<'_, S> {
    fn pull(&mut self, size: usize) -> (usize, Vec<S::Item>) {
        // Where an iterator panicked, it is gone: see below.
        let mut source = lock(self.source);
        // An iterator that ended, or panicked, is not asked again: not all of them are fused.
        let start = source.next;
        let Some(mut items) = source.items.take() else {
            let (first, partitions) = source.pull_rest(size, self.workers);
            return (first, partitions.map(unerase).collect());
        };
        let size = share(size, items.size_hint().1, self.workers);
        let partitions: Vec<_> = items.by_ref().take(size).collect();
        if partitions.len() == size {
            source.items = Some(items);
        }
        source.next += partitions.len();
        (start, partitions)
    }
}

/// Partitions of a collection that is only borrowed: every worker has an iterator of its own over
/// the same collection and skips what others have pulled.
pub(super) struct Borrowed<'a, I, S> {
    items: I,
    /// The places that are wanted, if not all of them are.
    rest: Option<&'a Mutex<Source<S>>>,
    /// How far `items` is.
    position: usize,
    /// The first partition that nobody has pulled.
    next: &'a AtomicUsize,
    /// The first partition that nobody wants.
    end: usize,
    workers: usize,
}

impl<'a, I, S> Borrowed<'a, I, S> {
    pub(super) fn new(
        items: I,
        rest: Option<&'a Mutex<Source<S>>>,
        next: &'a AtomicUsize,
        end: usize,
        workers: usize,
    ) -> Self {
        Self { items, rest, position: 0, next, end, workers }
    }

    /// The first of the next places, and how many.
    fn places(&self, size: usize, left: Option<usize>) -> (usize, usize) {
        if let Some(rest) = self.rest {
            let mut rest = lock(rest);
            let (first, places) = rest.pull_rest(size, self.workers);
            return (first, places.count());
        }
        let size = share(size, left, self.workers);
        let start = self.next.fetch_add(size, Ordering::Relaxed);
        (start, size.min(self.end.saturating_sub(start)))
    }
}

impl<I: Iterator, S: Send> Pull<I::Item> for Borrowed<'_, I, S> {
    fn pull(&mut self, size: usize) -> (usize, Vec<I::Item>) {
        let (start, size) = self.places(size, self.items.size_hint().1);
        if size == 0 {
            return (start, Vec::new());
        }
        if let Some(last_skipped) = (start - self.position).checked_sub(1)
            && self.items.nth(last_skipped).is_none()
        {
            return (start, Vec::new());
        }
        let partitions: Vec<_> = self.items.by_ref().take(size).collect();
        self.position = start + partitions.len();
        (start, partitions)
    }
}

/// A fair share of what is left, where that is known: the last chunks are small.
fn share(size: usize, left: Option<usize>, workers: usize) -> usize {
    left.map_or(size, |left| size.min(left / (2 * workers))).max(1)
}
