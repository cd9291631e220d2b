//! DAGs called in DAGs: as a step, for each partition, several levels deep, with and without failures.

use dagger::{dag, task};

use crate::support::record;

#[task]
fn count_up(end: u64) -> Vec<u64> {
    record!("count_up", end);
    (1..=end).collect()
}

#[task]
fn double(n: u64) -> u64 {
    record!("double", n);
    n * 2
}

#[task]
fn increment(n: u64) -> u64 {
    record!("increment", n);
    n + 1
}

#[task]
fn add(left: u64, right: u64) -> u64 {
    record!("add", left, right);
    left + right
}

#[task]
fn total(numbers: Vec<u64>) -> u64 {
    record!("total", numbers);
    numbers.iter().sum()
}

#[task]
fn join(parts: Vec<String>) -> String {
    record!("join", parts);
    parts.join(", ")
}

#[dag]
fn refine(n: u64) -> u64 {
    let doubled = double(n);
    increment(doubled)
}

#[dag]
fn one_step(n: u64) -> u64 {
    let refined = refine(n);
    double(refined)
}

#[dag]
fn the_same_twice(n: u64) -> u64 {
    let once = refine(n);
    let twice = refine(once);
    add(once, twice)
}

/// Nested calls, of tasks and of DAGs.
#[dag]
fn calls_in_calls(n: u64) -> u64 {
    add(refine(double(n)), refine(refine(n + 1)))
}

#[dag]
fn for_each_partition(end: u64) -> u64 {
    let mut refined = Vec::new();
    for n in count_up(end) {
        refined.push(refine(n));
    }
    total(refined)
}

#[dag]
fn for_each_partition_in_a_chain(end: u64) -> u64 {
    total(count_up(end).into_iter().map(refine).collect())
}

/// Two levels deep, and the levels between do work of their own.
#[dag]
fn two_levels(end: u64) -> u64 {
    let inner = for_each_partition(end);
    let outer = one_step(inner);
    add(inner, refine(outer))
}

#[task]
fn pair_up(cohort: u64, product: u64) -> String {
    record!("pair_up", cohort, product);
    format!("{cohort}x{product}")
}

#[dag]
fn recommend(cohort: u64, products: u64) -> String {
    let mut pairs = Vec::new();
    for product in count_up(products) {
        pairs.push(pair_up(cohort, product));
    }
    join(pairs)
}

/// What two nested loops would be: a map in each partition of a map.
#[dag]
fn nested_maps(cohorts: u64, products: u64) -> String {
    let mut recommended = Vec::new();
    for cohort in count_up(cohorts) {
        recommended.push(recommend(cohort, products));
    }
    join(recommended)
}

#[dag]
fn three_maps_deep(end: u64) -> String {
    join(count_up(end).into_iter().map(|n| nested_maps(n, end)).collect())
}

/// An empty fan-out within the partitions of another.
#[task]
fn triangle(rows: u64) -> Vec<Vec<u64>> {
    record!("triangle", rows);
    (0..rows).map(|row| (0..row).collect()).collect()
}

#[dag]
fn refine_row(row: Vec<u64>, offset: u64) -> u64 {
    let row = dagger::identity(row);
    let mut refined = Vec::new();
    for n in row {
        refined.push(add(n, offset));
    }
    total(refined)
}

#[dag]
fn uneven_rows(rows: u64) -> u64 {
    let mut sums = Vec::new();
    for row in triangle(rows) {
        sums.push(refine_row(row, rows));
    }
    total(sums)
}

#[dag]
fn with_default(n: u64, #[default(3)] offset: u64) -> u64 {
    let sum = add(n, offset);
    double(sum)
}

/// A plain function has no defaults: a call in a body gives all arguments.
#[dag]
fn calls_with_default(n: u64) -> u64 {
    let left = with_default(n, 4);
    add(left, with_default(left, n))
}

#[task]
fn divide(n: u64, by: u64) -> (u64, u64) {
    record!("divide", n, by);
    (n / by, n % by)
}

#[dag]
fn divide_and_refine(n: u64, by: u64) -> (u64, u64) {
    let (quotient, remainder) = divide(n, by);
    let refined = refine(quotient);
    (refined, remainder)
}

#[dag]
fn of_a_tuple(n: u64) -> u64 {
    let (left, right) = divide_and_refine(n, 7);
    let pair = divide_and_refine(left, 2);
    let sum = add(left, right);
    add(sum, pair.1)
}

#[derive(Debug, PartialEq)]
struct Halves {
    even: Vec<u64>,
    odd: Vec<u64>,
    count: usize,
}

#[task]
fn evens(numbers: &[u64]) -> Vec<u64> {
    record!("evens", numbers);
    numbers.iter().copied().filter(|n| n % 2 == 0).collect()
}

#[task]
fn odds(numbers: &[u64]) -> Vec<u64> {
    record!("odds", numbers);
    numbers.iter().copied().filter(|n| n % 2 == 1).collect()
}

#[task]
fn count(numbers: Vec<u64>) -> usize {
    record!("count", numbers);
    numbers.len()
}

#[dag]
fn halve(end: u64) -> Halves {
    let numbers = count_up(end);
    let even = evens(&numbers);
    let odd = odds(&numbers);
    let count = count(numbers);
    Halves { even, odd, count }
}

#[dag]
fn of_a_struct(end: u64) -> u64 {
    let halves = halve(end);
    let even = total(halves.even);
    let odd = total(halves.odd);
    add(even * 100 + odd, halves.count as u64)
}

/// The outputs of a nested DAG may be mapped.
#[dag]
fn map_of_a_struct(end: u64) -> u64 {
    let halves = halve(end);
    let mut refined = Vec::new();
    for n in halves.even {
        refined.push(refine(n));
    }
    add(total(refined), total(halves.odd))
}

#[task]
fn parse(text: &str) -> Result<u64, String> {
    record!("parse", text);
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}

#[task]
fn words(text: String) -> Vec<String> {
    record!("words", text);
    text.split(' ').map(str::to_owned).collect()
}

#[dag]
fn parse_and_double(text: String) -> Result<u64, String> {
    let n = parse(&text)?;
    let doubled = double(n);
    Ok(doubled)
}

#[dag]
fn fallible_step(text: String) -> Result<u64, String> {
    let n = parse_and_double(text)?;
    Ok(refine(n))
}

#[dag]
fn fallible_partitions(text: String) -> Result<u64, String> {
    let mut numbers = Vec::new();
    for word in words(text) {
        numbers.push(parse_and_double(word)?);
    }
    Ok(total(numbers))
}

#[task]
fn total_of_good(numbers: Vec<Result<u64, String>>) -> u64 {
    record!("total_of_good", numbers);
    numbers.into_iter().flatten().sum()
}

#[task]
fn explain(number: Result<u64, String>) -> String {
    record!("explain", number);
    number.map_or_else(|error| format!("bad: {error}"), |n| format!("good: {n}"))
}

/// The failure of a nested DAG flows on as a value.
#[dag]
fn failure_as_a_value(text: String) -> String {
    let number = parse_and_double(text);
    explain(number)
}

#[dag]
fn failures_of_partitions_as_values(text: String) -> u64 {
    let mut numbers = Vec::new();
    for word in words(text) {
        numbers.push(parse_and_double(word));
    }
    total_of_good(numbers)
}

/// `?` in the middle DAG, a value in the outer one.
#[dag]
fn failure_of_two_levels(text: String) -> String {
    explain(fallible_step(text))
}

#[task]
fn note(n: u64) {
    record!("note", n);
}

#[dag]
fn note_all(end: u64) {
    for n in count_up(end) {
        note(n);
    }
}

#[dag]
fn without_result(end: u64) {
    note_all(end);
    note(end);
    for n in count_up(end) {
        note_all(n);
    }
}

#[derive(Debug, PartialEq)]
struct Ledger {
    entries: Vec<String>,
}

#[task]
fn enter(ledger: Ledger, entry: String) -> Ledger {
    record!("enter", ledger, entry);
    let Ledger { mut entries } = ledger;
    entries.push(entry);
    Ledger { entries }
}

#[task]
fn size(ledger: &Ledger) -> usize {
    record!("size", ledger);
    ledger.entries.len()
}

#[dag]
fn enter_twice(ledger: Ledger, entry: String) -> Ledger {
    let size = size(&ledger);
    let ledger = enter(ledger, entry.clone());
    enter(ledger, format!("{entry} after {size}"))
}

/// What is not `Clone` goes through nested DAGs by move.
#[dag]
fn moved_through(entry: String) -> Ledger {
    let ledger = enter(Ledger { entries: Vec::new() }, entry);
    let ledger = enter_twice(ledger, String::from("second"));
    enter_twice(ledger, "third".to_owned())
}

mod shared {
    use super::{double, increment};

    #[dagger::dag]
    pub(super) fn refine(n: u64) -> u64 {
        double(increment(n))
    }
}

/// Another DAG of the same name, by its path.
#[dag]
fn by_path(end: u64) -> u64 {
    let mut refined = Vec::new();
    for n in count_up(end) {
        refined.push(shared::refine(n));
    }
    let sum = total(refined);
    add(refine(sum), shared::refine(sum))
}

mod law {
    use super::Ledger;
    use crate::support::oracle;

    oracle!(super::one_step, (3));
    oracle!(super::the_same_twice, (3));
    oracle!(super::calls_in_calls, (3));
    oracle!(super::for_each_partition, (0), (5));
    oracle!(super::for_each_partition_in_a_chain, (0), (5));
    oracle!(super::two_levels, (4));
    oracle!(super::nested_maps, (3, 4), (2, 0), (0, 2));
    oracle!(super::three_maps_deep, (3));
    oracle!(super::uneven_rows, (5));
    oracle!(super::calls_with_default, (2));
    oracle!(super::of_a_tuple, (100));
    oracle!(super::halve, (9));
    oracle!(super::of_a_struct, (9));
    oracle!(super::map_of_a_struct, (9));
    oracle!(super::fallible_step, ("7".to_owned()), ("seven".to_owned()));
    oracle!(super::fallible_partitions, ("1 2 3".to_owned()), ("1 b 3".to_owned()));
    oracle!(super::failure_as_a_value, ("7".to_owned()), ("seven".to_owned()));
    oracle!(super::failures_of_partitions_as_values, ("1 b 3 d".to_owned()));
    oracle!(super::failure_of_two_levels, ("7".to_owned()), ("seven".to_owned()));
    oracle!(super::without_result, (3));
    oracle!(super::enter_twice, (Ledger { entries: vec!["first".to_owned()] }, "next".to_owned()));
    oracle!(super::moved_through, ("first".to_owned()));
    oracle!(super::by_path, (4));
}
