//! Forms of arguments: every expression that gives a value of a wanted type.

use super::{Context, Drawer};
use crate::generator::kinds::Kind;
use crate::generator::scope::{Place, Usage};
use crate::generator::types::Ty;

/// Text for literals.
const WORDS: [&str; 6] = ["north", "south-east", "a b c", "", "x", "v5"];

/// How to write an expression.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// A text in which `{}` is a place.
    Place { place: Place, usage: Usage, text: String },
    /// A text of a plain type: a literal, a constant.
    Text(String),
    /// Expressions of these types between two texts, each after a text of its own.
    Group { open: String, items: Vec<(String, Ty)>, close: String },
    /// `Point { x: …, ..place }`
    Update(Place),
    /// `format!(…)` of places, after a text.
    Format(&'static str),
    /// A node call between two texts.
    Call { ty: Ty, open: &'static str, close: &'static str },
    /// A map, after a text.
    Map { ty: Ty, open: &'static str },
}

pub(super) type Choice = (usize, (Kind, Form));

impl Drawer<'_> {
    /// Expressions that own their value.
    pub(super) fn owned(&mut self, ty: &Ty, context: &Context) -> Vec<Choice> {
        let mut choices = Vec::new();
        for place in self.state.places().into_iter().filter(|place| place.ty == *ty) {
            let is_field = place.field.is_some();
            if ty.is_copy() {
                let kind = if is_field { Kind::FieldCopy } else { Kind::Copy };
                choices.push((8, (kind, read(&place, self.state.value(&place)))));
                continue;
            }
            if ty.is_clone() {
                choices.push((3, (Kind::Clone, read(&place, "{}.clone()"))));
            }
            if self.state.can_move(&place, context.items) {
                let kind = match ty {
                    _ if is_field => Kind::PartialMove,
                    ty if !ty.is_sync() => Kind::MoveUnshareable,
                    ty if !ty.is_clone() => Kind::MoveUncloneable,
                    _ => Kind::Move,
                };
                choices.push((8, (kind, taken(&place, "{}"))));
            }
        }
        choices.extend(self.computed(ty, context));
        choices.extend(self.built(ty).into_iter().map(|(kind, form)| (2, (kind, form))));
        choices.push((4, (Kind::NestedCall, Form::Call { ty: ty.clone(), open: "", close: "" })));
        if *ty == Ty::Num {
            choices.push((
                1,
                (Kind::CallInExpression, Form::Call { ty: Ty::Num, open: "", close: " + 1" }),
            ));
        }
        if matches!(ty, Ty::List(_) | Ty::Set | Ty::Deque | Ty::Table | Ty::Text) {
            let weight = if matches!(ty, Ty::Set | Ty::Deque | Ty::Table) { 8 } else { 3 };
            choices.push((weight, (Kind::MapInArgument, Form::Map { ty: ty.clone(), open: "" })));
        }
        choices
    }

    /// Expressions that compute a value of this type from places of others.
    fn computed(&mut self, ty: &Ty, context: &Context) -> Vec<Choice> {
        let mut choices = Vec::new();
        for place in self.state.places() {
            let value = self.state.value(&place);
            // What few values offer is chosen more often.
            let is_rare = matches!(place.ty, Ty::Registry | Ty::Point) || *ty == Ty::Bytes;
            let weight = if is_rare { 8 } else { 2 };
            let forms = match (ty, &place.ty) {
                (Ty::Num, Ty::Num) => {
                    let text = match self.rng.below(3) {
                        0 => format!("{value} + 1"),
                        1 => format!("({value} + 3) * 2"),
                        _ => format!("{value} % 7"),
                    };
                    vec![(Kind::Arithmetic, read(&place, &text))]
                }
                (Ty::Num, Ty::Registry) => vec![(Kind::KeyIndex, read(&place, "{}[\"low\"]"))],
                (Ty::Num, Ty::Text | Ty::Set | Ty::Deque | Ty::Table) => {
                    vec![(Kind::MethodCall, read(&place, "{}.len() as u64"))]
                }
                (Ty::Num, Ty::List(_)) if place.ty.is_sync() => {
                    vec![(Kind::MethodCall, read(&place, "{}.len() as u64"))]
                }
                (Ty::Text, Ty::Num) => vec![(Kind::MethodCall, read(&place, "{}.to_string()"))],
                (Ty::Text, Ty::Text) => {
                    let mut forms = vec![(Kind::MethodCall, read(&place, "{}.to_uppercase()"))];
                    if self.state.can_move(&place, context.items) {
                        forms.push((Kind::MovingOperator, taken(&place, "{} + \"!\"")));
                    }
                    forms
                }
                (Ty::Bytes, Ty::Text) if self.state.can_move(&place, context.items) => {
                    vec![(Kind::MovingMethod, taken(&place, "{}.into_bytes()"))]
                }
                (Ty::Bytes, Ty::Text) => {
                    vec![(Kind::MethodCall, read(&place, "{}.as_bytes().to_vec()"))]
                }
                (Ty::Point, Ty::Point) => vec![(Kind::StructUpdate, Form::Update(place))],
                (Ty::Option(_), Ty::List(item)) if **item == Ty::Num => {
                    vec![(Kind::MethodCall, read(&place, "{}.first().copied()"))]
                }
                _ => Vec::new(),
            };
            choices.extend(forms.into_iter().map(|(kind, form)| (weight, (kind, form))));
        }
        choices
    }

    /// Expressions that build a value of this type from others, or from nothing.
    fn built(&mut self, ty: &Ty) -> Vec<(Kind, Form)> {
        let word = *self.rng.pick(&WORDS);
        let number = self.rng.below(20);
        let literal = |text: String| (Kind::Literal, Form::Text(text));
        let anonymous = |ty: &Ty| (String::new(), ty.clone());
        let some =
            |drawer: &mut Self, low, ty: &Ty| vec![anonymous(ty); drawer.rng.between(low, 3)];
        match ty {
            Ty::Num => vec![
                literal(number.to_string()),
                (Kind::Constant, Form::Text("LIMIT".to_owned())),
                (Kind::AssociatedCall, Form::Text(format!("u64::from({number}_u32)"))),
            ],
            Ty::Text => {
                let text = match self.rng.below(3) {
                    0 => format!("String::from({word:?})"),
                    1 => format!("{word:?}.to_string()"),
                    _ => format!("{word:?}.to_owned()"),
                };
                vec![literal(text), (Kind::Format, Form::Format(""))]
            }
            Ty::Bytes => vec![literal(format!("b{word:?}.to_vec()"))],
            Ty::Unit => vec![literal("()".to_owned())],
            Ty::Duration => vec![(
                Kind::AssociatedCall,
                group("Duration::from_millis(", [anonymous(&Ty::Num)], ")"),
            )],
            Ty::Token => {
                vec![(Kind::AssociatedCall, group("Token::new(", [anonymous(&Ty::Num)], ")"))]
            }
            Ty::Ticket => {
                vec![(Kind::AssociatedCall, group("Ticket::new(", [anonymous(&Ty::Num)], ")"))]
            }
            Ty::Registry => {
                vec![(Kind::AssociatedCall, Form::Text("Registry::default()".to_owned()))]
            }
            Ty::Set => {
                vec![(Kind::ArrayGather, group("BTreeSet::from([", some(self, 1, &Ty::Num), "])"))]
            }
            Ty::Deque => {
                vec![(Kind::ArrayGather, group("VecDeque::from([", some(self, 1, &Ty::Num), "])"))]
            }
            Ty::Table => vec![(
                Kind::ArrayGather,
                group("BTreeMap::from([", some(self, 1, &Ty::pair()), "])"),
            )],
            Ty::List(item) => vec![(Kind::VecGather, group("vec![", some(self, 0, item), "]"))],
            Ty::Tuple(items) => {
                vec![(Kind::TupleGather, group("(", items.iter().map(anonymous), ")"))]
            }
            Ty::Point | Ty::Summary | Ty::Batch => {
                let fields = ty.fields().into_iter().map(|(name, ty)| (format!("{name}: "), ty));
                vec![(Kind::StructGather, group(&format!("{ty} {{ "), fields, " }"))]
            }
            Ty::Option(value) => {
                let none = (Kind::Literal, Form::Text("None".to_owned()));
                vec![(Kind::SomeArgument, group("Some(", [anonymous(value)], ")")), none]
            }
            Ty::Result(value, _) if **value == Ty::Num => {
                vec![(Kind::OkArgument, group("Ok(", [anonymous(value)], ")"))]
            }
            _ => Vec::new(),
        }
    }

    /// Expressions that borrow: `ty` is a reference.
    pub(super) fn borrowed(&mut self, ty: &Ty, context: &Context) -> Vec<Choice> {
        let owned = ty.owned();
        let mut choices = Vec::new();
        for place in
            self.state.places().into_iter().filter(|place| place.ty == owned && owned.is_sync())
        {
            let is_reference = self.state.is_reference(&place);
            let is_of_closure = context.items.is_some_and(|items| place.var >= items)
                && !self.state.vars[place.var].by_ref;
            if context.escapes && is_of_closure {
                continue;
            }
            let kind = if place.field.is_some() { Kind::FieldBorrow } else { Kind::Borrow };
            let mut borrow = |weight, kind, text: &str| {
                let form = Form::Place {
                    place: place.clone(),
                    usage: Usage::Borrow,
                    text: text.to_owned(),
                };
                choices.push((weight, (kind, form)));
            };
            borrow(8, kind, if is_reference { "{}" } else { "&{}" });
            match ty {
                Ty::Slice(_) => {
                    borrow(3, Kind::SliceIndex, "&{}[..]");
                    borrow(1, Kind::MethodCall, "{}.as_slice()");
                }
                Ty::Str => borrow(2, Kind::MethodCall, "{}.as_str()"),
                _ => {}
            }
        }
        if *ty == Ty::Str {
            let word = *self.rng.pick(&WORDS);
            choices.push((2, (Kind::Literal, Form::Text(format!("{word:?}")))));
        }
        // A temporary lives as long as the call; a future that leaves its closure outlives it.
        if !context.escapes {
            choices.extend(self.temporaries(ty));
        }
        choices
    }

    /// References to values made on the spot.
    fn temporaries(&mut self, ty: &Ty) -> Vec<Choice> {
        let owned = ty.owned();
        let call = Form::Call { ty: owned.clone(), open: "&", close: "" };
        let mut choices = vec![(3, (Kind::BorrowOfCall, call))];
        match ty {
            Ty::Str => choices.push((2, (Kind::Format, Form::Format("&")))),
            Ty::Slice(item) => {
                let items = vec![(String::new(), (**item).clone()); self.rng.between(0, 3)];
                choices.push((1, (Kind::ArrayGather, group("&[", items, "]"))));
                choices.push((2, (Kind::MapInArgument, Form::Map { ty: owned, open: "&" })));
            }
            Ty::Ref(inner) => {
                for (kind, form) in self.built(inner) {
                    let form = match form {
                        Form::Group { open, items, close } => {
                            Form::Group { open: format!("&{open}"), items, close }
                        }
                        Form::Text(text) => Form::Text(format!("&{text}")),
                        other => other,
                    };
                    choices.extend((!matches!(form, Form::Format(_))).then_some((1, (kind, form))));
                }
            }
            _ => {}
        }
        choices
    }
}

fn read(place: &Place, text: &str) -> Form {
    Form::Place { place: place.clone(), usage: Usage::Read, text: text.to_owned() }
}

fn taken(place: &Place, text: &str) -> Form {
    Form::Place { place: place.clone(), usage: Usage::Move, text: text.to_owned() }
}

fn group(open: &str, items: impl IntoIterator<Item = (String, Ty)>, close: &str) -> Form {
    Form::Group {
        open: open.to_owned(),
        items: items.into_iter().collect(),
        close: close.to_owned(),
    }
}
