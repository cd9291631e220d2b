//! What a DAG returns.

use super::{Context, Drawer};
use crate::generator::kinds::Kind;
use crate::generator::model::Expr;
use crate::generator::scope::{Origin, Place, Usage};
use crate::generator::types::Ty;

/// The shape of a result.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Single,
    Call,
    Tuple,
    Struct,
    Field,
    Unit,
    /// A `Result` as it comes, without `?` and `Ok`.
    Result,
}

impl Drawer<'_> {
    /// Draws the result: its type without `Result`, and how it is written.
    pub(super) fn result(&mut self) -> Option<(Ty, Option<Expr>)> {
        let shapes = vec![
            (8, Shape::Single),
            (4, Shape::Call),
            (5, Shape::Tuple),
            (4, Shape::Struct),
            (1, Shape::Field),
            (if self.state.vars.is_empty() { 6 } else { 1 }, Shape::Unit),
            (2, Shape::Result),
        ];
        let drawn = self.first_of(shapes, |drawer, shape| {
            let (ty, expr) = drawer.shaped(*shape)?;
            // Without this shape a `Result` would make the whole DAG fallible.
            let is_result = matches!(ty, Ty::Result(..)) && !matches!(shape, Shape::Result);
            drawer.add(match shape {
                Shape::Single => Kind::ResultSingle,
                Shape::Call => Kind::ResultCall,
                Shape::Tuple => Kind::ResultTuple,
                Shape::Struct => Kind::ResultStruct,
                Shape::Field => Kind::ResultField,
                Shape::Unit => Kind::ResultUnit,
                Shape::Result => Kind::ResultTail,
            });
            (!is_result).then_some((ty, expr, *shape))
        });
        let (ty, expr, shape) = drawn?;
        if self.rules.fault.is_none() || matches!(shape, Shape::Result) {
            return Some((ty, expr));
        }
        self.add(Kind::ResultOk);
        let value = expr.unwrap_or_else(|| Expr::Code("()".to_owned()));
        Some((ty, Some(Expr::wrapped("Ok(", value, ")"))))
    }

    fn shaped(&mut self, shape: Shape) -> Option<(Ty, Option<Expr>)> {
        let (ty, expr) = match shape {
            Shape::Single => self.output(|place| place.field.is_none(), &mut Vec::new())?,
            Shape::Field => self.output(|place| place.field.is_some(), &mut Vec::new())?,
            Shape::Tuple => self.tuple_of_outputs()?,
            Shape::Struct => self.struct_of_outputs()?,
            Shape::Unit => return Some((Ty::Unit, None)),
            Shape::Call => self.tail_call(false)?,
            Shape::Result => self.tail_call(true)?,
        };
        Some((ty, Some(expr)))
    }

    /// The output of a node, which nobody has used if there is such a one. `chosen` are the variables of the outputs
    /// before.
    fn output(
        &mut self,
        fits: impl Fn(&Place) -> bool,
        chosen: &mut Vec<usize>,
    ) -> Option<(Ty, Expr)> {
        let mut outputs = Vec::new();
        for place in self.state.places() {
            let is_output = self.state.vars[place.var].origin == Origin::Node && fits(&place);
            let is_free = place.ty.is_copy() || self.state.can_move(&place, None);
            if is_output && is_free {
                let weight = if self.state.is_used(place.var) { 1 } else { 8 };
                outputs.push((weight, place));
            }
        }
        self.first_of(outputs, |drawer, place| {
            if chosen.contains(&place.var) {
                drawer.add(Kind::ResultRepeated);
            }
            chosen.push(place.var);
            let usage = if place.ty.is_copy() { Usage::Read } else { Usage::Move };
            Some((place.ty.clone(), Expr::Code(drawer.use_place(place, usage, "{}"))))
        })
    }

    /// Two or three outputs.
    fn tuple_of_outputs(&mut self) -> Option<(Ty, Expr)> {
        let mut chosen = Vec::new();
        let (mut types, mut items) = (Vec::new(), Vec::new());
        for _ in 0..self.rng.between(2, 3) {
            let (ty, output) = self.output(|place| place.field.is_none(), &mut chosen)?;
            types.push(ty);
            items.push(output);
        }
        let (open, close) = ("(".to_owned(), ")".to_owned());
        Some((Ty::Tuple(types), Expr::Group { open, items, close }))
    }

    /// Named outputs.
    fn struct_of_outputs(&mut self) -> Option<(Ty, Expr)> {
        let ty = self.rng.pick(&[Ty::Summary, Ty::Summary, Ty::Point, Ty::Batch]).clone();
        let (mut chosen, mut items) = (Vec::new(), Vec::new());
        for (field, field_ty) in ty.fields() {
            let fits = |place: &Place| place.field.is_none() && place.ty == field_ty;
            let (_, output) = self.output(fits, &mut chosen)?;
            items.push(Expr::wrapped(&format!("{field}: "), output, ""));
        }
        Some((ty.clone(), Expr::Group { open: format!("{ty} {{ "), items, close: " }".to_owned() }))
    }

    /// A node call as the last expression. `as_result` asks for one whose `Result` is that of the DAG.
    fn tail_call(&mut self, as_result: bool) -> Option<(Ty, Expr)> {
        let mut offers = self.offers(None);
        offers.retain(|offer| match &offer.output {
            Ty::Result(_, fault) => as_result && Some(*fault) == self.rules.fault,
            output => !as_result && !output.is_lazy(),
        });
        let offers = self.weigh(offers);
        let (call, output, node) = self.first_of(offers, |drawer, offer| {
            let (call, node) = drawer.call(offer, &Context::default())?;
            Some((call, offer.output.clone(), node))
        })?;
        let Ty::Result(value, _) = output else {
            return Some((output, Expr::Call(call)));
        };
        // Its failure is the failure of the DAG, as if it had `?`.
        self.state.nodes[node].fails = true;
        Some((*value, Expr::Call(call)))
    }
}
