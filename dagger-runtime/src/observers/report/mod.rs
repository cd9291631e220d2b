//! The report of a run, a page in one file.

mod bars;
mod critical;
mod durations;
mod page;
mod record;

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use dagger_core::{Error, Event, EventKind, Observer};

use super::file::Whole;
use crate::sync::lock;
use page::Known;
use record::Record;

/// How many errors there are chains of.
const MOST_ERRORS: usize = 20;

/// An observer that writes the report of a run: a page in one file, which loads nothing.
///
/// It has the graph with the state of each node; a timeline of calls in lanes, and the critical path; of each
/// node, how long its calls took and which were the slowest; what failed and what was retried. A page does not
/// grow with the number of calls: short ones that follow one another become one bar.
///
/// It is about the first run that begins. The file appears at its place, whole, with [`finish`](Self::finish), or
/// when nobody has the observer any more. A clone is about the same run.
///
/// # Examples
///
/// ```
/// use dagger_runtime::{RunReport, Runtime};
///
/// # fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("report.html");
/// let report = RunReport::create(&path)?;
/// report.parameter("count", "4");
/// let runtime = Runtime::builder().observer(report.clone()).build();
/// // … a run …
/// report.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RunReport {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    /// `None` once it is written.
    file: Option<Whole>,
    record: Option<Record>,
    known: Known,
}

impl RunReport {
    /// A report in this file, which is replaced at the end, if there is one.
    ///
    /// # Errors
    ///
    /// If a file cannot be written there.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = Some(Whole::create(path.as_ref())?);
        let inner = Inner { file, record: None, known: Known::default() };
        Ok(Self { inner: Arc::new(Mutex::new(inner)) })
    }

    /// Names a parameter of the run; of a long value, there is the beginning.
    pub fn parameter(&self, name: impl Into<String>, value: impl Into<String>) {
        lock(&self.inner).known.parameters.push((name.into(), value.into()));
    }

    /// Names something else that is worth knowing of the run, such as the size of an output.
    pub fn fact(&self, name: impl Into<String>, value: impl Into<String>) {
        lock(&self.inner).known.facts.push((name.into(), value.into()));
    }

    /// Has the error of the run, with all that caused it. What is told of an error has one line.
    pub fn error(&self, error: &Error) {
        let mut inner = lock(&self.inner);
        let errors = std::iter::once(error).chain(error.others()).take(MOST_ERRORS);
        inner.known.errors.extend(errors.map(chain));
    }

    /// Writes the page, and moves it to its place. What happens afterwards is not in it; of a run that goes on,
    /// there is what has happened.
    ///
    /// # Errors
    ///
    /// If it cannot be written; none if it was finished before.
    pub fn finish(&self) -> io::Result<()> {
        lock(&self.inner).finish()
    }
}

/// An error, and what caused it.
fn chain(error: &Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    texts.extend(error.panic_place().map(|place| format!("at {place}")));
    let mut source = error.source();
    while let Some(error) = source {
        texts.push(error.to_string());
        source = error.source();
    }
    texts
}

impl Inner {
    fn finish(&mut self) -> io::Result<()> {
        let (Some(mut file), Some(record)) = (self.file.take(), self.record.take()) else {
            // Nothing has run.
            return Ok(());
        };
        page::write(&record, &self.known, &mut file)?;
        file.keep()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Who wants to know finishes it before.
        let _ = self.finish();
    }
}

impl fmt::Debug for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunReport").finish_non_exhaustive()
    }
}

impl Observer for RunReport {
    fn observe(&self, event: &Event) {
        let mut inner = lock(&self.inner);
        if inner.record.is_none() && inner.file.is_some() {
            let begins = event.node().is_none() && event.kind == EventKind::Started;
            inner.record = begins.then(|| Record::new(event));
        }
        if let Some(record) = inner.record.as_mut().filter(|record| record.number == event.run) {
            record.observe(event);
        }
    }
}
