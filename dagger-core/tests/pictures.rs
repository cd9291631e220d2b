//! The pictures of graphs, compared with those in `pictures/`.
//!
//! `DAGGER_PICTURES=overwrite cargo test -p dagger-core --features svg --test pictures` writes them anew.
//! Then look at them.

use std::fs;
use std::path::Path;

use dagger_core::Dag;
use dagger_core::build::hand::{Handle, Task, constant, gather};
use roxmltree::{Document, Node};

fn count_up(end: u64) -> Vec<u64> {
    (0..end).collect()
}

fn sum(numbers: Vec<u64>) -> u64 {
    numbers.iter().sum()
}

/// A map and a fan-in.
fn map_reduce() -> Dag {
    let mut dag = Dag::builder("sum-of-powers");
    let count = dag.parameter::<u64>("count");
    let exponent = dag.parameter_or("exponent", constant(2_u32));
    let numbers = dag.node(Task::new("generate-numbers", ["count"], count_up), (count,));
    let raise = Task::new("raise-number", ["n", "exponent"], u64::pow);
    let raised = dag.map(raise, (numbers.each(), exponent.copied()));
    let total = dag.node(Task::new("sum-numbers", ["numbers"], sum), (raised,));
    dag.output("return_value", total);
    dag.build().unwrap()
}

fn both(a: u64, b: u64) -> u64 {
    a + b
}

/// A diamond.
fn diamond() -> Dag {
    let mut dag = Dag::builder("diamond");
    let n = dag.parameter::<u64>("n");
    let top = dag.node(Task::new("top", ["n"], |n: u64| n), (n,));
    let left = dag.node(Task::new("left", ["n"], |n: u64| n), (top.copied(),));
    let right = dag.node(Task::new("right", ["n"], |n: u64| n), (top.copied(),));
    let bottom = dag.node(Task::new("bottom", ["a", "b"], both), (left, right));
    dag.output("return_value", bottom);
    dag.output("property_top", top);
    dag.build().unwrap()
}

/// A nested dag for each partition, with a map in it.
fn nested() -> Dag {
    let inner = map_reduce();
    let mut middle = Dag::builder("rate-product");
    let n = middle.parameter::<u64>("product");
    let described = middle.node(Task::new("describe", ["n"], |n: u64| n), (n.copied(),));
    let rated = middle.node(inner.returning::<u64>(), (n, constant(3_u32)));
    let joined = middle.node(Task::new("join", ["a", "b"], both), (described, rated));
    middle.output("return_value", joined);
    let middle = middle.build().unwrap();
    let mut dag = Dag::builder("rate-products");
    let numbers = dag.node(Task::new("list-products", [""; 0], || vec![1_u64, 2, 3]), ());
    let rated = dag.map(middle.returning::<u64>(), (numbers.each(),));
    let best = dag.node(Task::new("best", ["all"], sum), (rated,));
    dag.output("return_value", best);
    dag.build().unwrap()
}

/// A hundred nodes in ten layers.
fn hundred() -> Dag {
    let mut dag = Dag::builder("hundred");
    let mut layer: Vec<Handle<u64>> = (0..10)
        .map(|n| dag.node(Task::new("load", [""; 0], || 1_u64).named(format!("load-{n}")), ()))
        .collect();
    for depth in 1..10 {
        layer = (0..10)
            .map(|n| {
                let task = Task::new("mix", ["a", "b"], both).named(format!("mix-{depth}-{n}"));
                let (a, b) = (layer[n].copied(), layer[(n * 3 + depth) % 10].copied());
                dag.node(task, (a, b))
            })
            .collect();
    }
    let last = dag.node(Task::new("last", ["numbers"], sum), (gather(layer),));
    dag.output("return_value", last);
    dag.build().unwrap()
}

fn is_as_before(name: &str, picture: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name);
    if std::env::var_os("DAGGER_PICTURES").is_some_and(|wanted| wanted == "overwrite") {
        fs::write(path, picture).unwrap();
        return;
    }
    let before = fs::read_to_string(path).unwrap_or_default();
    assert!(picture == before, "{name} is another picture:\n{picture}");
}

#[test]
fn pictures_are_as_before() {
    for dag in [map_reduce(), diamond(), nested(), hundred()] {
        is_as_before(&format!("{}.svg", dag.name()), &dag.to_svg());
    }
}

/// The upper left and the lower right corner.
#[derive(Debug, Clone, Copy)]
struct Place {
    from: (f64, f64),
    to: (f64, f64),
}

impl Place {
    fn has(self, inner: Self) -> bool {
        self.from.0 <= inner.from.0
            && self.from.1 <= inner.from.1
            && inner.to.0 <= self.to.0
            && inner.to.1 <= self.to.1
    }

    fn meets(self, other: Self) -> bool {
        self.from.0 < other.to.0
            && other.from.0 < self.to.0
            && self.from.1 < other.to.1
            && other.from.1 < self.to.1
    }
}

/// The place of a shape with all its copies, where its surroundings begin at `(x, y)`.
fn place_of(shape: Node<'_, '_>, (x, y): (f64, f64)) -> Place {
    let number = |rect: &Node<'_, '_>, name| rect.attribute(name).unwrap().parse::<f64>().unwrap();
    let (mut from, mut to) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for rect in shape.children().filter(|child| child.has_tag_name("rect")) {
        let (left, top) = (x + number(&rect, "x"), y + number(&rect, "y"));
        from = (from.0.min(left), from.1.min(top));
        to = (to.0.max(left + number(&rect, "width")), to.1.max(top + number(&rect, "height")));
    }
    Place { from, to }
}

/// Shapes of one box do not meet, and are in it; how many there are.
fn check(around: Node<'_, '_>, within: Place, from: (f64, f64)) -> usize {
    let is_shape = |node: &Node<'_, '_>| node.attribute("id").is_some();
    let shapes: Vec<_> = around.children().filter(is_shape).collect();
    let places: Vec<_> = shapes.iter().map(|shape| place_of(*shape, from)).collect();
    let mut count = shapes.len();
    for (index, (shape, place)) in shapes.iter().zip(&places).enumerate() {
        let id = shape.attribute("id").unwrap();
        assert!(within.has(*place), "{id}: {place:?} is not in {within:?}");
        let met = places[index + 1..].iter().position(|other| place.meets(*other));
        assert!(met.is_none(), "{id} meets another shape");
        let is_box = |node: &Node<'_, '_>| node.attribute("class") == Some("box");
        if let Some(inside) = shape.children().find(is_box) {
            let moved = inside.attribute("transform").unwrap();
            let moved = moved.trim_start_matches("translate(").trim_end_matches(')');
            let (x, y) = moved.split_once(' ').unwrap();
            let (x, y) = (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap());
            count += check(inside, *place, (from.0 + x, from.1 + y));
        }
    }
    count
}

fn shapes_of(dag: &Dag) -> usize {
    let picture = dag.to_svg();
    let document = Document::parse(&picture).unwrap();
    let root = document.root_element();
    let size = |name| root.attribute(name).unwrap().parse::<f64>().unwrap();
    check(root, Place { from: (0.0, 0.0), to: (size("width"), size("height")) }, (0.0, 0.0))
}

#[test]
fn shapes_have_places_of_their_own() {
    let counts = [map_reduce(), diamond(), nested(), hundred()].map(|dag| shapes_of(&dag));
    assert_eq!(counts, [6, 7, 10, 102]);
}

/// Nodes that read some of those before them.
fn random(nodes: usize, random: &mut fastrand::Rng) -> Dag {
    let mut dag = Dag::builder("random");
    let mut values: Vec<Handle<u64>> = vec![dag.parameter("n")];
    for n in 0..nodes {
        let name = "x".repeat(random.usize(1..30));
        let mut pick = || values[random.usize(0..values.len())].copied();
        let task = Task::new("both", ["a", "b"], both).named(format!("{name}-{n}"));
        let node = dag.node(task, (pick(), pick()));
        values.push(node);
    }
    dag.output("return_value", values[nodes]);
    dag.build().unwrap()
}

#[test]
fn whatever_the_graph_shapes_have_places_of_their_own() {
    for seed in 0..60 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let nodes = rng.usize(1..40);
        assert_eq!(shapes_of(&random(nodes, &mut rng)), nodes + 2, "seed {seed}");
    }
}

#[test]
fn a_dag_without_nodes_has_a_picture() {
    assert_eq!(shapes_of(&Dag::builder("nothing").build().unwrap()), 0);
}

#[test]
fn a_large_graph_has_a_picture() {
    assert_eq!(shapes_of(&random(2000, &mut fastrand::Rng::with_seed(1))), 2002);
}
