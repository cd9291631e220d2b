//! A hundred layers of a hundred nodes, each of which reads two or three of the layer before.

use std::sync::Arc;

use dagger::Dag;
use dagger::hand::{Handle, Task, gather};

use crate::graph::{Graph, Slots, run_by_name};
use crate::measure::{alternate, timed};
use crate::pools::Pools;
use crate::table::{Allowed, Row};
use crate::tasks::{mix, weighted_sum};

const LAYERS: usize = 100;
const WIDTH: usize = 100;
/// The nodes of all layers, and the one that reads the last layer.
const NODES: u32 = 10_001;
const START: u64 = 1;

/// What a node of a layer reads of the layer before: two nodes, and a third one, if its own place is
/// odd.
fn reads<T: Copy>(layer: &[T], place: usize) -> (T, T, Option<T>) {
    let at = |offset| layer[(place + offset) % WIDTH];
    (at(0), at(7), (place % 2 == 1).then(|| at(31)))
}

fn mix_two(a: u64, b: u64) -> u64 {
    mix(a.wrapping_add(b))
}

fn mix_three(a: u64, b: u64, c: u64) -> u64 {
    mix(a.wrapping_add(b).wrapping_add(c))
}

fn name(layer: usize, place: usize) -> String {
    format!("node-{layer}-{place}")
}

fn by_hand() -> Graph {
    let mut graph = Graph::default();
    let first =
        |place| graph.add(name(0, place), &[], move |_: &Slots| mix_two(START, place as u64));
    let mut layer: Vec<_> = (0..WIDTH).map(first).collect();
    for number in 1..LAYERS {
        let node = |place| match reads(&layer, place) {
            (a, b, None) => graph.add(name(number, place), &[a, b], move |slots| {
                mix_two(slots.get(a), slots.get(b))
            }),
            (a, b, Some(c)) => graph.add(name(number, place), &[a, b, c], move |slots| {
                mix_three(slots.get(a), slots.get(b), slots.get(c))
            }),
        };
        layer = (0..WIDTH).map(node).collect();
    }
    let last = layer.clone();
    graph.add("sum".to_owned(), &layer, move |slots| {
        weighted_sum(last.iter().map(|node| slots.get(*node)).collect())
    });
    graph
}

fn by_dagger() -> Dag {
    let mut dag = Dag::builder("layers");
    let start = dag.parameter::<u64>("start");
    let first = |place| {
        let task = Task::new(name(0, place), ["n"], move |n: u64| mix_two(n, place as u64));
        dag.node(task, (start.copied(),))
    };
    let mut layer: Vec<Handle<u64>> = (0..WIDTH).map(first).collect();
    for number in 1..LAYERS {
        let node = |place| match reads(&layer, place) {
            (a, b, None) => {
                let task = Task::new(name(number, place), ["a", "b"], mix_two);
                dag.node(task, (a.copied(), b.copied()))
            }
            (a, b, Some(c)) => {
                let task = Task::new(name(number, place), ["a", "b", "c"], mix_three);
                dag.node(task, (a.copied(), b.copied(), c.copied()))
            }
        };
        layer = (0..WIDTH).map(node).collect();
    }
    let sum = dag.node(Task::new("sum", ["numbers"], weighted_sum), (gather(layer),));
    dag.output("return_value", sum);
    dag.build().expect("a legal graph")
}

pub(crate) fn run(pools: &Pools) -> Row {
    let (graph, dag) = (Arc::new(by_hand()), by_dagger());
    let hand = || timed(|| graph.run_on(&pools.workers));
    let dagger = || timed(|| run_by_name(&dag, "start", START));
    Row::times(NODES, alternate(hand, dagger), Allowed::Times(1.0))
}

/// What is built is dropped when nobody looks at the clock.
pub(crate) fn build(_: &Pools) -> Row {
    let hand = || (timed(by_hand).0, ());
    let dagger = || (timed(by_dagger).0, ());
    Row::times(NODES, alternate(hand, dagger), Allowed::Anything)
}
