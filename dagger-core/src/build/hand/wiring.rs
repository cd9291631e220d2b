//! From the inputs of a node to the plan and the description.

use std::sync::Arc;

use super::builder::DagBuilder;
use super::callee::{About, Prepared};
use super::check::{Problem, Reader};
use super::handle::Label;
use super::reads::{Read, Shape};
use crate::build::draft::{Computed, Drafts, Origin, narrow};
use crate::exec::edges::Partitioned;
use crate::exec::plan::{Body, Mode};
use crate::exec::signature::Type;

/// What is known of the value in a slot.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) origin: Origin,
    /// Whether it is made of the results of a map.
    pub(super) mapped: bool,
    moved_by: Option<Reader>,
    /// Who borrowed it last.
    borrowed_by: Option<Reader>,
}

impl Known {
    pub(super) fn new(origin: Origin, mapped: bool) -> Self {
        Self { origin, mapped, moved_by: None, borrowed_by: None }
    }

    /// Where a part of the value comes from.
    pub(super) fn part(&self, label: &Label, drafts: &mut Drafts) -> Origin {
        let (Origin::Output(node), false) = (self.origin, self.mapped) else { return self.origin };
        let name = match label {
            Label::Field(name) => format!("property_{name}"),
            Label::Key(name) => format!("key_{name}"),
            Label::Whole | Label::View(_) => return self.origin,
        };
        drafts.part(node, name.into())
    }
}

impl DagBuilder {
    /// Checks the types of a nested dag.
    fn check_dag(&mut self, about: &About, types: &[Option<Type>]) {
        let Ok(Some(dag)) = &about.dag else { return };
        let node = narrow(self.drafts.nodes.len());
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

    pub(super) fn push_node(&mut self, prepared: Prepared, mapped: bool) -> u32 {
        let Prepared { about, length, types, start } = prepared;
        let node = narrow(self.drafts.nodes.len());
        self.check_dag(&about, &types);
        if length != about.callee.arity() {
            self.problems.push(Problem::NodeInputs { node, given: length });
        }
        let partitions = if mapped { self.partitions(node) } else { None };
        self.wire(Reader::Node(node));
        let arguments = self.describe();
        let place = about.place;
        let ends_itself = about.is_dag() || mapped;
        let kind = self.assembly.kind(about.dag, place, &mut self.violations);
        self.drafts.push_by_hand(about.callee, kind, arguments, partitions);
        if let Some(source) = self.reads.values.iter().position(|read| read.each) {
            let borrowed = self.reads.values[source].mode == Mode::Borrow;
            let step = self.assembly.steps();
            self.edges.map(step, Partitioned { source, borrowed }, Arc::clone(&start));
        }
        self.push_step(Body::Node { node: node as usize, place, ends_itself, start });
        self.open(Origin::Output(node), mapped)
    }

    /// Notes who reads the values of the node at hand.
    pub(super) fn wire(&mut self, by: Reader) {
        self.readings.clear();
        for Read { raw, mode, sharing, .. } in &self.reads.values {
            if raw.builder != self.id {
                self.problems.push(Problem::Foreign { by });
                continue;
            }
            let slot = raw.slot as usize;
            self.readings.push((slot, *mode, *sharing));
            let known = &mut self.values[slot];
            let moves = *mode == Mode::Take;
            let value = known.origin;
            let borrows = known.borrowed_by == Some(by);
            match known.moved_by {
                Some(earlier) if earlier == by && !moves => {
                    self.problems.push(Problem::MovedAndBorrowed { value, by });
                }
                Some(earlier) => {
                    let (by, again) = (earlier, by);
                    self.problems.push(Problem::Moved { value, by, again, moves });
                }
                None if moves && borrows => {
                    self.problems.push(Problem::MovedAndBorrowed { value, by });
                }
                None => {}
            }
            if moves {
                known.moved_by.get_or_insert(by);
            } else {
                known.borrowed_by = Some(by);
            }
        }
    }

    /// The output that the node at hand is mapped over.
    fn partitions(&mut self, node: u32) -> Option<Origin> {
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
        let known = self.values[first.raw.slot as usize];
        match known.part(&first.label, &mut self.drafts) {
            Origin::Parameter(parameter) => {
                self.problems.push(Problem::MapOverParameter { node, parameter });
                None
            }
            Origin::Output(mapped) if known.mapped => {
                self.problems.push(Problem::MapOverMapped { node, mapped });
                None
            }
            origin => Some(origin),
        }
    }

    /// Keeps what the description needs of the arguments at hand; gives the place of the first.
    fn describe(&mut self) -> u32 {
        let Self { id, reads, values, drafts, .. } = self;
        let first = drafts.arguments();
        let mut start = 0;
        for (shape, end) in reads.arguments.drain(..) {
            let reads = &reads.values[start..end];
            let origin = |read: &Read, drafts: &mut Drafts| match &read.raw {
                raw if !read.each && raw.builder == *id => {
                    values[raw.slot as usize].part(&read.label, drafts)
                }
                _ => Origin::Partition,
            };
            match (shape, reads) {
                (Shape::Constant(text), _) => drafts.push_computed(Computed::Constant(text)),
                (Shape::Value, [read]) => {
                    let origin = origin(read, drafts);
                    drafts.push_value(origin);
                }
                (Shape::Value, _) => unreachable!("a value is read once"),
                (Shape::Expression(text), reads) => {
                    let (each, others): (Vec<_>, Vec<_>) = reads.iter().partition(|read| read.each);
                    let mut over: Vec<Origin> = Vec::new();
                    for read in each.into_iter().chain(others) {
                        let origin = origin(read, drafts);
                        if !over.iter().any(|other| drafts.from(*other) == drafts.from(origin)) {
                            over.push(origin);
                        }
                    }
                    drafts.push_computed(Computed::Expression(text, over));
                }
            }
            start = end;
        }
        first
    }

    /// The next step, which reads what was wired. A graph with problems never runs, and its steps
    /// need not fit together.
    pub(super) fn push_step(&mut self, body: Body) {
        if !self.problems.is_empty() {
            self.readings.clear();
        }
        self.assembly.push(body, &self.readings);
    }

    /// The next slot that the last step fills.
    pub(super) fn open(&mut self, origin: Origin, mapped: bool) -> u32 {
        self.values.push(Known::new(origin, mapped));
        narrow(self.assembly.open())
    }
}
