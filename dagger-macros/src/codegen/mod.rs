//! Tokens out of the model: links to the callees, the graph, and the proxy.

pub(crate) mod graph;
pub(crate) mod link;
pub(crate) mod proxy;

use proc_macro2::{Ident, Span};

/// An identifier of generated code, which no name of the user's can be.
pub(crate) fn own(name: &str) -> Ident {
    Ident::new(&format!("__dagger_{name}"), Span::mixed_site())
}

/// The same, shown to the user as `span` where something is wrong with it.
pub(crate) fn own_at(name: &str, span: Span) -> Ident {
    Ident::new(&format!("__dagger_{name}"), Span::mixed_site().located_at(span))
}
