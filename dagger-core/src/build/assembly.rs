//! The plan of a graph, step by step: who fills a slot, who reads it, and who waits for whom.

use super::inputs::Inputs;
use crate::exec::plan::{Body, Mode, Plan, Slot, Step};
use crate::exec::value::Sharing;

/// A plan that grows.
pub(crate) struct Assembly {
    pub(crate) plan: Plan,
    slots: Vec<Usage>,
    /// Which step waits: for the first one, the second.
    waits: Vec<(usize, usize)>,
    /// The steps that the step at hand waits for; kept for its memory.
    waits_for: Vec<usize>,
}

/// Who fills a slot, and who borrows it.
#[derive(Default)]
struct Usage {
    filled_by: Option<usize>,
    borrowed_by: Vec<usize>,
}

/// How a step reads a slot, and how the slot's value is shared where it borrows.
pub(crate) type Reading = (usize, Mode, Option<Sharing>);

impl Assembly {
    pub(crate) fn new() -> Self {
        let plan = Plan { computes_only: true, ..Plan::default() };
        Self { plan, slots: Vec::new(), waits: Vec::new(), waits_for: Vec::new() }
    }

    /// A slot that this step fills; a parameter, where it is none.
    pub(crate) fn open(&mut self, filled_by: Option<usize>) -> usize {
        let slot = self.slots.len();
        self.slots.push(Usage { filled_by, borrowed_by: Vec::new() });
        self.plan.slots.push(Slot::default());
        match filled_by {
            // A step's slots are opened one after another, before those of the next.
            Some(step) => self.plan.steps[step].outputs.end = slot + 1,
            None => self.plan.parameters.push(slot),
        }
        slot
    }

    /// The next step, with the inputs that the macro wires.
    pub(crate) fn push(&mut self, body: Body, inputs: &impl Inputs) -> usize {
        let mut readings = Vec::new();
        inputs.wire(&mut |slot, mode, sharing| readings.push((slot, mode, sharing)));
        self.push_reading(body, &readings)
    }

    /// The next step.
    pub(crate) fn push_reading(&mut self, body: Body, readings: &[Reading]) -> usize {
        let step = self.plan.steps.len();
        self.waits_for.clear();
        for (slot, mode, sharing) in readings {
            let usage = &mut self.slots[*slot];
            self.waits_for.extend(usage.filled_by);
            match mode {
                Mode::Borrow => usage.borrowed_by.push(step),
                // Whoever borrowed the value must be done with it.
                Mode::Take => self.waits_for.extend(&usage.borrowed_by),
            }
            let slot = &mut self.plan.slots[*slot];
            slot.readers += 1;
            slot.sharing = slot.sharing.or(*sharing);
        }
        self.waits_for.sort_unstable();
        self.waits_for.dedup();
        for earlier in &self.waits_for {
            self.plan.steps[*earlier].successors.end += 1;
            self.waits.push((*earlier, step));
        }
        let inputs = self.plan.inputs.len();
        self.plan.inputs.extend(readings.iter().map(|(slot, mode, _)| (*slot, *mode)));
        let outputs = self.slots.len();
        self.plan.steps.push(Step {
            body,
            inputs: inputs..self.plan.inputs.len(),
            outputs: outputs..outputs,
            waits_for: self.waits_for.len(),
            successors: 0..0,
        });
        step
    }

    /// The plan, whose result is what this last step makes.
    pub(crate) fn end(mut self, step: usize) -> Plan {
        self.plan.result = self.open(Some(step));
        self.plan.slots[self.plan.result].readers = 1;
        // The successors of a step follow those of the step before it.
        let mut end = 0;
        for step in &mut self.plan.steps {
            let start = end;
            end += step.successors.end;
            step.successors = start..start;
        }
        self.plan.successors.resize(end, 0);
        for (earlier, later) in self.waits {
            let successors = &mut self.plan.steps[earlier].successors;
            self.plan.successors[successors.end] = later;
            successors.end += 1;
        }
        self.plan
    }
}
