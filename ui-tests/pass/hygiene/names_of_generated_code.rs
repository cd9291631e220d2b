//! Parameters, locals and partitions with names that generated code might use for itself.

use dagger::{dag, task};

#[task]
fn b(b: u64) -> u64 {
    b + 1
}

#[task]
fn items(value: u64) -> Vec<u64> {
    (0..value).collect()
}

#[task]
fn call(cx: u64, context: u64) -> u64 {
    cx + context
}

#[task]
fn node(self_: Vec<u64>, partition: &u64) -> u64 {
    self_.iter().sum::<u64>() + partition
}

#[task]
fn finish(values: (u64, u64)) -> u64 {
    values.0 + values.1
}

#[dag]
#[allow(clippy::too_many_arguments, reason = "each is a name to try")]
fn graph(
    b: u64,
    cx: u64,
    builder: u64,
    context: u64,
    feed: u64,
    value: u64,
    partition: u64,
    self_: u64,
) -> u64 {
    let h0 = self::b(b);
    let r = call(cx, builder);
    let mut item = Vec::new();
    for p in items(value) {
        item.push(call(p, feed));
    }
    let result = node(item, &partition);
    let results = call(context, self_);
    let (p, c) = pair(h0, r);
    let link = finish((p, c));
    let name = call(result, results);
    call(link, name)
}

#[task]
fn pair(left: u64, right: u64) -> (u64, u64) {
    (left, right)
}

#[dag]
fn builder_names(parameters: u64, dag: u64, library: u64, graph: u64, into_value: u64) -> u64 {
    let parameters = call(parameters, dag);
    let graph = call(library, graph);
    let all = call(parameters, graph);
    call(all, into_value)
}

#[task]
fn parameter(name: u64) -> u64 {
    name
}

#[dag]
fn options(kind: u64, limit: u64, place: u64, end: u64) -> (u64, u64) {
    let kind = call(kind, limit);
    let place = call(place, end);
    (parameter(kind), parameter(place))
}

pub fn main() {
    let expected = graph(1, 2, 3, 4, 5, 6, 7, 8);
    assert_eq!(graph::call(1, 2, 3, 4, 5, 6, 7, 8).run_blocking().unwrap(), expected);
    let call = graph::builder().b(1).cx(2).builder(3).context(4).feed(5).value(6).partition(7);
    assert_eq!(call.self_(8).call().run_blocking().unwrap(), expected);
    let call =
        builder_names::builder().parameters(1).dag(2).library(3).graph(4).into_value(5).call();
    assert_eq!(call.run_blocking().unwrap(), 15);
    assert_eq!(options::call(1, 2, 3, 4).run_blocking().unwrap(), (3, 7));
}
