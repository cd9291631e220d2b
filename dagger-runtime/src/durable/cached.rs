//! What a cache has of the work of a node, and what it gets.

use dagger_core::event::EventKind;
use dagger_core::remote::Bytes;

use super::blueprint::NodePlan;
use super::cache::Found;
use super::digest::Digest;
use super::report::CACHE;
use super::work::{Job, damaged, unreadable};
use crate::sync::Ordering;

impl Job {
    /// What the cache has of a call.
    pub(super) fn cached(&self, plan: &NodePlan, key: &Digest) -> Option<Vec<Bytes>> {
        match self.scope.session.cache.as_ref()?.get(key) {
            Found::Outputs(outputs) => return Some(outputs),
            Found::Nothing => self.missing(plan),
            Found::Damaged => self.outdated(plan, damaged(CACHE)),
            Found::Unreadable(error) => self.outdated(plan, unreadable(CACHE, &error)),
        }
        None
    }

    /// Notes, once, in what a call that the cache does not have differs from those of the last run. That
    /// is nothing to tell of while it runs: what there is of other calls is still of use.
    fn missing(&self, plan: &NodePlan) {
        let Some(last) = &self.scope.session.last else { return };
        if self.is_missing.swap(true, Ordering::Relaxed) {
            return;
        }
        let (address, parts) = (self.scope.name_of(plan), self.scope.key(plan).parts);
        let is_map = plan.remote.described().is_mapped();
        if let Some(reason) = last.difference(&address, &parts, is_map) {
            self.scope.session.said.reason(&address, &reason);
        }
    }

    /// Keeps what a call returned in the cache. Whether it is there: where it cannot be written, that is
    /// said, once, and is no reason for a run to fail.
    pub(super) fn put_cached(&self, key: &Digest, outputs: Vec<Bytes>) -> bool {
        let Some(cache) = &self.scope.session.cache else { return false };
        let Err(reason) = cache.put(key, outputs) else { return true };
        if !self.is_not_kept.swap(true, Ordering::Relaxed) {
            self.context.tell_of_node(EventKind::NotKept { reason });
        }
        false
    }

    /// The cache has what a call returned, or that of some partitions: this is what it depends on.
    pub(super) fn note_cached(&self, plan: &NodePlan) {
        if let Some(last) = &self.scope.session.last {
            last.note(self.scope.name_of(plan), self.scope.key(plan).parts);
        }
    }
}
