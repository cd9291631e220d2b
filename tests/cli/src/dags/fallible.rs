//! Results that end a dag, and those that flow on; tasks with attempts.

use dagger::{dag, identity, task};

use crate::{Case, case, ready};

#[task]
fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

#[task]
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[task]
fn parse_owned(text: String) -> Result<i64, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

#[task]
fn total(numbers: Vec<i64>) -> i64 {
    numbers.iter().sum()
}

#[dag]
fn with_question(text: &str) -> Result<i64, std::num::ParseIntError> {
    let n = parse(text)?;
    Ok(identity(n))
}

#[dag]
fn as_the_tail(text: &str) -> Result<i64, std::num::ParseIntError> {
    parse(text)
}

#[dag]
fn map_with_question(text: &str) -> Result<i64, String> {
    let mut all = Vec::new();
    for word in split(text) {
        all.push(parse_owned(word)?);
    }
    Ok(total(all))
}

#[dag]
fn collected_result(text: &str) -> Result<i64, String> {
    let all = split(text).into_iter().map(parse_owned).collect::<Result<Vec<_>, _>>()?;
    Ok(total(all))
}

#[task]
fn failures(all: Vec<Result<i64, String>>) -> Vec<String> {
    all.into_iter().filter_map(Result::err).collect()
}

#[dag]
fn results_as_values(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for word in split(text) {
        all.push(parse_owned(word));
    }
    failures(all)
}

#[task(retry(limit = 3), timeout = "30s", label = word)]
fn retried(word: String) -> Result<usize, String> {
    Ok(word.len())
}

#[task]
fn counted(all: Vec<usize>) -> usize {
    all.iter().sum()
}

#[dag]
fn attempts(text: &str) -> Result<usize, String> {
    let mut all = Vec::new();
    for word in split(text) {
        all.push(retried(word)?);
    }
    let more = retried(text.to_owned())?;
    Ok(sum_of(counted(all), more))
}

#[task]
fn sum_of(a: usize, b: usize) -> usize {
    a + b
}

#[task]
async fn checked(n: i64) -> Result<i64, String> {
    if n < 0 { Err(format!("{n} is negative")) } else { Ok(n) }
}

#[dag]
async fn async_result(n: i64) -> Result<i64, String> {
    let n = checked(n).await?;
    checked(n + 1).await
}

#[dag]
pub(super) fn inner(text: String) -> Result<i64, String> {
    parse_owned(text)
}

#[dag]
fn nested_result(text: &str) -> Result<i64, String> {
    let mut all = Vec::new();
    for word in split(text) {
        all.push(inner(word)?);
    }
    Ok(total(all))
}

/// What an inner dag fails with is a value, of some partitions and of one call.
#[dag]
fn nested_results_as_values(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for word in split(text) {
        all.push(inner(word));
    }
    let whole = inner(text.to_owned());
    failures_of(all, whole)
}

#[task]
fn failures_of(mut all: Vec<Result<i64, String>>, last: Result<i64, String>) -> Vec<String> {
    all.push(last);
    all.into_iter().filter_map(Result::err).collect()
}

#[dag]
fn nested_and_collected(text: &str) -> Result<i64, String> {
    let all = split(text).into_iter().map(inner).collect::<Result<Vec<_>, _>>()?;
    Ok(total(all))
}

/// An error that nobody reads is none of the dag around it, in whatever way it is dropped.
#[dag]
#[expect(unused_must_use, reason = "an error that is dropped without a word")]
fn ignored_results(text: &str) -> usize {
    let _ = inner(text.to_owned());
    let _: Result<i64, String> = inner(text.to_owned());
    let _unread = inner(text.to_owned());
    inner(text.to_owned());
    length_of(text)
}

#[task]
pub(super) fn length_of(text: &str) -> usize {
    text.len()
}

#[dag]
#[expect(unused_must_use, reason = "an error that is dropped without a word")]
fn ignored_of_each(text: &str) -> usize {
    let words = split(text);
    for word in &words {
        inner(word.clone());
    }
    for word in words {
        let _ = inner(word);
    }
    length_of(text)
}

/// What a dag fails with has no partitions.
#[dag]
fn over_a_result(text: &str) -> Vec<u64> {
    let found = inner(text.to_owned());
    identity(found.into_iter().map(magnitude).collect())
}

#[task]
fn magnitude(n: i64) -> u64 {
    n.unsigned_abs()
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(with_question as "with_question", (text = "12"), with_question("12").unwrap()),
        case!(as_the_tail as "as_the_tail", (text = "12"), as_the_tail("12").unwrap()),
        case!(map_with_question as "map_with_question", (text = "1 2 3"),
            map_with_question("1 2 3").unwrap()),
        case!(collected_result as "collected_result", (text = "1 2 3"),
            collected_result("1 2 3").unwrap()),
        case!(results_as_values as "results_as_values", (text = "1 x 3 y"),
            results_as_values("1 x 3 y")),
        case!(attempts as "attempts", (text = "a bc"), attempts("a bc").unwrap()),
        case!(async_result as "async_result", (n = 1), ready(async_result(1)).unwrap()),
        case!(nested_results_as_values as "nested_results_as_values", (text = "1 x 3 y"),
            nested_results_as_values("1 x 3 y")),
        case!(nested_and_collected as "nested_and_collected", (text = "1 2"),
            nested_and_collected("1 2").unwrap()),
        case!(ignored_results as "ignored_results", (text = "x"), ignored_results("x")),
        case!(ignored_results as "ignored_successes", (text = "1"), ignored_results("1")),
        case!(ignored_of_each as "ignored_of_each", (text = "1 x 3 y z"),
            ignored_of_each("1 x 3 y z")),
        case!(over_a_result as "over_an_error", (text = "x"), over_a_result("x")),
        case!(over_a_result as "over_a_value", (text = "-7"), over_a_result("-7")),
        case!(nested_result as "nested_result", (text = "1 2"), nested_result("1 2").unwrap()),
    ]
}
