//! Values that files, command lines and engines are known to spoil.

use std::collections::BTreeMap;

use dagger::{dag, identity, task};
use serde::{Deserialize, Serialize};

use crate::{Case, case};

/// Texts that something on the way could expand, quote or cut.
#[must_use]
pub fn texts() -> Vec<String> {
    let texts = [
        "",
        " ",
        "plain",
        "\"quoted\"",
        "'single'",
        "back\\slash",
        "two\nlines\r\n",
        "\ttab",
        "{{workflow.name}}",
        "{{x}}",
        "{{",
        "}}",
        "$(X)",
        "$$",
        "`x`",
        "null",
        "true",
        "17",
        "1e3",
        "[1, 2]",
        "{\"a\": 1}",
        "ünïcödé",
        "日本語",
        "🦀",
        "\u{0}\u{1}\u{7f}",
        "-x",
        "--help",
        "<&>",
        "\u{2028}\u{feff}",
        "%s %d",
        "../..",
        "~",
        "#",
        "'; DROP TABLE",
    ];
    texts.map(str::to_owned).to_vec()
}

#[task]
fn shout(text: String) -> String {
    format!("{text}!")
}

#[dag]
fn strings(texts: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for text in identity(texts) {
        all.push(shout(text));
    }
    identity(all)
}

#[task]
fn concatenated(a: &str, b: &str) -> String {
    format!("{a}{b}")
}

#[dag]
fn one_string(text: String, more: &str) -> String {
    let text = shout(text);
    concatenated(&text, more)
}

/// Integers at their ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ends {
    i64s: Vec<i64>,
    u64s: Vec<u64>,
    i128s: Vec<i128>,
    f64s: Vec<f64>,
}

#[task]
fn ends(least: i64, most: u64) -> Ends {
    let f64s = vec![0.1, 1.0 / 3.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, 123_456_789.123_456_79];
    Ends {
        i64s: vec![least, -1, 0, i64::MAX],
        u64s: vec![most, (1 << 53) + 1],
        i128s: vec![i128::MIN, i128::MAX],
        f64s,
    }
}

#[task]
fn same(ends: Ends) -> Ends {
    ends
}

#[dag]
fn integers(least: i64, most: u64) -> Ends {
    same(ends(least, most))
}

#[task]
fn options(some: Option<u64>, none: Option<String>) -> Vec<Option<String>> {
    vec![none, some.map(|n| n.to_string()), Some("null".to_owned())]
}

#[task]
fn or_nothing(text: Option<String>) -> Option<String> {
    text.filter(|text| text != "null")
}

#[dag]
fn nulls(some: Option<u64>, none: Option<String>) -> Vec<Option<String>> {
    let mut all = Vec::new();
    for text in options(some, none) {
        all.push(or_nothing(text));
    }
    identity(all)
}

/// A tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tree {
    /// Its end.
    Leaf,
    /// A tree of trees.
    Node(Vec<Tree>),
    /// A tree with a name.
    Named {
        /// The name.
        name: String,
        /// The tree.
        tree: Box<Tree>,
    },
}

#[task]
fn grow(depth: u32) -> Tree {
    (0..depth).fold(Tree::Leaf, |tree, at| match at % 2 {
        0 => Tree::Node(vec![tree, Tree::Leaf]),
        _ => Tree::Named { name: at.to_string(), tree: Box::new(tree) },
    })
}

#[task]
fn higher(tree: Tree) -> Tree {
    Tree::Node(vec![tree])
}

#[dag]
fn deep(depth: u32) -> Tree {
    higher(grow(depth))
}

#[task]
fn tables(n: u32) -> Vec<BTreeMap<String, BTreeMap<u32, Vec<(bool, char)>>>> {
    let inner = BTreeMap::from([(n, vec![(true, 'ß')]), (n + 1, Vec::new())]);
    vec![BTreeMap::from([("a b".to_owned(), inner)]), BTreeMap::new()]
}

#[task]
fn keys(table: BTreeMap<String, BTreeMap<u32, Vec<(bool, char)>>>) -> Vec<(String, usize)> {
    table.into_iter().map(|(key, table)| (key, table.len())).collect()
}

#[dag]
fn maps_of_maps(n: u32) -> Vec<Vec<(String, usize)>> {
    identity(tables(n).into_iter().map(keys).collect())
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(strings(texts = texts())),
        case!(one_string as "one_string", (text = "$(X) {{x}}\n\"'", more = "é"),
            one_string("$(X) {{x}}\n\"'".to_owned(), "é")),
        case!(integers(least = i64::MIN, most = u64::MAX)),
        case!(nulls(some = Some(1), none = Option::<String>::None)),
        case!(deep(depth = 40)),
        case!(maps_of_maps(n = 4)),
    ]
}
