//! Files that are cut, changed, foreign or in use: an error before anything runs, or a run with the right
//! result. Never a panic, and never another value.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::{Error, Runtime};
use dagger_durable_tests::journal::directory;
use dagger_durable_tests::shapes;

/// Every so many bytes are changed; `DURABLE_EVERY=1` takes its time.
fn every(default: usize) -> usize {
    std::env::var("DURABLE_EVERY").map_or(default, |every| every.parse().expect("a number"))
}

const N: u64 = 3;

fn run(file: &Path) -> Result<u64, Error> {
    let runtime = Runtime::builder().compute_threads(1).checkpoint(file).build();
    runtime.run_blocking(shapes::nested_fan_out::call(N))
}

/// The file of a run that is over, and what that returned.
fn whole(place: &Path) -> (Vec<u8>, u64) {
    let file = place.join("whole");
    let result = run(&file).unwrap();
    assert_eq!(result, shapes::nested_fan_out(N));
    (fs::read(file).unwrap(), result)
}

/// Runs with this file. Whether it is used.
fn check(place: &Path, bytes: &[u8], result: u64, what: &str) -> bool {
    let file = place.join("damaged");
    fs::write(&file, bytes).unwrap();
    let ended = catch_unwind(AssertUnwindSafe(|| run(&file)));
    let ended = ended.unwrap_or_else(|_| panic!("{what}: panics"));
    match ended {
        Ok(value) => {
            assert_eq!(value, result, "{what}");
            true
        }
        Err(error) => {
            let text = error.to_string();
            let begin =
                format!("dag `nested-fan-out` cannot run: the checkpoint `{}` ", file.display());
            let reason = text.strip_prefix(&begin);
            let reason = reason.unwrap_or_else(|| panic!("{what}: {text}"));
            let known = ["is damaged", "is no checkpoint", "has the format", "is a database of"];
            assert!(known.iter().any(|known| reason.starts_with(known)), "{what}: {text}");
            assert!(!text.contains('\n'), "{what}: {text}");
            false
        }
    }
}

/// What the database says of its panics is of no use here.
fn quietly<T>(test: impl FnOnce() -> T) -> T {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        if place.starts_with("tests") {
            eprintln!("{panic}");
        }
    }));
    test()
}

#[test]
fn files_that_are_cut() {
    quietly(|| {
        let place = directory();
        let (bytes, result) = whole(place.path());
        let tail = bytes.len() - 250;
        let ends = (0..tail).step_by(every(997)).chain(tail..bytes.len());
        for end in ends {
            check(place.path(), &bytes[..end], result, &format!("cut at {end}"));
        }
        assert!(check(place.path(), &bytes, result, "whole"));
    });
}

#[test]
fn files_with_a_changed_bit() {
    quietly(|| {
        let place = directory();
        let (bytes, result) = whole(place.path());
        let (used, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        // What is zero is mostly not in use.
        let places = (0..bytes.len()).filter(|place| *place < 320 || bytes[*place] != 0);
        for (number, at) in places.step_by(every(41)).enumerate() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (number % 8);
            let is_used = check(place.path(), &changed, result, &format!("changed at {at}"));
            (if is_used { &used } else { &refused }).fetch_add(1, Ordering::Relaxed);
        }
        let (used, refused) = (used.into_inner(), refused.into_inner());
        assert!(refused > 20, "{refused} files are refused, {used} used");
    });
}

#[test]
fn files_with_a_page_of_something_else() {
    quietly(|| {
        let place = directory();
        let (bytes, result) = whole(place.path());
        for first in (0..bytes.len()).step_by(4096) {
            for other in [0_u8, 0xff, 0x5a] {
                let mut changed = bytes.clone();
                let end = (first + 4096).min(changed.len());
                changed[first..end].fill(other);
                check(place.path(), &changed, result, &format!("page at {first}: {other}"));
            }
        }
    });
}

/// The error of a run with this file.
fn error(file: &Path) -> String {
    let text = run(file).expect_err("the file is no checkpoint").to_string();
    text.replace(&file.display().to_string(), "FILE")
}

/// Makes a file of the database, with one entry.
fn write_database(file: &Path, table: &str, key: &str, value: u64) {
    fs::remove_file(file).unwrap();
    let database = redb::Database::create(file).unwrap();
    let write = database.begin_write().unwrap();
    let table = redb::TableDefinition::<&str, u64>::new(table);
    write.open_table(table).unwrap().insert(key, value).unwrap();
    write.commit().unwrap();
}

#[test]
fn files_of_another_kind() {
    let place = directory();
    let file = place.path().join("other");
    let cannot = "dag `nested-fan-out` cannot run: the checkpoint `FILE`";
    for bytes in [&b"# Notes\n"[..], b"x", &[0xff; 4096]] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(error(&file), format!("{cannot} is no checkpoint, but a file of another kind"));
        assert_eq!(fs::read(&file).unwrap(), bytes, "it stays as it is");
    }
    assert!(error(place.path()).starts_with(&format!("{cannot} cannot be opened: ")));
    let nowhere = place.path().join("no/where");
    assert!(error(&nowhere).starts_with(&format!("{cannot} cannot be opened: ")));

    write_database(&file, "words", "one", 1);
    assert_eq!(error(&file), format!("{cannot} is a database of something else"));
    write_database(&file, "dagger checkpoint", "format", 1_000);
    let other = "has the format 1000 of another version of the library, which is not 1";
    assert_eq!(error(&file), format!("{cannot} {other}"));
}

#[test]
fn an_empty_file_is_a_new_checkpoint() {
    let place = directory();
    let file = place.path().join("empty");
    for bytes in [&b""[..], &[0; 9], &[0; 5000]] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(run(&file).unwrap(), shapes::nested_fan_out(N));
    }
}
