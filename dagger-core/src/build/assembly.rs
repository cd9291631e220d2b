//! The plan of a graph, step by step: who fills a slot, who reads it, and who waits for whom.

use crate::error::{BuildError, Violation};
use crate::exec::plan::{Body, Mode, Place, Plan, Slot, Step};
use crate::exec::value::Sharing;
use crate::graph::{Dag, NodeKind};

/// A plan that grows: by its steps, what they read, and the slots. All else follows from these, and is
/// found at the end, when it is known how much there is of it.
pub(crate) struct Assembly {
    pub(crate) plan: Plan,
}

/// No step, which fills a parameter, or no borrow.
const NONE: usize = usize::MAX;

/// Who fills a slot, and who borrows it.
#[derive(Clone)]
struct Usage {
    filled_by: usize,
    /// The last of the borrows of this slot.
    borrowed: usize,
}

/// How a step reads a slot, and how the slot's value is shared where it borrows.
pub(crate) type Reading = (usize, Mode, Option<&'static Sharing>);

impl Assembly {
    pub(crate) fn new() -> Self {
        Self { plan: Plan { computes_only: true, ..Plan::default() } }
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

    /// The slot of the next parameter.
    pub(crate) fn open_parameter(&mut self) -> usize {
        let slot = self.open();
        self.plan.parameters.push(slot);
        slot
    }

    /// The next slot that the last step fills.
    pub(crate) fn open(&mut self) -> usize {
        self.plan.slots.push(Slot::default());
        self.plan.slots.len() - 1
    }

    /// How many steps there are.
    pub(crate) fn steps(&self) -> usize {
        self.plan.steps.len()
    }

    /// The next step.
    pub(crate) fn push(&mut self, body: Body, readings: &[Reading]) {
        let Plan { steps, inputs, slots, .. } = &mut self.plan;
        steps.push(Step { body, outputs: slots.len(), inputs: inputs.len(), successors: 0 });
        for (slot, mode, sharing) in readings {
            inputs.push((*slot, *mode));
            let slot = &mut slots[*slot];
            slot.sharing = slot.sharing.or(*sharing);
        }
    }

    /// Says whether the step that is pushed next, the last one, hands on what it reads.
    pub(crate) fn hands_on(&mut self, hands_on: bool) {
        self.plan.handed_on_by = hands_on.then_some(self.plan.steps.len());
    }

    /// The plan, whose result is what the last step makes.
    pub(crate) fn end(mut self) -> Plan {
        self.plan.result = self.open();
        let waits = self.find_waits();
        self.find_successors(&waits);
        self.plan
    }

    /// Finds out how often slots are read, and how many steps each step waits for; gives these, one
    /// step after another.
    fn find_waits(&mut self) -> Vec<usize> {
        let plan = &mut self.plan;
        let mut usages = vec![Usage { filled_by: NONE, borrowed: NONE }; plan.slots.len()];
        // The steps that borrow a slot, each with the place of the one before it here.
        let mut borrows: Vec<(usize, usize)> = Vec::new();
        let mut waits = Vec::with_capacity(plan.inputs.len());
        let mut waits_for = Vec::new();
        let mut readers = vec![0; plan.slots.len()];
        readers[plan.result] = 1;
        plan.waits_for.reserve_exact(plan.steps.len());
        for step in 0..plan.steps.len() {
            waits_for.clear();
            for (slot, mode) in plan.inputs(step) {
                readers[*slot] += 1;
                let usage = &mut usages[*slot];
                if usage.filled_by != NONE {
                    waits_for.push(usage.filled_by);
                }
                match mode {
                    Mode::Borrow => {
                        borrows.push((step, usage.borrowed));
                        usage.borrowed = borrows.len() - 1;
                    }
                    // Whoever borrowed the value must be done with it.
                    Mode::Take => {
                        let mut borrow = usage.borrowed;
                        while let Some((earlier, before)) = borrows.get(borrow) {
                            waits_for.push(*earlier);
                            borrow = *before;
                        }
                    }
                }
            }
            waits_for.sort_unstable();
            waits_for.dedup();
            waits.extend(&waits_for);
            plan.waits_for.push(waits_for.len());
            if waits_for.is_empty() {
                plan.first.push(step);
            }
            let end = plan.steps.get(step + 1).map_or(plan.slots.len(), |next| next.outputs);
            let slots = plan.steps[step].outputs..end;
            // Parameters may be declared between two nodes.
            for slot in slots.filter(|slot| plan.parameters.binary_search(slot).is_err()) {
                usages[slot].filled_by = step;
            }
        }
        plan.readers = readers;
        waits
    }

    /// Turns the waits around.
    fn find_successors(&mut self, waits: &[usize]) {
        let Plan { steps, successors, waits_for, .. } = &mut self.plan;
        for earlier in waits {
            steps[*earlier].successors += 1;
        }
        // Each step's successors end where those of the next begin, and are filled in from there.
        let mut end = 0;
        for step in steps.iter_mut() {
            end += step.successors;
            step.successors = end;
        }
        successors.resize(end, 0);
        let mut waits = waits.iter().rev();
        for later in (0..steps.len()).rev() {
            for earlier in waits.by_ref().take(waits_for[later]) {
                steps[*earlier].successors -= 1;
                successors[steps[*earlier].successors] = later;
            }
        }
    }
}
