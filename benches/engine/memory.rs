//! Peak memory, measured in processes of their own.
//!
//! A process runs a shape twice: first a small one, which starts all threads, then the large one.
//! What counts is how much higher the peak is afterwards.

use std::sync::Arc;

use dagger::hand::{Task, gather};
use dagger::{Dag, Runtime, dag, task};

use crate::graph::run_by_name;
use crate::measure::median;
use crate::pools::{Pools, map_windows};
use crate::process::{measure_child, peak_memory};
use crate::table::Row;
use crate::tasks::{weighted_sum, yields};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
const ROUNDS: usize = 3;
const READERS: usize = 100;
const VALUE: usize = 64 * MIB;
const ITEMS: usize = 1_000_000;
/// The limit of a runtime, where nothing else is asked for.
const IN_FLIGHT: usize = 1024;

pub(crate) fn shared(_: &Pools) -> Row {
    let [hand, dagger] = measured(["shared, by hand", "shared, dagger"]);
    let value = kib(VALUE);
    Row::memory(hand.saturating_sub(value), dagger.saturating_sub(value), kib(MIB))
}

pub(crate) fn lazy(_: &Pools) -> Row {
    let [hand, dagger] = measured(["lazy, by hand", "lazy, dagger"]);
    Row::memory(hand, dagger, kib(64 * MIB))
}

fn measured(versions: [&str; 2]) -> [u32; 2] {
    versions.map(|what| median((0..ROUNDS).map(|_| measure_child(what)).collect()))
}

fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes / KIB).expect("less than a TiB")
}

/// In a process of its own: prints how much the peak grows.
pub(crate) fn measure(what: &str) {
    let pools = Pools::new();
    let growth = match what {
        "shared, by hand" => growth(|size| shared_by_hand(&pools, size), VALUE),
        "shared, dagger" => growth(shared_by_dagger, VALUE),
        "lazy, by hand" => growth(|items| lazy_by_hand(&pools, items), ITEMS),
        "lazy, dagger" => growth(|items| lazy_by_dagger(&pools, items), ITEMS),
        _ => unreachable!("`{what}` is not a shape"),
    };
    println!("{growth}");
}

/// How much the peak grows from a run of a thousandth of the size to one of the whole.
fn growth(run: impl Fn(usize) -> u64, size: usize) -> u32 {
    run(size / 1000);
    let before = peak_memory();
    run(size);
    peak_memory() - before
}

fn fill(size: usize) -> Vec<u8> {
    vec![1; size]
}

/// Reads a byte of each page.
fn read(bytes: &[u8], offset: usize) -> u64 {
    bytes.iter().skip(offset).step_by(4096).map(|byte| u64::from(*byte)).sum()
}

fn shared_by_hand(pools: &Pools, size: usize) -> u64 {
    let bytes = Arc::new(fill(size));
    let readers = (0..READERS).collect();
    weighted_sum(pools.workers.map(readers, 1, move |reader| read(&bytes, reader)))
}

fn shared_by_dagger(size: usize) -> u64 {
    let mut dag = Dag::builder("shared");
    let size_of_value = dag.parameter::<usize>("size");
    let bytes = dag.node(Task::new("fill", ["size"], fill), (size_of_value,));
    let node = |reader| {
        let read = move |bytes: &[u8]| read(bytes, reader);
        dag.node(Task::new(format!("read-{reader}"), ["bytes"], read), (bytes.by_ref(),))
    };
    let sums: Vec<_> = (0..READERS).map(node).collect();
    let sum = dag.node(Task::new("sum", ["sums"], weighted_sum), (gather(sums),));
    dag.output("return_value", sum);
    let dag = dag.build().expect("a legal graph");
    run_by_name(&dag, "size", size)
}

#[task]
fn kibibytes(count: usize) -> impl Iterator<Item = Vec<u8>> + Send {
    (0..count).map(|_| fill(KIB))
}

#[task]
async fn read_later(bytes: Vec<u8>) -> u64 {
    yields().await;
    read(&bytes, 0)
}

#[dag]
async fn read_all_later(count: usize) -> u64 {
    let mut sums = Vec::new();
    for bytes in kibibytes(count) {
        sums.push(read_later(bytes).await);
    }
    weighted_sum(sums)
}

fn lazy_by_hand(pools: &Pools, count: usize) -> u64 {
    let window = IN_FLIGHT / pools.workers.count();
    let sums = async move { map_windows(kibibytes(count), window, read_later).await };
    weighted_sum(pools.in_task(sums))
}

fn lazy_by_dagger(pools: &Pools, count: usize) -> u64 {
    let run = Runtime::default().run(read_all_later::call(count));
    pools.in_task(run).expect("the run succeeds")
}
