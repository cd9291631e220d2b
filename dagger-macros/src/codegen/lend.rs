//! Loans: which value of the graph an argument borrows from, for a callee that is a dag.
//!
//! An argument `&data.rows[1..]` is a reference as far as the call goes. Beside the call stands a
//! closure that leads from the owner of `data` to the same place; see `dagger_core::lend`. It is
//! never run for a task.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, UnOp};

use super::graph::Emitter;
use super::own;
use crate::body::places::{self, How};
use crate::body::syntax::{self, bare};
use crate::body::{Argument, Call, ValueId};
use crate::ownership::{Input, Mode};

impl Emitter<'_> {
    /// `value`, what `call` returned, with the loans of its arguments.
    pub(super) fn with_loans(
        &self,
        call: &Call,
        link: &TokenStream,
        inputs: &[Input],
        value: TokenStream,
    ) -> TokenStream {
        let mut moved: Vec<ValueId> = Vec::new();
        for argument in &call.arguments {
            places::visit(&mut argument.expr.clone(), &mut |_, mention| {
                if mention.how != How::Borrow {
                    moved.push(mention.value);
                }
            });
        }
        call.arguments.iter().enumerate().fold(value, |value, (index, argument)| {
            let Some(owners) = self.owners(argument, inputs) else { return value };
            // A value that the node owns can be lent once, and not if it is moved as well.
            for owner in owners.iter().filter(|owner| self.is_owned(owner)) {
                if moved.contains(&owner.value) {
                    return value;
                }
                moved.push(owner.value);
            }
            let loan = self.loan(argument, &owners);
            let (private, target) = (self.private(), own("target"));
            quote! {
                #private::lend::<#index, _, _, _, _, _>(#link, #value, move |#target| #loan)
            }
        })
    }

    fn is_owned(&self, input: &Input) -> bool {
        input.mode == Mode::Take && !self.references.contains(&input.value)
    }

    /// The values that a borrow leads to; `None` where it leads to something else.
    fn owners(&self, argument: &Argument, inputs: &[Input]) -> Option<Vec<Input>> {
        if !lends(argument, &self.references) {
            return None;
        }
        let mut mentioned = Vec::new();
        places::visit(&mut argument.expr.clone(), &mut |_, mention| mentioned.push(mention.value));
        let of_argument = |input: &&Input| mentioned.contains(&input.value);
        Some(inputs.iter().filter(of_argument).copied().collect())
    }

    fn loan(&self, argument: &Argument, owners: &[Input]) -> TokenStream {
        let private = self.private();
        let (owner, target) = (own("owner"), own("target"));
        let (mut kept, mut pattern) = (quote!(()), quote!(()));
        let mut borrows = TokenStream::new();
        for input in owners.iter().rev() {
            let (arc, value) =
                (Self::arc(input), crate::body::value_ident(input.value, input.span));
            let is_reference = self.references.contains(&input.value);
            let (keep, borrow) = match (input.mode, is_reference) {
                (Mode::Borrow, false) => {
                    (quote!(::std::sync::Arc::clone(#arc)), quote!(let #value = &**#arc;))
                }
                (Mode::Borrow, true) => {
                    (quote!(::std::sync::Arc::clone(#arc)), quote!(let #value = #arc.get();))
                }
                (Mode::Take, true) => {
                    (quote!(::core::clone::Clone::clone(#arc)), quote!(let #value = #arc.get();))
                }
                (Mode::Take, false) => (quote!(#value), quote!(let #value = #arc;)),
            };
            kept = quote!((#keep, #kept));
            pattern = quote!((#arc, #pattern));
            borrows.extend(borrow);
            if input.held {
                borrows.extend(self.held(&value, input));
            }
        }
        let lent: Vec<_> = owners.iter().map(|o| Input { mode: Mode::Borrow, ..*o }).collect();
        let expr = self.rewrite(&argument.expr, &lent);
        quote! {
            #private::loan(#target, #kept, |#owner| {
                let #pattern = #owner;
                #borrows
                #expr
            })
        }
    }

    /// Holds a borrowed value as it is mentioned; an owned one is held already.
    fn held(&self, value: &syn::Ident, input: &Input) -> TokenStream {
        let (private, whole) =
            (self.private(), syn::Ident::new(crate::body::WHOLE, Span::call_site()));
        match self.is_owned(input) {
            true => quote!(let #value = #private::Held { #whole: &#value.#whole };),
            false => quote!(let #value = #private::Held { #whole: #value };),
        }
    }
}

/// Whether an argument shows what it borrows from.
pub(crate) fn lends(argument: &Argument, references: &[ValueId]) -> bool {
    if argument.reads_item {
        return false;
    }
    match bare(&argument.expr) {
        Expr::Reference(reference) => is_place(&reference.expr) || is_constant(&reference.expr),
        Expr::Path(_) => {
            let mut lends = false;
            places::visit(&mut argument.expr.clone(), &mut |_, mention| {
                lends |= references.contains(&mention.value);
            });
            lends
        }
        Expr::Lit(literal) => {
            matches!(literal.lit, syn::Lit::Str(_) | syn::Lit::ByteStr(_) | syn::Lit::CStr(_))
        }
        Expr::MethodCall(call) => {
            const BORROWS: [&str; 4] = ["as_str", "as_slice", "as_bytes", "as_path"];
            call.args.is_empty()
                && BORROWS.iter().any(|method| call.method == method)
                && is_place(&call.receiver)
        }
        _ => false,
    }
}

/// Whether an expression is made of literals, so that a borrow of it lives for ever.
fn is_constant(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Lit(_) => true,
        // The type of an empty array is its consumer's to say, and a loan has none.
        Expr::Array(array) => !array.elems.is_empty() && array.elems.iter().all(is_constant),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_constant),
        Expr::Reference(reference) => is_constant(&reference.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_constant(&unary.expr),
        _ => false,
    }
}

/// Whether an expression names a place, rather than making a value.
fn is_place(expr: &Expr) -> bool {
    match bare(expr) {
        // A value of the graph, or a constant; `None` is neither.
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.ident.to_string().starts_with("__dagger_v") || syntax::is_constant(&last.ident)
        }),
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_place(&unary.expr),
        _ => false,
    }
}
