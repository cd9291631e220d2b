//! What a process writes down of itself, and where it ends.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The file that everything is written down in.
pub const JOURNAL: &str = "DURABLE_JOURNAL";
/// What the process is killed at, if that is asked for: `task` or `disk`, and a number.
pub const KILL: &str = "DURABLE_KILL";

/// A directory in memory, where there is one: a process that is killed leaves the same there, and to make
/// a file safe takes no time.
pub fn directory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let directory = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    directory.expect("a directory")
}

/// The files of a cache, in order: what it has of calls, and what runs have left.
pub fn files_of(cache: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let within = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let directories = within(cache).filter(|path| path.is_dir());
    let mut files: Vec<_> = directories.flat_map(|path| within(&path)).collect();
    files.sort();
    files.into_iter().partition(|file| !file.parent().unwrap().ends_with("last-runs"))
}

/// A place in the life of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A task begins, or is done.
    Task,
    /// Something happens to the file of the checkpoint.
    Disk,
}

/// The process comes to a point; it may be its end.
pub fn come_to(point: Point) {
    static TASKS: AtomicUsize = AtomicUsize::new(0);
    static DISK: AtomicUsize = AtomicUsize::new(0);
    static KILL_AT: OnceLock<Option<(Point, usize)>> = OnceLock::new();
    let passed = match point {
        Point::Task => &TASKS,
        Point::Disk => &DISK,
    };
    let passed = passed.fetch_add(1, Ordering::SeqCst);
    if *KILL_AT.get_or_init(kill_at) == Some((point, passed)) {
        let itself = rustix::process::getpid();
        rustix::process::kill_process(itself, rustix::process::Signal::KILL).expect("it can die");
        loop {
            std::thread::park();
        }
    }
}

fn kill_at() -> Option<(Point, usize)> {
    let text = std::env::var(KILL).ok()?;
    let (point, number) = text.split_once(' ')?;
    let point = if point == "task" { Point::Task } else { Point::Disk };
    Some((point, number.parse().expect("a number")))
}

/// Writes a line down.
pub fn write(line: &str) {
    static JOURNAL_FILE: OnceLock<Option<File>> = OnceLock::new();
    let open = || {
        let path = std::env::var_os(JOURNAL)?;
        Some(OpenOptions::new().append(true).create(true).open(path).expect("a journal"))
    };
    if let Some(mut file) = JOURNAL_FILE.get_or_init(open).as_ref() {
        // At once, so that lines of several threads do not mix.
        file.write_all(format!("{line}\n").as_bytes()).expect("it is written");
    }
}

/// Does the work of a task, which is written down.
pub fn done<T>(what: &str, work: impl FnOnce() -> T) -> T {
    come_to(Point::Task);
    let value = work();
    write(what);
    come_to(Point::Task);
    value
}
