//! What is known of the nodes while a graph is built, and the description that is made of it.
//!
//! A draft is small and cheap, as there may be very many of them: names are formatted when somebody
//! first looks at the description. What could be wrong with them is found as they come, in `names.rs`.

use std::borrow::Cow;
use std::cell::RefCell;

use super::describe::{self, Call, From};
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
    /// What the nodes call, but for its name; nodes that are near each other share theirs.
    pub(super) callees: Vec<Called>,
    /// The arguments of nodes in bodies, as the macro knows them.
    calls: Vec<&'static [describe::Argument]>,
    /// The arguments of the nodes that were written by hand, one after another.
    arguments: Vec<Argument>,
    /// What is more than a value, of these.
    computed: Vec<Computed>,
    /// The outputs of nodes that are not the whole value: the node, and the name.
    parts: Vec<(u32, Text)>,
    pub(crate) outputs: Vec<(Text, Origin)>,
    pub(super) index: Index,
}

/// A node.
pub(crate) struct Draft {
    /// What it is named after, in [`Drafts::bases`].
    pub(super) base: u32,
    /// In [`Drafts::callees`].
    pub(super) callee: u32,
    /// Whether the name is this node's, and not to be numbered.
    pub(super) is_given: bool,
    kind: NodeKind,
    arguments: Arguments,
    /// The output that the node is mapped over.
    partitions: Option<Origin>,
}

/// The index of something that a graph has very many of, in half of the memory.
pub(crate) fn narrow(index: usize) -> u32 {
    let Ok(index) = u32::try_from(index) else { unreachable!("no memory holds that many") };
    index
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
    /// Its name with all modules that lead to it.
    pub(crate) path: fn() -> &'static str,
    pub(crate) parameters: &'static [&'static str],
    pub(crate) options: TaskOptions,
}

impl Function {
    /// The function behind a proxy.
    pub(crate) const fn new<N: IsNode>() -> Self {
        Self { name: N::NAME, path: N::path, parameters: N::PARAMETERS, options: N::OPTIONS }
    }

    /// The same, for all who refer to it.
    pub(crate) fn of<N: IsNode>() -> &'static Self {
        const { &Self::new::<N>() }
    }
}

/// A closure, a dag as a value, or a function whose node has a name of its own.
pub(crate) struct Task {
    pub(crate) name: Text,
    /// Whether the name is one node's, and not to be numbered.
    pub(crate) is_given: bool,
    pub(crate) called: Called,
}

/// The names of what a callee takes.
#[derive(PartialEq, Eq)]
pub(crate) enum Parameters {
    OfFunction(&'static [&'static str]),
    OfTask(Vec<Text>),
}

/// What a node calls, but for its name.
#[derive(PartialEq, Eq)]
pub(crate) struct Called {
    pub(crate) parameters: Parameters,
    pub(crate) options: &'static TaskOptions,
    pub(crate) path: Path,
}

/// The name of a function with all modules that lead to it.
#[derive(Clone, Copy)]
pub(crate) struct Path(pub(crate) Option<fn() -> &'static str>);

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.0.map(|path| path()) == other.0.map(|path| path())
    }
}

impl Eq for Path {}

/// The arguments of a call.
#[derive(Clone, Copy)]
enum Arguments {
    /// In [`Drafts::calls`].
    OfBody(u32),
    /// Those in [`Drafts::arguments`] from here on, as many as the callee has parameters.
    ByHand(u32),
}

/// Where a value in an argument comes from; see [`From`].
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    Parameter(u32),
    /// The whole value that a node returns.
    Output(u32),
    /// Another output of a node, in [`Drafts::parts`].
    Part(u32),
    Partition,
}

/// An argument of a call; see [`describe::Argument`].
#[derive(Clone, Copy)]
enum Argument {
    Value(Origin),
    /// In [`Drafts::computed`].
    Computed(u32),
}

/// An argument that is more than a value.
pub(crate) enum Computed {
    Constant(Text),
    Expression(Text, Vec<Origin>),
}

impl Callee {
    /// How many parameters it has.
    pub(crate) fn arity(&self) -> usize {
        match self {
            Self::Function(function) => function.parameters.len(),
            Self::Task(task) => task.called.parameters.len(),
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
    /// The next node of a body.
    pub(crate) fn push_call(&mut self, function: &'static Function, kind: NodeKind, call: &Call) {
        let arguments = Arguments::OfBody(narrow(self.calls.len()));
        self.calls.push(call.arguments);
        let partitions = call.partitions.map(|(node, output)| From::Output(node, output));
        let partitions = partitions.map(|from| self.origin(from));
        self.push(Callee::Function(function), kind, arguments, partitions);
    }

    /// The next node by hand, whose arguments are those from here on.
    pub(crate) fn push_by_hand(
        &mut self,
        callee: Callee,
        kind: NodeKind,
        arguments: u32,
        partitions: Option<Origin>,
    ) {
        self.push(callee, kind, Arguments::ByHand(arguments), partitions);
    }

    fn push(
        &mut self,
        callee: Callee,
        kind: NodeKind,
        arguments: Arguments,
        partitions: Option<Origin>,
    ) {
        let (base, callee, is_given) = match callee {
            Callee::Function(function) => {
                let (base, callee) = self.function(function);
                (base, callee, false)
            }
            Callee::Task(Task { name, is_given, called }) => {
                (self.base(name, is_given), self.callee(called), is_given)
            }
        };
        self.nodes.push(Draft { base, callee, is_given, kind, arguments, partitions });
    }

    /// Where the arguments of the next node begin.
    pub(crate) fn arguments(&self) -> u32 {
        narrow(self.arguments.len())
    }

    /// The next argument of a node, a value.
    pub(crate) fn push_value(&mut self, from: Origin) {
        self.arguments.push(Argument::Value(from));
    }

    /// The next argument of a node, of another kind.
    pub(crate) fn push_computed(&mut self, computed: Computed) {
        self.arguments.push(Argument::Computed(narrow(self.computed.len())));
        self.computed.push(computed);
    }

    /// An output of a node that is not its whole value.
    pub(crate) fn part(&mut self, node: u32, name: Text) -> Origin {
        self.parts.push((node, name));
        Origin::Part(narrow(self.parts.len() - 1))
    }

    pub(crate) fn origin(&mut self, from: From<'static>) -> Origin {
        match from {
            From::Parameter(index) => Origin::Parameter(narrow(index)),
            From::Output(node, RETURN_VALUE) => Origin::Output(narrow(node)),
            From::Output(node, output) => self.part(narrow(node), output.into()),
            From::Partition => Origin::Partition,
        }
    }

    pub(crate) fn from(&self, origin: Origin) -> From<'_> {
        match origin {
            Origin::Parameter(index) => From::Parameter(index as usize),
            Origin::Output(node) => From::Output(node as usize, RETURN_VALUE),
            Origin::Part(part) => {
                let (node, output) = &self.parts[part as usize];
                From::Output(*node as usize, output)
            }
            Origin::Partition => From::Partition,
        }
    }

    /// What the callee of a node takes.
    pub(crate) fn parameters(&self, node: &Draft) -> impl ExactSizeIterator<Item = &str> {
        self.callees[node.callee as usize].parameters.iter()
    }

    /// The function that a node calls, with all modules that lead to it.
    pub(crate) fn path(&self, node: usize) -> Option<&'static str> {
        let callee = self.nodes[node].callee as usize;
        self.callees[callee].path.0.map(|path| path())
    }

    /// The nodes and the outputs of the dag.
    pub(crate) fn describe(&self, parameters: &[Parameter]) -> (Vec<Node>, Vec<Output>) {
        let names = self.names();
        let used = RefCell::new(vec![Vec::new(); names.len()]);
        let describer = Describer { drafts: self, names, parameters, used };
        let outputs = self.outputs.iter().map(|(name, origin)| Output {
            name: name.clone().into_owned(),
            source: describer.source(self.from(*origin), None),
        });
        let outputs = outputs.collect();
        let nodes = self.nodes.iter().zip(&describer.names);
        let mut nodes: Vec<_> = nodes.map(|(draft, name)| describer.node(draft, name)).collect();
        for (node, mut used) in nodes.iter_mut().zip(describer.used.take()) {
            used.sort_unstable();
            node.outputs = used;
        }
        (nodes, outputs)
    }
}

struct Describer<'a> {
    drafts: &'a Drafts,
    names: Vec<String>,
    parameters: &'a [Parameter],
    /// The outputs of each node that something reads.
    used: RefCell<Vec<Vec<String>>>,
}

impl Describer<'_> {
    fn node(&self, draft: &Draft, name: &str) -> Node {
        let drafts = self.drafts;
        let partitions = draft.partitions.map(|origin| drafts.from(origin));
        let partitions = partitions.and_then(|from| self.reference(from));
        let partitions = partitions.as_ref();
        let parameters = drafts.parameters(draft);
        let sources: Vec<_> = match draft.arguments {
            Arguments::OfBody(call) => {
                let arguments = drafts.calls[call as usize].iter();
                arguments.map(|argument| self.argument(argument, partitions)).collect()
            }
            Arguments::ByHand(first) => {
                let arguments = drafts.arguments[first as usize..][..parameters.len()].iter();
                arguments.map(|argument| self.argument_by_hand(*argument, partitions)).collect()
            }
        };
        let inputs = parameters.zip(sources);
        let inputs = inputs.map(|(name, source)| Input { name: name.to_owned(), source });
        Node {
            name: name.to_owned(),
            kind: draft.kind.clone(),
            inputs: inputs.collect(),
            outputs: Vec::new(),
            partitions: partitions.cloned(),
            options: drafts.callees[draft.callee as usize].options.clone(),
        }
    }

    fn argument(&self, argument: &describe::Argument, partitions: Option<&Reference>) -> Source {
        match *argument {
            describe::Argument::Value(from) => self.source(from, partitions),
            describe::Argument::Constant(text) => Source::Constant(text.to_owned()),
            describe::Argument::Expression(text, over) => {
                self.expression(text, over.iter().copied(), partitions)
            }
        }
    }

    fn argument_by_hand(&self, argument: Argument, partitions: Option<&Reference>) -> Source {
        let from = |origin| self.drafts.from(origin);
        let computed = match argument {
            Argument::Value(origin) => return self.source(from(origin), partitions),
            Argument::Computed(index) => &self.drafts.computed[index as usize],
        };
        match computed {
            Computed::Constant(text) => Source::Constant(text.clone().into_owned()),
            Computed::Expression(text, over) => {
                self.expression(text, over.iter().copied().map(from), partitions)
            }
        }
    }

    fn expression<'a>(
        &self,
        text: &str,
        over: impl Iterator<Item = From<'a>>,
        partitions: Option<&Reference>,
    ) -> Source {
        let over = over.map(|from| self.source(from, partitions)).collect();
        Source::Expression { text: text.to_owned(), over }
    }

    fn source(&self, from: From<'_>, partitions: Option<&Reference>) -> Source {
        match (from, partitions) {
            (From::Parameter(index), _) => Source::Parameter(self.parameters[index].name.clone()),
            (From::Partition, Some(partitions)) => Source::Partition(partitions.clone()),
            _ => match self.reference(from) {
                Some(reference) => Source::Output(reference),
                None => unreachable!("only a mapped node has partitions"),
            },
        }
    }

    /// The output of a node, which is used.
    fn reference(&self, from: From<'_>) -> Option<Reference> {
        let From::Output(node, output) = from else { return None };
        let used = &mut self.used.borrow_mut()[node];
        if !used.iter().any(|used| used == output) {
            used.push(output.to_owned());
        }
        Some(Reference { node: self.names[node].clone(), output: output.to_owned() })
    }
}
