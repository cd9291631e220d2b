//! What a task's options make of its proxy: its kind, and the call that has a label.

use std::time::Duration;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Lifetime, Type, TypeReference};

use super::framed;
use crate::argo::Argo;
use crate::function::Function;
use crate::options::{Options, Retry};
use crate::text::code;

/// The options as a constant is made of them.
pub(super) fn options(options: &Options, private: &TokenStream) -> TokenStream {
    let concurrency = options.concurrency.map(|limit| {
        let limit = Literal::u32_unsuffixed(limit);
        quote!(.with_concurrency(#limit))
    });
    let retry = options.retry.as_ref().map(|Retry { limit, backoff }| {
        let backoff = backoff.map(|(first, longest)| {
            let (first, longest) = (duration(first), duration(longest));
            quote!(.with_backoff(#first, #longest))
        });
        quote!(.with_retry(#private::Retry::new(#limit) #backoff))
    });
    let timeout = options.timeout.map(|timeout| {
        let timeout = duration(timeout);
        quote!(.with_timeout(#timeout))
    });
    let label = options.label.as_ref().map(|label| {
        let label = code(label);
        quote!(.with_label(#label))
    });
    let serializer = options.serializer.as_ref().map(|serializer| {
        let serializer = code(serializer);
        quote!(.with_serializer(#serializer))
    });
    let version = options.version.map(|version| quote!(.with_version(#version)));
    let cache = options.cache.then(|| quote!(.with_cache()));
    let argo = options.argo.as_ref().map(|argo| argo_options(argo, private));
    quote!(#concurrency #retry #timeout #label #serializer #version #cache #argo)
}

fn argo_options(argo: &Argo, private: &TokenStream) -> TokenStream {
    let Argo { container, template, task, batch } = argo;
    let container = container.as_ref().map(|json| quote!(.with_container(#json)));
    let template = template.as_ref().map(|json| quote!(.with_template(#json)));
    let task = task.as_ref().map(|json| quote!(.with_task(#json)));
    let batch = batch.map(|partitions| quote!(.with_batch(#partitions)));
    quote!(.with_argo(#private::ArgoOptions::DEFAULT #container #template #task #batch))
}

fn duration(time: Duration) -> TokenStream {
    let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanos))
}

/// The kind of a task with these options.
pub(super) fn kind(
    function: &Function,
    options: &Options,
    kind: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let mut kind = kind.clone();
    if options.retry.is_some() {
        // An alias of a `Result` is one, too, which only its type tells.
        let is_result = match function.has_nameable_output() {
            true => {
                let output = function.return_type();
                quote!({
                    use #private::IsNoResult as _;
                    #private::Returned::<#output>::IS_RESULT
                })
            }
            false => function.returns("Result").to_token_stream(),
        };
        kind = quote!(#private::Repeated<#private::Judged<#kind, #is_result>>);
    }
    match has_label(function, options) {
        true => quote!(#private::Labelled<#kind>),
        false => kind,
    }
}

/// Whether the calls of a task are named. One that cannot be was reported.
fn has_label(function: &Function, options: &Options) -> bool {
    options.label.is_some() && function.has_nameable_output() && !function.rejected
}

/// The call of a task that makes a label of its arguments first.
pub(super) fn label(
    function: &Function,
    options: &Options,
    private: &TokenStream,
) -> Option<TokenStream> {
    let label = options.label.as_ref().filter(|_| has_label(function, options))?;
    let (proxy, output) = (function.proxy(), function.return_type());
    let lifetime = Lifetime::new("'__dagger_call", Span::mixed_site());
    let mut lifetimes = OneLifetime { lifetime: lifetime.clone(), is_used: false };
    let types = function.parameters.iter().map(|parameter| {
        let mut ty = parameter.ty.clone();
        lifetimes.visit_type_mut(&mut ty);
        ty.to_token_stream()
    });
    let types: Vec<_> = types.collect();
    // The future of a call that borrows nothing.
    let held = match lifetimes.is_used {
        true => lifetime.clone(),
        false => Lifetime::new("'static", Span::mixed_site()),
    };
    let names: Vec<_> = function.parameters.iter().map(|parameter| &parameter.name).collect();
    let name = function.name();
    let (returned, called) = match function.is_async() {
        true => (
            quote! {
                ::core::pin::Pin<::std::boxed::Box<
                    dyn ::core::future::Future<Output = #output>
                        + ::core::marker::Send
                        + #held
                >>
            },
            quote!(::std::boxed::Box::pin(#name(#(#names),*))),
        ),
        false => (output, quote!(#name(#(#names),*))),
    };
    // At the place of the label, which is to blame if it is no text.
    let label = framed(label.span(), quote!(&(#label)));
    let text = framed(label.span(), quote!(#private::AsLabel::text(#label)));
    Some(quote! {
        #[automatically_derived]
        impl #private::HasLabel for #proxy {
            type Call = for<#lifetime> fn(#(#types),*) -> #returned;

            fn labelled() -> Self::Call {
                |#(#names),*| {
                    #private::name_call(|| #text);
                    #called
                }
            }
        }
    })
}

/// Gives all borrows of a signature one lifetime: that of the call.
struct OneLifetime {
    lifetime: Lifetime,
    is_used: bool,
}

impl VisitMut for OneLifetime {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.lifetime.clone());
            self.is_used = true;
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = self.lifetime.clone();
            self.is_used = true;
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        // The lifetimes of a function pointer are its own.
        if !matches!(ty, Type::FnPtr(_)) {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
