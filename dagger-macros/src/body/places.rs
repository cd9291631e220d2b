//! Where an expression mentions values of the graph, and what each mention asks of them.

use quote::quote;
use syn::ext::IdentExt;
use syn::{BinOp, Expr, Member, UnOp};

use super::ValueId;
use super::syntax::{ValueMacro, captured_by, value_macro};

/// What a mention does to the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Reads it in place.
    Borrow,
    /// Moves it, or copies it.
    Value,
    /// Calls a method on it, which may borrow or move.
    Receiver,
}

/// A mention: the value, the fields that lead to the part it is about, and what it does.
pub(crate) struct Mention {
    pub(crate) value: ValueId,
    pub(crate) path: Vec<Member>,
    pub(crate) how: How,
}

/// Methods that borrow their receiver, whatever its type.
pub(crate) fn borrows(method: &str) -> bool {
    const NAMES: [&str; 18] = [
        "bytes",
        "chars",
        "clone",
        "cmp",
        "contains",
        "contains_key",
        "copied",
        "eq",
        "first",
        "get",
        "iter",
        "keys",
        "last",
        "len",
        "lines",
        "partial_cmp",
        "starts_with",
        "values",
    ];
    NAMES.contains(&method) || ["as_", "to_", "is_"].iter().any(|prefix| method.starts_with(prefix))
}

/// Visits all mentions in `expr`, in source order. The visitor may replace the expression that
/// names the place, and is not called for what it puts there.
pub(crate) fn visit(expr: &mut Expr, visitor: &mut dyn FnMut(&mut Expr, Mention)) {
    walk(expr, How::Value, visitor);
}

fn walk(expr: &mut Expr, how: How, visitor: &mut dyn FnMut(&mut Expr, Mention)) {
    if let Some((value, path)) = place(expr) {
        visitor(expr, Mention { value, path, how });
        return;
    }
    let by_value = How::Value;
    match expr {
        Expr::Reference(reference) => walk(&mut reference.expr, How::Borrow, visitor),
        Expr::Field(field) => walk(&mut field.base, how, visitor),
        Expr::MethodCall(call) => {
            let receiver = match borrows(&call.method.to_string()) {
                true => How::Borrow,
                false => How::Receiver,
            };
            walk(&mut call.receiver, receiver, visitor);
            call.args.iter_mut().for_each(|argument| walk(argument, by_value, visitor));
        }
        Expr::Index(index) => {
            walk(&mut index.expr, How::Borrow, visitor);
            walk(&mut index.index, by_value, visitor);
        }
        Expr::Unary(unary) => {
            let operand = if matches!(unary.op, UnOp::Deref(_)) { How::Receiver } else { by_value };
            walk(&mut unary.expr, operand, visitor);
        }
        Expr::Binary(binary) => {
            let compares = matches!(
                binary.op,
                BinOp::Eq(_)
                    | BinOp::Ne(_)
                    | BinOp::Lt(_)
                    | BinOp::Le(_)
                    | BinOp::Gt(_)
                    | BinOp::Ge(_)
            );
            let operand = if compares { How::Borrow } else { by_value };
            walk(&mut binary.left, operand, visitor);
            walk(&mut binary.right, operand, visitor);
        }
        Expr::Paren(paren) => walk(&mut paren.expr, how, visitor),
        Expr::Group(group) => walk(&mut group.expr, how, visitor),
        Expr::Cast(cast) => walk(&mut cast.expr, by_value, visitor),
        Expr::Call(call) => call.args.iter_mut().for_each(|e| walk(e, by_value, visitor)),
        Expr::Tuple(tuple) => tuple.elems.iter_mut().for_each(|e| walk(e, by_value, visitor)),
        Expr::Array(array) => array.elems.iter_mut().for_each(|e| walk(e, by_value, visitor)),
        Expr::Repeat(repeat) => walk(&mut repeat.expr, by_value, visitor),
        Expr::Struct(literal) => {
            literal.fields.iter_mut().for_each(|field| walk(&mut field.expr, by_value, visitor));
            // What the update takes of the rest may be copied although the whole cannot.
            literal.rest.iter_mut().for_each(|rest| walk(rest, How::Receiver, visitor));
        }
        Expr::Range(range) => {
            range.start.iter_mut().for_each(|end| walk(end, by_value, visitor));
            range.end.iter_mut().for_each(|end| walk(end, by_value, visitor));
        }
        Expr::Macro(mac) => match value_macro(mac) {
            Some(ValueMacro::Vec { mut elements, repeat }) => {
                elements.iter_mut().for_each(|element| walk(element, by_value, visitor));
                mac.mac.tokens = match (repeat, &elements[..]) {
                    (true, [element, times]) => quote!(#element; #times),
                    _ => quote!(#(#elements),*),
                };
            }
            Some(ValueMacro::Format { text, mut arguments }) => {
                for argument in &mut arguments {
                    let argument = match argument {
                        Expr::Assign(named) => &mut *named.right,
                        other => other,
                    };
                    walk(argument, How::Borrow, visitor);
                }
                mac.mac.tokens = quote!(#text #(, #arguments)*);
            }
            Some(ValueMacro::Constant) | None => {}
        },
        _ => {}
    }
}

/// Reads `__dagger_v7`, `__dagger_v7.field.0`, and `__dagger_v7.__dagger_whole.field`.
pub(crate) fn place(expr: &Expr) -> Option<(ValueId, Vec<Member>)> {
    match expr {
        Expr::Path(path) => {
            let name = path.path.get_ident()?.to_string();
            Some((name.strip_prefix("__dagger_v")?.parse().ok()?, Vec::new()))
        }
        Expr::Field(field) => {
            let (value, mut path) = place(&field.base)?;
            if !is_whole(&field.member) {
                path.push(field.member.clone());
            }
            Some((value, path))
        }
        Expr::Group(group) => place(&group.expr),
        Expr::Paren(paren) => place(&paren.expr),
        _ => None,
    }
}

fn is_whole(member: &Member) -> bool {
    matches!(member, Member::Named(name) if name == super::WHOLE)
}

/// Whether a place is spanned as a call, in which case its value is held in a struct of one field.
pub(crate) fn held(place: &Expr) -> bool {
    match place {
        Expr::Field(field) => is_whole(&field.member) || held(&field.base),
        Expr::Group(group) => held(&group.expr),
        Expr::Paren(paren) => held(&paren.expr),
        _ => false,
    }
}

/// Replaces the value that a place begins with: `__dagger_v7.field` by `root.field`.
pub(crate) fn replace_root(place: &mut Expr, root: &dyn Fn(&Expr) -> Expr) {
    match place {
        Expr::Field(field) if !is_whole(&field.member) => replace_root(&mut field.base, root),
        Expr::Group(group) => replace_root(&mut group.expr, root),
        Expr::Paren(paren) => replace_root(&mut paren.expr, root),
        other => *other = root(other),
    }
}

/// Whether an expression mentions one of these names anywhere, in format strings as well.
pub(crate) fn mentions(expr: &Expr, names: &[proc_macro2::Ident]) -> bool {
    fn any(tokens: proc_macro2::TokenStream, names: &[proc_macro2::Ident]) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => names.contains(&ident),
            proc_macro2::TokenTree::Group(group) => any(group.stream(), names),
            proc_macro2::TokenTree::Literal(literal) => {
                let captured = captured_by(&literal);
                captured.iter().any(|captured| names.iter().any(|name| name.unraw() == captured))
            }
            proc_macro2::TokenTree::Punct(_) => false,
        })
    }
    any(quote!(#expr), names)
}
