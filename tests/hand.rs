//! The graph by hand.

use dagger::hand::{Task, constant, expression, gather, node};
use dagger::{Dag, Inputs, Runtime, dag, task};

#[task]
fn generate_numbers(count: u64) -> Vec<u64> {
    (1..=count).collect()
}

#[task]
fn raise_number(n: u64, exponent: u32) -> u64 {
    n.pow(exponent)
}

#[task]
fn sum_numbers(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[dag]
fn sum_of_powers(count: u64, #[default(2)] exponent: u32) -> u64 {
    let mut raised = Vec::new();
    for n in generate_numbers(count) {
        raised.push(raise_number(n, exponent));
    }
    sum_numbers(&raised)
}

#[test]
fn first() {
    let mut dag = Dag::builder("sum-of-powers");
    let count = dag.parameter::<u64>("count");
    let exponent = dag.parameter_or("exponent", constant(2_u32));
    let numbers = dag.node(node!(generate_numbers), (count,));
    let raised = dag.map(node!(raise_number), (numbers.each(), exponent.copied()));
    let total = dag.node(node!(sum_numbers), (raised.by_ref(),));
    dag.output("return_value", total);
    let dag = dag.build().unwrap();
    assert_eq!(dag, sum_of_powers::dag());
    let call = dagger::Call::by_name(&dag, Inputs::new().with("count", 4_u64));
    assert_eq!(call.run_blocking().unwrap().take::<u64>("return_value").unwrap(), 30);
    let call = dagger::Call::by_name(&sum_of_powers::dag(), Inputs::new().with("count", 4_u64));
    assert_eq!(call.run_blocking().unwrap().take::<u64>("return_value").unwrap(), 30);
}
