//! What can be wrong with a graph that was written by hand.
//!
//! A problem is noted where it is made, and put into words when the graph is built, as names of
//! nodes are known by then.

use crate::build::draft::{Drafts, Origin};
use crate::error::Violation;
use crate::graph::Parameter;

/// Who reads a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Node(usize),
    Split,
    /// The output of the dag with this index.
    Output(usize),
}

pub(super) enum Problem {
    /// A handle of another builder.
    Foreign {
        by: Reader,
    },
    /// A value is read after it was moved.
    Moved {
        value: Origin,
        by: Reader,
        again: Reader,
        moves: bool,
    },
    /// A node moves a value that it borrows as well.
    MovedAndBorrowed {
        value: Origin,
        by: Reader,
    },
    /// Not one input for each parameter.
    NodeInputs {
        node: usize,
        given: usize,
    },
    MapOverParameter {
        node: usize,
        parameter: usize,
    },
    MapOverMapped {
        node: usize,
        mapped: usize,
    },
    NoPartition {
        node: usize,
    },
    SeveralPartitions {
        node: usize,
    },
    OutputOfParameter {
        output: usize,
        parameter: usize,
    },
    OutputOfMap {
        output: usize,
        mapped: usize,
    },
    /// An input of a nested dag has the wrong type.
    Type {
        node: usize,
        parameter: String,
        takes: String,
        given: String,
    },
    /// A partition that is borrowed, for a nested dag.
    BorrowedPartition {
        node: usize,
        parameter: String,
    },
    /// A nested dag returns something else.
    Returns {
        node: usize,
        returns: String,
        wanted: String,
    },
}

/// Puts problems into words.
pub(super) struct Words<'a> {
    pub(super) names: Vec<String>,
    pub(super) parameters: &'a [Parameter],
    pub(super) drafts: &'a Drafts,
}

impl Words<'_> {
    fn value(&self, origin: &Origin) -> String {
        match origin {
            Origin::Parameter(index) => format!("the parameter `{}`", self.parameters[*index].name),
            Origin::Output(node) => format!("the output of `{}`", self.names[*node]),
            Origin::Part(part) => format!("the output `{}` of `{}`", part.1, self.names[part.0]),
            Origin::Partition => "a partition".to_owned(),
        }
    }

    fn reader(&self, reader: Reader) -> String {
        match reader {
            Reader::Node(node) => format!("`{}`", self.names[node]),
            Reader::Split => "a `split`".to_owned(),
            Reader::Output(output) => format!("the output `{}`", self.drafts.outputs[output].0),
        }
    }

    pub(super) fn violation(&self, problem: &Problem) -> Violation {
        let (rule, message) = match problem {
            Problem::Foreign { by } => (
                "foreign-handle",
                format!(
                    "{} reads a handle of another builder: a handle stands for a value of the dag \
                     that it was made for",
                    self.reader(*by)
                ),
            ),
            Problem::Moved { value, by, again, moves } => {
                let (first, second) = (self.reader(*by), self.reader(*again));
                let what = self.value(value);
                let message = match moves {
                    true if by == again => format!(
                        "{first} moves {what} twice: move a copy, with `.copied()` or `.cloned()`"
                    ),
                    true => format!(
                        "{what} is moved twice, by {first} and by {second}: let {first} borrow or \
                         copy it, with `.by_ref()`, `.copied()` or `.cloned()`"
                    ),
                    false => format!(
                        "{second} reads {what}, which {first} has moved: let {first} borrow or \
                         copy it, with `.by_ref()`, `.copied()` or `.cloned()`, or move it later"
                    ),
                };
                ("moved-value", message)
            }
            Problem::MovedAndBorrowed { value, by } => (
                "moved-value",
                format!(
                    "{} moves {} and borrows it as well: move a copy, with `.copied()` or \
                     `.cloned()`",
                    self.reader(*by),
                    self.value(value)
                ),
            ),
            Problem::NodeInputs { node, given } => ("inputs", self.inputs(*node, *given)),
            Problem::MapOverParameter { node, parameter } => {
                let parameter = &self.parameters[*parameter].name;
                (
                    "map-over-parameter",
                    format!(
                        "`{}` cannot map over `{parameter}`, a parameter of the dag: pass it \
                         through a node, `dagger::identity` for instance",
                        self.names[*node]
                    ),
                )
            }
            Problem::MapOverMapped { node, mapped } => (
                "map-over-mapped",
                format!(
                    "`{}` cannot map over the results of `{}`, the partitions of another map: put \
                     both steps into one dag and map that, or join them in a node in between, \
                     `dagger::identity` for instance",
                    self.names[*node], self.names[*mapped]
                ),
            ),
            Problem::NoPartition { node } => (
                "one-partitioned-input",
                format!(
                    "`{}` is mapped over nothing: one of its inputs is `x.each()`, or \
                     `x.each_ref()`; a node that runs once is `dag.node(…)`",
                    self.names[*node]
                ),
            ),
            Problem::SeveralPartitions { node } => (
                "one-partitioned-input",
                format!(
                    "`{}` cannot map over two collections at once: pair them in a task that \
                     returns the pairs, and map over its output",
                    self.names[*node]
                ),
            ),
            Problem::OutputOfParameter { output, parameter } => (
                "result-without-node",
                format!(
                    "the output `{}` cannot be `{}`, a parameter of the dag, which no node \
                     returns: pass it through a node, `dagger::identity` for instance",
                    self.drafts.outputs[*output].0, self.parameters[*parameter].name
                ),
            ),
            Problem::OutputOfMap { output, mapped } => (
                "partitioned-output",
                format!(
                    "the output `{}` cannot be the results of `{}`, the partitions of a map: join \
                     them in a reducing node, `dagger::identity` for instance",
                    self.drafts.outputs[*output].0, self.names[*mapped]
                ),
            ),
            Problem::Type { .. } | Problem::BorrowedPartition { .. } | Problem::Returns { .. } => {
                ("type", self.mismatch(problem))
            }
        };
        Violation::new(rule, message)
    }

    /// What is wrong with a dag that is called as a value.
    fn mismatch(&self, problem: &Problem) -> String {
        match problem {
            Problem::Type { node, parameter, takes, given } => format!(
                "the parameter `{parameter}` of the dag `{}` takes {takes}, and gets `{given}`",
                self.names[*node]
            ),
            Problem::BorrowedPartition { node, parameter } => format!(
                "the parameter `{parameter}` of the dag `{}` gets a partition that is only \
                 borrowed: take it by value in the dag that is mapped, and map with `x.each()`",
                self.names[*node]
            ),
            Problem::Returns { node, returns, wanted } => {
                format!("the dag `{}` returns {returns}, not `{wanted}`", self.names[*node])
            }
            _ => String::new(),
        }
    }

    fn inputs(&self, node: usize, given: usize) -> String {
        let parameters = self.drafts.parameters(&self.drafts.nodes[node]);
        let length = parameters.len();
        let count = |number: usize, what: &str| match number {
            1 => format!("1 {what}"),
            number => format!("{number} {what}s"),
        };
        let names: Vec<_> = parameters.map(|name| format!("`{name}`")).collect();
        let names =
            if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        format!(
            "`{}` has {} and its task {}{names}",
            self.names[node],
            count(given, "input"),
            count(length, "parameter"),
        )
    }
}
