//! Node calls: what to call, and with what.

use std::rc::Rc;

use super::{Context, Drawer};
use crate::generator::catalog::Signature;
use crate::generator::kinds::Kind;
use crate::generator::model::{Call, Expr};
use crate::generator::rng::Rng;
use crate::generator::scope::NodeId;
use crate::generator::types::{Fault, Ty};

/// A way of calling something.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) signature: Rc<Signature>,
    /// What `T` stands for.
    pub(super) generic: Option<Ty>,
    /// Whether `?` follows.
    pub(super) question: bool,
    /// The type of the whole expression.
    pub(super) output: Ty,
}

impl Offer {
    /// The parameters with `T` replaced.
    pub(super) fn parameters(&self) -> Vec<Ty> {
        self.signature.parameters.iter().map(|ty| ty.with(self.generic.as_ref())).collect()
    }

    /// The parameters that this type, or part of it, can be passed for.
    pub(super) fn slots_for(&self, ty: &Ty) -> Vec<usize> {
        let mut parts = vec![ty.clone()];
        parts.extend(ty.fields().into_iter().map(|(_, field)| field));
        let parameters = self.parameters();
        (0..parameters.len()).filter(|slot| parts.contains(&parameters[*slot].owned())).collect()
    }
}

impl Drawer<'_> {
    /// Every way of calling something for a value of this type, or of any type.
    pub(super) fn offers(&self, wanted: Option<&Ty>) -> Vec<Offer> {
        let mut offers = Vec::new();
        let gives =
            |signature: &&Rc<Signature>| wanted.is_none_or(|wanted| signature.gives(wanted));
        for signature in self.rules.signatures.iter().filter(gives) {
            for generic in self.type_arguments(signature, wanted) {
                let output = signature.output.with(generic.as_ref());
                let mut offer = |question, output| {
                    offers.push(Offer {
                        signature: Rc::clone(signature),
                        generic: generic.clone(),
                        question,
                        output,
                    });
                };
                match output {
                    Ty::Result(value, fault) if signature.output != Ty::Generic => {
                        if self.rules.fault.is_some_and(|own| fault.converts_to(own)) {
                            offer(true, (*value).clone());
                        }
                        if signature.swallowable {
                            offer(false, Ty::Result(value, fault));
                        }
                    }
                    output => offer(false, output),
                }
            }
        }
        offers.retain(|offer| wanted.is_none_or(|wanted| offer.output == *wanted));
        offers
    }

    /// What `T` may stand for: the wanted type, or else the type of anything in scope.
    fn type_arguments(&self, signature: &Signature, wanted: Option<&Ty>) -> Vec<Option<Ty>> {
        if !signature.is_generic() {
            return vec![None];
        }
        if let (Some(wanted), Ty::Generic) = (wanted, &signature.output) {
            return vec![Some(wanted.clone())];
        }
        let is_shared = signature.parameters.iter().any(|ty| matches!(ty, Ty::Ref(_)));
        let mut types: Vec<Option<Ty>> = Vec::new();
        for place in self.state.places() {
            let ty = Some(place.ty);
            if !types.contains(&ty)
                && ty.as_ref().is_some_and(|ty| !ty.is_lazy() && (ty.is_sync() || !is_shared))
            {
                types.push(ty);
            }
        }
        types
    }

    /// Chances of offers: more for what values in scope can be passed to, the more so if nobody uses them yet, and
    /// for what there is little of.
    pub(super) fn weigh(&self, offers: Vec<Offer>) -> Vec<(usize, Offer)> {
        let places = self.state.places();
        let is_there = |ty: &Ty, unused: bool| {
            places.iter().any(|place| place.ty == *ty && !(unused && self.state.is_used(place.var)))
        };
        let weigh = |offer: &Offer| {
            if offer.generic.is_some() {
                // Offered once for every type in scope.
                return 2;
            }
            let owned = offer.signature.parameters.iter().map(Ty::owned);
            let fitting: usize = owned
                .map(|ty| {
                    3 * usize::from(is_there(&ty, false)) + 9 * usize::from(is_there(&ty, true))
                })
                .sum();
            let without_inputs = if offer.signature.parameters.is_empty() { 4 } else { 0 };
            let rare =
                if offer.signature.is_dag { 15 } else { 1 } * if offer.question { 3 } else { 1 };
            (2 + fitting + without_inputs) * rare
        };
        offers.into_iter().map(|offer| (weigh(&offer), offer)).collect()
    }

    /// Draws a call of an offer.
    pub(super) fn call(&mut self, offer: &Offer, context: &Context) -> Option<(Call, NodeId)> {
        let node = self.state.begin();
        let call = self.call_with(offer, None, context)?;
        self.state.end();
        Some((call, node))
    }

    /// Draws the arguments of a call in the node begun last. The argument of the `forced` parameter is made of the
    /// variables in `context.only`.
    pub(super) fn call_with(
        &mut self,
        offer: &Offer,
        forced: Option<usize>,
        context: &Context,
    ) -> Option<Call> {
        let has_turbofish =
            offer.generic.is_some() && self.rng.percent(25) && self.allows(Kind::Turbofish);
        let mut arguments = Vec::new();
        for (slot, ty) in offer.parameters().iter().enumerate() {
            let is_generic = offer.signature.parameters[slot].owned() == Ty::Generic;
            let context = Context {
                depth: context.depth + 1,
                only: context.only.clone().filter(|_| forced == Some(slot)),
                inferred: is_generic && !has_turbofish,
                gathered: false,
                ..*context
            };
            arguments.push(self.argument(ty, &context)?);
        }
        let is_mapped = context.items.is_some();
        self.note_call(offer, &arguments, is_mapped);
        let mut path = self.path(&offer.signature);
        if let (true, Some(generic)) = (has_turbofish, &offer.generic) {
            self.add(Kind::Turbofish);
            path = format!("{path}::<{generic}>");
        }
        Some(Call { path, arguments, awaited: offer.signature.is_async, question: offer.question })
    }

    /// Notes what a call is, for the shape of the graph and for the tally.
    pub(super) fn note_call(&mut self, offer: &Offer, arguments: &[Expr], is_mapped: bool) {
        let signature = &offer.signature;
        let node = self.state.current();
        node.fails = offer.question;
        node.is_many = is_mapped || !signature.swallowable;
        self.state.cost += signature.cost * if is_mapped { 4 } else { 1 };
        let returns_result = matches!(signature.output, Ty::Result(..));
        let is_boxed = matches!(signature.output, Ty::Result(_, Fault::Boxed));
        let is_plain_unit = |argument: &Expr| matches!(argument, Expr::Code(code) if code == "()");
        let awaits = signature.name == "after"
            && arguments.first().is_some_and(|first| !is_plain_unit(first));
        let notes = [
            (Kind::NestedDag, signature.is_dag && !is_mapped),
            (Kind::MapOfDag, signature.is_dag && is_mapped),
            (Kind::SyncInAsync, self.rules.is_async && !signature.is_async),
            (Kind::NodeWithoutInputs, signature.parameters.is_empty()),
            (Kind::OrderByUnit, awaits),
            (Kind::QuestionMark, offer.question && !is_mapped),
            (Kind::ResultAsValue, returns_result && !offer.question && !signature.is_dag),
            (Kind::DagResultAsValue, returns_result && !offer.question && signature.is_dag),
            (Kind::BoxedResultAsValue, is_boxed && !offer.question),
            (Kind::Generic, offer.generic.is_some()),
            (Kind::Identity, signature.name == "identity"),
        ];
        for (kind, _) in notes.into_iter().filter(|(_, holds)| *holds) {
            self.add(kind);
        }
        if signature.is_dag {
            self.state.nested.insert(signature.name.clone());
        }
    }

    /// The path of a callee: in each program the same one, so that each import has a use.
    pub(super) fn path(&mut self, signature: &Signature) -> String {
        let name = &signature.name;
        let salt = name
            .bytes()
            .fold(self.rules.seed, |salt, byte| salt.wrapping_mul(31).wrapping_add(byte.into()));
        let by_path = self.allows(Kind::PathCall) && !signature.is_dag && Rng::new(salt).percent(8);
        if !by_path {
            return name.clone();
        }
        self.add(Kind::PathCall);
        if name == "identity" { format!("dagger::{name}") } else { format!("tasks::{name}") }
    }
}
