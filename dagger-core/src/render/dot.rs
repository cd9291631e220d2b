//! DOT, the language of Graphviz: <https://graphviz.org/doc/info/lang.html>.

use std::fmt::Write as _;

use super::picture::{self, Picture, Shape, ShapeKind, draw};
use crate::graph::Dag;

pub(crate) fn render(dag: &Dag) -> String {
    let mut text = format!("digraph \"{}\" {{\n", escape(dag.name()));
    text.push_str("    compound=true;\n    node [shape=box, style=rounded];\n");
    write(&draw(dag), 1, &mut text);
    text.push_str("}\n");
    text
}

fn write(picture: &Picture, depth: usize, text: &mut String) {
    let indent = "    ".repeat(depth);
    for shape in &picture.shapes {
        let (id, label) = (&shape.id, escape(&shape.label));
        let _ = match (&shape.kind, shape.mapped) {
            (ShapeKind::Parameter, _) => {
                writeln!(text, "{indent}{id} [label=\"{label}\", shape=plaintext];")
            }
            (ShapeKind::Output, _) => {
                writeln!(text, "{indent}{id} [label=\"{label}\", shape=circle];")
            }
            (ShapeKind::Task, mapped) => {
                // A double edge stands for one node a partition.
                let peripheries = if mapped { ", peripheries=2" } else { "" };
                writeln!(text, "{indent}{id} [label=\"{label}\"{peripheries}];")
            }
            (ShapeKind::Dag(nested), mapped) => {
                let each = if mapped { " (each)" } else { "" };
                let _ = writeln!(text, "{indent}subgraph cluster_{id} {{");
                let _ = writeln!(text, "{indent}    label=\"{label}{each}\";");
                // An arrow needs a node to end at; it is cut off at the border of the box.
                let _ = writeln!(text, "{indent}    {id} [style=invis, shape=point];");
                write(nested, depth + 1, text);
                writeln!(text, "{indent}}}")
            }
        };
    }
    let is_box = |id: &String| {
        let nested = |shape: &&Shape| matches!(shape.kind, ShapeKind::Dag(_)) && shape.id == *id;
        picture.shapes.iter().any(|shape| nested(&shape))
    };
    for arrow in &picture.arrows {
        let mut attributes = Vec::new();
        if !arrow.label().is_empty() {
            attributes.push(format!("label=\"{}\"", escape(&arrow.label())));
        }
        if is_box(&arrow.from) {
            attributes.push(format!("ltail=cluster_{}", arrow.from));
        }
        if is_box(&arrow.to) {
            attributes.push(format!("lhead=cluster_{}", arrow.to));
        }
        let attributes = match attributes.is_empty() {
            true => String::new(),
            false => format!(" [{}]", attributes.join(", ")),
        };
        let _ = writeln!(text, "{indent}{} -> {}{attributes};", arrow.from, arrow.to);
    }
}

fn escape(text: &str) -> String {
    picture::escape(text, &[('\\', "\\\\"), ('"', "\\\"")])
}
