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

/// The helps without code, and why; the macro's own helps have some otherwise.
const WITHOUT_CODE: [(&str, &str); 4] = [
    ("attributes/cache_with_a_value", "the code is one word"),
    ("bodies/recursive_dag", "what ends the recursion is the user's to say"),
    ("bodies/result_without_node_update", "the macro does not know the fields of the struct"),
    ("bodies/unknown_statement_item", "the item stays as it is, in another place"),
];

/// The code to write in the helps of an error: the lines below the words, and each piece in the
/// words, in backticks, that is more than a name and not what is to be replaced.
fn code_in_helps(error: &str) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut pieces) = (Vec::new(), Vec::new());
    let mut rest = error.lines().skip_while(|line| !line.starts_with("       = help: "));
    if let Some(words) = rest.next() {
        let mut parts = words.split('`');
        while let (Some(before), Some(code)) = (parts.next(), parts.next()) {
            if !before.ends_with("in place of ") && tokens(code).len() > 1 {
                pieces.push(code.to_owned());
            }
        }
    }
    let below = "               ";
    lines.extend(rest.map_while(|line| line.strip_prefix(below)).map(str::to_owned));
    (lines, pieces)
}

/// Words, literals and single signs, without comments, and without commas in front of a bracket
/// that closes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let end = match first {
                '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            if [")", "]", "}"].contains(&&rest[..end]) {
                tokens.pop_if(|last| last == ",");
            }
            tokens.push(rest[..end].to_owned());
            rest = rest[end..].trim_start();
        }
    }
    tokens
}

/// A piece of what is looked for.
enum Piece {
    Token(String),
    /// `…`: one token or more, with the brackets among them in pairs.
    Any,
    /// Any tokens: between two functions or statements.
    Skip,
}

/// What to look for: each line that is not indented may stand anywhere behind the one before, and
/// the lines of one function or statement follow each other.
fn pieces(lines: &[String]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in lines {
        if !line.starts_with([' ', '}', ')']) {
            pieces.push(Piece::Skip);
        }
        for token in tokens(line) {
            // A line may end with a comma, which is left out in front of the next.
            if [")", "]", "}"].contains(&token.as_str())
                && matches!(pieces.last(), Some(Piece::Token(last)) if last == ",")
            {
                pieces.pop();
            }
            pieces.push(if token == "…" { Piece::Any } else { Piece::Token(token) });
        }
    }
    pieces
}

fn begins_with(text: &[String], pieces: &[Piece]) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return true };
    match first {
        Piece::Token(token) => text.first() == Some(token) && begins_with(&text[1..], rest),
        Piece::Skip => (0..=text.len()).any(|start| begins_with(&text[start..], rest)),
        Piece::Any => {
            let mut depth = 0_usize;
            for (index, token) in text.iter().enumerate() {
                match token.as_str() {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" if depth == 0 => return false,
                    ")" | "]" | "}" => depth -= 1,
                    _ => {}
                }
                if depth == 0 && begins_with(&text[index + 1..], rest) {
                    return true;
                }
            }
            false
        }
    }
}

/// What a help tells to write is in the program that is accepted, word for word, with something for
/// each `…`. `accepted.rs` compiles and runs these programs: so the code of the help compiles.
#[test]
fn what_a_help_tells_to_write_is_accepted() {
    let mistakes = files("fail", "rs");
    let mut wrong = Vec::new();
    for mistake in &mistakes {
        let name = below("fail", mistake);
        let remedy = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("pass/{name}.rs"));
        let Ok(program) = fs::read_to_string(&remedy) else { continue };
        let program = tokens(&program);
        let has_none = WITHOUT_CODE.iter().any(|(without, _)| *without == name);
        for error in errors(mistake).iter().filter(|error| error.contains("\n       = help: ")) {
            let (lines, words) = code_in_helps(error);
            if has_none != (lines.is_empty() && words.is_empty()) {
                wrong.push(format!("`{name}`: the help has code, or has none, against the list"));
            }
            if !begins_with(&program, &pieces(&lines)) {
                wrong.push(format!("`{name}` does not have\n{}", lines.join("\n")));
            }
            for code in words {
                if !begins_with(&program, &pieces(std::slice::from_ref(&code))) {
                    wrong.push(format!("`{name}` does not have `{code}`"));
                }
            }
        }
    }
    for (name, _) in WITHOUT_CODE {
        assert!(mistakes.iter().any(|file| below("fail", file) == name), "`{name}` is missing");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn code_is_compared_word_for_word() {
    let found = |help: &[&str], program: &str| {
        let lines: Vec<_> = help.iter().map(|line| (*line).to_owned()).collect();
        begins_with(&tokens(program), &pieces(&lines))
    };
    assert!(found(&["f(…) {", "    g(x)", "}"], "fn f(a: (A, B)) {\n  g(\n    x,\n  )\n}"));
    assert!(!found(&["f(…) {", "    g(x)", "}"], "f(a) { h(); g(x) }"));
    assert!(!found(&["f(…)"], "f(]"));
    assert!(found(&["let a = 1;", "let b = 2;"], "let a = 1; h(); let b = 2;"));
    assert!(!found(&["let b = 2;", "let a = 1;"], "let a = 1; let b = 2;"));
    assert!(!found(&["size"], "resize"));
}
