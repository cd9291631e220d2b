//! Processes that are killed with `SIGKILL`, at every point in turn, and go on: what was committed is not
//! done again, nothing is lost, and the result is that of an undisturbed run.

mod support;

use std::fs;

use dagger_durable_tests::journal::{Point, directory};
use support::{Child, before_record, tasks};

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
