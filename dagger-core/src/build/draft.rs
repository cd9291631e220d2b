//! What is known of the nodes while a graph is built, and the description that is made of it.
//!
//! A draft is small and cheap, as there may be very many of them: names are formatted when somebody
//! first looks at the description. What could be wrong with them is found as they come, in `names.rs`.

use std::borrow::Cow;
use std::cell::RefCell;

use super::describe;
use super::names::{Base, Index};
use crate::callee::IsNode;
use crate::graph::{Input, Node, NodeKind, Output, Parameter, RETURN_VALUE, Reference, Source};
use crate::options::TaskOptions;

/// A text that is part of the program, or was made while the graph was built.
pub(crate) type Text = Cow<'static, str>;

/// The nodes and outputs of a graph, as far as they are needed to describe it.
#[derive(Default)]
pub(crate) struct Drafts {
    pub(crate) nodes: Vec<Draft>,
    /// The names of the nodes without numbers, each once.
    pub(super) bases: Vec<Base>,
    /// The lists of what the callees take; nodes that are near each other share theirs.
    pub(super) parameters: Vec<Parameters>,
    /// The arguments of the nodes that were written by hand, one after another.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) outputs: Vec<(Text, Origin)>,
    pub(super) index: Index,
}

/// A node.
pub(crate) struct Draft {
    /// What it is named after, in [`Drafts::bases`].
    pub(super) base: u32,
    /// The list in [`Drafts::parameters`] of what its callee takes.
    pub(super) parameters: u32,
    /// Whether the name is this node's, and not to be numbered.
    pub(super) is_given: bool,
    options: &'static TaskOptions,
    kind: NodeKind,
    arguments: Arguments,
    /// The output that the node is mapped over.
    partitions: Option<Origin>,
}

/// What a node calls, as far as the description shows it.
pub(crate) enum Callee {
    /// A function, whose nodes are named after it.
    Function(&'static Function),
    /// Anything else.
    Task(Task),
}

/// A `#[task]` or a `#[dag]`.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [&'static str],
    pub(crate) options: TaskOptions,
}

impl Function {
    /// The function behind a proxy.
    pub(crate) fn of<N: IsNode>() -> &'static Self {
        const { &Self { name: N::NAME, parameters: N::PARAMETERS, options: N::OPTIONS } }
    }
}

/// A closure, a dag as a value, or a function whose node has a name of its own.
pub(crate) struct Task {
    pub(crate) name: Text,
    /// Whether the name is one node's, and not to be numbered.
    pub(crate) is_given: bool,
    pub(crate) parameters: Parameters,
    pub(crate) options: &'static TaskOptions,
}

/// The names of what a callee takes.
#[derive(PartialEq, Eq)]
pub(crate) enum Parameters {
    OfFunction(&'static [&'static str]),
    OfTask(Vec<Text>),
}

/// The arguments of a call.
pub(crate) enum Arguments {
    /// As the macro knows them.
    Static(&'static [describe::Argument]),
    /// Those in [`Drafts::arguments`] from here on, as many as the callee has parameters.
    From(usize),
}

/// Where a value comes from; see [`describe::From`].
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Parameter(usize),
    /// The whole value that a node returns.
    Output(usize),
    /// Another output of a node, by name.
    Part(Box<(usize, Text)>),
    Partition,
}

/// An argument of a call; see [`describe::Argument`].
#[derive(Clone)]
pub(crate) enum Argument {
    Value(Origin),
    Constant(Box<Text>),
    Expression(Box<(Text, Vec<Origin>)>),
}

impl From<describe::From> for Origin {
    fn from(from: describe::From) -> Self {
        match from {
            describe::From::Parameter(index) => Self::Parameter(index),
            describe::From::Output(node, RETURN_VALUE) => Self::Output(node),
            describe::From::Output(node, output) => Self::Part(Box::new((node, output.into()))),
            describe::From::Partition => Self::Partition,
        }
    }
}

impl From<describe::Argument> for Argument {
    fn from(argument: describe::Argument) -> Self {
        match argument {
            describe::Argument::Value(from) => Self::Value(from.into()),
            describe::Argument::Constant(text) => Self::Constant(Box::new(text.into())),
            describe::Argument::Expression(text, over) => {
                let over = over.iter().map(|from| (*from).into()).collect();
                Self::Expression(Box::new((text.into(), over)))
            }
        }
    }
}

impl Callee {
    /// How many parameters it has.
    pub(crate) fn arity(&self) -> usize {
        match self {
            Self::Function(function) => function.parameters.len(),
            Self::Task(task) => task.parameters.len(),
        }
    }
}

impl Parameters {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::OfFunction(names) => names.len(),
            Self::OfTask(names) => names.len(),
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        let (of_function, of_task) = match self {
            Self::OfFunction(names) => (*names, &[][..]),
            Self::OfTask(names) => (&[][..], &names[..]),
        };
        (0..self.len()).map(move |index| match of_function.get(index) {
            Some(name) => name,
            None => &*of_task[index],
        })
    }
}

impl Drafts {
    /// The next node.
    pub(crate) fn push(
        &mut self,
        callee: Callee,
        kind: NodeKind,
        arguments: Arguments,
        partitions: Option<Origin>,
    ) {
        let (base, parameters, is_given, options) = match callee {
            Callee::Function(function) => {
                let (base, parameters) = self.function(function);
                (base, parameters, false, &function.options)
            }
            Callee::Task(Task { name, is_given, parameters, options }) => {
                let base = self.base(name, is_given);
                (base, self.list(parameters), is_given, options)
            }
        };
        let draft = Draft { base, parameters, is_given, options, kind, arguments, partitions };
        self.nodes.push(draft);
    }

    /// What the callee of a node takes.
    pub(crate) fn parameters(&self, node: &Draft) -> impl ExactSizeIterator<Item = &str> {
        self.parameters[node.parameters as usize].iter()
    }

    /// The nodes and the outputs of the dag.
    pub(crate) fn describe(&self, parameters: &[Parameter]) -> (Vec<Node>, Vec<Output>) {
        let names = self.names();
        let used = RefCell::new(vec![Vec::new(); names.len()]);
        let describer = Describer { names, parameters, used };
        let outputs = self.outputs.iter().map(|(name, from)| Output {
            name: name.clone().into_owned(),
            source: describer.source(from, None),
        });
        let outputs = outputs.collect();
        let nodes = self.nodes.iter().zip(&describer.names);
        let mut nodes: Vec<_> =
            nodes.map(|(draft, name)| self.node(draft, name, &describer)).collect();
        for (node, mut used) in nodes.iter_mut().zip(describer.used.take()) {
            used.sort_unstable();
            node.outputs = used;
        }
        (nodes, outputs)
    }

    fn node(&self, draft: &Draft, name: &str, describer: &Describer<'_>) -> Node {
        let partitions = draft.partitions.as_ref();
        let partitions = partitions.and_then(|origin| describer.reference(origin));
        let arguments: Cow<'_, [Argument]> = match draft.arguments {
            Arguments::Static(arguments) => {
                arguments.iter().map(|argument| (*argument).into()).collect()
            }
            Arguments::From(first) => {
                self.arguments[first..first + self.parameters(draft).len()].into()
            }
        };
        let inputs = self.parameters(draft).zip(&*arguments);
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
    /// The outputs of each node that something reads.
    used: RefCell<Vec<Vec<String>>>,
}

impl Describer<'_> {
    fn argument(&self, argument: &Argument, partitions: Option<&Reference>) -> Source {
        match argument {
            Argument::Value(from) => self.source(from, partitions),
            Argument::Constant(text) => Source::Constant((**text).clone().into_owned()),
            Argument::Expression(expression) => Source::Expression {
                text: expression.0.clone().into_owned(),
                over: expression.1.iter().map(|from| self.source(from, partitions)).collect(),
            },
        }
    }

    fn source(&self, from: &Origin, partitions: Option<&Reference>) -> Source {
        match (from, partitions) {
            (Origin::Parameter(index), _) => {
                Source::Parameter(self.parameters[*index].name.clone())
            }
            (Origin::Partition, Some(partitions)) => Source::Partition(partitions.clone()),
            _ => match self.reference(from) {
                Some(reference) => Source::Output(reference),
                None => unreachable!("only a mapped node has partitions"),
            },
        }
    }

    /// The output of a node, which is used.
    fn reference(&self, from: &Origin) -> Option<Reference> {
        let (node, output) = match from {
            Origin::Output(node) => (*node, RETURN_VALUE),
            Origin::Part(part) => (part.0, &*part.1),
            Origin::Parameter(_) | Origin::Partition => return None,
        };
        let used = &mut self.used.borrow_mut()[node];
        if !used.iter().any(|used| used == output) {
            used.push(output.to_owned());
        }
        Some(Reference { node: self.names[node].clone(), output: output.to_owned() })
    }
}
