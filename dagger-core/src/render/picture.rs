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
    pub(super) how: How,
    /// The name of the output, where it is a part of what the node returns.
    pub(super) part: String,
}

/// What an arrow does beside handing a value on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Whole,
    /// Fans out: each partition goes to a call of its own.
    Each,
    /// Fans in: the results of all partitions.
    All,
}

impl Arrow {
    /// What is written at the arrow.
    pub(super) fn label(&self) -> String {
        let how = match self.how {
            How::Whole => "",
            How::Each => "each",
            How::All => "all",
        };
        format!("{how} {}", self.part).trim().to_owned()
    }
}

/// A text in which some characters have another spelling, and no line ends or is broken otherwise.
pub(super) fn escape(text: &str, spellings: &[(char, &str)]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match spellings.iter().find(|(special, _)| *special == c) {
            Some((_, spelling)) => escaped.push_str(spelling),
            None if c.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            None => escaped.push(c),
        }
    }
    escaped
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
        let part = |reference: &Reference| match reference.output.split_once('_') {
            Some(("property" | "key", name)) => name.to_owned(),
            _ => String::new(),
        };
        match source {
            Source::Parameter(name) if outermost => {
                let index = dag.parameters().iter().position(|p| p.name == *name)?;
                let (how, part) = (How::Whole, String::new());
                Some(Arrow { from: id('p', index), to, how, part })
            }
            Source::Output(reference) => {
                let from = index_of(reference);
                let how = if dag.nodes()[from].is_mapped() { How::All } else { How::Whole };
                Some(Arrow { from: id('n', from), to, how, part: part(reference) })
            }
            Source::Partition(reference) => {
                let from = id('n', index_of(reference));
                Some(Arrow { from, to, how: How::Each, part: part(reference) })
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
                other.from == arrow.from && other.to == arrow.to && other.label() == arrow.label()
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
