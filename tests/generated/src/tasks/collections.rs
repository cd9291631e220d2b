//! Fan-outs and reductions. Fan-outs give at most four partitions, and often none.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dagger::task;

use super::called;
use crate::log::pause;
use crate::values::{Failure, Point, Summary, Ticket, Token, short, small};

/// The usual fan-out.
#[task]
pub fn numbers(n: u64) -> Vec<u64> {
    called!(numbers, n);
    (0..n % 5).map(|step| small(n + step * 10)).collect()
}

/// The usual fan-out, async.
#[task]
pub async fn numbers_async(n: u64) -> Vec<u64> {
    called!(numbers_async, n);
    pause().await;
    (0..n % 5).map(|step| small(n + step * 10)).collect()
}

/// A fan-out of pairs.
#[task]
pub fn entries(label: &str, n: u64) -> Vec<(String, u64)> {
    called!(entries, label, n);
    (0..n % 4).map(|step| (format!("{}{step}", short(label)), small(n + step))).collect()
}

/// A fan-out of pairs, async.
#[task]
pub async fn entries_async(label: &str, n: u64) -> Vec<(String, u64)> {
    called!(entries_async, label, n);
    pause().await;
    (0..n % 4).map(|step| (format!("{}{step}", short(label)), small(n + step))).collect()
}

/// A fan-out of pairs with unique keys.
#[task]
pub fn table(n: u64) -> BTreeMap<String, u64> {
    called!(table, n);
    (0..n % 4).map(|step| (format!("key{step}"), small(n * step))).collect()
}

/// A fan-out of texts.
#[task]
pub fn words(text: String) -> Vec<String> {
    called!(words, text);
    text.split(|letter: char| !letter.is_alphanumeric()).take(3).map(short).collect()
}

/// A fan-out of values that cannot be cloned.
#[task]
pub fn tokens(n: u64) -> Vec<Token> {
    called!(tokens, n);
    (0..n % 4).map(|step| Token::new(n + step)).collect()
}

/// A fan-out of values that cannot be cloned, async.
#[task]
pub async fn tokens_async(n: u64) -> Vec<Token> {
    called!(tokens_async, n);
    pause().await;
    (0..n % 4).map(|step| Token::new(n + step)).collect()
}

/// A fan-out of values that cannot be shared.
#[task]
pub fn tickets(n: u64) -> Vec<Ticket> {
    called!(tickets, n);
    (0..n % 4).map(|step| Ticket::new(n + step)).collect()
}

/// A lazy fan-out.
#[task]
pub fn lazy_numbers(n: u64) -> impl Iterator<Item = u64> + Send {
    called!(lazy_numbers, n);
    (0..n % 6).map(move |step| small(n + step * step))
}

/// A lazy fan-out, async.
#[task]
pub async fn lazy_numbers_async(n: u64) -> impl Iterator<Item = u64> + Send {
    called!(lazy_numbers_async, n);
    pause().await;
    (0..n % 6).map(move |step| small(n + step * step))
}

/// A lazy fan-out of pairs.
#[task]
pub fn lazy_entries(label: String, n: u64) -> impl Iterator<Item = (String, u64)> + Send {
    called!(lazy_entries, label, n);
    (0..n % 4).map(move |step| (format!("{}{step}", short(&label)), step))
}

/// A lazy fan-out in a box.
#[task]
pub fn boxed_tokens(n: u64) -> Box<dyn Iterator<Item = Token> + Send> {
    called!(boxed_tokens, n);
    Box::new((0..n % 4).map(Token::new))
}

/// Two collections out of one.
#[task]
pub fn split(numbers: Vec<u64>) -> (Vec<u64>, Vec<u64>) {
    called!(split, numbers);
    numbers.into_iter().partition(|n| n % 2 == 0)
}

/// A reduction by value.
#[task]
pub fn sum_up(numbers: Vec<u64>) -> u64 {
    called!(sum_up, numbers);
    small(numbers.iter().sum())
}

/// A reduction by value, async.
#[task]
pub async fn sum_up_async(numbers: Vec<u64>) -> u64 {
    called!(sum_up_async, numbers);
    pause().await;
    small(numbers.iter().sum())
}

/// A reduction by reference.
#[task]
pub fn total_of(numbers: &[u64]) -> u64 {
    called!(total_of, numbers);
    small(numbers.iter().zip(1..).map(|(n, place)| n * place).sum())
}

/// A reduction by reference, async.
#[task]
pub async fn total_of_async(numbers: &[u64]) -> u64 {
    called!(total_of_async, numbers);
    pause().await;
    small(numbers.iter().zip(1..).map(|(n, place)| n * place).sum())
}

/// A reduction to a collection, which may be mapped again.
#[task]
pub fn sorted(numbers: Vec<u64>) -> Vec<u64> {
    called!(sorted, numbers);
    let mut numbers = numbers;
    numbers.sort_unstable();
    numbers.truncate(4);
    numbers
}

/// Two fan-ins into one node.
#[task]
pub fn compare(left: &[u64], right: &[u64]) -> u64 {
    called!(compare, left, right);
    small(left.iter().zip(right).map(|(left, right)| left.abs_diff(*right)).sum())
}

/// A reduction of texts by value.
#[task]
pub fn concat(texts: Vec<String>) -> String {
    called!(concat, texts);
    short(&texts.concat())
}

/// A reduction of texts by reference.
#[task]
pub fn longest(texts: &[String]) -> String {
    called!(longest, texts);
    texts.iter().max_by_key(|text| text.len()).cloned().unwrap_or_default()
}

/// A reduction of texts by reference, async.
#[task]
pub async fn longest_async(texts: &[String]) -> String {
    called!(longest_async, texts);
    pause().await;
    texts.iter().max_by_key(|text| text.len()).cloned().unwrap_or_default()
}

/// A reduction of pairs.
#[task]
pub fn sum_entries(entries: &[(String, u64)]) -> u64 {
    called!(sum_entries, entries);
    small(entries.iter().map(|(key, value)| key.len() as u64 + value).sum())
}

/// A reduction of a set.
#[task]
pub fn total_set(numbers: BTreeSet<u64>) -> u64 {
    called!(total_set, numbers);
    small(numbers.iter().sum())
}

/// A reduction of a queue.
#[task]
pub fn total_deque(numbers: VecDeque<u64>) -> u64 {
    called!(total_deque, numbers);
    small(numbers.iter().zip(2..).map(|(n, place)| n * place).sum())
}

/// A reduction of a table.
#[task]
pub fn total_table(table: &BTreeMap<String, u64>) -> u64 {
    called!(total_table, table);
    small(table.values().sum())
}

/// Waits for nodes whose outputs are nothing.
#[task]
pub fn count_done(done: Vec<()>) -> u64 {
    called!(count_done, done);
    done.len() as u64
}

/// A reduction of values that cannot be cloned.
#[task]
pub fn melt(tokens: Vec<Token>) -> Token {
    called!(melt, tokens);
    Token::new(tokens.iter().map(Token::worth).sum())
}

/// A reduction of values that cannot be cloned, by reference.
#[task]
pub fn inspect_all(tokens: &[Token]) -> u64 {
    called!(inspect_all, tokens);
    small(tokens.iter().map(Token::worth).sum())
}

/// A reduction of values that cannot be shared.
#[task]
pub fn redeem_all(tickets: Vec<Ticket>) -> u64 {
    called!(redeem_all, tickets);
    small(tickets.iter().map(Ticket::number).sum())
}

/// A reduction of `Copy` structs.
#[task]
pub fn centre(points: &[Point]) -> Point {
    called!(centre, points);
    Point { x: small(points.iter().map(|point| point.x).sum()), y: points.len() as u64 }
}

/// A reduction of structs.
#[task]
pub fn merge_summaries(summaries: Vec<Summary>) -> Summary {
    called!(merge_summaries, summaries);
    let label: String = summaries.iter().map(|summary| summary.label.as_str()).collect();
    Summary {
        total: small(summaries.iter().map(|summary| summary.total).sum()),
        label: short(&label),
    }
}

/// Works with the partitions that succeeded.
#[task]
pub fn tally(results: Vec<Result<u64, Failure>>) -> u64 {
    called!(tally, results);
    small(results.iter().flatten().sum())
}

/// Works with the partitions that succeeded, by reference.
#[task]
pub fn successes(results: &[Result<u64, Failure>]) -> Vec<u64> {
    called!(successes, results);
    results.iter().flatten().copied().take(4).collect()
}

/// Works with the partitions that succeeded, async.
#[task]
pub async fn tally_async(results: Vec<Result<u64, Failure>>) -> u64 {
    called!(tally_async, results);
    pause().await;
    small(results.iter().flatten().sum())
}
