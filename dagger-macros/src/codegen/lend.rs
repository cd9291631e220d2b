//! What a nested dag borrows: the owners of a call's arguments, for a callee that is a dag.
//!
//! An argument `&data.rows[1..]` is a reference as far as the call goes. Beside it goes the owner of
//! `data`, with the way from there to the same place; see `dagger_core::lend`. A task ignores it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Expr, UnOp};

use super::graph::{Emitter, Kept};
use super::{at, own};
use crate::body::places::{self, How};
use crate::body::syntax::{self, bare};
use crate::body::{Argument, Call, ValueId};
use crate::ownership::{Input, Mode};

impl Emitter<'_> {
    /// The owners of what the arguments of a call borrow: nested pairs, up to the last that borrows.
    pub(super) fn owners(&self, call: &Call, inputs: &[Input], kept: Kept) -> TokenStream {
        let mut moved: Vec<ValueId> = Vec::new();
        for argument in &call.arguments {
            places::visit(&mut argument.expr.clone(), &mut |_, mention| {
                if mention.how != How::Borrow {
                    moved.push(mention.value);
                }
            });
        }
        let mut owners: Vec<Option<TokenStream>> = Vec::new();
        for argument in &call.arguments {
            owners.push(self.owner_of(argument, inputs, kept, &mut moved));
        }
        let private = &self.private;
        let mut list = quote!(());
        let mut seen = false;
        for (argument, owner) in call.arguments.iter().zip(owners).rev() {
            seen |= owner.is_some();
            if !seen {
                continue;
            }
            let not_lent = || at(argument.expr.span(), quote!(#private::NotLent));
            let owner = owner.unwrap_or_else(not_lent);
            list = quote!((#owner, #list));
        }
        list
    }

    /// The owner of what an argument borrows; `None` where it shows none.
    fn owner_of(
        &self,
        argument: &Argument,
        inputs: &[Input],
        kept: Kept,
        moved: &mut Vec<ValueId>,
    ) -> Option<TokenStream> {
        let private = &self.private;
        if argument.reads_item {
            return Some(at(argument.expr.span(), quote!(#private::Partition)));
        }
        if !lends(argument, &self.references) {
            let borrows = matches!(bare(&argument.expr), Expr::Reference(_));
            let not_lent = at(argument.expr.span(), quote!(#private::NotLent));
            return borrows.then_some(not_lent);
        }
        let mut mentioned = Vec::new();
        places::visit(&mut argument.expr.clone(), &mut |_, mention| mentioned.push(mention.value));
        let owners = inputs.iter().enumerate();
        let owners: Vec<_> = owners.filter(|(_, input)| mentioned.contains(&input.value)).collect();
        // A value that the step owns can be lent once, and not if it is moved as well.
        for (_, owner) in owners.iter().filter(|(_, owner)| self.is_owned(owner)) {
            if moved.contains(&owner.value) {
                return None;
            }
            moved.push(owner.value);
        }
        if let ([(place, owner)], Some(_)) = (&owners[..], whole(&argument.expr)) {
            let owner = self.keep(*place, owner, kept);
            return Some(quote!(#private::Whole(#owner)));
        }
        Some(self.part(argument, &owners, kept))
    }

    /// Whether a step owns the value, rather than sharing it.
    pub(super) fn is_owned(&self, input: &Input) -> bool {
        input.mode == Mode::Take && !self.references.contains(&input.value)
    }

    /// What keeps the value of the input at this place.
    fn keep(&self, place: usize, input: &Input, kept: Kept) -> TokenStream {
        let is_reference = self.references.contains(&input.value);
        if input.mode == Mode::Borrow && kept == Kept::InPlace && !is_reference {
            let (slot, from) = (self.slot(input.value, input.span), own("i"));
            let place = proc_macro2::Literal::usize_unsuffixed(place);
            return quote!(#slot.owner(#from, #place));
        }
        if !self.is_owned(input) {
            return Self::owner(input).into_token_stream();
        }
        let (private, local) = (&self.private, self.local(input.value, input.span));
        let whole = input.held.then(|| {
            let whole = syn::Ident::new(crate::body::WHOLE, Span::call_site());
            quote!(.#whole)
        });
        quote!(#private::Owned(#local #whole))
    }

    fn part(&self, argument: &Argument, owners: &[(usize, &Input)], kept: Kept) -> TokenStream {
        let (private, all) = (&self.private, own("kept"));
        let (mut keep, mut pattern) = (quote!(()), quote!(()));
        let mut borrows = TokenStream::new();
        for (place, input) in owners.iter().rev() {
            let (owner, value) = (Self::owner(input), self.local(input.value, input.span));
            let one = self.keep(*place, input, kept);
            keep = quote!((#one, #keep));
            pattern = quote!((#owner, #pattern));
            let borrow = match (input.mode, self.references.contains(&input.value)) {
                (_, true) => quote!(let #value = #owner.get();),
                (Mode::Borrow, false) => quote!(let #value = &**#owner;),
                (Mode::Take, false) => quote!(let #value = &#owner.0;),
            };
            borrows.extend(borrow);
            if input.held {
                let whole = syn::Ident::new(crate::body::WHOLE, Span::call_site());
                borrows.extend(quote!(let #value = #private::Held { #whole: #value };));
            }
        }
        let lent = owners.iter().map(|(_, owner)| Input { mode: Mode::Borrow, ..**owner });
        let lent: Vec<_> = lent.collect();
        let expr = self.rewrite(&argument.expr, &lent);
        quote! {
            #private::part(#keep, |#all| {
                let #pattern = #all;
                #borrows
                #expr
            })
        }
    }
}

/// The value in `&value`, or in a mention of a parameter that is a reference.
fn whole(expr: &Expr) -> Option<&Expr> {
    match bare(expr) {
        Expr::Reference(reference) => match bare(&reference.expr) {
            name @ Expr::Path(_) => Some(name),
            _ => None,
        },
        name @ Expr::Path(_) => Some(name),
        _ => None,
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
pub(super) fn is_constant(expr: &Expr) -> bool {
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
pub(super) fn is_place(expr: &Expr) -> bool {
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
