//! Graphs by hand.

use dagger::hand::{Task, constant, node};
use dagger::{Dag, Json, MessagePack};

use super::basics::{add, double};
use super::fallible::{inner, length_of, split};
use crate::Case;

fn sum_of_powers() -> Dag {
    let mut dag = Dag::builder("sum-of-powers");
    let count = dag.parameter::<u64>("count");
    let exponent = dag.parameter_or("exponent", constant(2_u32));
    let unit = dag.parameter_ref::<str>("unit");
    let numbers = dag.node(Task::new("generate", ["count"], |count: u64| 1..=count), (count,));
    let raise = Task::new("raise", ["exponent", "n"], |exponent: u32, n: u64| n.pow(exponent));
    let raised = dag.map(raise, (exponent.copied(), numbers.each()));
    let both = Task::new("both", ["raised"], |raised: Vec<u64>| {
        (raised.iter().sum::<u64>(), raised.len() as u64)
    });
    let both = dag.node(both, (raised,));
    let (sum, length) = dag.split(both, ["0", "1"], |both| both);
    let total = dag.node(node!(add), (sum, length));
    let twice = dag.node(node!(double), (total,));
    let named = Task::new("name", ["n", "unit"], |n: u64, unit: &str| format!("{n} {unit}"));
    let named = dag.node(named, (twice, unit.by_ref()));
    dag.output("return_value", named);
    dag.serialize(count, Json);
    dag.serialize(exponent, Json);
    dag.serialize_ref(unit, Json);
    dag.serialize_each(numbers, Json);
    dag.serialize_each(raised, MessagePack);
    dag.serialize(sum, MessagePack);
    dag.serialize(length, Json);
    dag.serialize(total, Json);
    dag.serialize(twice, Json);
    dag.serialize(named, Json);
    dag.build().expect("it obeys all laws")
}

/// Nobody reads what the dags that are called fail with.
fn ignored_by_hand() -> Dag {
    let mut dag = Dag::builder("ignored-by-hand");
    let text = dag.parameter::<String>("text");
    let words = dag.node(node!(split), (text.by_ref(),));
    dag.map(node!(inner), (words.each(),));
    dag.node(node!(inner), (text.cloned(),));
    let length = dag.node(node!(length_of), (text.by_ref(),));
    dag.output("return_value", length);
    dag.serialize(text, Json);
    dag.serialize_each(words, Json);
    dag.serialize(length, Json);
    dag.build().expect("it obeys all laws")
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let ignored = Case {
        name: "ignored_by_hand",
        dag: ignored_by_hand,
        parameters: || vec![("text", "\"1 x 3 y\"".to_owned())],
        returned: || Some("7".to_owned()),
    };
    vec![
        ignored,
        Case {
            name: "by_hand",
            dag: sum_of_powers,
            parameters: || vec![("count", "11".to_owned()), ("unit", "\"apples\"".to_owned())],
            returned: || {
                Some(format!("\"{} apples\"", 2 * ((1..=11_u64).map(|n| n * n).sum::<u64>() + 11)))
            },
        },
    ]
}
