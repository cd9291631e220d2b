//! Structs: values that cannot be cloned or shared, and fields that go separate ways.

use dagger::task;

use super::called;
use crate::log::pause;
use crate::values::{Batch, Point, Registry, Summary, Ticket, Token, short, small};

/// Makes a value that cannot be cloned.
#[task]
pub fn mint(n: u64) -> Token {
    called!(mint, n);
    Token::new(n)
}

/// Makes a value that cannot be cloned, async.
#[task]
pub async fn mint_async(n: u64) -> Token {
    called!(mint_async, n);
    pause().await;
    Token::new(n)
}

/// Consumes a value that cannot be cloned.
#[task]
pub fn spend(token: Token) -> u64 {
    called!(spend, token);
    token.worth()
}

/// Consumes a value that cannot be cloned, async.
#[task]
pub async fn spend_async(token: Token) -> u64 {
    called!(spend_async, token);
    pause().await;
    token.worth()
}

/// Borrows a value that cannot be cloned.
#[task]
pub fn inspect(token: &Token) -> u64 {
    called!(inspect, token);
    small(token.worth() + 1)
}

/// Borrows a value that cannot be cloned, async.
#[task]
pub async fn inspect_async(token: &Token) -> u64 {
    called!(inspect_async, token);
    pause().await;
    small(token.worth() + 1)
}

/// Consumes one and borrows another.
#[task]
pub fn pay(token: Token, price: &Token) -> Token {
    called!(pay, token, price);
    Token::new(token.worth().saturating_sub(price.worth()))
}

/// Takes a value apart, keeping part of it.
#[task]
pub fn split_token(token: Token) -> (Token, u64) {
    called!(split_token, token);
    (Token::new(token.worth() / 2), token.worth() % 2)
}

/// Makes a value that cannot be shared.
#[task]
pub fn issue(n: u64) -> Ticket {
    called!(issue, n);
    Ticket::new(n)
}

/// Passes on a value that cannot be shared.
#[task]
pub fn stamp(ticket: Ticket) -> Ticket {
    called!(stamp, ticket);
    Ticket::new(ticket.number() + 1)
}

/// Passes on a value that cannot be shared, async.
#[task]
pub async fn stamp_async(ticket: Ticket) -> Ticket {
    called!(stamp_async, ticket);
    pause().await;
    Ticket::new(ticket.number() + 1)
}

/// Consumes a value that cannot be shared.
#[task]
pub fn redeem(ticket: Ticket) -> u64 {
    called!(redeem, ticket);
    ticket.number()
}

/// Makes a `Copy` struct.
#[task]
pub fn locate(x: u64, y: u64) -> Point {
    called!(locate, x, y);
    Point { x: small(x), y: small(y) }
}

/// Takes a `Copy` struct by value.
#[task]
pub fn norm(point: Point) -> u64 {
    called!(norm, point);
    small(point.x * 3 + point.y)
}

/// Takes two `Copy` structs by value.
#[task]
pub fn translate(point: Point, by: Point) -> Point {
    called!(translate, point, by);
    Point { x: small(point.x + by.x), y: small(point.y + by.y) }
}

/// Borrows a `Copy` struct, async.
#[task]
pub async fn shift_async(point: &Point, by: u64) -> Point {
    called!(shift_async, point, by);
    pause().await;
    Point { x: small(point.x + by), ..*point }
}

/// Makes a struct whose fields go separate ways.
#[task]
pub fn load(n: u64, label: &str) -> Batch {
    called!(load, n, label);
    Batch { items: (0..n % 4).collect(), label: short(label), token: Token::new(n), size: n % 4 }
}

/// Makes a struct whose fields go separate ways, async.
#[task]
pub async fn load_async(n: u64, label: &str) -> Batch {
    called!(load_async, n, label);
    pause().await;
    Batch { items: (0..n % 4).collect(), label: short(label), token: Token::new(n), size: n % 4 }
}

/// Borrows a struct that cannot be cloned.
#[task]
pub fn weigh_batch(batch: &Batch) -> u64 {
    called!(weigh_batch, batch);
    small(batch.size + batch.token.worth())
}

/// Borrows a struct that cannot be cloned, async.
#[task]
pub async fn weigh_batch_async(batch: &Batch) -> u64 {
    called!(weigh_batch_async, batch);
    pause().await;
    small(batch.size + batch.token.worth())
}

/// Consumes a struct that cannot be cloned, and passes it on.
#[task]
pub fn relabel(batch: Batch, label: String) -> Batch {
    called!(relabel, batch, label);
    Batch { label: short(&label), ..batch }
}

/// Makes a struct with named outputs.
#[task]
pub fn summarise(total: u64, label: String) -> Summary {
    called!(summarise, total, label);
    Summary { total: small(total), label: short(&label) }
}

/// Borrows a struct.
#[task]
pub fn read_summary(summary: &Summary) -> String {
    called!(read_summary, summary);
    short(&format!("{}:{}", summary.total, summary.label))
}

/// Borrows a struct, async.
#[task]
pub async fn read_summary_async(summary: &Summary) -> String {
    called!(read_summary_async, summary);
    pause().await;
    short(&format!("{}:{}", summary.total, summary.label))
}

/// Makes a value that is read by index.
#[task]
pub fn register(entries: Vec<(String, u64)>) -> Registry {
    called!(register, entries);
    entries.into_iter().chain([("low".to_owned(), 3), ("high".to_owned(), 8)]).collect()
}

/// Makes a value that is read by index, async.
#[task]
pub async fn register_async(n: u64) -> Registry {
    called!(register_async, n);
    pause().await;
    [("low".to_owned(), small(n))].into_iter().collect()
}

/// Borrows a value that is read by index.
#[task]
pub fn look_up(registry: &Registry, key: &str) -> u64 {
    called!(look_up, registry, key);
    registry[key]
}
