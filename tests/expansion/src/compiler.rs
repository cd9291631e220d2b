//! The real compiler, over programs in text.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use serde_json::Value;

/// The crates that programs may use.
const CRATES: [&str; 5] = ["dagger_generated_tests", "dagger", "anyhow", "futures", "tokio"];

/// A program of both libraries.
const PROBE: &str = "
use dagger::dag;
use dagger_generated_tests::tasks::double;
#[dag]
pub fn probe(n: u64) -> u64 {
    double(n)
}";

/// A compiler that finds the crates of this workspace.
pub struct Compiler {
    libraries: PathBuf,
    externs: Vec<(&'static str, PathBuf)>,
    folder: PathBuf,
}

/// An error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Error {
    /// What it says.
    pub message: String,
    /// Its `E0277`, which the errors of macros lack.
    pub code: Option<String>,
    /// Where it is: lines and columns from 1, the end behind the last character. `None` for a place outside of the
    /// program.
    pub place: Option<Place>,
    /// Whether the place is that of an attribute as a whole, which stands for all that has no place of its own.
    pub is_attribute: bool,
}

/// A place in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line and column of its first character.
    pub start: (u64, u64),
    /// Line and column behind its last character.
    pub end: (u64, u64),
}

impl Compiler {
    /// The compiler that built this test, with the libraries that it is linked to.
    ///
    /// # Panics
    ///
    /// If a library is missing, or does not work.
    #[must_use]
    pub fn new(folder: &str) -> Self {
        let program = env::current_exe().expect("the test has a path");
        let libraries = program.parent().expect("the test is in a folder").to_owned();
        let root = libraries.parent().unwrap_or(&libraries);
        let folder = root.join("expansion-tests").join(folder);
        fs::create_dir_all(&folder).expect("a folder for programs");
        let mut compiler = Self { libraries, externs: Vec::new(), folder };
        for name in CRATES {
            let library = compiler.find(name);
            compiler.externs.push((name, library));
        }
        compiler
    }

    /// The library of this name.
    ///
    /// There may be several, of other features or compilers. What this test is linked to is up to date; another one
    /// that is newer was built of the same sources.
    fn find(&self, name: &'static str) -> PathBuf {
        let entries = fs::read_dir(&self.libraries).expect("the folder of the libraries");
        let is_library = |path: &PathBuf| {
            let file = path.file_stem().and_then(|file| file.to_str()).unwrap_or_default();
            let rest = file.strip_prefix("lib").and_then(|rest| rest.strip_prefix(name));
            let is_archive = path.extension().is_some_and(|extension| extension == "rlib");
            is_archive && rest.is_some_and(|rest| rest.starts_with('-'))
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_library);
        let modified = |path: &PathBuf| {
            let modified = fs::metadata(path).and_then(|data| data.modified());
            modified.unwrap_or(SystemTime::UNIX_EPOCH)
        };
        let mut paths: Vec<PathBuf> = paths.collect();
        paths.sort_by_key(|path| std::cmp::Reverse(modified(path)));
        let works = |path: &&PathBuf| {
            let mut externs = self.externs.clone();
            externs.push((name, (*path).clone()));
            let (libraries, folder) = (self.libraries.clone(), self.folder.clone());
            let probe = Self { libraries, externs, folder };
            let text = match name {
                // The one that the tasks are of.
                "dagger" => PROBE.to_owned(),
                name => format!("pub use {name};"),
            };
            probe.compile(&format!("probe_{name}"), &text).is_empty()
        };
        let found = paths.iter().find(works).cloned();
        found.unwrap_or_else(|| panic!("no `{name}` in {}", self.libraries.display()))
    }

    /// Checks a library of this text, and returns its errors, each once.
    ///
    /// # Panics
    ///
    /// If the compiler cannot be run, or breaks down.
    #[must_use]
    pub fn compile(&self, name: &str, text: &str) -> BTreeSet<Error> {
        let path = self.folder.join(name).with_extension("rs");
        fs::write(&path, text).expect("a program can be written");
        let mut command =
            Command::new(env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")));
        command
            .args(["--crate-type=lib", "--edition=2024", "--emit=metadata"])
            .args(["--error-format=json", "--cap-lints=allow", "--crate-name=program"])
            .arg("-o")
            .arg(path.with_extension("rmeta"))
            .arg("-L")
            .arg(format!("dependency={}", self.libraries.display()));
        for (name, library) in &self.externs {
            command.arg("--extern").arg(format!("{name}={}", library.display()));
        }
        let output = command.arg(&path).output().expect("rustc can be run");
        let lines = String::from_utf8_lossy(&output.stderr);
        let errors: BTreeSet<Error> = lines.lines().filter_map(|line| error(line, &path)).collect();
        let is_sound = output.status.success() == errors.is_empty();
        let ended = output.status.code().is_some_and(|code| code < 2);
        assert!(is_sound && ended, "rustc breaks down, {}:\n{lines}\n{text}", output.status);
        errors
    }
}

/// Reads a line of the compiler's output.
fn error(line: &str, program: &Path) -> Option<Error> {
    let value: Value = serde_json::from_str(line).ok()?;
    let message = value["message"].as_str()?;
    // What only counts the errors has no place.
    let is_count = message.starts_with("aborting due to");
    if !["error", "error: internal compiler error"].contains(&value["level"].as_str()?) || is_count
    {
        return None;
    }
    let spans = value["spans"].as_array().into_iter().flatten();
    let mut primary = spans.filter(|span| span["is_primary"] == true);
    let span = primary.find_map(|span| in_file(span, program));
    let position = |span: &Value, end: &str| {
        let number = |what: &str| span[format!("{what}_{end}")].as_u64().unwrap_or_default();
        (number("line"), number("column"))
    };
    let place =
        span.map(|span| Place { start: position(span, "start"), end: position(span, "end") });
    let is_attribute = span.is_some_and(|span| {
        let text = span["text"][0]["text"].as_str().unwrap_or_default();
        let start = usize::try_from(position(span, "start").1).unwrap_or(1);
        let begins = text.chars().nth(start.saturating_sub(1)) == Some('#');
        begins && !span["expansion"].is_null()
    });
    let code = value["code"]["code"].as_str().map(str::to_owned);
    Some(Error { message: message.to_owned(), code, place, is_attribute })
}

/// The place in the program: of the span itself, or of the macro whose expansion it is in.
fn in_file<'a>(mut span: &'a Value, program: &Path) -> Option<&'a Value> {
    loop {
        if Path::new(span["file_name"].as_str()?) == program {
            return Some(span);
        }
        span = &span["expansion"]["span"];
    }
}
