//! A whole DAG: parameters, statements, and the uses that rustc and the language ask for.

use super::calls::Offer;
use super::{Context, Drawer, NAMES, Rules};
use crate::generator::kinds::{Kind, Tally};
use crate::generator::model::{Dag, Expr, LocalId, Parameter, Stmt};
use crate::generator::rng::Rng;
use crate::generator::scope::{NodeId, Origin, State};
use crate::generator::types::{Fault, Ty};

/// What a DAG is to be like.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) visibility: &'static str,
    pub(crate) parameters: Vec<Ty>,
    pub(crate) statements: usize,
}

/// Draws a DAG, unless the constructs that may occur do not suffice to use up what it has made.
pub(crate) fn dag(rng: &mut Rng, rules: Rules<'_>, plan: &Plan) -> Option<(Dag, Tally)> {
    let mut drawer = Drawer { rng, rules, state: State::default() };
    let parameters = drawer.parameters(&plan.parameters);
    for _ in 0..plan.statements {
        drawer.statement();
    }
    drawer.settle()?;
    let (output, tail) = drawer.result()?;
    drawer.note_whole();
    let swallowable = drawer.is_swallowable();
    let State { locals, body, nested, tally, cost, .. } = drawer.state;
    let dag = Dag {
        visibility: plan.visibility,
        name: plan.name.to_owned(),
        is_async: rules.is_async,
        parameters,
        output,
        fault: rules.fault,
        body,
        tail,
        locals,
        nested: nested.into_iter().collect(),
        swallowable,
        cost: cost.max(1),
    };
    Some((dag, tally))
}

/// A kind of statement.
#[derive(Clone, Copy, Debug)]
enum Step {
    Bind,
    ForLoop,
    LetMap,
}

impl Drawer<'_> {
    fn parameters(&mut self, types: &[Ty]) -> Vec<Parameter> {
        let mut names = NAMES.to_vec();
        let mut parameters = Vec::new();
        for ty in types {
            let name = names.swap_remove(self.rng.below(names.len()));
            self.state.declare(name, ty.clone(), Origin::Parameter, None);
            let default = match ty {
                Ty::Num => Some(self.rng.below(9).to_string()),
                Ty::Text => Some("String::from(\"default\")".to_owned()),
                _ => None,
            };
            let default =
                default.filter(|_| self.allows(Kind::DefaultParameter) && self.rng.percent(15));
            if default.is_some() {
                self.add(Kind::DefaultParameter);
            }
            parameters.push(Parameter { name: name.to_owned(), ty: ty.clone(), default });
        }
        parameters
    }

    fn statement(&mut self) {
        let steps = vec![(5, Step::Bind), (4, Step::ForLoop), (3, Step::LetMap)];
        // Where nothing fits, the body is one statement shorter.
        let _ = self.first_of(steps, |drawer, step| match step {
            Step::Bind => drawer.bind(),
            Step::ForLoop => drawer.for_loop(),
            Step::LetMap => drawer.let_map(),
        });
    }

    /// What can be called for an output that can be bound, and left unused.
    fn bindable_offers(&self) -> Vec<Offer> {
        let may_drop = self.allows(Kind::LetUnderscore);
        let fits =
            |offer: &Offer| !offer.output.is_lazy() && (may_drop || !offer.output.is_must_use());
        self.offers(None).into_iter().filter(fits).collect()
    }

    /// Draws `let x = f(…);`
    pub(super) fn bind(&mut self) -> Option<()> {
        let offers = self.weigh(self.bindable_offers());
        self.first_of(offers, Self::bind_offer)
    }

    /// Draws `let x = f(…);` for an offer.
    pub(super) fn bind_offer(&mut self, offer: &Offer) -> Option<()> {
        let (call, node) = self.call(offer, &Context::default())?;
        self.bind_names(Expr::Call(call), offer, node);
        Some(())
    }

    /// Binds the output of a node, whole or taken apart.
    fn bind_names(&mut self, value: Expr, offer: &Offer, node: NodeId) {
        let output = &offer.output;
        let parts = match output {
            Ty::Tuple(parts) if self.rng.percent(70) => parts.clone(),
            output => vec![output.clone()],
        };
        let mut names: Vec<(String, LocalId)> = Vec::new();
        for part in &parts {
            let mut name = self.fresh_name();
            while names.iter().any(|(taken, _)| *taken == name) {
                name = self.fresh_name();
            }
            let local = self.state.declare(&name, part.clone(), Origin::Node, Some(node));
            names.push((name, local));
        }
        let can_name = parts.len() == 1 && !output.is_lazy() && self.allows(Kind::Annotation);
        let annotated = can_name && self.rng.percent(10);
        let names = names.into_iter().map(|(_, local)| local).collect();
        self.state.body.push(Stmt::Bind { names, ty: output.clone(), annotated, value });
    }

    /// Uses what must be used: parameters, of which rustc warns otherwise, and collections, since a map that fills
    /// one is there to be reduced.
    fn settle(&mut self) -> Option<()> {
        for var in 0..self.state.vars.len() {
            let is_due =
                matches!(self.state.vars[var].origin, Origin::Parameter | Origin::Collected);
            if !is_due || self.state.is_used(var) {
                continue;
            }
            let ty = self.state.vars[var].ty.clone();
            let offers = self.weigh(self.bindable_offers());
            let offers =
                offers.into_iter().filter(|(_, offer)| !offer.slots_for(&ty).is_empty()).collect();
            let settled = self.first_of(offers, |drawer, offer| {
                let forced = *drawer.rng.pick(&offer.slots_for(&ty));
                let context = Context { only: Some(var..var + 1), ..Context::default() };
                let node = drawer.state.begin();
                let call = drawer.call_with(offer, Some(forced), &context)?;
                drawer.state.end();
                drawer.bind_names(Expr::Call(call), offer, node);
                Some(())
            });
            settled?;
        }
        Some(())
    }

    /// Notes what only the whole body shows.
    fn note_whole(&mut self) {
        self.add(if self.rules.is_async { Kind::AsyncDag } else { Kind::SyncDag });
        match self.rules.fault {
            Some(Fault::Boxed) => self.add(Kind::BoxErrorDag),
            Some(_) => self.add(Kind::FallibleDag),
            None => {}
        }
        self.note_bindings();
        if self.state.nodes.is_empty() {
            self.add(Kind::EmptyDag);
        }
        let ancestors = self.state.ancestors();
        if ancestors.iter().any(|ancestors| ancestors.len() >= 4) {
            self.add(Kind::Chain);
        }
        let has_common = |left: &NodeId, right: &NodeId| {
            left < right && ancestors[*left].intersection(&ancestors[*right]).next().is_some()
        };
        let is_diamond = |needs: &std::collections::BTreeSet<NodeId>| {
            needs.iter().any(|left| needs.iter().any(|right| has_common(left, right)))
        };
        if self.state.nodes.iter().any(|node| is_diamond(&node.needs)) {
            self.add(Kind::Diamond);
        }
    }

    fn note_bindings(&mut self) {
        let mut kinds = Vec::new();
        for stmt in &self.state.body {
            let names = match stmt {
                Stmt::Bind { names, annotated, ty, .. } => {
                    let is_used = names.iter().any(|name| self.state.locals[*name].used);
                    let kind = match is_used {
                        true if *annotated => Kind::Annotation,
                        true if names.len() > 1 => Kind::TupleBinding,
                        true => continue,
                        false if ty.is_must_use() => Kind::LetUnderscore,
                        false => Kind::UnusedOutput,
                    };
                    kinds.push(kind);
                    names
                }
                Stmt::For { names, .. } => names,
                Stmt::Collector { .. } => continue,
            };
            let used = names.iter().filter(|name| self.state.locals[**name].used).count();
            kinds.extend((0 < used && used < names.len()).then_some(Kind::Wildcard));
        }
        for kind in kinds {
            self.add(kind);
        }
    }

    /// Whether nothing can run beside a node that fails: see `Signature::swallowable`.
    fn is_swallowable(&self) -> bool {
        let ancestors = self.state.ancestors();
        let nodes = || self.state.nodes.iter().enumerate();
        let is_apart = |one: NodeId, other: NodeId| {
            one != other && !ancestors[one].contains(&other) && !ancestors[other].contains(&one)
        };
        nodes().filter(|(_, node)| node.fails).all(|(failing, facts)| {
            !facts.is_many && nodes().all(|(other, _)| !is_apart(failing, other))
        })
    }
}
