//! Maps: loops, and iterators with `collect` or `join_all`.

use std::rc::Rc;

use super::calls::Offer;
use super::feed::Feed;
use super::{Context, Drawer};
use crate::generator::kinds::Kind;
use crate::generator::model::{Call, Collector, Each, Expr, Gather, LocalId, Map, Stmt};
use crate::generator::scope::{NodeId, Origin};
use crate::generator::types::Ty;

/// A collection whose loop is still to come.
#[derive(Clone, Copy, Debug)]
struct Pending {
    var: usize,
    local: LocalId,
    /// Where in the body it is made.
    statement: usize,
}

impl Drawer<'_> {
    /// Draws `let mut collected = Vec::new(); for … { collected.push(…); }`, or a loop without collecting.
    pub(super) fn for_loop(&mut self) -> Option<()> {
        let collector = if self.rng.percent(85) { Some(self.collector()) } else { None };
        let node = self.state.begin();
        let feed = self.feed(true, &Context::default())?;
        let offers = self.mapped_offers(&feed, None);
        let (names, call, output) = self.first_of(offers, |drawer, offer| {
            if collector.is_none() && offer.output.is_must_use() {
                return None;
            }
            let (names, call) = drawer.each(&feed, offer, false)?;
            Some((names, call, offer.output.clone()))
        })?;
        self.state.end();
        self.note_feed(&feed, true, names.len());
        if call.question {
            self.add(Kind::QuestionMarkInLoop);
        }
        self.add(if collector.is_some() { Kind::ForPush } else { Kind::ForWithoutPush });
        let into = collector.map(|collector| self.fill(&collector, output, node));
        let source = feed.source;
        self.state.body.push(Stmt::For { names, source, call, into });
        Some(())
    }

    /// Makes a collection for a loop to come, and now and then draws a statement between the two.
    fn collector(&mut self) -> Pending {
        let name = self.fresh_name();
        // The type is known once the call is; until then the collection only keeps its name to itself.
        let local = self.state.declare(&name, Ty::Unit, Origin::Pending, None);
        let pending =
            Pending { var: self.state.vars.len() - 1, local, statement: self.state.body.len() };
        let is_early = self.allows(Kind::CollectorEarly) && self.rng.percent(25);
        if is_early && self.bind().is_some() {
            self.add(Kind::CollectorEarly);
        }
        pending
    }

    /// Puts the statement that makes a collection where it belongs, now that its loop is drawn.
    fn fill(&mut self, pending: &Pending, item: Ty, node: NodeId) -> LocalId {
        let (kind, spelling) = *self.rng.pick(&[
            (Kind::CollectorNew, Collector::New),
            (Kind::CollectorNew, Collector::New),
            (Kind::CollectorAnnotated, Collector::Annotated),
            (Kind::CollectorMacro, Collector::Macro),
            (Kind::CollectorCapacity, Collector::Capacity),
        ]);
        self.add(kind);
        let var = &mut self.state.vars[pending.var];
        var.ty = Ty::list(item.clone());
        var.origin = Origin::Collected;
        var.producer = Some(node);
        let name = pending.local;
        let collector = Stmt::Collector { name, item, spelling };
        self.state.body.insert(pending.statement, collector);
        name
    }

    /// Draws `let collected = ….collect();` and its like.
    pub(super) fn let_map(&mut self) -> Option<()> {
        let annotated = self.rng.percent(40);
        let (value, ty, node) = self.map(None, annotated, &Context::default())?;
        if annotated {
            self.add(Kind::CollectTyped);
        }
        let name = self.fresh_name();
        let local = self.state.declare(&name, ty.clone(), Origin::Collected, Some(node));
        self.state.body.push(Stmt::Bind { names: vec![local], ty, annotated, value });
        Some(())
    }

    /// Draws a map as an expression of a wanted type, or of any. `typed` says that the type is plain from where the
    /// expression stands, so that `collect()` needs no turbofish.
    pub(super) fn map(
        &mut self,
        wanted: Option<&Ty>,
        typed: bool,
        context: &Context,
    ) -> Option<(Expr, Ty, NodeId)> {
        let wanted_item = match wanted {
            Some(Ty::Text) => Some(Ty::Text),
            Some(ty) => Some(ty.item()?),
            None => None,
        };
        let node = self.state.begin();
        let feed = self.feed(false, context)?;
        let offers = self.mapped_offers(&feed, wanted_item.as_ref());
        let (each, offer, names) = self.first_of(offers, |drawer, offer| {
            let is_list = matches!(wanted, None | Some(Ty::List(_)));
            if !is_list && offer.signature.is_async {
                return None;
            }
            let (each, names) = drawer.closure_or_path(&feed, offer)?;
            Some((each, offer.clone(), names))
        })?;
        self.state.end();
        self.note_feed(&feed, false, names);
        let target = wanted.cloned().unwrap_or_else(|| self.target(&offer));
        let gather = self.gather(&offer, &target, typed && !context.inferred);
        if matches!(offer.output, Ty::Result(..)) {
            self.add(Kind::MapOfResults);
        }
        Some((Expr::Map(Box::new(Map { source: feed.source, each, gather })), target, node))
    }

    /// Any collection for the outputs of an offer.
    fn target(&mut self, offer: &Offer) -> Ty {
        let other = match &offer.output {
            Ty::Num => self.rng.pick(&[Ty::Set, Ty::Deque]).clone(),
            Ty::Text => Ty::Text,
            pair if *pair == Ty::pair() => Ty::Table,
            other => Ty::list(other.clone()),
        };
        if self.rng.percent(70) || offer.signature.is_async {
            Ty::list(offer.output.clone())
        } else {
            other
        }
    }

    /// How the results come together.
    fn gather(&mut self, offer: &Offer, target: &Ty, typed: bool) -> Gather {
        let question = offer.question;
        match (offer.signature.is_async, question) {
            (true, true) => {
                self.add(Kind::TryJoinAll);
                return Gather::TryJoinAll;
            }
            (true, false) => {
                self.add(Kind::JoinAll);
                return Gather::JoinAll;
            }
            _ => {}
        }
        let (kind, name) = match target {
            Ty::Set => (Kind::CollectSet, "BTreeSet<_>".to_owned()),
            Ty::Deque => (Kind::CollectDeque, "VecDeque<_>".to_owned()),
            Ty::Table => (Kind::CollectTable, "BTreeMap<_, _>".to_owned()),
            Ty::Text => (Kind::CollectString, "String".to_owned()),
            list if self.rng.percent(25) => (Kind::CollectVec, list.to_string()),
            _ => (Kind::CollectVec, "Vec<_>".to_owned()),
        };
        self.add(kind);
        if question {
            self.add(if matches!(target, Ty::List(_)) {
                Kind::CollectResult
            } else {
                Kind::CollectResultOther
            });
            return Gather::Collect { target: Some(format!("Result<{name}, _>")), question };
        }
        if typed && self.rng.percent(60) {
            self.add(Kind::CollectInferred);
            return Gather::Collect { target: None, question };
        }
        Gather::Collect { target: Some(name), question }
    }

    /// What can be called with the items, for outputs of a wanted type or of any.
    fn mapped_offers(&self, feed: &Feed, wanted: Option<&Ty>) -> Vec<(usize, Offer)> {
        let offers: Vec<Offer> =
            self.offers(wanted).into_iter().filter(|offer| !offer.output.is_lazy()).collect();
        let mut offers = self.weigh(offers);
        // Generic tasks are offered for types in scope, where the items are not yet.
        let generic = self.rules.signatures.iter().filter(|signature| signature.is_generic());
        for signature in generic.filter(|_| feed.item.is_sync()) {
            let output = signature.output.with(Some(&feed.item));
            if wanted.is_none_or(|wanted| output == *wanted) {
                let generic = Some(feed.item.clone());
                offers.push((
                    3,
                    Offer { signature: Rc::clone(signature), generic, question: false, output },
                ));
            }
        }
        offers.retain(|(_, offer)| {
            !offer.slots_for(&feed.item).is_empty()
                && offer.signature.cost + self.state.cost / 4 < 30
        });
        offers
    }

    /// Draws the call of one pass, with the items in scope.
    fn each(&mut self, feed: &Feed, offer: &Offer, escapes: bool) -> Option<(Vec<LocalId>, Call)> {
        let slots = offer.slots_for(&feed.item);
        let forced = *self.rng.pick(&slots);
        let items = self.declare_items(feed);
        let first = items.start;
        let names = self.state.vars[items.clone()].iter().map(|var| var.local).collect();
        let context =
            Context { items: Some(first), only: Some(items), escapes, ..Context::default() };
        let call = self.call_with(offer, Some(forced), &context)?;
        self.state.vars.truncate(first);
        Some((names, call))
    }

    /// Draws `|x| f(x)`, or `f` where that is enough.
    fn closure_or_path(&mut self, feed: &Feed, offer: &Offer) -> Option<(Each, usize)> {
        let item =
            if feed.by_ref { Ty::Ref(Box::new(feed.item.clone())) } else { feed.item.clone() };
        if offer.parameters() == [item] && !(feed.by_ref && feed.is_table) && self.rng.percent(60) {
            self.note_call(offer, &[], true);
            self.add(Kind::MapPath);
            return Some((Each::Path(self.path(&offer.signature)), 1));
        }
        let (names, mut call) = self.each(feed, offer, offer.signature.is_async)?;
        // The future, or the result, is what is collected.
        (call.awaited, call.question) = (false, false);
        self.add(Kind::MapClosure);
        let count = names.len();
        Some((Each::Closure { names, call }, count))
    }
}
