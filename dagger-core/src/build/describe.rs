//! What the macro knows of a body and the types do not: constant data, one piece a node.

/// Where a value in an argument comes from. Nodes and parameters are numbered in the order of the
/// body and of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From<'a> {
    /// A parameter of the dag.
    Parameter(usize),
    /// An output of a node, by name.
    Output(usize, &'a str),
    /// The partition, of the output that the node is mapped over.
    Partition,
}

/// An argument of a call.
#[derive(Debug, Clone, Copy)]
pub enum Argument {
    /// A value as it is, whether moved, borrowed or cloned.
    Value(From<'static>),
    /// A hard-coded value, as written.
    Constant(&'static str),
    /// An expression over other values, as written.
    Expression(&'static str, &'static [From<'static>]),
}

/// A node as the body shows it.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The arguments, in the order of the callee's parameters.
    pub arguments: &'static [Argument],
    /// The output that the node is mapped over: the node that makes it, and the output's name.
    pub partitions: Option<(usize, &'static str)>,
}

impl Call {
    /// A node that runs once.
    #[must_use]
    pub const fn once(arguments: &'static [Argument]) -> Self {
        Self { arguments, partitions: None }
    }

    /// A node that runs for each partition of this output of this node.
    #[must_use]
    pub const fn map(arguments: &'static [Argument], node: usize, output: &'static str) -> Self {
        Self { arguments, partitions: Some((node, output)) }
    }
}

/// An output of the dag: its name, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// The name.
    pub name: &'static str,
    /// Where it comes from.
    pub from: From<'static>,
}
