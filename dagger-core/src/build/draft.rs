//! What is known of the nodes while a graph is built, and the description that is made of it.
//!
//! A draft is cheap: names are formatted when somebody first looks at the description. What could be
//! wrong with them is found before, in `names.rs`.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::describe;
use crate::graph::{Input, Node, NodeKind, Output, Parameter, Reference, Source};
use crate::name;
use crate::options::TaskOptions;

/// A text that is part of the program, or was made while the graph was built.
pub(crate) type Text = Cow<'static, str>;

/// The nodes and outputs of a graph, as far as they are needed to describe it.
#[derive(Default)]
pub(crate) struct Drafts {
    pub(crate) nodes: Vec<Draft>,
    /// The arguments of the nodes that were written by hand, one after another.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) outputs: Vec<(Text, Origin)>,
}

/// A node.
pub(crate) struct Draft {
    pub(crate) name: Name,
    pub(crate) parameters: Parameters,
    pub(crate) options: TaskOptions,
    pub(crate) kind: NodeKind,
    pub(crate) arguments: Arguments,
    /// The output that the node is mapped over.
    pub(crate) partitions: Option<(usize, Text)>,
}

/// How a node is named.
#[derive(Clone)]
pub(crate) enum Name {
    /// After this function, numbered where it is called more than once.
    Function(&'static str),
    /// After this task or dag, in the same way.
    Task(Text),
    /// Just so.
    Given(Text),
}

/// The names of a callee's parameters.
#[derive(Clone)]
pub(crate) enum Parameters {
    Static(&'static [&'static str]),
    Owned(std::sync::Arc<[Text]>),
}

/// The arguments of a call.
pub(crate) enum Arguments {
    /// As the macro knows them.
    Static(&'static [describe::Argument]),
    /// Those of [`Drafts::arguments`] from here on, as many as the callee has parameters.
    From(usize),
}

/// Where a value comes from; see [`describe::From`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    Parameter(usize),
    Output(usize, Text),
    Partition,
}

/// An argument of a call; see [`describe::Argument`].
#[derive(Clone)]
pub(crate) enum Argument {
    Value(Origin),
    Constant(Text),
    Expression(Text, Vec<Origin>),
}

impl From<describe::From> for Origin {
    fn from(from: describe::From) -> Self {
        match from {
            describe::From::Parameter(index) => Self::Parameter(index),
            describe::From::Output(node, output) => Self::Output(node, output.into()),
            describe::From::Partition => Self::Partition,
        }
    }
}

impl From<describe::Argument> for Argument {
    fn from(argument: describe::Argument) -> Self {
        match argument {
            describe::Argument::Value(from) => Self::Value(from.into()),
            describe::Argument::Constant(text) => Self::Constant(text.into()),
            describe::Argument::Expression(text, over) => {
                Self::Expression(text.into(), over.iter().map(|from| (*from).into()).collect())
            }
        }
    }
}

impl Parameters {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Static(names) => names.len(),
            Self::Owned(names) => names.len(),
        }
    }

    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Static(names) => Box::new(names.iter().copied()),
            Self::Owned(names) => Box::new(names.iter().map(|name| &**name)),
        }
    }
}

impl Name {
    /// The name without a number.
    pub(crate) fn base(&self) -> String {
        match self {
            Self::Function(function) => name::of_function(function),
            Self::Task(name) | Self::Given(name) => name.clone().into_owned(),
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }
}

impl Drafts {
    /// The nodes and the outputs of the dag.
    pub(crate) fn describe(&self, parameters: &[Parameter]) -> (Vec<Node>, Vec<Output>) {
        let describer = Describer { names: self.names(), parameters };
        let outputs = self.outputs.iter().map(|(name, from)| Output {
            name: name.clone().into_owned(),
            source: describer.source(from, None),
        });
        let outputs: Vec<_> = outputs.collect();
        let nodes = self.nodes.iter().zip(&describer.names);
        let mut nodes: Vec<_> =
            nodes.map(|(draft, name)| self.node(draft, name, &describer)).collect();
        let mut used = BTreeSet::new();
        let mut visit = |reference: &Reference| {
            used.insert(reference.clone());
        };
        for node in &nodes {
            node.inputs.iter().for_each(|input| input.source.each_reference(&mut visit));
            node.partitions.iter().for_each(&mut visit);
        }
        outputs.iter().for_each(|output| output.source.each_reference(&mut visit));
        let index: HashMap<_, _> = describer.names.iter().zip(0..).collect();
        for reference in used {
            let node: usize = index[&reference.node];
            nodes[node].outputs.push(reference.output);
        }
        (nodes, outputs)
    }

    fn node(&self, draft: &Draft, name: &str, describer: &Describer<'_>) -> Node {
        let partitions = draft.partitions.as_ref();
        let partitions = partitions.map(|(node, output)| describer.reference(*node, output));
        let arguments: Cow<'_, [Argument]> = match draft.arguments {
            Arguments::Static(arguments) => {
                arguments.iter().map(|argument| (*argument).into()).collect()
            }
            Arguments::From(first) => self.arguments[first..first + draft.parameters.len()].into(),
        };
        let inputs = draft.parameters.iter().zip(&*arguments);
        let inputs = inputs.map(|(parameter, argument)| Input {
            name: parameter.to_owned(),
            source: describer.argument(argument, partitions.as_ref()),
        });
        Node {
            name: name.to_owned(),
            kind: draft.kind.clone(),
            inputs: inputs.collect(),
            outputs: Vec::new(),
            partitions,
            options: draft.options.clone(),
        }
    }
}

struct Describer<'a> {
    names: Vec<String>,
    parameters: &'a [Parameter],
}

impl Describer<'_> {
    fn argument(&self, argument: &Argument, partitions: Option<&Reference>) -> Source {
        match argument {
            Argument::Value(from) => self.source(from, partitions),
            Argument::Constant(text) => Source::Constant(text.clone().into_owned()),
            Argument::Expression(text, over) => Source::Expression {
                text: text.clone().into_owned(),
                over: over.iter().map(|from| self.source(from, partitions)).collect(),
            },
        }
    }

    fn source(&self, from: &Origin, partitions: Option<&Reference>) -> Source {
        match (from, partitions) {
            (Origin::Parameter(index), _) => {
                Source::Parameter(self.parameters[*index].name.clone())
            }
            (Origin::Output(node, output), _) => Source::Output(self.reference(*node, output)),
            (Origin::Partition, Some(partitions)) => Source::Partition(partitions.clone()),
            (Origin::Partition, None) => unreachable!("only a mapped node has partitions"),
        }
    }

    fn reference(&self, node: usize, output: &str) -> Reference {
        Reference { node: self.names[node].clone(), output: output.to_owned() }
    }
}
