//! What can be wrong with a graph that was written by hand.
//!
//! A problem is noted where it is made, and put into words when the graph is built, as names of
//! nodes are known by then.

use crate::build::describe::From;
use crate::build::draft::{Drafts, Origin};
use crate::error::Violation;
use crate::graph::{Parameter, RETURN_VALUE};

/// Who reads a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Node(u32),
    Split,
    /// The output of the dag with this index.
    Output(u32),
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
        node: u32,
        given: usize,
    },
    MapOverParameter {
        node: u32,
        parameter: u32,
    },
    MapOverMapped {
        node: u32,
        mapped: u32,
    },
    NoPartition {
        node: u32,
    },
    SeveralPartitions {
        node: u32,
    },
    OutputOfParameter {
        output: u32,
        parameter: u32,
    },
    OutputOfMap {
        output: u32,
        mapped: u32,
    },
    /// An input of a nested dag has the wrong type.
    Type {
        node: u32,
        parameter: String,
        takes: String,
        given: String,
    },
    /// A partition that is borrowed, for a nested dag.
    BorrowedPartition {
        node: u32,
        parameter: String,
    },
    /// A nested dag returns something else.
    Returns {
        node: u32,
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
    fn node(&self, node: u32) -> &str {
        &self.names[node as usize]
    }

    fn parameter(&self, parameter: u32) -> &str {
        &self.parameters[parameter as usize].name
    }

    fn output(&self, output: u32) -> &str {
        &self.drafts.outputs[output as usize].0
    }

    fn value(&self, origin: Origin) -> String {
        match self.drafts.from(origin) {
            From::Parameter(index) => format!("the parameter `{}`", self.parameters[index].name),
            From::Output(node, RETURN_VALUE) => format!("the output of `{}`", self.names[node]),
            From::Output(node, output) => {
                format!("the output `{output}` of `{}`", self.names[node])
            }
            From::Partition => "a partition".to_owned(),
        }
    }

    fn reader(&self, reader: Reader) -> String {
        match reader {
            Reader::Node(node) => format!("`{}`", self.node(node)),
            Reader::Split => "a `split`".to_owned(),
            Reader::Output(output) => format!("the output `{}`", self.output(output)),
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
                let what = self.value(*value);
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
                    self.value(*value)
                ),
            ),
            Problem::NodeInputs { node, given } => ("inputs", self.inputs(*node, *given)),
            Problem::MapOverParameter { node, parameter } => {
                let parameter = self.parameter(*parameter);
                (
                    "map-over-parameter",
                    format!(
                        "`{}` cannot map over `{parameter}`, a parameter of the dag: pass it \
                         through a node, `dagger::identity` for instance",
                        self.node(*node)
                    ),
                )
            }
            Problem::MapOverMapped { node, mapped } => (
                "map-over-mapped",
                format!(
                    "`{}` cannot map over the results of `{}`, the partitions of another map: put \
                     both steps into one dag and map that, or join them in a node in between, \
                     `dagger::identity` for instance",
                    self.node(*node),
                    self.node(*mapped)
                ),
            ),
            Problem::NoPartition { node } => (
                "one-partitioned-input",
                format!(
                    "`{}` is mapped over nothing: one of its inputs is `x.each()`, or \
                     `x.each_ref()`; a node that runs once is `dag.node(…)`",
                    self.node(*node)
                ),
            ),
            Problem::SeveralPartitions { node } => (
                "one-partitioned-input",
                format!(
                    "`{}` cannot map over two collections at once: pair them in a task that \
                     returns the pairs, and map over its output",
                    self.node(*node)
                ),
            ),
            Problem::OutputOfParameter { output, parameter } => (
                "result-without-node",
                format!(
                    "the output `{}` cannot be `{}`, a parameter of the dag, which no node \
                     returns: pass it through a node, `dagger::identity` for instance",
                    self.output(*output),
                    self.parameter(*parameter)
                ),
            ),
            Problem::OutputOfMap { output, mapped } => (
                "partitioned-output",
                format!(
                    "the output `{}` cannot be the results of `{}`, the partitions of a map: join \
                     them in a reducing node, `dagger::identity` for instance",
                    self.output(*output),
                    self.node(*mapped)
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
                self.node(*node)
            ),
            Problem::BorrowedPartition { node, parameter } => format!(
                "the parameter `{parameter}` of the dag `{}` gets a partition that is only \
                 borrowed: take it by value in the dag that is mapped, and map with `x.each()`",
                self.node(*node)
            ),
            Problem::Returns { node, returns, wanted } => {
                format!("the dag `{}` returns {returns}, not `{wanted}`", self.node(*node))
            }
            _ => String::new(),
        }
    }

    fn inputs(&self, node: u32, given: usize) -> String {
        let parameters = self.drafts.parameters(&self.drafts.nodes[node as usize]);
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
            self.node(node),
            count(given, "input"),
            count(length, "parameter"),
        )
    }
}
