//! A directory with files that are right and wrong, and commands that fail in it.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use super::Program;

/// A directory with some files.
pub(crate) struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        let files: [(&str, &[u8]); 16] = [
            ("five.json", b"5"),
            ("zero.json", b"0"),
            ("text.json", b"\"five\""),
            ("more.json", b"5 5"),
            ("bytes", &[0xff, 0xfe, 0]),
            ("empty", b""),
            ("gap/0", b"0"),
            ("gap/2", b"2"),
            ("foreign/00", b"0"),
            ("short/0", b"0"),
            ("short/partitions.json", b"[\"0\",\"1\"]"),
            ("wrong/0", b"\"x\""),
            ("unlisted/0", b"0"),
            ("unlisted/partitions.json", b"{}"),
            ("long/1", b"0"),
            ("long/partitions.json", b"[]"),
        ];
        fs::create_dir(place.at("directory")).unwrap();
        for (name, content) in files {
            let path = place.at(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        place
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The names of the files, hidden ones among them.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// The words of a command, in which `@` is this directory.
    pub(crate) fn words(&self, command: &str) -> Vec<OsString> {
        let path = self.directory.path().display().to_string();
        command.split_whitespace().map(|word| word.replace('@', &path).into()).collect()
    }

    /// Runs a command: it fails with this status and this line, and leaves nothing behind.
    pub(crate) fn fails(&self, case: &'static str, command: &str, status: i32, line: &str) {
        let before = self.files();
        let output = Program::of(case).output(&self.words(command));
        let said = String::from_utf8(output.stderr).unwrap();
        let line = line.replace('@', &self.directory.path().display().to_string());
        assert_eq!(said, format!("error: {line}\n"), "{case} {command}");
        assert_eq!(output.status.code(), Some(status), "{case} {command}");
        assert!(output.stdout.is_empty(), "{case} {command}");
        assert_eq!(self.files(), before, "{case} {command} leaves something behind");
    }
}
