//! The graph that is written by hand equals the macro's, for every form; both give the same value.

#![allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    reason = "what a dag may take and return"
)]

use std::collections::BTreeMap;

use dagger::hand::{Handle, Task, constant, expression, gather, node};
use dagger::{Dag, Inputs, dag, identity};

use crate::support::*;

#[dag]
fn sum_of_powers(count: u64, #[default(2)] exponent: u32) -> u64 {
    let mut raised = Vec::new();
    for n in generate(count) {
        raised.push(raise(n, exponent));
    }
    total(raised)
}

fn sum_of_powers_by_hand() -> Dag {
    let mut dag = Dag::builder("sum-of-powers");
    let count = dag.parameter::<u64>("count");
    let exponent = dag.parameter_or("exponent", constant(2_u32));
    let numbers = dag.node(node!(generate), (count,));
    let raised = dag.map(node!(raise), (numbers.each(), exponent.copied()));
    let sum = dag.node(node!(total), (raised,));
    dag.output("return_value", sum);
    built(dag)
}

#[test]
fn a_map_and_a_default() {
    let dag = sum_of_powers_by_hand();
    assert_same(&dag, &sum_of_powers::dag(), || Inputs::new().with("count", 4_u64), 30_u64);
    let inputs = || Inputs::new().with("count", 4_u64).with("exponent", 1_u32);
    assert_same(&dag, &sum_of_powers::dag(), inputs, 10_u64);
}

#[dag]
fn nested_calls(seed: u64) -> u64 {
    total(generate(add(seed, 1)))
}

#[test]
fn calls_with_a_constant() {
    let mut dag = Dag::builder("nested-calls");
    let seed = dag.parameter("seed");
    let more = dag.node(node!(add), (seed, constant(1_u64)));
    let numbers = dag.node(node!(generate), (more,));
    let sum = dag.node(node!(total), (numbers,));
    dag.output("return_value", sum);
    assert_same(&built(dag), &nested_calls::dag(), || Inputs::new().with("seed", 3_u64), 10_u64);
}

#[dag]
fn borrows_and_moves(count: u64) -> u64 {
    let numbers = generate(count);
    let first = sum(&numbers);
    let second = total(numbers);
    add(first, second)
}

#[test]
fn borrows_and_a_move() {
    let mut dag = Dag::builder("borrows-and-moves");
    let count = dag.parameter("count");
    let numbers = dag.node(node!(generate), (count,));
    let first = dag.node(node!(sum), (numbers.by_ref(),));
    let second = dag.node(node!(total), (numbers,));
    let both = dag.node(node!(add), (first, second));
    dag.output("return_value", both);
    let inputs = || Inputs::new().with("count", 3_u64);
    assert_same(&built(dag), &borrows_and_moves::dag(), inputs, 12_u64);
}

#[dag]
fn partial_moves(seed: u64) -> u64 {
    let data = load(seed);
    let mut weights = Vec::new();
    for n in data.training {
        weights.push(weigh(n, &data.test, 2));
    }
    total(weights)
}

#[test]
fn a_field_that_moves_beside_one_that_is_borrowed() {
    let mut dag = Dag::builder("partial-moves");
    let seed = dag.parameter("seed");
    let data = dag.node(node!(load), (seed,));
    let (training, test) = dag.split(data, ["training", "test"], |data| (data.training, data.test));
    let weights = dag.map(node!(weigh), (training.each(), test.by_ref(), constant(2_u64)));
    let sum = dag.node(node!(total), (weights,));
    dag.output("return_value", sum);
    let inputs = || Inputs::new().with("seed", 1_u64);
    assert_same(&built(dag), &partial_moves::dag(), inputs, 15_u64);
}

#[dag]
fn fields_in_place(seed: u64) -> u64 {
    let data = load(seed);
    let shared = sum(&data.training);
    let raised = raise(shared, data.depth);
    let tested = sum(&data.test[1..]);
    let more = total(data.test.clone());
    add(raised, add(tested, more))
}

#[test]
fn fields_that_are_read_in_place() {
    let mut dag = Dag::builder("fields-in-place");
    let seed = dag.parameter("seed");
    let data = dag.node(node!(load), (seed,));
    let shared = dag.node(node!(sum), (data.field("training", |data| &data.training).by_ref(),));
    let depth = data.field("depth", |data| &data.depth);
    let raised = dag.node(node!(raise), (shared, depth.copied()));
    let test = data.field("test", |data| &data.test);
    let rest =
        expression("&data.test[1..]", (test.clone().by_ref(),), |test: &[u64]| test[1..].to_vec());
    // As the description has it, an expression over the output `property_test`.
    let tested = dag.node(
        Task::new("sum", ["numbers"], |numbers: Vec<u64>| numbers.iter().sum::<u64>()),
        (rest,),
    );
    let more = dag.node(node!(total), (test.cloned(),));
    let inner = dag.node(node!(add), (tested, more));
    let outer = dag.node(node!(add), (raised, inner));
    dag.output("return_value", outer);
    let inputs = || Inputs::new().with("seed", 1_u64);
    assert_same(&built(dag), &fields_in_place::dag(), inputs, 226_u64);
}

#[dag]
fn expressions(n: u64, name: String) -> u64 {
    let sum = add(n + 1, name.len() as u64);
    raise(sum + n, 2)
}

#[test]
fn expressions_over_parameters_and_outputs() {
    let mut dag = Dag::builder("expressions");
    let n = dag.parameter::<u64>("n");
    let name = dag.parameter::<String>("name");
    let next = expression("n + 1", (n.copied(),), |n: u64| n + 1);
    let length = expression("name.len() as u64", (name.by_ref(),), |name: &str| name.len() as u64);
    let sum = dag.node(node!(add), (next, length));
    let both = expression("sum + n", (sum, n), |sum: u64, n: u64| sum + n);
    let raised = dag.node(node!(raise), (both, constant(2_u32)));
    dag.output("return_value", raised);
    let inputs = || Inputs::new().with("n", 3_u64).with("name", "abc".to_owned());
    assert_same(&built(dag), &expressions::dag(), inputs, 100_u64);
}

#[dag]
fn expression_in_a_map(count: u64, by: u64) -> u64 {
    let numbers = generate(count);
    let mut raised = Vec::new();
    for n in numbers {
        raised.push(raise(by + n, 1));
    }
    total(raised)
}

#[test]
fn an_expression_over_a_partition() {
    let mut dag = Dag::builder("expression-in-a-map");
    let count = dag.parameter("count");
    let by = dag.parameter::<u64>("by");
    let numbers = dag.node(node!(generate), (count,));
    let more = expression("by + n", (by.copied(), numbers.each()), |by: u64, n: u64| by + n);
    let raised = dag.map(node!(raise), (more, constant(1_u32)));
    let sum = dag.node(node!(total), (raised,));
    dag.output("return_value", sum);
    let inputs = || Inputs::new().with("count", 3_u64).with("by", 10_u64);
    assert_same(&built(dag), &expression_in_a_map::dag(), inputs, 36_u64);
}

#[dag]
fn gathers(n: u64) -> u64 {
    let a = add(n, 1);
    let b = add(n, 2);
    let c = add(n, 3);
    total(vec![a, b, c])
}

#[test]
fn a_gather_and_numbered_names() {
    let mut dag = Dag::builder("gathers");
    let n = dag.parameter::<u64>("n");
    let parts = (1..=3_u64).map(|step| dag.node(node!(add), (n.copied(), constant(step))));
    let parts: Vec<_> = parts.collect();
    let sum = dag.node(node!(total), (gather(parts).written("vec![a, b, c]"),));
    dag.output("return_value", sum);
    let dag = built(dag);
    assert_same(&dag, &gathers::dag(), || Inputs::new().with("n", 1_u64), 9_u64);
    assert_eq!(dag.nodes()[2].name, "add-3");
}

#[dag]
fn borrowed_partitions(count: u64) -> u64 {
    let numbers = generate(count);
    let doubled = numbers.iter().map(double).collect::<Vec<_>>();
    let copied = numbers.iter().copied().map(|n| raise(n, 2)).collect::<Vec<_>>();
    let rest = total(numbers);
    add(add(total(doubled), total(copied)), rest)
}

#[test]
fn partitions_that_are_borrowed() {
    let mut dag = Dag::builder("borrowed-partitions");
    let count = dag.parameter("count");
    let numbers = dag.node(node!(generate), (count,));
    let doubled = dag.map(node!(double), (numbers.each_ref(),));
    let raise = Task::new("raise", ["n", "exponent"], |n: &u64, exponent: u32| n.pow(exponent));
    let copied = dag.map(raise, (numbers.each_ref(), constant(2_u32)));
    let rest = dag.node(node!(total), (numbers,));
    let doubled = dag.node(node!(total), (doubled,));
    let copied = dag.node(node!(total), (copied,));
    let first = dag.node(node!(add), (doubled, copied));
    let all = dag.node(node!(add), (first, rest));
    dag.output("return_value", all);
    let inputs = || Inputs::new().with("count", 3_u64);
    assert_same(&built(dag), &borrowed_partitions::dag(), inputs, 12 + 14 + 6_u64);
}

#[dag]
fn collects(count: u64) -> BTreeMap<u64, u64> {
    let pairs = generate(count).into_iter().map(square).collect::<BTreeMap<_, _>>();
    identity(pairs)
}

#[dagger::task]
fn square(n: u64) -> (u64, u64) {
    (n, n * n)
}

#[test]
fn a_map_into_another_collection() {
    let mut dag = Dag::builder("collects");
    let count = dag.parameter("count");
    let numbers = dag.node(node!(generate), (count,));
    let pairs: Handle<BTreeMap<u64, u64>> = dag.map_into(node!(square), (numbers.each(),));
    let pairs = dag.node(node!(identity), (pairs,));
    dag.output("return_value", pairs);
    let inputs = || Inputs::new().with("count", 2_u64);
    assert_same(&built(dag), &collects::dag(), inputs, BTreeMap::from([(1_u64, 1_u64), (2, 4)]));
}

#[dag]
fn halves(numbers: Vec<u64>) -> Result<u64, String> {
    let mut halved = Vec::new();
    for n in identity(numbers) {
        halved.push(half(n)?);
    }
    let sum = total(halved);
    half(sum)
}

fn halves_by_hand() -> Dag {
    let mut dag = Dag::builder("halves");
    let numbers = dag.parameter::<Vec<u64>>("numbers");
    let numbers = dag.node(node!(identity), (numbers,));
    let halved = dag.try_map(node!(half), (numbers.each(),));
    let sum = dag.node(node!(total), (halved,));
    let result = dag.try_node(node!(half), (sum,));
    dag.output("return_value", result);
    built(dag)
}

#[test]
fn errors_that_end_the_dag() {
    let dag = halves_by_hand();
    let inputs = || Inputs::new().with("numbers", vec![2_u64, 6]);
    assert_same(&dag, &halves::dag(), inputs, 2_u64);
    for dag in [dag, halves::dag()] {
        let inputs = Inputs::new().with("numbers", vec![2_u64, 3, 4]);
        let error = dagger::Call::by_name(&dag, inputs).run_blocking().unwrap_err();
        assert_eq!(error.to_string(), "dag `halves`, node `half-1`, partition 1 failed");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "3 is odd");
    }
}

#[dag]
fn errors_as_values(numbers: Vec<u64>) -> u64 {
    let mut results = Vec::new();
    for n in identity(numbers) {
        results.push(half(n));
    }
    count_ok(results)
}

#[test]
fn errors_that_flow_on_as_values() {
    let mut dag = Dag::builder("errors-as-values");
    let numbers = dag.parameter::<Vec<u64>>("numbers");
    let numbers = dag.node(node!(identity), (numbers,));
    let results = dag.map(node!(half), (numbers.each(),));
    let sum = dag.node(node!(count_ok), (results,));
    dag.output("return_value", sum);
    let inputs = || Inputs::new().with("numbers", vec![2_u64, 3, 4]);
    assert_same(&built(dag), &errors_as_values::dag(), inputs, 3_u64);
}

#[dag]
fn weigh_all(n: u64, test: &[u64]) -> Result<u64, String> {
    let weight = weigh(n, test, 2);
    half(weight)
}

#[dag]
fn nested_dags(seed: u64) -> Result<u64, String> {
    let data = load(seed);
    let one = weigh_all(1, &data.test);
    let mut weights = Vec::new();
    for n in data.training {
        weights.push(weigh_all(n, &data.test));
    }
    let sum = count_ok(weights);
    let one = count_ok(vec![one]);
    Ok(add(sum, one))
}

#[test]
fn dags_in_dags_called_and_mapped() {
    let mut dag = Dag::builder("nested-dags");
    let seed = dag.parameter::<u64>("seed");
    let data = dag.node(node!(load), (seed,));
    let (training, test) = dag.split(data, ["training", "test"], |data| (data.training, data.test));
    let one = dag.node(node!(weigh_all), (constant(1_u64), test.by_ref()));
    let weights = dag.map(node!(weigh_all), (training.each(), test.by_ref()));
    let sum = dag.node(node!(count_ok), (weights,));
    let one = dag.node(node!(count_ok), (gather([one]).written("vec![one]"),));
    let both = dag.node(node!(add), (sum, one));
    dag.output("return_value", both);
    let inputs = || Inputs::new().with("seed", 1_u64);
    // All weights are odd.
    assert_same(&built(dag), &nested_dags::dag(), inputs, 0_u64);
}

#[dag]
fn mapped_dag(counts: Vec<u64>) -> Vec<u64> {
    let mut sums = Vec::new();
    for count in identity(counts) {
        sums.push(sum_of_powers(count, 2));
    }
    identity(sums)
}

#[test]
fn a_dag_as_a_value_is_a_node_like_its_function() {
    for inner in [sum_of_powers::dag(), sum_of_powers_by_hand()] {
        let mut dag = Dag::builder("mapped-dag");
        let counts = dag.parameter::<Vec<u64>>("counts");
        let counts = dag.node(node!(identity), (counts,));
        let sums = dag.map(inner.returning::<u64>(), (counts.each(), constant(2_u32)));
        let sums = dag.node(node!(identity), (sums,));
        dag.output("return_value", sums);
        let inputs = || Inputs::new().with("counts", vec![1_u64, 2, 3]);
        assert_same(&built(dag), &mapped_dag::dag(), inputs, vec![1_u64, 5, 14]);
    }
}

#[dag]
async fn pages(count: u64, host: &str) -> String {
    let mut texts = Vec::new();
    for page in generate(count) {
        texts.push(fetch(page, host).await);
    }
    let first = fetch(0, host).await;
    let all = join(texts);
    join(vec![first, all])
}

#[dag]
async fn even_pages(count: u64) -> Result<u64, String> {
    let page = fetch_even(count).await?;
    let mut pages = Vec::new();
    for page in generate(page) {
        pages.push(fetch_even(page).await);
    }
    Ok(count_ok(pages))
}

#[dag]
async fn all_pages(host: &str) -> String {
    let text = pages(2, host).await;
    shout(&text)
}

#[test]
fn async_tasks_and_dags() {
    let mut dag = Dag::builder("pages");
    let count = dag.parameter::<u64>("count");
    let host = dag.parameter_ref::<str>("host");
    let numbers = dag.node(node!(generate), (count,));
    let texts = dag.map(node!(fetch), (numbers.each(), host.by_ref()));
    let first = dag.node(node!(fetch), (constant(0_u64), host.by_ref()));
    let all = dag.node(node!(join), (texts,));
    let both = dag.node(node!(join), (gather([first, all]).written("vec![first, all]"),));
    dag.output("return_value", both);
    let dag = built(dag);
    let inputs = || Inputs::new().with("count", 2_u64).with("host", "h".to_owned());
    assert_same(&dag, &pages::dag(), inputs, "h/0 h/1 h/2".to_owned());

    let mut outer = Dag::builder("all-pages");
    let host = outer.parameter_ref::<str>("host");
    let text = outer.node(node!(pages), (constant(2_u64), host.by_ref()));
    let text = outer.node(node!(shout), (text.by_ref(),));
    outer.output("return_value", text);
    let inputs = || Inputs::new().with("host", "h".to_owned());
    assert_same(&built(outer), &all_pages::dag(), inputs, "H/0 H/1 H/2".to_owned());

    let mut dag = Dag::builder("even-pages");
    let count = dag.parameter::<u64>("count");
    let page = dag.try_node(node!(fetch_even), (count,));
    let numbers = dag.node(node!(generate), (page,));
    let pages = dag.map(node!(fetch_even), (numbers.each(),));
    let sum = dag.node(node!(count_ok), (pages,));
    dag.output("return_value", sum);
    let inputs = || Inputs::new().with("count", 4_u64);
    assert_same(&built(dag), &even_pages::dag(), inputs, 6_u64);
}

#[dag]
fn several_outputs(count: u64) -> (u64, u64) {
    let numbers = generate(count);
    let (min, max) = min_max(&numbers);
    let sum = total(numbers);
    let spread = add(min, max);
    (sum, spread)
}

#[test]
fn several_outputs_and_a_pattern() {
    let mut dag = Dag::builder("several-outputs");
    let count = dag.parameter::<u64>("count");
    let numbers = dag.node(node!(generate), (count,));
    let pair = dag.node(node!(min_max), (numbers.by_ref(),));
    let (min, max) = dag.split(pair, ["0", "1"], |pair| pair);
    let sum = dag.node(node!(total), (numbers,));
    let spread = dag.node(node!(add), (min, max));
    dag.output("property_0", sum);
    dag.output("property_1", spread);
    let dag = built(dag);
    assert_eq!(dag, several_outputs::dag());

    let inputs = || Inputs::new().with("count", 3_u64);
    let mut outputs = run(&dag, inputs());
    assert_eq!(outputs.names().collect::<Vec<_>>(), ["property_0", "property_1"]);
    assert_eq!(outputs.take::<u64>("property_1").unwrap(), 4);
    assert_eq!(outputs.take::<u64>("property_0").unwrap(), 6);

    // What the macro's function returns is one value.
    let mut outputs = run(&several_outputs::dag(), inputs());
    assert_eq!(outputs.names().collect::<Vec<_>>(), ["return_value"]);
    assert_eq!(outputs.take::<(u64, u64)>("return_value").unwrap(), (6, 4));
}

#[dag]
fn nothing(line: String) {
    log(line);
}

#[test]
fn no_outputs() {
    let mut dag = Dag::builder("nothing");
    let line = dag.parameter::<String>("line");
    dag.node(node!(log), (line,));
    let dag = built(dag);
    assert_eq!(dag, nothing::dag());
    for dag in [dag, nothing::dag()] {
        let outputs = run(&dag, Inputs::new().with("line", "x".to_owned()));
        assert_eq!(outputs.names().count(), 0);
    }
}

#[dag]
fn by_reference(numbers: &[u64], #[default(&100)] start: &u64) -> u64 {
    let start = double(start);
    let rest = sum(numbers);
    add(start, rest)
}

#[test]
fn parameters_by_reference() {
    let mut dag = Dag::builder("by-reference");
    let numbers = dag.parameter_ref::<[u64]>("numbers");
    let start = dag.parameter_ref_or::<u64, _>("start", constant(100_u64).written("&100"));
    let start = dag.node(node!(double), (start.by_ref(),));
    let rest = dag.node(node!(sum), (numbers.by_ref(),));
    let both = dag.node(node!(add), (start, rest));
    dag.output("return_value", both);
    let dag = built(dag);
    let inputs = || Inputs::new().with("numbers", vec![1_u64, 2]);
    assert_same(&dag, &by_reference::dag(), inputs, 203_u64);
    let inputs = || Inputs::new().with("numbers", vec![1_u64, 2]).with("start", 1_u64);
    assert_same(&dag, &by_reference::dag(), inputs, 5_u64);
}

#[dag]
fn index(count: u64) -> u64 {
    let table = tabulate(count);
    add(table["one"], table["two"])
}

#[dagger::task]
fn tabulate(count: u64) -> BTreeMap<&'static str, u64> {
    BTreeMap::from([("one", count), ("two", 2 * count)])
}

#[test]
fn keys_of_a_collection() {
    let mut dag = Dag::builder("index");
    let count = dag.parameter::<u64>("count");
    let table = dag.node(node!(tabulate), (count,));
    let one = table.key("one", |table| &table["one"]).copied();
    let two = table.key("two", |table| &table["two"]).copied();
    let sum = dag.node(node!(add), (one, two));
    dag.output("return_value", sum);
    let inputs = || Inputs::new().with("count", 2_u64);
    assert_same(&built(dag), &index::dag(), inputs, 6_u64);
}
