//! The types that travel between tasks: one for each way in which Rust lets a value be passed on.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display};
use std::ops::Index;

use crate::log;

/// A constant for argument expressions.
pub const LIMIT: u64 = 11;

/// Keeps numbers small, so that `x + 1` in an argument never overflows.
#[must_use]
pub fn small(number: u64) -> u64 {
    number % 997
}

/// Keeps text short, however often it goes round.
#[must_use]
pub fn short(text: &str) -> String {
    text.chars().take(8).collect()
}

/// Can only be moved or borrowed: a hidden clone or copy of it would not compile.
#[derive(Debug)]
pub struct Token(u64);

impl Token {
    /// A token worth so much.
    #[must_use]
    pub fn new(worth: u64) -> Self {
        Self(small(worth))
    }

    /// What it is worth.
    #[must_use]
    pub fn worth(&self) -> u64 {
        self.0
    }
}

/// `Send`, but not `Sync`: can only be moved, and nothing may ask `Sync` of what is only moved.
#[derive(Debug)]
pub struct Ticket(Cell<u64>);

impl Ticket {
    /// A ticket of this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(Cell::new(small(number)))
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.get()
    }
}

/// `Copy`, with fields, and the base of struct updates.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// A `Copy` field.
    pub x: u64,
    /// A `Copy` field.
    pub y: u64,
}

/// Neither `Clone` nor `Copy`, with fields of every kind to be moved out, borrowed and copied.
#[derive(Debug)]
pub struct Batch {
    /// A field to iterate over.
    pub items: Vec<u64>,
    /// A `Clone` field.
    pub label: String,
    /// A field that can only be moved or borrowed.
    pub token: Token,
    /// A `Copy` field.
    pub size: u64,
}

/// `Clone` with fields; also what a DAG with named outputs returns.
#[derive(Clone, Debug)]
pub struct Summary {
    /// A `Copy` field.
    pub total: u64,
    /// A `Clone` field.
    pub label: String,
}

/// Can be indexed by any text: a key that is missing counts as zero, so that no argument expression panics.
#[derive(Clone, Debug, Default)]
pub struct Registry(BTreeMap<String, u64>);

impl FromIterator<(String, u64)> for Registry {
    fn from_iter<I: IntoIterator<Item = (String, u64)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl Index<&str> for Registry {
    type Output = u64;

    fn index(&self, key: &str) -> &u64 {
        self.0.get(key).unwrap_or(&0)
    }
}

/// The error of most fallible tasks and DAGs.
#[derive(Clone, Debug)]
pub struct Failure(String);

/// Another error, which `?` turns into a [`Failure`] or into a boxed error.
#[derive(Debug)]
pub struct Refusal(String);

impl Failure {
    /// The failure of a task for an argument, which is noted in the log.
    #[must_use]
    pub fn of(task: &str, argument: impl Debug) -> Self {
        Self(note(format!("{task} fails for {argument:?}")))
    }
}

impl Refusal {
    /// The refusal by a task of an argument, which is noted in the log.
    #[must_use]
    pub fn of(task: &str, argument: impl Debug) -> Self {
        Self(note(format!("{task} refuses {argument:?}")))
    }
}

fn note(text: String) -> String {
    log::failed(&text);
    text
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl std::error::Error for Refusal {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.0)
    }
}
