//! The critical path: the nodes of which one waited for the other, from the end of the run backwards.

use std::collections::HashMap;
use std::time::Duration;

use dagger_core::{Dag, NodeKind};

/// When a node was at work: from when it started until all of it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) begin: Duration,
    pub(super) end: Duration,
}

/// The addresses of the nodes on the critical path, in the order of time: of a dag that is called once, the
/// nodes in it as well. `spans` has the nodes that were called once.
pub(super) fn path(dag: &Dag, spans: &HashMap<&str, Span>) -> Vec<String> {
    path_in(dag, "", spans)
}

fn path_in(dag: &Dag, within: &str, spans: &HashMap<&str, Span>) -> Vec<String> {
    let address = |name: &str| format!("{within}{name}");
    let span = |name: &str| spans.get(address(name).as_str()).copied();
    let ends = |name: &&str| span(name).map(|span| span.end);
    let names = dag.nodes().iter().map(|node| node.name.as_str());
    let mut path = Vec::new();
    let mut next = names.filter(|name| span(name).is_some()).max_by_key(ends);
    while let Some(name) = next {
        let Some(node) = dag.node(name) else { break };
        path.push(node);
        // What it waited for longest.
        let awaited = node.dependencies().into_iter().filter(|name| span(name).is_some());
        next = awaited.max_by_key(ends);
    }
    let mut addresses = Vec::new();
    for node in path.into_iter().rev() {
        let address = address(&node.name);
        addresses.push(address.clone());
        if let NodeKind::Dag(nested) = &node.kind
            && !node.is_mapped()
        {
            addresses.extend(path_in(nested, &format!("{address}."), spans));
        }
    }
    addresses
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use dagger_core::Dag;
    use dagger_core::build::hand::Task;

    use super::{Span, path};

    fn both(a: u64, b: u64) -> u64 {
        a + b
    }

    fn diamond() -> Dag {
        let mut dag = Dag::builder("diamond");
        let n = dag.parameter::<u64>("n");
        let top = dag.node(Task::new("top", ["n"], |n: u64| n), (n,));
        let left = dag.node(Task::new("left", ["n"], |n: u64| n), (top.copied(),));
        let right = dag.node(Task::new("right", ["n"], |n: u64| n), (top,));
        let bottom = dag.node(Task::new("bottom", ["a", "b"], both), (left, right));
        dag.output("return_value", bottom);
        dag.build().unwrap()
    }

    fn of(dag: &Dag, spans: &[(&'static str, u64, u64)]) -> Vec<String> {
        let span = |(name, begin, end): &(&'static str, u64, u64)| {
            (*name, Span { begin: Duration::from_secs(*begin), end: Duration::from_secs(*end) })
        };
        path(dag, &spans.iter().map(span).collect::<HashMap<_, _>>())
    }

    #[test]
    fn the_arm_that_took_longer_is_on_the_path() {
        let dag = diamond();
        let left = [("top", 0, 1), ("left", 1, 9), ("right", 1, 2), ("bottom", 9, 10)];
        assert_eq!(of(&dag, &left), ["top", "left", "bottom"]);
        let right = [("top", 0, 1), ("left", 1, 2), ("right", 1, 9), ("bottom", 9, 10)];
        assert_eq!(of(&dag, &right), ["top", "right", "bottom"]);
    }

    #[test]
    fn of_a_run_that_failed_it_leads_to_what_ended_last() {
        assert_eq!(
            of(&diamond(), &[("top", 0, 1), ("left", 1, 2), ("right", 1, 3)]),
            ["top", "right"]
        );
        assert_eq!(of(&diamond(), &[]), Vec::<String>::new());
    }

    #[test]
    fn a_dag_that_is_called_once_has_a_path_in_it() {
        let mut dag = Dag::builder("outer");
        let n = dag.parameter::<u64>("n");
        let inner = dag.node(diamond().returning::<u64>(), (n,));
        let last = dag.node(Task::new("last", ["n"], |n: u64| n), (inner,));
        dag.output("return_value", last);
        let spans = [
            ("diamond", 0, 5),
            ("diamond.top", 0, 1),
            ("diamond.left", 1, 2),
            ("diamond.right", 1, 3),
            ("diamond.bottom", 3, 5),
            ("last", 5, 6),
        ];
        let expected = ["diamond", "diamond.top", "diamond.right", "diamond.bottom", "last"];
        assert_eq!(of(&dag.build().unwrap(), &spans), expected);
    }
}
