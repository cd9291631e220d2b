//! The description of a dag: names, inputs, outputs, partitions, nesting, and its pictures.

use dagger::{NodeKind, Source, dag, identity, task};
use serde_json::json;

#[derive(Debug)]
struct Data {
    training: Vec<u64>,
    test: Vec<u64>,
}

#[task]
fn load(seed: u64) -> Data {
    Data { training: vec![seed; 3], test: vec![seed] }
}

#[task]
fn clean(n: u64) -> u64 {
    n + 1
}

#[task(concurrency = 2)]
fn weigh(n: u64, test: &[u64], factor: u64) -> u64 {
    n * factor + test.len() as u64
}

#[task]
fn join(weights: Vec<u64>, last: u64) -> u64 {
    weights.iter().sum::<u64>() + last
}

#[dag]
fn clean_and_weigh(n: u64, test: &[u64]) -> u64 {
    let cleaned = clean(n);
    weigh(cleaned, test, 2)
}

#[dag]
fn pipeline(seed: u64, #[default(7)] last: u64) -> u64 {
    let data = load(seed);
    let mut weights = Vec::new();
    for n in data.training {
        weights.push(clean_and_weigh(n, &data.test));
    }
    join(weights, last + 1)
}

#[test]
fn one_line_shows_a_node() {
    assert_eq!(
        pipeline::dag().to_string(),
        "\
dag pipeline(seed: u64, last: u64 = 7)
  load(seed)
  clean-and-weigh(n: each of load.property_training, test: load.property_test): \
dag clean-and-weigh(n: u64, test: &[u64])
    clean(n)
    weigh(n: clean, test, factor: `2`)
    -> weigh
  join(weights: clean-and-weigh, last: `last + 1`)
  -> join"
    );
}

#[test]
fn nodes_know_their_inputs_outputs_partitions_and_options() {
    let dag = pipeline::dag();
    let names: Vec<_> = dag.nodes().iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["load", "clean-and-weigh", "join"]);

    let load = dag.node("load").unwrap();
    assert_eq!(load.outputs, ["property_test", "property_training"]);
    assert!(!load.is_mapped());

    let mapped = dag.node("clean-and-weigh").unwrap();
    assert_eq!(mapped.partitioned_by(), Some("n"));
    assert_eq!(mapped.dependencies(), ["load"]);
    let NodeKind::Dag(nested) = &mapped.kind else { panic!("a nested dag") };
    assert_eq!(*nested, clean_and_weigh::dag());
    assert_eq!(nested.node("weigh").unwrap().options.concurrency, Some(2));

    let join = dag.node("join").unwrap();
    let Source::Expression { text, over } = &join.inputs[1].source else { panic!("an expression") };
    assert_eq!((text.as_str(), &over[..]), ("last + 1", &[Source::Parameter("last".into())][..]));
}

#[test]
fn the_description_is_serialised() {
    let dag = serde_json::to_value(clean_and_weigh::dag()).unwrap();
    assert_eq!(
        dag,
        json!({
            "name": "clean-and-weigh",
            "parameters": [{ "name": "n", "type": "u64" }, { "name": "test", "type": "&[u64]" }],
            "nodes": [
                {
                    "name": "clean",
                    "kind": "task",
                    "inputs": [{ "name": "n", "source": { "parameter": "n" } }],
                    "outputs": ["return_value"],
                },
                {
                    "name": "weigh",
                    "kind": "task",
                    "inputs": [
                        {
                            "name": "n",
                            "source": { "output": { "node": "clean", "output": "return_value" } },
                        },
                        { "name": "test", "source": { "parameter": "test" } },
                        { "name": "factor", "source": { "constant": "2" } },
                    ],
                    "outputs": ["return_value"],
                    "options": { "concurrency": 2 },
                },
            ],
            "outputs": [{
                "name": "return_value",
                "source": { "output": { "node": "weigh", "output": "return_value" } },
            }],
        })
    );
}

#[test]
fn the_pictures_show_fan_out_fan_in_and_nesting() {
    let dag = pipeline::dag();
    assert_eq!(
        dag.to_mermaid(),
        "\
flowchart TD
    p0([\"seed\"])
    p1([\"last\"])
    n0[\"load\"]
    subgraph n1[\"clean-and-weigh (each)\"]
        n1_n0[\"clean\"]
        n1_n1[\"weigh\"]
        n1_n0 --> n1_n1
    end
    n2[\"join\"]
    o0((\"result\"))
    p0 --> n0
    n0 -->|\"each training\"| n1
    n0 -->|\"test\"| n1
    n1 -->|\"all\"| n2
    p1 --> n2
    n2 --> o0
"
    );
    let dot = dag.to_dot();
    assert!(dot.starts_with("digraph \"pipeline\" {\n"), "{dot}");
    assert!(dot.contains("subgraph cluster_n1 {"), "{dot}");
    assert!(dot.contains("n0 -> n1 [label=\"each training\", lhead=cluster_n1];"), "{dot}");
    assert!(dot.contains("n1 -> n2 [label=\"all\", ltail=cluster_n1];"), "{dot}");
}

#[dag]
fn twice(n: u64) -> (u64, u64) {
    let once = clean(n);
    let again = clean(once);
    (once, again)
}

#[test]
fn a_task_that_is_called_twice_is_numbered_and_outputs_are_named() {
    assert_eq!(
        twice::dag().to_string(),
        "dag twice(n: u64)\n  clean-1(n)\n  clean-2(n: clean-1)\n  -> property_0: clean-1\n  \
         -> property_1: clean-2"
    );
    assert_eq!(twice::call(1).run_blocking().unwrap(), (2, 3));
}

#[test]
fn dags_are_equal_when_their_descriptions_are() {
    assert_eq!(pipeline::dag(), pipeline::dag());
    assert_ne!(pipeline::dag(), twice::dag());
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
fn a_dag_that_calls_itself_through_another_has_no_graph() {
    let error = odd::call(1).run_blocking().unwrap_err();
    assert_eq!(
        error.to_string(),
        "dag `odd` cannot be built: the dag `odd` calls itself, through `even`; a graph has no end \
         then: turn the repetition into a loop in a task [recursive-dag]"
    );
    assert!(std::panic::catch_unwind(even::dag).is_err());
}
