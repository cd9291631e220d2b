//! What it costs to ask for something: a map of a task that does next to nothing, beside the same map
//! with nothing asked for.

use dagger::{Call, Detail, Event, Observer, Runtime, dag, task};

use crate::maps::{ITEMS, mix_all, mix_all_ready};
use crate::measure::{alternate, timed};
use crate::pools::Pools;
use crate::table::{Allowed, Row};
use crate::tasks::{count_up, mix, weighted_sum};

/// A task with options, sync and async, and the dags that map it.
macro_rules! tasks_with {
    ($n:ident => $($options:tt)*) => {
        use super::{count_up, dag, mix, task, weighted_sum};

        #[task($($options)*)]
        fn mix_now($n: u64) -> u64 {
            mix($n)
        }

        #[task($($options)*)]
        async fn mix_ready($n: u64) -> u64 {
            mix($n)
        }

        #[dag]
        pub(crate) fn now(end: u32) -> u64 {
            let mut mixed = Vec::new();
            for n in count_up(end) {
                mixed.push(mix_now(n));
            }
            weighted_sum(mixed)
        }

        #[dag]
        pub(crate) async fn ready(end: u32) -> u64 {
            let mut mixed = Vec::new();
            for n in count_up(end) {
                mixed.push(mix_ready(n).await);
            }
            weighted_sum(mixed)
        }
    };
}

mod retry {
    tasks_with!(n => retry(limit = 3));
}

mod timeout {
    tasks_with!(n => timeout = "30s");
}

pub(crate) mod label {
    tasks_with!(n => label = n);
}

/// Looks on, and does nothing.
struct Onlooker(Detail);

impl Observer for Onlooker {
    fn observe(&self, _: &Event) {}

    fn detail(&self) -> Detail {
        self.0
    }
}

fn observed(detail: Detail) -> Runtime {
    Runtime::builder().observer(Onlooker(detail)).build()
}

/// A map in an async context, and the same where something is asked for.
pub(crate) fn row(
    pools: &Pools,
    nothing: fn(u32) -> Call<u64>,
    (runtime, asked): (&Runtime, fn(u32) -> Call<u64>),
    allowed: Allowed,
) -> Row {
    let run = |runtime: &Runtime, call: fn(u32) -> Call<u64>| {
        pools.in_task(runtime.run(call(ITEMS))).expect("the run succeeds")
    };
    let default = Runtime::default();
    let medians = alternate(|| timed(|| run(&default, nothing)), || timed(|| run(runtime, asked)));
    Row::times(ITEMS, medians, allowed)
}

/// The same where the map is started in the background.
fn started(pools: &Pools, call: fn(u32) -> Call<u64>) -> Row {
    let default = Runtime::default();
    let run = || pools.in_task(default.run(call(ITEMS))).expect("the run succeeds");
    let start = || {
        let runtime = default.clone();
        let started = async move { runtime.start(call(ITEMS)).await };
        pools.in_task(started).expect("the run succeeds")
    };
    Row::times(ITEMS, alternate(|| timed(run), || timed(start)), Allowed::Anything)
}

pub(crate) fn sync_retry(pools: &Pools) -> Row {
    row(pools, mix_all::call, (&Runtime::default(), retry::now::call), Allowed::Anything)
}

pub(crate) fn async_retry(pools: &Pools) -> Row {
    row(pools, mix_all_ready::call, (&Runtime::default(), retry::ready::call), Allowed::Anything)
}

pub(crate) fn sync_timeout(pools: &Pools) -> Row {
    row(pools, mix_all::call, (&Runtime::default(), timeout::now::call), Allowed::Anything)
}

pub(crate) fn async_timeout(pools: &Pools) -> Row {
    row(pools, mix_all_ready::call, (&Runtime::default(), timeout::ready::call), Allowed::Anything)
}

pub(crate) fn sync_label(pools: &Pools) -> Row {
    row(pools, mix_all::call, (&Runtime::default(), label::now::call), Allowed::Anything)
}

pub(crate) fn async_label(pools: &Pools) -> Row {
    row(pools, mix_all_ready::call, (&Runtime::default(), label::ready::call), Allowed::Anything)
}

pub(crate) fn sync_nodes(pools: &Pools) -> Row {
    row(pools, mix_all::call, (&observed(Detail::Nodes), mix_all::call), Allowed::Anything)
}

pub(crate) fn async_nodes(pools: &Pools) -> Row {
    row(
        pools,
        mix_all_ready::call,
        (&observed(Detail::Nodes), mix_all_ready::call),
        Allowed::Anything,
    )
}

pub(crate) fn sync_partitions(pools: &Pools) -> Row {
    row(pools, mix_all::call, (&observed(Detail::Partitions), mix_all::call), Allowed::Anything)
}

pub(crate) fn async_partitions(pools: &Pools) -> Row {
    row(
        pools,
        mix_all_ready::call,
        (&observed(Detail::Partitions), mix_all_ready::call),
        Allowed::Anything,
    )
}

pub(crate) fn sync_progress(pools: &Pools) -> Row {
    started(pools, mix_all::call)
}

pub(crate) fn async_progress(pools: &Pools) -> Row {
    started(pools, mix_all_ready::call)
}
