//! What the attributes put in the place of a function: the function first, then its proxy, then
//! what is wrong.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::{Block, Type};

use crate::body::{self, syntax::is_primitive};
use crate::codegen::{graph, proxy};
use crate::diagnostic::Diagnostics;
use crate::function::Function;
use crate::options;
use crate::rules::signature;

pub(crate) fn task(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let options = options::read("task", arguments, &mut diagnostics);
    let Some(function) = Function::read("task", item.clone(), &mut diagnostics) else {
        let errors = diagnostics.into_tokens();
        return quote!(#item #errors);
    };
    for parameter in function.parameters.iter().filter(|parameter| parameter.default.is_some()) {
        diagnostics.push(signature::default_on_task(parameter));
    }
    for parameter in function.parameters.iter().filter(|parameter| parameter.serializer.is_some()) {
        diagnostics.push(signature::serializer_on_task(parameter));
    }
    options::check_label(&function, &options, &mut diagnostics);
    if function.is_method() {
        // No item may stand beside a method.
        return with_errors_inside(&function, diagnostics);
    }
    let (function, proxy) = (function.tokens(), proxy::task(&function, &options));
    let errors = diagnostics.into_tokens();
    quote!(#function #proxy #errors)
}

pub(crate) fn dag(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let options = options::read("dag", arguments, &mut diagnostics);
    let Some(mut function) = Function::read("dag", item.clone(), &mut diagnostics) else {
        let errors = diagnostics.into_tokens();
        return quote!(#item #errors);
    };
    let library = crate::text::code(&options.library);
    library.trim_start_matches("::").clone_into(&mut function.library);
    if function.is_method() {
        return with_errors_inside(&function, diagnostics);
    }
    if function.rejected {
        // The body is looked at all the same: its mistakes are reported in the same build.
        if let Ok(block) = syn::parse2::<Block>(function.body.clone().into()) {
            let _ = body::lower(&function, block, &mut diagnostics);
        }
        let (function, proxy) = (function.tokens(), proxy::stub(&function, &options));
        let errors = diagnostics.into_tokens();
        return quote!(#function #proxy #errors);
    }
    // A body that does not parse is rustc's to report.
    let block = syn::parse2::<Block>(function.body.clone().into());
    let graph = block.ok().and_then(|block| {
        let model = body::lower(&function, block, &mut diagnostics)?;
        let fallible = model.fallible;
        let lacks_output = model.result.is_none() && !function.returns_nothing();
        if lacks_output || (fallible && !may_be_result(&function)) {
            // rustc reports the end of the body, the `?`, or the `Ok(…)`.
            return None;
        }
        Some(graph::emit(&function, model))
    });
    let (function, proxy) = (function.tokens(), proxy::dag(&function, &options, graph));
    let errors = diagnostics.into_tokens();
    quote!(#function #proxy #errors)
}

/// A method with the errors in its body: an `impl` takes nothing else.
fn with_errors_inside(function: &Function, diagnostics: Diagnostics) -> TokenStream {
    let Function { attrs, vis, sig, body, .. } = function;
    let statements = match body {
        proc_macro2::TokenTree::Group(group) => group.stream(),
        other => quote!(#other),
    };
    // Inner attributes stay in front.
    let inner = |input: syn::parse::ParseStream<'_>| {
        Ok((input.call(syn::Attribute::parse_inner)?, input.parse::<TokenStream>()?))
    };
    let (inner, statements) = inner.parse2(statements.clone()).unwrap_or((Vec::new(), statements));
    let errors = diagnostics.into_tokens();
    quote!(#(#attrs)* #vis #sig { #(#inner)* #errors #statements })
}

/// Whether the return type could be a `Result`, perhaps through an alias.
fn may_be_result(function: &Function) -> bool {
    const NEVER: [&str; 3] = ["Vec", "String", "Option"];
    match &function.sig.output {
        syn::ReturnType::Default => false,
        syn::ReturnType::Type(_, ty) => match &**ty {
            Type::Path(path) => {
                let last = path.path.segments.last();
                !last.is_some_and(|last| {
                    NEVER.iter().any(|never| last.ident == never) || is_primitive(&last.ident)
                })
            }
            Type::Group(_) | Type::Paren(_) | Type::Macro(_) => true,
            _ => false,
        },
    }
}
