//! Runs that succeed, of all shapes.

use dagger::hand::{Task, node};
use dagger::{BoxError, Call, Dag, Inputs, dag, identity, task};
use futures::future::join_all;
use tracing::{Span, info};

use crate::support::{count, everywhere, lines, sum, tree_of};

#[task]
fn double(n: u64) -> u64 {
    info!(n, "doubles");
    2 * n
}

#[task]
async fn double_later(n: u64) -> u64 {
    info!(n, "doubles");
    tokio::task::yield_now().await;
    info!(n, "has doubled");
    2 * n
}

#[dag]
async fn chain(n: u64) -> u64 {
    let doubled = double(n);
    let doubled = double_later(doubled).await;
    double(doubled)
}

const CHAIN: &str = r#"
    run dag="chain" outcome="finished"
      node kind="task" node="double-1" outcome="finished"
        - INFO doubles n=1
      node kind="task" node="double-2" outcome="finished"
        - INFO doubles n=4
      node kind="task" node="double-later" outcome="finished"
        - INFO doubles n=2
        - INFO has doubled n=2
"#;

#[test]
fn each_node_of_a_chain_has_its_span() {
    everywhere(|| chain::call(1), true, CHAIN);
}

#[test]
fn a_graph_by_hand_has_the_same_spans() {
    let by_hand = || {
        let mut dag = Dag::builder("chain");
        let n = dag.parameter::<u64>("n");
        let doubled = dag.node(node!(double), (n,));
        let doubled = dag.node(node!(double_later), (doubled,));
        let doubled = dag.node(node!(double), (doubled,));
        dag.output("return_value", doubled);
        Call::by_name(&dag.build().expect("a graph"), Inputs::new().with("n", 1_u64))
    };
    everywhere(by_hand, true, CHAIN);
}

#[dag]
fn fan_out(end: u64) -> u64 {
    let mut doubled = Vec::new();
    for n in count(end) {
        doubled.push(double(n));
    }
    sum(doubled)
}

const FAN_OUT: &str = r#"
    run dag="fan-out" outcome="finished"
      node kind="task" mapped=true node="double" outcome="finished"
        call attempt=1 outcome="finished" partition=0
          - INFO doubles n=0
        call attempt=1 outcome="finished" partition=1
          - INFO doubles n=1
        call attempt=1 outcome="finished" partition=2
          - INFO doubles n=2
      node kind="task" node="count" outcome="finished"
        - INFO counts
      node kind="task" node="sum" outcome="finished"
        - INFO sums
"#;

#[test]
fn each_call_of_a_map_has_its_span() {
    everywhere(|| fan_out::call(3), true, FAN_OUT);
}

#[test]
fn a_map_by_hand_has_the_same_spans() {
    let by_hand = || {
        let mut dag = Dag::builder("fan-out");
        let end = dag.parameter::<u64>("end");
        let numbers = dag.node(node!(count), (end,));
        let doubled = dag.map(Task::new("double", ["n"], double), (numbers.each(),));
        let total = dag.node(node!(sum), (doubled,));
        dag.output("return_value", total);
        Call::by_name(&dag.build().expect("a graph"), Inputs::new().with("end", 3_u64))
    };
    everywhere(by_hand, true, FAN_OUT);
}

#[dag]
async fn fan_out_later(end: u64) -> u64 {
    let mut doubled = Vec::new();
    for n in count(end) {
        doubled.push(double_later(n).await);
    }
    sum(doubled)
}

#[test]
fn a_call_that_suspends_is_in_its_span_again() {
    everywhere(
        || fan_out_later::call(2),
        true,
        r#"
        run dag="fan-out-later" outcome="finished"
          node kind="task" mapped=true node="double-later" outcome="finished"
            call attempt=1 outcome="finished" partition=0
              - INFO doubles n=0
              - INFO has doubled n=0
            call attempt=1 outcome="finished" partition=1
              - INFO doubles n=1
              - INFO has doubled n=1
          node kind="task" node="count" outcome="finished"
            - INFO counts
          node kind="task" node="sum" outcome="finished"
            - INFO sums
        "#,
    );
}

#[dag]
fn nested(ends: Vec<u64>) -> u64 {
    let mut sums = Vec::new();
    for end in identity(ends) {
        sums.push(fan_out(end));
    }
    sum(sums)
}

#[test]
fn a_nested_run_is_in_the_span_of_its_call() {
    everywhere(
        || nested::call(vec![1, 2]),
        true,
        r#"
        run dag="nested" outcome="finished"
          node kind="dag" mapped=true node="fan-out" outcome="finished"
            call attempt=1 outcome="finished" partition=0
              run dag="fan-out" outcome="finished"
                node kind="task" mapped=true node="double" outcome="finished"
                  call attempt=1 outcome="finished" partition=0
                    - INFO doubles n=0
                node kind="task" node="count" outcome="finished"
                  - INFO counts
                node kind="task" node="sum" outcome="finished"
                  - INFO sums
            call attempt=1 outcome="finished" partition=1
              run dag="fan-out" outcome="finished"
                node kind="task" mapped=true node="double" outcome="finished"
                  call attempt=1 outcome="finished" partition=0
                    - INFO doubles n=0
                  call attempt=1 outcome="finished" partition=1
                    - INFO doubles n=1
                node kind="task" node="count" outcome="finished"
                  - INFO counts
                node kind="task" node="sum" outcome="finished"
                  - INFO sums
          node kind="task" node="identity" outcome="finished"
          node kind="task" node="sum" outcome="finished"
            - INFO sums
        "#,
    );
}

#[task]
async fn check(n: u64) -> Result<u64, BoxError> {
    if n < 2 { Ok(n) } else { Err("too large".into()) }
}

#[task]
fn count_errors(checked: Vec<Result<u64, BoxError>>) -> u64 {
    checked.iter().filter(|result| result.is_err()).count() as u64
}

#[dag]
async fn check_all(end: u64) -> u64 {
    let checked = join_all(count(end).into_iter().map(|n| check(n * 2))).await;
    count_errors(checked)
}

/// `Box<dyn Error>` in the results of an async map is where rustc finds a bound that is too tight.
#[test]
fn a_partition_that_returns_an_error_has_finished() {
    everywhere(
        || check_all::call(2),
        true,
        r#"
        run dag="check-all" outcome="finished"
          node kind="task" mapped=true node="check" outcome="finished"
            call attempt=1 outcome="finished" partition=0
            call attempt=1 outcome="finished" partition=1
          node kind="task" node="count" outcome="finished"
            - INFO counts
          node kind="task" node="count-errors" outcome="finished"
        "#,
    );
}

#[task]
fn run_inside(n: u64) -> u64 {
    chain::call(n).run_blocking().expect("the run succeeds")
}

#[dag]
fn outer(n: u64) -> u64 {
    run_inside(n)
}

#[test]
fn a_run_inside_of_a_task_is_in_its_span() {
    everywhere(
        || outer::call(1),
        true,
        r#"
        run dag="outer" outcome="finished"
          node kind="task" node="run-inside" outcome="finished"
            run dag="chain" outcome="finished"
              node kind="task" node="double-1" outcome="finished"
                - INFO doubles n=1
              node kind="task" node="double-2" outcome="finished"
                - INFO doubles n=4
              node kind="task" node="double-later" outcome="finished"
                - INFO doubles n=2
                - INFO has doubled n=2
        "#,
    );
}

#[test]
fn two_runs_have_two_numbers_and_no_parent_of_their_own() {
    let told = tree_of(|| {
        assert!(Span::current().id().is_some());
        chain::call(1).run_blocking().expect("the run succeeds");
        chain::call(1).run_blocking().expect("the run succeeds");
    });
    assert_eq!(told, lines(CHAIN).repeat(2));
}
