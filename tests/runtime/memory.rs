//! How much memory and how many threads runs need, measured in processes of their own.
#![cfg(target_os = "linux")]
#![allow(clippy::useless_conversion, reason = "a map over a lazy fan-out is spelt like any other")]

use std::fs;

use dagger::{dag, identity, task};

use crate::support::{child, count_lazily, run_child};

const MIB: usize = 1 << 20;

/// Runs a test in a process of its own and gives what it measures.
fn measure(test: &str, what: &str) -> usize {
    let printed = run_child(test, what);
    let measured = printed.lines().find_map(|line| line.split_once("measured: "));
    let (_, measured) = measured.expect("the test prints what it measures");
    measured.trim().parse().expect("a number is measured")
}

fn status(field: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells the status");
    let value = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let value = value.expect("the status has this field").trim().trim_end_matches(" kB");
    value.parse().expect("the value is a number")
}

/// The most memory that this process has had so far, in bytes.
fn report_peak() {
    println!("\nmeasured: {}", status("VmHWM") * 1024);
}

#[task]
fn fill(size: usize) -> Vec<u8> {
    vec![1; size]
}

#[task]
fn first_byte(bytes: &[u8], n: usize) -> usize {
    usize::from(bytes[n])
}

#[task]
fn first_byte_of(bytes: &[u8]) -> usize {
    usize::from(bytes[0])
}

#[task]
fn length(bytes: Vec<u8>) -> usize {
    bytes.len()
}

#[dag]
fn nested(bytes: Vec<u8>) -> Vec<u8> {
    first_byte(&bytes, 0);
    for _ in count_lazily(10) {
        first_byte(&bytes, 1);
    }
    identity(bytes)
}

/// One node for each number, between the node that makes the value and the one that moves it.
macro_rules! share {
    ($($n:literal)*) => {
        #[dag]
        fn share(size: usize) -> usize {
            let bytes = fill(size);
            $(first_byte(&bytes, $n);)*
            for _ in count_lazily(100) {
                first_byte_of(&bytes);
            }
            let bytes = nested(bytes);
            length(identity(bytes))
        }
    };
}

share! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33
    34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64
    65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95
    96 97 98 99
}

#[test]
fn a_value_that_a_hundred_nodes_borrow_is_there_once() {
    if let Some(size) = child() {
        let size = size.parse().expect("a size");
        assert_eq!(share::call(size).run_blocking().expect("the run succeeds"), size);
        return report_peak();
    }
    let test = "memory::a_value_that_a_hundred_nodes_borrow_is_there_once";
    let small = measure(test, &1024.to_string());
    let large = measure(test, &(64 * MIB).to_string());
    let more = large.saturating_sub(small) / MIB;
    assert!((60..96).contains(&more), "a value of 64 MiB took {more} MiB");
}

#[task]
fn chunks(end: usize) -> impl Iterator<Item = Vec<u8>> + Send {
    (0..end).map(|_| vec![1; MIB])
}

#[task]
async fn length_later(bytes: Vec<u8>) -> usize {
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    bytes.len()
}

#[task]
fn sum(lengths: Vec<usize>) -> usize {
    lengths.iter().sum()
}

#[dag]
fn lazy_chunks(end: usize) -> usize {
    sum(chunks(end).into_iter().map(length).collect())
}

#[dag]
async fn lazy_chunks_later(end: usize) -> usize {
    let mut lengths = Vec::new();
    for chunk in chunks(end) {
        lengths.push(length_later(chunk).await);
    }
    sum(lengths)
}

/// 1 GiB, a MiB at a time.
#[test]
fn memory_follows_what_is_in_flight_and_not_the_partitions_of_a_lazy_fan_out() {
    if let Some(what) = child() {
        let runtime = dagger::Runtime::builder().max_concurrency(8).build();
        let length = match what.as_str() {
            "nothing" => runtime.run_blocking(lazy_chunks::call(0)),
            "sync" => runtime.run_blocking(lazy_chunks::call(1024)),
            _ => runtime.run_blocking(lazy_chunks_later::call(1024)),
        };
        length.expect("the run succeeds");
        return report_peak();
    }
    let test = "memory::memory_follows_what_is_in_flight_and_not_the_partitions_of_a_lazy_fan_out";
    let nothing = measure(test, "nothing");
    for what in ["sync", "async"] {
        let more = measure(test, what).saturating_sub(nothing) / MIB;
        assert!(more < 128, "{what}: a GiB in chunks of a MiB took {more} MiB at a time");
    }
}

#[dag]
fn double_all(end: usize) -> usize {
    sum(count_lazily(end).into_iter().map(crate::support::double).collect())
}

#[test]
fn the_compute_threads_of_a_runtime_go_with_it() {
    if child().is_some() {
        for n in 0..200 {
            let runtime = dagger::Runtime::builder().compute_threads(4).build();
            let sum = runtime.run_blocking(double_all::call(n)).expect("the run succeeds");
            assert_eq!(sum, n * n.saturating_sub(1));
        }
        // The threads end by themselves, some time after their runtime.
        let start = std::time::Instant::now();
        while status("Threads") > 100 && start.elapsed().as_secs() < 30 {
            std::thread::yield_now();
        }
        return println!("\nmeasured: {}", status("Threads"));
    }
    let threads = measure("memory::the_compute_threads_of_a_runtime_go_with_it", "threads");
    assert!(threads <= 100, "{threads} threads after 200 runtimes of 4 threads");
}
