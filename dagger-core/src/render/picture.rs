//! What a picture shows, whatever draws it.

use crate::graph::{Dag, NodeKind, Reference, Source};

/// Boxes and arrows of a dag, those of nested dags inside their boxes.
pub(super) struct Picture {
    pub(super) shapes: Vec<Shape>,
    pub(super) arrows: Vec<Arrow>,
}

pub(super) struct Shape {
    /// Unique in the whole picture; letters, digits and `_`.
    pub(super) id: String,
    pub(super) label: String,
    pub(super) kind: ShapeKind,
    /// Runs once for every partition.
    pub(super) mapped: bool,
}

pub(super) enum ShapeKind {
    Parameter,
    Task,
    Dag(Picture),
    Output,
}

pub(super) struct Arrow {
    pub(super) from: String,
    pub(super) to: String,
    /// What the arrow does beside handing a value on: `each` or `all`, or the name of an output.
    pub(super) label: String,
}

pub(super) fn draw(dag: &Dag) -> Picture {
    draw_at(dag, "", true)
}

/// A nested dag gets its parameters and outputs from the arrows at its box.
fn draw_at(dag: &Dag, prefix: &str, outermost: bool) -> Picture {
    let id = |kind: char, index: usize| format!("{prefix}{kind}{index}");
    let mut picture = Picture { shapes: Vec::new(), arrows: Vec::new() };
    if outermost {
        for (index, parameter) in dag.parameters().iter().enumerate() {
            let label = parameter.name.clone();
            let kind = ShapeKind::Parameter;
            picture.shapes.push(Shape { id: id('p', index), label, kind, mapped: false });
        }
    }
    let index_of = |reference: &Reference| {
        dag.nodes().iter().position(|node| node.name == reference.node).unwrap_or_default()
    };
    let arrow = |source: &Source, to: String| -> Option<Arrow> {
        let label = |reference: &Reference, how: &str| match reference.output.split_once('_') {
            Some(("property" | "key", name)) => format!("{how} {name}").trim().to_owned(),
            _ => how.to_owned(),
        };
        match source {
            Source::Parameter(name) if outermost => {
                let index = dag.parameters().iter().position(|p| p.name == *name)?;
                Some(Arrow { from: id('p', index), to, label: String::new() })
            }
            Source::Output(reference) => {
                let from = index_of(reference);
                let how = if dag.nodes()[from].is_mapped() { "all" } else { "" };
                Some(Arrow { from: id('n', from), to, label: label(reference, how) })
            }
            Source::Partition(reference) => {
                let from = id('n', index_of(reference));
                Some(Arrow { from, to, label: label(reference, "each") })
            }
            _ => None,
        }
    };
    for (index, node) in dag.nodes().iter().enumerate() {
        let here = id('n', index);
        let kind = match &node.kind {
            NodeKind::Task => ShapeKind::Task,
            NodeKind::Dag(nested) => ShapeKind::Dag(draw_at(nested, &format!("{here}_"), false)),
        };
        let mut arrows = Vec::new();
        for input in &node.inputs {
            match &input.source {
                Source::Expression { over, .. } => {
                    arrows.extend(over.iter().filter_map(|source| arrow(source, here.clone())));
                }
                source => arrows.extend(arrow(source, here.clone())),
            }
        }
        if let (Some(partitions), None) = (&node.partitions, node.partitioned_by()) {
            arrows.extend(arrow(&Source::Partition(partitions.clone()), here.clone()));
        }
        for arrow in arrows {
            let same = |other: &Arrow| {
                other.from == arrow.from && other.to == arrow.to && other.label == arrow.label
            };
            if !picture.arrows.iter().any(same) {
                picture.arrows.push(arrow);
            }
        }
        let (label, mapped) = (node.name.clone(), node.is_mapped());
        picture.shapes.push(Shape { id: here, label, kind, mapped });
    }
    if outermost {
        for (index, output) in dag.outputs().iter().enumerate() {
            let label = match output.name.strip_prefix("property_") {
                Some(field) => field.to_owned(),
                None => "result".to_owned(),
            };
            picture.arrows.extend(arrow(&output.source, id('o', index)));
            let kind = ShapeKind::Output;
            picture.shapes.push(Shape { id: id('o', index), label, kind, mapped: false });
        }
    }
    picture
}
