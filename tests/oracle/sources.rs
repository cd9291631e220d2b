//! What a `for` loop maps over: fields, maps, arrays, parameters, and patterns for their items.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use dagger::{dag, task};

use crate::maps::{join, raise, shout, square, total, total_of, words};
use crate::support::record;

#[derive(Debug)]
struct Data {
    chunks: Vec<Vec<u64>>,
    name: String,
}

#[task]
fn chunk(end: u64, name: String) -> Data {
    record!("chunk", end, name);
    Data { chunks: (0..end).map(|n| (0..n).collect()).collect(), name }
}

#[task]
fn title(name: &str, sum: u64) -> String {
    record!("title", name, sum);
    format!("{name}: {sum}")
}

#[task]
fn seal(data: Data, sums: Vec<u64>) -> String {
    record!("seal", data, sums);
    format!("{} {} {sums:?}", data.name, data.chunks.len())
}

#[dag]
fn over_a_field(end: u64, name: String) -> String {
    let data = chunk(end, name);
    let mut sums = Vec::new();
    for part in data.chunks {
        sums.push(total(part));
    }
    let sum = total(sums);
    title(&data.name, sum)
}

#[dag]
fn over_a_borrowed_field(end: u64, name: String) -> String {
    let data = chunk(end, name);
    let mut sums = Vec::new();
    for part in &data.chunks {
        sums.push(total_of(part));
    }
    seal(data, sums)
}

#[task]
fn number(words: Vec<String>) -> Vec<(usize, String)> {
    record!("number", words);
    words.into_iter().enumerate().collect()
}

#[task]
fn repeat(times: usize, word: String) -> String {
    record!("repeat", times, word);
    word.repeat(times)
}

#[dag]
fn tuple_pattern(text: String) -> String {
    let mut repeated = Vec::new();
    for (n, word) in number(words(text)) {
        repeated.push(repeat(n + 1, word));
    }
    join(repeated)
}

#[task]
fn nest(words: Vec<String>) -> Vec<(usize, (String, char))> {
    record!("nest", words);
    let letters = 'a'..='z';
    words.into_iter().zip(letters).enumerate().collect()
}

#[dag]
fn nested_pattern(text: String) -> String {
    let mut repeated = Vec::new();
    for (n, (word, letter)) in nest(words(text)) {
        repeated.push(repeat(n, format!("{letter}{word}")));
    }
    join(repeated)
}

#[task]
fn group(words: Vec<String>) -> BTreeMap<usize, Vec<String>> {
    record!("group", words);
    let mut groups = BTreeMap::<usize, Vec<String>>::new();
    for word in words {
        groups.entry(word.len()).or_default().push(word);
    }
    groups
}

#[task]
fn summarise(length: usize, words: &[String]) -> String {
    record!("summarise", length, words);
    format!("{length}: {}", words.join(","))
}

#[dag]
fn over_a_btree_map(text: String) -> String {
    let mut lines = Vec::new();
    for (length, words) in group(words(text)) {
        lines.push(summarise(length, &words));
    }
    join(lines)
}

#[dag]
fn over_a_borrowed_btree_map(text: String) -> usize {
    let groups = group(words(text));
    let mut lines = Vec::new();
    for (length, words) in &groups {
        lines.push(summarise(*length, words));
    }
    weigh(groups, &join(lines))
}

#[task]
fn weigh(groups: BTreeMap<usize, Vec<String>>, line: &str) -> usize {
    record!("weigh", groups, line);
    groups.len() * line.len()
}

#[task]
fn distinct(words: Vec<String>) -> BTreeSet<String> {
    record!("distinct", words);
    words.into_iter().collect()
}

#[dag]
fn over_a_btree_set(text: String) -> String {
    let mut loud = Vec::new();
    for word in distinct(words(text)) {
        loud.push(shout(word));
    }
    join(loud)
}

#[task]
fn corners(n: u64) -> [u64; 4] {
    record!("corners", n);
    [n, n + 1, n + 10, n + 11]
}

#[dag]
fn over_an_array(n: u64) -> u64 {
    let mut squares = Vec::new();
    for corner in corners(n) {
        squares.push(square(corner));
    }
    total(squares)
}

/// The way to map over a parameter.
#[dag]
fn over_a_parameter(numbers: Vec<u64>, exponent: u32) -> u64 {
    let mut raised = Vec::new();
    for n in dagger::identity(numbers) {
        raised.push(raise(n, exponent));
    }
    total(raised)
}

#[derive(Debug)]
struct Row {
    name: String,
    size: usize,
}

#[task]
fn tabulate(words: Vec<String>) -> Vec<Row> {
    record!("tabulate", words);
    words.into_iter().map(|name| Row { size: name.len(), name }).collect()
}

/// Fields of the loop variable are copied and moved, in expressions with other outputs.
#[dag]
fn expressions_of_an_item(text: String, factor: usize) -> String {
    let index = group(words(text.clone()));
    let mut lines = Vec::new();
    for row in tabulate(words(text)) {
        lines.push(repeat(row.size * factor + index[&row.size].len(), row.name));
    }
    join(lines)
}

#[task]
fn lend(end: u64) -> Vec<Cell<u64>> {
    record!("lend", end);
    (0..end).map(Cell::new).collect()
}

#[task]
fn redeem(cell: Cell<u64>) -> Cell<u64> {
    record!("redeem", cell);
    cell.set(cell.get() * 3);
    cell
}

#[task]
fn settle(cells: Vec<Cell<u64>>) -> u64 {
    record!("settle", cells);
    cells.into_iter().map(Cell::into_inner).sum()
}

/// Items and results are `Send`, not `Sync`.
#[dag]
fn items_not_sync(end: u64) -> u64 {
    let mut redeemed = Vec::new();
    for cell in lend(end) {
        redeemed.push(redeem(cell));
    }
    settle(redeemed)
}

mod law {
    use crate::support::oracle;

    fn text() -> String {
        "the quick brown fox jumps over the lazy dog".to_owned()
    }

    oracle!(super::over_a_field, (5, "data".to_owned()), (0, "none".to_owned()));
    oracle!(super::over_a_borrowed_field, (5, "data".to_owned()));
    oracle!(super::tuple_pattern, (text()));
    oracle!(super::nested_pattern, (text()));
    oracle!(super::over_a_btree_map, (text()));
    oracle!(super::over_a_borrowed_btree_map, (text()));
    oracle!(super::over_a_btree_set, (text()));
    oracle!(super::over_an_array, (3));
    oracle!(super::over_a_parameter, (vec![3, 1, 2], 2), (vec![], 2));
    oracle!(super::expressions_of_an_item, (text(), 2));
    oracle!(super::items_not_sync, (5));
}
