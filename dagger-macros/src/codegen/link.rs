//! Links: from the path of a function to the proxy of the same name.
//!
//! A function that is neither a task nor a dag has no proxy, and one that is misspelt does not
//! exist. Both have to be said once, at the callee, and not by an import that fails. So the name is
//! imported under an alias where that cannot fail (a macro of the name lets any import of it
//! succeed), over a fallback of the alias in an outer scope: what an inner scope lacks, as a type or
//! as a value, is found there. A longer path imports its module instead; if it is misspelt, rustc
//! says so twice.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Ident, Path, PathArguments};

use super::{at_attribute, own, own_at};

/// The links of all callees, each path once. Paths are compared without generic arguments.
#[derive(Default)]
pub(crate) struct Links(Vec<Path>);

/// A callee as the graph names it.
pub(crate) struct Linked {
    /// Its number among the callees.
    pub(crate) number: usize,
    /// The type of its proxy.
    pub(crate) marker: Ident,
    /// The function.
    pub(crate) function: TokenStream,
}

impl Links {
    /// The link to `callee`.
    pub(crate) fn to(&mut self, callee: &Path) -> Linked {
        let mut path = callee.clone();
        path.segments.iter_mut().for_each(|s| s.arguments = PathArguments::None);
        let number = self.0.iter().position(|known| *known == path).unwrap_or_else(|| {
            self.0.push(path);
            self.0.len() - 1
        });
        let function = match is_name(callee) {
            true => {
                let arguments = callee.segments.last().map(|last| &last.arguments);
                let alias = own_at(&format!("callee{number}"), callee.span());
                quote!(#alias #arguments)
            }
            false => quote!(#callee),
        };
        Linked { number, marker: marker(number), function }
    }

    /// The types of all proxies, in order.
    pub(crate) fn markers(&self) -> impl Iterator<Item = Ident> {
        (0..self.0.len()).map(marker)
    }

    /// Puts the links around `inner`, which mentions them.
    pub(crate) fn around(&self, inner: &TokenStream, library: &TokenStream) -> TokenStream {
        let private = quote!(#library::__private);
        let (mut any, mut fallbacks, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut links = TokenStream::new();
        for (number, path) in self.0.iter().enumerate() {
            let Some(name) = path.segments.last().map(|last| &last.ident) else { continue };
            let marker = marker(number);
            if is_name(path) {
                let alias = own_at(&format!("callee{number}"), name.span());
                // An editor shows for the name what the last of these imports, and no fallback.
                let [any_name, fallback] = [name, &alias].map(at_attribute);
                if !is_built_in(name) {
                    any.push(quote!(use #private::no_node as #any_name;));
                }
                fallbacks.push(quote!(use #private::missing as #fallback;));
                names.push(quote!(use #name as #fallback;));
                links.extend(quote!(type #marker = #alias;));
                continue;
            }
            let mut module = path.clone();
            module.segments.pop();
            module.segments.pop_punct();
            let link = own(&format!("Link{number}"));
            links.extend(quote! {
                struct #link;
                type #marker = <#link as #private::Link>::Node;
                const _: () = {
                    use #private::missing as #name;
                    const _: () = {
                        use #module::*;
                        #[automatically_derived]
                        impl #private::Link for #link {
                            type Node = #name;
                        }
                    };
                };
            });
        }
        quote! {
            #(#any)*
            const _: () = {
                #(#fallbacks)*
                const _: () = {
                    #(#names)*
                    #links
                    #inner
                };
            };
        }
    }
}

/// The type of the proxy of the callee with this number.
fn marker(number: usize) -> Ident {
    own(&format!("Node{number}"))
}

/// Whether it is an attribute of the language. An import of such a name succeeds as it is, and with
/// a macro of that name beside it would be ambiguous. Those that only nightly takes are among them.
fn is_built_in(name: &Ident) -> bool {
    const ATTRIBUTES: &str = "allow automatically_derived cfg_attr cold coverage crate_name \
        crate_type debugger_visualizer deny deprecated doc expect export_name feature forbid \
        fundamental ignore inline lang link link_name link_section linkage macro_export macro_use \
        marker must_use naked no_link no_main no_mangle no_std non_exhaustive optimize \
        panic_handler path proc_macro repr sanitize should_panic stable target_feature \
        track_caller unstable used warn";
    ATTRIBUTES.split_whitespace().any(|attribute| name == attribute)
}

fn is_name(path: &Path) -> bool {
    path.segments.len() == 1 && path.leading_colon.is_none()
}
