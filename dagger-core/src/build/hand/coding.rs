//! What leaves the process of a graph by hand: the values that were said to have a serializer.

use std::collections::HashMap;

use super::builder::DagBuilder;
use super::handle::Handle;
use crate::error::Failure;
use crate::exec::coding::{Coding, HasCodecOfOwner, Ownable, Probe, coding_of};
use crate::exec::context::Context;
use crate::exec::edges::{Edges, Partitioned};
use crate::exec::plan::{Plan, Start};
use crate::exec::signature::{Outside, Type};
use crate::exec::value::{Boxed, Value};
use crate::lend::Lent;
use crate::serializer::{Json, Serializer};

impl DagBuilder {
    /// Says how a value is written and read where it leaves the process: a parameter, or the output
    /// of a node. In a run, nothing is.
    ///
    /// What a `#[dag]` finds out by itself has to be said here, for what the command line is to print,
    /// read, or run node by node.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "json")] {
    /// use dagger_core::{Dag, Json, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("double");
    /// let n = dag.parameter::<u64>("n");
    /// dag.serialize(n, Json);
    /// let double = dag.node(Task::new("double", ["n"], |n: u64| 2 * n), (n,));
    /// dag.serialize(double, Json);
    /// dag.output("return_value", double);
    /// assert!(dag.build().is_ok());
    /// # }
    /// ```
    pub fn serialize<T, S>(&mut self, value: Handle<T>, _: S)
    where
        T: Send + 'static,
        S: Serializer<T>,
    {
        if value.raw.builder == self.id {
            self.edges.values.insert(value.raw.slot as usize, coding_of::<S, T>);
        }
    }

    /// Says the same of a parameter by reference, which is read as its owner: a `str` as a `String`, a
    /// `[T]` as a `Vec<T>`.
    pub fn serialize_ref<T, S>(&mut self, parameter: Handle<Lent<T>>, _: S)
    where
        T: Ownable + ?Sized + 'static,
        S: Serializer<T::Owner>,
    {
        if parameter.raw.builder == self.id {
            let coding = || (&Probe::<S, Lent<T>>::new()).coding();
            self.edges.values.insert(parameter.raw.slot as usize, coding);
        }
    }

    /// Says how each partition of a value is written and read: of one that is mapped over, or of the
    /// results of a map.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "json")] {
    /// use dagger_core::{Dag, Json, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("lengths");
    /// let split = Task::new("split", [""; 0], || vec![String::from("one"), String::from("two")]);
    /// let words = dag.node(split, ());
    /// dag.serialize_each(words, Json);
    /// let lengths = dag.map(Task::new("count", ["word"], |word: String| word.len()), (words.each(),));
    /// dag.serialize_each(lengths, Json);
    /// let sum = Task::new("sum", ["lengths"], |lengths: Vec<usize>| lengths.iter().sum::<usize>());
    /// dag.node(sum, (lengths,));
    /// assert!(dag.build().is_ok());
    /// # }
    /// ```
    pub fn serialize_each<T, S>(&mut self, value: Handle<T>, _: S)
    where
        T: IntoIterator<Item: Send + 'static>,
        S: Serializer<T::Item>,
    {
        if value.raw.builder == self.id {
            self.edges.partitions.insert(value.raw.slot as usize, coding_of::<S, T::Item>);
        }
    }
}

/// What is known of the values of a graph by hand where they leave the process.
#[derive(Default)]
pub(super) struct HandEdges {
    values: HashMap<usize, fn() -> Coding>,
    /// Of the partitions of a value.
    partitions: HashMap<usize, fn() -> Coding>,
    maps: HashMap<usize, (Partitioned, Start)>,
    parts: HashMap<usize, String>,
    /// What a call leaves in its slot, where that is a `Result`; of a map, each of them.
    left: HashMap<usize, Type>,
    /// Of each map, the slot that it is over, and the one of its results.
    slots: HashMap<usize, (usize, usize)>,
}

impl HandEdges {
    pub(super) fn map(&mut self, step: usize, partitioned: Partitioned, work: Start) {
        self.maps.insert(step, (partitioned, work));
    }

    /// A call leaves a `T` in this slot; of a map, each of them.
    pub(super) fn leave<T: 'static>(&mut self, slot: u32) {
        let left = Type::of::<T>();
        // Nothing else is asked for, and there may be very many nodes.
        if left.is_result() {
            self.left.insert(slot as usize, left);
        }
    }

    pub(super) fn part(&mut self, slot: usize, name: &str) {
        self.parts.insert(slot, name.to_owned());
    }

    /// A value for the world outside.
    pub(super) fn outside(&self, slot: usize) -> Outside {
        let coding = self.values.get(&slot).copied();
        let json = coding.filter(|coding| coding().serializer == Type::of::<Json>());
        Outside { coding, json, ..Outside::NONE }
    }

    /// The same, for the plan of the graph.
    pub(super) fn of_plan(mut self, plan: &Plan) -> Self {
        for (step, (partitioned, _)) in &self.maps {
            if let Some((source, _)) = plan.inputs(*step).get(partitioned.source) {
                self.slots.insert(*step, (*source, plan.steps[*step].outputs));
            }
        }
        self
    }

    fn of_partition(&self, slot: Option<usize>) -> Option<Coding> {
        self.partitions.get(&slot?).map(|coding| coding())
    }
}

impl Edges for HandEdges {
    fn value(&self, slot: usize) -> Option<Coding> {
        self.values.get(&slot).map(|coding| coding())
    }

    fn part(&self, slot: usize) -> Option<&str> {
        self.parts.get(&slot).map(String::as_str)
    }

    fn partitioned(&self, step: usize) -> Option<Partitioned> {
        self.maps.get(&step).map(|(partitioned, _)| *partitioned)
    }

    fn partition(&self, step: usize) -> Option<Coding> {
        self.of_partition(self.slots.get(&step).map(|(source, _)| *source))
    }

    /// A graph by hand hands out no partitions that are borrowed.
    fn place(&self, _: usize) -> Option<Coding> {
        None
    }

    fn result(&self, step: usize) -> Option<Coding> {
        self.of_partition(self.slots.get(&step).map(|(_, results)| *results))
    }

    fn left(&self, _: usize, slot: usize) -> Option<Type> {
        self.left.get(&slot).copied()
    }

    fn fan_out(&self, step: usize, value: Value, each: &mut dyn FnMut(Boxed) -> bool) {
        if let Some((_, work)) = self.maps.get(&step) {
            work.fan_out(value, each);
        }
    }

    fn gather(&self, step: usize, results: Vec<Boxed>, _: &Context) -> Result<Boxed, Failure> {
        let work = self.maps.get(&step);
        match work.and_then(|(_, work)| work.gather(results)) {
            Some(value) => Ok(value),
            None => unreachable!("only a map has results"),
        }
    }
}
