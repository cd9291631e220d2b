//! What is wrong with a graph: every law, in words, and all at once.

use dagger::hand::{DagBuilder, Handle, Task, constant, expression, node};
use dagger::{Dag, dag, identity};

use crate::support::*;

fn numbers(dag: &mut DagBuilder) -> Handle<Vec<u64>> {
    dag.node(node!(generate), (constant(3_u64),))
}

#[test]
fn names() {
    let mut dag = Dag::builder("not legal");
    let a = dag.parameter::<u64>("a b");
    dag.node(node!(add).named("-add"), (a, constant(1_u64)));
    dag.node(Task::new("t_1", ["näme"], |_: u64| ()), (constant(1_u64),));
    let b = numbers(&mut dag);
    dag.output("", b);
    let legal = "is not a legal name: letters, digits and `-` (in parameters, inputs and outputs \
                 also `_`), starting with a letter or a digit, at most 64 characters [name]";
    let expected = ["not legal", "a b", "-add", "t_1", "näme", ""];
    let expected: Vec<_> = expected.iter().map(|name| format!("`{name}` {legal}")).collect();
    assert_eq!(refused(dag), expected.join("\n"));
}

#[test]
fn a_number_makes_a_name_too_long() {
    let mut dag = Dag::builder("long");
    let name = "n".repeat(63);
    for _ in 0..2 {
        dag.node(Task::new(name.clone(), [""; 0], || ()), ());
    }
    let error = dag.build().unwrap_err();
    assert_eq!(error.violations().len(), 2);
    assert!(error.to_string().starts_with(&format!("`{name}-1` is not a legal name")));
}

#[test]
fn duplicates() {
    let mut dag = Dag::builder("duplicates");
    dag.parameter::<u64>("a");
    dag.parameter::<u64>("a");
    let x = numbers(&mut dag);
    dag.node(node!(sum).named("sums"), (x.by_ref(),));
    dag.node(node!(sum).named("sums"), (x.by_ref(),));
    dag.node(node!(sum).named("generate"), (x.by_ref(),));
    let y = dag.node(node!(sum), (x.by_ref(),));
    dag.output("x", x);
    dag.output("x", y);
    assert_eq!(
        refused(dag),
        "there are two parameters named `a`: rename one of them [duplicate-name]\n\
         there are two nodes named `sums`: rename one of them [duplicate-name]\n\
         there are two nodes named `generate`: rename one of them [duplicate-name]\n\
         there are two outputs named `x`: rename one of them [duplicate-name]"
    );
}

#[test]
fn a_given_name_beside_numbered_ones() {
    let mut dag = Dag::builder("numbers");
    let x = numbers(&mut dag);
    dag.node(node!(sum).named("sum-1"), (x.by_ref(),));
    dag.node(node!(sum), (x.by_ref(),));
    dag.node(node!(sum), (x.by_ref(),));
    let dag = built(dag);
    let names: Vec<_> = dag.nodes().iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["generate", "sum-1", "sum-2", "sum-3"]);
}

#[test]
fn inputs_for_each_parameter() {
    let mut dag = Dag::builder("inputs");
    dag.node(Task::new("take", ["a"], |_: u64, _: u64| ()), (constant(1_u64), constant(2_u64)));
    dag.node(Task::new("make", ["a", "b"], || ()), ());
    dag.node(sum_of::dag().returning::<u64>(), ());
    assert_eq!(
        refused(dag),
        "`take` has 2 inputs and its task 1 parameter: `a` [inputs]\n\
         `make` has 0 inputs and its task 2 parameters: `a`, `b` [inputs]\n\
         `sum-of` has 0 inputs and its task 2 parameters: `n`, `numbers` [inputs]"
    );
}

#[test]
fn handles_of_another_builder() {
    let mut other = Dag::builder("other");
    let foreign = numbers(&mut other);
    let mut dag = Dag::builder("foreign");
    dag.node(node!(sum), (foreign.by_ref(),));
    dag.map(node!(double), (foreign.each_ref(),));
    dag.split(foreign, ["all"], |all| (all,));
    dag.output("x", foreign);
    let message = "reads a handle of another builder: a handle stands for a value of the dag that \
                   it was made for [foreign-handle]";
    assert_eq!(
        refused(dag),
        format!(
            "`sum` {message}\n`double` {message}\na `split` {message}\nthe output `x` {message}"
        )
    );
}

#[test]
fn moves() {
    let mut dag = Dag::builder("moves");
    let n = dag.parameter::<u64>("n");
    dag.node(node!(generate).named("first"), (n,));
    dag.node(node!(generate).named("second"), (n,));
    let x = numbers(&mut dag);
    dag.node(node!(total), (x,));
    dag.node(node!(sum), (x.by_ref(),));
    let one = dag.node(node!(identity), (constant(1_u64),));
    dag.node(node!(add).named("both"), (one, one));
    let two = dag.node(node!(identity), (constant(2_u64),));
    dag.node(node!(add).named("mixed"), (two.copied(), two));
    dag.node(node!(add).named("mixed-again"), (two, two.copied()));
    let (part,) = dag.split(x, ["0"], |x| (x,));
    dag.output("x", part);
    dag.output("y", part);
    assert_eq!(
        refused(dag),
        "the parameter `n` is moved twice, by `first` and by `second`: let `first` borrow or copy \
         it, with `.by_ref()`, `.copied()` or `.cloned()` [moved-value]\n\
         `sum` reads the output of `generate`, which `total` has moved: let `total` borrow or copy \
         it, with `.by_ref()`, `.copied()` or `.cloned()`, or move it later [moved-value]\n\
         `both` moves the output of `identity-1` twice: move a copy, with `.copied()` or \
         `.cloned()` [moved-value]\n\
         `mixed` moves the output of `identity-2` and borrows it as well: move a copy, with \
         `.copied()` or `.cloned()` [moved-value]\n\
         the output of `identity-2` is moved twice, by `mixed` and by `mixed-again`: let `mixed` \
         borrow or copy it, with `.by_ref()`, `.copied()` or `.cloned()` [moved-value]\n\
         `mixed-again` reads the output of `identity-2`, which `mixed` has moved: let `mixed` \
         borrow or copy it, with `.by_ref()`, `.copied()` or `.cloned()`, or move it later \
         [moved-value]\n\
         the output of `generate` is moved twice, by `total` and by a `split`: let `total` borrow \
         or copy it, with `.by_ref()`, `.copied()` or `.cloned()` [moved-value]\n\
         the output `property_0` of `generate` is moved twice, by the output `x` and by the output \
         `y`: let the output `x` borrow or copy it, with `.by_ref()`, `.copied()` or `.cloned()` \
         [moved-value]"
    );
}

#[test]
fn maps() {
    let mut dag = Dag::builder("maps");
    let given = dag.parameter::<Vec<u64>>("given");
    dag.map(node!(double), (given.each_ref(),));
    let x = numbers(&mut dag);
    let doubled = dag.map(node!(double), (x.each_ref(),));
    dag.map(node!(raise), (doubled.each(), constant(2_u32)));
    dag.map(node!(raise).named("no-partition"), (constant(1_u64), constant(2_u32)));
    let y = dag.node(node!(identity), (constant(vec![1_u64]),));
    dag.map(node!(add), (x.each(), y.each()));
    let z = dag.node(node!(identity), (constant(vec![1_u64]),));
    let twice = expression("a * b", (y.each_ref(), z.each()), |a: &u64, b: u64| a * b);
    dag.map(node!(identity).named("in-expression"), (twice,));
    assert_eq!(
        refused(dag),
        "`double-1` cannot map over `given`, a parameter of the dag: pass it through a node, \
         `dagger::identity` for instance [map-over-parameter]\n\
         `raise` cannot map over the results of `double-2`, the partitions of another map: put both \
         steps into one dag and map that, or join them in a node in between, `dagger::identity` for \
         instance [map-over-mapped]\n\
         `no-partition` is mapped over nothing: one of its inputs is `x.each()`, or `x.each_ref()`; \
         a node that runs once is `dag.node(…)` [one-partitioned-input]\n\
         `add` cannot map over two collections at once: pair them in a task that returns the pairs, \
         and map over its output [one-partitioned-input]\n\
         `in-expression` cannot map over two collections at once: pair them in a task that returns \
         the pairs, and map over its output [one-partitioned-input]\n\
         `in-expression` reads the output of `identity-1`, which `add` has moved: let `add` borrow \
         or copy it, with `.by_ref()`, `.copied()` or `.cloned()`, or move it later [moved-value]"
    );
}

#[test]
fn outputs() {
    let mut dag = Dag::builder("outputs");
    let n = dag.parameter::<u64>("n");
    let x = numbers(&mut dag);
    let doubled = dag.map(node!(double), (x.each_ref(),));
    dag.output("given", n);
    dag.output("doubled", doubled);
    assert_eq!(
        refused(dag),
        "the output `given` cannot be `n`, a parameter of the dag, which no node returns: pass it \
         through a node, `dagger::identity` for instance [result-without-node]\n\
         the output `doubled` cannot be the results of `double`, the partitions of a map: join them \
         in a reducing node, `dagger::identity` for instance [partitioned-output]"
    );
}

#[dag]
fn sum_of(n: u64, numbers: &[u64]) -> u64 {
    let rest = sum(numbers);
    add(n, rest)
}

#[dag]
fn two(n: u64) -> (u64, u64) {
    let a = add(n, 1);
    let b = add(n, 2);
    (a, b)
}

#[test]
fn types_of_dags_as_values() {
    let mut two_by_hand = Dag::builder("two");
    let n = two_by_hand.parameter::<u64>("n");
    let a = two_by_hand.node(node!(identity), (n.copied(),));
    let b = two_by_hand.node(node!(identity), (n,));
    two_by_hand.output("a", a);
    two_by_hand.output("b", b);
    let two_by_hand = built(two_by_hand);

    let mut dag = Dag::builder("types");
    dag.node(sum_of::dag().returning::<u32>(), (constant(1_i32), constant("x")));
    let x = numbers(&mut dag);
    dag.map(two::dag().returning::<(u64, u64)>(), (x.each_ref::<u64, u64>(),));
    dag.node(two_by_hand.returning::<(u64, u64)>(), (constant(1_u64),));
    // What can be lent need not be.
    dag.node(sum_of::dag().returning::<u64>(), (constant(1_u64), x.cloned()));
    dag.node(sum_of::dag().returning::<u64>(), (constant(1_u64), x.by_ref::<[u64]>()));
    assert_eq!(
        refused(dag),
        "the parameter `n` of the dag `sum-of-1` takes `u64`, and gets `i32` [type]\n\
         the parameter `numbers` of the dag `sum-of-1` takes `Vec<u64>`, `Arc<[u64]>` or `&[u64]`, \
         and gets `&str` [type]\n\
         the dag `sum-of-1` returns `u64`, not `u32` [type]\n\
         the parameter `n` of the dag `two-1` gets a partition that is only borrowed: take it by \
         value in the dag that is mapped, and map with `x.each()` [type]\n\
         the dag `two-2` returns several outputs, `a`, `b`, not `(u64, u64)` [type]"
    );
}

#[dag]
fn odd(n: u64) -> u64 {
    even(n)
}

#[dag]
fn even(n: u64) -> u64 {
    let n = odd(n);
    identity(n)
}

#[test]
fn several_at_once_and_those_of_nested_dags() {
    let mut dag = Dag::builder("several");
    let n = dag.parameter::<u64>("n");
    dag.node(node!(odd), (n,));
    dag.node(node!(odd), (n,));
    dag.output("x!", n);
    let error = dag.build().unwrap_err();
    let rules: Vec<_> = error.violations().iter().map(dagger::Violation::rule).collect();
    assert_eq!(rules, ["name", "recursive-dag", "moved-value", "result-without-node"]);
    assert_eq!(
        error.violations()[1].message(),
        "the dag `odd` calls itself, through `even`; a graph has no end then: turn the repetition \
         into a loop in a task"
    );
    assert_eq!(error.to_string().lines().count(), 4);
}
