//! A signal ends a command with its number, and nothing is half-written.

#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use support::Program;
use support::place::Place;

fn command(case: &'static str, command: &str, place: &Place, input: Stdio) -> Command {
    let mut command = Program::of(case).command(&place.words(command));
    command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(case: &'static str, words: &str, place: &Place, input: Stdio) -> Child {
    command(case, words, place, input).spawn().expect("the program starts")
}

/// Starts a command, whose first task has begun by then.
fn start_a_task(case: &'static str, words: &str, place: &Place) -> Child {
    let begun = place.at("begun");
    let mut command = command(case, words, place, Stdio::null());
    let child = command.env("DAGS_BEGUN", &begun).spawn().expect("the program starts");
    while !begun.exists() {
        std::thread::yield_now();
    }
    child
}

/// Sends a signal as soon as the program listens to it, which `/proc` tells.
fn signal(child: &Child, number: i32) {
    let status = format!("/proc/{}/status", child.id());
    let listens = |text: &str| {
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        caught.is_some_and(|mask| mask & (1 << (number - 1)) != 0)
    };
    while !listens(&fs::read_to_string(&status).expect("it runs")) {
        std::thread::yield_now();
    }
    let mut kill = Command::new("kill");
    let sent = kill.args([format!("-{number}"), child.id().to_string()]).status();
    assert!(sent.expect("there is a `kill`").success());
}

fn ends(child: Child, number: i32, line: &str) {
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(128 + number));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("error: {line}\n"));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_run_that_waits() {
    for (number, line) in [(2, "interrupted"), (15, "terminated")] {
        let place = Place::new();
        let child = start_a_task("waiting", "run --n 1", &place);
        signal(&child, number);
        ends(child, number, line);
    }
}

#[test]
fn a_task_that_computes() {
    let place = Place::new();
    let child = start_a_task("stalling", "run --n 1", &place);
    signal(&child, 15);
    ends(child, 15, "terminated");
}

#[test]
fn a_file_that_does_not_come() {
    let place = Place::new();
    let mut child = start("map_of_1", "run --input count /dev/stdin", &place, Stdio::piped());
    let mut input = child.stdin.take().expect("it reads");
    input.write_all(b" ").unwrap();
    signal(&child, 2);
    ends(child, 2, "interrupted");
    drop(input);
}

#[test]
fn what_is_being_written() {
    let place = Place::new();
    fs::write(place.at("five.json"), "100000000").unwrap();
    let before = place.files();
    let command = "node many --input n @/five.json --output return_value @/out";
    let child = start("large", command, &place, Stdio::null());
    // Until there is something half-written.
    while !place.files().iter().any(|name| name.starts_with(".out-")) {
        std::thread::yield_now();
    }
    signal(&child, 15);
    ends(child, 15, "terminated");
    assert_eq!(place.files(), before);
}

#[test]
fn a_large_value_is_in_memory_once() {
    let place = Place::new();
    let megabytes = 64;
    fs::write(place.at("five.json"), (megabytes << 17).to_string()).unwrap();
    let many = "node many --input n @/five.json --output return_value @/rows";
    Program::of("large").succeed(&place.words(many));
    let pass = place.words("node pass --input rows @/rows --output return_value @/out");
    let mut command = Program::of("large").command(&pass);
    let output = command.env("DAGS_PEAK", "1").output().expect("the program starts");
    let peak = String::from_utf8(output.stderr).unwrap();
    let peak: u64 = peak.trim().parse().expect("it says how much memory it had");
    assert!(peak < 2 * (megabytes << 10), "{peak} KiB for {megabytes} MiB");
}

/// What has happened until then is written: by the command, or, where that does not end, without it.
#[test]
fn what_is_written_of_a_run() {
    for (case, is_over) in [("waiting", true), ("stalling", false)] {
        let place = Place::new();
        let run = "run --n 1 --trace @/trace.json --report @/report.html";
        let child = start_a_task(case, run, &place);
        signal(&child, 15);
        ends(child, 15, "terminated");
        assert!(place.files().iter().all(|name| !name.starts_with('.')), "{:?}", place.files());
        let text = fs::read_to_string(place.at("trace.json")).unwrap();
        let trace: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let has_end = trace.iter().any(|entry| entry["cat"] == "run");
        assert_eq!(has_end, is_over, "{text}");
        let page = fs::read_to_string(place.at("report.html")).unwrap();
        let outcome = if is_over { "cancelled" } else { "running" };
        assert!(page.contains(&format!("\"outcome\":\"{outcome}\"")), "{page}");
    }
}
