//! Tokens out of the model: links to the callees, the graph's table and code, and the proxy.

mod attempts;
mod call;
mod describe;
mod edges;
pub(crate) mod graph;
pub(crate) mod lend;
pub(crate) mod link;
mod map;
pub(crate) mod proxy;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};

/// An identifier of generated code, which no name of the user's can be.
pub(crate) fn own(name: &str) -> Ident {
    Ident::new(&format!("__dagger_{name}"), Span::mixed_site())
}

/// The same, at a place of the user's: an error there is one that rustc has reported already.
pub(crate) fn own_at(name: &str, span: Span) -> Ident {
    Ident::new(&format!("__dagger_{name}"), span)
}

/// The same tokens at another place.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let respan = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            let mut moved = Group::new(group.delimiter(), at(span, group.stream()));
            moved.set_span(span);
            return TokenTree::Group(moved);
        }
        token.set_span(span);
        token
    };
    tokens.into_iter().map(respan).collect()
}

/// The same tokens, at another place as a whole: neither they nor a path in them begin or end with a
/// name. The names between stay where no code of the user's stands, for which an editor would show
/// them.
pub(crate) fn framed(span: Span, tokens: TokenStream) -> TokenStream {
    let respan = |mut token: TokenTree| {
        if !matches!(token, TokenTree::Ident(_)) {
            token.set_span(span);
        }
        token
    };
    tokens.into_iter().map(respan).collect()
}

/// The same identifier where no code of the user's stands, for which an editor would show it.
pub(crate) fn at_attribute(ident: &Ident) -> Ident {
    at_ident(ident, Span::call_site().resolved_at(ident.span()))
}

/// The same identifier at another place.
pub(crate) fn at_ident(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}
