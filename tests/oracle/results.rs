//! What a DAG returns, and generic tasks, whose types Rust infers.
#![allow(unused_qualifications, reason = "a node is called by its name here, by its path there")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use dagger::{dag, identity, task};

use crate::support::record;

#[task]
fn double(n: u64) -> u64 {
    record!("double", n);
    n * 2
}

#[task]
fn square(n: u64) -> u64 {
    record!("square", n);
    n * n
}

#[task]
fn name(n: u64) -> String {
    record!("name", n);
    format!("no. {n}")
}

#[task]
fn count_up(end: u64) -> Vec<u64> {
    record!("count_up", end);
    (1..=end).collect()
}

#[task]
fn check(n: u64) -> Result<u64, String> {
    record!("check", n);
    if n < 100 { Ok(n) } else { Err(format!("{n} is too large")) }
}

#[dag]
#[allow(clippy::let_and_return, reason = "the spelling is what this DAG is for")]
fn tail_variable(n: u64) -> u64 {
    let doubled = double(n);
    let squared = square(doubled);
    squared
}

#[dag]
fn tail_call(n: u64) -> u64 {
    square(n)
}

/// The result comes from the first node, not from the last.
#[dag]
fn early_result(n: u64) -> String {
    let shown = name(n);
    square(n);
    shown
}

#[dag]
fn result_that_others_borrow(end: u64) -> Vec<u64> {
    let numbers = count_up(end);
    first_of(&numbers);
    for n in &numbers {
        double(*n);
    }
    numbers
}

#[dag]
fn ok_of_a_variable(n: u64) -> Result<u64, String> {
    let checked = check(n)?;
    let doubled = double(checked);
    Ok(doubled)
}

#[dag]
fn ok_of_a_call(n: u64) -> Result<String, String> {
    let checked = check(n)?;
    Ok(name(checked))
}

/// Nothing in the body can fail.
#[dag]
#[allow(clippy::unnecessary_wraps, reason = "that the DAG cannot fail is what it is for")]
fn ok_of_what_cannot_fail(n: u64) -> Result<u64, String> {
    let doubled = double(n);
    Ok(doubled)
}

#[dag]
fn tuple(n: u64) -> (u64, String) {
    let doubled = double(n);
    let shown = name(n);
    (doubled, shown)
}

#[dag]
fn ok_of_a_tuple(n: u64) -> Result<(u64, String, Vec<u64>), String> {
    let checked = check(n)?;
    let shown = name(checked);
    let numbers = count_up(checked);
    Ok((checked, shown, numbers))
}

#[derive(Debug, PartialEq)]
struct Summary {
    count: u64,
    title: String,
    numbers: Vec<u64>,
}

#[dag]
fn structure(n: u64) -> Summary {
    let numbers = count_up(n);
    let count = double(n);
    let shown = name(count);
    Summary { count, title: shown, numbers }
}

#[dag]
fn ok_of_a_structure(n: u64) -> Result<Summary, String> {
    let count = check(n)?;
    let title = name(count);
    let numbers = count_up(n);
    Ok(Summary { count, title, numbers })
}

/// A tuple that one node gives is taken apart and put together in another order.
#[dag]
fn parts_of_a_tuple(n: u64) -> (String, u64) {
    let (number, shown) = tuple(n);
    (shown, number)
}

#[dag]
fn nothing(n: u64) {
    let doubled = double(n);
    square(doubled);
}

#[dag]
fn nothing_or_failure(n: u64) -> Result<(), String> {
    let checked = check(n)?;
    double(checked);
    Ok(())
}

#[dag]
fn an_option(text: String) -> Option<usize> {
    let letters = identity(text);
    find(&letters, 'x')
}

#[task]
fn find(text: &str, letter: char) -> Option<usize> {
    record!("find", text, letter);
    text.find(letter)
}

/// The way to return what a map gives.
#[dag]
fn identity_of_a_map(end: u64) -> Vec<u64> {
    let mut squares = Vec::new();
    for n in count_up(end) {
        squares.push(square(n));
    }
    dagger::identity(squares)
}

#[dag]
fn identity_of_a_chain(end: u64) -> BTreeMap<u64, char> {
    identity(count_up(end).into_iter().map(letter_of).collect())
}

#[task]
fn letter_of(n: u64) -> (u64, char) {
    record!("letter_of", n);
    (n, if n.is_multiple_of(2) { 'e' } else { 'o' })
}

#[dag]
fn identity_with_turbofish(n: u32) -> u64 {
    let small = identity::<u32>(n);
    double(identity::<u64>(u64::from(small)))
}

#[task]
fn first_of<T: Debug + Clone>(items: &[T]) -> Option<T> {
    record!("first_of", items);
    items.first().cloned()
}

#[task]
fn repeat<T: Debug + Clone>(item: T, times: usize) -> Vec<T> {
    record!("repeat", item, times);
    vec![item; times]
}

#[task]
fn convert<T: Debug, U: From<T>>(item: T) -> U {
    record!("convert", item);
    U::from(item)
}

#[task]
fn pad<const WIDTH: usize>(text: &str) -> String {
    record!("pad", text, WIDTH);
    format!("{text:>WIDTH$}")
}

/// One generic task with two types, both inferred.
#[dag]
fn generic(n: u64) -> (Option<u64>, Option<String>) {
    let numbers = repeat(n, 2);
    let names = repeat(name(n), 3);
    let number = first_of(&numbers);
    let shown = first_of(&names);
    (number, shown)
}

#[dag]
fn generic_with_turbofish(n: u32) -> String {
    let wide = convert::<u32, u64>(n);
    let names = repeat::<String>(name(wide), 1);
    pad::<12>(&names[0])
}

/// The type comes from the node that takes the value.
#[dag]
fn generic_by_its_consumer(n: u32) -> u64 {
    let wide = convert(n);
    double(wide)
}

#[dag]
fn generic_map(end: u64) -> Vec<Vec<u64>> {
    let mut repeated = Vec::new();
    for n in count_up(end) {
        repeated.push(repeat(n, 2));
    }
    identity(repeated)
}

mod law {
    use crate::support::oracle;

    oracle!(super::tail_variable, (3));
    oracle!(super::tail_call, (3));
    oracle!(super::early_result, (3));
    oracle!(super::result_that_others_borrow, (3), (0));
    oracle!(super::ok_of_a_variable, (3), (100));
    oracle!(super::ok_of_a_call, (3), (100));
    oracle!(super::ok_of_what_cannot_fail, (3));
    oracle!(super::tuple, (3));
    oracle!(super::ok_of_a_tuple, (3), (100));
    oracle!(super::structure, (3));
    oracle!(super::ok_of_a_structure, (3), (100));
    oracle!(super::parts_of_a_tuple, (3));
    oracle!(super::nothing, (3));
    oracle!(super::nothing_or_failure, (3), (100));
    oracle!(super::an_option, ("axe".to_owned()), ("pick".to_owned()));
    oracle!(super::identity_of_a_map, (4), (0));
    oracle!(super::identity_of_a_chain, (4), (0));
    oracle!(super::identity_with_turbofish, (4));
    oracle!(super::generic, (4));
    oracle!(super::generic_with_turbofish, (4));
    oracle!(super::generic_by_its_consumer, (4));
    oracle!(super::generic_map, (4), (0));
}
