//! Dags that a seed draws: chains, diamonds, fan-outs and nested dags, in each other.

use dagger::hand::{Handle, Task};
use dagger::{Dag, Json};
use fastrand::Rng;

use crate::journal::done;

/// The dag of a seed. It takes `n`, and returns a number.
///
/// # Panics
///
/// If the graph is against a law of graphs.
pub fn dag(seed: u64) -> Dag {
    draw(&mut Rng::with_seed(seed), &format!("random-{seed}"), 2)
}

/// Values of a dag that is being drawn.
struct Drawn {
    numbers: Vec<Handle<u64>>,
    /// Lists that nobody is mapped over.
    lists: Vec<Handle<Vec<u64>>>,
}

/// A task's own arithmetic: anything that tells its arguments apart.
fn mixed(id: u64, arguments: &[u64]) -> u64 {
    arguments.iter().fold(id + 1, |sum, n| sum.wrapping_mul(31).wrapping_add(*n)) % 10_007
}

fn draw(rng: &mut Rng, name: &str, depth: u32) -> Dag {
    let mut dag = Dag::builder(name);
    let n = dag.parameter::<u64>("n");
    dag.serialize(n, Json);
    let mut drawn = Drawn { numbers: vec![n], lists: Vec::new() };
    let nodes = rng.u64(2..=if depth == 2 { 9 } else { 4 });
    for id in 0..nodes {
        let one = drawn.numbers[rng.usize(..drawn.numbers.len())];
        let two = drawn.numbers[rng.usize(..drawn.numbers.len())];
        let what = format!("{name}/{id}");
        let task = format!("task-{id}");
        let number = match rng.u8(..8) {
            0 | 1 => {
                let work = move |a: &u64| done(&format!("{what} {a}"), || mixed(id, &[*a]));
                dag.node(Task::new(task, ["a"], work), (one.by_ref(),))
            }
            2 | 3 => {
                let work = move |a: &u64, b: &u64| {
                    done(&format!("{what} {a} {b}"), || mixed(id, &[*a, *b]))
                };
                dag.node(Task::new(task, ["a", "b"], work), (one.by_ref(), two.by_ref()))
            }
            4 if depth > 0 => {
                let inner = draw(rng, &format!("inner-{id}"), depth - 1);
                dag.node(inner.returning::<u64>().named(task), (one.copied(),))
            }
            5 if depth > 0 && !drawn.lists.is_empty() => {
                let list = drawn.lists.swap_remove(rng.usize(..drawn.lists.len()));
                let inner = draw(rng, &format!("inner-{id}"), depth - 1);
                let all = dag.map(inner.returning::<u64>().named(task), (list.each(),));
                dag.serialize_each(all, Json);
                sum(&mut dag, name, id, all)
            }
            6 if !drawn.lists.is_empty() => {
                let list = drawn.lists.swap_remove(rng.usize(..drawn.lists.len()));
                let work =
                    move |a: u64, b: &u64| done(&format!("{what} {a} {b}"), || mixed(id, &[a, *b]));
                let all = dag.map(Task::new(task, ["a", "b"], work), (list.each(), two.by_ref()));
                dag.serialize_each(all, Json);
                sum(&mut dag, name, id, all)
            }
            _ => {
                let list = move |a: &u64| {
                    // Some of them are equal.
                    done(&format!("{what} {a}"), || {
                        (0..*a % 6).map(|k| k / 2 + id).collect::<Vec<_>>()
                    })
                };
                let list = dag.node(Task::new(task, ["a"], list), (one.by_ref(),));
                dag.serialize_each(list, Json);
                drawn.lists.push(list);
                continue;
            }
        };
        dag.serialize(number, Json);
        drawn.numbers.push(number);
    }
    // Nothing is in vain: what no map takes is counted.
    for (id, list) in (nodes..).zip(std::mem::take(&mut drawn.lists)) {
        let number = sum(&mut dag, name, id, list);
        dag.serialize(number, Json);
        dag.serialize(list, Json);
        drawn.numbers.push(number);
    }
    let last = drawn.numbers[drawn.numbers.len() - 1];
    let what = format!("{name}/end");
    let end = move |a: &u64, b: &u64| done(&format!("{what} {a} {b}"), || mixed(7, &[*a, *b]));
    let first = drawn.numbers[0];
    let end = dag.node(Task::new("end", ["a", "b"], end), (first.by_ref(), last.by_ref()));
    dag.serialize(end, Json);
    dag.output("return_value", end);
    dag.build().expect("it is a legal graph")
}

fn sum(
    dag: &mut dagger_core::build::hand::DagBuilder,
    name: &str,
    id: u64,
    all: Handle<Vec<u64>>,
) -> Handle<u64> {
    let what = format!("{name}/sum-{id}");
    let sum = move |all: Vec<u64>| done(&format!("{what} {all:?}"), || mixed(id, &all));
    dag.node(Task::new(format!("sum-{id}"), ["all"], sum), (all,))
}
