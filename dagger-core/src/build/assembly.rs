//! The plan of a graph, step by step: who fills a slot, who reads it, and who waits for whom.

use crate::error::{BuildError, Violation};
use crate::exec::plan::{Body, Mode, Place, Plan, Slot, Step};
use crate::exec::value::Sharing;
use crate::graph::{Dag, NodeKind};

/// A plan that grows.
pub(crate) struct Assembly {
    pub(crate) plan: Plan,
    slots: Vec<Usage>,
    /// The steps that borrow a slot, each with the place of the one before it here.
    borrows: Vec<(usize, usize)>,
    /// The steps that each step waits for, one step after another.
    waits: Vec<usize>,
    /// The steps that the step at hand waits for; kept for its memory.
    waits_for: Vec<usize>,
}

/// No step, which fills a parameter, or no borrow.
const NONE: usize = usize::MAX;

/// Who fills a slot, and who borrows it.
struct Usage {
    filled_by: usize,
    /// The last of [`Assembly::borrows`] of this slot.
    borrowed: usize,
}

/// How a step reads a slot, and how the slot's value is shared where it borrows.
pub(crate) type Reading = (usize, Mode, Option<Sharing>);

impl Assembly {
    pub(crate) fn new() -> Self {
        let plan = Plan { computes_only: true, ..Plan::default() };
        Self {
            plan,
            slots: Vec::new(),
            borrows: Vec::new(),
            waits: Vec::new(),
            waits_for: Vec::new(),
        }
    }

    /// What the next node runs, which decides what the whole graph needs: a dag, or a task that
    /// belongs here. What is wrong with a dag is said once, however many nodes call it.
    pub(crate) fn kind(
        &mut self,
        dag: Result<Option<Dag>, BuildError>,
        place: Place,
        violations: &mut Vec<Violation>,
    ) -> NodeKind {
        match dag {
            Ok(Some(dag)) => {
                self.plan.computes_only &= dag.plan().computes_only;
                return NodeKind::Dag(dag);
            }
            Ok(None) => self.plan.computes_only &= place == Place::Compute,
            Err(error) => {
                for violation in error.into_violations() {
                    if !violations.contains(&violation) {
                        violations.push(violation);
                    }
                }
            }
        }
        NodeKind::Task
    }

    /// A slot that this step fills; a parameter, where it is none.
    pub(crate) fn open(&mut self, filled_by: Option<usize>) -> usize {
        let filled_by = filled_by.unwrap_or(NONE);
        let slot = self.slots.len();
        self.slots.push(Usage { filled_by, borrowed: NONE });
        self.plan.slots.push(Slot::default());
        self.plan.readers.push(0);
        if filled_by == NONE {
            self.plan.parameters.push(slot);
        }
        slot
    }

    /// The next step.
    pub(crate) fn push(&mut self, body: Body, readings: &[Reading]) -> usize {
        let step = self.plan.steps.len();
        self.waits_for.clear();
        for (slot, mode, sharing) in readings {
            let usage = &mut self.slots[*slot];
            if usage.filled_by != NONE {
                self.waits_for.push(usage.filled_by);
            }
            match mode {
                Mode::Borrow => {
                    self.borrows.push((step, usage.borrowed));
                    usage.borrowed = self.borrows.len() - 1;
                }
                // Whoever borrowed the value must be done with it.
                Mode::Take => {
                    let mut borrow = usage.borrowed;
                    while let Some((earlier, before)) = self.borrows.get(borrow) {
                        self.waits_for.push(*earlier);
                        borrow = *before;
                    }
                }
            }
            self.plan.readers[*slot] += 1;
            let slot = &mut self.plan.slots[*slot];
            slot.sharing = slot.sharing.or(*sharing);
        }
        self.waits_for.sort_unstable();
        self.waits_for.dedup();
        self.waits.extend(&self.waits_for);
        self.plan.waits_for.push(self.waits_for.len());
        if self.waits_for.is_empty() {
            self.plan.first.push(step);
        }
        let inputs = self.plan.inputs.len();
        self.plan.inputs.extend(readings.iter().map(|(slot, mode, _)| (*slot, *mode)));
        self.plan.steps.push(Step {
            body,
            // A step's slots are opened one after another, before anything else happens.
            outputs: self.slots.len(),
            inputs,
            successors: 0,
        });
        step
    }

    /// The plan, whose result is what this last step makes.
    pub(crate) fn end(mut self, step: usize) -> Plan {
        self.plan.result = self.open(Some(step));
        self.plan.readers[self.plan.result] = 1;
        let steps = &mut self.plan.steps;
        for earlier in &self.waits {
            steps[*earlier].successors += 1;
        }
        // Each step's successors end where those of the next begin, and are filled in from there.
        let mut end = 0;
        for step in steps.iter_mut() {
            end += step.successors;
            step.successors = end;
        }
        self.plan.successors.resize(end, 0);
        let mut waits = self.waits.iter().rev();
        for later in (0..steps.len()).rev() {
            for earlier in waits.by_ref().take(self.plan.waits_for[later]) {
                steps[*earlier].successors -= 1;
                self.plan.successors[steps[*earlier].successors] = later;
            }
        }
        self.plan
    }
}
