//! Files that are read: one value, or a directory with one for each partition.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use dagger_core::exec::coding::Codec;
use dagger_core::exec::value::Boxed;

use super::error::Problem;
use super::signals::Signals;

/// The file of a directory that lists the partitions in it.
pub(super) const PARTITIONS: &str = "partitions.json";

/// How much is read at once.
const BUFFER: usize = 1 << 16;

/// Reads what has a name on the command line.
pub(super) struct Reading<'a> {
    /// The option and the name, as in `--input n`.
    pub(super) option: String,
    /// The type, in words.
    pub(super) ty: String,
    pub(super) codec: Codec,
    pub(super) signals: &'a Signals,
}

impl Reading<'_> {
    /// The value in a file.
    pub(super) fn value(&self, path: &Path) -> Result<Boxed, Problem> {
        let file = File::open(path).map_err(|error| self.unreadable(path, &error))?;
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            let message = "it is a directory, and this value is one file";
            return Err(Problem::Usage(format!("`{}`: {message}", self.place(path))));
        }
        let mut file = Source { file, signals: self.signals, failed: None };
        let value = (self.codec.read)(&mut BufReader::with_capacity(BUFFER, &mut file));
        self.signals.check()?;
        if let Some(error) = file.failed {
            return Err(self.unreadable(path, &error));
        }
        value.map_err(|error| {
            let place = self.place(path);
            Problem::Usage(format!("`{place}` is not a `{}`: {error}", self.ty))
        })
    }

    /// The values in a directory, in the order of their numbers. One that is not there has none.
    pub(super) fn partitions(&self, path: &Path) -> Result<Vec<Boxed>, Problem> {
        let Some(files) = self.list(path)? else { return Ok(Vec::new()) };
        files.iter().map(|file| self.value(file)).collect()
    }

    fn list(&self, path: &Path) -> Result<Option<Vec<PathBuf>>, Problem> {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                let message = "it is a file, and a partitioned value is a directory";
                return Err(Problem::Usage(format!("`{}`: {message}", self.place(path))));
            }
            Err(error) => return Err(self.unreadable(path, &error)),
        };
        let (mut numbers, mut has_list) = (Vec::new(), false);
        for entry in entries {
            let entry = entry.map_err(|error| self.unreadable(path, &error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let number = name.parse::<usize>().ok();
            match number.filter(|number| *number.to_string() == *name) {
                Some(number) => numbers.push(number),
                None if name == PARTITIONS => has_list = true,
                // What some file systems, and whoever writes here at the moment, keep to themselves.
                None if name.starts_with('.') || name == "lost+found" => {}
                None => {
                    let place = self.place(path);
                    return Err(Problem::Usage(format!(
                        "`{place}` has a file `{name}`, and takes `0`, `1` and so on, and `{PARTITIONS}`"
                    )));
                }
            }
        }
        numbers.sort_unstable();
        let mut count = numbers.len();
        if has_list {
            count = self.listed(&path.join(PARTITIONS))?;
        }
        let is_there = |number: &usize| numbers.binary_search(number).is_ok();
        if let Some(missing) = (0..count).find(|number| !is_there(number)) {
            let place = self.place(path);
            return Err(Problem::Usage(format!("`{place}` lacks the partition `{missing}`")));
        }
        if let Some(more) = numbers.get(count) {
            let place = self.place(path);
            return Err(Problem::Usage(format!(
                "`{place}` has a partition `{more}` that `{PARTITIONS}` does not list"
            )));
        }
        Ok(Some((0..count).map(|number| path.join(number.to_string())).collect()))
    }

    /// How many partitions a list has, which are numbered.
    fn listed(&self, path: &Path) -> Result<usize, Problem> {
        let text = fs::read_to_string(path).map_err(|error| self.unreadable(path, &error))?;
        let names: Vec<String> = serde_json::from_str(&text).map_err(|error| {
            let place = self.place(path);
            Problem::Usage(format!("`{place}` is not a list of names: {error}"))
        })?;
        let is_number = |(number, name): (usize, &String)| *name == number.to_string();
        match names.iter().enumerate().position(|listed| !is_number(listed)) {
            None => Ok(names.len()),
            Some(at) => {
                let (place, name) = (self.place(path), &names[at]);
                Err(Problem::Usage(format!("`{place}` lists `{name}` in the place of `{at}`")))
            }
        }
    }

    fn place(&self, path: &Path) -> String {
        format!("{} {}", self.option, path.display())
    }

    fn unreadable(&self, path: &Path, error: &io::Error) -> Problem {
        Problem::Usage(format!("`{}` cannot be read: {}", self.place(path), plain(error)))
    }
}

/// A file that ends with an error once a signal has come.
struct Source<'a> {
    file: File,
    signals: &'a Signals,
    /// The error of the file, which a serializer may put into words of its own.
    failed: Option<io::Error>,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.signals.check().is_err() {
            return Err(io::Error::other("interrupted by a signal"));
        }
        self.file.read(buffer).inspect_err(|error| {
            if error.kind() != ErrorKind::Interrupted {
                self.failed = Some(io::Error::new(error.kind(), error.to_string()));
            }
        })
    }
}

/// An error of the operating system without its number.
pub(super) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" (os error ") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}
