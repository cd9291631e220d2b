//! Hard items, a file each in `corpus`: those that people thought of, and those that a fuzzer found.
//!
//! A file that does not begin with an attribute of the library is tried with each of them.

use std::fs;
use std::path::Path;

use dagger_expansion_tests::law;

#[test]
fn the_corpus_keeps_the_laws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut faults = Vec::new();
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        // A fuzzer's need not be text.
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let checked = match law::check(&text) {
            Some(checked) => checked.map(drop),
            None => with_each_attribute(&text),
        };
        faults.extend(checked.err().map(|fault| format!("{}: {fault}", file.display())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn with_each_attribute(text: &str) -> Result<(), String> {
    for attribute in ["task", "dag"] {
        law::check(&format!("#[{attribute}]\n{text}")).transpose()?;
    }
    Ok(())
}
