//! Draws the body of a DAG.
//!
//! Every step asks which moves are open, chooses one by weight, and tries the next where one leads nowhere (an
//! argument of a type that cannot be had, say). Weights favour values already in scope over literals, since it is
//! the wiring that is tested.

mod arguments;
mod body;
mod calls;
mod feed;
mod forms;
mod maps;
mod results;

pub(crate) use body::{Plan, dag};

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use super::catalog::Signature;
use super::kinds::Kind;
use super::rng::Rng;
use super::scope::{Origin, State};
use super::types::Fault;

/// Names for locals and parameters. None may be the name of a task, which it would hide.
pub(crate) const NAMES: [&str; 24] = [
    "amount", "basis", "delta", "extra", "field", "grain", "heap", "joint", "knob", "layer",
    "merit", "notch", "offer", "piece", "quota", "range", "scale", "thing", "upper", "value",
    "width", "yarn", "zone", "origin",
];

/// What holds for the whole DAG that is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) seed: u64,
    pub(crate) is_async: bool,
    pub(crate) fault: Option<Fault>,
    /// Kinds of constructs not to use.
    pub(crate) without: &'a BTreeSet<Kind>,
    /// What may be called.
    pub(crate) signatures: &'a [Rc<Signature>],
}

/// A body being drawn.
pub(crate) struct Drawer<'a> {
    pub(crate) rng: &'a mut Rng,
    pub(crate) rules: Rules<'a>,
    pub(crate) state: State,
}

/// Where an expression stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// How many calls there are around it.
    depth: usize,
    /// Where the variables of the map around it begin. A map has one node call, so arguments have none.
    items: Option<usize>,
    /// The variables one of which it must be made of.
    only: Option<Range<usize>>,
    /// Whether it outlives its closure, in a future: nothing that belongs to the closure may be borrowed.
    escapes: bool,
    /// Whether its type must be plain from itself: a literal for a type parameter would be an `i32`.
    inferred: bool,
    /// Whether it is part of a `vec![…]`, a tuple or the like.
    gathered: bool,
}

impl Drawer<'_> {
    /// Takes a step, or leaves everything (but the random numbers) as it was: also where the step leads to a
    /// construct that is not to occur.
    fn attempt<T>(&mut self, step: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.state.clone();
        let result = step(self).filter(|_| !self.state.tally.has_any(self.rules.without));
        if result.is_none() {
            self.state = before;
        }
        result
    }

    /// Tries moves in a random order by weight until one succeeds.
    fn first_of<M, T>(
        &mut self,
        mut moves: Vec<(usize, M)>,
        mut step: impl FnMut(&mut Self, &M) -> Option<T>,
    ) -> Option<T> {
        moves.retain(|(weight, _)| *weight > 0);
        while !moves.is_empty() {
            let at = self.rng.weighted(moves.iter().map(|(weight, _)| *weight));
            let (_, chosen) = moves.swap_remove(at);
            if let Some(result) = self.attempt(|drawer| step(drawer, &chosen)) {
                return Some(result);
            }
        }
        None
    }

    /// Whether a construct may be that is chosen by the way, in a step with another aim, which is not to fail for it.
    fn allows(&self, kind: Kind) -> bool {
        !self.rules.without.contains(&kind)
    }

    /// Notes a construct.
    fn add(&mut self, kind: Kind) {
        self.state.tally.add(kind);
    }

    /// A name for the next local: now and then one that is taken, which is then out of reach.
    fn fresh_name(&mut self) -> String {
        let state = &self.state;
        let in_scope: Vec<usize> =
            (0..state.vars.len()).filter(|var| state.is_visible(*var)).collect();
        let may_hide = |var: &&usize| match state.vars[**var].origin {
            Origin::Node => true,
            Origin::Parameter | Origin::Collected => state.is_used(**var),
            Origin::Pending | Origin::Item => false,
        };
        let hidden: Vec<usize> = in_scope.iter().filter(may_hide).copied().collect();
        if self.allows(Kind::Shadowing) && !hidden.is_empty() && self.rng.percent(15) {
            let var = *self.rng.pick(&hidden);
            let is_parameter = state.vars[var].origin == Origin::Parameter;
            let name = state.vars[var].name.clone();
            self.add(if is_parameter { Kind::ShadowedParameter } else { Kind::Shadowing });
            return name;
        }
        let is_free = |name: &&&str| in_scope.iter().all(|var| state.vars[*var].name != **name);
        let free: Vec<&str> = NAMES.iter().filter(is_free).copied().collect();
        if free.is_empty() {
            format!("local_{}", state.locals.len())
        } else {
            (*self.rng.pick(&free)).to_owned()
        }
    }
}
