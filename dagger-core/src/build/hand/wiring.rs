//! From the inputs of a node to the plan and the description.

use std::sync::Arc;

use super::builder::DagBuilder;
use super::callee::{About, Prepared};
use super::check::{Problem, Reader};
use super::handle::Label;
use super::reads::{Read, Shape};
use crate::build::draft::{Argument, Arguments, Draft, Origin};
use crate::exec::edges::Partitioned;
use crate::exec::plan::{Body, Mode};
use crate::exec::signature::Type;

/// What is known of the value in a slot.
pub(super) struct Known {
    pub(super) origin: Origin,
    /// Whether it is made of the results of a map.
    pub(super) mapped: bool,
    moved_by: Option<Reader>,
    /// The node that borrowed it last.
    borrowed_by: usize,
}

/// No node.
const NONE: usize = usize::MAX;

impl DagBuilder {
    /// Checks the types of a nested dag.
    fn check_dag(&mut self, about: &About, types: &[Option<Type>]) {
        let Ok(Some(dag)) = &about.dag else { return };
        let node = self.drafts.nodes.len();
        let parameters = dag.signature().parameters.iter().zip(dag.parameters());
        for ((accepted, parameter), given) in parameters.zip(types) {
            let name = parameter.name.clone();
            match given {
                Some(given) if accepted.takes(*given) => {}
                Some(given) => {
                    let takes = accepted.to_string();
                    let given = given.to_string();
                    self.problems.push(Problem::Type { node, parameter: name, takes, given });
                }
                None => self.problems.push(Problem::BorrowedPartition { node, parameter: name }),
            }
        }
        if let Some(wanted) = about.returns
            && dag.signature().returns() != Some(wanted)
        {
            let returns = match dag.signature().returns() {
                Some(ty) => format!("`{ty}`"),
                None => {
                    let names = dag.outputs().iter().map(|output| format!("`{}`", output.name));
                    format!("several outputs, {}", names.collect::<Vec<_>>().join(", "))
                }
            };
            self.problems.push(Problem::Returns { node, returns, wanted: wanted.to_string() });
        }
    }

    pub(super) fn push_node(&mut self, prepared: Prepared, mapped: bool) -> usize {
        let Prepared { about, length, types, start } = prepared;
        let node = self.drafts.nodes.len();
        self.check_dag(&about, &types);
        if length != about.callee.parameters().len() {
            self.problems.push(Problem::NodeInputs { node, given: length });
        }
        let partitions = if mapped { self.partitions(node) } else { None };
        self.wire(Reader::Node(node));
        let arguments = self.describe();
        let place = about.place;
        let ends_itself = about.is_dag() || mapped;
        let kind = self.assembly.kind(about.dag, place, &mut self.violations);
        self.drafts.nodes.push(Draft {
            callee: about.callee,
            kind,
            arguments: Arguments::From(arguments),
            partitions,
        });
        let source = self.reads.values.iter().position(|read| read.each);
        let work = Arc::clone(&start);
        let step = self.push_step(Body::Node { node, place, ends_itself, start });
        if let Some(source) = source {
            let borrowed = self.reads.values[source].mode == Mode::Borrow;
            self.edges.map(step, Partitioned { source, borrowed }, work);
        }
        self.open(Some(step), Origin::Output(node), mapped)
    }

    /// Notes who reads the values of the node at hand.
    pub(super) fn wire(&mut self, by: Reader) {
        self.readings.clear();
        let node = match by {
            Reader::Node(node) => node,
            Reader::Split | Reader::Output(_) => NONE,
        };
        for Read { raw, mode, sharing, .. } in &self.reads.values {
            if raw.builder != self.id {
                self.problems.push(Problem::Foreign { by });
                continue;
            }
            self.readings.push((raw.slot, *mode, *sharing));
            let known = &mut self.values[raw.slot];
            let moves = *mode == Mode::Take;
            let value = || known.origin.clone();
            let borrows = node != NONE && known.borrowed_by == node;
            match known.moved_by {
                Some(earlier) if earlier == by && node != NONE && !moves => {
                    self.problems.push(Problem::MovedAndBorrowed { value: value(), by });
                }
                Some(earlier) => {
                    let (value, by, again) = (value(), earlier, by);
                    self.problems.push(Problem::Moved { value, by, again, moves });
                }
                None if moves && borrows => {
                    self.problems.push(Problem::MovedAndBorrowed { value: value(), by });
                }
                None => {}
            }
            if moves {
                known.moved_by.get_or_insert(by);
            } else {
                known.borrowed_by = node;
            }
        }
    }

    /// The output that the node at hand is mapped over.
    fn partitions(&mut self, node: usize) -> Option<Origin> {
        let mut each = self.reads.values.iter().filter(|read| read.each);
        let (first, second) = (each.next(), each.next());
        let Some(first) = first else {
            self.problems.push(Problem::NoPartition { node });
            return None;
        };
        if second.is_some() {
            self.problems.push(Problem::SeveralPartitions { node });
        }
        if first.raw.builder != self.id {
            return None;
        }
        let mapped = self.values[first.raw.slot].mapped;
        match self.origin(first.raw.slot, &first.label) {
            Origin::Parameter(parameter) => {
                self.problems.push(Problem::MapOverParameter { node, parameter });
                None
            }
            Origin::Output(maps) if mapped => {
                self.problems.push(Problem::MapOverMapped { node, mapped: maps });
                None
            }
            origin => Some(origin),
        }
    }

    /// Keeps what the description needs of the arguments at hand; gives the place of the first.
    fn describe(&mut self) -> usize {
        let first = self.drafts.arguments.len();
        let mut start = 0;
        let mut shapes = std::mem::take(&mut self.reads.arguments);
        for (shape, end) in shapes.drain(..) {
            let of = |read: &Read| match (read.each, read.raw.builder == self.id) {
                (false, true) => self.origin(read.raw.slot, &read.label),
                _ => Origin::Partition,
            };
            let values = &self.reads.values[start..end];
            let argument = match (shape, values) {
                (Shape::Constant(text), _) => Argument::Constant(Box::new(text)),
                (Shape::Value, [read]) => Argument::Value(of(read)),
                (Shape::Value, _) => unreachable!("a value is read once"),
                (Shape::Expression(text), values) => {
                    let (each, others): (Vec<_>, Vec<_>) =
                        values.iter().partition(|read| read.each);
                    let mut over: Vec<Origin> = Vec::new();
                    for origin in each.into_iter().chain(others).map(of) {
                        if !over.contains(&origin) {
                            over.push(origin);
                        }
                    }
                    Argument::Expression(Box::new((text, over)))
                }
            };
            self.drafts.arguments.push(argument);
            start = end;
        }
        self.reads.arguments = shapes;
        first
    }

    /// Where a part of the value in a slot comes from.
    pub(super) fn origin(&self, slot: usize, label: &Label) -> Origin {
        let known = &self.values[slot];
        let (Origin::Output(node), false) = (&known.origin, known.mapped) else {
            return known.origin.clone();
        };
        let name = match label {
            Label::Field(name) => format!("property_{name}"),
            Label::Key(name) => format!("key_{name}"),
            Label::Whole | Label::View(_) => return Origin::Output(*node),
        };
        Origin::Part(Box::new((*node, name.into())))
    }

    /// The next step, which reads what was wired. A graph with problems never runs, and its steps
    /// need not fit together.
    pub(super) fn push_step(&mut self, body: Body) -> usize {
        if !self.problems.is_empty() {
            self.readings.clear();
        }
        self.assembly.push(body, &self.readings)
    }

    pub(super) fn open(&mut self, filled_by: Option<usize>, origin: Origin, mapped: bool) -> usize {
        self.values.push(Known { origin, mapped, moved_by: None, borrowed_by: NONE });
        self.assembly.open(filled_by)
    }
}
