//! `run_dag`: what goes in and what comes out, by name.

use std::sync::Arc;

use dagger::hand::{Task, constant, node};
use dagger::{Dag, Inputs, Runtime, dag};

use crate::support::*;

#[dag]
fn power(n: u64, text: &str, #[default(2)] exponent: u32) -> u64 {
    let raised = raise(n, exponent);
    add(raised, text.len() as u64)
}

async fn message(inputs: Inputs) -> String {
    Runtime::default().run_dag(&power::dag(), inputs).await.unwrap_err().to_string()
}

#[tokio::test]
async fn all_that_is_wrong_with_the_inputs_is_one_error() {
    assert_eq!(
        message(Inputs::new().with("m", 2_u64).with("exponent", 2_u64)).await,
        "dag `power` cannot run: there is no parameter `m`; `exponent` takes `u32`, and gets `u64`; \
         `n` is missing; `text` is missing; its parameters are `n: u64`, `text: &str`, \
         `exponent: u32 = 2`"
    );
    assert_eq!(
        message(Inputs::new().with("n", 2_u64).with("n", 3_u64).with("text", 'x')).await,
        "dag `power` cannot run: `n` is given twice; `text` takes `String`, `Arc<str>` or `&str`, \
         and gets `char`; its parameters are `n: u64`, `text: &str`, `exponent: u32 = 2`"
    );
}

#[tokio::test]
async fn nothing_runs_when_an_input_is_wrong() {
    let mut dag = Dag::builder("never");
    let n = dag.parameter::<u64>("n");
    dag.node(Task::new("fail", [""; 0], || panic!("this ran")), ());
    dag.node(Task::new("take", ["n"], |_: u64| ()), (n,));
    let dag = built(dag);
    let run = Runtime::default().run_dag(&dag, Inputs::new()).await;
    assert_eq!(
        run.unwrap_err().to_string(),
        "dag `never` cannot run: `n` is missing; its parameter is `n: u64`"
    );
}

#[tokio::test]
async fn a_parameter_by_reference_takes_what_a_call_takes() {
    let runtime = Runtime::default();
    let inputs = || Inputs::new().with("n", 3_u64);
    let texts = [
        inputs().with("text", "abc"),
        inputs().with("text", "abc".to_owned()),
        inputs().with("text", Arc::<str>::from("abc")),
    ];
    for inputs in texts {
        let mut outputs = runtime.run_dag(&power::dag(), inputs).await.unwrap();
        assert_eq!(outputs.take::<u64>("return_value").unwrap(), 12);
    }
}

#[tokio::test]
async fn an_output_is_taken_once_by_its_name_and_type() {
    let mut dag = Dag::builder("pair");
    let n = dag.parameter_or("n", constant(3_u64));
    let a = dag.node(node!(add), (n.copied(), constant(1_u64)));
    let b = dag.node(node!(generate), (n,));
    dag.output("next", a);
    dag.output("numbers", b);
    let mut outputs = Runtime::default().run_dag(&built(dag), Inputs::new()).await.unwrap();
    assert_eq!(
        outputs.take::<u64>("sum").unwrap_err().to_string(),
        "dag `pair` has no output `sum`; there is `next: u64`, `numbers: Vec<u64>`"
    );
    assert_eq!(
        outputs.take::<u32>("next").unwrap_err().to_string(),
        "dag `pair` has the output `next: u64`, not a `u32`"
    );
    assert_eq!(outputs.take::<u64>("next").unwrap(), 4);
    assert_eq!(
        outputs.take::<u64>("next").unwrap_err().to_string(),
        "dag `pair` has given away its output `next`; there is `numbers: Vec<u64>`"
    );
    assert_eq!(outputs.take::<Vec<u64>>("numbers").unwrap(), [1, 2, 3]);
}
