//! `run --checkpoint`, `run --cache` and `explain`.

mod support;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use support::Program;
use support::place::Place;

/// What a command of the map of ones prints, and what it says.
fn run(place: &Place, command: &str) -> (String, String) {
    let output = Program::of("map_of_1").output(&place.words(command));
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
    fails("explain", 2, "`explain` lacks `--checkpoint <FILE>`");
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
    fs::remove_file(place.at("checkpoint")).unwrap();
}
