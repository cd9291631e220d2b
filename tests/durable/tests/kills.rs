//! Processes that are killed with `SIGKILL`, at every point in turn, and go on: what was committed is not
//! done again, nothing is lost, and the result is that of an undisturbed run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dagger_durable_tests::journal::{JOURNAL, KILL, Point, directory};
use redb::{Database, ReadableDatabase, ReadableTableMetadata, TableDefinition};

/// A run in a process of its own.
struct Child<'a> {
    shape: &'a str,
    n: u64,
    checkpoint: PathBuf,
    journal: PathBuf,
}

impl<'a> Child<'a> {
    fn new(shape: &'a str, n: u64, place: &Path) -> Self {
        Self { shape, n, checkpoint: place.join("checkpoint"), journal: place.join("journal") }
    }

    /// Runs it, up to a point.
    fn run(&self, kill: Option<(Point, usize)>) -> Output {
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
    fn journal(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.journal).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// How much is committed.
    fn committed(&self) -> usize {
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
fn tasks(journal: &[String]) -> Vec<&str> {
    let tasks = journal.iter().map(String::as_str).filter(|line| !line.starts_with('='));
    let mut tasks: Vec<_> = tasks.collect();
    tasks.sort_unstable();
    tasks
}

/// The lines in front of the one that tells of this record. One thread did a task and wrote that down,
/// and then handed the record to the writer.
fn before_record(journal: &[String], record: usize) -> &[String] {
    let mut records = journal.iter().enumerate().filter(|(_, line)| *line == "=kept");
    match record.checked_sub(1) {
        None => &[],
        Some(before) => &journal[..records.nth(before).map_or(journal.len(), |(line, _)| line)],
    }
}

/// Kills a dag at every point of a kind. How many there were.
fn kill_everywhere(shape: &str, n: u64, point: Point) -> usize {
    let place = directory();
    let undisturbed = Child::new(shape, n, place.path());
    let output = undisturbed.run(None);
    assert!(output.status.success(), "{output:?}");
    let (result, journal) = (output.stdout, undisturbed.journal());
    assert_eq!(journal.last().map(String::as_str), Some("=end"));
    let all = tasks(&journal);
    for number in 0.. {
        let place = directory();
        let child = Child::new(shape, n, place.path());
        let killed = child.run(Some((point, number)));
        if killed.status.success() {
            return number;
        }
        let at = format!("{shape}, killed at {point:?} {number}");
        assert_eq!(killed.status.code(), None, "{at}: {killed:?}");
        assert!(killed.stdout.is_empty(), "{at}");
        let journal = child.journal();
        let committed = tasks(before_record(&journal, child.committed()));
        fs::remove_file(&child.journal).ok();

        let resumed = child.run(None);
        assert!(resumed.status.success(), "{at}: {resumed:?}");
        assert_eq!(resumed.stdout, result, "{at}");
        assert_eq!(resumed.stderr, b"", "{at}");
        let resumed = child.journal();
        let mut both = [tasks(&resumed), committed.clone()].concat();
        both.sort_unstable();
        assert_eq!(both, all, "{at}: {committed:?} was committed, then came {resumed:?}");
        if number % 7 == 0 {
            fs::remove_file(&child.journal).ok();
            let again = child.run(None);
            assert_eq!((&again.stdout, again.stderr), (&result, Vec::new()), "{at}");
            assert!(tasks(&child.journal()).is_empty(), "{at}: all is done");
        }
    }
    unreachable!("a process ends")
}

macro_rules! kills {
    ($($name:ident: $shape:literal $n:literal, $least:literal;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn between_every_two_tasks() {
                assert!(kill_everywhere($shape, $n, Point::Task) >= 8);
            }

            #[test]
            fn at_every_write() {
                let points = kill_everywhere($shape, $n, Point::Disk);
                assert!(points >= $least, "{points} points");
            }
        }
    )*};
}

kills! {
    chain: "chain" 3, 40;
    fan_out: "fan-out" 4, 60;
    nested_fan_out: "nested-fan-out" 2, 100;
    diamond: "diamond" 3, 40;
    waiting: "waiting" 4, 60;
}
