//! What the macros reject, and how: `fail/<category>/<rule>.rs` with the errors in `.stderr`.
//!
//! `pass/<category>/<rule>.rs` is the nearest program that is legal; `accepted.rs` runs these.
//!
//! A file in `fail` holds one mistake and uses the function in which it is made, so that a second
//! error would show. Files named `several_…` pin how many mistakes are reported, and in which
//! order. Files in `known_poor` have more errors than mistakes, or speak of generated code, and say
//! why; some of them are legal programs that are refused.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn rejected() {
    trybuild::TestCases::new().compile_fail("fail/**/*.rs");
}

/// The files below a folder of this package, without their ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path.with_extension(""));
            }
        }
    }
    found.sort();
    found
}

/// The path below `fail` or `pass`: `maps/nested_map`.
fn below(folder: &str, path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()
}

/// The errors in a `.stderr` file, each with what belongs to it.
///
/// What rustc says twice in the same words of the same place, first of the function and then of the
/// graph, is one error: the second lacks a label or a help, or rustc would have left it out.
fn errors(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file.with_extension("stderr")).unwrap();
    let is_error = |paragraph: &&str| paragraph.starts_with("error");
    let mut seen = Vec::new();
    let is_new = |error: &&str| {
        let mut lines = error.lines();
        let words = lines.next().unwrap_or_default();
        let place = lines.find(|line| line.trim_start().starts_with("-->")).unwrap_or_default();
        let is_new = !seen.contains(&(words.to_owned(), place.to_owned()));
        seen.push((words.to_owned(), place.to_owned()));
        is_new
    };
    text.split("\n\n").filter(is_error).filter(is_new).map(str::to_owned).collect()
}

fn is_poor(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "known_poor")
}

fn is_several(file: &Path) -> bool {
    file.file_name().unwrap().to_str().unwrap().starts_with("several_")
}

#[test]
fn each_rule_has_a_mistake_and_its_remedy() {
    let (fail, pass) = (files("fail", "rs"), files("pass", "rs"));
    let rules = files("../dagger-macros/src/rules", "rs");
    assert!(!rules.is_empty());
    for rule in rules.iter().filter_map(|rule| rule.file_name()?.to_str()) {
        if rule == "mod" {
            continue;
        }
        let mistake = fail.iter().find(|file| file.ends_with(rule));
        let mistake = mistake.unwrap_or_else(|| panic!("`fail/…/{rule}.rs` is missing"));
        let slug = format!("[{}]", rule.replace('_', "-"));
        let names_it = errors(mistake).iter().any(|error| error.contains(&slug));
        assert!(names_it, "`{}` is not about `{slug}`", mistake.display());
        let remedy = below("fail", mistake);
        let has_remedy = pass.iter().any(|file| below("pass", file) == remedy);
        assert!(has_remedy, "`pass/{remedy}.rs` is missing");
    }
}

#[test]
fn each_remedy_has_its_mistake() {
    let mistakes: Vec<_> = files("fail", "rs").iter().map(|file| below("fail", file)).collect();
    for remedy in files("pass", "rs").iter().map(|file| below("pass", file)) {
        let (category, name) = remedy.split_once('/').unwrap();
        // What is only ever accepted.
        if ["hygiene", "places"].contains(&category) {
            continue;
        }
        let poor = format!("{category}/known_poor/{name}");
        let found = mistakes.contains(&remedy) || mistakes.contains(&poor);
        assert!(found, "`fail/{remedy}.rs` is missing");
    }
}

/// Whether an error is in the user's words: it names nothing that generated code has.
fn speaks_of_the_program(error: &str) -> bool {
    let line = error.lines().next().unwrap();
    !line.contains("__dagger_") && !line.contains("::__private")
}

#[test]
fn one_mistake_is_one_error() {
    for file in files("fail", "rs") {
        let errors = errors(&file);
        let (count, clear) =
            (errors.len(), errors.iter().all(|error| speaks_of_the_program(error)));
        let file = file.as_path();
        if is_poor(file) {
            let text = fs::read_to_string(file.with_extension("rs")).unwrap();
            assert!(text.contains("//! Poor: "), "`{}` does not say why", file.display());
            assert!(count > 1 || !clear, "`{}` is not poor any more", file.display());
        } else {
            assert!(clear, "`{}` speaks of generated code", file.display());
            let expected = if is_several(file) { 2..=usize::MAX } else { 1..=1 };
            assert!(expected.contains(&count), "`{}` has {count} errors", file.display());
        }
    }
}

/// The macros' own errors have one form: a line, a note that names the rule, and a help.
#[test]
fn rejections_have_one_form() {
    for file in files("fail", "rs") {
        for error in errors(&file).iter().filter(|error| error.contains("\n       = help: ")) {
            let line = error.lines().next().unwrap().trim_start_matches("error: ");
            let first = line.chars().next().unwrap();
            let form = first.is_lowercase() || first == '`';
            assert!(form && !line.ends_with(['.', '!']), "`{}`: {line}", file.display());
        }
    }
}
