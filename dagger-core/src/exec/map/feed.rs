//! A worker's end of a map: what the code of a body drives.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::calls::{Computing, Waiting};
#[cfg(feature = "tracing")]
use super::is_dag;
use super::pull::{Borrowed, Owned, Pull};
use super::worker::Worker;
use super::{Shared, is_computation, place};
use crate::callee::{Again, IsNode, KindOf, Settle};
use crate::error::Failure;
use crate::exec::attempt::attempts;
#[cfg(feature = "tracing")]
use crate::exec::context::CallOf;
use crate::exec::context::Context;
use crate::progress::Count;

/// A worker's end of a map.
pub struct Feed<S, O> {
    pub(super) shared: Arc<Shared<S, O>>,
    pub(super) context: Context,
    /// The partition that panicked.
    pub(super) panicked: Arc<AtomicUsize>,
    /// How many calls pause before another attempt.
    pub(super) pausing: AtomicUsize,
}

/// The callee of a map, and its kind.
pub struct Of<N, K>(PhantomData<fn() -> (N, K)>);

/// A callee of its own kind.
#[must_use]
pub fn of<N: IsNode>() -> Of<N, KindOf<N>> {
    Of(PhantomData)
}

impl<N, K> Of<N, K> {
    /// A callee as one of this kind.
    pub(crate) fn kind() -> Self {
        Self(PhantomData)
    }
}

/// What the results of a call without `.await` become: see [`Feed::each`].
pub trait Finish<S, O>: Fn(S, &Context, usize) -> Result<O, Failure> + Send + Sync {}

impl<S, O, Q> Finish<S, O> for Q where Q: Fn(S, &Context, usize) -> Result<O, Failure> + Send + Sync {}

impl<S, O> Feed<S, O> {
    /// Ends the map, and with it its run: nothing new starts.
    pub(super) fn end(&self, partition: usize, by: Result<O, Failure>) {
        if self.shared.end(partition, by) {
            self.context.run.stop();
        }
    }

    /// Which result fails its call: one that ends the map, where others do not go on.
    #[cfg(feature = "tracing")]
    fn last(&self, ends: Ends<O>) -> Ends<O> {
        ends.filter(|_| !self.context.wants_all_failures())
    }

    /// Counts partitions that were pulled, where their number was not known before.
    pub(super) fn count_pulled(&self, partitions: usize) {
        if !self.shared.is_counted {
            self.context.count(Count::Calls, partitions);
        }
    }
}

/// Whether a result is the last one of its map: an `Err` that ends the dag.
pub type Ends<O> = Option<fn(&O) -> bool>;

impl<S, O: Send> Feed<S, O> {
    /// Works on partitions that move, until there are no more.
    ///
    /// `call` is the call for a partition, `finish` makes its result; one that `ends` is the last.
    pub async fn each<N, K, F, V, R>(
        self,
        _: Of<N, K>,
        call: F,
        finish: impl Finish<R, O>,
        ends: Ends<O>,
    ) where
        N: IsNode,
        K: Again<S::Item> + Settle<N, V, Output = R>,
        S: Iterator<Item: 'static> + Send,
        S::Item: Send,
        F: Fn(S::Item) -> V + Send + Sync,
        V: Send,
    {
        self.settle::<N, K, _, _, _, _>(self.owned(), call, finish, ends).await;
    }

    /// Works on partitions that are borrowed from the collection behind `items`, which yields the
    /// same partitions in the same order in every worker.
    pub async fn each_of<N, K, I, F, V, R>(
        self,
        _: Of<N, K>,
        items: I,
        call: F,
        finish: impl Finish<R, O>,
        ends: Ends<O>,
    ) where
        N: IsNode,
        K: Again<I::Item> + Settle<N, V, Output = R>,
        S: Send,
        I: Iterator + Send,
        I::Item: Send,
        F: Fn(I::Item) -> V + Send + Sync,
        V: Send,
    {
        self.settle::<N, K, _, _, _, _>(self.borrowed(items), call, finish, ends).await;
    }

    /// As [`each`](Self::each), for a call with `.await`: `call` makes the future of the result.
    pub async fn each_async<N, K, F, Fut>(self, _: Of<N, K>, call: F, ends: Ends<O>)
    where
        N: IsNode,
        K: Again<S::Item>,
        S: Iterator<Item: 'static> + Send,
        S::Item: Send,
        F: Fn(usize, S::Item) -> Fut + Send + Sync,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        self.wait::<N, K, _, _, _>(self.owned(), call, ends).await;
    }

    /// As [`each_of`](Self::each_of), for a call with `.await`.
    pub async fn each_of_async<N, K, I, F, Fut>(self, _: Of<N, K>, items: I, call: F, ends: Ends<O>)
    where
        N: IsNode,
        K: Again<I::Item>,
        S: Send,
        I: Iterator + Send,
        I::Item: Send,
        F: Fn(usize, I::Item) -> Fut + Send + Sync,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        self.wait::<N, K, _, _, _>(self.borrowed(items), call, ends).await;
    }

    /// Works on partitions that move, with a task that computes: `call` makes the result.
    pub(crate) async fn compute_each<N, K, F>(self, call: F)
    where
        N: IsNode,
        K: Again<S::Item>,
        S: Iterator<Item: 'static> + Send,
        S::Item: Send,
        F: Fn(usize, S::Item) -> Result<O, Failure> + Send + Sync,
    {
        self.compute::<N, K, _, _>(self.owned(), call, None).await;
    }

    /// The same for partitions that are borrowed.
    pub(crate) async fn compute_each_of<N, K, I, F>(self, items: I, call: F)
    where
        N: IsNode,
        K: Again<I::Item>,
        S: Send,
        I: Iterator + Send,
        I::Item: Send,
        F: Fn(usize, I::Item) -> Result<O, Failure> + Send + Sync,
    {
        self.compute::<N, K, _, _>(self.borrowed(items), call, None).await;
    }

    fn owned(&self) -> Owned<'_, S> {
        Owned { source: &self.shared.source, workers: self.shared.workers }
    }

    fn borrowed<I>(&self, items: I) -> Borrowed<'_, I, S> {
        let Shared { source, next, end, workers, keeper, .. } = &*self.shared;
        let rest = keeper.is_some().then_some(source);
        Borrowed::new(items, rest, next, *end, *workers)
    }

    /// Calls that are no futures, and what they come to for a callee of this kind.
    async fn settle<N, K, T, F, V, R>(
        &self,
        pull: impl Pull<T> + Send,
        call: F,
        finish: impl Finish<R, O>,
        ends: Ends<O>,
    ) where
        N: IsNode,
        K: Again<T> + Settle<N, V, Output = R>,
        T: Send,
        S: Send,
        F: Fn(T) -> V + Send + Sync,
        V: Send,
    {
        let (context, call, finish) = (&self.context, &call, &finish);
        if const { is_computation::<N>() } {
            let call = |partition, item| finish(K::ready(call(item))?, context, partition);
            self.compute::<N, K, _, _>(pull, call, ends).await;
        } else {
            let call = |partition, item| async move {
                finish(K::settle(call(item), context, partition).await?, context, partition)
            };
            self.wait::<N, K, _, _, _>(pull, call, ends).await;
        }
    }

    async fn compute<N, K, T, F>(&self, pull: impl Pull<T> + Send, call: F, ends: Ends<O>)
    where
        N: IsNode,
        K: Again<T>,
        T: Send,
        S: Send,
        F: Fn(usize, T) -> Result<O, Failure> + Send + Sync,
    {
        if const { N::OPTIONS.needs_attempts() } {
            let call = &call;
            let call = |partition, item| async move { call(partition, item) };
            self.wait::<N, K, _, _, _>(pull, call, ends).await;
        } else {
            #[cfg(feature = "tracing")]
            if self.context.span.takes_calls() {
                let call = |partition, item| {
                    let span = self.context.span.of_call(CallOf::of(Some(partition)));
                    span.around_now(|| call(partition, item), self.last(ends))
                };
                return Worker::new::<N>(self, Computing(call), ends).work::<N, _>(pull).await;
            }
            Worker::new::<N>(self, Computing(call), ends).work::<N, _>(pull).await;
        }
    }

    async fn wait<N, K, T, F, Fut>(&self, pull: impl Pull<T> + Send, call: F, ends: Ends<O>)
    where
        N: IsNode,
        K: Again<T>,
        T: Send,
        S: Send,
        F: Fn(usize, T) -> Fut + Send + Sync,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        if const { N::OPTIONS.needs_attempts() } {
            let (context, pausing, call) = (&self.context, &self.pausing, &call);
            let call = |partition, item| async move {
                let mut item = Some(item);
                let attempt = |is_last| {
                    let kept = match is_last {
                        true => item.take(),
                        false => item.as_ref().and_then(K::again),
                    };
                    let Some(item) = kept else {
                        unreachable!("a task with further attempts clones its partition")
                    };
                    call(partition, item)
                };
                let task = (&N::OPTIONS, N::limit(), place::<N>());
                attempts(context, task, Some((partition, pausing)), attempt).await
            };
            Worker::new::<N>(self, Waiting::new(call, self.context.wants_all_failures()), ends)
                .work::<N, _>(pull)
                .await;
        } else {
            #[cfg(feature = "tracing")]
            if self.context.span.takes_calls() {
                let call = |partition, item| {
                    let span = self.context.span.of_call(CallOf::of(Some(partition)));
                    let is_call = const { !is_dag::<N>() };
                    span.around(call(partition, item), is_call, self.last(ends))
                };
                let calls = Waiting::new(call, self.context.wants_all_failures());
                return Worker::new::<N>(self, calls, ends).work::<N, _>(pull).await;
            }
            Worker::new::<N>(self, Waiting::new(call, self.context.wants_all_failures()), ends)
                .work::<N, _>(pull)
                .await;
        }
    }
}
