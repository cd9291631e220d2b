//! Runs in processes of their own.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dagger_durable_tests::journal::{JOURNAL, KILL, Point};
use redb::{Database, ReadableDatabase, ReadableTableMetadata, TableDefinition};

/// A run in a process of its own.
pub(crate) struct Child<'a> {
    pub(crate) shape: &'a str,
    pub(crate) n: u64,
    pub(crate) checkpoint: PathBuf,
    pub(crate) journal: PathBuf,
}

impl<'a> Child<'a> {
    pub(crate) fn new(shape: &'a str, n: u64, place: &Path) -> Self {
        Self { shape, n, checkpoint: place.join("checkpoint"), journal: place.join("journal") }
    }

    /// Runs it, up to a point.
    pub(crate) fn run(&self, kill: Option<(Point, usize)>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_durable"));
        command.arg(self.shape).arg(self.n.to_string()).arg(&self.checkpoint);
        command.env(JOURNAL, &self.journal).env_remove(KILL);
        if let Some((point, number)) = kill {
            let point = if point == Point::Task { "task" } else { "disk" };
            command.env(KILL, format!("{point} {number}"));
        }
        command.output().expect("the program starts")
    }

    /// What it has written down.
    pub(crate) fn journal(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.journal).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// How much is committed.
    pub(crate) fn committed(&self) -> usize {
        const WORK: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("work");
        let copy = self.checkpoint.with_extension("copy");
        if fs::copy(&self.checkpoint, &copy).is_err() {
            return 0;
        }
        // A file that was just begun is none yet.
        let Ok(database) = Database::open(&copy) else { return 0 };
        let table = database.begin_read().unwrap().open_table(WORK);
        table.map_or(0, |table| usize::try_from(table.len().unwrap()).unwrap())
    }
}

/// The tasks in a journal, in order of their names.
pub(crate) fn tasks(journal: &[String]) -> Vec<&str> {
    let tasks = journal.iter().map(String::as_str).filter(|line| !line.starts_with('='));
    let mut tasks: Vec<_> = tasks.collect();
    tasks.sort_unstable();
    tasks
}

/// The lines in front of the one that tells of this record. One thread did a task and wrote that down,
/// and then handed the record to the writer.
pub(crate) fn before_record(journal: &[String], record: usize) -> &[String] {
    let mut records = journal.iter().enumerate().filter(|(_, line)| *line == "=kept");
    match record.checked_sub(1) {
        None => &[],
        Some(before) => &journal[..records.nth(before).map_or(journal.len(), |(line, _)| line)],
    }
}
