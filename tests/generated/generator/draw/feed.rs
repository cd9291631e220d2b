//! What maps iterate over, and how: by value, by reference, through an iterator, in parts.

use std::ops::Range;

use super::{Context, Drawer};
use crate::generator::kinds::Kind;
use crate::generator::model::{Expr, Iteration, Source};
use crate::generator::scope::{Origin, Usage};
use crate::generator::types::Ty;

/// What a map iterates over, drawn.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    pub(super) source: Source,
    pub(super) item: Ty,
    /// Whether the items are references.
    pub(super) by_ref: bool,
    /// Whether the items are pairs of references then, not references to pairs.
    pub(super) is_table: bool,
}

/// Where a fan-out comes from.
#[derive(Clone, Copy, Debug)]
enum FeedBy {
    /// A value in scope.
    Place,
    /// A call where the map is.
    Call,
    /// A call bound by the statement before.
    Bound,
}

/// The ways of iterating over a value of a type.
fn iterations(ty: &Ty, item: &Ty, in_for: bool) -> Vec<Iteration> {
    let is_shared = ty.is_sync() && !ty.is_lazy();
    let ways = [
        (Iteration::Owned, true),
        (Iteration::Borrowed, is_shared && in_for),
        (Iteration::Iter, is_shared),
        (Iteration::Copied, is_shared && !in_for && item.is_copy()),
        // An iterator over pairs of references has nothing to clone.
        (Iteration::Cloned, is_shared && !in_for && item.is_clone() && *ty != Ty::Table),
    ];
    ways.into_iter().filter(|(_, holds)| *holds).map(|(by, _)| by).collect()
}

impl Drawer<'_> {
    /// Draws what to iterate over: the output of a node, in scope or called on the spot. Where the map is a statement,
    /// the call may be bound by a statement before it.
    pub(super) fn feed(&mut self, in_for: bool, context: &Context) -> Option<Feed> {
        let ways = vec![
            (5, FeedBy::Place),
            (3, FeedBy::Call),
            // In an argument there is no statement before.
            (if context.depth == 0 { 4 } else { 0 }, FeedBy::Bound),
        ];
        self.first_of(ways, |drawer, way| match way {
            FeedBy::Place => drawer.feed_from_places(0, in_for),
            FeedBy::Call => drawer.feed_from_call(in_for, context),
            FeedBy::Bound => {
                let first = drawer.state.vars.len();
                let offers = drawer.weigh(drawer.offers(None));
                let has_items = |ty: &Ty| {
                    ty.item().is_some() || ty.fields().iter().any(|(_, ty)| ty.item().is_some())
                };
                let offers =
                    offers.into_iter().filter(|(_, offer)| has_items(&offer.output)).collect();
                drawer.first_of(offers, Self::bind_offer)?;
                drawer.feed_from_places(first, in_for)
            }
        })
    }

    /// Iterates over a value in scope, among the variables from `first` on.
    fn feed_from_places(&mut self, first: usize, in_for: bool) -> Option<Feed> {
        let mut fan_outs = Vec::new();
        for place in self.state.places() {
            let is_output = self.state.vars[place.var].origin == Origin::Node && place.var >= first;
            let Some(item) = place.ty.item().filter(|_| is_output) else {
                continue;
            };
            for by in iterations(&place.ty, &item, in_for) {
                if by != Iteration::Owned || self.state.can_move(&place, None) {
                    let weight = if by == Iteration::Owned { 3 } else { 2 };
                    fan_outs.push((weight, (place.clone(), by)));
                }
            }
        }
        self.first_of(fan_outs, |drawer, (place, by)| {
            let producer = drawer.state.vars[place.var].producer;
            let siblings =
                drawer.state.vars.iter().filter(|other| other.producer == producer).count();
            if siblings > 1 {
                drawer.add(Kind::MapOverTupleElement);
            }
            if place.field.is_some() {
                drawer.add(Kind::MapOverField);
            }
            if place.ty.is_lazy() {
                drawer.add(Kind::LazyBound);
            }
            let usage = if *by == Iteration::Owned { Usage::Move } else { Usage::Borrow };
            let value = Expr::Code(drawer.use_place(place, usage, "{}"));
            drawer.feed_of(value, &place.ty, *by)
        })
    }

    /// Iterates over what a call returns.
    fn feed_from_call(&mut self, in_for: bool, context: &Context) -> Option<Feed> {
        let mut fan_outs = Vec::new();
        for (weight, offer) in self.weigh(self.offers(None)) {
            let Some(item) = offer.output.item() else {
                continue;
            };
            for by in iterations(&offer.output, &item, in_for) {
                let weight = if by == Iteration::Owned { weight } else { weight.div_ceil(12) };
                fan_outs.push((weight, (offer.clone(), by)));
            }
        }
        self.first_of(fan_outs, |drawer, (offer, by)| {
            let (call, _) =
                drawer.call(offer, &Context { depth: context.depth + 1, ..Context::default() })?;
            drawer.add(Kind::MapOverCall);
            drawer.feed_of(Expr::Call(call), &offer.output, *by)
        })
    }

    fn feed_of(&mut self, value: Expr, ty: &Ty, by: Iteration) -> Option<Feed> {
        if ty.is_lazy() {
            self.add(Kind::LazySource);
        }
        let by_ref = matches!(by, Iteration::Borrowed | Iteration::Iter);
        Some(Feed {
            source: Source { value, by },
            item: ty.item()?,
            by_ref,
            is_table: *ty == Ty::Table,
        })
    }

    /// Brings the names of the items into scope: one, or one for each part of a pair.
    pub(super) fn declare_items(&mut self, feed: &Feed) -> Range<usize> {
        let first = self.state.vars.len();
        let parts = match &feed.item {
            Ty::Tuple(parts) if (feed.by_ref && feed.is_table) || self.rng.percent(60) => {
                parts.clone()
            }
            item => vec![item.clone()],
        };
        for ty in parts {
            let mut name = self.fresh_name();
            while self.state.vars[first..].iter().any(|item| item.name == name) {
                name = self.fresh_name();
            }
            self.state.declare(&name, ty, Origin::Item, None);
        }
        for item in &mut self.state.vars[first..] {
            item.by_ref = feed.by_ref;
        }
        first..self.state.vars.len()
    }

    /// Notes how a map iterates.
    pub(super) fn note_feed(&mut self, feed: &Feed, in_for: bool, names: usize) {
        let kind = match (in_for, feed.source.by) {
            (true, Iteration::Owned) => Kind::ForOwned,
            (true, Iteration::Borrowed) => Kind::ForBorrowed,
            (true, _) => Kind::ForIter,
            (false, Iteration::Owned) => Kind::IntoIter,
            (false, Iteration::Copied) => Kind::IterCopied,
            (false, Iteration::Cloned) => Kind::IterCloned,
            (false, _) => Kind::Iter,
        };
        self.add(kind);
        if names > 1 {
            self.add(if in_for { Kind::ForTuplePattern } else { Kind::ClosureTuplePattern });
        }
    }
}
