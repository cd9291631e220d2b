//! A node as a dag of its own: what a runtime runs in the process of that node.

use std::collections::HashMap;
use std::sync::Arc;

use super::layout::{Layout, Root};
use super::{Form, RemoteEnd, RemoteInput, RemoteNode};
use crate::build::assembly::{Assembly, Reading};
use crate::exec::context::Context;
use crate::exec::plan::{Body, BoxFuture, Ended, Mode, Start};
use crate::exec::value::{Value, Values};
use crate::graph::Dag;

/// The steps of a dag that one process makes.
struct Fragment<'a> {
    layout: Layout<'a>,
    assembly: Assembly,
    /// The slots here of those of the dag.
    slots: HashMap<usize, usize>,
}

impl Fragment<'_> {
    fn of(dag: &Dag) -> Fragment<'_> {
        let Ok(layout) = Layout::of(dag) else {
            unreachable!("a node that was found has its edges")
        };
        Fragment { layout, assembly: Assembly::new(), slots: HashMap::new() }
    }

    /// A parameter for each input; the results of a map are brought together.
    fn inputs(&mut self, inputs: &[RemoteInput]) -> Option<usize> {
        let (mut partition, mut gathered) = (None, Vec::new());
        for input in inputs {
            let slot = self.assembly.open_parameter();
            match input.form {
                Form::Partition => partition = Some(slot),
                Form::Partitions => gathered.push((input.slot, slot)),
                Form::Value => {
                    self.slots.insert(input.slot, slot);
                }
            }
        }
        for (of, results) in gathered {
            let (_, Root::Map(step)) = self.layout.file_of(of) else { continue };
            let Body::Node { node, place, .. } = self.layout.plan.steps[step].body else {
                continue;
            };
            let start = gather(self.layout.dag.clone(), step);
            let body = Body::Node { node, place, ends_itself: false, start };
            self.assembly.push(body, &[(results, Mode::Take, None)]);
            let slot = self.assembly.open();
            self.slots.insert(of, slot);
        }
        partition
    }

    /// The slot here of one of the dag, which is taken apart here where it has to be.
    fn slot(&mut self, slot: usize) -> usize {
        if let Some(slot) = self.slots.get(&slot) {
            return *slot;
        }
        let Some((step, from)) = self.layout.glue(slot) else {
            unreachable!("a value is an input, or a part of one")
        };
        let from = self.slot(from);
        let plan = self.layout.plan;
        self.assembly.push(plan.steps[step].body.clone(), &[(from, Mode::Take, None)]);
        let end = plan.steps.get(step + 1).map_or(plan.slots.len(), |next| next.outputs);
        for part in plan.steps[step].outputs..end {
            let here = self.assembly.open();
            self.slots.insert(part, here);
        }
        self.slots[&slot]
    }

    fn readings(&mut self, step: usize) -> Vec<Reading> {
        let plan = self.layout.plan;
        let partitioned = self.layout.edges.partitioned(step);
        let mut readings = Vec::new();
        for (place, (slot, mode)) in plan.inputs(step).iter().enumerate() {
            if partitioned.is_some_and(|found| found.source == place && !found.borrowed) {
                continue;
            }
            readings.push((self.slot(*slot), *mode, plan.slots[*slot].sharing));
        }
        readings
    }
}

impl RemoteNode {
    /// The node as a dag of its own, whose parameters are the inputs in their order: of a directory,
    /// the `Vec` of its values; of a partition, the [`Batch`](super::Batch) that it is in. What it returns goes to
    /// [`write`](Self::write).
    #[must_use]
    pub fn fragment(&self) -> Dag {
        let mut fragment = Fragment::of(&self.dag);
        let partition = fragment.inputs(&self.inputs);
        let mut readings = fragment.readings(self.step);
        let mut body = fragment.layout.plan.steps[self.step].body.clone();
        if let (Some(partition), Body::Node { start, ends_itself, .. }) = (partition, &mut body) {
            let partition = (partition, Mode::Take, None);
            let Some(found) = fragment.layout.edges.partitioned(self.step) else {
                unreachable!("only a map has a partition")
            };
            match found.borrowed {
                true => readings.push(partition),
                false => readings.insert(found.source, partition),
            }
            *ends_itself = true;
            match Arc::clone(start).for_batch(found.source) {
                Some(batch) => *start = batch,
                None => unreachable!("a map can work on some partitions"),
            }
        }
        fragment.assembly.push(body, &readings);
        self.dag.part(computes(fragment.assembly, &self.dag).end())
    }
}

impl RemoteEnd {
    /// The end as a dag of its own, whose parameters are the inputs in their order, and which returns
    /// what the dag does.
    #[must_use]
    pub fn fragment(&self) -> Dag {
        let mut fragment = Fragment::of(&self.dag);
        fragment.inputs(&self.inputs);
        let end = fragment.layout.end();
        let readings = fragment.readings(end);
        let body = fragment.layout.plan.steps[end].body.clone();
        fragment.assembly.push(body, &readings);
        self.dag.part(computes(fragment.assembly, &self.dag).end())
    }
}

/// A part of a dag needs an async executor where the dag does.
fn computes(mut assembly: Assembly, dag: &Dag) -> Assembly {
    assembly.plan.computes_only = dag.plan().computes_only;
    assembly
}

/// Brings the results of a map together.
fn gather(dag: Dag, step: usize) -> Start {
    Arc::new(move |context: Context, values: Values| -> BoxFuture<Ended> {
        let dag = dag.clone();
        Box::pin(async move {
            let results = values.into_iter().next().map(Value::into_owned);
            let (Some(edges), Some(results)) = (dag.edges(), results) else {
                unreachable!("a map has results")
            };
            edges.gather(step, results, &context)
        })
    })
}
