//! Links: from the path of a function to the proxy of the same name.
//!
//! A function that is neither a task nor a dag has no proxy, and one that is misspelt does not
//! exist. Both have to be said once, at the callee, and not by an import that fails. So a link
//! imports the name where it cannot fail, over a fallback in an outer scope: a name in an inner
//! scope, if there is one, is found first.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Path};

use super::own;

/// The marker type of the link with this number.
pub(crate) fn marker(number: usize) -> Ident {
    own(&format!("Link{number}"))
}

/// The links of all callees, each path once. Paths are compared without generic arguments.
#[derive(Default)]
pub(crate) struct Links(Vec<Path>);

impl Links {
    /// The marker type of the link to `callee`.
    pub(crate) fn to(&mut self, callee: &Path) -> Ident {
        let mut path = callee.clone();
        path.segments.iter_mut().for_each(|s| s.arguments = syn::PathArguments::None);
        let number = self.0.iter().position(|known| *known == path).unwrap_or_else(|| {
            self.0.push(path);
            self.0.len() - 1
        });
        marker(number)
    }

    pub(crate) fn emit(&self, library: &TokenStream) -> TokenStream {
        let links = self.0.iter().enumerate();
        links.map(|(number, path)| link(&marker(number), path, library)).collect()
    }
}

fn link(marker: &Ident, path: &Path, library: &TokenStream) -> TokenStream {
    let private = quote!(#library::__private);
    let implement = |node: &Ident| {
        quote! {
            #[automatically_derived]
            impl #private::Link for #marker {
                type Node = #node;
            }
        }
    };
    let Some(last) = path.segments.last() else { return TokenStream::new() };
    let name = &last.ident;
    if path.segments.len() == 1 && path.leading_colon.is_none() {
        // A macro of that name lets the import succeed whatever else the name is.
        let callee = Ident::new("__dagger_callee", proc_macro2::Span::mixed_site());
        let implement = implement(&callee);
        return quote! {
            struct #marker;
            const _: () = {
                use #private::no_node as #name;
                const _: () = {
                    use #private::fallback::*;
                    const _: () = {
                        use #name as #callee;
                        #implement
                    };
                };
            };
        };
    }
    let mut module = path.clone();
    module.segments.pop();
    module.segments.pop_punct();
    let implement = implement(name);
    quote! {
        struct #marker;
        const _: () = {
            use #private::fallback::__dagger_callee as #name;
            const _: () = {
                use #module::*;
                #implement
            };
        };
    }
}
