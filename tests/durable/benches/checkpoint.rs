//! What a checkpoint costs a map: beside the same map without one, in the same process.
//!
//! ```text
//! cargo bench -p dagger-durable-tests
//! ```
//!
//! Each time is the median of its rounds, which come in turn. The file is made anew in each round, in
//! the directory for temporary files; the first row resumes a run that is over.

use std::hint::black_box;
use std::time::{Duration, Instant};

use dagger::{Call, Runtime, dag, task};

const ROUNDS: usize = 7;

#[task]
fn count_up(end: u32) -> Vec<u32> {
    (0..end).collect()
}

#[task]
fn mix(n: u32) -> u64 {
    u64::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}

/// Computes for a millisecond.
#[task]
fn work(n: u32) -> u64 {
    let (begin, mut number) = (Instant::now(), u64::from(n));
    while begin.elapsed() < Duration::from_millis(1) {
        number = black_box(number.wrapping_mul(3));
    }
    number & 1
}

#[task]
fn sum(numbers: Vec<u64>) -> u64 {
    numbers.into_iter().fold(0, u64::wrapping_add)
}

#[dag]
fn trivial(count: u32) -> u64 {
    let mut all = Vec::new();
    for n in count_up(count) {
        all.push(mix(n));
    }
    sum(all)
}

#[dag]
fn millisecond(count: u32) -> u64 {
    let mut all = Vec::new();
    for n in count_up(count) {
        all.push(work(n));
    }
    sum(all)
}

fn main() {
    // `cargo test --benches` only asks whether it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("| map | without | with a checkpoint | all recalled | with, per item | share of it |");
    println!("| --- | --- | --- | --- | --- | --- |");
    row("100,000 trivial partitions", 100_000, trivial::call);
    row("2,000 partitions of 1 ms", 2_000, millisecond::call);
}

fn row(name: &str, count: u32, call: fn(u32) -> Call<u64>) {
    let (mut without, mut with, mut recalled) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(timed(|| Runtime::default().run_blocking(call(count))));
        let place = tempfile::tempdir().expect("a directory");
        let file = place.path().join("checkpoint");
        let run = || Runtime::builder().checkpoint(&file).build().run_blocking(call(count));
        with.push(timed(run));
        recalled.push(timed(run));
    }
    let [without, with, recalled] = [without, with, recalled].map(median);
    let share = (with.as_secs_f64() - without.as_secs_f64()) / with.as_secs_f64();
    let item = with / count;
    println!(
        "| {name} | {without:.2?} | {with:.2?} | {recalled:.2?} | {item:.2?} | {:.1} % |",
        100.0 * share
    );
}

fn timed<T>(run: impl FnOnce() -> Result<T, dagger::Error>) -> Duration {
    let begin = Instant::now();
    black_box(run().expect("the run succeeds"));
    begin.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
