//! What a node returned, taken apart into what it has to write.

use std::any::Any;
use std::io::Write;

use super::layout::Layout;
use super::{RemoteNode, RemoteOutput};
use crate::error::BoxError;
use crate::exec::plan::{Body, Mode, Parts};
use crate::exec::value::{Boxed, Value, unerase};

/// Writes a value to a stream.
pub type WriteTo<'a> = &'a mut dyn FnMut(&mut dyn Write) -> Result<(), BoxError>;

/// Where the outputs of a node go.
pub trait Sink {
    /// Whether this output is wanted, by its place among the node's.
    fn wants(&self, output: usize) -> bool;

    /// A whole value.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn value(&mut self, output: usize, write: WriteTo<'_>) -> Result<(), BoxError>;

    /// The next partition.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn partition(&mut self, output: usize, write: WriteTo<'_>) -> Result<(), BoxError>;
}

impl RemoteNode {
    /// Writes what the node returned: of a mapped node, the result of each partition of its batch, one
    /// [value](Sink::value) after another. A partition is dropped when it is written.
    ///
    /// # Errors
    ///
    /// That of the sink or of a serializer, for the first output that has one.
    ///
    /// # Panics
    ///
    /// If an iterator does that makes the partitions, or a destructor.
    pub fn write(&self, value: Boxed, sink: &mut dyn Sink) -> Result<(), BoxError> {
        let Ok(layout) = Layout::of(&self.dag) else { return Ok(()) };
        let slot = layout.plan.steps[self.step].outputs;
        let mut writer = Writer { layout, outputs: &self.outputs, sink };
        if !self.is_mapped {
            return writer.slot(slot, value);
        }
        unerase::<Vec<Boxed>>(value).into_iter().try_for_each(|result| writer.slot(slot, result))
    }
}

struct Writer<'a> {
    layout: Layout<'a>,
    outputs: &'a [RemoteOutput],
    sink: &'a mut dyn Sink,
}

impl Writer<'_> {
    /// Writes the value of a slot: what only looks at it first, since the last reader takes it.
    fn slot(&mut self, slot: usize, mut value: Boxed) -> Result<(), BoxError> {
        let wanted = |sink: &dyn Sink, index: usize, output: &RemoteOutput| {
            output.slot == slot && sink.wants(index)
        };
        let mut taken_by = None;
        let outputs = self.outputs;
        for (index, output) in outputs.iter().enumerate() {
            if !wanted(self.sink, index, output) {
                continue;
            }
            let Some(map) = output.fan_out else {
                let codec = output.codec()?;
                self.sink.value(index, &mut |to| (codec.write)(&*value, to))?;
                continue;
            };
            match self.layout.mode(map, slot) {
                Mode::Take => taken_by = Some((index, map)),
                Mode::Borrow => {
                    let Some(sharing) = self.layout.plan.slots[slot].sharing else {
                        unreachable!("a value that is borrowed can be shared")
                    };
                    let Value::Shared(shared) = sharing.share(value) else {
                        unreachable!("a value was shared")
                    };
                    self.fan_out(index, map, Value::Shared(shared.clone()))?;
                    value = sharing.unshare(shared).into_boxed();
                }
            }
        }
        if let Some((index, map)) = taken_by {
            return self.fan_out(index, map, Value::new(value));
        }
        if let Some(split) = self.layout.split(slot) {
            let Body::Glue(glue) = &self.layout.plan.steps[split].body else { return Ok(()) };
            let first = self.layout.plan.steps[split].outputs;
            match glue(vec![Value::new(value)]) {
                Parts::One(part) => self.slot(first, part)?,
                Parts::Several(parts) => {
                    for (slot, part) in (first..).zip(parts) {
                        self.slot(slot, part)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn fan_out(&mut self, output: usize, map: usize, value: Value) -> Result<(), BoxError> {
        let codec = self.outputs[output].codec()?;
        let mut result = Ok(());
        let sink = &mut *self.sink;
        self.layout.edges.fan_out(map, value, &mut |partition| {
            let partition: &(dyn Any + Send) = &*partition;
            result = sink.partition(output, &mut |to| (codec.write)(partition, to));
            result.is_ok()
        });
        result
    }
}
