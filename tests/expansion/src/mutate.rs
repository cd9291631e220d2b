//! Changes to a function: of any tokens, or such that a person makes while writing.

use proc_macro2::Delimiter;

use crate::programs::Function;
use crate::random::Random;
use crate::tree::{self, Tree};

/// Tokens that a program need not have.
const OTHERS: &str = r#"
    fn async await let mut for in if else match while loop return break continue move ref dyn impl
    unsafe const static where self Self super crate pub use struct type true as extern mod trait
    enum union yield gen raw safe default _ r#type x push map collect iter into_iter copied clone
    vec format join_all try_join_all Ok Vec new Result Option u64 str __dagger_v0 __dagger_whole
    ? & * - ! . .. ..= ... :: -> => = == += < > << >> , ; : # $ @ | || && ^ % ~ 'a 'static '_
    0 1 1.0 1u8 1. 1e9 0xff "" b"" c"" 'x' b'x' r"" "\u{1F600}" "{x}" "{fn}" "{r#in}" "{0:x$}"
"#;

/// The same, with spaces in them.
const TEXTS: [&str; 3] = [r#""{a b}""#, r#""{{ {a:b c$.*} {""#, r##"r#"a "b" {c}"#"##];

/// Which changes to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Any, invisible groups among them, which no text has.
    Any,
    /// Those of text, more of which are still valid Rust.
    Text,
}

/// Changes a function, once or a few times. Other tokens come from `donor`.
pub fn mutate(function: &mut Function, donor: &Function, style: Style, random: &mut Random) {
    let times = *random.pick(&[1, 1, 1, 1, 2, 3]);
    for _ in 0..times {
        let donor = if random.percent(80) { function.item.clone() } else { donor.item.clone() };
        let of_options = random.percent(4);
        let trees = if of_options { &mut function.options } else { &mut function.item };
        if trees.is_empty() {
            trees.push(other(random));
        } else if style == Style::Text && random.percent(70) {
            write(trees, &donor, random);
        } else {
            change(trees, &donor, style, random);
        }
    }
}

fn other(random: &mut Random) -> Tree {
    match random.below(30) {
        0 => Tree::token(TEXTS[random.below(TEXTS.len())]),
        _ => Tree::token(random.word(OTHERS)),
    }
}

/// How many tokens and groups there are, at all depths.
fn count(trees: &[Tree]) -> usize {
    trees.iter().map(|tree| 1 + inside(tree).map_or(0, count)).sum()
}

fn inside(tree: &Tree) -> Option<&[Tree]> {
    if let Tree::Group(_, content) = tree { Some(content) } else { None }
}

/// The list with the token of this number, and where it is in it.
fn locate(trees: &mut Vec<Tree>, mut number: usize) -> (&mut Vec<Tree>, usize) {
    let mut found = 0;
    for (index, tree) in trees.iter().enumerate() {
        if number == 0 {
            found = index;
            break;
        }
        number -= 1;
        let size = inside(tree).map_or(0, count);
        if number < size {
            let Tree::Group(_, content) = &mut trees[index] else { unreachable!("it has content") };
            return locate(content, number);
        }
        number -= size;
    }
    (trees, found)
}

/// Any token or group.
fn any(trees: &[Tree], random: &mut Random) -> Tree {
    let mut copy = trees.to_vec();
    let number = random.below(count(trees).max(1));
    let (list, index) = locate(&mut copy, number);
    list.get(index).cloned().unwrap_or_else(|| other(random))
}

/// Any change: the result need not be Rust.
fn change(trees: &mut Vec<Tree>, donor: &[Tree], style: Style, random: &mut Random) {
    let number = random.below(count(trees));
    let kind = random.below(13);
    let donated = if random.percent(60) { any(donor, random) } else { other(random) };
    let delimiters =
        [Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::Brace, Delimiter::None];
    let delimiter = delimiters[random.below(if style == Style::Any { 4 } else { 3 })];
    let (list, index) = locate(trees, number);
    let is_last = index + 1 == list.len();
    let other = random.below(list.len());
    match (kind, &mut list[index]) {
        (0 | 1, _) => drop(list.remove(index)),
        (2, tree) => {
            let copy = tree.clone();
            list.insert(index, copy);
        }
        (3, _) if !is_last => list.swap(index, index + 1),
        (4, _) => list.swap(index, other),
        (5, _) => list.truncate(index),
        (6, Tree::Group(_, content)) => content.clear(),
        (7, Tree::Group(_, content)) => {
            let content = std::mem::take(content);
            list.splice(index..=index, content);
        }
        (8, Tree::Group(own, _)) => *own = delimiter,
        (9, tree) => *tree = Tree::Group(delimiter, vec![tree.clone()]),
        (10, _) => list.insert(index, donated),
        (_, tree) => *tree = donated,
    }
}

/// A change such as people make: another name, a reference more or less, a line that moves.
fn write(trees: &mut Vec<Tree>, donor: &[Tree], random: &mut Random) {
    match random.below(10) {
        0..4 => {
            let words = words(donor);
            let number = choose(trees, random, &|tree| tree.is_word() && !is_keyword(tree));
            if let (Some(number), false) = (number, words.is_empty()) {
                let (list, index) = locate(trees, number);
                list[index] = random.pick(&words).clone();
            }
        }
        4 | 5 => lines(trees, random),
        6 => arguments(trees, random),
        _ => adorn(trees, random),
    }
}

fn is_keyword(tree: &Tree) -> bool {
    let Tree::Token(text) = tree else { return false };
    syn::parse_str::<syn::Ident>(text).is_err()
}

/// All names.
fn words(trees: &[Tree]) -> Vec<Tree> {
    let mut found = Vec::new();
    for tree in trees {
        if tree.is_word() && !is_keyword(tree) {
            found.push(tree.clone());
        }
        found.extend(inside(tree).map(words).unwrap_or_default());
    }
    found
}

/// The number of one of the tokens that fit.
fn choose(trees: &[Tree], random: &mut Random, fits: &dyn Fn(&Tree) -> bool) -> Option<usize> {
    fn collect(
        trees: &[Tree],
        next: &mut usize,
        fits: &dyn Fn(&Tree) -> bool,
        found: &mut Vec<usize>,
    ) {
        for tree in trees {
            if fits(tree) {
                found.push(*next);
            }
            *next += 1;
            if let Some(content) = inside(tree) {
                collect(content, next, fits, found);
            }
        }
    }
    let mut found = Vec::new();
    collect(trees, &mut 0, fits, &mut found);
    (!found.is_empty()).then(|| *random.pick(&found))
}

/// Takes a list apart behind each of its separators.
fn split(trees: &[Tree], ends: &dyn Fn(&Tree) -> bool) -> Vec<Vec<Tree>> {
    let parts = trees.split_inclusive(ends);
    parts.map(<[Tree]>::to_vec).collect()
}

/// Deletes, repeats, or moves one of the parts.
fn rearrange(parts: &mut Vec<Vec<Tree>>, random: &mut Random) {
    if parts.is_empty() {
        return;
    }
    let (a, b) = (random.below(parts.len()), random.below(parts.len()));
    match random.below(3) {
        0 => drop(parts.remove(a)),
        1 => parts.insert(b, parts[a].clone()),
        _ => parts.swap(a, b),
    }
}

fn lines(trees: &mut Vec<Tree>, random: &mut Random) {
    let is_body = |tree: &Tree| tree.content(Delimiter::Brace).is_some();
    let Some(number) = choose(trees, random, &is_body) else { return };
    let (list, index) = locate(trees, number);
    let Tree::Group(_, content) = &mut list[index] else { return };
    let ends = |tree: &Tree| tree.is(";") || tree.content(Delimiter::Brace).is_some();
    let mut lines = split(content, &ends);
    rearrange(&mut lines, random);
    *content = lines.concat();
}

fn arguments(trees: &mut Vec<Tree>, random: &mut Random) {
    let is_list = |tree: &Tree| {
        let content = tree.content(Delimiter::Parenthesis);
        content.is_some_and(|content| content.iter().any(|tree| tree.is(",")))
    };
    let Some(number) = choose(trees, random, &is_list) else { return };
    let (list, index) = locate(trees, number);
    let Tree::Group(_, content) = &mut list[index] else { return };
    let mut arguments = split(content, &|tree| tree.is(","));
    if let Some(last) = arguments.last_mut()
        && !last.last().is_some_and(|tree| tree.is(","))
    {
        last.push(Tree::token(","));
    }
    rearrange(&mut arguments, random);
    *content = arguments.concat();
}

/// Puts something before, behind or around a token, or takes it away there.
fn adorn(trees: &mut Vec<Tree>, random: &mut Random) {
    const BEFORE: [&str; 6] = ["&", "*", "-", "!", "& mut", ""];
    const BEHIND: [&str; 12] = [
        "",
        ".clone()",
        "?",
        ".await",
        ".await?",
        "+ 1",
        ".len()",
        ".0",
        "[0]",
        "as u64",
        ".into_iter()",
        ".iter()",
    ];
    if random.percent(40) {
        let away = *random.pick(&["&", "?", "await", "mut", "*", "clone"]);
        let Some(number) = choose(trees, random, &|tree| tree.is(away)) else { return };
        let (list, index) = locate(trees, number);
        list.remove(index);
        // With the parentheses and the dot of a method.
        if ["await", "clone"].contains(&away) {
            let is_empty =
                |tree: &Tree| tree.content(Delimiter::Parenthesis).is_some_and(<[Tree]>::is_empty);
            if list.get(index).is_some_and(is_empty) {
                list.remove(index);
            }
            if index > 0 && list[index - 1].is(".") {
                list.remove(index - 1);
            }
        }
        return;
    }
    let is_value = |tree: &Tree| {
        let is_list = tree.content(Delimiter::Parenthesis).is_some();
        is_list || (tree.is_word() && !is_keyword(tree))
    };
    let Some(number) = choose(trees, random, &is_value) else { return };
    let (list, index) = locate(trees, number);
    match random.below(20) {
        0 => list[index] = Tree::Group(Delimiter::Parenthesis, vec![list[index].clone()]),
        1 => list[index] = Tree::Group(Delimiter::Brace, vec![list[index].clone()]),
        2 => list[index] = tree::parse("Some(0)").unwrap_or_default().remove(0),
        _ => {
            let is_before = random.percent(50);
            let before = if is_before { *random.pick(&BEFORE) } else { "" };
            let behind = if is_before { "" } else { *random.pick(&BEHIND) };
            let (before, behind) = (tree::parse(before), tree::parse(behind));
            list.splice(index + 1..=index, behind.unwrap_or_default());
            list.splice(index..index, before.unwrap_or_default());
        }
    }
}
