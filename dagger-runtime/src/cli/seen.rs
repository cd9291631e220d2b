//! Who looks on while the dag runs: how far it is, and what is written of it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::error::Problem;
use super::files::plain;
use super::signals::Signals;
use super::target::Target;
use crate::{ChromeTrace, ProgressBar, RuntimeBuilder};

/// What `run` is to show of itself.
pub(super) struct Seen {
    progress: Option<ProgressBar>,
    trace: Option<Written<ChromeTrace>>,
}

/// An observer that writes a file.
struct Written<T> {
    place: String,
    observer: T,
}

impl Seen {
    /// Whether all files can be written is known before anything runs.
    pub(super) fn new(matches: &ArgMatches, signals: &Signals) -> Result<Self, Problem> {
        let progress = match matches.get_one::<String>("progress").map(String::as_str) {
            Some("bar") => Some(ProgressBar::bar()),
            Some("plain") => Some(ProgressBar::plain()),
            Some("none") => None,
            _ => Some(ProgressBar::auto()),
        };
        let trace = Written::new("trace", matches, signals, |path| ChromeTrace::create(path))?;
        if let Some(Written { observer, .. }) = &trace {
            let trace = observer.clone();
            signals.at_last(move || trace.finish());
        }
        Ok(Self { progress, trace })
    }

    /// Lets them look on.
    pub(super) fn watch(&mut self, mut runtime: RuntimeBuilder) -> RuntimeBuilder {
        if let Some(progress) = self.progress.take() {
            runtime = runtime.observer(progress);
        }
        if let Some(trace) = &self.trace {
            runtime = runtime.observer(trace.observer.clone());
        }
        runtime
    }

    /// Ends the files, however the run has ended.
    pub(super) fn keep(self) -> Result<(), Problem> {
        self.trace.map_or(Ok(()), |trace| trace.keep(ChromeTrace::finish))
    }
}

impl<T> Written<T> {
    fn new(
        option: &str,
        matches: &ArgMatches,
        signals: &Signals,
        create: impl FnOnce(&Path) -> io::Result<T>,
    ) -> Result<Option<Self>, Problem> {
        let Some(path) = matches.get_one::<OsString>(option).map(PathBuf::from) else {
            return Ok(None);
        };
        Target::new(format!("--{option}"), &path, false, signals)?;
        let place = format!("--{option} {}", path.display());
        match create(&path) {
            Ok(observer) => Ok(Some(Self { place, observer })),
            Err(error) => Err(unwritable(&place, &error)),
        }
    }

    fn keep(self, finish: impl FnOnce(&T) -> io::Result<()>) -> Result<(), Problem> {
        finish(&self.observer).map_err(|error| unwritable(&self.place, &error))
    }
}

fn unwritable(place: &str, error: &io::Error) -> Problem {
    Problem::Failed(format!("`{place}` cannot be written: {}", plain(error)))
}
