//! Maps: the code of a worker, and the fan-in.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::call::{last_of, place, with_generics, with_generics_at};
use super::graph::{Emitter, Kept};
use super::{at, at_ident, framed, own, own_at};
use crate::body::{Call, Collect, Map, Question};
use crate::body::{places, syntax};
use crate::ownership::Inputs;

impl Emitter<'_> {
    pub(super) fn map(&mut self, map: &Map, inputs: &Inputs) {
        let (private, context) = (self.private.clone(), own("cx"));
        let Map { call, source, .. } = map;
        // At the place of the source, which is to blame if it has no partitions.
        let (from, feed) = (own("i"), own_at("feed", syntax::ends(&source.expr).0));
        let linked = self.links.to(&call.callee.path);
        let (link, place) = (&linked.marker, place(call));
        self.markers.push(link.clone());
        // The partitions move, unless each worker borrows them from a value that all of them share.
        let partitions = (!source.borrowed).then(|| {
            let receive = self.receive(&inputs.once, 0, Kept::InPlace, None);
            let borrows = self.borrows(&inputs.once, Kept::InPlace);
            let source = self.rewrite(&source.expr, &inputs.once);
            quote! {
                let #feed = if #from.has_all() {
                    ::core::option::Option::Some({ #receive #borrows #source })
                } else {
                    ::core::option::Option::None
                };
            }
        });
        let receive = self.receive(&inputs.item, inputs.once.len(), Kept::Shared, None);
        let slot = self.open(map.output, place);
        let owners = inputs.item.iter().map(|input| match self.references.contains(&input.value) {
            false if input.mode == crate::ownership::Mode::Take => {
                self.local(input.value, input.span)
            }
            _ => Self::owner(input),
        });
        let shared = owners.rev().fold(quote!(()), |rest, owner| quote!((#owner, #rest)));
        let ends = match &map.collect {
            Collect::Into { question: Some(_), .. } => {
                let value = own_at("r", place);
                quote!(::core::option::Option::Some(|#value: &_| ::core::result::Result::is_err(#value)))
            }
            _ => quote!(::core::option::Option::None),
        };
        let (collect, results) = (self.collect(map), self.results(map));
        if let Collect::Into { method, question: None } = &map.collect {
            let (place, _) = syntax::ends(method);
            let (slot, private) = (self.slot(map.output, place), at_ident(&private, place));
            let method = Ident::new("dagger_collects", place);
            self.checks.extend(quote_spanned!(place=> #private::collects(#slot.#method());));
        }
        let work = if call.awaited.is_none() && !source.borrowed {
            // What is shared is to blame where it is mentioned.
            let mentioned = inputs.item.first().map_or(place, |input| input.span);
            let inferred = [place, mentioned, place, place, place, place, place];
            let method = with_generics_at("map", link, &inferred, place);
            let (call, finish) = self.call_of_partition(map, inputs);
            quote!(#slot.#method(#from, #feed, #shared, #call, #finish, #ends, #collect, #results))
        } else {
            let borrows = self.borrows(&inputs.item, Kept::Shared);
            let (each, work) = self.worker(map, inputs);
            let iterator = source.borrowed.then(|| {
                let source = self.rewrite(&source.expr, &inputs.item);
                quote!(::core::iter::IntoIterator::into_iter(#source),)
            });
            // At the place of the call, whose task may ask for more of its partitions.
            let (end, wait) = (own_at("feed", place), Ident::new("await", place));
            let (library, callee) = (at_ident(&private, place), at_ident(link, place));
            let of = quote_spanned!(place=> #library::of::<#callee>());
            let each = framed(place, quote!(#end.#each(#of, #iterator #work, #ends).#wait));
            let worker = quote! {
                |#end, #context: #private::Context, #shared| async move {
                    #borrows
                    let #context = &#context;
                    #each
                }
            };
            match source.borrowed {
                true => {
                    let method = with_generics("map_borrowed", link, 3, place);
                    quote!(#slot.#method(#from, #shared, #worker, #collect, #results))
                }
                false => {
                    let method = with_generics("map_by_worker", link, 4, place);
                    quote!(#slot.#method(#from, #feed, #shared, #worker, #collect, #results))
                }
            }
        };
        let done = self.done(&work);
        let in_scope = &call.in_scope;
        let (callee, output) =
            (Literal::usize_unsuffixed(linked.number), Literal::usize_unsuffixed(map.output));
        let (once, item) = (self.reads(&inputs.once), self.reads(&inputs.item));
        let comma = (!once.is_empty() && !item.is_empty()).then(|| quote!(,));
        let describe = self.describe(call, Some(&source.from));
        let (of, borrowed) = (Self::source_of(map, inputs), source.borrowed);
        let place_of_source = Literal::usize_unsuffixed(of.unwrap_or_default());
        let step = quote! {
            #private::Step::node(#callee, &[#once #comma #item], &[#output], #describe, false)
                .over(#place_of_source, #borrowed)
        };
        let code = quote!(#(let #in_scope = ();)* #partitions #receive #done);
        let number = self.next_step();
        self.push(step, &code, &TokenStream::new());
        let read = if source.borrowed { &inputs.item } else { &inputs.once };
        let read = of.and_then(|of| read.get(of..=of)).unwrap_or_default();
        self.partitions(map, number, read, &collect);
    }

    /// Which of the values that a map reads has the partitions.
    fn source_of(map: &Map, inputs: &Inputs) -> Option<usize> {
        let Map { source, .. } = map;
        let mut of = None;
        places::visit(&mut source.expr.clone(), &mut |_, mention| of = Some(mention.value));
        let read = if source.borrowed { &inputs.item } else { &inputs.once };
        read.iter().position(|input| Some(input.value) == of)
    }

    /// The call for a partition that moves, and what follows it, where neither is awaited.
    fn call_of_partition(&mut self, map: &Map, inputs: &Inputs) -> (TokenStream, TokenStream) {
        let Map { call, item, .. } = map;
        let linked = self.links.to(&call.callee.path);
        let value = own_at("r", place(call));
        let borrows = self.borrows(&inputs.item, Kept::ByMap);
        let called = self.called(call, &inputs.item, Kept::ByMap);
        let (pick, called) =
            (self.pick(call, &linked, "pick"), self.checked(call, &linked.marker, &called));
        let finish = self.finish_partition(call, &value);
        // What all calls share comes as its owner and, beside it, the value.
        let shared = inputs.item.iter().rev().fold(quote!(()), |rest, input| {
            let owner = Self::owner(input);
            match self.references.contains(&input.value) {
                true => quote!(((_, #owner), #rest)),
                false => {
                    let local = self.local(input.value, input.span);
                    quote!(((#owner, #local), #rest))
                }
            }
        });
        let call = quote! {
            |#shared, #item| { #borrows #pick let #value = #called; #value }
        };
        (call, finish)
    }

    /// The method that drives a worker, and what it does for a partition.
    fn worker(&mut self, map: &Map, inputs: &Inputs) -> (Ident, TokenStream) {
        let Map { call, source, item, .. } = map;
        let (context, partition) = (own("cx"), own("p_"));
        let linked = self.links.to(&call.callee.path);
        let place = place(call);
        let value = own_at("r", place);
        let called = self.called(call, &inputs.item, Kept::Shared);
        let (pick, called) =
            (self.pick(call, &linked, "pick"), self.checked(call, &linked.marker, &called));
        let (name, work) = if call.awaited.is_some() {
            let (cx, p) = (quote!(#context), quote!(#partition));
            let awaited = self.awaited(call, &linked.marker, &called, &cx, &p);
            let question = self.question_of(call, &value, &cx, &p);
            let done = self.value(&value);
            let work = quote! {
                move |#partition: usize, #item| async move { #pick #awaited #question #done }
            };
            (if source.borrowed { "each_of_async" } else { "each_async" }, work)
        } else {
            let finish = self.finish_partition(call, &value);
            let work = quote!(move |#item| { #pick let #value = #called; #value }, #finish);
            (if source.borrowed { "each_of" } else { "each" }, work)
        };
        (Ident::new(name, place), work)
    }

    /// What follows a call without `.await` in a map, as a function of what it returned.
    fn finish_partition(&self, call: &Call, value: &Ident) -> TokenStream {
        let (private, context, partition) = (&self.private, own("cx"), own("p_"));
        if !matches!(call.question, Question::Mark(_)) {
            return quote!(#private::as_it_is);
        }
        let question = self.question_of(call, value, &quote!(#context), &quote!(#partition));
        let done = self.value(value);
        quote!(|#value, #context: &#private::Context, #partition: usize| { #question #done })
    }

    /// The `?` of a call in a map.
    fn question_of(
        &self,
        call: &Call,
        value: &Ident,
        context: &TokenStream,
        partition: &TokenStream,
    ) -> TokenStream {
        let Question::Mark(mark) = &call.question else { return TokenStream::new() };
        let (hold, held) = self.hold(value, last_of(call));
        let question = self.question(&held, value, mark, context, partition);
        quote!(#hold #question)
    }

    /// `?` where the user wrote it, on a value that is spanned as what it followed there.
    fn question(
        &self,
        failing: &TokenStream,
        value: &Ident,
        mark: &syn::Token![?],
        context: &TokenStream,
        partition: &TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let error = self.function.part_of_result("Error", private);
        quote! {
            let #value = #private::question(
                (move || ::core::result::Result::<_, #error>::Ok(
                    #failing #mark
                ))(),
                #context,
                #partition,
            )?;
        }
    }

    /// The fan-in of a map: a function of its results in order.
    fn collect(&self, map: &Map) -> TokenStream {
        let (context, partition) = (own("cx"), own("p_"));
        let private = &self.private;
        // At the place of what is collected, which is to blame if it does not fit.
        let first = syntax::ends(&map.call.callee).0;
        let results = own_at("results", first);
        let typed = map.ty.as_ref().map(|ty| quote!(: #ty));
        let value = own_at("r", place(&map.call));
        let collected = match &map.collect {
            Collect::None => return quote!(#private::into_nothing),
            Collect::Vec if typed.is_none() => return quote!(#private::into_vec),
            Collect::Vec => {
                let vec = quote!(::core::iter::Iterator::collect::<::std::vec::Vec<_>>(#results));
                let vec = at(first, vec);
                quote!(let #value #typed = #vec;)
            }
            Collect::Into { method, question: None } => quote! {
                let #value #typed = #results.#method();
            },
            Collect::Into { method, question: Some(mark) } => {
                let (context, partition) = (quote!(#context), quote!(#partition));
                let question = self.question(&quote!(#value), &value, mark, &context, &partition);
                let typed = map.ty.as_ref().map(|ty| quote!(let #value: #ty = #value;));
                quote! {
                    let #value = #results.#method();
                    #question
                    #typed
                }
            }
        };
        let done = self.value(&value);
        quote! {
            |#results, #context: &#private::Context, #partition: usize| { #collected #done }
        }
    }
}
