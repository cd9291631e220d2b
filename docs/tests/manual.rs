//! What `cargo test` cannot see in the pages of the manual: that they are all there, that their
//! links lead somewhere, and that the pages on rejections show what the ui tests prove.
//!
//! A page takes programs and messages from the ui tests between two comments:
//!
//! ```text
//! <!-- ui-tests/fail/maps/nested_map.stderr -->
//! (the block)
//! <!-- end -->
//! ```
//!
//! With `DAGGER_MANUAL=overwrite` these blocks are written anew instead of compared. The ui tests
//! compile and run what they hold, so that a block with a mistake is not compiled again here.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

const END: &str = "<!-- end -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()))
}

/// The files in a folder and the folders in it, as paths below it.
fn below(folder: &Path, is_wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if is_wanted(&path) {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found
}

fn is_a(ending: &'static str) -> impl Fn(&Path) -> bool {
    move |path| path.extension().is_some_and(|extension| extension == ending)
}

/// The Markdown files, as paths below `src`, in order: `rejections/nested-map.md`.
fn files() -> BTreeSet<String> {
    let files = below(&root().join("src"), &is_a("md"));
    files.iter().map(|path| path.to_str().unwrap().to_owned()).collect()
}

/// The files without the list of pages.
fn pages() -> BTreeSet<String> {
    let mut pages = files();
    assert!(pages.remove("SUMMARY.md"), "`SUMMARY.md` is missing");
    pages
}

/// The lines of a page outside of code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!is_fence && !in_code).then_some((index + 1, line))
    })
}

/// The targets of the links of a line: `[text](target)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0))
}

/// The anchor that mdBook, and GitHub, give to a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

#[test]
fn the_summary_lists_every_page() {
    let summary = read(&root().join("src/SUMMARY.md"));
    let listed: Vec<_> = summary.lines().flat_map(targets).map(str::to_owned).collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), pages());
    assert_eq!(listed.len(), pages().len(), "a page is listed twice");
}

#[test]
fn the_programs_of_every_page_are_tests() {
    let library = read(&root().join("lib.rs"));
    for page in pages() {
        assert!(library.contains(&format!("\"src/{page}\"")), "`{page}` is not in `lib.rs`");
        let text = read(&root().join("src").join(&page));
        let (mut in_code, mut is_taken) = (false, false);
        for (index, line) in text.lines().enumerate() {
            if let Some(kind) = line.strip_prefix("```") {
                let known = match kind {
                    "" => in_code,
                    "rust" | "text" | "toml" | "json" | "mermaid" => !in_code,
                    // The ui tests compile these.
                    "rust,ignore" => !in_code && is_taken,
                    _ => false,
                };
                assert!(known, "`{page}`, line {}: a block of the kind `{kind}`", index + 1);
                in_code = !in_code;
            } else if !in_code && line.starts_with("<!-- ") {
                is_taken = line != END;
            }
        }
        assert!(!in_code, "`{page}` ends within a block");
    }
}

#[test]
fn links_lead_somewhere() {
    let pages = files();
    for page in &pages {
        let text = read(&root().join("src").join(page));
        for (number, line) in prose(&text) {
            for target in targets(line).filter(|target| !target.starts_with("https://")) {
                let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
                let path = match path {
                    "" => page.clone(),
                    path => resolved(page, path),
                };
                assert!(pages.contains(&path), "`{page}`, line {number}: no page `{target}`");
                let other = read(&root().join("src").join(&path));
                let is_there = fragment.is_empty()
                    || prose(&other).any(|(_, line)| {
                        let heading = line.trim_start_matches('#');
                        heading != line && anchor(heading.trim()) == fragment
                    });
                assert!(is_there, "`{page}`, line {number}: no heading `{target}`");
            }
        }
    }
}

/// `path`, as written in `page`, below `src`.
fn resolved(page: &str, path: &str) -> String {
    let mut whole = PathBuf::from(page);
    whole.pop();
    for component in Path::new(path).components() {
        match component {
            Component::ParentDir => assert!(whole.pop(), "`{page}`: `{path}` leaves the manual"),
            component => whole.push(component),
        }
    }
    whole.to_str().unwrap().to_owned()
}

#[test]
fn each_rule_has_a_page() {
    let pages = pages();
    let index = read(&root().join("src/rejections.md"));
    let mut rules = BTreeSet::new();
    for entry in fs::read_dir(root().join("../dagger-macros/src/rules")).unwrap() {
        let path = entry.unwrap().path();
        let rule = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if rule == "mod" {
            continue;
        }
        let page = format!("rejections/{}.md", rule.replace('_', "-"));
        assert!(pages.contains(&page), "the rule `{rule}` has no page");
        assert!(index.contains(&format!("]({page})")), "`rejections.md` does not list `{page}`");
        let text = read(&root().join("src").join(&page));
        for (folder, ending) in [("fail", "rs"), ("fail", "stderr"), ("pass", "rs")] {
            let shown = text.lines().filter_map(taken_from).any(|taken| {
                taken.starts_with(folder) && taken.ends_with(format!("{rule}.{ending}"))
            });
            assert!(shown, "`{page}` shows nothing of `{folder}/…/{rule}.{ending}`");
        }
        rules.insert(page);
    }
    let about_rules = pages.into_iter().filter(|page| page.starts_with("rejections/"));
    assert_eq!(about_rules.collect::<BTreeSet<_>>(), rules, "a page is about no rule");
}

/// The table of what rustc says about dagger quotes messages that there are.
#[test]
fn messages_without_a_rule_are_quoted() {
    let page = read(&root().join("src/rejections.md"));
    let (_, section) =
        page.split_once("## Errors without a rule").expect("there is such a section");
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(2);
    let quotes: Vec<_> = rows.filter_map(|row| row[2..].split(" | ").next()).collect();
    assert!(!quotes.is_empty());
    let fail = root().join("../ui-tests/fail");
    let messages = below(&fail, &is_a("stderr"));
    let messages: Vec<_> = messages.iter().map(|path| read(&fail.join(path))).collect();
    for quote in quotes {
        let is_there = messages.iter().any(|message| message.contains(quote));
        assert!(is_there, "no ui test has the message: {quote}");
    }
}

/// The file of the ui tests that a comment names.
fn taken_from(line: &str) -> Option<&Path> {
    line.strip_prefix("<!-- ui-tests/")?.strip_suffix(" -->").map(Path::new)
}

#[test]
fn the_readme_shows_a_message_as_it_is() {
    let file = "ui-tests/fail/maps/single_mapping_node_nested.stderr";
    let message = read(&root().join("..").join(file));
    let message = message.replace("fail/maps/single_mapping_node_nested.rs", "src/main.rs");
    assert!(read(&root().join("../README.md")).contains(message.trim()), "{message}");
}

#[test]
fn pages_show_what_the_ui_tests_prove() {
    let overwrites = env::var("DAGGER_MANUAL").is_ok_and(|value| value == "overwrite");
    for page in pages() {
        let path = root().join("src").join(&page);
        let text = read(&path);
        let current = with_blocks(&page, &text);
        if overwrites && current != text {
            fs::write(&path, &current).unwrap();
        } else if let Some((is, should)) = text.lines().zip(current.lines()).find(|(a, b)| a != b) {
            panic!(
                "`{page}` shows\n    {is}\nand the ui tests\n    {should}\n\
                 `DAGGER_MANUAL=overwrite cargo test -p dagger-manual --test manual` writes it anew"
            );
        } else {
            assert!(current == text, "`{page}` shows less or more than the ui tests");
        }
    }
}

/// A page with the blocks that it takes from the ui tests as these are now.
fn with_blocks(page: &str, text: &str) -> String {
    let mut current = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(file) = taken_from(line) else {
            current += line;
            current += "\n";
            continue;
        };
        let file = found(file);
        let path = file.to_str().unwrap();
        current.extend(["<!-- ui-tests/", path, " -->\n", &block(&file), END, "\n"]);
        let end = lines.find(|line| *line == END || taken_from(line).is_some());
        assert!(end == Some(END), "`{page}`: `{END}` is missing after `{line}`");
    }
    current
}

/// A file of the ui tests, also when it has moved to another folder since.
fn found(file: &Path) -> PathBuf {
    let ui_tests = root().join("../ui-tests");
    if ui_tests.join(file).exists() {
        return file.to_owned();
    }
    let (side, name) = (file.iter().next().unwrap(), file.file_name().unwrap());
    let moved: Vec<_> = below(&ui_tests.join(side), &|path| path.file_name() == Some(name));
    match &moved[..] {
        [path] => Path::new(side).join(path),
        _ => panic!("`ui-tests/{}` is not there, or there more than once", file.display()),
    }
}

fn block(file: &Path) -> String {
    let of_ui_tests = root().join("../ui-tests").join(file);
    let text = read(&of_ui_tests);
    let is_message = file.extension().is_some_and(|extension| extension == "stderr");
    if is_message {
        let header = header(&read(&of_ui_tests.with_extension("rs")));
        return format!("```text\n{}\n```\n", message(&text, header));
    }
    let lines: Vec<_> = text.lines().skip(header(&text)).collect();
    if file.starts_with("fail") {
        format!("```rust,ignore\n{}\n```\n", without_users(&lines))
    } else {
        // Public, since the ui tests run it as a module.
        format!("```rust\n{}\n```\n", lines.join("\n").replace("\npub fn main()", "\nfn main()"))
    }
}

/// How many lines a ui test has before its program: they say what the test is about.
fn header(text: &str) -> usize {
    let comment = text.lines().take_while(|line| line.starts_with("//!")).count();
    comment + text.lines().skip(comment).take_while(|line| line.is_empty()).count()
}

/// A program without `main` and `weekly`, which use what is rejected, so that the ui tests see that
/// users have no second error.
fn without_users(lines: &[&str]) -> String {
    let is_user = |line: &str| {
        let line = line.trim_start_matches("async ");
        line.starts_with("fn main(") || line.starts_with("fn weekly(")
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        if !is_user(line) {
            kept.push(line);
            continue;
        }
        while kept.last().is_some_and(|line| line.is_empty() || line.starts_with("#[")) {
            kept.pop();
        }
        if !line.ends_with('}') {
            rest.find(|line| **line == "}");
        }
    }
    kept.join("\n")
}

/// The errors of the macro, with the place as it is in a program without its first `header` lines.
///
/// What rustc adds, such as a warning, is left out.
fn message(text: &str, header: usize) -> String {
    let is_error = |error: &&str| error.starts_with("error") && error.contains("\n       = ");
    let errors: Vec<_> =
        text.trim_end().split("\n\n").filter(is_error).map(|error| moved(error, header)).collect();
    assert!(!errors.is_empty(), "no error of the macro in\n{text}");
    errors.join("\n\n")
}

/// An error `by` lines further up. Its lines, with the width of the longest line number:
///
/// ```text
/// error: …
///   --> fail/maps/nested_map.rs:29:9
///    |
/// 29 |         for product in list_products(count) {
///    |         ^^^
/// ```
fn moved(error: &str, by: usize) -> String {
    let lines: Vec<_> = error.lines().collect();
    let is_place = |line: &&str| line.trim_start().starts_with("--> ");
    let place = lines.iter().position(is_place).expect("an error has a place");
    let number = |line: &str| {
        let (number, rest) = line.split_once(" |")?;
        Some((number.trim().parse::<usize>().ok()? - by, rest.to_owned()))
    };
    let source = &lines[place + 1..];
    let last = source.iter().filter_map(|line| number(line)).map(|(number, _)| number).max();
    let width = last.unwrap_or_default().to_string().len();
    let mut moved: Vec<_> = lines[..place].iter().map(ToString::to_string).collect();
    let (_, at) = lines[place].split_once(".rs:").expect("a place has a file");
    let (line, column) = at.split_once(':').expect("a place has a line and a column");
    let line = line.parse::<usize>().expect("a line is a number") - by;
    moved.push(format!("{:width$}--> src/main.rs:{line}:{column}", ""));
    moved.extend(source.iter().map(|line| match number(line) {
        Some((number, rest)) => format!("{number:>width$} |{rest}"),
        None => format!("{:width$} {}", "", line.trim_start()),
    }));
    moved.join("\n")
}
