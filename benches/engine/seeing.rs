//! What it costs to look at a run with what the library has for that: a map of a task that does next to
//! nothing, beside the same map that nobody looks at.

use std::io::sink;

use dagger::{ChromeTrace, ProgressBar, RunReport, Runtime};

use crate::maps::{ITEMS, mix_all, mix_all_ready};
use crate::measure::{alternate, timed};
use crate::options::{label, row};
use crate::pools::Pools;
use crate::table::{Allowed, Row};

/// What progress may take.
fn progress() -> Allowed {
    Allowed::Times(1.1)
}

fn with_bar() -> Runtime {
    Runtime::builder().observer(ProgressBar::plain_to(sink())).build()
}

pub(crate) fn sync_bar(pools: &Pools) -> Row {
    row(pools, mix_all::call, (&with_bar(), mix_all::call), progress())
}

pub(crate) fn async_bar(pools: &Pools) -> Row {
    row(pools, mix_all_ready::call, (&with_bar(), mix_all_ready::call), progress())
}

pub(crate) fn labelled_bar(pools: &Pools) -> Row {
    row(pools, label::now::call, (&with_bar(), label::now::call), Allowed::Anything)
}

/// A trace that goes nowhere.
fn traced() -> Runtime {
    let trace = ChromeTrace::create("/dev/null").expect("it can be written");
    Runtime::builder().observer(trace).build()
}

pub(crate) fn sync_trace(pools: &Pools) -> Row {
    row(pools, mix_all::call, (&traced(), mix_all::call), Allowed::Anything)
}

/// A report that goes nowhere.
fn reported() -> Runtime {
    let report = RunReport::create("/dev/null").expect("it can be written");
    Runtime::builder().observer(report).build()
}

pub(crate) fn sync_report(pools: &Pools) -> Row {
    let default = Runtime::default();
    let run = |runtime: &Runtime| {
        pools.in_task(runtime.run(mix_all::call(ITEMS))).expect("the run succeeds")
    };
    let medians = alternate(|| timed(|| run(&default)), || timed(|| run(&reported())));
    Row::times(ITEMS, medians, Allowed::Anything)
}
