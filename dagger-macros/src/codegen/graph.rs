//! The two sides of a body: a table of its steps, and a function with an entry for each.
//!
//! Each node call stands in an entry that gets the values it mentions and contains the user's call
//! with the user's argument expressions, tokens and spans kept, so that rustc reports a type error in
//! it as the one it has reported in the function. Between the entries stand slots, whose types rustc
//! infers; see `dagger_core::build::code`.

use std::collections::HashSet;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Ident};

use super::call::with_generics;
use super::link::Links;
use super::proxy::default_of;
use super::{at, at_ident, framed, own, own_at};
use crate::body::places::{self, How, replace_root};
use crate::body::syntax::ok_call;
use crate::body::{Model, Origin, Question, Step, ValueId, WHOLE, value_ident};
use crate::function::Function;
use crate::ownership::{Input, Inputs, Mode, Ownership, Split, decide};
use crate::text::code;

/// Where what a step borrows is while it does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Among the inputs of its entry, which does all there is to do.
    InPlace,
    /// With its work, which goes on when the entry has returned.
    Shared,
    /// With the map that it is an input of: its calls get a reference.
    ByMap,
}

pub(crate) struct Emitter<'a> {
    pub(super) function: &'a Function,
    /// The path of what generated code uses.
    pub(super) private: Ident,
    pub(super) links: Links,
    pub(super) values: Vec<Origin>,
    /// What the user calls a value, where it has a name.
    names: Vec<Option<Ident>>,
    pub(super) references: Vec<ValueId>,
    /// The outputs of nodes that nobody reads.
    pub(super) unread: HashSet<ValueId>,
    pub(super) fallible: bool,
    steps: Vec<TokenStream>,
    /// The slots with an entry that says how they are shared.
    shared: Vec<ValueId>,
    entries: TokenStream,
    /// What is asked of the types when all of them are known.
    pub(super) checks: TokenStream,
    /// The callee of each node.
    pub(super) markers: Vec<Ident>,
}

/// The graph of a dag: items, and the links that have to be around them.
pub(crate) struct Graph {
    /// The constant `__dagger_TABLE` and the function `__dagger_code`.
    pub(crate) items: TokenStream,
    pub(crate) links: Links,
    /// Whether the dag returns a `Result`.
    pub(crate) fallible: bool,
}

pub(crate) fn emit(function: &Function, mut model: Model) -> Graph {
    let mut ownership = decide(&mut model);
    let Model { values, names, steps, references, result, fallible, .. } = model;
    let is_output = |step: &Step| match step {
        Step::Node(node) => Some(node.output),
        Step::Map(_) | Step::Pattern { .. } => None,
    };
    let (outputs, read) = (steps.iter().filter_map(is_output), ownership.read());
    let unread = outputs.filter(|output| !read.contains(output)).collect();
    let mut emitter = Emitter {
        function,
        private: own("p"),
        links: Links::default(),
        values,
        names,
        references,
        unread,
        fallible,
        steps: Vec::new(),
        shared: Vec::new(),
        entries: TokenStream::new(),
        checks: TokenStream::new(),
        markers: Vec::new(),
    };
    emitter.parameters();
    let last = steps.len();
    for (index, step) in steps.into_iter().enumerate() {
        emitter.splits(ownership.splits(index));
        emitter.step(step, &ownership.inputs(index));
    }
    emitter.splits(ownership.splits(last));
    emitter.end(result.as_ref(), &mut ownership, last);
    emitter.values(&read);
    let table = emitter.table(result.as_ref());
    let (private, entry, inputs) = (&emitter.private, own("e"), own("i"));
    let (code, entries, checks) = (own("code"), &emitter.entries, &emitter.checks);
    let work = if fallible {
        let error = function.part_of_result("Error", private);
        quote!(::core::result::Result<#private::Work<'_>, #error>)
    } else {
        quote!(#private::Work<'_>)
    };
    let items = quote! {
        #table
        fn #code(#entry: u32, #inputs: &#private::Inputs) -> #work {
            #entries
            #checks
            #private::no_entry(#entry)
        }
    };
    Graph { items, links: emitter.links, fallible }
}

impl Emitter<'_> {
    /// The slot of a value, at a place of the user's.
    pub(super) fn slot(&self, value: ValueId, span: Span) -> Ident {
        own_at(&format!("s{value}"), span.resolved_at(self.function.name().span()))
    }

    /// A value in the code: under the user's name for it, which rustc may mention, and with the
    /// hygiene of that name. A mention of another name that only looks the same, as there may be
    /// where macros write a body, is an unknown name then, and no other value.
    pub(super) fn local(&self, value: ValueId, span: Span) -> Ident {
        match self.names.get(value).and_then(Option::as_ref) {
            Some(name) => at_ident(name, span.resolved_at(name.span())),
            None => value_ident(value, span.resolved_at(self.function.name().span())),
        }
    }

    /// What keeps a value alive that is mentioned as a borrow, where it is a value of its own.
    pub(super) fn owner(input: &Input) -> Ident {
        own_at(&format!("o{}", input.value), input.span)
    }

    /// A step of the table, with an entry for its code and, maybe, one that finishes a node.
    pub(super) fn push(&mut self, step: TokenStream, code: &TokenStream, finish: &TokenStream) {
        let number = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        self.steps.push(step);
        self.entry(&Literal::u32_unsuffixed(2 * number).into_token_stream(), code);
        if !finish.is_empty() {
            self.entry(&Literal::u32_unsuffixed(2 * number + 1).into_token_stream(), finish);
        }
    }

    pub(super) fn entry(&mut self, number: &TokenStream, code: &TokenStream) {
        let entry = own("e");
        self.entries.extend(quote!(if #entry == #number { #code }));
    }

    /// The end of an entry.
    pub(super) fn done(&self, work: &TokenStream) -> TokenStream {
        match self.fallible {
            true => quote!(return ::core::result::Result::Ok(#work);),
            false => quote!(return #work;),
        }
    }

    /// Opens a slot in front of the step that fills it, so that rustc learns its type at once.
    pub(super) fn open(&mut self, value: ValueId, span: Span) -> Ident {
        let (private, slot) = (&self.private, self.slot(value, span));
        self.entries.extend(quote!(let #slot = #private::slot();));
        slot
    }

    /// Opens a slot of this name.
    pub(super) fn open_as(&mut self, slot: &Ident) {
        let private = &self.private;
        self.entries.extend(quote!(let #slot = #private::slot();));
    }

    /// The number of the step that is next.
    pub(super) fn next_step(&self) -> usize {
        self.steps.len()
    }

    /// Whether nobody reads the output of a node.
    pub(super) fn is_unread(&self, output: ValueId) -> bool {
        self.unread.contains(&output)
    }

    /// A slot for what a call returns, where its output is made of that.
    pub(super) fn open_returned(&mut self, span: Span) -> Ident {
        let (private, slot) = (&self.private, own_at("w", span));
        self.entries.extend(quote!(let #slot = #private::slot();));
        slot
    }

    /// The parameters: slots whose type is known.
    fn parameters(&mut self) {
        let private = self.private.clone();
        for (index, parameter) in self.function.parameters.iter().enumerate() {
            let slot = self.slot(index, parameter.name.span());
            let ty = parameter.held(&private);
            self.entries.extend(quote!(let #slot = #private::slot::<#ty>();));
        }
    }

    /// How a step reads its inputs, for the table; in the order of [`receive`](Self::receive).
    pub(super) fn reads(&self, inputs: &[Input]) -> TokenStream {
        let private = &self.private;
        let reads = inputs.iter().map(|input| {
            let value = Literal::usize_unsuffixed(input.value);
            match input.mode {
                Mode::Take => quote!(#private::take(#value)),
                Mode::Borrow => quote!(#private::borrow(#value)),
            }
        });
        quote!(#(#reads),*)
    }

    /// Gets the values that a step reads: what it takes, and what it borrows. `first` is the place
    /// of the first of them among all that the step reads.
    /// A value that moves into the call of a node is kept for another attempt, if that node has any.
    pub(super) fn receive(
        &mut self,
        inputs: &[Input],
        first: usize,
        kept: Kept,
        node: Option<&Ident>,
    ) -> TokenStream {
        let from = own("i");
        let mut tokens = TokenStream::new();
        for (index, input) in inputs.iter().enumerate() {
            let slot = self.slot(input.value, input.span);
            let place = Literal::usize_unsuffixed(first + index);
            let is_reference = self.references.contains(&input.value);
            let (value, method) = match (input.mode, kept) {
                (Mode::Take, _) if !is_reference => (self.local(input.value, input.span), "take"),
                (Mode::Take, _) => (Self::owner(input), "take"),
                (Mode::Borrow, Kept::Shared | Kept::ByMap) => (Self::owner(input), "share"),
                (Mode::Borrow, Kept::InPlace) if is_reference => (Self::owner(input), "borrow"),
                (Mode::Borrow, Kept::InPlace) => (self.local(input.value, input.span), "borrow"),
            };
            if input.mode == Mode::Borrow {
                self.share(input);
            }
            let method = match (node, method) {
                (Some(node), "take") => with_generics("take_for", node, 0, input.span),
                _ => Ident::new(method, input.span).into_token_stream(),
            };
            tokens.extend(quote!(let #value = #slot.#method(#from, #place);));
        }
        tokens
    }

    /// The entry that says how a slot is shared, which is where the first step borrows it.
    fn share(&mut self, input: &Input) {
        if self.shared.contains(&input.value) {
            return;
        }
        self.shared.push(input.value);
        let (private, slot) = (self.private.clone(), self.slot(input.value, input.span));
        let by_ref = Ident::new("by_ref", input.span);
        let number = Literal::usize_unsuffixed(input.value);
        let work = self.done(&quote!(#slot.#by_ref()));
        self.entry(&quote!(#private::SHARING + #number), &work);
    }

    /// Borrows what arrived shared, and holds what is mentioned as a call.
    pub(super) fn borrows(&self, inputs: &[Input], kept: Kept) -> TokenStream {
        let (private, whole) = (&self.private, Ident::new(WHOLE, Span::call_site()));
        let mut tokens = TokenStream::new();
        for input in inputs {
            let (value, owner) = (self.local(input.value, input.span), Self::owner(input));
            if self.references.contains(&input.value) {
                let lent = match (input.mode, kept) {
                    (Mode::Take, _) => Some(quote!(&#owner)),
                    (Mode::Borrow, Kept::Shared) => Some(quote!(&*#owner)),
                    (Mode::Borrow, Kept::InPlace | Kept::ByMap) => None,
                };
                let lent = lent.map(|lent| quote!(let #owner = #lent;));
                tokens.extend(quote!(#lent let #value = #owner.get();));
            } else if input.mode == Mode::Borrow && kept == Kept::Shared {
                tokens.extend(quote!(let #owner = &#owner; let #value = &**#owner;));
            }
            if input.held {
                tokens.extend(quote!(let #value = #private::Held { #whole: #value };));
            }
        }
        tokens
    }

    fn step(&mut self, step: Step, inputs: &Inputs) {
        match step {
            Step::Node(node) => self.node(&node, &inputs.once),
            Step::Map(map) => self.map(&map, inputs),
            Step::Pattern { pattern, bound, .. } => {
                let Some(whole) = inputs.once.first() else { return };
                let value = self.local(whole.value, whole.span);
                let parts: Vec<_> = bound
                    .iter()
                    .map(|(name, part)| (*part, name.span(), name.to_token_stream()))
                    .collect();
                self.take_apart(whole.value, whole.span, &quote!(let #pattern = #value;), &parts);
            }
        }
    }

    fn splits(&mut self, splits: Vec<Split>) {
        for Split { value, parts, span } in splits {
            let whole = self.local(value, span);
            let parts: Vec<_> =
                parts.iter().map(|(path, part)| (*part, span, quote!(#whole #(.#path)*))).collect();
            self.take_apart(value, span, &TokenStream::new(), &parts);
        }
    }

    /// A step that takes a value and fills a slot with each of its parts.
    fn take_apart(
        &mut self,
        value: ValueId,
        span: Span,
        pattern: &TokenStream,
        parts: &[(ValueId, Span, TokenStream)],
    ) {
        let private = self.private.clone();
        let (from, whole, local) = (own("i"), self.slot(value, span), self.local(value, span));
        let (mut filled, mut fills) = (Vec::new(), Vec::new());
        for (part, span, tokens) in parts {
            let slot = self.open(*part, *span);
            let method = Ident::new("part", *span);
            filled.push(quote!(#slot.#method(#tokens)));
            fills.push(Literal::usize_unsuffixed(*part));
        }
        let names = parts.iter().map(|(part, ..)| self.name_of_part(*part));
        let names = quote!(&[#(#names),*]);
        let value = Literal::usize_unsuffixed(value);
        let work = self.done(&quote!(#private::parts([#(#filled),*])));
        self.push(
            quote!(#private::Step::take_apart(&[#private::take(#value)], &[#(#fills),*], #names)),
            &quote!(let #local = #whole.take(#from, 0); #pattern #work),
            &TokenStream::new(),
        );
    }

    /// The last step: it makes what the function returns.
    fn end(&mut self, result: Option<&Expr>, ownership: &mut Ownership, step: usize) {
        let private = self.private.clone();
        let inputs = ownership.inputs(step).once;
        let receive = self.receive(&inputs, 0, Kept::Shared, None);
        let borrows = self.borrows(&inputs, Kept::Shared);
        let reads = self.reads(&inputs);
        let ret = self.function.return_type();
        let value = match result {
            Some(result) => self.rewrite(result, &inputs).into_token_stream(),
            None => quote!(()),
        };
        let value = match result {
            Some(result) if ok_call(result).is_some() => value,
            _ if self.fallible => quote!(::core::result::Result::Ok(#value)),
            _ => value,
        };
        let end = if self.fallible { quote!(end_fallible) } else { quote!(end) };
        let values = inputs.iter().rev().fold(quote!(()), |rest, input| {
            let value = match (input.mode, self.references.contains(&input.value)) {
                (Mode::Take, false) => self.local(input.value, input.span),
                _ => Self::owner(input),
            };
            quote!((#value, #rest))
        });
        // The closure returns what the function does, so that rustc compares the same types. The
        // end is at the place of the type, which is to blame if it cannot be sent.
        let place = self.function.place_of_result();
        let made = own_at("r", place);
        let end = self.done(&at(place, quote!(#private::#end(#made))));
        let returned = result.map(|result| ok_call(result).map_or(result.clone(), |(_, of)| of));
        let place = returned.as_ref().and_then(places::place);
        let hands_on = place.is_some_and(|(_, path)| path.is_empty());
        self.push(
            quote!(#private::Step::end(&[#reads], #hands_on)),
            &quote! {
                #receive
                let #made = #private::apply(#values, |#values| -> #ret { #borrows #value });
                #end
            },
            &TokenStream::new(),
        );
    }

    fn table(&self, result: Option<&Expr>) -> TokenStream {
        let private = &self.private;
        let (table, function, ret) =
            (own("TABLE"), self.function.text(), self.function.return_type());
        let parameters = self.function.parameters.iter().enumerate().map(|(index, parameter)| {
            let (name, ty) = (parameter.name.unraw().to_string(), code(&parameter.ty));
            let held = parameter.held(private);
            let default = match &parameter.default {
                Some(default) => {
                    let make = default_of(index);
                    let text = code(default);
                    quote! {
                        ::core::option::Option::Some((#text, || ::std::boxed::Box::new(#make())))
                    }
                }
                None => quote!(::core::option::Option::None),
            };
            let takes = parameter
                .borrowed()
                .map(|target| quote!(.taking(|| (&&&#private::Owners::<#target>::of()).list())));
            let outside = self.outside_of_parameter(parameter);
            quote!(#private::Declared::new::<#held>(#name, #ty, #default) #takes #outside)
        });
        let callees = self.links.markers().map(|link| quote!(#private::Callee::of::<#link>()));
        let (steps, slots) = (&self.steps, Literal::usize_unsuffixed(self.values.len()));
        let outputs = result.map(|result| self.outputs(result)).unwrap_or_default();
        let value = match self.fallible {
            true => self.function.part_of_result("Value", private),
            false => ret,
        };
        let place = self.function.place_of_result();
        let at_place = at_ident(private, place);
        let result = framed(place, quote!(#at_place::Type::of::<#value>));
        let (outside, has_edges) = (self.outside_of_result(&value), super::edges::ARE_EMITTED);
        quote! {
            const #table: #private::Table = #private::Table {
                function: #function,
                parameters: &[#(#parameters),*],
                callees: &[#(#callees),*],
                steps: &[#(#steps),*],
                slots: #slots,
                outputs: &[#outputs],
                result: #result,
                outside: #outside,
                has_edges: #has_edges,
            };
        }
    }

    /// A mention of a value, held or not, by its name in the code.
    fn mentioned(&self, value: ValueId, mention: &Expr) -> Expr {
        match mention {
            Expr::Field(held) => {
                let base = Box::new(self.mentioned(value, &held.base));
                Expr::Field(syn::ExprField { base, ..held.clone() })
            }
            name => {
                let local = match self.names.get(value).and_then(Option::as_ref) {
                    Some(known) => at_ident(known, name.span()),
                    None => self.local(value, name.span()),
                };
                let path = local.into();
                Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path })
            }
        }
    }

    /// A copy of what is only borrowed: `(&Duplicate(&place)).dagger_copy()`.
    fn copied(&self, place: &Expr, span: Span) -> Expr {
        let private = at_ident(&self.private, span);
        let copy = quote_spanned!(span=> (&#private::Duplicate(&#place)).dagger_copy());
        Expr::Verbatim(copy)
    }

    /// An expression with its mentions as the inputs hold them.
    pub(super) fn rewrite(&self, expr: &Expr, inputs: &[Input]) -> Expr {
        let private = &self.private;
        let mut expr = expr.clone();
        places::visit(&mut expr, &mut |place, mention| {
            let Some(input) = inputs.iter().find(|input| input.value == mention.value) else {
                return;
            };
            if input.mode == Mode::Take || self.references.contains(&mention.value) {
                replace_root(place, &|root| self.mentioned(mention.value, root));
                return;
            }
            let span = place.span();
            replace_root(place, &|root| dereferenced(self.mentioned(mention.value, root)));
            if mention.how == How::Value && input.only_copied {
                *place = syn::parse_quote_spanned!(span=> #private::only_copied(&#place));
            } else if mention.how == How::Value {
                *place = self.copied(place, span);
            }
        });
        expr
    }
}

/// `(*place)`, at the place. Written out, as the most frequent thing that is put into an expression.
fn dereferenced(place: Expr) -> Expr {
    let span = place.span();
    let paren_token = syn::token::Paren(span);
    let op = syn::UnOp::Deref(syn::Token![*](span));
    let expr =
        Box::new(Expr::Unary(syn::ExprUnary { attrs: Vec::new(), op, expr: Box::new(place) }));
    Expr::Paren(syn::ExprParen { attrs: Vec::new(), paren_token, expr })
}

/// Whether a call is followed by something that its entry cannot do.
pub(super) fn finishes(question: &Question, ty: Option<&syn::Type>, fallible: bool) -> bool {
    ty.is_some()
        || match question {
            Question::Mark(_) => true,
            Question::Tail => fallible,
            Question::None => false,
        }
}
