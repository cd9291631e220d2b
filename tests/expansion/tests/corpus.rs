//! Hard items, a file each in `corpus`: those that people thought of, and those that a fuzzer found.
//!
//! A file that does not begin with an attribute of the library is tried with each of them. To add what a fuzzer found,
//! copy the file of `fuzz/artifacts`, under a name that says what it is.

use std::fs;
use std::path::Path;

use dagger_expansion_tests::law;

#[test]
fn the_corpus_keeps_the_laws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut faults = Vec::new();
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let checked = law::check_file(&fs::read(&file).unwrap());
        faults.extend(checked.err().map(|fault| format!("{}: {fault}", file.display())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What the compiler still takes without the attribute. Its own limit is not far off: at a few thousand, it overflows
/// its stack without the attribute as well.
#[test]
fn deep_nesting_is_no_overflow() {
    const DEPTH: usize = 200;
    // The stack of the compiler's main thread.
    const STACK: usize = 8 << 20;
    let nested = |open: &str, close: &str| {
        format!(
            "#[dag]\nfn f(x: u64) -> u64 {{ g({}x{}) }}",
            open.repeat(DEPTH),
            close.repeat(DEPTH)
        )
    };
    let texts = [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("g(", ")"),
        ("&", ""),
        ("!", ""),
        ("", ".h()"),
        ("", " + 1"),
        ("|x| ", ""),
        ("S { x: ", " }"),
        ("vec![", "]"),
    ];
    for (open, close) in texts {
        let text = nested(open, close);
        let checked = move || law::check_file(text.as_bytes());
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(checked).unwrap();
        assert_eq!(thread.join().unwrap(), Ok(()), "{open}");
    }
}
