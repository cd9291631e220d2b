//! Runs that go on where they stood.
//!
//! Work is a call of a node, or of one of its partitions. Its *address* says where it is: the way through
//! nested dags, and the partition on that way. Its *key* says what its outputs depend on: the task, its
//! version, how its inputs are written, and the values that it reads, by their digests. What a checkpoint
//! has at the address of a piece of work is used if it has the key of it.
//!
//! - `blueprint.rs` says of a dag how its values are written, and what the keys are made of.
//! - A *session* (here) is one run with its store; a *scope* (`scope.rs`) is one run of one dag in it,
//!   and knows the digests of the values in that.
//! - `work.rs` does the work of a node: looks whether it is kept, or does it and keeps it. A map does so
//!   for each of its partitions.
//! - `store.rs` is the file, `record.rs` what is in it.
//! - `cache.rs` is the directory of a cache, `cached.rs` what the work of a node takes from there, and
//!   `last.rs` what is left there for the next run, to explain what is not taken.
//!
//! A partition is known by what it is, and by how many equal ones come before it; only where a map
//! borrows them, by its place. So nothing depends on the order of the others.

mod blueprint;
mod cache;
mod cached;
mod digest;
mod disk;
mod last;
mod record;
mod report;
mod scope;
mod store;
mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dagger_core::exec::value::Boxed;
use dagger_core::{Dag, Error};

pub use cache::Cache;
pub use disk::DiskEvent;
pub use report::{Explained, Report};
pub(crate) use scope::Scope;
pub(crate) use work::start;

use blueprint::{Blueprint, Kept};
use cache::Entries;
use disk::Probe;
use last::LastRun;
use report::{CHECKPOINT, Said};
use store::Store;

/// What is kept of the runs of a runtime, and where.
#[derive(Clone, Default)]
pub(crate) struct Durable {
    pub(crate) checkpoint: Option<PathBuf>,
    pub(crate) cache: Option<Cache>,
    pub(crate) probe: Option<Probe>,
}

/// One run with what it keeps.
pub(crate) struct Session {
    store: Option<Store>,
    cache: Option<Entries>,
    /// The run before with the same cache; nothing, where a checkpoint says what was kept.
    last: Option<LastRun>,
    said: Said,
}

impl Durable {
    /// Opens what a run of this dag needs; nothing, if it keeps nothing.
    ///
    /// # Errors
    ///
    /// If a value of the dag cannot be kept, or the store cannot be used.
    pub(crate) fn open(
        &self,
        dag: &Dag,
        parameters: &[Boxed],
    ) -> Result<Option<Arc<Scope>>, Error> {
        let kept = match (&self.checkpoint, &self.cache) {
            (None, None) => return Ok(None),
            (Some(_), _) => Kept::All,
            (None, Some(_)) => Kept::Cached,
        };
        let cannot = |reason| Error::runtime(dag.name(), reason);
        let Some(blueprint) = Blueprint::of(dag, kept).map_err(cannot)? else { return Ok(None) };
        let digests = scope::of_parameters(dag, &blueprint, parameters).map_err(cannot)?;
        let cache = self.cache.as_ref().map(Entries::open).transpose().map_err(cannot)?;
        let store = self.checkpoint.as_ref().map(|path| Store::open(path, self.probe.clone()));
        let store = store.transpose().map_err(cannot)?;
        let last = cache.as_ref().filter(|_| store.is_none());
        let last =
            last.map(|cache| LastRun::read(dag.name().as_bytes(), cache.last_run(dag.name())));
        let session = Session { store, cache, last, said: Said::default() };
        Ok(Some(Scope::outermost(Arc::new(session), blueprint, dag, &digests)))
    }
}

/// What the last run with this checkpoint that ended did with each node, and why.
///
/// # Errors
///
/// If the file is no checkpoint, is damaged, or is in use.
///
/// # Examples
///
/// ```no_run
/// # fn main() -> Result<(), String> {
/// let report = dagger_runtime::explain("run.checkpoint".as_ref())?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
pub fn explain(checkpoint: &Path) -> Result<Report, String> {
    if !checkpoint.is_file() {
        return Err(format!("there is no checkpoint `{}`", checkpoint.display()));
    }
    Report::of(store::said(checkpoint)?, CHECKPOINT)
}
