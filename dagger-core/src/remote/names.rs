//! The names of what a node reads.

use super::layout::Layout;
use super::{From, RemoteInput, input, partition};
use crate::graph::{RETURN_VALUE, Source};

/// What a partition is called that no input receives.
const PARTITION: &str = "partition";

/// The inputs of a node: each value that its step reads, once.
pub(super) fn inputs(layout: &Layout<'_>, node: usize, step: usize) -> Vec<RemoteInput> {
    let described = &layout.dag.nodes()[node];
    let partitioned = layout.edges.partitioned(step);
    let mut inputs: Vec<RemoteInput> = Vec::new();
    let mut whole = None;
    for (place, (slot, _)) in layout.plan.inputs(step).iter().enumerate() {
        if let Some(partitioned) = partitioned.filter(|found| found.source == place) {
            let mut partition = partition(layout, step, *slot, partitioned.borrowed);
            described.partitioned_by().unwrap_or(PARTITION).clone_into(&mut partition.name);
            inputs.insert(0, partition);
            if !partitioned.borrowed {
                continue;
            }
            whole = Some(inputs.len());
        }
        let value = input(layout, *slot);
        if !inputs.iter().any(|known| known.form == value.form && known.slot == value.slot) {
            inputs.push(value);
        }
    }
    // Inputs that are a value come first, so that it has the name of one that is nothing else.
    for plain in [true, false] {
        for described in &described.inputs {
            let sources = match &described.source {
                Source::Expression { over, .. } if !plain => over,
                source if plain => std::slice::from_ref(source),
                _ => continue,
            };
            for source in sources {
                let is_named = inputs.iter().any(|input| input.name == described.name);
                let mut unnamed = inputs.iter_mut().filter(|input| input.name.is_empty());
                let Some(value) = unnamed.find(|input| is_from(&input.from, source)) else {
                    continue;
                };
                value.name = match sources.len() {
                    1 if !is_named => described.name.clone(),
                    _ => format!("{}.{}", described.name, value.from),
                };
            }
        }
    }
    let of_partition = whole.map(|_| inputs[0].name.clone());
    for input in inputs.iter_mut().filter(|input| input.name.is_empty()) {
        let from = input.from.to_string();
        input.name = match &of_partition {
            Some(partition) => format!("{partition}.{from}"),
            None => from,
        };
    }
    inputs
}

/// What the end of a dag reads, by the names of its outputs.
pub(super) fn ends(layout: &Layout<'_>) -> Vec<RemoteInput> {
    let mut inputs: Vec<RemoteInput> = Vec::new();
    for (slot, _) in layout.plan.inputs(layout.end()) {
        let value = input(layout, *slot);
        if !inputs.iter().any(|known| known.form == value.form && known.slot == value.slot) {
            inputs.push(value);
        }
    }
    for output in layout.dag.outputs() {
        let mut unnamed = inputs.iter_mut().filter(|input| input.name.is_empty());
        if let Some(value) = unnamed.find(|input| is_from(&input.from, &output.source)) {
            value.name.clone_from(&output.name);
        }
    }
    for input in inputs.iter_mut().filter(|input| input.name.is_empty()) {
        input.name = input.from.to_string();
    }
    inputs
}

/// Whether a value is what the description says, or has it as a part.
fn is_from(from: &From, source: &Source) -> bool {
    match (from, source) {
        (From::Parameter(name), Source::Parameter(source)) => name == source,
        (From::Output { node, output }, Source::Output(source)) => {
            *node == source.node && (output == RETURN_VALUE || *output == source.output)
        }
        _ => false,
    }
}
