//! One line a node.

use std::fmt;

use crate::graph::{Dag, NodeKind, Source};

pub(crate) fn render(dag: &Dag, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    render_at(dag, 0, f)
}

fn render_at(dag: &Dag, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let indent = "  ".repeat(depth);
    write!(f, "dag {}(", dag.name())?;
    for (index, parameter) in dag.parameters().iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{}: {}", parameter.name, parameter.ty)?;
        if let Some(default) = &parameter.default {
            write!(f, " = {default}")?;
        }
    }
    write!(f, ")")?;
    for node in dag.nodes() {
        write!(f, "\n{indent}  {}(", node.name)?;
        for (index, input) in node.inputs.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            match &input.source {
                Source::Parameter(name) if *name == input.name => write!(f, "{comma}{name}")?,
                source => write!(f, "{comma}{}: {source}", input.name)?,
            }
        }
        write!(f, ")")?;
        if let (Some(partitions), None) = (&node.partitions, node.partitioned_by()) {
            write!(f, " for each of {partitions}")?;
        }
        if let NodeKind::Dag(nested) = &node.kind {
            write!(f, ": ")?;
            render_at(nested, depth + 1, f)?;
        }
    }
    for output in dag.outputs() {
        write!(f, "\n{indent}  -> ")?;
        if output.name != crate::graph::RETURN_VALUE {
            write!(f, "{}: ", output.name)?;
        }
        write!(f, "{}", output.source)?;
    }
    Ok(())
}
