//! Results of calls, across runs and dags: a directory with a file for each.
//!
//! A file has the name of the key of its call, and is written beside its place and moved there. So any
//! number of processes may share a cache. Nothing is made safe against a power cut: what is not whole
//! then is a miss, as everything else that was not written by this library.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use dagger_core::Dag;
use dagger_core::remote::Bytes;

use super::blueprint::has_cached;
use super::digest::{self, Digest, Hash};
use super::last;
use super::record::Record;
use super::report::{CACHE, Report};

/// A directory for the results of tasks with a `cache`, and how much is kept there.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// use dagger_runtime::{Cache, Runtime};
///
/// let week = Duration::from_secs(7 * 24 * 60 * 60);
/// let cache = Cache::new("/var/cache/pipeline").max_bytes(10 << 30).max_age(week);
/// let runtime = Runtime::builder().cache(cache).build();
/// ```
#[derive(Debug, Clone)]
#[must_use = "a cache does nothing until a runtime has it"]
pub struct Cache {
    directory: PathBuf,
    max_bytes: u64,
    max_age: Option<Duration>,
}

impl Cache {
    /// A cache in this directory, which is made if it is not there: of 1 GiB at most, and of any age.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), max_bytes: 1 << 30, max_age: None }
    }

    /// At most so many bytes are kept when a run is over: what was used last.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// What was not used for longer than this is gone.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// What the last run of this dag with this cache that ended did with each node whose task is cached,
    /// and why; nothing, where none has ended yet. A dag is known by its name.
    ///
    /// A run with a checkpoint is explained by [that](crate::explain) instead.
    ///
    /// # Errors
    ///
    /// If no task of the dag is cached, there is no cache in the directory, or what it says of the run
    /// cannot be read.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn example(dag: &dagger_core::Dag) -> Result<(), String> {
    /// let report = dagger_runtime::Cache::new("cache").explain(dag)?;
    /// println!("{report}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn explain(&self, dag: &Dag) -> Result<Report, String> {
        let (name, directory) = (dag.name(), self.directory.display());
        if !has_cached(dag) {
            return Err(format!("no task of dag `{name}` is cached"));
        }
        if !self.directory.is_dir() {
            return Err(format!("there is no cache `{directory}`"));
        }
        let what = format!("what the cache `{directory}` says of the last run of dag `{name}`");
        match fs::read(self.last_run(name)) {
            Ok(bytes) => match last::said(name.as_bytes(), &bytes) {
                Some(said) => Report::of(said, CACHE),
                None => Err(format!("{what} is damaged")),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Report::default()),
            Err(error) => Err(format!("{what} cannot be read: {error}")),
        }
    }

    /// Where it is said what the last run of a dag did.
    fn last_run(&self, dag: &str) -> PathBuf {
        let name = Hash::new("last run").add(dag.as_bytes()).end();
        self.directory.join(LAST_RUNS).join(digest::to_hex(&name))
    }
}

/// A cache that is open.
pub(super) struct Entries {
    cache: Cache,
    /// Whether this run has written to it.
    is_written: AtomicBool,
}

/// What a cache has of a call.
pub(super) enum Found {
    Nothing,
    Outputs(Vec<Bytes>),
    /// Something else than what was written.
    Damaged,
    /// Something that cannot be read.
    Unreadable(io::Error),
}

impl Entries {
    /// Opens a cache.
    ///
    /// # Errors
    ///
    /// If there is no such directory, and none can be made.
    pub(super) fn open(cache: &Cache) -> Result<Self, String> {
        let made = fs::create_dir_all(&cache.directory);
        made.map_err(|error| {
            format!("the cache `{}` cannot be used: {error}", cache.directory.display())
        })?;
        Ok(Self { cache: cache.clone(), is_written: AtomicBool::new(false) })
    }

    fn path(&self, key: &Digest) -> PathBuf {
        let name = digest::to_hex(key);
        let (first, rest) = name.split_at(2);
        self.cache.directory.join(first).join(rest)
    }

    /// What there is of a call with this key.
    pub(super) fn get(&self, key: &Digest) -> Found {
        let path = self.path(key);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Found::Nothing,
            Err(error) => return Found::Unreadable(error),
        };
        if self.is_old(&file) {
            return Found::Nothing;
        }
        let mut bytes = Vec::new();
        if let Err(error) = file.read_to_end(&mut bytes) {
            return Found::Unreadable(error);
        }
        match Record::from_bytes(key, &bytes).filter(|record| record.key == *key) {
            Some(record) => {
                // Where that is not possible, it seems older than it is.
                let _ = File::options()
                    .append(true)
                    .open(&path)
                    .and_then(|file| file.set_modified(SystemTime::now()));
                Found::Outputs(record.outputs)
            }
            None => {
                let _ = fs::remove_file(&path);
                Found::Damaged
            }
        }
    }

    fn is_old(&self, file: &File) -> bool {
        let Some(most) = self.cache.max_age else { return false };
        let age = file.metadata().and_then(|about| about.modified()).map(age_of);
        age.is_ok_and(|age| age > most)
    }

    /// Keeps what a call with this key returned.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(super) fn put(&self, key: &Digest, outputs: Vec<Bytes>) -> Result<(), String> {
        let record = Record { key: *key, parts: Vec::new(), outputs };
        self.write(&self.path(key), &record.to_bytes(key)).map_err(|error| {
            format!("the cache `{}` cannot be written: {error}", self.cache.directory.display())
        })?;
        self.is_written.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// What the last run of a dag has left, if it can be read.
    pub(super) fn last_run(&self, dag: &str) -> Option<Vec<u8>> {
        fs::read(self.cache.last_run(dag)).ok()
    }

    /// Leaves something for the next run of a dag. Where nothing can be written, it knows of an earlier one.
    pub(super) fn put_last_run(&self, dag: &str, bytes: &[u8]) {
        let _ = self.write(&self.cache.last_run(dag), bytes);
    }

    /// Writes a file that appears when it is whole.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let beside = self.cache.directory.join(format!("{NEW}{}-{number}", std::process::id()));
        let write = || -> io::Result<()> {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&beside, bytes)?;
            fs::rename(&beside, path)
        };
        write().inspect_err(|_| drop(fs::remove_file(&beside)))
    }

    /// Removes what is too old, or too much.
    pub(super) fn tidy(&self) {
        let is_written = self.is_written.load(Ordering::Relaxed);
        if !is_written && self.cache.max_age.is_none() {
            return;
        }
        // What another process removes meanwhile is gone as well.
        let mut entries = self.entries().unwrap_or_default();
        entries.sort_by_key(|entry| entry.used);
        let mut left: u64 = entries.iter().map(|entry| entry.bytes).sum();
        for Entry { path, bytes, used, is_new } in entries {
            let age = age_of(used);
            let is_old = match is_new {
                // Of a process that ended while it wrote it.
                true => age > Duration::from_hours(1),
                false => self.cache.max_age.is_some_and(|most| age > most),
            };
            if (is_old || (left > self.cache.max_bytes && !is_new)) && remove(&path) {
                left -= bytes;
            }
        }
    }

    fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.cache.directory)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                true if entry.file_name().len() == 2 || entry.file_name() == LAST_RUNS => {
                    for entry in fs::read_dir(entry.path())? {
                        entries.extend(Entry::of(&entry?, false));
                    }
                }
                false if entry.file_name().to_string_lossy().starts_with(NEW) => {
                    entries.extend(Entry::of(&entry, true));
                }
                _ => {}
            }
        }
        Ok(entries)
    }
}

/// The directory of what the last runs of dags have left.
const LAST_RUNS: &str = "last-runs";

/// How the name of a file begins that is being written.
const NEW: &str = ".new-";

struct Entry {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
    /// Whether it is being written.
    is_new: bool,
}

impl Entry {
    fn of(entry: &fs::DirEntry, is_new: bool) -> Option<Self> {
        let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        let (bytes, used) = (about.len(), about.modified().ok()?);
        Some(Self { path: entry.path(), bytes, used, is_new })
    }
}

fn age_of(time: SystemTime) -> Duration {
    // Clocks go back now and then.
    time.elapsed().unwrap_or_default()
}

fn remove(path: &Path) -> bool {
    match fs::remove_file(path) {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}
