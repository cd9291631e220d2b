//! Maps written as `for` loops: how they iterate, what they collect into, and what the loops share.

use dagger::{dag, task};

use crate::support::record;

#[task]
fn count_up(end: u64) -> Vec<u64> {
    record!("count_up", end);
    (1..=end).collect()
}

#[task]
pub(crate) fn raise(n: u64, exponent: u32) -> u64 {
    record!("raise", n, exponent);
    n.wrapping_pow(exponent)
}

#[task]
pub(crate) fn square(n: u64) -> u64 {
    record!("square", n);
    n * n
}

#[task]
fn square_of(n: &u64) -> u64 {
    record!("square_of", n);
    n * n
}

#[task]
pub(crate) fn total(numbers: Vec<u64>) -> u64 {
    record!("total", numbers);
    numbers.iter().sum()
}

#[task]
pub(crate) fn total_of(numbers: &[u64]) -> u64 {
    record!("total_of", numbers);
    numbers.iter().sum()
}

#[task]
fn subtract(left: u64, right: u64) -> u64 {
    record!("subtract", left, right);
    left.wrapping_sub(right)
}

#[task]
pub(crate) fn words(text: String) -> Vec<String> {
    record!("words", text);
    text.split_whitespace().map(str::to_owned).collect()
}

#[task]
pub(crate) fn shout(word: String) -> String {
    record!("shout", word);
    word.to_uppercase()
}

#[task]
fn measure(word: &str) -> usize {
    record!("measure", word);
    word.len()
}

#[task]
pub(crate) fn join(parts: Vec<String>) -> String {
    record!("join", parts);
    parts.join(" ")
}

#[task]
fn show(lengths: Vec<usize>) -> String {
    record!("show", lengths);
    format!("{lengths:?}")
}

#[dag]
fn by_value(text: String) -> String {
    let mut loud = Vec::new();
    for word in words(text) {
        loud.push(shout(word));
    }
    join(loud)
}

#[dag]
fn by_reference(text: String) -> String {
    let words = words(text);
    let mut lengths = Vec::new();
    for word in &words {
        lengths.push(measure(word));
    }
    show(lengths)
}

#[dag]
#[allow(clippy::explicit_iter_loop, reason = "the spelling is what this DAG is for")]
fn by_iter(text: String) -> String {
    let words = words(text);
    let mut lengths = vec![];
    for word in words.iter() {
        lengths.push(measure(word));
    }
    show(lengths)
}

#[dag]
#[allow(clippy::explicit_into_iter_loop, reason = "the spelling is what this DAG is for")]
fn by_into_iter(text: String) -> String {
    let words = words(text);
    let mut loud = vec![];
    for word in words.into_iter() {
        loud.push(shout(word));
    }
    join(loud)
}

#[dag]
fn by_iter_copied(end: u64) -> u64 {
    let numbers = count_up(end);
    let mut squares = Vec::with_capacity(4);
    for n in numbers.iter().copied() {
        squares.push(square(n));
    }
    total(squares)
}

#[dag]
fn by_iter_cloned(text: String) -> String {
    let words = words(text);
    let mut loud = Vec::<String>::new();
    for word in words.iter().cloned() {
        loud.push(shout(word));
    }
    join(loud)
}

/// What was mapped by reference is whole afterwards, and may be moved.
#[dag]
fn by_reference_then_moved(end: u64) -> u64 {
    let numbers = count_up(end);
    let mut squares: Vec<u64> = Vec::new();
    for n in &numbers {
        squares.push(square_of(n));
    }
    let sum = total(squares);
    subtract(sum, total(numbers))
}

#[dag]
fn dereferenced_items(end: u64) -> u64 {
    let numbers = count_up(end);
    let mut squares: Vec<u64> = vec![];
    for n in &numbers {
        squares.push(square(*n + 1));
    }
    total(squares)
}

#[task]
fn ping(n: u64, count: usize) {
    record!("ping", n, count);
}

#[dag]
fn nobody_collects(end: u64) -> usize {
    let numbers = count_up(end);
    for n in &numbers {
        ping(*n, numbers.len());
    }
    for n in numbers {
        square(n);
    }
    measure("done")
}

/// `0` makes an empty fan-out: the reducing node gets an empty `Vec`.
#[dag]
fn maybe_empty(end: u64) -> String {
    let mut lengths = Vec::new();
    for n in count_up(end) {
        lengths.push(measure(&format!("{n}")));
    }
    show(lengths)
}

#[task]
fn spread(numbers: Vec<u64>) -> Vec<u64> {
    record!("spread", numbers);
    numbers.into_iter().flat_map(|n| [n, n + 1]).collect()
}

#[dag]
fn two_maps(end: u64) -> u64 {
    let mut squares = Vec::new();
    for n in count_up(end) {
        squares.push(square(n));
    }
    let spread = spread(squares);
    let mut cubes = Vec::new();
    for n in spread {
        cubes.push(raise(n, 3));
    }
    total(cubes)
}

/// The reducing node gets what two maps over the same output have collected.
#[dag]
fn mapped_twice(end: u64) -> String {
    let numbers = count_up(end);
    let mut squares = Vec::new();
    for n in &numbers {
        squares.push(square_of(n));
    }
    let mut cubes = Vec::new();
    for n in numbers {
        cubes.push(raise(n, 3));
    }
    compare(squares, cubes)
}

#[task]
fn compare(left: Vec<u64>, right: Vec<u64>) -> String {
    record!("compare", left, right);
    format!("{left:?} {right:?}")
}

/// Two nodes borrow the fan-in before a third moves it.
#[dag]
fn shared_fan_in(end: u64) -> u64 {
    let mut squares = Vec::new();
    for n in count_up(end) {
        squares.push(square(n));
    }
    let all = total_of(&squares);
    let but_the_first = total_of(&squares[1..]);
    let apart = subtract(all, but_the_first);
    subtract(apart, total(squares))
}

/// The collecting `Vec` stands before the nodes, the loop variable hides a parameter.
#[dag]
fn shadowing_variable(n: u64) -> u64 {
    let mut squares = Vec::new();
    let numbers = count_up(n);
    for n in numbers {
        squares.push(square(n));
    }
    subtract(n, total(squares))
}

#[derive(Debug, Clone)]
struct Options {
    prefix: String,
    width: usize,
}

#[task]
fn configure(prefix: String) -> Options {
    record!("configure", prefix);
    Options { width: prefix.len() + 2, prefix }
}

#[task]
fn render(word: &str, options: &Options) -> String {
    record!("render", word, options);
    format!("{}{word:>width$}", options.prefix, width = options.width)
}

#[task]
fn close(lines: Vec<String>, options: Options) -> String {
    record!("close", lines, options);
    format!("{}{}", lines.join("\n"), options.prefix)
}

#[dag]
fn shared_by_partitions(text: String, prefix: String) -> String {
    let options = configure(prefix);
    let mut lines = Vec::new();
    for word in words(text) {
        lines.push(render(&word, &options));
    }
    close(lines, options)
}

#[dag]
fn cloned_for_each_partition(text: String, prefix: String) -> String {
    let options = configure(prefix);
    let mut lines = Vec::new();
    for word in words(text) {
        lines.push(close(vec![word], options.clone()));
    }
    close(lines, options)
}

#[task]
fn spin(n: u64) -> u64 {
    record!("spin", n);
    let turns = (n % 7) * 200;
    (0..turns).fold(n, |sum, turn| std::hint::black_box(sum ^ turn))
}

#[task]
fn hash_in_order(numbers: Vec<u64>) -> u64 {
    record!("hash_in_order", numbers);
    numbers.iter().fold(17, |hash, n| hash.wrapping_mul(31).wrapping_add(*n))
}

/// Many partitions of uneven cost, reduced in their order.
#[dag]
fn many_partitions(end: u64) -> u64 {
    let mut spun = Vec::new();
    for n in count_up(end) {
        spun.push(spin(n));
    }
    hash_in_order(spun)
}

mod law {
    use crate::support::oracle;

    fn text() -> String {
        "the quick brown fox jumps over the lazy dog".to_owned()
    }

    oracle!(super::by_value, (text()), (String::new()));
    oracle!(super::by_reference, (text()), (String::new()));
    oracle!(super::by_iter, (text()));
    oracle!(super::by_into_iter, (text()));
    oracle!(super::by_iter_copied, (6));
    oracle!(super::by_iter_cloned, (text()));
    oracle!(super::by_reference_then_moved, (6), (0));
    oracle!(super::dereferenced_items, (6));
    oracle!(super::nobody_collects, (4), (0));
    oracle!(super::maybe_empty, (0), (1), (12));
    oracle!(super::two_maps, (5), (0));
    oracle!(super::mapped_twice, (5), (0));
    oracle!(super::shared_fan_in, (5));
    oracle!(super::shadowing_variable, (5));
    oracle!(super::shared_by_partitions, (text(), "> ".to_owned()));
    oracle!(super::cloned_for_each_partition, (text(), "> ".to_owned()));
    oracle!(super::many_partitions, (1500));
}
