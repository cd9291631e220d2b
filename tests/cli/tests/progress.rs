//! What a run shows of itself: on a terminal, in a log, and not at all.

#![cfg(target_os = "linux")]

mod support;

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use support::Program;

/// A pipe that a task waits for.
struct Gate {
    directory: tempfile::TempDir,
}

impl Gate {
    fn new() -> Self {
        let gate = Self { directory: tempfile::tempdir().unwrap() };
        assert!(Command::new("mkfifo").arg(gate.path()).status().unwrap().success());
        gate
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("gate")
    }

    /// Lets the task go on.
    fn open(&self) {
        drop(OpenOptions::new().write(true).open(self.path()).unwrap());
    }

    fn words(&self, more: &[&str]) -> Vec<OsString> {
        let gate = self.path().into_os_string();
        ["run".into(), "--gate".into(), gate]
            .into_iter()
            .chain(more.iter().map(OsString::from))
            .collect()
    }
}

/// A terminal of this width: its two ends.
fn terminal(width: u16) -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let size = Winsize { ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&ours, size).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
    (ours.into(), theirs)
}

/// Runs a dag that is held on a terminal of this width. What is seen of it before it goes on, which has
/// all of these words, and what is left at its end.
fn seen(width: u16, words: &[&str], options: &[&str]) -> (String, String) {
    let gate = Gate::new();
    let (mut ours, theirs) = terminal(width);
    let mut command = Program::of("held").command(&gate.words(options));
    command.env("TERM", "xterm").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(theirs);
    let child = command.spawn().unwrap();
    // The other end is closed with the program.
    drop(command);
    let mut screen = vt100::Parser::new(24, width, 0);
    let (mut held, mut bytes) = (None, [0; 4096]);
    // Where nobody has the other end, there is an error.
    while let Ok(count @ 1..) = ours.read(&mut bytes) {
        screen.process(&bytes[..count]);
        let contents = text(screen.screen());
        if held.is_none() && words.iter().all(|word| contents.contains(word)) {
            held = Some(contents);
            gate.open();
        }
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "16\n");
    (held.expect("it was seen"), text(screen.screen()))
}

/// What is on a screen, line by line.
fn text(screen: &vt100::Screen) -> String {
    let rows = screen.rows(0, screen.size().1).map(|row| row.trim_end().to_owned());
    rows.filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The text with all times as `0:00`, and without rates, which no two runs share.
fn timeless(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let time = word.trim_matches(|c: char| !c.is_ascii_digit());
        let is_time = time.contains(':') && time.chars().all(|c| c.is_ascii_digit() || c == ':');
        if is_time { word.replace(time, "0:00") } else { word.to_owned() }
    });
    words
        .filter(|word| !word.ends_with("/s,") && !word.ends_with("/s"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_terminal() {
    for (width, line) in [
        (40, "visit     3/4, 1 running, 1 retried"),
        (80, "visit     ████▒▒  3/4, 1 running, 1 retried"),
        (120, "visit     ███████▒▒▒  3/4, 1 running, 1 retried"),
    ] {
        for options in [&[][..], &["--progress", "bar"]] {
            let (held, end) = seen(width, &["3/4"], options);
            assert!(timeless(&held).starts_with(line), "{held}");
            assert!(held.contains("Lima") == (width > 40), "{held}");
            assert!(held.lines().nth(1).unwrap().starts_with("held: 0:0"), "{held}");
            let end = timeless(&end);
            assert_eq!(end.trim_end(), "held: finished after 0:00, 1 retried");
        }
    }
}

#[test]
fn lines_of_a_log() {
    let gate = Gate::new();
    let mut child = Program::of("held").command(&gate.words(&["--progress", "plain"]));
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    gate.open();
    let output = child.wait_with_output().unwrap();
    let said = timeless(&String::from_utf8(output.stderr).unwrap());
    assert_eq!(
        said,
        "\
[0:00] held: started
[0:00] held: node `visit`, partition 1 (`Rome`): will be retried: closed on Mondays
[0:00] held: cities: done in 0:00
[0:00] held: visit: 4/4, 1 retried, done in 0:00
[0:00] held: add-up: done in 0:00
[0:00] held: finished after 0:00, 1 retried
"
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "16\n");
}

#[test]
fn what_fails_in_a_nested_dag() {
    let words = ["run", "--text", "x", "--progress", "plain"].map(OsString::from);
    let output = Program::of("nested_result").output(&words);
    let said = timeless(&String::from_utf8(output.stderr).unwrap());
    let lines = "\
[0:00] nested-result: node `inner`, partition 0, node `parse-owned`: failed
[0:00] nested-result: node `inner`, partition 0: failed
[0:00] nested-result: node `inner`: failed
[0:00] nested-result: split: done in 0:00
[0:00] nested-result: inner: done in 0:00, 1 failed; failed: partition 0
[0:00] nested-result: failed after 0:00, 1 failed
";
    assert!(said.contains(lines), "{said}");
}

#[test]
fn nothing() {
    let gate = Gate::new();
    for options in [&[][..], &["--progress", "none"], &["--progress", "auto"]] {
        let mut child = Program::of("held").command(&gate.words(options));
        let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        gate.open();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }
    assert!(fs::exists(gate.path()).unwrap());
}
