//! Calls of nodes: the user's call, of whatever the callee is in the graph.

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Type};

use super::graph::{Emitter, Kept, finishes};
use super::lend::{is_constant, is_place};
use super::link::Linked;
use super::{at, at_ident, own, own_at};
use crate::body::places::{self, How};
use crate::body::syntax::{bare, ends};
use crate::body::{Call, Node, Question, WHOLE};
use crate::ownership::Input;

impl Emitter<'_> {
    pub(super) fn node(&mut self, node: &Node, inputs: &[Input]) {
        let private = self.private.clone();
        let Node { call, output, ty } = node;
        let linked = self.links.to(&call.callee.path);
        let (link, place) = (&linked.marker, place(call));
        self.markers.push(link.clone());
        let needs_block = call.awaited.is_some()
            && call.arguments.iter().any(|argument| {
                !lasts(&argument.expr) || self.borrows_taken(&argument.expr, inputs)
            });
        // A future that borrows from nothing but the inputs can be handed out as it is.
        let kept = if needs_block { Kept::Shared } else { Kept::InPlace };
        let receive = self.receive(inputs, 0, kept, Some(link));
        let in_scope = &call.in_scope;
        let receive = quote!(#(let #in_scope = ();)* #receive);
        let borrows = self.borrows(inputs, kept);
        let slot = self.open(*output, place);
        let finishes = finishes(&call.question, ty.as_ref(), self.fallible);
        // What the call returns has a slot of its own where it is not yet the output.
        let returned = match finishes {
            true => self.open_returned(place),
            false => slot.clone(),
        };
        let pick = match self.is_unread(*output) && !finishes {
            true => "pick_unread",
            false => "pick",
        };
        let (pick, called) = (self.pick(call, &linked, pick), self.called(call, inputs, kept));
        let from = own("i");
        let code = if needs_block {
            let (context, value) = (own("cx"), own_at("r", place));
            let value_of = self.checked(call, link, &called);
            let awaited = self.awaited(call, link, &value_of, &quote!(&#context), &quote!(0));
            let done = self.value(&value);
            // With its generic arguments at the same place: rustc blames them for a bound.
            let run = with_generics("run", link, 1, place);
            let block = quote_spanned! {place=>
                async move { #borrows #pick #awaited #done }
            };
            let work = self.done(&quote!(#returned.#run(#block)));
            quote! {
                #receive
                let #context = #from.context();
                #work
            }
        } else {
            let Called { is, value, owners } = called;
            let method = if call.awaited.is_some() { "wait" } else { "call" };
            let method = with_generics(method, link, 4, place);
            let work = self.done(&quote!(#returned.#method(#is, #value, #owners, #from)));
            quote!(#receive #borrows #pick #work)
        };
        let finish = match finishes {
            true => self.finish(call, ty.as_ref(), &returned, &slot),
            false => TokenStream::new(),
        };
        let (callee, output) =
            (Literal::usize_unsuffixed(linked.number), Literal::usize_unsuffixed(*output));
        let (reads, describe) = (self.reads(inputs), self.describe(call, None));
        let step = quote! {
            #private::Step::node(#callee, &[#reads], &[#output], #describe, #finishes)
        };
        self.push(step, &code, &finish);
    }

    /// Whether an argument borrows a value that its entry takes, for another argument to move a part
    /// of it.
    fn borrows_taken(&self, argument: &Expr, inputs: &[Input]) -> bool {
        let mut borrows = false;
        places::visit(&mut argument.clone(), &mut |_, mention| {
            let input = inputs.iter().find(|input| input.value == mention.value);
            borrows |=
                mention.how == How::Borrow && input.is_some_and(|input| self.is_owned(input));
        });
        borrows
    }

    /// What follows a call: its `?`, and the type that a `let` gives it.
    fn finish(
        &self,
        call: &Call,
        ty: Option<&Type>,
        returned: &Ident,
        slot: &Ident,
    ) -> TokenStream {
        let (private, from) = (&self.private, own("i"));
        let value = own_at("r", place(call));
        let take = quote!(let #value = #returned.take(#from, 0););
        let last = last_of(call);
        let typed = |last: Span| {
            ty.map(|ty| {
                let (hold, held) = self.hold(&value, last);
                quote!(#hold let #value: #ty = #held;)
            })
        };
        match &call.question {
            Question::Mark(mark) => {
                let (hold, held) = self.hold(&value, last);
                let typed = typed(mark.span());
                let put = self.done(&quote!(#slot.put(#value)));
                quote!(#take #hold let #value = #held #mark; #typed #put)
            }
            Question::Tail if self.fallible => {
                let typed = typed(last);
                let tail = self.done(&quote!(#private::Tail(#value).dagger_tail(#slot, #from)));
                quote!(#take #typed #tail)
            }
            Question::None | Question::Tail => {
                let typed = typed(last);
                let put = self.done(&quote!(#slot.put(#value)));
                quote!(#take #typed #put)
            }
        }
    }

    /// Picks what the call of a function calls in the graph.
    pub(super) fn pick(&self, call: &Call, linked: &Linked, method: &str) -> TokenStream {
        let private = &self.private;
        let whole = own_at("c", ends(&call.callee).0);
        let (link, function) = (&linked.marker, &linked.function);
        let count = Literal::usize_unsuffixed(call.arguments.len());
        let method = Ident::new(method, Span::mixed_site());
        quote! {
            let #whole = #private::Pick::<#link, _, #count>::new(#function).#method();
        }
    }

    /// The user's call in the parts that a check of it takes.
    ///
    /// It stays one expression in one statement, since what an argument borrows may end with that.
    pub(super) fn called(&self, call: &Call, inputs: &[Input], kept: Kept) -> Called {
        let (first, last) = ends(&call.callee);
        let (whole, field) = (own_at("c", first), own_at("f", last));
        let (again, is) = (own_at("c", last), own_at("is", last));
        let arguments = call.arguments.iter().map(|argument| self.rewrite(&argument.expr, inputs));
        let arguments = list(quote!(#(#arguments),*), call.paren.span.join());
        Called {
            is: quote!(#again.#is),
            value: quote!((#whole.#field) #arguments),
            owners: self.owners(call, inputs, kept),
        }
    }

    /// The value of a call, with what a nested dag borrows.
    pub(super) fn checked(&self, call: &Call, link: &Ident, called: &Called) -> TokenStream {
        let (first, last) = ends(&call.callee);
        let Called { is, value, owners } = called;
        let checked = list(quote!(#is, #value, #owners), last);
        let (private, check) =
            (at_ident(&self.private, first), at(last, quote!(::called::<#link, _, _, _>)));
        quote!(#private #check #checked)
    }

    /// Awaits a call: a statement that leaves the value in `__dagger_r`.
    pub(super) fn awaited(
        &self,
        call: &Call,
        link: &Ident,
        called: &TokenStream,
        context: &TokenStream,
        partition: &TokenStream,
    ) -> TokenStream {
        let (first, last) = ends(&call.callee);
        let value = own_at("r", first);
        let (private, settle) =
            (at_ident(&self.private, first), at(last, quote!(::settle_await::<#link, _>)));
        let wait = at(last, quote!(.await?));
        let list = list(quote!(#called, #context, #partition), last);
        quote!(let #value = #private #settle #list #wait;)
    }

    /// The end of a future that only the library can fail.
    pub(super) fn value(&self, value: &Ident) -> TokenStream {
        let private = &self.private;
        let result = quote!(::core::result::Result::<_, #private::Failure>::Ok(#value));
        at(value.span(), result)
    }

    /// Holds a value, so that it can be spanned from its own place to `last`.
    pub(super) fn hold(&self, value: &Ident, last: Span) -> (TokenStream, TokenStream) {
        let (private, whole) = (&self.private, Ident::new(WHOLE, last));
        let dot = syn::Token![.](last);
        (quote!(let #value = #private::Held { #whole: #value };), quote!(#value #dot #whole))
    }
}

/// Whether what an argument borrows is among the inputs of its entry, and no temporary value that is
/// gone when the entry returns.
fn lasts(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Field(field) => lasts(&field.base),
        Expr::Reference(reference) => is_place(&reference.expr) || is_constant(&reference.expr),
        Expr::MethodCall(call) => {
            places::borrows(&call.method.to_string())
                && is_place(&call.receiver)
                && call.args.iter().all(lasts)
        }
        Expr::Binary(binary) => lasts(&binary.left) && lasts(&binary.right),
        Expr::Unary(unary) => lasts(&unary.expr),
        Expr::Cast(cast) => lasts(&cast.expr),
        Expr::Index(index) => is_place(&index.expr) && lasts(&index.index),
        Expr::Call(call) => call.args.iter().all(lasts),
        Expr::Tuple(tuple) => tuple.elems.iter().all(lasts),
        Expr::Array(array) => array.elems.iter().all(lasts),
        Expr::Struct(literal) => {
            literal.rest.is_none() && literal.fields.iter().all(|field| lasts(&field.expr))
        }
        _ => false,
    }
}

/// A call: what says whether it is one of a node, its value, and the owners of what it borrows.
pub(super) struct Called {
    is: TokenStream,
    value: TokenStream,
    owners: TokenStream,
}

/// The arguments of a call, in parentheses at a place of the user's.
fn list(arguments: TokenStream, place: Span) -> Group {
    let mut list = Group::new(Delimiter::Parenthesis, arguments);
    list.set_span(place);
    list
}

/// A method of a slot with its generic arguments: the link, and what rustc infers.
pub(super) fn with_generics(name: &str, link: &Ident, inferred: usize, place: Span) -> TokenStream {
    with_generics_at(name, link, &vec![place; inferred], place)
}

/// The same; what rustc infers stands at these places, which it blames for a bound.
pub(super) fn with_generics_at(
    name: &str,
    link: &Ident,
    inferred: &[Span],
    place: Span,
) -> TokenStream {
    let (name, link) = (Ident::new(name, place), at_ident(link, place));
    let inferred = inferred.iter().map(|place| syn::Token![_](*place));
    quote_spanned!(place=> #name::<#link, #(#inferred),*>)
}

/// Where the name of a callee stands.
pub(super) fn place(call: &Call) -> Span {
    call.callee.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span())
}

/// Where a call ends, less its `?`.
pub(super) fn last_of(call: &Call) -> Span {
    call.awaited.map_or_else(|| call.paren.span.join(), |awaited| awaited.span())
}
