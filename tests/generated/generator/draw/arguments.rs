//! Arguments: choosing a form for a value of a wanted type, and writing it.

use super::forms::Form;
use super::{Context, Drawer};
use crate::generator::kinds::Kind;
use crate::generator::model::Expr;
use crate::generator::scope::{Origin, Place, Usage};
use crate::generator::types::Ty;

impl Drawer<'_> {
    /// Draws an expression of a type.
    pub(super) fn argument(&mut self, ty: &Ty, context: &Context) -> Option<Expr> {
        let mut choices = match ty {
            Ty::Ref(_) | Ty::Slice(_) | Ty::Str => self.borrowed(ty, context),
            ty => self.owned(ty, context),
        };
        choices.retain(|(_, (_, form))| self.fits(form, context));
        for (weight, (_, form)) in &mut choices {
            let is_unused =
                matches!(form, Form::Place { place, .. } if !self.state.is_used(place.var));
            *weight *= if is_unused { 3 } else { 1 };
        }
        self.first_of(choices, |drawer, (kind, form)| {
            let expr = drawer.write(form, context)?;
            drawer.add(*kind);
            Some(expr)
        })
    }

    /// Whether a form may stand where the context says.
    fn fits(&self, form: &Form, context: &Context) -> bool {
        let is_single = !matches!(form, Form::Group { .. } | Form::Update(_) | Form::Text(_));
        let is_node = matches!(form, Form::Call { .. } | Form::Map { .. });
        let is_deep = context.depth > 2 || context.items.is_some() || self.state.cost > 40;
        // Which collection a map is collected into must be written down, or be plain from the parameter.
        let is_bare_map = matches!(form, Form::Map { .. }) && context.inferred;
        let is_wanted = match (&context.only, form) {
            (None, _) => true,
            (Some(only), Form::Place { place, .. }) => only.contains(&place.var),
            (Some(_), _) => false,
        };
        is_wanted && (is_single || !context.inferred) && !(is_node && is_deep) && !is_bare_map
    }

    /// Whether a form does more with a collection that a map fills than to pass it on.
    fn is_collected_in_expression(&self, form: &Form) -> bool {
        let Form::Place { place, text, .. } = form else {
            return false;
        };
        self.state.vars[place.var].origin == Origin::Collected
            && !matches!(text.as_str(), "{}" | "&{}")
    }

    /// Writes a form, drawing what it is made of.
    fn write(&mut self, form: &Form, context: &Context) -> Option<Expr> {
        Some(match form {
            Form::Place { place, usage, text } => {
                if self.is_collected_in_expression(form) {
                    self.add(Kind::CollectedInExpression);
                }
                if context.items.is_some_and(|items| place.var < items) {
                    self.add(Kind::LocalInMap);
                }
                Expr::Code(self.use_place(place, *usage, text))
            }
            Form::Text(text) => Expr::Code(text.clone()),
            Form::Update(base) => {
                let x = self.argument(&Ty::Num, &Context { gathered: true, ..context.clone() })?;
                let base = self.use_place(base, Usage::Read, self.state.value(base));
                Expr::wrapped("Point { x: ", x, &format!(", ..{base} }}"))
            }
            Form::Group { open, items, close } => {
                let context = Context { gathered: true, ..context.clone() };
                let mut written = Vec::new();
                for (label, ty) in items {
                    written.push(Expr::wrapped(label, self.argument(ty, &context)?, ""));
                }
                Expr::Group { open: open.clone(), items: written, close: close.clone() }
            }
            Form::Format(open) => Expr::Code(format!("{open}{}", self.format()?)),
            Form::Map { ty, open } => {
                // Behind a reference, `collect()` alone would be taken for a slice.
                let (map, _, _) = self.map(Some(ty), open.is_empty(), context)?;
                Expr::wrapped(open, map, "")
            }
            Form::Call { ty, open, close } => {
                let offers = self.weigh(self.offers(Some(ty)));
                let (call, _) =
                    self.first_of(offers, |drawer, offer| drawer.call(offer, context))?;
                if context.gathered {
                    self.add(Kind::CallInGather);
                }
                Expr::wrapped(open, Expr::Call(call), close)
            }
        })
    }

    /// Uses a place in a text, in which it is `{}`.
    pub(super) fn use_place(&mut self, place: &Place, usage: Usage, text: &str) -> String {
        let path = self.state.path(place);
        self.state.touch(place, usage);
        text.replace("{}", &path)
    }

    /// `format!` of one or two places, by name in the text where they are names.
    fn format(&mut self) -> Option<String> {
        let mut places = self.state.places();
        places.retain(|place| matches!(place.ty, Ty::Num | Ty::Text));
        if places.is_empty() {
            return None;
        }
        let chosen: Vec<Place> =
            (0..self.rng.between(1, 2)).map(|_| self.rng.pick(&places).clone()).collect();
        let inline = self.rng.percent(70) && chosen.iter().all(|place| place.field.is_none());
        let specs: Vec<&str> =
            chosen.iter().map(|_| *self.rng.pick(&["", "", ":?", ":>4"])).collect();
        let paths: Vec<String> =
            chosen.iter().map(|place| self.use_place(place, Usage::Read, "{}")).collect();
        let holes = |names: &[String]| {
            let hole = |(name, spec): (&String, &&str)| format!("{{{name}{spec}}}");
            names.iter().zip(&specs).map(hole).collect::<Vec<_>>().join("-")
        };
        if inline {
            self.add(Kind::FormatInline);
            return Some(format!("format!(\"{}\")", holes(&paths)));
        }
        let blank = vec![String::new(); paths.len()];
        Some(format!("format!(\"{}\", {})", holes(&blank), paths.join(", ")))
    }
}
