//! What the engine costs: shapes of graphs, each run by dagger, and by what one would write by hand
//! for just this shape.
//!
//! ```text
//! cargo bench --bench engine
//! cargo bench --bench engine -- nested
//! cargo bench --bench engine --features cli
//! ```
//!
//! The second command runs only the shapes whose name contains the word; the third one also runs
//! those that need a feature.
//!
//! Both versions call the same tasks, on one thread a core, and must give the same result. They run
//! in turn in one process, after a round that does not count. Each time is the median of its rounds,
//! of the whole and, in wall time, of an item: a partition, a node, or a run, of which a round may
//! have many. Memory is the growth of the peak of a process of its own.
//!
//! What is allowed is a ratio of the two times, or, with a `+`, what dagger may take more for an
//! item. Other limits hold for dagger alone. A shape `against all` ends early: where others have the
//! version by hand, it has the same run by dagger that goes on to its end. One `with` something has
//! the same map by dagger with nothing asked for.

#[path = "engine/chain.rs"]
mod chain;
#[path = "engine/computing.rs"]
mod computing;
#[path = "engine/failures.rs"]
mod failures;
#[path = "engine/graph.rs"]
mod graph;
#[path = "engine/layers.rs"]
mod layers;
#[path = "engine/maps.rs"]
mod maps;
#[path = "engine/measure.rs"]
mod measure;
#[path = "engine/memory.rs"]
mod memory;
#[path = "engine/nested.rs"]
mod nested;
#[path = "engine/options.rs"]
mod options;
#[path = "engine/pools.rs"]
mod pools;
#[path = "engine/process.rs"]
mod process;
#[cfg(feature = "cli")]
#[path = "engine/seeing.rs"]
mod seeing;
#[path = "engine/small.rs"]
mod small;
#[path = "engine/suspending.rs"]
mod suspending;
#[path = "engine/table.rs"]
mod table;
#[path = "engine/tasks.rs"]
mod tasks;

use std::hint::black_box;

use pools::Pools;
use table::{Row, print};

/// Measures a shape.
type Measure = fn(&Pools) -> Row;

const SHAPES: &[(&str, Measure)] = &[
    ("map sync", maps::sync),
    ("map async, ready", maps::ready),
    ("map async, yields once", suspending::yields_once),
    ("map async, sleeps 1 ms", suspending::sleeps),
    ("map, 10 µs", computing::even),
    ("map, skewed", computing::skewed),
    ("map, skewed, expensive last", computing::expensive_last),
    ("map, skewed, expensive first", computing::expensive_first),
    ("map of a nested dag", nested::sync),
    ("map of a nested async dag", nested::ready),
    ("chain of 100,000, built and run", chain::whole),
    ("chain of 100,000, run", chain::run),
    ("100 layers of 100, run", layers::run),
    ("100 layers of 100, built", layers::build),
    ("three async nodes, warm", small::warm),
    ("three sync nodes, cold", small::cold),
    ("three sync nodes, hot", small::hot),
    ("64 MiB read by 100 nodes, peak memory", memory::shared),
    ("1,000,000 lazy items of 1 KiB, peak memory", memory::lazy),
    ("map sync, fails last, against all", failures::sync_fails_last),
    ("map sync, panics first, against all", failures::sync_panics_first),
    ("map async, fails last, against all", failures::async_fails_last),
    ("map async, panics first, against all", failures::async_panics_first),
    ("map sync, with retry", options::sync_retry),
    ("map async, with retry", options::async_retry),
    ("map sync, with timeout", options::sync_timeout),
    ("map async, with timeout", options::async_timeout),
    ("map sync, with label", options::sync_label),
    ("map async, with label", options::async_label),
    ("map sync, with an observer of nodes", options::sync_nodes),
    ("map async, with an observer of nodes", options::async_nodes),
    ("map sync, with an observer of partitions", options::sync_partitions),
    ("map async, with an observer of partitions", options::async_partitions),
    ("map sync, with progress", options::sync_progress),
    ("map async, with progress", options::async_progress),
    #[cfg(feature = "cli")]
    ("map sync, with a progress bar", seeing::sync_bar),
    #[cfg(feature = "cli")]
    ("map async, with a progress bar", seeing::async_bar),
    #[cfg(feature = "cli")]
    ("map sync with label, with a progress bar", seeing::labelled_bar),
    #[cfg(feature = "cli")]
    ("map sync, with a trace", seeing::sync_trace),
    #[cfg(feature = "cli")]
    ("map sync, with a report", seeing::sync_report),
];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [process::CHILD, what] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return memory::measure(what);
    }
    // `cargo test --benches` only asks whether it builds.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let word = arguments.iter().find(|argument| !argument.starts_with("--"));
    let is_wanted = |name: &str| word.is_none_or(|word| name.contains(word.as_str()));
    keep_freed_memory();
    let pools = Pools::new();
    let measured = |(name, measure): &(&'static str, Measure)| {
        eprintln!("{name} …");
        (*name, measure(&pools))
    };
    let rows: Vec<_> = SHAPES.iter().filter(|(name, _)| is_wanted(name)).map(measured).collect();
    print(&rows);
}

/// Has glibc keep what is freed, or else some rounds would wait for the system to clear new memory,
/// and others would not: the limit is twice the largest block that was ever freed, up to 32 MiB.
fn keep_freed_memory() {
    drop(black_box(vec![0_u8; 31 << 20]));
}
