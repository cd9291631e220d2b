//! One node in a process of its own: which values it reads and writes as files.
//!
//! What travels between the processes of a dag are the values of its slots. A node reads the value of
//! a parameter, an output of another node, one partition, or the results of a map, and evaluates the
//! expressions of its arguments itself. It writes the outputs that something reads: what it returns,
//! the parts of it that others take, the partitions of what is mapped over. See [`Form`] for what a
//! file is, and [`RemoteNode`] for the names.
//!
//! 1. `layout.rs` says where each value of a dag comes from, and what a node has to write.
//! 2. `names.rs` names the inputs of a node.
//! 3. `fragment.rs` is a node as a dag of its own, for a runtime to run.
//! 4. `write.rs` takes apart what it returned.
//! 5. `keep.rs` does so for a run that goes on with the value, and puts it together again.

mod fragment;
mod keep;
mod layout;
mod names;
mod write;

use std::fmt;
use std::io::Read;

use crate::error::BoxError;
use crate::exec::coding::{Codec, Coding};
use crate::exec::edges::Partitioned;
use crate::exec::signature::{Results, Type};
use crate::exec::value::Boxed;
use crate::graph::{Dag, Node, NodeKind, RETURN_VALUE};
use layout::{Layout, Root};

pub use crate::exec::map::Batch;
pub use keep::{Bytes, Digest, FannedOut, Item, Keeping, TakenApart};
pub use write::{Sink, WriteTo};

/// What the files of a value are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One file with the whole value.
    Value,
    /// One file of a directory: the partition that a mapped node works on.
    Partition,
    /// A directory with a file for each partition, named `0`, `1` and so on.
    Partitions,
}

/// Where a value comes from that a node reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A parameter of the dag, by name.
    Parameter(String),
    /// What another node of the dag writes.
    Output {
        /// The node.
        node: String,
        /// The name that this has among its [outputs](RemoteNode::outputs).
        output: String,
    },
}

impl fmt::Display for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "{name}"),
            Self::Output { node, output } if output == RETURN_VALUE => write!(f, "{node}"),
            Self::Output { node, output } => write!(f, "{node}.{output}"),
        }
    }
}

/// A value that a node reads.
#[derive(Clone)]
pub struct RemoteInput {
    /// Its name: see [`RemoteNode`].
    pub name: String,
    /// What its files are.
    pub form: Form,
    /// Where it comes from.
    pub from: From,
    /// The slot.
    slot: usize,
    /// The parameter of the dag, where it is one.
    parameter: Option<usize>,
    coding: Option<Coding>,
}

impl RemoteInput {
    /// Whether it may be left out, since it is a parameter with a default.
    #[must_use]
    pub fn has_default(&self, of: &Dag) -> bool {
        let parameter = self.parameter.map(|index| &of.signature().parameters[index]);
        parameter.is_some_and(|parameter| parameter.default.is_some())
    }

    /// The value that it has where it is left out.
    #[must_use]
    pub fn default(&self, of: &Dag) -> Option<Boxed> {
        let parameter = self.parameter.map(|index| &of.signature().parameters[index])?;
        parameter.default.as_ref().map(|default| default())
    }

    /// The type, in words.
    #[must_use]
    pub fn ty(&self) -> String {
        self.coding.map_or_else(String::new, |coding| coding.ty.to_string())
    }

    /// Reads the value, or one of the partitions.
    ///
    /// # Errors
    ///
    /// If the type has no codec, or the stream is not such a value.
    pub fn read(&self, from: &mut dyn Read) -> Result<Boxed, BoxError> {
        (self.codec()?.read)(from)
    }

    /// How it is read.
    ///
    /// # Errors
    ///
    /// Why it cannot be.
    pub fn codec(&self) -> Result<Codec, String> {
        codec(self.coding)
    }

    /// The same input as JSON, whatever its serializer, if it is a parameter of the dag.
    #[must_use]
    pub fn as_json(&self, of: &Dag) -> Option<Self> {
        let outside = &of.signature().parameters[self.parameter?].outside;
        Some(Self { coding: outside.json.map(|coding| coding()), ..self.clone() })
    }

    /// The type and the serializer, where the dag says them: two values with the same ones have the
    /// same files.
    #[must_use]
    pub fn coding(&self) -> Option<Coding> {
        self.coding
    }
}

fn codec(coding: Option<Coding>) -> Result<Codec, String> {
    match coding {
        Some(coding) => coding.codec().map_err(|reason| reason.to_string()),
        None => Err("the dag, which was built by hand, does not say how it is written and read: `dag.serialize(…)` \
                     or, for each partition, `dag.serialize_each(…)`".to_owned()),
    }
}

/// A value that a node writes.
#[derive(Clone)]
pub struct RemoteOutput {
    /// Its name: see [`RemoteNode`].
    pub name: String,
    /// What its files are.
    pub form: Form,
    slot: usize,
    /// The map whose partitions these are.
    fan_out: Option<usize>,
    coding: Option<Coding>,
}

impl RemoteOutput {
    /// The type, in words; that of one partition, where there are several.
    #[must_use]
    pub fn ty(&self) -> String {
        self.coding.map_or_else(String::new, |coding| coding.ty.to_string())
    }

    /// How it is written.
    ///
    /// # Errors
    ///
    /// Why it cannot be.
    pub fn codec(&self) -> Result<Codec, String> {
        codec(self.coding)
    }

    /// The type and the serializer, where the dag says them.
    #[must_use]
    pub fn coding(&self) -> Option<Coding> {
        self.coding
    }
}

/// An edge of a dag that cannot leave its process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The way to the node, through nested dags.
    pub address: String,
    /// The parameter or the output.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address.as_str() {
            "" => write!(f, "parameter `{}`: {}", self.name, self.reason),
            address => write!(f, "node `{address}`, output `{}`: {}", self.name, self.reason),
        }
    }
}

/// A node of a dag, as a process of its own has it.
///
/// An *input* is a value. It has the name of the node's input that it is for: of the first one that is
/// this value, or borrows, clones or takes a part of it; else of the one whose expression is made of it
/// and of nothing else. A value in an expression over several is named after the input and itself, as
/// `total.count` is. The partition of a mapped node that does not look at it is `partition`.
///
/// The *outputs* are those that something reads: `return_value`, the whole of what it returns, and
/// `property_<field>` for a part that is moved out on its own. A value that is mapped over is a
/// directory under that name. Where it is also read as a whole, or by another map, the directory of
/// each further reader has the name of the map behind a dot: `return_value.raise-number`.
pub struct RemoteNode {
    dag: Dag,
    node: usize,
    address: String,
    step: usize,
    inputs: Vec<RemoteInput>,
    outputs: Vec<RemoteOutput>,
    nested: Option<Dag>,
    is_mapped: bool,
    keeps_errors: bool,
}

impl RemoteNode {
    /// The node at an address: its name, behind those of the nested dags that lead there, with dots
    /// between them.
    ///
    /// # Errors
    ///
    /// Which part of the address there is not, and what there is.
    pub fn find(dag: &Dag, address: &str) -> Result<Self, String> {
        let (mut around, mut dag) = (None::<&str>, dag.clone());
        let mut rest = address;
        loop {
            let (name, inner) = rest.split_once('.').map_or((rest, None), |(a, b)| (a, Some(b)));
            let Some(node) = dag.nodes().iter().position(|node| node.name == name) else {
                let place = match around {
                    Some(around) => format!("the nested dag `{around}`"),
                    None => format!("the dag `{}`", dag.name()),
                };
                return Err(format!("there is no node `{name}` in {place}; {}", nodes(&dag)));
            };
            let Some(inner) = inner else {
                return Self::new(&dag, address, node);
            };
            let NodeKind::Dag(nested) = &dag.nodes()[node].kind else {
                return Err(format!("`{name}` is a task, and has no node `{inner}`"));
            };
            dag = nested.clone();
            around = Some(&address[..address.len() - inner.len() - 1]);
            rest = inner;
        }
    }

    /// A node of this dag, which is the nested one at the address `around`, with a dot behind it.
    ///
    /// # Errors
    ///
    /// If the dag has no such node, or was built without what it takes to leave the process.
    pub fn within(dag: &Dag, around: &str, node: &str) -> Result<Self, String> {
        match dag.nodes().iter().position(|known| known.name == node) {
            Some(index) => Self::new(dag, &format!("{around}{node}"), index),
            None => Err(format!("there is no node `{node}` in the dag `{}`", dag.name())),
        }
    }

    fn new(dag: &Dag, address: &str, node: usize) -> Result<Self, String> {
        let layout = Layout::of(dag)?;
        let step = layout.step_of(node);
        let nested = match &dag.nodes()[node].kind {
            NodeKind::Dag(nested) => Some(nested.clone()),
            NodeKind::Task => None,
        };
        let is_mapped = layout.edges.partitioned(step).is_some();
        let (inputs, outputs) = (names::inputs(&layout, node, step), layout.outputs(step));
        let left = layout.edges.left(step, layout.plan.steps[step].outputs);
        let keeps_errors = nested.as_ref().is_some_and(|nested| keeps_errors(nested, left));
        let (dag, address) = (dag.clone(), address.to_owned());
        Ok(Self { dag, node, address, step, inputs, outputs, nested, is_mapped, keeps_errors })
    }

    /// The dag that it is a node of: the innermost one.
    #[must_use]
    pub fn dag(&self) -> &Dag {
        &self.dag
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it reads.
    #[must_use]
    pub fn inputs(&self) -> &[RemoteInput] {
        &self.inputs
    }

    /// What it writes.
    #[must_use]
    pub fn outputs(&self) -> &[RemoteOutput] {
        &self.outputs
    }

    /// The dag that it calls, where it does.
    #[must_use]
    pub fn nested(&self) -> Option<&Dag> {
        self.nested.as_ref()
    }

    /// The function that it calls, with all modules that lead to it; `None` for a closure.
    #[must_use]
    pub fn path(&self) -> Option<&'static str> {
        self.dag.path(self.node)
    }

    /// Its description.
    #[must_use]
    pub fn described(&self) -> &Node {
        &self.dag.nodes()[self.node]
    }

    /// Its step, in the plan of the dag.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// How it gets its partitions, where it is mapped.
    #[must_use]
    pub fn partitioned(&self) -> Option<Partitioned> {
        self.dag.edges()?.partitioned(self.step)
    }

    /// Whether it is mapped: it runs for one partition.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        self.is_mapped
    }

    /// Whether an error of the dag that it calls does not end the dag around it: it is a value for the
    /// nodes behind it, or nobody looks at it. Then that dag runs in the process of the node: one that
    /// fails hands no value on.
    #[must_use]
    pub fn keeps_errors(&self) -> bool {
        self.keeps_errors
    }
}

/// Whether what a call of `nested` has `left` behind is the `Result` of its function, and not the value
/// of its graph.
fn keeps_errors(nested: &Dag, left: Option<Type>) -> bool {
    let Results::Whole(value) = nested.signature().results else { return false };
    left.is_some_and(|left| left.is_result() && left != value)
}

/// The end of a dag: what it returns is made of outputs of its nodes.
pub struct RemoteEnd {
    dag: Dag,
    inputs: Vec<RemoteInput>,
}

impl RemoteEnd {
    /// The end of this dag. What it reads has the names of the dag's outputs.
    ///
    /// # Errors
    ///
    /// If the dag was built without what it takes to leave the process.
    pub fn of(dag: &Dag) -> Result<Self, String> {
        let layout = Layout::of(dag)?;
        Ok(Self { dag: dag.clone(), inputs: names::ends(&layout) })
    }

    /// What it reads.
    #[must_use]
    pub fn inputs(&self) -> &[RemoteInput] {
        &self.inputs
    }
}

/// What a dag passes to its nodes from outside.
pub struct RemoteParameter<'a> {
    /// Its name.
    pub name: &'a str,
    coding: Option<Coding>,
}

impl RemoteParameter<'_> {
    /// The parameters of a dag, in order.
    #[must_use]
    pub fn of(dag: &Dag) -> Vec<RemoteParameter<'_>> {
        let accepted = &dag.signature().parameters;
        let parameters = dag.parameters().iter().zip(accepted);
        parameters
            .map(|(parameter, accepted)| RemoteParameter {
                name: &parameter.name,
                coding: accepted.outside.coding.map(|coding| coding()),
            })
            .collect()
    }

    /// How it is written and read.
    ///
    /// # Errors
    ///
    /// Why it cannot be.
    pub fn codec(&self) -> Result<Codec, String> {
        codec(self.coding)
    }

    /// The type and the serializer, where the dag says them.
    #[must_use]
    pub fn coding(&self) -> Option<Coding> {
        self.coding
    }
}

/// All edges of a dag, and of those that are nested in it, that cannot leave their process.
///
/// # Errors
///
/// If the dag was built without what it takes to know that.
pub fn obstacles(dag: &Dag) -> Result<Vec<Obstacle>, String> {
    let mut obstacles = Vec::new();
    for parameter in RemoteParameter::of(dag) {
        if let Err(reason) = parameter.codec() {
            let name = parameter.name.to_owned();
            obstacles.push(Obstacle { address: String::new(), name, reason });
        }
    }
    add_obstacles(dag, "", &mut obstacles)?;
    Ok(obstacles)
}

fn add_obstacles(dag: &Dag, within: &str, all: &mut Vec<Obstacle>) -> Result<(), String> {
    for (index, node) in dag.nodes().iter().enumerate() {
        let address = format!("{within}{}", node.name);
        let remote = RemoteNode::new(dag, &address, index)?;
        for output in remote.outputs() {
            if let Err(reason) = output.codec() {
                let (address, name) = (address.clone(), output.name.clone());
                all.push(Obstacle { address, name, reason });
            }
        }
        if let NodeKind::Dag(nested) = &node.kind
            && !remote.keeps_errors()
        {
            for parameter in RemoteParameter::of(nested) {
                if let Err(reason) = parameter.codec() {
                    let (address, name) = (address.clone(), parameter.name.to_owned());
                    all.push(Obstacle { address, name, reason });
                }
            }
            add_obstacles(nested, &format!("{address}."), all)?;
        }
    }
    Ok(())
}

/// The nodes of a dag, in words.
fn nodes(dag: &Dag) -> String {
    let names: Vec<_> = dag.nodes().iter().map(|node| format!("`{}`", node.name)).collect();
    match names.len() {
        0 => "it has no nodes".to_owned(),
        1 => format!("its node is {}", names[0]),
        _ => format!("its nodes are {}", names.join(", ")),
    }
}

/// The input for a value that a step reads.
fn input(layout: &Layout<'_>, slot: usize) -> RemoteInput {
    let (slot, root) = layout.file_of(slot);
    let name = String::new();
    match root {
        Root::Parameter(index) => RemoteInput {
            name,
            form: Form::Value,
            from: From::Parameter(layout.dag.parameters()[index].name.clone()),
            slot,
            parameter: Some(index),
            coding: layout.dag.signature().parameters[index].outside.coding.map(|coding| coding()),
        },
        Root::Node(step) => RemoteInput {
            name,
            form: Form::Value,
            from: layout.from(step, |output| output.slot == slot && output.fan_out.is_none()),
            slot,
            parameter: None,
            coding: layout.edges.value(slot),
        },
        Root::Map(step) => RemoteInput {
            name,
            form: Form::Partitions,
            from: layout.from(step, |_| true),
            slot,
            parameter: None,
            coding: layout.edges.result(step),
        },
    }
}

/// The input for the partition of a map.
fn partition(layout: &Layout<'_>, step: usize, slot: usize, borrowed: bool) -> RemoteInput {
    let (_, root) = layout.file_of(slot);
    let from = match root {
        Root::Node(of) => layout.from(of, |output| output.fan_out == Some(step)),
        Root::Parameter(_) | Root::Map(_) => unreachable!("a map is over the output of a node"),
    };
    let coding = if borrowed { layout.edges.place(step) } else { layout.edges.partition(step) };
    RemoteInput { name: String::new(), form: Form::Partition, from, slot, parameter: None, coding }
}
