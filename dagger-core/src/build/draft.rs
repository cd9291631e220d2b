//! What is known of the nodes while a graph is built, and the description that is made of it.
//!
//! A draft is small and cheap, as there may be very many of them: names are formatted when somebody
//! first looks at the description. What could be wrong with them is found before, in `names.rs`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use super::describe;
use crate::callee::IsNode;
use crate::graph::{Input, Node, NodeKind, Output, Parameter, RETURN_VALUE, Reference, Source};
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
    pub(crate) callee: Callee,
    pub(crate) kind: NodeKind,
    pub(crate) arguments: Arguments,
    /// The output that the node is mapped over.
    pub(crate) partitions: Option<Origin>,
}

/// What a node calls, as far as the description shows it.
#[derive(Clone)]
pub(crate) enum Callee {
    /// A function, whose nodes are named after it.
    Function(&'static Function),
    /// Anything else.
    Task(Arc<Task>),
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
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) name: Text,
    /// Whether the name is one node's, and not to be numbered.
    pub(crate) is_given: bool,
    pub(crate) parameters: Cow<'static, [Text]>,
    pub(crate) options: TaskOptions,
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
    /// The name of its nodes, without a number.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Function(function) => name::of_function(function.name).into(),
            Self::Task(task) => Cow::Borrowed(&task.name),
        }
    }

    /// Whether it is known that no other node has it.
    pub(crate) fn is_called_once(&self) -> bool {
        matches!(self, Self::Task(task) if Arc::strong_count(task) == 1)
    }

    /// Whether the name is one node's, and not to be numbered.
    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Self::Task(task) if task.is_given)
    }

    pub(crate) fn parameters(&self) -> impl ExactSizeIterator<Item = &str> {
        let (functions, tasks) = match self {
            Self::Function(function) => (function.parameters, &[][..]),
            Self::Task(task) => (&[][..], &*task.parameters),
        };
        let length = functions.len() + tasks.len();
        (0..length).map(move |index| functions.get(index).copied().unwrap_or_else(|| &tasks[index]))
    }

    pub(crate) fn options(&self) -> &TaskOptions {
        match self {
            Self::Function(function) => &function.options,
            Self::Task(task) => &task.options,
        }
    }

    /// Tells callees apart, but for equal ones that are two in memory.
    pub(crate) fn address(&self) -> usize {
        match self {
            Self::Function(function) => std::ptr::from_ref(*function).addr(),
            Self::Task(task) => Arc::as_ptr(task).addr(),
        }
    }
}

impl Drafts {
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
                self.arguments[first..first + draft.callee.parameters().len()].into()
            }
        };
        let inputs = draft.callee.parameters().zip(&*arguments);
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
            options: draft.callee.options().clone(),
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
