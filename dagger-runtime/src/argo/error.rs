//! Why there is no manifest.

use std::error::Error;
use std::fmt;

/// Why there is no manifest for a dag: all that is wrong, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    problems: Vec<String>,
}

impl ManifestError {
    pub(super) fn of(problem: impl Into<String>) -> Self {
        Self { problems: vec![problem.into()] }
    }

    /// An error, if there is a problem.
    pub(super) fn check(problems: Vec<String>) -> Result<(), Self> {
        match problems.is_empty() {
            true => Ok(()),
            false => Err(Self { problems }),
        }
    }

    /// What is wrong, in the order in which it was found; one problem at least.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl Error for ManifestError {}
