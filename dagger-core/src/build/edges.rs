//! The edges of a body: entries of its code that a run has no need of.

use super::code::{Inputs, Work};
use super::table::Code;
use crate::error::Failure;
use crate::exec::coding::{Coding, coding_of_place};
use crate::exec::context::Context;
use crate::exec::edges::{Edges, Partitioned};
use crate::exec::signature::Type;
use crate::exec::value::{Boxed, Value};

/// The first of the entries that say how the value of a slot is written and read: one a slot.
pub const VALUE: u32 = 1 << 30;

/// The first of the entries that say the same of a partition: one a step.
pub const PARTITION: u32 = VALUE + (1 << 28);

/// The first of the entries that say the same of the result of a partition: one a step.
pub const RESULT: u32 = VALUE + (2 << 28);

/// The first of the entries that hand out the partitions of a map: one a step.
pub const FAN_OUT: u32 = VALUE + (3 << 28);

/// The first of the entries that make the value of a map of its results: one a step.
pub const GATHER: u32 = 1 << 29;

/// The edges of a body.
pub(super) struct BodyEdges {
    code: Code,
    /// What each step is mapped over; the steps of the table are those of the plan.
    steps: Vec<Option<Partitioned>>,
    /// The slots of the table that are parts, with their names.
    parts: Vec<(usize, &'static str)>,
    /// The slot of the table for each of the plan.
    slots: Vec<usize>,
}

impl BodyEdges {
    pub(super) fn new(code: Code) -> Self {
        Self { code, steps: Vec::new(), parts: Vec::new(), slots: Vec::new() }
    }

    /// The next step.
    pub(super) fn push(
        &mut self,
        partitioned: Option<Partitioned>,
        fills: &'static [usize],
        parts: &'static [&'static str],
    ) {
        self.steps.push(partitioned);
        self.parts.extend(fills.iter().copied().zip(parts.iter().copied()));
    }

    /// The same, for the numbers that the slots of the table have in the plan.
    pub(super) fn of_plan(mut self, slots: &[Option<usize>]) -> Self {
        for (slot, of_plan) in slots.iter().enumerate() {
            if let Some(of_plan) = *of_plan {
                self.slots.resize(self.slots.len().max(of_plan + 1), usize::MAX);
                self.slots[of_plan] = slot;
            }
        }
        self
    }

    fn coding(&self, first: u32, index: usize) -> Option<Coding> {
        let entry = first + u32::try_from(index).ok()?;
        match (self.code)(entry, &Inputs::none()) {
            Work::Coding(coding) => Some(coding),
            _ => None,
        }
    }
}

fn entry(first: u32, step: usize) -> u32 {
    first + u32::try_from(step).unwrap_or_default()
}

impl Edges for BodyEdges {
    fn value(&self, slot: usize) -> Option<Coding> {
        self.coding(VALUE, *self.slots.get(slot)?)
    }

    fn part(&self, slot: usize) -> Option<&str> {
        let slot = self.slots.get(slot)?;
        self.parts.iter().find(|(part, _)| part == slot).map(|(_, name)| *name)
    }

    fn partitioned(&self, step: usize) -> Option<Partitioned> {
        *self.steps.get(step)?
    }

    fn partition(&self, step: usize) -> Option<Coding> {
        self.coding(PARTITION, step)
    }

    fn place(&self, _: usize) -> Option<Coding> {
        Some(coding_of_place())
    }

    fn result(&self, step: usize) -> Option<Coding> {
        self.coding(RESULT, step)
    }

    fn left(&self, step: usize, slot: usize) -> Option<Type> {
        let coding = match self.partitioned(step) {
            Some(_) => self.result(step),
            None => self.value(slot),
        };
        coding.map(|coding| coding.ty)
    }

    fn fan_out(&self, step: usize, value: Value, each: &mut dyn FnMut(Boxed) -> bool) {
        let inputs = Inputs::of(vec![value]);
        match (self.code)(entry(FAN_OUT, step), &inputs) {
            Work::Partitions(partitions) => {
                for partition in partitions {
                    if !each(partition) {
                        break;
                    }
                }
            }
            _ => unreachable!("a map has partitions"),
        }
    }

    fn gather(
        &self,
        step: usize,
        results: Vec<Boxed>,
        context: &Context,
    ) -> Result<Boxed, Failure> {
        let values = vec![Value::new(Box::new(results))];
        let inputs = Inputs::new(values, context.clone());
        match (self.code)(entry(GATHER, step), &inputs) {
            Work::Done(value) => Ok(value),
            Work::Failed(failure) => Err(failure),
            _ => unreachable!("a map has a value"),
        }
    }
}
