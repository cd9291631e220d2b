//! Tasks that return `Result`: some never fail, some fail for a few of the numbers.

use dagger::task;

use super::called;
use crate::log::pause;
use crate::values::{Failure, Refusal, Token, short, small};

/// Fails for one number in five.
#[task]
pub fn checked(n: u64) -> Result<u64, Failure> {
    called!(checked, n);
    if n % 5 == 4 { Err(Failure::of("checked", n)) } else { Ok(small(n + 4)) }
}

/// Fails for one number in five, async.
#[task]
pub async fn checked_async(n: u64) -> Result<u64, Failure> {
    called!(checked_async, n);
    pause().await;
    if n % 5 == 3 { Err(Failure::of("checked_async", n)) } else { Ok(small(n + 4)) }
}

/// Could fail, and never does.
#[task]
pub fn surely(n: u64) -> Result<u64, Failure> {
    called!(surely, n);
    Ok(small(n + 6))
}

/// Could fail, and never does, async.
#[task]
pub async fn surely_async(n: u64, label: &str) -> Result<u64, Failure> {
    called!(surely_async, n, label);
    pause().await;
    Ok(small(n + label.len() as u64))
}

/// Fails with another error.
#[task]
pub fn proofread(text: String) -> Result<String, Refusal> {
    called!(proofread, text);
    if text.len() % 6 == 5 {
        Err(Refusal::of("proofread", text))
    } else {
        Ok(short(&format!("ok {text}")))
    }
}

/// Fails with another error, async.
#[task]
pub async fn proofread_async(text: &str) -> Result<String, Refusal> {
    called!(proofread_async, text);
    pause().await;
    if text.len() % 6 == 4 { Err(Refusal::of("proofread_async", text)) } else { Ok(short(text)) }
}

/// Never fails, with a value that cannot be cloned.
#[task]
pub fn certify(token: Token) -> Result<Token, Failure> {
    called!(certify, token);
    Ok(Token::new(token.worth() + 1))
}

/// Fails, or has no output.
#[task]
pub fn approve(n: &u64) -> Result<(), Refusal> {
    called!(approve, n);
    if n % 8 == 1 { Err(Refusal::of("approve", n)) } else { Ok(()) }
}

/// Fails, or has no output, async.
#[task]
pub async fn approve_async(n: u64) -> Result<(), Failure> {
    called!(approve_async, n);
    pause().await;
    if n % 8 == 2 { Err(Failure::of("approve_async", n)) } else { Ok(()) }
}

/// A fan-out that may fail.
#[task]
pub fn checked_numbers(n: u64) -> Result<Vec<u64>, Failure> {
    called!(checked_numbers, n);
    if n % 8 == 7 {
        Err(Failure::of("checked_numbers", n))
    } else {
        Ok((0..n % 5).map(|step| n + step * 3).collect())
    }
}

/// Two outputs that may fail.
#[task]
pub fn checked_split(n: u64) -> Result<(u64, String), Failure> {
    called!(checked_split, n);
    if n % 8 == 3 { Err(Failure::of("checked_split", n)) } else { Ok((n / 2, format!("s{n}"))) }
}

/// Takes a result as a value.
#[task]
pub fn settle(result: Result<u64, Failure>) -> u64 {
    called!(settle, result);
    result.unwrap_or(1)
}

/// Borrows a result.
#[task]
pub fn glance(result: &Result<u64, Failure>) -> u64 {
    called!(glance, result);
    u64::from(result.is_ok())
}

/// Borrows a result, async.
#[task]
pub async fn glance_async(result: &Result<u64, Failure>) -> u64 {
    called!(glance_async, result);
    pause().await;
    u64::from(result.is_ok())
}
