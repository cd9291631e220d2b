//! What the inputs of a node say of themselves, for the plan and for the description.

use super::handle::{Label, Raw};
use crate::build::draft::Text;
use crate::exec::plan::Mode;
use crate::exec::value::Sharing;

/// The values that a node reads, in the order in which its inputs receive them.
#[derive(Default)]
pub struct Reads {
    pub(super) values: Vec<Read>,
    /// The arguments, and how many of the values are read when each of them ends.
    pub(super) arguments: Vec<(Shape, usize)>,
    /// How deep in an expression the inputs at hand are.
    depth: usize,
}

/// A value that is read.
pub(super) struct Read {
    pub(super) raw: Raw,
    pub(super) label: Label,
    pub(super) mode: Mode,
    pub(super) sharing: Option<&'static Sharing>,
    /// Whether the node is mapped over it.
    pub(super) each: bool,
}

/// What an argument is.
pub(super) enum Shape {
    Value,
    Constant(Text),
    Expression(Text),
}

impl Reads {
    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.arguments.clear();
    }

    /// An argument that is a value.
    pub(super) fn value(&mut self, read: Read) {
        self.push(read, Shape::Value);
    }

    /// An argument that reads one value.
    pub(super) fn push(&mut self, read: Read, shape: Shape) {
        self.values.push(read);
        self.shape(shape);
    }

    /// The end of an argument.
    pub(super) fn shape(&mut self, shape: Shape) {
        if self.depth == 0 {
            self.arguments.push((shape, self.values.len()));
        }
    }

    /// An argument that is made of others.
    pub(super) fn shaped(&mut self, shape: Shape, parts: impl FnOnce(&mut Self)) {
        self.depth += 1;
        parts(self);
        self.depth -= 1;
        self.shape(shape);
    }
}
