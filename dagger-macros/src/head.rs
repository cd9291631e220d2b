//! The heads of functions, as the helps of the rule `signature` write them.

use proc_macro2::Ident;
use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, GenericParam, Pat, PatType, ReturnType, Signature, Type};

use crate::diagnostic::Rejection;
use crate::text::code;

/// What stands for `…` in tokens.
const UNKNOWN: &str = "__dagger_unknown";

/// The head of a function, changed.
pub(crate) fn head(sig: &Signature, change: impl FnOnce(&mut Signature)) -> String {
    let mut sig = sig.clone();
    change(&mut sig);
    let keywords = if sig.asyncness.is_some() { "async fn" } else { "fn" };
    let generics: Vec<_> = sig.generics.params.iter().map(code).collect();
    let generics = match &generics[..] {
        [] => String::new(),
        all => format!("<{}>", all.join(", ")),
    };
    let inputs: Vec<_> = sig.inputs.iter().map(code).collect();
    let output = match &sig.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, ty) => format!(" -> {}", code(ty)),
    };
    let text = format!("{keywords} {}{generics}({}){output}", sig.ident, inputs.join(", "));
    text.replace(UNKNOWN, "…")
}

/// The head of a function with one parameter changed.
pub(crate) fn with_input(sig: &Signature, index: usize, to: impl FnOnce(&mut PatType)) -> String {
    head(sig, |sig| change(sig, index, to))
}

pub(crate) fn change(sig: &mut Signature, index: usize, to: impl FnOnce(&mut PatType)) {
    if let FnArg::Typed(input) = &mut sig.inputs[index] {
        to(input);
    }
}

/// A type that only the user knows.
pub(crate) fn unknown() -> Type {
    let unknown = format_ident!("{UNKNOWN}");
    syn::parse_quote!(#unknown)
}

/// A parameter `&mut T` by value, and returned.
pub(crate) fn by_value(attribute: &str, sig: &Signature, index: usize, ty: &Type) -> String {
    head(sig, |sig| {
        sig.output = match &sig.output {
            ReturnType::Default => syn::parse_quote!(-> #ty),
            ReturnType::Type(_, output) => syn::parse_quote!(-> (#output, #ty)),
        };
        change(sig, index, |input| {
            *input.ty = ty.clone();
            if let (Pat::Ident(pat), "task") = (&mut *input.pat, attribute) {
                pat.mutability = Some(syn::parse_quote!(mut));
            }
        });
    })
}

/// What to write for a parameter that is a pattern.
pub(crate) fn named(attribute: &str, sig: &Signature, index: usize) -> String {
    let FnArg::Typed(input) = &sig.inputs[index] else { return String::new() };
    let pattern = code(&input.pat);
    let name = if pattern == "_" { "_value" } else { "value" };
    let name = format_ident!("{name}");
    let named = with_input(sig, index, |input| *input.pat = syn::parse_quote!(#name));
    match attribute {
        _ if pattern == "_" => Rejection::with_code("name it", &named),
        "dag" => Rejection::with_code("name it, and pass on its fields", &named),
        _ => format!(
            "name it, and take it apart in the body:\n{named} {{\n    let {pattern} = {name};\n    …\n}}"
        ),
    }
}

/// The head of a generic dag with the types written out.
pub(crate) fn without_generics(sig: &Signature) -> String {
    struct Names(Vec<Ident>);
    impl VisitMut for Names {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            let is_generic = match ty {
                Type::Path(path) => {
                    path.path.segments.first().is_some_and(|first| self.0.contains(&first.ident))
                }
                _ => false,
            };
            if is_generic {
                *ty = unknown();
            } else {
                visit_mut::visit_type_mut(self, ty);
            }
        }
        fn visit_expr_mut(&mut self, length: &mut syn::Expr) {
            if let syn::Expr::Path(path) = length
                && self.0.iter().any(|name| path.path.is_ident(name))
            {
                let unknown = format_ident!("{UNKNOWN}");
                *length = syn::parse_quote!(#unknown);
            }
        }
    }
    head(sig, |sig| {
        let names = sig.generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.clone()),
            GenericParam::Const(param) => Some(param.ident.clone()),
            GenericParam::Lifetime(_) => None,
        });
        let mut names = Names(names.collect());
        let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
        sig.generics.params =
            sig.generics.params.iter().filter(|param| is_lifetime(param)).cloned().collect();
        sig.inputs.iter_mut().for_each(|input| names.visit_fn_arg_mut(input));
        names.visit_return_type_mut(&mut sig.output);
    })
}

/// A type that owns what this one borrows: `Option<String>` for `Option<&str>`.
pub(crate) fn owned(ty: &Type) -> Type {
    struct Owned;
    impl VisitMut for Owned {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            visit_mut::visit_type_mut(self, ty);
            let Type::Reference(reference) = &*ty else { return };
            if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static") {
                return;
            }
            *ty = match &*reference.elem {
                Type::Path(path) if path.path.is_ident("str") => syn::parse_quote!(String),
                Type::Slice(slice) => {
                    let element = &slice.elem;
                    syn::parse_quote!(Vec<#element>)
                }
                other => other.clone(),
            };
        }
    }
    let mut ty = ty.clone();
    Owned.visit_type_mut(&mut ty);
    ty
}
