//! Dags that fail, wait, or have values that cannot leave their process.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dagger::{Dag, dag, task};
use serde::{Deserialize, Serialize};

/// A value that only this process knows.
pub struct Opaque(u64);

#[task]
fn hide(n: u64) -> Opaque {
    Opaque(n)
}

#[task]
fn show(value: Opaque) -> u64 {
    value.0
}

#[task]
fn words(_n: u64) -> Vec<&'static str> {
    vec!["one", "two"]
}

#[task]
fn length(word: &'static str) -> u64 {
    word.len() as u64
}

#[task]
fn total(lengths: Vec<u64>, more: u64) -> u64 {
    lengths.iter().sum::<u64>() + more
}

#[dag]
fn opaque(n: u64) -> u64 {
    let shown = show(hide(n));
    let mut lengths = Vec::new();
    for word in words(n) {
        lengths.push(length(word));
    }
    total(lengths, shown)
}

#[dag]
fn opaque_parameter(value: Opaque, n: u64) -> u64 {
    let shown = show(value);
    total(vec![n], shown)
}

#[dag]
fn opaque_result(n: u64) -> Opaque {
    hide(n)
}

/// An error with a cause, and a message of two lines.
#[derive(Debug)]
struct Deep(std::fmt::Error);

impl std::fmt::Display for Deep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "reading\nthe second line")
    }
}

impl std::error::Error for Deep {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[task]
fn fail(n: u64) -> Result<u64, Deep> {
    if n == 0 { Err(Deep(std::fmt::Error)) } else { Ok(n) }
}

#[task]
fn panicking(n: u64) -> u64 {
    assert!(n != 1, "one is\nnot enough");
    n
}

#[task]
fn lazily(n: u64) -> Box<dyn Iterator<Item = u64> + Send> {
    let third = |n| {
        assert!(n != 2, "there is no third");
        n
    };
    Box::new((0..n).map(third))
}

/// Text that has a value and a file of its own.
#[derive(Clone, Serialize, Deserialize)]
pub enum Mode {
    /// At once.
    Fast,
    /// With a name.
    Named {
        /// The name.
        name: String,
    },
}

#[task]
fn named(mode: Mode, n: u64) -> u64 {
    match mode {
        Mode::Fast => n,
        Mode::Named { name } => n + name.len() as u64,
    }
}

/// Fails in several ways.
#[dag]
fn failing(
    n: u64,
    #[default(Mode::Fast)] mode: Mode,
    #[default(3)] input: u64,
) -> Result<u64, Deep> {
    let n = fail(n)?;
    let n = panicking(n);
    let mut all = Vec::new();
    for one in lazily(n) {
        all.push(named(mode.clone(), one));
    }
    Ok(total(all, input))
}

/// Tells who waits for it that a task has begun.
fn tell_of_the_beginning() {
    if let Some(file) = std::env::var_os("DAGS_BEGUN") {
        std::fs::write(file, "").expect("the file can be written");
    }
}

#[task]
async fn wait(n: u64) -> u64 {
    tell_of_the_beginning();
    tokio::time::sleep(Duration::from_secs(1000 * n)).await;
    n
}

#[task]
fn stall(n: u64) -> u64 {
    tell_of_the_beginning();
    std::thread::sleep(Duration::from_secs(1000 * n));
    n
}

#[dag]
async fn waiting(n: u64) -> u64 {
    let n = wait(n).await;
    wait(n).await
}

#[dag]
fn stalling(n: u64) -> u64 {
    stall(n)
}

#[task]
fn many(n: u64) -> Vec<u64> {
    vec![7; usize::try_from(n).unwrap_or_default()]
}

#[task]
fn pass(rows: Vec<u64>) -> Vec<u64> {
    rows
}

#[task]
fn count(rows: &[u64]) -> usize {
    rows.len()
}

#[dag]
fn large(n: u64) -> usize {
    let rows = pass(many(n));
    count(&rows)
}

#[task]
fn cities() -> Vec<String> {
    ["Oslo", "Rome", "Bonn", "Lima"].map(str::to_owned).to_vec()
}

/// Waits for one city until somebody writes to the gate, which is a pipe.
#[task(label = city, retry(limit = 1))]
fn visit(city: String, gate: &Path) -> Result<usize, String> {
    static VISITS: AtomicUsize = AtomicUsize::new(0);
    if city == "Rome" && VISITS.fetch_add(1, Ordering::Relaxed) == 0 {
        return Err("closed on Mondays".to_owned());
    }
    if city == "Lima" {
        std::fs::read(gate).map_err(|error| error.to_string())?;
    }
    Ok(city.len())
}

/// Fails once.
#[task(label = text, retry(limit = 1, backoff = "1ms..1ms"))]
fn stumble(text: String) -> Result<String, String> {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    if CALLS.fetch_add(1, Ordering::Relaxed) == 0 { Err("not yet".to_owned()) } else { Ok(text) }
}

#[dag]
fn retried_once(text: String) -> Result<String, String> {
    stumble(text)
}

#[task(label = text)]
fn refuse(text: String, n: usize) -> Result<usize, String> {
    if n == 2 { Err(format!("{text} is refused")) } else { Ok(n) }
}

#[task]
fn texts(text: &str) -> Vec<(String, usize)> {
    (0..3).map(|n| (format!("{text} {n}"), n)).collect()
}

#[dag]
fn refusing(text: String) -> Result<usize, String> {
    let mut all = Vec::new();
    for (text, n) in texts(&text) {
        all.push(refuse(text, n)?);
    }
    Ok(add_up(all))
}

#[task]
fn add_up(lengths: Vec<usize>) -> usize {
    lengths.iter().sum()
}

#[dag]
fn held(gate: PathBuf) -> Result<usize, String> {
    let mut lengths = Vec::new();
    for city in cities() {
        lengths.push(visit(city, &gate)?);
    }
    Ok(add_up(lengths))
}

/// The dag of this name.
pub fn dag_of(name: &str) -> Option<Dag> {
    Some(match name {
        "failing" => failing::dag(),
        "held" => held::dag(),
        "large" => large::dag(),
        "opaque" => opaque::dag(),
        "opaque_parameter" => opaque_parameter::dag(),
        "opaque_result" => opaque_result::dag(),
        "refusing" => refusing::dag(),
        "retried_once" => retried_once::dag(),
        "stalling" => stalling::dag(),
        "waiting" => waiting::dag(),
        _ => return None,
    })
}
