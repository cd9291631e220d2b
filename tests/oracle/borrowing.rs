//! Dags with parameters by reference: called in dags, mapped, nested, sync and async.

use dagger::{dag, task};

use crate::support::record;

/// Not `Clone`: what is lent is never copied.
#[derive(Debug, PartialEq)]
pub(crate) struct Table {
    name: String,
    rows: Vec<u64>,
    index: std::collections::BTreeMap<String, u64>,
}

#[task]
fn load(rows: u64) -> Table {
    record!("load", rows);
    let index = [("first".to_owned(), 1), ("last".to_owned(), rows)].into();
    Table { name: format!("{rows} rows"), rows: (1..=rows).collect(), index }
}

#[task]
fn sum(rows: &[u64]) -> u64 {
    record!("sum", rows);
    rows.iter().sum()
}

#[task]
fn longest(rows: &[u64], at_least: u64) -> u64 {
    record!("longest", rows, at_least);
    rows.iter().copied().max().unwrap_or(at_least).max(at_least)
}

#[task]
fn describe(name: &str, total: u64, best: u64) -> String {
    record!("describe", name, total, best);
    format!("{name}: {total}, {best}")
}

#[task]
fn split_rows(table: &Table) -> Vec<u64> {
    record!("split_rows", table);
    table.rows.clone()
}

#[task]
fn scale(n: u64, table: &Table) -> u64 {
    record!("scale", n, table);
    n * table.rows.len() as u64
}

#[task]
fn keep(table: Table) -> usize {
    record!("keep", table);
    table.rows.len()
}

#[task]
async fn fetch(name: &str, n: u64) -> u64 {
    record!("fetch", name, n);
    tokio::task::yield_now().await;
    name.len() as u64 + n
}

#[task]
fn checked(n: &u64) -> Result<u64, String> {
    record!("checked", n);
    if *n == 13 { Err("unlucky".to_owned()) } else { Ok(*n) }
}

#[dag]
fn summarise(rows: &[u64], name: &str, at_least: u64) -> String {
    let total = sum(rows);
    let best = longest(rows, at_least);
    describe(name, total, best)
}

#[dag]
fn whole(table: &Table) -> String {
    let first = sum(&table.rows[..1]);
    let rest = sum(&table.rows[1..]);
    let last = table_entry(&table.index["last"]);
    describe(&table.name, first + rest, last)
}

#[task]
fn table_entry(entry: &u64) -> u64 {
    record!("table_entry", entry);
    *entry
}

#[dag]
fn of_an_output(rows: u64) -> String {
    let table = load(rows);
    summarise(&table.rows, &table.name, 3)
}

#[dag]
fn of_a_whole_output(rows: u64) -> (String, usize) {
    let table = load(rows);
    let text = whole(&table);
    let kept = keep(table);
    (text, kept)
}

#[dag]
fn two_levels(table: &Table, scale_by: u64) -> String {
    let text = whole(table);
    describe(&text, scale_by, 0)
}

#[dag]
fn three_levels(rows: u64) -> String {
    let table = load(rows);
    two_levels(&table, rows + 1)
}

#[dag]
fn scaled(n: u64, table: &Table) -> u64 {
    let once = scale(n, table);
    scale(once, table)
}

#[dag]
fn for_each_partition(rows: u64) -> (u64, usize) {
    let table = load(rows);
    let mut all = Vec::new();
    for n in split_rows(&table) {
        all.push(scaled(n, &table));
    }
    let total = sum(&all);
    let kept = keep(table);
    (total, kept)
}

#[dag]
fn in_a_chain(rows: u64) -> u64 {
    let table = load(rows);
    sum(&split_rows(&table).into_iter().map(|n| scaled(n, &table)).collect::<Vec<_>>())
}

#[dag]
fn literals(n: u64) -> String {
    summarise(&[1, 2, 3], "three", n)
}

#[dag]
async fn fetch_twice(name: &str, n: u64) -> u64 {
    let once = fetch(name, n).await;
    let sync = sum_of_two(once, n);
    fetch(name, sync).await
}

#[task]
fn sum_of_two(a: u64, b: u64) -> u64 {
    record!("sum_of_two", a, b);
    a + b
}

#[dag]
async fn awaited(rows: u64) -> u64 {
    let table = load(rows);
    let here = fetch_twice(&table.name, rows).await;
    let there = fetch_twice("there", here).await;
    sum_of_two(here, there)
}

#[dag]
async fn awaited_for_each(rows: u64) -> u64 {
    let table = load(rows);
    let mut all = Vec::new();
    for n in split_rows(&table) {
        all.push(fetch_twice(&table.name, n).await);
    }
    sum(&all)
}

#[dag]
fn check_both(a: &u64, b: &u64) -> Result<u64, String> {
    let a = checked(a)?;
    let b = checked(b)?;
    Ok(sum_of_two(a, b))
}

#[dag]
fn fallible(rows: u64) -> Result<u64, String> {
    let table = load(rows);
    let a = table_entry(&table.index["first"]);
    let b = table_entry(&table.index["last"]);
    let both = check_both(&a, &b)?;
    Ok(sum_of_two(both, 1))
}

#[dag]
fn only_a_reference(name: &str) -> u64 {
    table_entry(&called(name))
}

#[task]
fn called(name: &str) -> u64 {
    record!("called", name);
    name.len() as u64
}

#[dag]
fn gathered_fields(rows: u64) -> String {
    let table = load(rows);
    summarise(&table.rows, &table.name, table.index["last"])
}

#[task]
fn count_both(rows: &[u64], limit: &Option<u64>) -> usize {
    record!("count_both", rows, limit);
    rows.len() + usize::from(limit.is_none())
}

#[dag]
fn empty_literals(n: u64) -> u64 {
    let both = count_both(&[], &None);
    scale_by(both as u64, n)
}

#[task]
fn scale_by(a: u64, b: u64) -> u64 {
    record!("scale_by", a, b);
    a * b
}

mod law {
    use crate::support::{oracle, oracle_async};

    oracle!(super::of_an_output, (1), (4));
    oracle!(super::of_a_whole_output, (1), (4));
    oracle!(super::three_levels, (3));
    oracle!(super::for_each_partition, (0), (1), (5));
    oracle!(super::in_a_chain, (0), (5));
    oracle!(super::literals, (0), (9));
    oracle!(super::empty_literals, (3));
    oracle!(super::fallible, (4), (13));
    oracle!(super::gathered_fields, (3));
    oracle_async!(super::awaited, (3));
    oracle_async!(super::awaited_for_each, (0), (7));
    oracle!(super::only_a_reference, ("static"));
}
