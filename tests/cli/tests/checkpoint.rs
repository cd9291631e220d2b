//! `run --checkpoint`, `run --cache` and `explain`.

mod support;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use support::Program;
use support::place::Place;

/// What a command of the map of ones prints, and what it says.
fn run(place: &Place, command: &str) -> (String, String) {
    run_of("map_of_1", place, command)
}

/// The same for the dag of a case.
fn run_of(case: &'static str, place: &Place, command: &str) -> (String, String) {
    let output = Program::of(case).output(&place.words(command));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!(output.status.success(), "{command}: {}", text(output.stderr));
    (text(output.stdout), text(output.stderr))
}

#[test]
fn a_run_goes_on_and_says_what_it_does_not_use() {
    let place = Place::new();
    let command = |count: u32| format!("run --count {count} --checkpoint @/checkpoint");
    let run = |command: &str| run(&place, command);
    let nothing = String::new;
    assert_eq!(run(&command(3)), ("\"0,3,6\"\n".to_owned(), nothing()));
    assert_eq!(run(&command(3)), ("\"0,3,6\"\n".to_owned(), nothing()));
    let recalled = "joined: recalled\nnumbers: recalled\nscale: 3 recalled\n".to_owned();
    assert_eq!(run("explain --checkpoint @/checkpoint"), (recalled, nothing()));

    let said = "`numbers` runs again: its input `count` differs\n\
                `joined` runs again: its input `numbers` differs\n";
    assert_eq!(run(&command(4)), ("\"0,3,6,9\"\n".to_owned(), said.to_owned()));
    let scale = "scale: 1 ran, 3 recalled; the checkpoint had nothing of it\n".to_owned();
    assert_eq!(run("explain --checkpoint @/checkpoint scale"), (scale, nothing()));
    let bars = format!("{} --progress bar", command(3));
    let said = run(&bars).1;
    assert!(said.contains("`numbers` runs again: its input `count` differs\n"), "{said}");
}

#[test]
fn a_cache_is_a_directory() {
    let place = Place::new();
    let (printed, said) = run(&place, "run --count 2 --cache @/cache --cache-mib 5 --cache-days 2");
    assert_eq!((&*printed, &*said), ("\"0,3\"\n", ""));
    // No task of this dag asks for it.
    assert!(!Path::new(&place.at("cache")).exists());
}

#[test]
fn a_run_with_a_cache_is_explained() {
    let place = Place::new();
    let run = |command: &str| run_of("cached", &place, command);
    let with_cache = |arguments: &str| run(&format!("run {arguments} --cache @/cache"));
    let explained = |node: &str| run(&format!("explain --cache @/cache {node}")).0;
    assert_eq!(with_cache("--count 4 --exponent 2"), ("14\n".to_owned(), String::new()));
    let nothing =
        "power: 4 ran; the cache had nothing of them\ntotal: ran; the cache had nothing of it\n";
    assert_eq!(explained(""), nothing);
    assert_eq!(with_cache("--count 4 --exponent 2"), ("14\n".to_owned(), String::new()));
    assert_eq!(explained(""), "power: 4 recalled\ntotal: recalled\n");

    assert_eq!(with_cache("--count 4 --exponent 3"), ("36\n".to_owned(), String::new()));
    assert_eq!(explained("total"), "total: ran; its input `powers` differs\n");
    assert_eq!(explained("power"), "power: 4 ran; its input `exponent` differs\n");

    // A run with a checkpoint says there what it did.
    let with_both = "run --count 1 --exponent 1 --cache @/cache --checkpoint @/checkpoint";
    assert_eq!(run(with_both), ("0\n".to_owned(), String::new()));
    assert_eq!(explained("power"), "power: 4 ran; its input `exponent` differs\n");
    let numbers = run("explain --checkpoint @/checkpoint numbers").0;
    assert_eq!(numbers, "numbers: ran; the checkpoint had nothing of it\n");
}

#[test]
fn what_a_cache_cannot_keep_is_said_once_a_node() {
    let place = Place::new();
    let run = || run_of("cached", &place, "run --count 3 --exponent 2 --cache @/cache");
    assert_eq!(run(), ("5\n".to_owned(), String::new()));
    let directories = fs::read_dir(place.at("cache")).unwrap().map(|entry| entry.unwrap().path());
    for directory in directories.filter(|path| path.file_name().unwrap().len() == 2) {
        fs::remove_dir_all(&directory).unwrap();
        fs::write(&directory, "").unwrap();
    }
    let (printed, said) = run();
    assert_eq!(printed, "5\n");
    let why = |node: &str| {
        let cache = place.at("cache").display().to_string();
        format!(
            "`{node}` runs again: what the cache has of it cannot be read: Not a directory (os error 20)\n\
             what `{node}` returned is not kept: the cache `{cache}` cannot be written: File exists (os error 17)\n"
        )
    };
    assert_eq!(said, why("power") + &why("total"));
    // It is said again by the next run.
    assert_eq!(run().1, said);
}

#[test]
fn what_is_given_wrongly() {
    let place = Place::new();
    let fails =
        |command: &str, status: i32, line: &str| place.fails("map_of_1", command, status, line);
    fails(
        "run --count 1 --checkpoint @/text.json",
        1,
        "dag `map-reduce` cannot run: the checkpoint `@/text.json` is no checkpoint, but a file of another kind",
    );
    fails(
        "run --count 1 --checkpoint @/directory",
        1,
        "dag `map-reduce` cannot run: the checkpoint `@/directory` cannot be opened: Is a directory (os error 21)",
    );
    fails("run --count 1 --checkpoint", 2, "`--checkpoint <FILE>` lacks its value");
    fails("run --count 1 --cache-mib 5", 2, "`run` lacks `--cache <DIR>`");
    let number = "it takes a whole number, 1 at least";
    fails(
        "run --count 1 --cache @/cache --cache-days 0",
        2,
        &format!("`0` is no value of `--cache-days <N>`; {number}"),
    );
    let either = "`--checkpoint <FILE>` or `--cache <DIR>`";
    fails("explain", 2, &format!("`explain` lacks {either}"));
    fails(
        "explain --checkpoint @/checkpoint --cache @/cache",
        2,
        &format!("`explain` takes only one of {either}"),
    );
    fails("explain --cache @/cache", 1, "no task of dag `map-reduce` is cached");
    let cached =
        |command: &str, status: i32, line: &str| place.fails("cached", command, status, line);
    cached("explain --cache @/none", 1, "there is no cache `@/none`");
    cached(
        "explain --cache @/directory",
        1,
        "no run of this dag that has ended came to a cached task with this cache",
    );
    fails("explain --checkpoint @/none", 1, "there is no checkpoint `@/none`");
    fails(
        "explain --checkpoint @/five.json",
        1,
        "the checkpoint `@/five.json` is no checkpoint, but a file of another kind",
    );
    let checkpoint: Vec<OsString> = place.words("run --count 1 --checkpoint @/checkpoint");
    assert!(Program::of("map_of_1").output(&checkpoint).status.success());
    fails(
        "explain --checkpoint @/checkpoint skale",
        2,
        "the last run came to no node `skale`; it came to `joined`, `numbers` and `scale`",
    );
    assert!(
        Program::of("cached")
            .output(&place.words("run --count 1 --exponent 1 --cache @/cache"))
            .status
            .success()
    );
    cached(
        "explain --cache @/cache numbers",
        2,
        "the last run came to no cached node `numbers`; it came to `power` and `total`",
    );
    fs::remove_file(place.at("checkpoint")).unwrap();
}
