//! The body of the function that builds the graph: one builder call a step.
//!
//! Each node call is outlined into a closure that gets the values it mentions and contains the
//! user's call with the user's argument expressions, tokens and spans kept, so that rustc reports a
//! type error in it as the one it has reported in the function.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident};

use super::link::{Linked, Links};
use super::{at, own, own_at};
use crate::body::places::{self, How, replace_root};
use crate::body::syntax::{bare, ends, ok_call};
use crate::body::{
    Argument, Call, Collect, Map, Model, Node, Origin, Question, Step, ValueId, WHOLE, value_ident,
};
use crate::function::Function;
use crate::ownership::{Input, Inputs, Mode, Ownership, Split, decide};
use crate::text::code;

pub(crate) struct Emitter<'a> {
    function: &'a Function,
    library: TokenStream,
    links: Links,
    values: Vec<Origin>,
    pub(super) references: Vec<ValueId>,
    fallible: bool,
}

/// The graph function's body, and the links that have to be around it.
pub(crate) fn emit(
    function: &Function,
    mut model: Model,
    library: &TokenStream,
) -> (TokenStream, Links) {
    let mut ownership = decide(&mut model);
    let Model { values, steps, references, result, fallible, .. } = model;
    let library = library.clone();
    let links = Links::default();
    let mut emitter = Emitter { function, library, links, values, references, fallible };
    let mut body = emitter.head();
    let last = steps.len();
    for (index, step) in steps.into_iter().enumerate() {
        body.extend(emitter.splits(ownership.splits(index)));
        body.extend(emitter.step(step, &ownership.inputs(index)));
    }
    body.extend(emitter.splits(ownership.splits(last)));
    body.extend(emitter.result(result, &mut ownership, last));
    (body, emitter.links)
}

impl Emitter<'_> {
    /// The handle of a value, at a place of the user's.
    fn handle(&self, value: ValueId, span: Span) -> Ident {
        own_at(&format!("h{value}"), span.resolved_at(self.function.name().span()))
    }
}

impl Emitter<'_> {
    pub(super) fn private(&self) -> TokenStream {
        let library = &self.library;
        quote!(#library::__private)
    }

    fn head(&self) -> TokenStream {
        let (private, builder, name) = (self.private(), own("b"), self.function.text());
        let mut tokens = quote!(let mut #builder = #private::Builder::new(#name););
        for (index, parameter) in self.function.parameters.iter().enumerate() {
            let handle = self.handle(index, parameter.name.span());
            let ty = parameter.held(&private);
            let name = syn::ext::IdentExt::unraw(&parameter.name).to_string();
            let type_text = code(&parameter.ty);
            let default = match &parameter.default {
                Some(default) => {
                    let text = code(default);
                    let value = parameter.hold(&quote!(#default), &private);
                    quote!(::core::option::Option::Some((#text, || -> #ty { #value })))
                }
                None => quote!(::core::option::Option::None),
            };
            tokens.extend(quote! {
                let #handle = #builder.parameter::<#ty>(#name, #type_text, #default);
            });
            if let Some(target) = parameter.borrowed() {
                tokens.extend(quote! {
                    {
                        use #private::{ListNone as _, ListOwned as _, ListShared as _};
                        #builder.takes((&&&#private::Owners::<#target>::of()).list());
                    }
                });
            }
        }
        tokens
    }

    /// The inputs as the builder wants them, and the pattern that receives their values.
    fn wires(&self, inputs: &[Input]) -> (TokenStream, TokenStream) {
        let (mut wires, mut pattern) = (quote!(()), quote!(()));
        for input in inputs.iter().rev() {
            let handle = self.handle(input.value, input.span);
            let read = match input.mode {
                Mode::Take => Ident::new("take", input.span),
                Mode::Borrow => Ident::new("by_ref", input.span),
            };
            let value = match (input.mode, self.references.contains(&input.value)) {
                (Mode::Take, false) => value_ident(input.value, input.span),
                _ => Self::arc(input),
            };
            wires = quote!((#handle.#read(), #wires));
            pattern = quote!((#value, #pattern));
        }
        (wires, pattern)
    }

    /// What keeps a value alive that is mentioned as a borrow.
    pub(super) fn arc(input: &Input) -> Ident {
        own_at(&format!("o{}", input.value), input.span)
    }

    /// Borrows what arrives shared, and holds what is mentioned as a call.
    fn borrows(&self, inputs: &[Input]) -> TokenStream {
        let (private, whole) = (self.private(), Ident::new(WHOLE, Span::call_site()));
        let mut tokens = TokenStream::new();
        for input in inputs {
            let (value, arc) = (value_ident(input.value, input.span), Self::arc(input));
            if self.references.contains(&input.value) {
                tokens.extend(quote!(let #arc = &#arc; let #value = #arc.get();));
            } else if input.mode == Mode::Borrow {
                tokens.extend(quote!(let #arc = &#arc; let #value = &**#arc;));
            }
            if input.held {
                tokens.extend(quote!(let #value = #private::Held { #whole: #value };));
            }
        }
        tokens
    }

    fn splits(&self, splits: Vec<Split>) -> TokenStream {
        let builder = own("b");
        let mut tokens = TokenStream::new();
        for Split { value, parts, span } in splits {
            let (mut handles, mut moved) = (quote!(()), quote!(()));
            let whole = value_ident(value, span);
            for (path, part) in parts.iter().rev() {
                let part = self.handle(*part, span);
                handles = quote!((#part, #handles));
                moved = quote!((#whole #(.#path)*, #moved));
            }
            let value = self.handle(value, span);
            tokens.extend(quote! {
                let #handles = #builder.split(#value, |#whole| #moved);
            });
        }
        tokens
    }

    fn step(&mut self, step: Step, inputs: &Inputs) -> TokenStream {
        match step {
            Step::Node(node) => self.node(&node, &inputs.once),
            Step::Map(map) => self.map(&map, inputs),
            Step::Pattern { pattern, bound, .. } => {
                let builder = own("b");
                let Some(whole) = inputs.once.first() else { return TokenStream::new() };
                let from = self.handle(whole.value, whole.span);
                let name = value_ident(whole.value, whole.span);
                let (mut handles, mut moved) = (quote!(()), quote!(()));
                for (name, part) in bound.iter().rev() {
                    let part = self.handle(*part, name.span());
                    handles = quote!((#part, #handles));
                    moved = quote!((#name, #moved));
                }
                quote! {
                    let #handles = #builder.split(#from, |#name| {
                        let #pattern = #name;
                        #moved
                    });
                }
            }
        }
    }

    fn node(&mut self, node: &Node, inputs: &[Input]) -> TokenStream {
        let (private, builder, context) = (self.private(), own("b"), own("cx"));
        let Node { call, output, ty } = node;
        let linked = self.links.to(&call.callee.path);
        let link = &linked.marker;
        let place = call.callee.span();
        let (output, value) = (self.handle(*output, place), own_at("r", place));
        let describe = self.describe(call, None);
        let (wires, pattern) = self.wires(inputs);
        let borrows = self.borrows(inputs);
        let (pick, called) = self.called(call, &linked, inputs);
        // With its generic arguments at the same place: rustc blames them for a bound.
        let method = |name: &str, generics: usize| with_generics(name, link, generics, place);
        if call.awaited.is_some() {
            let method = method("node_async", 3);
            let reference = quote!(&#context);
            let awaited = self.awaited(call, link, &called, &reference, &quote!(0));
            let finish = self.finish(call, ty.as_ref(), &reference, &quote!(0));
            let done = self.done(&value);
            let run = quote_spanned! {place=>
                |#context: #private::Context, #pattern| async move {
                    #borrows
                    #pick
                    #awaited
                    #finish
                    #done
                }
            };
            return quote! {
                let #output = #builder.#method(#describe, #wires, #run);
            };
        }
        // Spanned as the callee, which is to blame if its output cannot be sent.
        let run =
            quote_spanned!(place=> |#pattern| { #borrows #pick let #value = #called; #value });
        match (&call.question, ty) {
            (Question::None, None) => {
                let method = method("node", 3);
                quote! {
                    let #output = #builder.#method(#describe, #wires, #run);
                }
            }
            (Question::Tail, None) => {
                let method = method(if self.fallible { "node_result" } else { "node" }, 3);
                quote! {
                    let #output = #builder.#method(#describe, #wires, #run);
                }
            }
            _ => {
                let method = method("node_with", 4);
                let finish = self.finish_closure(call, ty.as_ref());
                quote! {
                    let #output = #builder.#method(
                        #describe,
                        #wires,
                        #run,
                        #finish,
                    );
                }
            }
        }
    }

    /// The user's call, of whatever the callee is in the graph: what picks it, and an expression.
    ///
    /// It stays one expression in one statement, since what an argument borrows may end with that.
    fn called(&self, call: &Call, linked: &Linked, inputs: &[Input]) -> (TokenStream, TokenStream) {
        let private = self.private();
        let (first, last) = ends(&call.callee);
        let (whole, field, is) = (own_at("c", first), own_at("f", last), own_at("is", last));
        let in_scope = &call.in_scope;
        let (link, function, count) = (&linked.marker, &linked.function, call.arguments.len());
        let arguments = call.arguments.iter().map(|argument| self.rewrite(&argument.expr, inputs));
        let arguments = list(quote!(#(#arguments),*), call.paren.span.join());
        let value = quote!((#whole.#field) #arguments);
        let phantom = quote!(::core::marker::PhantomData::<#link>);
        let value = self.with_loans(call, &phantom, inputs, value);
        let checked = list(quote!(#whole.#is, #value), last);
        let mut check = at(first, private.clone());
        check.extend(at(last, quote!(::check_callee::<#link, _, _>)));
        let pick = quote! {
            #(let #in_scope = ();)*
            let #whole = #private::Pick::<#link, _, #count>::new(#function).pick();
        };
        (pick, quote!(#check #checked))
    }

    /// Awaits a call: a statement that leaves the value in `__dagger_r`.
    fn awaited(
        &self,
        call: &Call,
        link: &Ident,
        called: &TokenStream,
        context: &TokenStream,
        partition: &TokenStream,
    ) -> TokenStream {
        let (first, last) = ends(&call.callee);
        let value = own_at("r", first);
        let mut settle = at(first, self.private());
        settle.extend(at(last, quote!(::settle_await::<#link, _>)));
        let wait = at(last, quote!(.await?));
        let list = list(quote!(#called, #context, #partition), last);
        quote!(let #value = #settle #list #wait;)
    }

    /// What follows a call: its `?`, and the type that a `let` gives it.
    fn finish(
        &self,
        call: &Call,
        ty: Option<&syn::Type>,
        context: &TokenStream,
        partition: &TokenStream,
    ) -> TokenStream {
        let private = self.private();
        let value = own_at("r", call.callee.span());
        let mut last = last_of(call);
        let question = match &call.question {
            Question::Mark(mark) => {
                let (hold, held) = self.hold(&value, last);
                last = mark.span();
                let question = self.question(&held, &value, mark, context, partition);
                quote!(#hold #question)
            }
            Question::Tail if self.fallible => quote! {
                let #value = #private::question(#value, #context, #partition)?;
            },
            Question::None | Question::Tail => TokenStream::new(),
        };
        let typed = ty.map(|ty| {
            let (hold, held) = self.hold(&value, last);
            quote!(#hold let #value: #ty = #held;)
        });
        quote!(#question #typed)
    }

    /// The same, as a closure over what a call without `.await` returned.
    fn finish_closure(&self, call: &Call, ty: Option<&syn::Type>) -> TokenStream {
        let (private, context, partition) = (self.private(), own("cx"), own("p"));
        let value = own_at("r", call.callee.span());
        let finish = self.finish(call, ty, &quote!(#context), &quote!(#partition));
        let done = self.done(&value);
        quote! {
            |#value, #context: &#private::Context, #partition: usize| { #finish #done }
        }
    }

    /// The end of a node's work.
    fn done(&self, value: &Ident) -> TokenStream {
        let private = self.private();
        let result = quote!(::core::result::Result::<_, #private::Failure>::Ok(#value));
        at(value.span(), result)
    }

    /// Holds a value, so that it can be spanned from its own place to `last`.
    fn hold(&self, value: &Ident, last: Span) -> (TokenStream, TokenStream) {
        let (private, whole) = (self.private(), Ident::new(WHOLE, last));
        let dot = syn::Token![.](last);
        (quote!(let #value = #private::Held { #whole: #value };), quote!(#value #dot #whole))
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
        let (private, ret) = (self.private(), self.function.return_type());
        quote! {
            let #value = #private::question(
                (move || ::core::result::Result::<_, <#ret as #private::Fallible>::Error>::Ok(
                    #failing #mark
                ))(),
                #context,
                #partition,
            )?;
        }
    }

    fn map(&mut self, map: &Map, inputs: &Inputs) -> TokenStream {
        let (private, builder, context) = (self.private(), own("b"), own("cx"));
        let (feed, partition) = (own("feed"), own("p"));
        let Map { call, source, item, .. } = map;
        let linked = self.links.to(&call.callee.path);
        let link = &linked.marker;
        let place = call.callee.span();
        let (output, value) = (self.handle(map.output, place), own_at("r", place));
        let describe = self.describe(call, Some(&source.from));
        let (wires, pattern) = self.wires(&inputs.item);
        let borrows = self.borrows(&inputs.item);
        let (pick, called) = self.called(call, &linked, &inputs.item);
        let collect = self.collect(map);
        let ends = match &map.collect {
            Collect::Into { question: Some(_), .. } => {
                quote!(|#value: &_| ::core::result::Result::is_err(#value))
            }
            _ => quote!(|_| false),
        };
        let (each, work) = if call.awaited.is_some() {
            let (cx, p) = (quote!(#context), quote!(#partition));
            let awaited = self.awaited(call, link, &called, &cx, &p);
            let finish = self.finish(call, None, &cx, &p);
            let done = self.done(&value);
            let work = quote! {
                move |#partition: usize, #item| async move { #pick #awaited #finish #done }
            };
            (if source.borrowed { "each_of_async" } else { "each_async" }, work)
        } else {
            let finish = self.finish_closure(call, None);
            let work = quote!(move |#item| { #pick let #value = #called; #value }, #finish);
            (if source.borrowed { "each_of" } else { "each" }, work)
        };
        let each = Ident::new(each, place);
        let iterator = source.borrowed.then(|| {
            let source = self.rewrite(&source.expr, &inputs.item);
            quote!(::core::iter::IntoIterator::into_iter(#source),)
        });
        let worker = quote! {
            |#feed, #context: #private::Context, #pattern| async move {
                #borrows
                let #context = &#context;
                #feed.#each(::core::marker::PhantomData::<#link>, #iterator #work, #ends).await
            }
        };
        if source.borrowed {
            let method = with_generics("map_borrowed", link, 4, place);
            return quote! {
                let #output = #builder.#method(
                    #describe, #wires, #worker, #collect,
                );
            };
        }
        let method = with_generics("map", link, 6, place);
        let (from, from_pattern) = self.wires(&inputs.once);
        let source = self.rewrite(&source.expr, &inputs.once);
        let from_borrows = self.borrows(&inputs.once);
        quote! {
            let #output = #builder.#method(
                #describe,
                #from,
                |#from_pattern| { #from_borrows #source },
                #wires,
                #worker,
                #collect,
            );
        }
    }

    /// The fan-in of a map: a closure over its results in order.
    fn collect(&self, map: &Map) -> TokenStream {
        let (results, context, partition) = (own("results"), own("cx"), own("p"));
        let private = self.private();
        let typed = map.ty.as_ref().map(|ty| quote!(: #ty));
        let value = own_at("r", map.call.callee.span());
        let collected = match &map.collect {
            Collect::None => quote! {
                ::core::mem::drop(#results);
                let #value = ();
            },
            Collect::Vec => quote! {
                let #value #typed = ::core::iter::Iterator::collect::<::std::vec::Vec<_>>(#results);
            },
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
        quote! {
            |#results, #context: &#private::Context, #partition: usize| {
                #collected
                ::core::result::Result::<_, #private::Failure>::Ok(#value)
            }
        }
    }

    fn result(
        &mut self,
        result: Option<Expr>,
        ownership: &mut Ownership,
        step: usize,
    ) -> TokenStream {
        let builder = own("b");
        let inputs = ownership.inputs(step);
        let (wires, pattern) = self.wires(&inputs.once);
        let borrows = self.borrows(&inputs.once);
        let ret = self.function.return_type();
        let outputs = result.as_ref().map(|result| self.outputs(result)).unwrap_or_default();
        let value = match &result {
            Some(result) => {
                let value = self.rewrite(result, &inputs.once);
                quote!(#value)
            }
            None => quote!(()),
        };
        let value = match &result {
            Some(result) if ok_call(result).is_some() => value,
            _ if self.fallible => quote!(::core::result::Result::Ok(#value)),
            _ => value,
        };
        let finish = if self.fallible { quote!(finish_fallible) } else { quote!(finish) };
        // The closure returns what the function does, so that rustc compares the same types.
        quote! {
            #builder.#finish::<_, #ret>(&[#outputs], #wires, |#pattern| -> #ret {
                #borrows
                #value
            })
        }
    }

    /// An expression with its mentions as the inputs hold them.
    pub(super) fn rewrite(&self, expr: &Expr, inputs: &[Input]) -> Expr {
        let private = self.private();
        let mut expr = expr.clone();
        places::visit(&mut expr, &mut |place, mention| {
            let Some(input) = inputs.iter().find(|input| input.value == mention.value) else {
                return;
            };
            if input.mode == Mode::Take || self.references.contains(&mention.value) {
                return;
            }
            let span = place.span();
            replace_root(place, &|root| syn::parse_quote_spanned!(root.span()=> (*#root)));
            if mention.how == How::Value && input.only_copied {
                *place = syn::parse_quote_spanned!(span=> #private::only_copied(&#place));
            } else if mention.how == How::Value {
                *place = syn::parse_quote_spanned! {span=>
                    (&#private::Duplicate(&#place)).dagger_copy()
                };
            }
        });
        expr
    }

    /// The call for the description.
    fn describe(&self, call: &Call, partitions: Option<&(usize, String)>) -> TokenStream {
        let private = self.private();
        let arguments = call.arguments.iter().map(|argument| self.describe_argument(argument));
        let partitions = match partitions {
            Some((node, output)) => quote!(::core::option::Option::Some((#node, #output))),
            None => quote!(::core::option::Option::None),
        };
        quote! {
            #private::Call { arguments: &[#(#arguments),*], partitions: #partitions }
        }
    }

    fn describe_argument(&self, argument: &Argument) -> TokenStream {
        let private = self.private();
        let text = &argument.text;
        let sources = self.sources(&argument.expr, argument.reads_item);
        let plain = is_plain(&argument.expr);
        match &sources[..] {
            [] => quote!(#private::Argument::Constant(#text)),
            [source] if plain => quote!(#private::Argument::Value(#source)),
            sources => quote!(#private::Argument::Expression(#text, &[#(#sources),*])),
        }
    }

    /// Where the values in an expression come from, each once.
    fn sources(&self, expr: &Expr, reads_item: bool) -> Vec<TokenStream> {
        let private = self.private();
        let key = index_key(expr);
        let mut seen: Vec<String> = Vec::new();
        let mut sources = Vec::new();
        let mut add = |tokens: TokenStream| {
            let text = tokens.to_string();
            if !seen.contains(&text) {
                seen.push(text);
                sources.push(tokens);
            }
        };
        if reads_item {
            add(quote!(#private::From::Partition));
        }
        places::visit(&mut expr.clone(), &mut |_, mention| {
            let name = mention.path.first().map(|member| format!("property_{}", code(member)));
            let name = name.or_else(|| key.clone());
            let origin = match name {
                Some(name) => crate::ownership::part_of(&self.values[mention.value], &name),
                None => self.values[mention.value].clone(),
            };
            add(match origin {
                Origin::Parameter(index) => quote!(#private::From::Parameter(#index)),
                Origin::Output { node, output, .. } => {
                    quote!(#private::From::Output(#node, #output))
                }
            });
        });
        sources
    }

    /// The outputs of the dag, by name.
    fn outputs(&self, result: &Expr) -> TokenStream {
        let private = self.private();
        let output = |name: String, value: &Expr| {
            let from = self.sources(value, false);
            quote!(#(#private::Output { name: #name, from: #from },)*)
        };
        if let Some((_, value)) = ok_call(result) {
            return self.outputs(&value);
        }
        match bare(result) {
            Expr::Tuple(tuple) if tuple.elems.is_empty() => TokenStream::new(),
            Expr::Tuple(tuple) => {
                let elements = tuple.elems.iter().enumerate();
                elements.map(|(index, value)| output(format!("property_{index}"), value)).collect()
            }
            Expr::Struct(literal) => {
                let fields = literal.fields.iter();
                fields
                    .map(|field| output(format!("property_{}", code(&field.member)), &field.expr))
                    .collect()
            }
            value => output(crate::body::RETURN_VALUE.to_owned(), value),
        }
    }
}

/// The arguments of a call, in parentheses at a place of the user's.
fn list(arguments: TokenStream, place: Span) -> Group {
    let mut list = Group::new(Delimiter::Parenthesis, arguments);
    list.set_span(place);
    list
}

/// A method of the builder with its generic arguments: the link, and what rustc infers.
fn with_generics(name: &str, link: &Ident, inferred: usize, place: Span) -> TokenStream {
    let name = Ident::new(name, place);
    let inferred = (0..inferred).map(|_| quote!(_));
    at(place, quote!(#name::<#link, #(#inferred),*>))
}

/// Where a call ends, less its `?`.
fn last_of(call: &Call) -> Span {
    call.awaited.map_or_else(|| call.paren.span.join(), |awaited| awaited.span())
}

/// Whether an argument hands a value on as it is: moved, borrowed, cloned, or a part of it.
fn is_plain(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Path(_) => true,
        Expr::Field(field) => is_plain(&field.base),
        Expr::Reference(reference) => is_plain(&reference.expr),
        Expr::MethodCall(call) => {
            call.method == "clone" && call.args.is_empty() && is_plain(&call.receiver)
        }
        Expr::Index(_) => index_key(expr).is_some(),
        _ => false,
    }
}

/// The name of the output that `value["key"]` reads.
fn index_key(expr: &Expr) -> Option<String> {
    match bare(expr) {
        Expr::Reference(reference) => index_key(&reference.expr),
        Expr::MethodCall(call) if call.method == "clone" => index_key(&call.receiver),
        Expr::Index(index) => {
            let Expr::Path(_) = bare(&index.expr) else { return None };
            let Expr::Lit(literal) = bare(&index.index) else { return None };
            let key = match &literal.lit {
                syn::Lit::Str(key) => key.value(),
                syn::Lit::Int(key) => key.base10_digits().to_owned(),
                _ => return None,
            };
            let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let short = key.len() <= 60 && !key.is_empty();
            (short && key.chars().all(legal)).then(|| format!("key_{key}"))
        }
        _ => None,
    }
}
