//! Where the values of a dag come from, and which of them a node has to write.

use std::ops::Range;

use super::{Form, From, RemoteOutput};
use crate::exec::edges::Edges;
use crate::exec::plan::{Body, Mode, Plan};
use crate::graph::{Dag, RETURN_VALUE};

/// What a value is made of, glue aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// A parameter.
    Parameter(usize),
    /// What the node of this step returns.
    Node(usize),
    /// The results of the map of this step.
    Map(usize),
}

/// A dag with what fills each of its slots.
pub(super) struct Layout<'a> {
    pub(super) dag: &'a Dag,
    pub(super) edges: &'a dyn Edges,
    pub(super) plan: &'a Plan,
    /// The step that fills each slot; `None` for a parameter.
    makers: Vec<Option<usize>>,
}

impl<'a> Layout<'a> {
    pub(super) fn of(dag: &'a Dag) -> Result<Self, String> {
        let Some(edges) = dag.edges() else {
            return Err(format!(
                "the dag `{}` was built without what it takes to leave its process: build with the \
                 feature `cli` or `checkpoint` of `dagger`",
                dag.name(),
            ));
        };
        let plan = dag.plan();
        let mut makers = vec![None; plan.slots.len()];
        for (step, next) in plan.steps.iter().zip(1..) {
            let end = plan.steps.get(next).map_or(plan.slots.len(), |next| next.outputs);
            makers[step.outputs..end].fill(Some(next - 1));
        }
        // A graph by hand may have a parameter behind a step.
        plan.parameters.iter().for_each(|parameter| makers[*parameter] = None);
        Ok(Self { dag, edges, plan, makers })
    }

    /// The step of a node.
    pub(super) fn step_of(&self, node: usize) -> usize {
        let is_of = |body: &Body| matches!(body, Body::Node { node: of, .. } if *of == node);
        match self.plan.steps.iter().position(|step| is_of(&step.body)) {
            Some(step) => step,
            None => unreachable!("each node has a step"),
        }
    }

    /// The step that makes the dag's result.
    pub(super) fn end(&self) -> usize {
        self.plan.steps.len() - 1
    }

    /// The glue that fills a slot, with the slot that it takes apart.
    pub(super) fn glue(&self, slot: usize) -> Option<(usize, usize)> {
        let step = self.makers[slot]?;
        match (&self.plan.steps[step].body, self.plan.inputs(step)) {
            (Body::Glue(_), [(from, _)]) => Some((step, *from)),
            _ => None,
        }
    }

    fn root(&self, slot: usize) -> Root {
        let Some(step) = self.makers[slot] else {
            let index = self.plan.parameters.iter().position(|parameter| *parameter == slot);
            return Root::Parameter(index.unwrap_or_default());
        };
        match self.glue(slot) {
            Some((_, from)) => self.root(from),
            None if self.edges.partitioned(step).is_some() => Root::Map(step),
            None => Root::Node(step),
        }
    }

    /// The slot whose value is in the file that the value of this one comes from: its own, where the
    /// node that makes it takes it apart; else that of the parameter or of the map, which the reader
    /// takes apart.
    pub(super) fn file_of(&self, slot: usize) -> (usize, Root) {
        let root = self.root(slot);
        if matches!(root, Root::Node(_)) {
            return (slot, root);
        }
        let mut whole = slot;
        while let Some((_, from)) = self.glue(whole) {
            whole = from;
        }
        (whole, root)
    }

    /// The node of a step.
    pub(super) fn node(&self, step: usize) -> Option<usize> {
        match self.plan.steps[step].body {
            Body::Node { node, .. } => Some(node),
            Body::Glue(_) => None,
        }
    }

    /// How a map reads a slot.
    pub(super) fn mode(&self, map: usize, slot: usize) -> Mode {
        let inputs = self.plan.inputs(map).iter();
        let source = self.edges.partitioned(map).map(|found| found.source);
        let mut inputs = inputs.enumerate();
        let found = inputs.find(|(place, (read, _))| *read == slot && Some(*place) == source);
        found.map_or(Mode::Take, |(_, (_, mode))| *mode)
    }

    /// The step that takes the value of a slot apart.
    pub(super) fn split(&self, slot: usize) -> Option<usize> {
        (0..self.end()).find(|step| {
            self.node(*step).is_none() && self.plan.inputs(*step) == [(slot, Mode::Take)]
        })
    }

    /// The slots that a step fills.
    pub(super) fn filled_by(&self, step: usize) -> Range<usize> {
        let next = self.plan.steps.get(step + 1);
        self.plan.steps[step].outputs..next.map_or(self.plan.slots.len(), |next| next.outputs)
    }

    /// The output of a node that fits.
    pub(super) fn from(&self, step: usize, fits: impl Fn(&RemoteOutput) -> bool) -> From {
        let Some(node) = self.node(step) else { unreachable!("only nodes have outputs") };
        let output = self.outputs(step).into_iter().find(fits);
        let output = output.map_or_else(|| RETURN_VALUE.to_owned(), |output| output.name);
        From::Output { node: self.dag.nodes()[node].name.clone(), output }
    }

    /// What the node of this step has to write, in the order of the slots.
    pub(super) fn outputs(&self, step: usize) -> Vec<RemoteOutput> {
        let first = self.plan.steps[step].outputs;
        let mut outputs = Vec::new();
        if self.edges.partitioned(step).is_some() {
            if self.plan.readers[first] > 0 {
                let (name, form) = (RETURN_VALUE.to_owned(), Form::Value);
                let coding = self.edges.result(step);
                outputs.push(RemoteOutput { name, form, slot: first, fan_out: None, coding });
            }
            return outputs;
        }
        let slots = (first..self.plan.slots.len()).filter(|slot| *slot != self.plan.result);
        for slot in slots.filter(|slot| self.root(*slot) == Root::Node(step)) {
            let name = match slot == first {
                true => RETURN_VALUE.to_owned(),
                false => self.edges.part(slot).unwrap_or("property").to_owned(),
            };
            // Parts of parts have the name of the outermost one.
            let is_named = |outputs: &[RemoteOutput], name: &str| {
                outputs.iter().any(|output| output.name == name)
            };
            let mut unique = name.clone();
            let mut number = 2;
            while is_named(&outputs, &unique) {
                unique = format!("{name}-{number}");
                number += 1;
            }
            let name = unique;
            let (whole, fan_outs) = self.readers(slot);
            if whole {
                let coding = self.edges.value(slot);
                let (name, form) = (name.clone(), Form::Value);
                outputs.push(RemoteOutput { name, form, slot, fan_out: None, coding });
            }
            for (map, borrowed) in fan_outs {
                let name = match is_named(&outputs, &name) {
                    true => {
                        let node = self.node(map).map(|node| &self.dag.nodes()[node].name);
                        format!("{name}.{}", node.map_or("", String::as_str))
                    }
                    false => name.clone(),
                };
                let coding = match borrowed {
                    true => self.edges.place(map),
                    false => self.edges.partition(map),
                };
                let (form, fan_out) = (Form::Partitions, Some(map));
                outputs.push(RemoteOutput { name, form, slot, fan_out, coding });
            }
        }
        outputs
    }

    /// Whether a step reads a value as a whole, and the maps over it, with whether they borrow it.
    fn readers(&self, slot: usize) -> (bool, Vec<(usize, bool)>) {
        let (mut whole, mut fan_outs) = (false, Vec::new());
        for step in 0..self.plan.steps.len() {
            let is_split = self.node(step).is_none() && step != self.end();
            let partitioned = self.edges.partitioned(step);
            for (place, (read, _)) in self.plan.inputs(step).iter().enumerate() {
                if *read != slot || is_split {
                    continue;
                }
                match partitioned.filter(|partitioned| partitioned.source == place) {
                    Some(partitioned) => {
                        fan_outs.push((step, partitioned.borrowed));
                        // What borrows a partition finds it in the whole.
                        whole |= partitioned.borrowed;
                    }
                    None => whole = true,
                }
            }
        }
        (whole, fan_outs)
    }
}
