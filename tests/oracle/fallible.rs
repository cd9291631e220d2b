//! Tasks and DAGs that fail: `?`, errors of several kinds, and failures that flow on as values.

use std::error::Error;
use std::fmt;
use std::io;
use std::num::ParseIntError;

use anyhow::{Context, ensure};
use dagger::{dag, task};

use crate::support::record;

#[task]
fn words(text: String) -> Vec<String> {
    record!("words", text);
    text.split(' ').map(str::to_owned).collect()
}

#[task]
fn double(n: u64) -> u64 {
    record!("double", n);
    n * 2
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
fn join(left: String, right: &str) -> String {
    record!("join", left, right);
    left + right
}

#[task]
fn parse(text: &str) -> anyhow::Result<u64> {
    record!("parse", text);
    text.parse().with_context(|| format!("cannot read {text:?}"))
}

#[task]
fn at_most(n: u64, limit: u64) -> anyhow::Result<u64> {
    record!("at_most", n, limit);
    ensure!(n <= limit, "{n} is more than {limit}");
    Ok(n)
}

#[dag]
fn anyhow_errors(text: String, limit: u64) -> anyhow::Result<u64> {
    let n = parse(&text)?;
    let limited = at_most(n, limit)?;
    Ok(double(limited))
}

#[dag]
fn calls_in_arguments(left: String, right: String) -> anyhow::Result<u64> {
    Ok(add(parse(&left)?, at_most(parse(&right)?, 100)?))
}

#[dag]
fn tail_without_ok(text: String) -> anyhow::Result<u64> {
    let n = parse(&text)?;
    at_most(double(n), 100)
}

#[task]
fn read_line(input: Vec<u8>) -> io::Result<String> {
    record!("read_line", input);
    io::read_to_string(input.as_slice())
}

#[dag]
fn io_errors(input: Vec<u8>) -> io::Result<String> {
    let line = read_line(input)?;
    let again = read_line(line.clone().into_bytes())?;
    Ok(join(line, &again))
}

#[task]
fn check(n: u64) -> Result<u64, String> {
    record!("check", n);
    if n.is_multiple_of(13) { Err(format!("{n} is unlucky")) } else { Ok(n) }
}

#[dag]
fn string_errors(n: u64) -> Result<u64, String> {
    let once = check(n)?;
    let doubled = double(once);
    let twice = check(doubled + 1)?;
    Ok(add(once, twice))
}

#[task]
fn must_be_even(n: u64) -> Result<(), String> {
    record!("must_be_even", n);
    if n.is_multiple_of(2) { Ok(()) } else { Err(format!("{n} is odd")) }
}

/// A check gives nothing, and no node depends on it.
#[dag]
fn checks(n: u64) -> Result<u64, String> {
    let doubled = double(n);
    must_be_even(n)?;
    Ok(add(doubled, n))
}

#[dag]
fn only_checks(numbers: Vec<u64>) -> Result<(), String> {
    for n in dagger::identity(numbers) {
        must_be_even(n)?;
    }
    Ok(())
}

#[derive(Debug)]
enum ParseError {
    Empty,
    Number(ParseIntError),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing to read"),
            Self::Number(error) => write!(f, "not a number: {error}"),
        }
    }
}

impl Error for ParseError {}

#[derive(Debug)]
struct PipelineError(String);

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pipeline failed: {}", self.0)
    }
}

impl Error for PipelineError {}

impl From<ParseError> for PipelineError {
    fn from(error: ParseError) -> Self {
        Self(error.to_string())
    }
}

impl From<String> for PipelineError {
    fn from(error: String) -> Self {
        Self(error)
    }
}

#[task]
fn parse_strictly(text: String) -> Result<u64, ParseError> {
    record!("parse_strictly", text);
    if text.is_empty() { Err(ParseError::Empty) } else { text.parse().map_err(ParseError::Number) }
}

/// `?` converts two kinds of errors to a third.
#[dag]
fn converted_errors(text: String) -> Result<u64, PipelineError> {
    let n = parse_strictly(text)?;
    let checked = check(n)?;
    Ok(double(checked))
}

#[dag]
fn converted_tail(text: String) -> Result<u64, PipelineError> {
    Ok(parse_strictly(text)?)
}

#[dag]
fn converted_to_anyhow(text: String, input: Vec<u8>) -> anyhow::Result<String> {
    let n = parse_strictly(text)?;
    let line = read_line(input)?;
    Ok(join(line, &n.to_string()))
}

#[task]
fn parse_boxed(text: &str) -> Result<u64, Box<dyn Error + Send + Sync>> {
    record!("parse_boxed", text);
    Ok(text.trim().parse()?)
}

#[dag]
fn boxed_errors(text: String) -> Result<u64, Box<dyn Error + Send + Sync>> {
    let n = parse_boxed(&text)?;
    Ok(double(n))
}

#[dag]
fn failing_partitions(text: String) -> anyhow::Result<u64> {
    let mut numbers = Vec::new();
    for word in words(text) {
        numbers.push(parse(&word)?);
    }
    Ok(total(numbers))
}

#[dag]
fn converted_partitions(text: String) -> Result<u64, PipelineError> {
    let mut numbers = Vec::new();
    for word in words(text) {
        numbers.push(parse_strictly(word)?);
    }
    let sum = total(numbers);
    Ok(check(sum)?)
}

#[dag]
fn collected_results(text: String) -> anyhow::Result<u64> {
    let words = words(text);
    let numbers = words.iter().map(|word| parse(word)).collect::<Result<Vec<_>, _>>()?;
    Ok(total(numbers))
}

#[dag]
fn collected_by_path(text: String) -> Result<u64, PipelineError> {
    let numbers = words(text).into_iter().map(parse_strictly).collect::<Result<Vec<_>, _>>()?;
    let sum = total(numbers);
    Ok(double(sum))
}

#[dag]
fn collected_in_an_argument(text: String) -> Result<u64, ParseError> {
    Ok(total(
        words(text).into_iter().map(parse_strictly).collect::<Result<Vec<u64>, ParseError>>()?,
    ))
}

#[task]
fn report(numbers: Vec<anyhow::Result<u64>>) -> String {
    let shown: Vec<_> =
        numbers.into_iter().map(|number| number.map_err(|error| format!("{error:#}"))).collect();
    record!("report", shown);
    format!("{shown:?}")
}

/// The reducing node gets the failures beside the results.
#[dag]
fn failures_as_values(text: String) -> String {
    let words = words(text);
    let mut numbers = Vec::new();
    for word in &words {
        numbers.push(parse(word));
    }
    report(numbers)
}

#[task]
fn best_of(numbers: Vec<Result<u64, ParseError>>, tolerance: usize) -> Result<u64, String> {
    record!("best_of", numbers, tolerance);
    let failed = numbers.iter().filter(|number| number.is_err()).count();
    if failed > tolerance {
        Err(format!("{failed} failed"))
    } else {
        Ok(numbers.into_iter().flatten().sum())
    }
}

/// The reducing node judges the failures, and may fail itself.
#[dag]
fn tolerated_failures(text: String, tolerance: usize) -> Result<u64, String> {
    let numbers: Vec<_> = words(text).into_iter().map(parse_strictly).collect();
    let best = best_of(numbers, tolerance)?;
    Ok(double(best))
}

#[task]
fn explain(number: Result<u64, String>, name: &str) -> String {
    record!("explain", number, name);
    format!("{name}: {number:?}")
}

#[dag]
fn one_failure_as_a_value(n: u64) -> String {
    let checked = check(n);
    let explained = explain(checked.clone(), "first");
    join(explained, &explain(checked, "second"))
}

#[dag]
fn failure_used_in_an_expression(n: u64) -> u64 {
    let checked = check(n);
    add(checked.clone().unwrap_or(1), u64::from(checked.is_err()))
}

#[task]
fn find(words: &[String], wanted: &str) -> Option<usize> {
    record!("find", words, wanted);
    words.iter().position(|word| word == wanted)
}

#[task]
fn position(found: Option<usize>) -> Result<usize, String> {
    record!("position", found);
    found.ok_or_else(|| "not found".to_owned())
}

/// An `Option` is a value; a task makes a failure of it.
#[dag]
fn options(text: String, wanted: String) -> Result<usize, String> {
    let words = words(text);
    let found = find(&words, &wanted);
    position(found)
}

mod law {
    use crate::support::oracle;

    oracle!(super::anyhow_errors, ("7".to_owned(), 9), ("7".to_owned(), 5), ("x".to_owned(), 5));
    oracle!(
        super::calls_in_arguments,
        ("1".to_owned(), "2".to_owned()),
        ("x".to_owned(), "2".to_owned()),
        ("1".to_owned(), "200".to_owned())
    );
    oracle!(super::tail_without_ok, ("7".to_owned()), ("70".to_owned()));
    oracle!(super::io_errors, (b"line".to_vec()), (vec![0xff]));
    oracle!(super::string_errors, (1), (6), (13));
    oracle!(super::checks, (2), (3));
    oracle!(super::only_checks, (vec![2, 4]), (vec![2, 3, 5]));
    oracle!(super::converted_errors, ("7".to_owned()), ("26".to_owned()), (String::new()));
    oracle!(super::converted_tail, ("7".to_owned()), ("x".to_owned()));
    oracle!(
        super::converted_to_anyhow,
        ("7".to_owned(), b"a".to_vec()),
        ("x".to_owned(), b"a".to_vec()),
        ("7".to_owned(), vec![0xff])
    );
    oracle!(super::boxed_errors, (" 7 ".to_owned()), ("x".to_owned()));
    oracle!(super::failing_partitions, ("1 2 3".to_owned()), ("1 x y".to_owned()));
    oracle!(
        super::converted_partitions,
        ("1 2 3".to_owned()),
        ("6 7".to_owned()),
        ("1  2".to_owned())
    );
    oracle!(super::collected_results, ("1 2 3".to_owned()), ("x 2 y".to_owned()));
    oracle!(super::collected_by_path, ("1 2 3".to_owned()), ("x 2 y".to_owned()));
    oracle!(super::collected_in_an_argument, ("1 2 3".to_owned()), ("1 2 y".to_owned()));
    oracle!(super::failures_as_values, ("1 2 3".to_owned()), ("x 2 y".to_owned()));
    oracle!(super::tolerated_failures, ("1 x 3".to_owned(), 1), ("1 x y".to_owned(), 1));
    oracle!(super::one_failure_as_a_value, (12), (13));
    oracle!(super::failure_used_in_an_expression, (12), (13));
    oracle!(
        super::options,
        ("a b c".to_owned(), "c".to_owned()),
        ("a b c".to_owned(), "d".to_owned())
    );
}
