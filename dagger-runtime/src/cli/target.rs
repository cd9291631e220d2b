//! Files that are written, whole or not at all: beside their place first, and then moved there.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use dagger_core::remote::WriteTo;
use tempfile::{Builder, NamedTempFile, TempDir};

use super::error::{Problem, chain};
use super::files::{PARTITIONS, plain};
use super::signals::Signals;
use crate::beside::{self, BUFFER};

/// The place of an output.
pub(super) struct Target<'a> {
    /// The option and the name, as in `--output return_value`.
    pub(super) option: String,
    /// The place, symbolic links followed.
    path: PathBuf,
    given: PathBuf,
    signals: &'a Signals,
    written: Written,
}

/// No two options, each with its file, write to one place.
pub(super) fn are_apart<'a>(
    options: impl IntoIterator<Item = (String, &'a OsStr)>,
) -> Result<(), Problem> {
    let mut known: Vec<(String, PathBuf)> = Vec::new();
    for (option, file) in options {
        let Some(place) = place(Path::new(file)) else { continue };
        if let Some((other, _)) = known.iter().find(|(_, known)| *known == place) {
            let file = file.display();
            return Err(Problem::Usage(format!("`{other}` and `{option}` are one file, `{file}`")));
        }
        known.push((option, place));
    }
    Ok(())
}

/// Where a path leads to; nothing for a device or a pipe, where all may write.
fn place(path: &Path) -> Option<PathBuf> {
    match fs::canonicalize(path) {
        Ok(path) => {
            fs::metadata(&path).is_ok_and(|about| about.is_file() || about.is_dir()).then_some(path)
        }
        Err(_) => {
            let directory = fs::canonicalize(beside::directory(path)).ok()?;
            Some(directory.join(path.file_name()?))
        }
    }
}

enum Written {
    Nothing,
    File(NamedTempFile),
    /// A device or a pipe, which has no other place: what was written is there.
    Direct,
    Directory(TempDir, Numbers),
}

/// The partitions that were written to a directory.
struct Numbers {
    first: usize,
    next: usize,
    /// How many of them are in a directory of their own.
    batch: Option<usize>,
}

impl<'a> Target<'a> {
    /// A place that can be written, before there is anything to write.
    pub(super) fn new(
        option: String,
        given: &Path,
        is_directory: bool,
        signals: &'a Signals,
    ) -> Result<Self, Problem> {
        let path = fs::canonicalize(given).unwrap_or_else(|_| given.to_owned());
        let written = Written::Nothing;
        let mut target = Self { option, path, given: given.to_owned(), signals, written };
        match fs::metadata(&target.path) {
            Ok(metadata) if is_directory && metadata.is_dir() => target.check_directory()?,
            Ok(_) if is_directory => {
                return Err(target.unusable("it is a file, and a partitioned value is a directory"));
            }
            Ok(metadata) if metadata.is_dir() => {
                return Err(target.unusable("it is a directory, and this value is one file"));
            }
            Ok(metadata) if !metadata.is_file() => {
                target.written = Written::Direct;
                return Ok(target);
            }
            _ => {}
        }
        // Whether its directory can be written is best known by writing.
        let probe = Builder::new().prefix(".dagger-").tempfile_in(target.directory());
        probe.map_err(|error| target.unwritable(&error))?;
        Ok(target)
    }

    /// A directory that may be replaced: it is empty, or was written by us.
    fn check_directory(&self) -> Result<(), Problem> {
        let mut entries =
            fs::read_dir(&self.path).map_err(|error| self.unwritable(&error))?.peekable();
        if entries.peek().is_some() && !self.path.join(PARTITIONS).is_file() {
            return Err(self.unusable(&format!("it has files, but no `{PARTITIONS}`")));
        }
        Ok(())
    }

    fn directory(&self) -> &Path {
        beside::directory(&self.path)
    }

    /// Writes a value.
    pub(super) fn value(&mut self, write: WriteTo<'_>) -> Result<(), Problem> {
        if matches!(self.written, Written::Direct) {
            let file = OpenOptions::new().write(true).open(&self.path);
            let file = file.map_err(|error| self.unwritable(&error))?;
            return self.fill(file, write);
        }
        let file = beside::file(&self.path).map_err(|error| self.unwritable(&error))?;
        let inside = file.reopen().map_err(|error| self.unwritable(&error))?;
        self.fill(inside, write)?;
        self.written = Written::File(file);
        Ok(())
    }

    /// Begins a directory, whose first partition has this number, and which has a directory for each batch
    /// of this size, if there is one.
    pub(super) fn begin(&mut self, first: usize, batch: Option<usize>) -> Result<(), Problem> {
        let (prefix, mut directory) = (beside::prefix(&self.path), Builder::new());
        directory.prefix(&*prefix);
        #[cfg(unix)]
        directory.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let directory =
            directory.tempdir_in(self.directory()).map_err(|error| self.unwritable(&error))?;
        self.written = Written::Directory(directory, Numbers { first, next: first, batch });
        Ok(())
    }

    /// Writes the next partition.
    pub(super) fn partition(&mut self, write: WriteTo<'_>) -> Result<(), Problem> {
        let Written::Directory(directory, numbers) = &mut self.written else {
            unreachable!("a directory is begun")
        };
        let number = numbers.next;
        numbers.next += 1;
        let (mut path, batch) = (directory.path().to_owned(), numbers.batch);
        if let Some(batch) = batch {
            path.push((number / batch).to_string());
            if number % batch == 0 {
                fs::create_dir(&path).map_err(|error| self.unwritable(&error))?;
            }
        }
        path.push(number.to_string());
        let file = File::create(path).map_err(|error| self.unwritable(&error))?;
        self.fill(file, write)
    }

    /// Ends a directory with the list of its partitions, or of its batches.
    pub(super) fn end(&mut self) -> Result<(), Problem> {
        let Written::Directory(directory, numbers) = &self.written else { return Ok(()) };
        let &Numbers { first, next, batch } = numbers;
        let listed = batch.map_or(first..next, |batch| 0..next.div_ceil(batch));
        let names: Vec<_> = listed.map(|number| number.to_string()).collect();
        let path = directory.path().join(PARTITIONS);
        let file = File::create(path).map_err(|error| self.unwritable(&error))?;
        self.fill(file, &mut |to| Ok(serde_json::to_writer(to, &names)?))
    }

    fn fill(&self, file: File, write: WriteTo<'_>) -> Result<(), Problem> {
        let mut sink = Sink { file, signals: self.signals, failed: None };
        let written = {
            let mut buffer = BufWriter::with_capacity(BUFFER, &mut sink);
            write(&mut buffer).and_then(|()| Ok(buffer.flush()?))
        };
        self.signals.check()?;
        if let Some(error) = sink.failed {
            return Err(self.unwritable(&error));
        }
        written.map_err(|error| {
            Problem::Failed(format!("`{}` cannot be written: {}", self.place(), chain(&*error)))
        })
    }

    /// Makes sure that what was written outlives the machine.
    pub(super) fn sync(&self) -> Result<(), Problem> {
        match &self.written {
            Written::File(file) => {
                file.as_file().sync_all().map_err(|error| self.unwritable(&error))
            }
            _ => Ok(()),
        }
    }

    /// How many bytes were written, if they are in a file.
    pub(super) fn size(&self) -> Option<u64> {
        match &self.written {
            Written::File(file) => Some(file.as_file().metadata().ok()?.len()),
            _ => None,
        }
    }

    /// Moves what was written to its place.
    pub(super) fn keep(mut self) -> Result<(), Problem> {
        match std::mem::replace(&mut self.written, Written::Nothing) {
            Written::Nothing | Written::Direct => Ok(()),
            Written::File(file) => {
                let moved = file.persist(&self.path);
                moved.map(drop).map_err(|error| self.unwritable(&error.error))
            }
            Written::Directory(directory, _) => self.keep_directory(directory),
        }
    }

    fn keep_directory(&self, directory: TempDir) -> Result<(), Problem> {
        // A directory with files gives way first.
        let before =
            Builder::new().prefix(&*beside::prefix(&self.path)).tempdir_in(self.directory());
        let before = before.map_err(|error| self.unwritable(&error))?;
        match fs::rename(&self.path, before.path().join("before")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(self.unwritable(&error));
            }
            _ => {}
        }
        fs::rename(directory.path(), &self.path).map_err(|error| self.unwritable(&error))?;
        // It is not there any more.
        let _ = directory.keep();
        Ok(())
    }

    fn place(&self) -> String {
        format!("{} {}", self.option, self.given.display())
    }

    fn unusable(&self, reason: &str) -> Problem {
        Problem::Usage(format!("`{}` cannot be written: {reason}", self.place()))
    }

    fn unwritable(&self, error: &io::Error) -> Problem {
        let (place, reason) = (self.place(), plain(error));
        match error.kind() {
            io::ErrorKind::NotFound if !self.directory().is_dir() => {
                let directory = self.directory().display();
                Problem::Usage(format!("`{place}` cannot be written: there is no `{directory}`"))
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Problem::Failed(format!("`{place}` cannot be written: {reason}"))
            }
            _ => Problem::Usage(format!("`{place}` cannot be written: {reason}")),
        }
    }
}

/// A file that ends with an error once a signal has come.
struct Sink<'a> {
    file: File,
    signals: &'a Signals,
    /// The error of the file, which a serializer may put into words of its own.
    failed: Option<io::Error>,
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.signals.check().is_err() {
            return Err(io::Error::other("interrupted by a signal"));
        }
        self.file.write(bytes).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.failed = Some(io::Error::new(error.kind(), error.to_string()));
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
