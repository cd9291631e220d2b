//! The proxy: a brace struct of the function's name, in the type namespace only, that carries the
//! graph side of the function.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;

use super::graph::Graph;
use super::{at_attribute, attempts, framed, own, own_at};
use crate::function::{Function, Parameter};
use crate::options::Options;

/// Warnings that generated code would cause where the user's code gives no reason for them.
fn quiet() -> TokenStream {
    quote! {
        #[allow(
            dead_code, deprecated, non_camel_case_types, non_local_definitions,
            private_interfaces, unexpected_cfgs, unused_imports, unused_parens,
            unused_qualifications, unused_variables, clippy::all, clippy::pedantic
        )]
    }
}

/// The struct, and what makes it a node of this kind.
fn node(function: &Function, options: &Options, kind: &str, more: &TokenStream) -> TokenStream {
    let private = private(options);
    let (vis, name, text) = (&function.vis, function.name(), function.text());
    let proxy = function.proxy();
    let (conditions, docs) = (function.conditions(), function.docs());
    let existence = function.existence();
    let kind = match function.is_async() {
        true => format_ident!("Async{kind}"),
        false => format_ident!("Sync{kind}"),
    };
    let kind = attempts::kind(function, options, &quote!(#private::#kind), &private);
    let label = attempts::label(function, options, &private);
    let serializer = match &options.serializer {
        Some(serializer) => serializer.to_token_stream(),
        None => quote!(#private::Json),
    };
    let parameters = function.parameters.iter().map(|p| p.name.unraw().to_string());
    let with_options = attempts::options(options, &private);
    let limit = options.concurrency.map(|limit| {
        let limit = Literal::u32_unsuffixed(limit);
        quote! {
            fn limit() -> #private::Limit {
                static LIMIT: #private::Semaphore = #private::Semaphore::new(#limit);
                ::core::option::Option::Some(&LIMIT)
            }
        }
    });
    let quiet = quiet();
    quote! {
        #(#conditions)*
        #(#docs)*
        #[allow(non_camel_case_types, dead_code)]
        #vis struct #name {}

        #(#existence)*
        #quiet
        const _: () = {
            #[automatically_derived]
            impl #private::IsNode for #proxy {
                type Kind = #kind;
                type Serializer = #serializer;
                const NAME: &'static str = #text;
                const PARAMETERS: &'static [&'static str] = &[#(#parameters),*];
                const OPTIONS: #private::TaskOptions =
                    #private::TaskOptions::DEFAULT #with_options;
                #limit
                #more
            }
            #[automatically_derived]
            impl #private::IsKnown for #proxy {}
            #label
        };
    }
}

fn private(options: &Options) -> TokenStream {
    let library = &options.library;
    quote!(#library::__private)
}

/// The proxy of a task.
pub(crate) fn task(function: &Function, options: &Options) -> TokenStream {
    node(function, options, "Task", &TokenStream::new())
}

/// The proxy of a dag. Without a graph, after an error, everything has its type and nothing runs.
pub(crate) fn dag(function: &Function, options: &Options, graph: Option<Graph>) -> TokenStream {
    let private = private(options);
    let library = &options.library;
    let (name, text, ret) = (function.proxy(), function.text(), function.return_type());
    let (existence, docs) = (function.existence(), function.docs());
    let fallible =
        graph.as_ref().map_or_else(|| function.returns("Result"), |graph| graph.fallible);
    let (value, rejoin) = if fallible {
        (function.part_of_result("Value", &private), quote!(rejoin_fallible))
    } else {
        (ret.clone(), quote!(rejoin))
    };
    // At the place of the type, which is to blame if it is no `Result` of a dag.
    let rejoin = framed(function.place_of_result(), quote!(#private::#rejoin::<#ret>(end)));
    let graph = graph_function(function, &private, library, graph);
    let graph_of_node = quote! {
        fn graph() -> ::core::result::Result<
            ::core::option::Option<#private::Dag>,
            #private::BuildError,
        > {
            <#name as #private::HasGraph>::built().map(::core::option::Option::Some)
        }
    };
    let node = node(function, options, "Dag", &graph_of_node);
    let parameters = &function.parameters;
    let names: Vec<_> = parameters.iter().map(|p| at_attribute(&p.name)).collect();
    let passed = parameters.iter().map(|p| {
        let (name, ty) = (&p.name, p.passed(&private));
        quote!(#name: #ty)
    });
    let boxed = parameters.iter().map(|p| {
        let name = &p.name;
        p.boxed(&p.hold(&quote!(#name), &private), &private)
    });
    let Loans { list, call_types, boxed_or_lent } = loans(function, &private);
    // A generic function, which was rejected, cannot be mentioned without its arguments.
    let used = (!function.is_generic()).then(|| quote!(let _ = #name;));
    let serializers = parameters.iter().filter_map(|parameter| parameter.serializer.as_ref());
    let (used_function, call, dag) = (own("used"), function.method("call"), function.method("dag"));
    let quiet = quiet();
    let builder = builder(function, options, &value);
    let defaults = defaults(function, &private);
    let call_docs = if docs.is_empty() {
        quote!(#[doc = "Runs the dag, its nodes concurrently."])
    } else {
        quote!(#(#docs)*)
    };
    quote! {
        #node

        #(#existence)*
        #quiet
        const _: () = {
            /// The graph stands for the function, which is used where the graph is.
            fn #used_function() {
                #used
                #(let _ = ::core::marker::PhantomData::<#serializers>;)*
            }

            #[automatically_derived]
            impl #name {
                #call_docs
                pub fn #call(#(#passed),*) -> #library::Call<#value> {
                    #used_function();
                    #library::Call::new(
                        #text,
                        <#name as #private::HasGraph>::built(),
                        ::std::vec![#(#boxed),*],
                    )
                }

                /// The graph.
                ///
                /// # Panics
                ///
                /// If the dag calls itself through other dags, which has no graph.
                #[must_use]
                pub fn #dag() -> #library::Dag {
                    #private::built(#text, <#name as #private::HasGraph>::built())
                }
            }

            #(#defaults)*

            #graph

            #[automatically_derived]
            impl #private::IsDag for #name {
                type Call = fn(#(#call_types),*) -> #private::Unlent<#name>;
                type Parameters = #list;
                type Return = #ret;

                fn nested() -> Self::Call {
                    |#(#names),*| #private::Unlent::new(::std::vec![#(#boxed_or_lent),*])
                }

                fn rejoin(
                    end: ::core::result::Result<#private::Boxed, #private::Failure>,
                ) -> ::core::result::Result<
                    (#ret, #private::Trail),
                    #private::Failure,
                > {
                    #rejoin
                }
            }

            #builder
        };
    }
}

/// The proxy of a dag whose signature was rejected: it has the same names, and asks nothing of the
/// types in the signature, about which everything has been said.
pub(crate) fn stub(function: &Function, options: &Options) -> TokenStream {
    let (private, library) = (private(options), &options.library);
    let (name, existence, quiet) = (function.proxy(), function.existence(), quiet());
    let [call, dag, start] = ["call", "dag", "builder"].map(|method| function.method(method));
    // To other dags it is a task, whose calls are those of the function.
    let node = node(function, options, "Task", &TokenStream::new());
    let passed = function.sig.inputs.iter().map(|_| quote!(_: impl ::core::marker::Sized));
    let value = match function.returns("Result") {
        true => function.part_of_result("Value", &private),
        false => function.return_type(),
    };
    let value = if function.has_nameable_output() { value } else { quote!(()) };
    let mut setters: Vec<&Ident> = Vec::new();
    for parameter in &function.parameters {
        if !hides_builder(&parameter.name) && !setters.contains(&&parameter.name) {
            setters.push(&parameter.name);
        }
    }
    let builder = format_ident!("{}_Builder", function.text());
    quote! {
        #node

        #(#existence)*
        #quiet
        const _: () = {
            pub struct #builder;

            #[automatically_derived]
            impl #name {
                pub fn #call(#(#passed),*) -> #library::Call<#value> {
                    ::core::unreachable!()
                }

                #[must_use]
                pub fn #dag() -> #library::Dag {
                    ::core::unreachable!()
                }

                pub fn #start() -> #builder {
                    #builder
                }
            }

            #[automatically_derived]
            impl #builder {
                #(pub fn #setters(self, _: impl ::core::marker::Sized) -> Self {
                    self
                })*

                pub fn #call(self) -> #library::Call<#value> {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// The function that builds the graph when it is first asked for, with what it builds it of.
fn graph_function(
    function: &Function,
    private: &TokenStream,
    library: &TokenStream,
    graph: Option<Graph>,
) -> TokenStream {
    let (name, text, ret) = (function.proxy(), function.text(), function.return_type());
    let build_with = |build: &TokenStream| {
        quote! {
            #[automatically_derived]
            impl #private::HasGraph for #name {
                fn built() -> ::core::result::Result<#private::Dag, #private::BuildError> {
                    static GRAPH: ::std::sync::OnceLock<
                        ::core::result::Result<#private::Dag, #private::BuildError>,
                    > = ::std::sync::OnceLock::new();
                    #private::build_once(&GRAPH, #text, || #build)
                }
            }
        }
    };
    let Some(Graph { items, links, fallible }) = graph else {
        return build_with(&quote!(#private::no_graph()));
    };
    let (alias, table, code) = (own("p"), own("TABLE"), own("code"));
    let build = match fallible {
        true => framed(function.place_of_result(), quote!(#private::graph_fallible::<#ret>)),
        false => quote!(#private::graph),
    };
    let build = build_with(&quote!(#build(#table, #code)));
    let inside = links.around(&quote!(#items #build), library);
    let unseen = build_with(&quote!(#private::no_graph()));
    // For a word of the body, an editor shows all that stands at its place in an expansion: it is to
    // see the function alone. The `cfg` is one that rust-analyzer sets, and rustc does not know.
    quote! {
        #[cfg(not(rust_analyzer))]
        const _: () = {
            use #private as #alias;
            use #private::{
                Copied as _, HasCodec as _, HasCodecOfOwner as _, HasNoCodec as _,
                HasNoSchema as _, HasSchema as _, HasSchemaOfOwner as _, IsNoTail as _, IsTail as _, ListNone as _, ListOwned as _,
                ListShared as _, NotCopied as _, PickFunction as _, StopsEarly as _, TakesAll as _,
            };
            #inside
        };
        #[cfg(rust_analyzer)]
        #unseen
    }
}

/// What other dags need to know of the parameters by reference.
struct Loans {
    /// Which parameters are by reference.
    list: TokenStream,
    /// The parameters of the nested call.
    call_types: Vec<TokenStream>,
    /// The nested call's parameters: what was passed, or a place for what is lent.
    boxed_or_lent: Vec<TokenStream>,
}

fn loans(function: &Function, private: &TokenStream) -> Loans {
    let parameters = &function.parameters;
    let list =
        parameters.iter().rev().fold(quote!(()), |rest, parameter| match parameter.borrowed() {
            Some(target) => quote!((#private::Lends<#target>, #rest)),
            None => quote!((#private::Moves, #rest)),
        });
    let call_types = parameters.iter().map(|parameter| match parameter.borrowed() {
        Some(target) => quote!(&#target),
        None => parameter.ty.to_token_stream(),
    });
    let boxed_or_lent = parameters.iter().map(|parameter| match parameter.borrowed() {
        Some(_) => quote!(::core::option::Option::None),
        None => {
            let name = at_attribute(&parameter.name);
            let boxed = parameter.boxed(&name.to_token_stream(), private);
            quote!(::core::option::Option::Some(#boxed))
        }
    });
    let (call_types, boxed_or_lent) = (call_types.collect(), boxed_or_lent.collect());
    Loans { list, call_types, boxed_or_lent }
}

/// A function for each default.
fn defaults(function: &Function, private: &TokenStream) -> Vec<TokenStream> {
    let parameters = function.parameters.iter().enumerate();
    let defaults = parameters.filter_map(|(index, parameter)| {
        // In parentheses, or a block in front would be a statement.
        let default = parameter.default.as_ref()?;
        let value = parameter.hold(&quote!((#default)), private);
        let (default, ty) = (default_of(index), parameter.held(private));
        Some(quote! {
            fn #default() -> #ty {
                #value
            }
        })
    });
    defaults.collect()
}

/// The function that makes the default of the parameter with this number.
pub(super) fn default_of(index: usize) -> Ident {
    own(&format!("default{index}"))
}

/// `f::builder()`: a setter a parameter, and `call` once those without a default are set.
fn builder(function: &Function, options: &Options, value: &TokenStream) -> TokenStream {
    let private = private(options);
    let library = &options.library;
    let name = function.proxy();
    let [call, start] = ["call", "builder"].map(|method| function.method(method));
    let parameters = &function.parameters;
    // Messages may name it.
    let holder = format_ident!("{}_Builder", function.text());
    let states: Vec<_> = (0..parameters.len()).map(|i| format_ident!("P{i}")).collect();
    // One field, since an editor offers the fields of a struct beside its methods.
    let given = own("given");
    let parts: Vec<_> = (0..parameters.len()).map(|i| own(&format!("part{i}"))).collect();
    let take_apart = quote!(let (#(#parts,)*) = self.#given;);
    let types: Vec<_> = parameters.iter().map(|p| p.held(&private)).collect();
    let start_types =
        parameters.iter().zip(&types).map(|(parameter, ty)| match parameter.default {
            Some(_) => quote!(#private::Given<#ty>),
            None => quote!(#private::Missing),
        });
    let start_values =
        parameters.iter().enumerate().map(|(index, parameter)| match &parameter.default {
            Some(_) => {
                let default = default_of(index);
                quote!(#private::Given(#default()))
            }
            None => quote!(#private::Missing),
        });
    let setters = parameters.iter().enumerate().map(|(index, parameter)| {
        let Parameter { name: setter, docs, .. } = parameter;
        let (ty, passed) = (parameter.held(&private), parameter.passed(&private));
        let value = parameter.hold(&quote!(#setter), &private);
        let docs = if docs.is_empty() {
            let text = format!(" Sets `{}`.", setter.unraw());
            quote!(#[doc = #text])
        } else {
            quote!(#(#docs)*)
        };
        let result = states.iter().enumerate().map(|(other, state)| match other == index {
            true => quote!(#private::Given<#ty>),
            false => quote!(#state),
        });
        let moved = parts.iter().enumerate().map(|(other, part)| match other == index {
            true => quote!(#private::Given(#value)),
            false => part.to_token_stream(),
        });
        quote! {
            #docs
            pub fn #setter(self, #setter: #passed) -> #holder<#(#result),*> {
                #take_apart
                #holder { #given: (#(#moved,)*) }
            }
        }
    });
    // A trait a parameter, since a message can name it in literal text only.
    let traits: Vec<_> =
        (0..parameters.len()).map(|i| own_at(&format!("Parameter{i}"), function.place())).collect();
    let required = parameters.iter().zip(&traits).map(|(parameter, required)| {
        let name = parameter.name.unraw();
        let message = format!("the parameter `{name}` is not set");
        let label = format!("`.{name}(…)` comes before this");
        quote! {
            #[diagnostic::on_unimplemented(
                message = #message,
                label = #label,
                note = "parameters without a `#[default(…)]` have to be set"
            )]
            pub trait #required<T> {
                fn into_value(self) -> T;
            }

            impl<T> #required<T> for #private::Given<T> {
                fn into_value(self) -> T {
                    self.0
                }
            }
        }
    });
    // At the `fn` with the method that asks for them.
    let (open, close) = (syn::Token![<](function.place()), syn::Token![>](function.place()));
    let bounds = states.iter().zip(&traits).zip(&types);
    let bounds = bounds.map(|((state, required), ty)| quote!(#state: #required #open #ty #close));
    quote! {
        #(#required)*

        #[must_use = "a builder does nothing until `call` is called"]
        pub struct #holder<#(#states),*> {
            #given: (#(#states,)*)
        }

        #[automatically_derived]
        impl #name {
            /// Sets the parameters by name; those with a default may be left out.
            pub fn #start() -> #holder<#(#start_types),*> {
                #holder { #given: (#(#start_values,)*) }
            }
        }

        #[automatically_derived]
        impl<#(#states),*> #holder<#(#states),*> {
            #(#setters)*

            /// The call, once all parameters without a default are set.
            pub fn #call(self) -> #library::Call<#value>
            where
                #(#bounds),*
            {
                #take_apart
                #name::call(#(#traits::into_value(#parts)),*)
            }
        }
    }
}

/// The name of a parameter that would hide a method of the builder.
pub(crate) fn hides_builder(parameter: &Ident) -> bool {
    parameter == "call"
}
