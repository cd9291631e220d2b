//! Random graphs by hand: what they give is what the same steps give one after another.

use dagger::hand::{Handle, Task, constant, expression, gather, node};
use dagger::{Dag, Inputs};
use proptest::prelude::*;

use crate::support::*;

/// A step over earlier values, which are numbered: the parameter comes first.
#[derive(Debug, Clone)]
enum Step {
    Add(usize, usize),
    /// Borrows a value.
    Twice(usize),
    /// Adds several.
    Gather(Vec<usize>),
    /// Sums `1..=n` with a map.
    Map(usize),
    Next(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let value = || any::<prop::sample::Index>();
    let step = prop_oneof![
        (value(), value()).prop_map(|(a, b)| (0, vec![a, b])),
        value().prop_map(|a| (1, vec![a])),
        prop::collection::vec(value(), 0..5).prop_map(|values| (2, values)),
        value().prop_map(|a| (3, vec![a])),
        value().prop_map(|a| (4, vec![a])),
    ];
    prop::collection::vec(step, 1..30).prop_map(|steps| {
        let steps = steps.into_iter().enumerate();
        let step = |(known, (kind, values)): (usize, (usize, Vec<prop::sample::Index>))| {
            let values: Vec<_> = values.iter().map(|value| value.index(known + 1)).collect();
            match kind {
                0 => Step::Add(values[0], values[1]),
                1 => Step::Twice(values[0]),
                2 => Step::Gather(values),
                3 => Step::Map(values[0]),
                _ => Step::Next(values[0]),
            }
        };
        steps.map(step).collect()
    })
}

fn expected(steps: &[Step], start: u64) -> Vec<u64> {
    let mut values = vec![start];
    for step in steps {
        values.push(match step {
            Step::Add(a, b) => values[*a].wrapping_add(values[*b]),
            Step::Twice(a) => values[*a].wrapping_mul(2),
            Step::Gather(all) => all.iter().fold(0, |sum, a| sum.wrapping_add(values[*a])),
            Step::Map(a) => (1..=values[*a] % 100).sum(),
            Step::Next(a) => values[*a].wrapping_add(1),
        });
    }
    values
}

/// Every value is an output as well, so that all but the parameter are moved in the end.
fn by_hand(steps: &[Step]) -> Dag {
    let add = || Task::new("add", ["a", "b"], u64::wrapping_add);
    let mut dag = Dag::builder("random");
    let mut values: Vec<Handle<u64>> = vec![dag.parameter("start")];
    for step in steps {
        let value = match step {
            Step::Add(a, b) => dag.node(add(), (values[*a].copied(), values[*b].cloned())),
            Step::Twice(a) => {
                let twice = Task::new("twice", ["n"], |n: &u64| n.wrapping_mul(2));
                dag.node(twice, (values[*a].by_ref(),))
            }
            Step::Gather(all) => {
                let copies: Vec<_> = all
                    .iter()
                    .map(|a| dag.node(node!(dagger::identity), (values[*a].copied(),)))
                    .collect();
                let sum = Task::new("sum", ["all"], |all: Vec<u64>| {
                    all.into_iter().fold(0, u64::wrapping_add)
                });
                dag.node(sum, (gather(copies),))
            }
            Step::Map(a) => {
                let count = expression("n % 100", (values[*a].copied(),), |n: u64| n % 100);
                let numbers = dag.node(node!(generate), (count,));
                let raised = dag.map(node!(raise), (numbers.each(), constant(1_u32)));
                dag.node(node!(total), (raised,))
            }
            Step::Next(a) => {
                let next = Task::new_async("next", ["n"], async |n: u64| {
                    tokio::task::yield_now().await;
                    n.wrapping_add(1)
                });
                dag.node(next, (values[*a].copied(),))
            }
        };
        values.push(value);
    }
    for (index, value) in values.into_iter().enumerate().skip(1) {
        dag.output(format!("value-{index}"), value);
    }
    built(dag)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_random_graph_gives_what_its_steps_give(steps in steps(), start in any::<u64>()) {
        let dag = by_hand(&steps);
        let mut outputs = run(&dag, Inputs::new().with("start", start));
        let values = expected(&steps, start);
        for (index, value) in values.into_iter().enumerate().skip(1) {
            prop_assert_eq!(outputs.take::<u64>(&format!("value-{index}")).unwrap(), value);
        }
        prop_assert_eq!(dag.nodes().iter().filter(|node| node.outputs.is_empty()).count(), 0);
    }
}
