//! Maps written as iterator chains, and tasks that hand out their partitions lazily.
#![allow(
    clippy::redundant_closure,
    reason = "a closure and a path are two spellings of a map, and both are tried"
)]
#![allow(clippy::useless_conversion, reason = "a map over a lazy fan-out is spelt like any other")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dagger::{dag, task};

use crate::support::record;

#[task]
fn count_up(end: u64) -> Vec<u64> {
    record!("count_up", end);
    (1..=end).collect()
}

#[task]
fn square(n: u64) -> u64 {
    record!("square", n);
    n * n
}

#[task]
fn square_of(n: &u64) -> u64 {
    record!("square_of", n);
    n * n
}

#[task]
fn raise(n: u64, exponent: u32) -> u64 {
    record!("raise", n, exponent);
    n.pow(exponent)
}

#[task]
fn total(numbers: Vec<u64>) -> u64 {
    record!("total", numbers);
    numbers.iter().sum()
}

#[task]
fn add(left: u64, right: u64) -> u64 {
    record!("add", left, right);
    left + right
}

#[task]
fn words(text: String) -> Vec<String> {
    record!("words", text);
    text.split_whitespace().map(str::to_owned).collect()
}

#[task]
fn shout(word: String) -> String {
    record!("shout", word);
    word.to_uppercase()
}

#[task]
fn quote(word: &str, mark: &str) -> String {
    record!("quote", word, mark);
    format!("{mark}{word}{mark}")
}

#[task]
fn join(parts: Vec<String>) -> String {
    record!("join", parts);
    parts.join(" ")
}

mod steps {
    use crate::support::record;

    #[dagger::task]
    pub(super) fn cube(n: u64) -> u64 {
        record!("steps::cube", n);
        n * n * n
    }
}

#[dag]
fn bound(end: u64, exponent: u32) -> u64 {
    let raised: Vec<_> = count_up(end).into_iter().map(|n| raise(n, exponent)).collect();
    total(raised)
}

#[dag]
fn bound_with_turbofish(end: u64, exponent: u32) -> u64 {
    let numbers = count_up(end);
    let raised = numbers.into_iter().map(|n| raise(n + 1, exponent)).collect::<Vec<u64>>();
    total(raised)
}

#[dag]
fn as_an_argument(end: u64, exponent: u32) -> u64 {
    total(count_up(end).into_iter().map(|n| raise(n, exponent)).collect())
}

#[dag]
fn as_a_later_argument(end: u64) -> u64 {
    let numbers = count_up(end);
    add(end, total(numbers.into_iter().map(|n| square(n)).collect()))
}

#[dag]
fn by_function_path(end: u64) -> u64 {
    total(count_up(end).into_iter().map(square).collect())
}

#[dag]
fn by_longer_path(end: u64) -> u64 {
    let cubes: Vec<_> = count_up(end).into_iter().map(steps::cube).collect();
    let sum = total(cubes);
    total(count_up(sum % 5).into_iter().map(|n| steps::cube(n)).collect())
}

#[dag]
fn by_iter(end: u64) -> u64 {
    let numbers = count_up(end);
    let squares: Vec<_> = numbers.iter().map(|n| square_of(n)).collect();
    let more: Vec<_> = numbers.iter().map(square_of).collect();
    let sum = total(squares);
    add(sum, total(more))
}

#[dag]
fn by_iter_copied(end: u64) -> u64 {
    let numbers = count_up(end);
    let squares: Vec<_> = numbers.iter().copied().map(|n| square(n)).collect();
    let sum = total(squares);
    add(sum, total(numbers))
}

#[dag]
fn by_iter_cloned(text: String) -> String {
    let words = words(text);
    let loud: Vec<_> = words.iter().cloned().map(shout).collect();
    let quiet = join(words);
    quote(&join(loud), &quiet)
}

/// One value is borrowed by every partition and moved afterwards.
#[dag]
fn with_a_shared_value(text: String, mark: String) -> String {
    let mark = shout(mark);
    let words = words(text);
    let quoted: Vec<String> = words.iter().map(|word| quote(word, &mark)).collect();
    let line = join(quoted);
    join(vec![line, mark])
}

#[derive(Debug)]
struct Data {
    chunks: Vec<Vec<u64>>,
    offset: u64,
}

#[task]
fn chunk(end: u64) -> Data {
    record!("chunk", end);
    Data { chunks: (0..end).map(|n| (n..end).collect()).collect(), offset: end }
}

#[dag]
fn over_a_field(end: u64) -> u64 {
    let data = chunk(end);
    let sums: Vec<_> = data.chunks.into_iter().map(|part| total(part)).collect();
    let sum = total(sums);
    add(sum, data.offset)
}

#[task]
fn length_of(word: String) -> (String, usize) {
    record!("length_of", word);
    let length = word.len();
    (word, length)
}

#[task]
fn show_lengths(lengths: BTreeMap<String, usize>) -> String {
    record!("show_lengths", lengths);
    format!("{lengths:?}")
}

#[dag]
fn into_a_btree_map(text: String) -> String {
    let lengths: BTreeMap<_, _> = words(text).into_iter().map(|word| length_of(word)).collect();
    show_lengths(lengths)
}

#[task]
fn scale(word: String, length: usize, factor: usize) -> (String, usize) {
    record!("scale", word, length, factor);
    (word, length * factor)
}

#[task]
fn lengths_of(words: Vec<String>) -> BTreeMap<String, usize> {
    record!("lengths_of", words);
    words.into_iter().map(|word| (word.clone(), word.len())).collect()
}

#[dag]
fn from_map_to_map(text: String, factor: usize) -> String {
    let lengths = lengths_of(words(text));
    show_lengths(lengths.into_iter().map(|(word, length)| scale(word, length, factor)).collect())
}

#[task]
fn initial(word: &str) -> char {
    record!("initial", word);
    word.chars().next().unwrap_or('-')
}

#[dag]
fn into_a_string(text: String) -> String {
    let words = words(text);
    let initials: String = words.iter().map(|word| initial(word)).collect();
    shout(initials)
}

#[task]
fn show_set(set: &BTreeSet<char>, queue: VecDeque<char>) -> String {
    record!("show_set", set, queue);
    format!("{set:?} {queue:?}")
}

#[dag]
fn into_other_collections(text: String) -> String {
    let words = words(text);
    let set: BTreeSet<_> = words.iter().map(|word| initial(word)).collect();
    let queue = words.iter().map(|word| initial(word)).collect::<VecDeque<_>>();
    show_set(&set, queue)
}

#[task]
fn countdown(start: u64) -> impl Iterator<Item = u64> + Send {
    record!("countdown", start);
    (0..start).rev()
}

#[task]
fn letters(text: String) -> Box<dyn Iterator<Item = char> + Send> {
    record!("letters", text);
    if text.is_empty() {
        Box::new("empty".chars())
    } else {
        Box::new(text.into_bytes().into_iter().map(char::from))
    }
}

#[task]
fn name_letter(letter: char, n: u64) -> String {
    record!("name_letter", letter, n);
    format!("{letter}{n}")
}

#[dag]
fn lazy(start: u64) -> u64 {
    let mut squares = Vec::new();
    for n in countdown(start) {
        squares.push(square(n));
    }
    total(squares)
}

#[dag]
fn lazy_boxed(text: String, n: u64) -> String {
    let letters = letters(text);
    let mut names = Vec::new();
    for letter in letters {
        names.push(name_letter(letter, n));
    }
    join(names)
}

#[dag]
fn lazy_chain(start: u64, exponent: u32) -> u64 {
    total(countdown(start).into_iter().map(|n| raise(n, exponent)).collect())
}

#[dag]
fn lazy_boxed_chain(text: String, n: u64) -> String {
    join(letters(text).into_iter().map(|letter| name_letter(letter, n)).collect())
}

/// A lazy fan-out of what is `Send`, not `Sync`.
#[task]
fn lazy_cells(end: u64) -> impl Iterator<Item = std::cell::Cell<u64>> + Send {
    record!("lazy_cells", end);
    (0..end).map(std::cell::Cell::new)
}

#[task]
fn redeem(cell: std::cell::Cell<u64>) -> u64 {
    record!("redeem", cell);
    cell.into_inner() + 1
}

#[dag]
fn lazy_items_not_sync(end: u64) -> u64 {
    total(lazy_cells(end).into_iter().map(redeem).collect())
}

mod law {
    use crate::support::oracle;

    fn text() -> String {
        "the quick brown fox jumps over the lazy dog".to_owned()
    }

    oracle!(super::bound, (4, 2), (0, 2));
    oracle!(super::bound_with_turbofish, (4, 2));
    oracle!(super::as_an_argument, (4, 2), (0, 2));
    oracle!(super::as_a_later_argument, (4));
    oracle!(super::by_function_path, (4));
    oracle!(super::by_longer_path, (2), (4));
    oracle!(super::by_iter, (4));
    oracle!(super::by_iter_copied, (4));
    oracle!(super::by_iter_cloned, (text()));
    oracle!(super::with_a_shared_value, (text(), "q".to_owned()));
    oracle!(super::over_a_field, (4));
    oracle!(super::into_a_btree_map, (text()), (String::new()));
    oracle!(super::from_map_to_map, (text(), 3));
    oracle!(super::into_a_string, (text()), (String::new()));
    oracle!(super::into_other_collections, (text()));
    oracle!(super::lazy, (0), (50));
    oracle!(super::lazy_boxed, (text(), 1), (String::new(), 2));
    oracle!(super::lazy_chain, (9, 2));
    oracle!(super::lazy_boxed_chain, (text(), 1));
    oracle!(super::lazy_items_not_sync, (20));
}
