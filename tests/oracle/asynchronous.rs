//! Async tasks and DAGs: `.await`, `.await?`, async maps, and async beside sync.
#![allow(unused_qualifications, reason = "a node is called by its name here, by its path there")]
#![allow(
    clippy::redundant_closure,
    reason = "a closure and a path are two spellings of a map, and both are tried"
)]

use std::cell::Cell;

use dagger::{dag, task};
use futures::future::{join_all, try_join_all};
use tokio::task::yield_now;

use crate::support::record;

/// Suspends a task a few times.
async fn suspend(times: u64) {
    for _ in 0..times {
        yield_now().await;
    }
}

#[task]
async fn list(end: u64) -> Vec<u64> {
    record!("list", end);
    suspend(1).await;
    (1..=end).collect()
}

#[task]
async fn fetch(n: u64) -> u64 {
    record!("fetch", n);
    suspend(n % 4).await;
    n * 10
}

#[task]
async fn fetch_from(n: u64, host: &str) -> String {
    record!("fetch_from", n, host);
    suspend(n % 3).await;
    format!("{host}/{n}")
}

#[task]
async fn try_fetch(n: u64) -> Result<u64, String> {
    record!("try_fetch", n);
    suspend(n % 4).await;
    if n.is_multiple_of(13) { Err(format!("{n} is not there")) } else { Ok(n + 1) }
}

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
fn total(numbers: Vec<u64>) -> u64 {
    record!("total", numbers);
    numbers.iter().sum()
}

#[task]
fn show(numbers: &[u64]) -> String {
    record!("show", numbers);
    format!("{numbers:?}")
}

#[task]
async fn join(parts: Vec<String>) -> String {
    record!("join", parts);
    suspend(2).await;
    parts.join(" ")
}

#[dag]
async fn awaited_chain(n: u64) -> u64 {
    let first = fetch(n).await;
    let second = fetch(first + 1).await;
    fetch(second).await
}

#[dag]
async fn awaited_in_arguments(end: u64) -> u64 {
    total(list(fetch(end).await).await)
}

#[dag]
async fn awaited_results(n: u64) -> Result<u64, String> {
    let first = try_fetch(n).await?;
    let second = try_fetch(first * 2).await?;
    Ok(double(second))
}

#[dag]
async fn awaited_tail(n: u64) -> Result<u64, String> {
    let first = try_fetch(n).await?;
    try_fetch(first).await
}

#[dag]
async fn sync_and_async(n: u64) -> String {
    let doubled = double(n);
    let fetched = fetch(doubled).await;
    let numbers = count_up(fetched % 9);
    let listed = list(doubled).await;
    let left = show(&numbers);
    let right = show(&listed);
    join(vec![left, right]).await
}

/// An async DAG needs no async task.
#[dag]
#[allow(clippy::unused_async, reason = "that nothing is awaited is what this DAG is for")]
async fn nothing_awaited(n: u64) -> u64 {
    let doubled = double(n);
    double(doubled)
}

#[dag]
async fn awaited_loop(end: u64) -> u64 {
    let mut fetched = Vec::new();
    for n in list(end).await {
        fetched.push(fetch(n).await);
    }
    total(fetched)
}

#[dag]
async fn awaited_loop_with_question_mark(end: u64) -> Result<u64, String> {
    let mut fetched = Vec::new();
    for n in count_up(end) {
        fetched.push(try_fetch(n).await?);
    }
    Ok(total(fetched))
}

#[dag]
async fn awaited_loop_uncollected(end: u64, host: String) -> u64 {
    let numbers = list(end).await;
    for n in &numbers {
        fetch_from(*n, &host).await;
    }
    total(numbers)
}

#[dag]
async fn sync_loop_over_awaited(end: u64) -> String {
    let mut doubled = Vec::new();
    for n in list(end).await {
        doubled.push(double(n));
    }
    show(&doubled)
}

#[task]
fn report(numbers: Vec<Result<u64, String>>) -> String {
    record!("report", numbers);
    format!("{numbers:?}")
}

#[dag]
async fn failures_as_values(end: u64) -> String {
    let mut fetched = Vec::new();
    for n in list(end).await {
        fetched.push(try_fetch(n).await);
    }
    report(fetched)
}

#[dag]
async fn joined(end: u64) -> u64 {
    let numbers = list(end).await;
    let fetched = futures::future::join_all(numbers.into_iter().map(|n| fetch(n))).await;
    total(fetched)
}

#[dag]
async fn joined_in_an_argument(end: u64) -> u64 {
    total(join_all(list(end).await.into_iter().map(fetch)).await)
}

/// The futures of all partitions borrow one value, which is moved afterwards.
#[dag]
async fn joined_with_a_shared_value(end: u64, host: String) -> String {
    let numbers = count_up(end);
    let host = join(vec![host]).await;
    let pages = join_all(numbers.iter().map(|n| fetch_from(*n, &host))).await;
    let line = join(pages).await;
    join(vec![line, host]).await
}

#[dag]
async fn joined_results(end: u64) -> String {
    let fetched = join_all(count_up(end).into_iter().map(|n| try_fetch(n))).await;
    report(fetched)
}

#[dag]
async fn joined_by_try(end: u64) -> Result<u64, String> {
    let numbers = list(end).await;
    let fetched = try_join_all(numbers.into_iter().map(|n| try_fetch(n + 1))).await?;
    Ok(total(fetched))
}

#[dag]
async fn joined_by_try_in_an_argument(end: u64) -> Result<u64, String> {
    Ok(total(futures::future::try_join_all(count_up(end).into_iter().map(try_fetch)).await?))
}

#[task]
async fn slow_first(n: u64, of: u64) -> u64 {
    record!("slow_first", n, of);
    suspend((of - n) * 3).await;
    n
}

/// The last partition is the first to finish.
#[dag]
async fn finished_in_reverse(end: u64) -> String {
    let mut numbers = Vec::new();
    for n in count_up(end) {
        numbers.push(slow_first(n, end).await);
    }
    show(&numbers)
}

#[dag]
async fn fetch_twice(n: u64) -> u64 {
    let first = fetch(n).await;
    fetch(first).await
}

#[dag]
async fn nested(n: u64) -> u64 {
    let once = fetch_twice(n).await;
    double(fetch_twice(once + 1).await)
}

#[dag]
async fn nested_for_each_partition(end: u64) -> u64 {
    let mut fetched = Vec::new();
    for n in list(end).await {
        fetched.push(fetch_twice(n).await);
    }
    total(fetched)
}

#[dag]
async fn nested_and_joined(end: u64) -> u64 {
    let fetched = join_all(count_up(end).into_iter().map(|n| nested_for_each_partition(n))).await;
    total(fetched)
}

#[dag]
async fn try_both(n: u64) -> Result<u64, String> {
    let first = try_fetch(n).await?;
    Ok(double(try_fetch(first).await?))
}

#[dag]
async fn nested_results(end: u64) -> Result<u64, String> {
    let fetched = try_join_all(list(end).await.into_iter().map(try_both)).await?;
    Ok(total(fetched))
}

#[dag]
async fn nested_failures_as_values(end: u64) -> String {
    let mut fetched = Vec::new();
    for n in count_up(end) {
        fetched.push(try_both(n).await);
    }
    report(fetched)
}

#[dag]
fn double_all(end: u64) -> u64 {
    let mut doubled = Vec::new();
    for n in count_up(end) {
        doubled.push(double(n));
    }
    total(doubled)
}

/// A sync DAG in an async one is called without `.await`.
#[dag]
async fn sync_dag_in_async_dag(n: u64) -> u64 {
    let fetched = fetch(n).await;
    let doubled = double_all(fetched % 11);
    fetch(doubled).await
}

#[task]
async fn take_cell(cell: Cell<u64>) -> Cell<u64> {
    record!("take_cell", cell);
    suspend(2).await;
    cell.set(cell.get() + 1);
    cell
}

#[task]
fn open_cell(cell: Cell<u64>) -> u64 {
    record!("open_cell", cell);
    cell.into_inner()
}

#[task]
fn make_cell(n: u64) -> Cell<u64> {
    record!("make_cell", n);
    Cell::new(n)
}

/// What is `Send`, not `Sync`, is kept over an `.await` in a task.
#[dag]
async fn awaited_not_sync(n: u64) -> u64 {
    let cell = take_cell(make_cell(n)).await;
    open_cell(take_cell(cell).await)
}

#[derive(Debug)]
struct Page {
    title: String,
    body: Vec<u64>,
}

#[task]
async fn load(n: u64) -> Page {
    record!("load", n);
    suspend(n).await;
    Page { title: format!("page {n}"), body: vec![n; 3] }
}

#[task]
async fn index(title: &str, page: &Page) -> String {
    record!("index", title, page);
    suspend(3).await;
    format!("{title} has {}", page.body.len())
}

#[dag]
async fn awaited_borrows(n: u64) -> String {
    let page = load(n).await;
    let entry = index(&page.title, &page).await;
    let again = index(&entry[1..], &page).await;
    let sum = total(page.body);
    join(vec![page.title, entry, again, sum.to_string()]).await
}

#[dag]
async fn nothing_returned(end: u64) {
    for n in list(end).await {
        fetch(n).await;
    }
    fetch(end).await;
}

#[task]
fn how_many<T>(values: Vec<T>) -> usize {
    record!("how_many", values.len());
    values.len()
}

#[task]
fn pair(n: u64) -> (String, u64) {
    record!("pair", n);
    (n.to_string(), n)
}

/// A part is borrowed and another one moved, by one call.
#[dag]
async fn borrowed_beside_moved(n: u64) -> String {
    let parts = pair(n);
    fetch_from(parts.1, &parts.0).await
}

/// Of a dag that nobody awaits, no node runs.
#[dag]
async fn never_awaited(end: u64) -> usize {
    how_many(list(end).await.into_iter().map(|n| fetch_twice(n)).collect::<Vec<_>>())
}

mod law {
    use crate::support::oracle_async;

    oracle_async!(super::never_awaited, (3));
    oracle_async!(super::borrowed_beside_moved, (3));
    oracle_async!(super::awaited_chain, (3));
    oracle_async!(super::awaited_in_arguments, (3));
    oracle_async!(super::awaited_results, (3), (13), (25));
    oracle_async!(super::awaited_tail, (3), (13), (12));
    oracle_async!(super::sync_and_async, (4));
    oracle_async!(super::nothing_awaited, (4));
    oracle_async!(super::awaited_loop, (9), (0));
    oracle_async!(super::awaited_loop_with_question_mark, (9), (20));
    oracle_async!(super::awaited_loop_uncollected, (5, "host".to_owned()));
    oracle_async!(super::sync_loop_over_awaited, (5));
    oracle_async!(super::failures_as_values, (5), (20));
    oracle_async!(super::joined, (9), (0));
    oracle_async!(super::joined_in_an_argument, (9));
    oracle_async!(super::joined_with_a_shared_value, (9, "host".to_owned()));
    oracle_async!(super::joined_results, (20));
    oracle_async!(super::joined_by_try, (9), (20));
    oracle_async!(super::joined_by_try_in_an_argument, (9), (20));
    oracle_async!(super::finished_in_reverse, (12));
    oracle_async!(super::nested, (3));
    oracle_async!(super::nested_for_each_partition, (6), (0));
    oracle_async!(super::nested_and_joined, (5));
    oracle_async!(super::nested_results, (6), (20));
    oracle_async!(super::nested_failures_as_values, (6), (20));
    oracle_async!(super::sync_dag_in_async_dag, (3));
    oracle_async!(super::awaited_not_sync, (3));
    oracle_async!(super::awaited_borrows, (3));
    oracle_async!(super::nothing_returned, (3));
}
