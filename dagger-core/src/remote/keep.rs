//! What a node returned, as bytes that a later run goes on with.
//!
//! As in a process of its own, a node keeps the outputs that something reads: the whole of what it
//! returned, or only parts of it, or the partitions that a map takes. Where the whole is not kept, what
//! goes on to the other steps is put together of those: a [`TakenApart`] value in place of one whose
//! parts are read, and a [`FannedOut`] one in place of one that is mapped over.

use super::layout::Layout;
use super::{RemoteNode, codec};
use crate::error::BoxError;
use crate::exec::coding::{Codec, Coding};
use crate::exec::plan::{Body, Mode, Parts};
use crate::exec::value::{Boxed, Value};
use crate::graph::Dag;

/// A digest of bytes.
pub type Digest = [u8; 32];

/// An output as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// A whole value.
    Value(Vec<u8>),
    /// Each partition of one.
    Partitions(Vec<Vec<u8>>),
}

/// In place of a value that is read in parts only: one for each of them.
pub struct TakenApart(Vec<Boxed>);

impl TakenApart {
    /// The parts that a value was taken apart into, if it is such a one.
    ///
    /// # Errors
    ///
    /// Gives any other value back.
    pub fn parts(value: Boxed) -> Result<Parts, Boxed> {
        value.downcast::<Self>().map(|taken_apart| Parts::Several(taken_apart.0))
    }
}

/// In place of a value that one map takes, and nobody else reads: its partitions.
pub struct FannedOut(pub Vec<Item>);

impl FannedOut {
    /// The partitions, if a value is such a one.
    ///
    /// # Errors
    ///
    /// Gives any other value back.
    pub fn items(value: Boxed) -> Result<Vec<Item>, Boxed> {
        value.downcast::<Self>().map(|fanned_out| fanned_out.0)
    }
}

/// A partition that moves.
pub struct Item {
    /// The digest of its bytes.
    pub digest: Digest,
    /// The partition itself.
    pub value: Boxed,
}

/// How what a node returns is kept.
pub struct Keeping {
    dag: Dag,
    shape: Shape,
    /// What each of the bytes is: the type and the serializer.
    codings: Vec<Coding>,
    /// For each output of the node, the bytes that have it, and whether they have more than that.
    outputs: Vec<(usize, bool)>,
}

/// What becomes of the value of a slot.
enum Shape {
    /// Nobody reads it.
    Unread,
    /// It is kept as a whole.
    Whole(Codec),
    /// Its partitions are, for this map.
    FannedOut(Codec, usize),
    /// Its parts are, into which this step takes it apart.
    Parts(usize, Vec<Self>),
}

impl RemoteNode {
    /// How what the node returns is kept, if it is not mapped.
    ///
    /// # Errors
    ///
    /// The name of an output that cannot be, and why.
    pub fn keeping(&self) -> Result<Keeping, (String, String)> {
        let layout = Layout::of(&self.dag).map_err(|reason| (String::new(), reason))?;
        let first = layout.plan.steps[self.step].outputs;
        let mut shaping = Shaping {
            layout,
            node: self,
            codings: Vec::new(),
            outputs: vec![(0, false); self.outputs.len()],
        };
        let shape = shaping.shape(first)?;
        let Shaping { codings, outputs, .. } = shaping;
        Ok(Keeping { dag: self.dag.clone(), shape, codings, outputs })
    }

    /// Hands out the partitions of the value that the node is mapped over; of one that is borrowed,
    /// their places.
    ///
    /// # Panics
    ///
    /// If the iterator does that makes them.
    pub fn fan_out(&self, value: Value, each: &mut dyn FnMut(Boxed) -> bool) {
        if let Some(edges) = self.dag.edges() {
            edges.fan_out(self.step, value, each);
        }
    }
}

struct Shaping<'a> {
    layout: Layout<'a>,
    node: &'a RemoteNode,
    codings: Vec<Coding>,
    outputs: Vec<(usize, bool)>,
}

impl Shaping<'_> {
    fn shape(&mut self, slot: usize) -> Result<Shape, (String, String)> {
        let of_slot =
            self.node.outputs.iter().enumerate().filter(|(_, output)| output.slot == slot);
        let of_slot: Vec<_> = of_slot.map(|(index, output)| (index, output.fan_out)).collect();
        let split = self.layout.split(slot);
        let Some(&(first, fan_out)) = of_slot.first() else {
            let Some(step) = split else { return Ok(Shape::Unread) };
            let parts = self.layout.filled_by(step).map(|part| self.shape(part));
            let parts: Vec<_> = parts.collect::<Result<_, _>>()?;
            let is_read = parts.iter().any(|part| !matches!(part, Shape::Unread));
            return Ok(if is_read { Shape::Parts(step, parts) } else { Shape::Unread });
        };
        let output = &self.node.outputs[first];
        let only_map = match (fan_out, &of_slot[..], split) {
            (Some(map), [_], None) if self.layout.mode(map, slot) == Mode::Take => Some(map),
            _ => None,
        };
        let is_whole = of_slot.iter().any(|(_, fan_out)| fan_out.is_none());
        let coding = match only_map.is_some() || is_whole {
            true => output.coding,
            false => self.layout.edges.value(slot),
        };
        let codec = codec(coding).map_err(|reason| (output.name.clone(), reason))?;
        let bytes = self.codings.len();
        self.codings.extend(coding);
        if let Some(map) = only_map {
            self.outputs[first] = (bytes, false);
            return Ok(Shape::FannedOut(codec, map));
        }
        for (index, fan_out) in of_slot {
            self.outputs[index] = (bytes, fan_out.is_some());
        }
        self.cover(slot, bytes);
        Ok(Shape::Whole(codec))
    }

    /// The parts of a value that is kept as a whole.
    fn cover(&mut self, slot: usize, bytes: usize) {
        let Some(step) = self.layout.split(slot) else { return };
        for part in self.layout.filled_by(step) {
            for (output, of) in self.node.outputs.iter().zip(&mut self.outputs) {
                if output.slot == part {
                    *of = (bytes, true);
                }
            }
            self.cover(part, bytes);
        }
    }
}

impl Keeping {
    /// What each of the bytes is: the type and the serializer.
    #[must_use]
    pub fn codings(&self) -> &[Coding] {
        &self.codings
    }

    /// For each output of the node, the bytes that have it, and whether they have more than that.
    #[must_use]
    pub fn outputs(&self) -> &[(usize, bool)] {
        &self.outputs
    }

    /// Writes a value: gives what goes on in its place, and the bytes.
    ///
    /// # Errors
    ///
    /// That of a serializer.
    ///
    /// # Panics
    ///
    /// If the iterator does that makes partitions, or a destructor.
    pub fn keep(
        &self,
        value: Boxed,
        digest: fn(&[u8]) -> Digest,
    ) -> Result<(Boxed, Vec<Bytes>), BoxError> {
        let mut bytes = Vec::new();
        let value = self.write(&self.shape, value, digest, &mut bytes)?;
        Ok((value, bytes))
    }

    fn write(
        &self,
        shape: &Shape,
        value: Boxed,
        digest: fn(&[u8]) -> Digest,
        all: &mut Vec<Bytes>,
    ) -> Result<Boxed, BoxError> {
        match shape {
            Shape::Unread => Ok(value),
            Shape::Whole(codec) => {
                let mut bytes = Vec::new();
                (codec.write)(&*value, &mut bytes)?;
                all.push(Bytes::Value(bytes));
                Ok(value)
            }
            Shape::FannedOut(codec, map) => {
                let Some(edges) = self.dag.edges() else { return Ok(value) };
                let (mut items, mut partitions, mut written) = (Vec::new(), Vec::new(), Ok(()));
                edges.fan_out(*map, Value::new(value), &mut |partition| {
                    let mut bytes = Vec::new();
                    written = (codec.write)(&*partition, &mut bytes);
                    items.push(Item { digest: digest(&bytes), value: partition });
                    partitions.push(bytes);
                    written.is_ok()
                });
                written?;
                all.push(Bytes::Partitions(partitions));
                Ok(Box::new(FannedOut(items)))
            }
            Shape::Parts(step, shapes) => {
                let Body::Glue(glue) = &self.dag.plan().steps[*step].body else {
                    unreachable!("a value is taken apart by glue")
                };
                let parts = match glue(vec![Value::new(value)]) {
                    Parts::One(part) => vec![part],
                    Parts::Several(parts) => parts,
                };
                let parts = parts.into_iter().zip(shapes);
                let parts = parts.map(|(part, shape)| self.write(shape, part, digest, all));
                Ok(Box::new(TakenApart(parts.collect::<Result<_, _>>()?)))
            }
        }
    }

    /// What goes on in place of the value that these bytes were made of.
    ///
    /// # Errors
    ///
    /// If they are not those of such a value.
    pub fn recall(
        &self,
        bytes: Vec<Bytes>,
        digest: fn(&[u8]) -> Digest,
    ) -> Result<Boxed, BoxError> {
        let mut bytes = bytes.into_iter();
        let value = Self::read(&self.shape, &mut bytes, digest)?;
        match bytes.next() {
            None => Ok(value),
            Some(_) => Err(OTHER_SHAPE.into()),
        }
    }

    fn read(
        shape: &Shape,
        all: &mut std::vec::IntoIter<Bytes>,
        digest: fn(&[u8]) -> Digest,
    ) -> Result<Boxed, BoxError> {
        match shape {
            Shape::Unread => Ok(Box::new(())),
            Shape::Whole(codec) => match all.next() {
                Some(Bytes::Value(bytes)) => (codec.read)(&mut &bytes[..]),
                _ => Err(OTHER_SHAPE.into()),
            },
            Shape::FannedOut(codec, _) => match all.next() {
                Some(Bytes::Partitions(partitions)) => {
                    let item = |bytes: Vec<u8>| -> Result<_, BoxError> {
                        Ok(Item { digest: digest(&bytes), value: (codec.read)(&mut &bytes[..])? })
                    };
                    let items = partitions.into_iter().map(item).collect::<Result<_, _>>()?;
                    Ok(Box::new(FannedOut(items)))
                }
                _ => Err(OTHER_SHAPE.into()),
            },
            Shape::Parts(_, shapes) => {
                let parts = shapes.iter().map(|shape| Self::read(shape, all, digest));
                Ok(Box::new(TakenApart(parts.collect::<Result<_, _>>()?)))
            }
        }
    }
}

const OTHER_SHAPE: &str = "they are other outputs";
