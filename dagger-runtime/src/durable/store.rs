//! A checkpoint: one file, and a thread that writes to it.
//!
//! 1. Whoever has done something hands its record to the writer, and goes on.
//! 2. The writer commits what it has got, a group at a time, in the order in which it came. So what is
//!    in the file is all that was done up to some moment, whenever the process ends.
//! 3. The run ends when the last group is committed.
//!
//! Each commit is safe against a power cut when it returns. They come at some distance, since they take
//! processor time and wait for the disk, which the work of a run should not pay for: a crash costs what
//! was done in that time.
//!
//! What the database makes of a damaged file is its own business up to a panic, so that it is called
//! inside of [`guarded`] only.

use std::collections::{BTreeSet, HashMap};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use dagger_core::panic_place;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition,
    TableHandle,
};
use tokio::sync::oneshot;

use super::disk::{Disk, DiskEvent, Probe, tell};
use super::last::SaidOf;
use super::record::Place;
use crate::sync::lock;

/// What is kept of work, by its place.
const WORK: TableDefinition<'_, Place, &[u8]> = TableDefinition::new("work");
/// What the last run that ended said of each node.
const SAID: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("said");
/// About the file itself.
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("dagger checkpoint");
const FORMAT_KEY: &str = "format";
/// The format of the records, and of the keys in them.
const FORMAT: u64 = 1;

/// The beginning of each file of the database.
const MAGIC: [u8; 9] = *b"redb\x1A\x0A\xA9\x0D\x0A";
/// How long a commit waits for others to join it.
const DISTANCE: Duration = Duration::from_millis(50);
/// A group that is not to wait any more, in bytes.
const LARGE: usize = 4 << 20;
/// How much may wait to be written, in bytes.
const MOST_WAITING: usize = 256 << 20;
/// How long a file may be locked: a process that this one starts has its locks for a moment.
const PATIENCE: Duration = Duration::from_millis(200);
/// Memory for pages of the file.
const CACHE: usize = 64 << 20;

/// A checkpoint that is open.
pub(super) struct Store {
    path: PathBuf,
    database: Mutex<Option<Arc<Database>>>,
    writer: Sender<Message>,
    probe: Option<Probe>,
    shared: Arc<Shared>,
    /// What is wrong with the file that a run should know, and can live with.
    pub(super) warning: Option<String>,
    /// Whether it had no records when it was opened.
    pub(super) is_new: bool,
}

/// What the writer shares with those who write.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// How many bytes wait to be written.
    waiting: usize,
    /// Why nothing is written any more.
    failed: Option<String>,
    /// Whether the file is closed.
    is_over: bool,
}

enum Message {
    Record(Place, Vec<u8>),
    Said(Vec<(String, Vec<u8>)>),
    /// Commits what came before, and closes the file.
    Close(oneshot::Sender<()>),
}

impl Store {
    /// Opens a checkpoint, or begins one.
    pub(super) fn open(path: &Path, probe: Option<Probe>) -> Result<Self, String> {
        let named = |reason: String| format!("the checkpoint `{}` {reason}", path.display());
        let (is_watched, told) = (probe.is_some(), probe.clone());
        let Opened { database, is_whole, is_new } = open(path, probe).map_err(named)?;
        let warning = (!is_whole).then(|| {
            named("was damaged: the last of what was committed may be missing".to_owned())
        });
        let database = Arc::new(database);
        let (sender, receiver) = channel();
        let shared = Arc::new(Shared::default());
        let writer = Writer {
            database: Arc::clone(&database),
            shared: Arc::clone(&shared),
            distance: if is_watched { Duration::ZERO } else { DISTANCE },
            is_single: is_watched,
            path: path.to_owned(),
        };
        thread::Builder::new()
            .name("dagger-checkpoint".to_owned())
            .spawn(move || writer.work(&receiver))
            .map_err(|error| named(format!("has no thread to be written by: {error}")))?;
        let (path, database) = (path.to_owned(), Mutex::new(Some(database)));
        Ok(Self { path, database, writer: sender, probe: told, shared, warning, is_new })
    }

    fn database(&self) -> Option<Arc<Database>> {
        lock(&self.database).clone()
    }

    /// What is kept at a place; an error where the file cannot be read.
    pub(super) fn get(&self, place: &Place) -> Result<Option<Vec<u8>>, String> {
        let (false, Some(database)) = (self.is_new, self.database()) else { return Ok(None) };
        guarded(|| {
            let read = || -> Result<_, redb::Error> {
                let table = database.begin_read()?.open_table(WORK)?;
                Ok(table.get(place)?.map(|bytes| bytes.value().to_vec()))
            };
            read().map_err(|error| error.to_string())
        })
    }

    /// All that is kept at the places that begin so, but for the first of them.
    pub(super) fn get_all(&self, address: &[u8; 16]) -> Result<HashMap<Place, Vec<u8>>, String> {
        let (false, Some(database)) = (self.is_new, self.database()) else {
            return Ok(HashMap::new());
        };
        let (mut first, mut last) = ([0; 32], [0xff; 32]);
        first[..16].copy_from_slice(address);
        last[..16].copy_from_slice(address);
        guarded(|| {
            let read = || -> Result<_, redb::Error> {
                let table = database.begin_read()?.open_table(WORK)?;
                let mut found = HashMap::new();
                for entry in table.range(first..=last)? {
                    let (place, bytes) = entry?;
                    if place.value() != first {
                        found.insert(place.value(), bytes.value().to_vec());
                    }
                }
                Ok(found)
            };
            read().map_err(|error| error.to_string())
        })
    }

    /// Keeps something at a place, soon; what was there before is gone then.
    ///
    /// Waits where very much is waiting already.
    ///
    /// # Errors
    ///
    /// If nothing can be written any more.
    pub(super) fn put(&self, place: Place, bytes: Vec<u8>) -> Result<(), String> {
        let mut state = self.shared.lock();
        while state.waiting > MOST_WAITING && state.failed.is_none() {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(reason) = &state.failed {
            return Err(reason.clone());
        }
        state.waiting += bytes.len();
        drop(state);
        tell(self.probe.as_ref(), DiskEvent::Kept);
        // A store that was closed takes nothing any more.
        let _ = self.writer.send(Message::Record(place, bytes));
        Ok(())
    }

    /// Commits everything, with what is to be said of the nodes, and closes the file.
    ///
    /// # Errors
    ///
    /// If something could not be written.
    pub(super) async fn close(&self, said: SaidOf) -> Result<(), String> {
        let (closed, wait) = oneshot::channel();
        lock(&self.database).take();
        let _ = self.writer.send(Message::Said(said));
        let _ = self.writer.send(Message::Close(closed));
        let _ = wait.await;
        let failed = self.shared.lock().failed.clone();
        failed.map_or(Ok(()), Err)
    }
}

impl Drop for Store {
    /// The writer goes on until all is committed, which nobody waits for but the next run of the file.
    fn drop(&mut self) {
        lock(&self.database).take();
        let mut closing = closing();
        if !self.shared.lock().is_over {
            closing.insert(self.path.clone());
        }
    }
}

/// What the last run that ended with this file said of its nodes.
pub(super) fn said(path: &Path) -> Result<SaidOf, String> {
    let read = |database: Database| -> Result<_, redb::Error> {
        let table = database.begin_read()?.open_table(SAID)?;
        let mut nodes = Vec::new();
        for entry in table.iter()? {
            let (name, bytes) = entry?;
            nodes.push((name.value().to_owned(), bytes.value().to_vec()));
        }
        Ok(nodes)
    };
    let said = open(path, None).and_then(|opened| {
        guarded(|| read(opened.database).map_err(|error| format!("cannot be read: {error}")))
    });
    said.map_err(|reason| format!("the checkpoint `{}` {reason}", path.display()))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// The other end of a [`Store`].
struct Writer {
    database: Arc<Database>,
    shared: Arc<Shared>,
    distance: Duration,
    /// Whether each record has a commit of its own.
    is_single: bool,
    path: PathBuf,
}

impl Writer {
    fn work(self, messages: &Receiver<Message>) {
        let mut close = None;
        while close.is_none() {
            let Ok(first) = messages.recv() else { break };
            let mut group = Vec::new();
            close = self.gather(first, messages, &mut group);
            if let Err(reason) = guarded(|| commit(&self.database, &group)) {
                let path = self.path.display();
                let reason = format!("the checkpoint `{path}` cannot be written: {reason}");
                self.shared.lock().failed.get_or_insert(reason);
            }
            let written: usize = group.iter().map(Message::size).sum();
            self.shared.lock().waiting -= written;
            self.shared.changed.notify_all();
        }
        let Self { database, shared, path, .. } = self;
        let mut closing = closing();
        // Whoever is told that it is closed may open it again.
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
        shared.lock().is_over = true;
        closing.remove(&path);
        CLOSING.1.notify_all();
        drop(closing);
        if let Some(close) = close {
            let _ = close.send(());
        }
    }

    /// Adds what comes with the first, or soon after it; gives who waits for the end, if that has come.
    fn gather(
        &self,
        first: Message,
        messages: &Receiver<Message>,
        group: &mut Vec<Message>,
    ) -> Option<oneshot::Sender<()>> {
        let (end, mut size) = (Instant::now() + self.distance, 0);
        let mut next = Some(first);
        while let Some(message) = next {
            if let Message::Close(close) = message {
                return Some(close);
            }
            size += message.size();
            group.push(message);
            if self.is_single || size > LARGE {
                break;
            }
            next = messages.recv_timeout(end.saturating_duration_since(Instant::now())).ok();
        }
        None
    }
}

impl Message {
    fn size(&self) -> usize {
        match self {
            Self::Record(_, bytes) => bytes.len(),
            Self::Said(_) | Self::Close(_) => 0,
        }
    }
}

fn commit(database: &Database, group: &[Message]) -> Result<(), String> {
    let write = || -> Result<(), redb::Error> {
        let mut transaction = database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        {
            let mut work = transaction.open_table(WORK)?;
            for message in group {
                match message {
                    Message::Record(place, bytes) => {
                        work.insert(place, &bytes[..])?;
                    }
                    Message::Said(nodes) => {
                        let mut said = transaction.open_table(SAID)?;
                        said.retain(|_, _| false)?;
                        for (name, bytes) in nodes {
                            said.insert(&name[..], &bytes[..])?;
                        }
                    }
                    Message::Close(_) => {}
                }
            }
        }
        transaction.commit()?;
        Ok(())
    };
    match group.is_empty() {
        true => Ok(()),
        false => write().map_err(|error| error.to_string()),
    }
}

/// Makes the tables of a new file, and looks at those of an old one. Whether it has no records.
fn prepare(database: &Database) -> Result<bool, String> {
    let look = || -> Result<_, redb::Error> {
        let transaction = database.begin_read()?;
        let names: Vec<_> =
            transaction.list_tables()?.map(|table| table.name().to_owned()).collect();
        if names.is_empty() {
            return Ok(None);
        }
        let format = match names.iter().any(|name| name == ABOUT.name()) {
            true => transaction.open_table(ABOUT)?.get(FORMAT_KEY)?.map(|format| format.value()),
            false => Some(0),
        };
        let is_new = format != Some(FORMAT) || transaction.open_table(WORK)?.is_empty()?;
        Ok(Some((format, is_new)))
    };
    match look().map_err(|error| format!("cannot be read: {error}"))? {
        Some((Some(FORMAT), is_new)) => Ok(is_new),
        Some((Some(0) | None, _)) => Err("is a database of something else".to_owned()),
        Some((Some(format), _)) => Err(format!(
            "has the format {format} of another version of the library, which is not {FORMAT}"
        )),
        None => {
            let make = || -> Result<(), redb::Error> {
                let transaction = database.begin_write()?;
                transaction.open_table(ABOUT)?.insert(FORMAT_KEY, FORMAT)?;
                transaction.open_table(WORK)?;
                transaction.open_table(SAID)?;
                transaction.commit()?;
                Ok(())
            };
            make().map_err(|error| format!("cannot be written: {error}"))?;
            Ok(true)
        }
    }
}

/// The files that writers of this process are about to close.
static CLOSING: (Mutex<BTreeSet<PathBuf>>, Condvar) = (Mutex::new(BTreeSet::new()), Condvar::new());

fn closing() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    lock(&CLOSING.0)
}

/// A database that was opened.
struct Opened {
    database: Database,
    /// Whether all that it had is there.
    is_whole: bool,
    /// Whether it has no records.
    is_new: bool,
}

/// Opens the database of a file, or makes one.
fn open(path: &Path, probe: Option<Probe>) -> Result<Opened, String> {
    let file = locked(path)?;
    let opened = guarded(|| {
        let disk = Disk::new(file, probe).map_err(|error| error.to_string())?;
        let mut database = Database::builder()
            .set_cache_size(CACHE)
            .create_with_backend(disk)
            .map_err(|error| error.to_string())?;
        let is_whole = database.check_integrity().map_err(|error| error.to_string())?;
        Ok((database, is_whole))
    });
    let (database, is_whole) = opened.map_err(|reason| {
        format!("is damaged, and cannot be used; remove it to begin anew: {reason}")
    })?;
    let is_new = guarded(|| Ok(prepare(&database))).and_then(|is_new| is_new)?;
    Ok(Opened { database, is_whole, is_new })
}

/// The file, which nobody else has, and which is one of the database, or empty.
fn locked(path: &Path) -> Result<File, String> {
    let cannot = |error: io::Error| format!("cannot be opened: {error}");
    let mut options = OpenOptions::new();
    let mut file =
        options.read(true).write(true).create(true).truncate(false).open(path).map_err(cannot)?;
    lock_file(&file, path).map_err(|error| match error {
        TryLockError::WouldBlock => "is in use by another run".to_owned(),
        TryLockError::Error(error) => cannot(error),
    })?;
    let mut magic = Vec::new();
    (&mut file).take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(cannot)?;
    file.rewind().map_err(cannot)?;
    if magic.iter().all(|byte| *byte == 0) {
        // A process ended while it made the file: the database writes these bytes last.
        file.set_len(0).map_err(cannot)?;
        sync_directory(path);
    } else if magic != MAGIC {
        return Err("is no checkpoint, but a file of another kind".to_owned());
    }
    Ok(file)
}

/// Locks a file, unless somebody else has it.
fn lock_file(file: &File, path: &Path) -> Result<(), TryLockError> {
    let end = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {}
            locked => return locked,
        }
        let mut all = closing();
        if all.contains(path) {
            // An earlier run of this process, for which nobody waited.
            while all.contains(path) {
                all = CLOSING.1.wait(all).unwrap_or_else(PoisonError::into_inner);
            }
        } else if Instant::now() > end {
            return Err(TryLockError::WouldBlock);
        } else {
            drop(all);
            thread::sleep(PATIENCE / 20);
        }
    }
}

/// Makes the name of a new file safe, where the system can.
fn sync_directory(path: &Path) {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Ok(directory) = File::open(directory.unwrap_or(Path::new("."))) {
        // Not every system knows how.
        let _ = directory.sync_all();
    }
}

/// Calls the database, whose panics are errors.
fn guarded<T>(call: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        Err(panic_place::message(&*panic).unwrap_or("the database panicked").to_owned())
    })
}
