//! Where a worker gets its partitions from, a chunk at a time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Hands out partitions.
pub(super) trait Pull<T> {
    /// Moves the next partitions into the empty buffer, `size` at most. Gives the first one's index;
    /// the buffer stays empty when there are no more.
    fn pull(&mut self, size: usize, buffer: &mut VecDeque<T>) -> usize;
}

/// Partitions that move out of a collection, or out of an iterator that makes them as it goes.
pub(super) struct Source<S> {
    items: Option<S>,
    next: usize,
}

impl<S> Source<S> {
    pub(super) fn new(items: Option<S>) -> Self {
        Self { items, next: 0 }
    }
}

/// A worker's way to a source that all of them share.
pub(super) struct Owned<'a, S> {
    pub(super) source: &'a Mutex<Source<S>>,
    pub(super) workers: usize,
}

impl<S: Iterator> Pull<S::Item> for Owned<'_, S> {
    fn pull(&mut self, size: usize, buffer: &mut VecDeque<S::Item>) -> usize {
        // Where an iterator panicked, it is gone: see below.
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        // An iterator that ended, or panicked, is not asked again: not all of them are fused.
        let Some(mut items) = source.items.take() else { return source.next };
        let size = share(size, items.size_hint().1, self.workers);
        buffer.extend(items.by_ref().take(size));
        if buffer.len() == size {
            source.items = Some(items);
        }
        let start = source.next;
        source.next += buffer.len();
        start
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
    workers: usize,
}

impl<'a, I> Borrowed<'a, I> {
    pub(super) fn new(items: I, next: &'a AtomicUsize, workers: usize) -> Self {
        Self { items, position: 0, next, workers }
    }
}

impl<I: Iterator> Pull<I::Item> for Borrowed<'_, I> {
    fn pull(&mut self, size: usize, buffer: &mut VecDeque<I::Item>) -> usize {
        let size = share(size, self.items.size_hint().1, self.workers);
        let start = self.next.fetch_add(size, Ordering::Relaxed);
        if let Some(last_skipped) = (start - self.position).checked_sub(1)
            && self.items.nth(last_skipped).is_none()
        {
            return start;
        }
        buffer.extend(self.items.by_ref().take(size));
        self.position = start + buffer.len();
        start
    }
}

/// A fair share of what is left, where that is known: the last chunks are small.
fn share(size: usize, left: Option<usize>, workers: usize) -> usize {
    left.map_or(size, |left| size.min(left / (2 * workers))).max(1)
}
