//! Text: values that are cloned or moved, and `&str` parameters.

use dagger::task;

use super::called;
use crate::log::pause;
use crate::values::{short, small};

/// Takes text by value.
#[task]
pub fn shout(text: String) -> String {
    called!(shout, text);
    short(&text.to_uppercase())
}

/// Takes text by value, async.
#[task]
pub async fn shout_async(text: String) -> String {
    called!(shout_async, text);
    pause().await;
    short(&text.to_uppercase())
}

/// Takes two texts by reference.
#[task]
pub fn join_text(left: &str, right: &str) -> String {
    called!(join_text, left, right);
    format!("{}+{}", short(left), short(right))
}

/// Takes two texts by reference, async.
#[task]
pub async fn join_text_async(left: &str, right: &str) -> String {
    called!(join_text_async, left, right);
    pause().await;
    format!("{}+{}", short(left), short(right))
}

/// Makes text.
#[task]
pub fn name_of(n: u64) -> String {
    called!(name_of, n);
    format!("n{n}")
}

/// Makes text, async.
#[task]
pub async fn name_of_async(n: u64) -> String {
    called!(name_of_async, n);
    pause().await;
    format!("n{n}")
}

/// Borrows text.
#[task]
pub fn measure(text: &str) -> u64 {
    called!(measure, text);
    text.bytes().map(u64::from).sum::<u64>() % 101
}

/// Borrows text, async.
#[task]
pub async fn measure_async(text: &str) -> u64 {
    called!(measure_async, text);
    pause().await;
    text.bytes().map(u64::from).sum::<u64>() % 101
}

/// Takes what a method that consumes its receiver makes of text.
#[task]
pub fn count_bytes(bytes: Vec<u8>) -> u64 {
    called!(count_bytes, bytes);
    small(bytes.len() as u64)
}

/// Takes what a method that consumes its receiver makes of text, and a number.
#[task]
pub fn checksum(bytes: Vec<u8>, n: u64) -> u64 {
    called!(checksum, bytes, n);
    small(bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>() + n)
}

/// Nothing out of borrowed text.
#[task]
pub fn print_text(text: &str) {
    called!(print_text, text);
}

/// A reference to an owned `String`, as `for text in &texts` yields it.
#[task]
pub fn initial(text: &String) -> String {
    called!(initial, text);
    text.chars().take(1).collect()
}

/// A pair, which is bound whole or taken apart.
#[task]
pub fn tag(text: String, n: u64) -> (String, u64) {
    called!(tag, text, n);
    (short(&text), small(n + 2))
}

/// A pair, which is bound whole or taken apart, async.
#[task]
pub async fn tag_async(text: String, n: u64) -> (String, u64) {
    called!(tag_async, text, n);
    pause().await;
    (short(&text), small(n + 2))
}

/// Two outputs of borrowed text.
#[task]
pub fn split_text(text: &str) -> (String, String) {
    called!(split_text, text);
    (short(text), text.chars().rev().take(4).collect())
}

/// A tuple by value.
#[task]
pub fn entry_line(entry: (String, u64)) -> String {
    called!(entry_line, entry);
    short(&format!("{}={}", entry.1, entry.0))
}

/// A tuple by value, async.
#[task]
pub async fn entry_line_async(entry: (String, u64)) -> String {
    called!(entry_line_async, entry);
    pause().await;
    short(&format!("{}={}", entry.1, entry.0))
}

/// A tuple by reference.
#[task]
pub fn weigh_entry(entry: &(String, u64)) -> u64 {
    called!(weigh_entry, entry);
    small(entry.0.len() as u64 + entry.1)
}

/// A tuple by reference, async.
#[task]
pub async fn weigh_entry_async(entry: &(String, u64)) -> u64 {
    called!(weigh_entry_async, entry);
    pause().await;
    small(entry.0.len() as u64 + entry.1)
}

/// A key and a shared value: what a map over entries is for.
#[task]
pub fn rate(key: &str, value: &u64, factor: u64) -> (String, u64) {
    called!(rate, key, value, factor);
    (short(key), small(value * factor))
}
