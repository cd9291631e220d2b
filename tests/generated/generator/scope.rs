//! What a body may do next: which values are in scope, which of them may be moved, borrowed and copied.
//!
//! The state follows Rust's order of evaluation, since expressions are drawn in the order in which they are written:
//! a value that is moved is gone for all that is drawn later, and a value borrowed by an argument is pinned until
//! its call is complete.

use std::collections::BTreeSet;

use super::kinds::{Kind, Tally};
use super::model::{Local, LocalId, Stmt};
use super::types::Ty;

/// A position in [`State::nodes`].
pub(crate) type NodeId = usize;

/// Where a value comes from: the rules of the language differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Cannot be mapped over or returned.
    Parameter,
    /// The output of a node: can be mapped over and returned.
    Node,
    /// Filled by a map: cannot be mapped over or returned.
    Collected,
    /// An empty collection whose loop is still to come: cannot be used at all.
    Pending,
    /// The item of a map, while its call is drawn.
    Item,
}

/// A local in scope.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub(crate) local: LocalId,
    pub(crate) name: String,
    pub(crate) ty: Ty,
    pub(crate) origin: Origin,
    /// Whether it is a reference to a value of its type, as `for x in &xs` binds.
    pub(crate) by_ref: bool,
    /// The node whose output it is.
    pub(crate) producer: Option<NodeId>,
    moved: bool,
    moved_fields: Vec<String>,
    /// What arguments of unfinished calls borrow: the whole (none) or a field.
    pins: Vec<Option<String>>,
    borrowers: BTreeSet<NodeId>,
    users: BTreeSet<NodeId>,
}

/// A local, or a field of one.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) var: usize,
    pub(crate) field: Option<String>,
    pub(crate) ty: Ty,
}

/// What an expression does to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Takes the value away.
    Move,
    /// Looks at the value while the expression is evaluated: a copy, a clone, a method.
    Read,
    /// Borrows the value until the call is complete.
    Borrow,
}

/// What is known of a node, to see the shape of the graph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    /// The nodes whose outputs it uses.
    pub(crate) needs: BTreeSet<NodeId>,
    /// Whether its failure ends the DAG.
    pub(crate) fails: bool,
    /// Whether it is run once per item, or is a DAG in which nodes may run beside a failing one.
    pub(crate) is_many: bool,
}

/// An unfinished call.
#[derive(Clone, Debug)]
struct Frame {
    node: NodeId,
    pinned: Vec<(usize, Option<String>)>,
}

/// The body so far. Drawing works on it step by step, and returns to a clone where a step leads nowhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) vars: Vec<Var>,
    pub(crate) locals: Vec<Local>,
    pub(crate) body: Vec<Stmt>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) nested: BTreeSet<String>,
    pub(crate) tally: Tally,
    pub(crate) cost: usize,
    frames: Vec<Frame>,
}

impl State {
    /// Brings a name into scope.
    pub(crate) fn declare(
        &mut self,
        name: &str,
        ty: Ty,
        origin: Origin,
        producer: Option<NodeId>,
    ) -> LocalId {
        let local = self.locals.len();
        self.locals.push(Local { name: name.to_owned(), used: false });
        self.vars.push(Var {
            local,
            name: name.to_owned(),
            ty,
            origin,
            by_ref: false,
            producer,
            moved: false,
            moved_fields: Vec::new(),
            pins: Vec::new(),
            borrowers: BTreeSet::new(),
            users: BTreeSet::new(),
        });
        local
    }

    /// Whether the name of this variable still means it.
    pub(crate) fn is_visible(&self, var: usize) -> bool {
        self.vars[var + 1..].iter().all(|later| later.name != self.vars[var].name)
    }

    /// Whether this variable has been used.
    pub(crate) fn is_used(&self, var: usize) -> bool {
        self.locals[self.vars[var].local].used
    }

    /// Every value that is still there.
    pub(crate) fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for (at, var) in self.vars.iter().enumerate() {
            if !self.is_visible(at) || var.moved || var.origin == Origin::Pending {
                continue;
            }
            if var.moved_fields.is_empty() {
                places.push(Place { var: at, field: None, ty: var.ty.clone() });
            }
            // To read one field of a value is to share the value, so none of these where it cannot be shared.
            let fields = if var.ty.is_sync() { var.ty.fields() } else { Vec::new() };
            for (field, ty) in fields {
                if !var.moved_fields.contains(&field) {
                    places.push(Place { var: at, field: Some(field), ty });
                }
            }
        }
        places
    }

    /// Whether the value may be taken away: not while it is borrowed, not behind a reference, and not from outside
    /// a map, whose call runs many times. `items` is where the variables of the map begin.
    pub(crate) fn can_move(&self, place: &Place, items: Option<usize>) -> bool {
        let var = &self.vars[place.var];
        let is_pinned = var
            .pins
            .iter()
            .any(|pin| pin.is_none() || place.field.is_none() || *pin == place.field);
        !place.ty.is_copy()
            && !var.by_ref
            && !is_pinned
            && items.is_none_or(|items| place.var >= items)
    }

    /// The place as it is written, references not followed.
    pub(crate) fn path(&self, place: &Place) -> String {
        let name = &self.vars[place.var].name;
        place.field.as_ref().map_or_else(|| name.clone(), |field| format!("{name}.{field}"))
    }

    /// How to write a place `{}` as a value of its type.
    pub(crate) fn value(&self, place: &Place) -> &'static str {
        if self.is_reference(place) { "*{}" } else { "{}" }
    }

    /// Whether the place, as it is written, is a reference to a value of its type.
    pub(crate) fn is_reference(&self, place: &Place) -> bool {
        self.vars[place.var].by_ref && place.field.is_none()
    }

    /// Notes that the node being drawn uses a place.
    pub(crate) fn touch(&mut self, place: &Place, usage: Usage) {
        let (frame, outer) = match self.frames.split_last_mut() {
            Some((frame, outer)) => (Some(frame), &*outer),
            None => (None, &[][..]),
        };
        let var = &mut self.vars[place.var];
        self.locals[var.local].used = true;
        if let Some(frame) = &frame {
            self.nodes[frame.node].needs.extend(var.producer);
            var.users.insert(frame.node);
            if usage == Usage::Move && var.borrowers.iter().any(|node| *node != frame.node) {
                self.tally.add(Kind::BorrowThenMove);
            }
        }
        if usage == Usage::Move && outer.iter().any(|frame| var.users.contains(&frame.node)) {
            self.tally.add(Kind::MoveAfterRead);
        }
        if var.users.len() == 2 && var.origin == Origin::Collected {
            self.tally.add(Kind::CollectedUsedTwice);
        }
        match (usage, frame) {
            (Usage::Move, _) if place.field.is_none() => var.moved = true,
            (Usage::Move, _) => var.moved_fields.extend(place.field.clone()),
            (Usage::Borrow, Some(frame)) => {
                var.borrowers.insert(frame.node);
                var.pins.push(place.field.clone());
                frame.pinned.push((place.var, place.field.clone()));
            }
            _ => {}
        }
    }

    /// Begins a node: what is touched until [`State::end`] is an input of it.
    pub(crate) fn begin(&mut self) -> NodeId {
        let node = self.nodes.len();
        self.nodes.push(Node::default());
        self.frames.push(Frame { node, pinned: Vec::new() });
        node
    }

    /// The node begun last.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub(crate) fn current(&mut self) -> &mut Node {
        let frame = self.frames.last().expect("a node has begun");
        &mut self.nodes[frame.node]
    }

    /// Ends the node begun last, which is an input of the node around it.
    pub(crate) fn end(&mut self) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        for (var, field) in frame.pinned {
            // Items have gone out of scope before the map that borrows them is complete.
            let Some(var) = self.vars.get_mut(var) else {
                continue;
            };
            if let Some(at) = var.pins.iter().position(|pin| *pin == field) {
                var.pins.swap_remove(at);
            }
        }
        if let Some(outer) = self.frames.last() {
            self.nodes[outer.node].needs.insert(frame.node);
        }
    }

    /// For every node, the nodes that run before it in any reading.
    pub(crate) fn ancestors(&self) -> Vec<BTreeSet<NodeId>> {
        let mut ancestors = vec![BTreeSet::new(); self.nodes.len()];
        // Nested calls are numbered after the call around them, so one pass is not enough.
        loop {
            let mut changed = false;
            for (node, facts) in self.nodes.iter().enumerate() {
                let before =
                    facts.needs.iter().flat_map(|need| ancestors[*need].iter().chain([need]));
                let before: BTreeSet<NodeId> = before.copied().collect();
                changed |= before.len() != ancestors[node].len();
                ancestors[node] = before;
            }
            if !changed {
                return ancestors;
            }
        }
    }
}
