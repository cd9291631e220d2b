//! What a runtime is told of the nodes: constant data beside the code.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

use super::graph::Emitter;
use crate::body::places;
use crate::body::syntax::{bare, ok_call};
use crate::body::{Argument, Call, Origin};
use crate::text::code;

impl Emitter<'_> {
    /// The call for the description.
    pub(super) fn describe(
        &self,
        call: &Call,
        partitions: Option<&(usize, String)>,
    ) -> TokenStream {
        let private = &self.private;
        let arguments = call.arguments.iter().map(|argument| self.describe_argument(argument));
        match partitions {
            Some((node, output)) => {
                quote!(#private::Call::map(&[#(#arguments),*], #node, #output))
            }
            None => quote!(#private::Call::once(&[#(#arguments),*])),
        }
    }

    fn describe_argument(&self, argument: &Argument) -> TokenStream {
        let private = &self.private;
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
        let key = index_key(expr);
        let mut origins: Vec<Origin> = Vec::new();
        places::visit(&mut expr.clone(), &mut |_, mention| {
            let name = mention.path.first().map(|member| format!("property_{}", code(member)));
            let name = name.or_else(|| key.clone());
            let origin = match name {
                Some(name) => crate::ownership::part_of(&self.values[mention.value], &name),
                None => self.values[mention.value].clone(),
            };
            if !origins.iter().any(|known| known.is_at(&origin)) {
                origins.push(origin);
            }
        });
        let private = &self.private;
        let partition = reads_item.then(|| quote!(#private::From::Partition));
        let others = origins.iter().map(|origin| match origin {
            Origin::Parameter(index) => quote!(#private::From::Parameter(#index)),
            Origin::Output { node, output, .. } => quote!(#private::From::Output(#node, #output)),
        });
        partition.into_iter().chain(others).collect()
    }

    /// The outputs of the dag, by name.
    pub(super) fn outputs(&self, result: &Expr) -> TokenStream {
        let private = &self.private;
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
            Expr::Call(call) if crate::body::is_tuple_struct(call) => {
                let elements = call.args.iter().enumerate();
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
