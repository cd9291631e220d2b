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
    /// Partitions that were moved out before.
    batch: std::vec::IntoIter<Boxed>,
    next: usize,
}

impl<S> Source<S> {
    pub(super) fn of(items: S) -> Self {
        Self { items: Some(items), batch: Vec::new().into_iter(), next: 0 }
    }

    pub(super) fn batch(partitions: Vec<Boxed>) -> Self {
        Self { items: None, batch: partitions.into_iter(), next: 0 }
    }

    pub(super) fn none() -> Self {
        Self::batch(Vec::new())
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
            let size = share(size, Some(source.batch.len()), self.workers);
            let partitions: Vec<_> = source.batch.by_ref().take(size).map(unerase).collect();
            source.next += partitions.len();
            return (start, partitions);
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
pub(super) struct Borrowed<'a, I> {
    items: I,
    /// How far `items` is.
    position: usize,
    /// The first partition that nobody has pulled.
    next: &'a AtomicUsize,
    /// The first partition that nobody wants.
    end: usize,
    workers: usize,
}

impl<'a, I> Borrowed<'a, I> {
    pub(super) fn new(items: I, next: &'a AtomicUsize, end: usize, workers: usize) -> Self {
        Self { items, position: 0, next, end, workers }
    }
}

impl<I: Iterator> Pull<I::Item> for Borrowed<'_, I> {
    fn pull(&mut self, size: usize) -> (usize, Vec<I::Item>) {
        let size = share(size, self.items.size_hint().1, self.workers);
        let start = self.next.fetch_add(size, Ordering::Relaxed);
        let size = size.min(self.end.saturating_sub(start));
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
