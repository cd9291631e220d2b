//! Runs of graphs that only hands write: closures, late parameters, values that are dropped once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::hand::{Task, constant, expression, node};
use dagger::{Call, Dag, Inputs, identity};

use crate::support::*;

#[test]
fn closures_capture_and_a_parameter_may_come_late() {
    let step = 10;
    let mut dag = Dag::builder("late");
    let start = dag.node(Task::new("start", [""; 0], move || step), ());
    let by = dag.parameter::<u64>("by");
    let sum =
        dag.node(Task::new("sum", ["a", "b"], move |a: u64, b: u64| a + b + step), (start, by));
    dag.output("return_value", sum);
    let mut outputs = run(&built(dag), Inputs::new().with("by", 5_u64));
    assert_eq!(outputs.take::<u64>("return_value").unwrap(), 25);
}

#[test]
fn async_closures_borrow() {
    let mut dag = Dag::builder("hello");
    let names = dag.parameter::<Vec<String>>("names");
    let greeting = dag.parameter::<String>("greeting");
    let names = dag.node(node!(identity), (names,));
    let greet = Task::new_async("greet", ["name", "greeting"], async |name: &str, with: &str| {
        tokio::task::yield_now().await;
        format!("{with} {name}")
    });
    let greetings = dag.map(greet, (names.each_ref(), greeting.by_ref()));
    let all = dag.node(node!(join), (greetings,));
    let end = Task::new_async("end", ["text"], |text: String| async move { text + "!" });
    let all = dag.node(end, (all,));
    dag.output("return_value", all);
    let names = ["a", "b"].map(str::to_owned).to_vec();
    let inputs = Inputs::new().with("names", names).with("greeting", "hi".to_owned());
    let mut outputs = run(&built(dag), inputs);
    assert_eq!(outputs.take::<String>("return_value").unwrap(), "hi a hi b!");
}

#[test]
fn a_panic_in_an_input_is_the_failure_of_its_node() {
    let mut dag = Dag::builder("panics");
    let n = dag.parameter::<u64>("n");
    let inverse = expression("1 / n", (n,), |n: u64| 1_u64.checked_div(n).expect("not zero"));
    dag.node(node!(identity), (inverse,));
    let dag = built(dag);
    let error = Call::by_name(&dag, Inputs::new().with("n", 0_u64)).run_blocking().unwrap_err();
    assert_eq!(error.to_string(), "dag `panics`, node `identity` panicked: not zero");
}

#[test]
fn a_failure_in_a_dag_as_a_value_leads_there() {
    let mut inner = Dag::builder("inner");
    let n = inner.parameter::<u64>("n");
    let halved = inner.try_node(node!(half), (n,));
    inner.output("half", halved);
    let inner = built(inner);

    let mut outer = Dag::builder("outer");
    let numbers = outer.node(Task::new("numbers", [""; 0], || vec![2_u64, 3]), ());
    outer.map(inner.returning::<u64>(), (numbers.each(),));
    let error = Call::by_name(&built(outer), Inputs::new()).run_blocking().unwrap_err();
    assert_eq!(error.to_string(), "dag `outer`, node `inner`, partition 1, node `half` failed");
}

#[test]
fn a_default_is_made_for_every_run() {
    let mut dag = Dag::builder("defaults");
    let numbers = dag.parameter_or("numbers", constant(vec![1_u64, 2]));
    let sum = dag.node(node!(total), (numbers,));
    dag.output("return_value", sum);
    let dag = built(dag);
    assert_eq!(dag.parameters()[0].default.as_deref(), Some("[1, 2]"));
    for _ in 0..2 {
        assert_eq!(run(&dag, Inputs::new()).take::<u64>("return_value").unwrap(), 3);
    }
}

#[test]
fn every_value_is_dropped_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let made = Arc::clone(&drops);
    let mut dag = Dag::builder("drops");
    let make = Task::new("make", ["n"], move |n: usize| {
        (0..n).map(|_| Counted(Arc::clone(&made))).collect::<Vec<_>>()
    });
    let n = dag.parameter::<usize>("n");
    let values = dag.node(make, (n,));
    let count = Task::new("count", ["values"], |values: &[Counted]| values.len());
    let count = dag.node(count, (values.by_ref(),));
    let kept =
        dag.map(Task::new("keep", ["value"], |value: Counted| Some(value)), (values.each(),));
    let first = Task::new("first", ["values"], |values: Vec<Option<Counted>>| {
        let mut values = values.into_iter().flatten();
        (values.next(), values.next())
    });
    let pair = dag.node(first, (kept,));
    let (first, second) = dag.split(pair, ["0", "1"], |pair| pair);
    dag.node(Task::new("use", ["value"], |_: &Option<Counted>| ()), (second.by_ref(),));
    dag.output("first", first);
    dag.output("count", count);
    let dag = built(dag);

    let mut outputs = run(&dag, Inputs::new().with("n", 5_usize));
    assert_eq!(drops.load(Ordering::SeqCst), 4, "all but the output");
    assert_eq!(outputs.take::<usize>("count").unwrap(), 5);
    let first = outputs.take::<Option<Counted>>("first").unwrap();
    assert!(first.is_some());
    drop(outputs);
    assert_eq!(drops.load(Ordering::SeqCst), 4);
    drop(first);
    assert_eq!(drops.load(Ordering::SeqCst), 5);
}

#[test]
fn inputs_that_are_refused_are_dropped_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let dag = built(Dag::builder("empty"));
    let inputs = Inputs::new().with("x", Counted(Arc::clone(&drops)));
    assert!(Call::by_name(&dag, inputs).run_blocking().is_err());
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn a_long_chain() {
    let mut dag = Dag::builder("chain");
    let mut n = dag.parameter::<u64>("n");
    for _ in 0..10_000 {
        n = dag.node(node!(add), (n, constant(1_u64).written("1")));
    }
    dag.output("return_value", n);
    let dag = built(dag);
    assert_eq!(
        run(&dag, Inputs::new().with("n", 0_u64)).take::<u64>("return_value").unwrap(),
        10_000
    );
    assert_eq!(dag.nodes()[9_999].name, "add-10000");
}
