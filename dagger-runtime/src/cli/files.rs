//! Files that are read: one value, or a directory with one for each partition, or with a directory for each
//! batch of them.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::Path;

use dagger_core::exec::coding::Codec;
use dagger_core::exec::value::Boxed;
use dagger_core::remote::Batch;

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
        let Some(entries) = self.entries(path, Some(0))? else { return Ok(Vec::new()) };
        if !entries.are_batches {
            return entries.numbers.iter().map(|number| self.value(&path.join(number))).collect();
        }
        let mut values = Vec::new();
        for number in &entries.numbers {
            let path = path.join(number);
            let batch = self.entries(&path, Some(values.len()))?;
            for number in batch.iter().flat_map(|batch| &batch.numbers) {
                values.push(self.value(&path.join(number))?);
            }
        }
        Ok(values)
    }

    /// The partition in a file, or those in a directory of some of them, which have their numbers.
    pub(super) fn batch(&self, path: &Path) -> Result<Batch, Problem> {
        if !path.is_dir() {
            return Ok(Batch { first: None, partitions: vec![self.value(path)?] });
        }
        let Some(entries) = self.entries(path, None)? else {
            return Ok(Batch { first: None, partitions: Vec::new() });
        };
        let values = entries.numbers.iter().map(|number| self.value(&path.join(number)));
        let first = entries.numbers.first().and_then(|number| number.parse().ok());
        Ok(Batch { first, partitions: values.collect::<Result<_, _>>()? })
    }

    /// What is in a directory, whose numbers follow one another from this one on, or from the least.
    fn entries(&self, path: &Path, first: Option<usize>) -> Result<Option<Entries>, Problem> {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                let message = "it is a file, and a partitioned value is a directory";
                return Err(Problem::Usage(format!("`{}`: {message}", self.place(path))));
            }
            Err(error) => return Err(self.unreadable(path, &error)),
        };
        let (mut numbers, mut has_list, mut are_batches) = (Vec::new(), false, false);
        for entry in entries {
            let entry = entry.map_err(|error| self.unreadable(path, &error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let number = name.parse::<usize>().ok();
            match number.filter(|number| *number.to_string() == *name) {
                Some(number) => {
                    are_batches |= entry.file_type().is_ok_and(|file| file.is_dir());
                    numbers.push(number);
                }
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
        let first = first.unwrap_or_else(|| numbers.first().copied().unwrap_or_default());
        let mut expected = first..first + numbers.len();
        if has_list {
            expected = first..first + self.listed(&path.join(PARTITIONS), first)?;
        }
        let is_there = |number: &usize| numbers.binary_search(number).is_ok();
        if let Some(missing) = expected.clone().find(|number| !is_there(number)) {
            let place = self.place(path);
            return Err(Problem::Usage(format!("`{place}` lacks the partition `{missing}`")));
        }
        if let Some(more) = numbers.iter().find(|number| !expected.contains(number)) {
            let place = self.place(path);
            return Err(Problem::Usage(format!(
                "`{place}` has a partition `{more}` that `{PARTITIONS}` does not list"
            )));
        }
        let numbers = expected.map(|number| number.to_string()).collect();
        Ok(Some(Entries { numbers, are_batches }))
    }

    /// How many partitions a list has, which are numbered.
    fn listed(&self, path: &Path, first: usize) -> Result<usize, Problem> {
        let text = fs::read_to_string(path).map_err(|error| self.unreadable(path, &error))?;
        let names: Vec<String> = serde_json::from_str(&text).map_err(|error| {
            let place = self.place(path);
            Problem::Usage(format!("`{place}` is not a list of names: {error}"))
        })?;
        let is_number = |(number, name): (usize, &String)| *name == number.to_string();
        match (first..).zip(&names).find(|listed| !is_number(*listed)) {
            None => Ok(names.len()),
            Some((at, name)) => {
                let place = self.place(path);
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

/// What is in the directory of a partitioned value.
struct Entries {
    /// The names, in the order of the numbers that they are.
    numbers: Vec<String>,
    /// Whether each is a directory of some partitions.
    are_batches: bool,
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
