//! Mermaid flowcharts: <https://mermaid.js.org/syntax/flowchart.html>, version 11.

use std::fmt::Write as _;

use super::picture::{self, Picture, ShapeKind, draw};
use crate::graph::Dag;

pub(crate) fn render(dag: &Dag) -> String {
    let mut text = String::from("flowchart TD\n");
    write(&draw(dag), 1, &mut text);
    text
}

fn write(picture: &Picture, depth: usize, text: &mut String) {
    let indent = "    ".repeat(depth);
    for shape in &picture.shapes {
        let (id, label) = (&shape.id, escape(&shape.label));
        let line = match (&shape.kind, shape.mapped) {
            (ShapeKind::Parameter, _) => format!("{id}([\"{label}\"])"),
            (ShapeKind::Output, _) => format!("{id}((\"{label}\"))"),
            // A box with a second edge on each side stands for one node a partition.
            (ShapeKind::Task, true) => format!("{id}[[\"{label}\"]]"),
            (ShapeKind::Task, false) => format!("{id}[\"{label}\"]"),
            (ShapeKind::Dag(nested), mapped) => {
                let each = if mapped { " (each)" } else { "" };
                let _ = writeln!(text, "{indent}subgraph {id}[\"{label}{each}\"]");
                write(nested, depth + 1, text);
                "end".to_owned()
            }
        };
        let _ = writeln!(text, "{indent}{line}");
    }
    for arrow in &picture.arrows {
        let (from, to) = (&arrow.from, &arrow.to);
        let _ = if arrow.label().is_empty() {
            writeln!(text, "{indent}{from} --> {to}")
        } else {
            writeln!(text, "{indent}{from} -->|\"{}\"| {to}", escape(&arrow.label()))
        };
    }
}

/// Mermaid's entity codes, in quoted text.
fn escape(text: &str) -> String {
    picture::escape(text, &[('#', "#35;"), ('"', "#quot;"), ('<', "#lt;")])
}
