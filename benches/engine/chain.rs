//! A hundred thousand nodes, one after another, built by hand and by name.

use std::time::Duration;

use dagger::Dag;
use dagger::hand::Task;

use crate::graph::{Graph, run_by_name};
use crate::measure::{alternate, timed};
use crate::pools::Pools;
use crate::table::{Allowed, Row};
use crate::tasks::mix;

const NODES: u32 = 100_000;
const START: u64 = 1;

fn by_hand() -> Graph {
    let mut graph = Graph::default();
    let mut last = graph.add("step-0".to_owned(), &[], |_| mix(START));
    for step in 1..NODES {
        last = graph.add(format!("step-{step}"), &[last], move |slots| mix(slots.get(last)));
    }
    graph
}

fn by_dagger() -> Dag {
    let mut dag = Dag::builder("chain");
    let mut last = dag.parameter::<u64>("start");
    for step in 0..NODES {
        last = dag.node(Task::new(format!("step-{step}"), ["n"], mix), (last,));
    }
    dag.output("return_value", last);
    dag.build().expect("a legal graph")
}

fn run_by_dagger(dag: &Dag) -> u64 {
    run_by_name(dag, "start", START)
}

/// Builds and runs it. What was built is dropped afterwards, when nobody looks at the clock.
fn built_and_run<G>(build: fn() -> G, run: fn(&G) -> u64) -> (Duration, u64) {
    let (time, (_graph, result)) = timed(|| {
        let graph = build();
        let result = run(&graph);
        (graph, result)
    });
    (time, result)
}

pub(crate) fn whole(_: &Pools) -> Row {
    let hand = || built_and_run(by_hand, Graph::run_here);
    let dagger = || built_and_run(by_dagger, run_by_dagger);
    Row::times(NODES, alternate(hand, dagger), Allowed::Times(2.0))
}

pub(crate) fn run(_: &Pools) -> Row {
    let (graph, dag) = (by_hand(), by_dagger());
    let hand = || timed(|| graph.run_here());
    let dagger = || timed(|| run_by_dagger(&dag));
    let allowed = Allowed::AtMost(Duration::from_nanos(100));
    Row::times(NODES, alternate(hand, dagger), allowed)
}
