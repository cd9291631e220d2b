//! A dag while its template is made: where its values are, and what its nodes call them.

use std::collections::HashMap;

use dagger_core::exec::coding::Coding;
use dagger_core::remote::{Form, From, RemoteEnd, RemoteInput, RemoteNode};
use dagger_core::{Dag, Node, Reference, Source};

use super::error::ManifestError;
use super::names::Names;
use super::paths::{Artifact, ITEM, Place};

/// The output of a node, as a whole, that a dag returns as it is.
pub(super) struct Direct {
    pub(super) node: String,
    pub(super) output: String,
    pub(super) coding: Option<Coding>,
}

/// A dag whose template is made.
pub(super) struct Inside<'d> {
    pub(super) dag: &'d Dag,
    /// What stands in front of the names of its nodes in an address.
    pub(super) around: &'d str,
    pub(super) place: Place,
    pub(super) direct: Option<Direct>,
    /// The tasks of its nodes.
    pub(super) tasks: HashMap<&'d str, String>,
    /// What the templates of its nodes call their outputs, by node and output.
    pub(super) outputs: HashMap<(&'d str, String), String>,
}

impl<'d> Inside<'d> {
    pub(super) fn new(dag: &'d Dag, around: &'d str, place: Place, direct: Option<Direct>) -> Self {
        let (tasks, outputs) = (HashMap::new(), HashMap::new());
        Self { dag, around, place, direct, tasks, outputs }
    }

    /// What a node returned, as it is, as an output of the template.
    pub(super) fn result(&self) -> Option<Artifact> {
        let direct = self.direct.as_ref()?;
        Some(self.output(&direct.node, &direct.output))
    }

    /// A whole value that a node wrote.
    pub(super) fn output(&self, node: &str, output: &str) -> Artifact {
        let task = self.tasks[node].clone();
        let artifact = self.outputs[&(node, output.to_owned())].clone();
        Artifact::Output { task, artifact }
    }

    /// The list of what a map is over.
    pub(super) fn partitions(&self, partition: &RemoteInput) -> Result<String, ManifestError> {
        let From::Output { node, output } = &partition.from else {
            return Err(ManifestError::of("a map is over the output of a node"));
        };
        let from = RemoteNode::within(self.dag, self.around, node).map_err(ManifestError::of)?;
        let names = names_of_outputs(&from);
        let task = &self.tasks[node.as_str()];
        Ok(format!("{{{{tasks.{task}.outputs.parameters.{}}}}}", names[output.as_str()]))
    }

    /// The key of an output; of a mapped node, that of one result.
    pub(super) fn key_of_output(
        &self,
        node: &RemoteNode,
        described: &Node,
        output: &str,
    ) -> String {
        let key = self.key(&described.name, output);
        if node.is_mapped() { format!("{key}/{ITEM}") } else { key }
    }

    pub(super) fn is_outermost(&self) -> bool {
        self.around.is_empty()
    }

    pub(super) fn key(&self, node: &str, output: &str) -> String {
        match &self.direct {
            Some(direct) if direct.node == node && direct.output == output => {
                self.place.result.clone()
            }
            _ => format!("{}/{node}/{output}", self.place.nodes),
        }
    }

    /// The artifact that a node reads.
    pub(super) fn artifact(&self, input: &RemoteInput) -> Artifact {
        match &input.from {
            From::Parameter(name) if self.is_outermost() => Artifact::Parameter(name.clone()),
            From::Parameter(name) => Artifact::Passed(name.clone()),
            From::Output { node, output } => {
                let key = self.key(node, output);
                match input.form {
                    Form::Value => self.output(node, output),
                    Form::Partition => Artifact::key(format!("{key}/{ITEM}")),
                    Form::Partitions => Artifact::Key { key, is_optional: true },
                }
            }
        }
    }

    /// How `node` reads an input: a parameter of the workflow is JSON, whatever its serializer.
    pub(super) fn option(&self, input: &RemoteInput) -> &'static str {
        match &input.from {
            From::Parameter(_) if self.is_outermost() => "--json",
            _ => "--input",
        }
    }
}

/// The output of a node that a dag returns as it is, if there is nothing else that it returns.
pub(super) fn direct(dag: &Dag, end: &RemoteEnd) -> Option<Direct> {
    let ([input], [described]) = (end.inputs(), dag.outputs()) else { return None };
    let From::Output { node, output } = &input.from else { return None };
    let is_it = |source: &Reference| source.node == *node && source.output == *output;
    let is_whole = input.form == Form::Value
        && described.name == dagger_core::graph::RETURN_VALUE
        && matches!(&described.source, Source::Output(source) if is_it(source));
    let (node, output, coding) = (node.clone(), output.clone(), input.coding());
    is_whole.then_some(Direct { node, output, coding })
}

/// Whether the files of two values are the same.
pub(super) fn is_same(a: Option<Coding>, b: Option<Coding>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.ty == b.ty && a.serializer == b.serializer)
}

/// The artifacts of the outputs of a node.
pub(super) fn names_of_outputs(node: &RemoteNode) -> HashMap<String, String> {
    let mut names = Names::default();
    let outputs = node.outputs().iter();
    outputs.map(|output| (output.name.clone(), names.value(&output.name))).collect()
}
