//! `signature`: what a graph needs to know of a function stands in its signature, and every value
//! in it can move between nodes.

use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{FnArg, GenericParam, Pat, ReturnType, Safety, Signature, Type};

use crate::body::syntax::is_primitive;
use crate::codegen::proxy::hides_builder;
use crate::diagnostic::{Diagnostics, Rejection};
use crate::function::{Function, Parameter};
use crate::head::{by_value, change, head, named, owned, unknown, with_input, without_generics};
use crate::text::code;

const RULE: &str = "signature";

/// The longest name of a node, less room for a number behind it.
const LONGEST_NAME: usize = 56;

/// The longest name of an input.
const LONGEST_INPUT: usize = 64;

pub(crate) fn check(attribute: &str, function: &Function, diagnostics: &mut Diagnostics) {
    let sig = &function.sig;
    let what = format!("`#[{attribute}]`");
    if let Some(token) = &sig.constness {
        diagnostics.push(
            Rejection::new(token, format!("a {what} cannot be a `const fn`"))
                .because(RULE, "a node runs when its inputs are there, never at compile time")
                .help("remove `const`"),
        );
    }
    if let Safety::Unsafe(token) = &sig.safety {
        diagnostics.push(
            Rejection::new(token, format!("a {what} cannot be `unsafe`"))
                .because(RULE, "a runtime that calls it could not keep its promises")
                .help("wrap the unsafe call in a safe function"),
        );
    }
    if let Some(abi) = &sig.abi {
        diagnostics.push(
            Rejection::new(abi, format!("a {what} cannot be `extern`"))
                .because(RULE, "nodes are called from Rust")
                .help("wrap the foreign function in an ordinary one"),
        );
    }
    if let Some(variadic) = &sig.variadic {
        diagnostics.push(
            Rejection::new(variadic, format!("a {what} cannot be variadic"))
                .because(RULE, "each input of a node has a name"),
        );
    }
    check_name(&what, function, diagnostics);
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    if attribute == "dag" && !sig.generics.params.iter().all(is_lifetime) {
        diagnostics.push(
            Rejection::new(&sig.generics, "a `#[dag]` cannot be generic")
                .because(RULE, "a dag has one graph, which exists before any call")
                .help(&Rejection::with_code("write the types out", &without_generics(sig))),
        );
    }
    for index in 0..sig.inputs.len() {
        check_parameter(attribute, sig, index, diagnostics);
    }
    check_output(attribute, sig, diagnostics);
}

fn check_name(what: &str, function: &Function, diagnostics: &mut Diagnostics) {
    let (name, text) = (function.name(), function.text());
    if is_primitive(name) {
        let renamed = head(&function.sig, |sig| sig.ident = format_ident!("make_{text}"));
        diagnostics.push(
            Rejection::new(name, format!("a {what} cannot have the name of the type `{text}`"))
                .because(RULE, "the graph of a function goes by its name, as a type")
                .help(&Rejection::with_code("rename it, for instance", &renamed)),
        );
    }
    if text.starts_with(char::is_uppercase) {
        diagnostics.push(
            Rejection::new(name, format!("the name of a {what} begins with a small letter"))
                .because(RULE, "in a body, a name that begins with a capital is not a node's")
                .help(&format!("rename it: `{}`", text.to_lowercase())),
        );
    }
    let letters = text.trim_start_matches('_');
    if !text.is_ascii() || letters.is_empty() || text.len() > LONGEST_NAME {
        diagnostics.push(
            Rejection::new(name, format!("`{text}` cannot be the name of a node"))
                .because(RULE, "nodes are named in letters, digits and `-` that every engine takes")
                .help(&format!(
                    "use ASCII letters, digits and `_`, at most {LONGEST_NAME} of them"
                )),
        );
    }
}

fn check_parameter(attribute: &str, sig: &Signature, index: usize, diagnostics: &mut Diagnostics) {
    let argument = match &sig.inputs[index] {
        FnArg::Receiver(receiver) => {
            let function = head(sig, |sig| {
                let text = code(receiver);
                let unknown = unknown();
                sig.inputs[index] = match text.starts_with('&') {
                    true if text.contains("mut ") => syn::parse_quote!(mut value: #unknown),
                    true => syn::parse_quote!(value: &#unknown),
                    false => syn::parse_quote!(value: #unknown),
                };
            });
            diagnostics.push(
                Rejection::new(receiver, format!("a method cannot be a `#[{attribute}]`"))
                    .because(RULE, "each input of a node has a name and a type of its own")
                    .help(&Rejection::with_code("write a function beside the `impl`", &function)),
            );
            return;
        }
        FnArg::Typed(argument) => argument,
    };
    if !matches!(&*argument.pat, Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none()) {
        diagnostics.push(
            Rejection::new(&argument.pat, "a parameter cannot be a pattern here")
                .because(RULE, "each input of a node has a name")
                .help(&named(attribute, sig, index)),
        );
    }
    if let Pat::Ident(pat) = &*argument.pat {
        let text = pat.ident.unraw().to_string();
        if !text.is_ascii() || text.len() > LONGEST_INPUT {
            diagnostics.push(
                Rejection::new(&pat.ident, format!("`{text}` cannot be the name of an input"))
                    .because(RULE, "inputs are named in letters that every engine takes")
                    .help(&format!(
                        "use ASCII letters, digits and `_`, at most {LONGEST_INPUT} of them"
                    )),
            );
        }
    }
    if let (Pat::Ident(pat), "dag") = (&*argument.pat, attribute)
        && hides_builder(&pat.ident)
    {
        let renamed = with_input(sig, index, |input| *input.pat = syn::parse_quote!(call_value));
        diagnostics.push(
            Rejection::new(&pat.ident, "a parameter of a `#[dag]` cannot be named `call`")
                .because(RULE, "its builder has a method of each parameter's name, and `call`")
                .help(&Rejection::with_code("give it another name, for instance", &renamed)),
        );
    }
    check_type(attribute, sig, index, &argument.ty, diagnostics);
}

/// Checks the type of a parameter.
fn check_type(
    attribute: &str,
    sig: &Signature,
    index: usize,
    ty: &Type,
    diagnostics: &mut Diagnostics,
) {
    match ty {
        Type::ImplTrait(ty) => diagnostics.push(
            Rejection::new(ty, format!("a parameter cannot be `{}`", code(ty)))
                .because(RULE, "each input of a node has a type that can be named")
                .help(&match attribute {
                    "dag" => {
                        let written = with_input(sig, index, |input| *input.ty = unknown());
                        Rejection::with_code("write the type that callers pass", &written)
                    }
                    _ => {
                        let bounds = &ty.bounds;
                        let generic = head(sig, |sig| {
                            sig.generics.params.push(syn::parse_quote!(T: #bounds));
                            change(sig, index, |input| *input.ty = syn::parse_quote!(T));
                        });
                        Rejection::with_code("name a type parameter", &generic)
                    }
                }),
        ),
        Type::Reference(ty) if ty.mutability.is_some() => diagnostics.push(
            Rejection::new(ty, format!("a parameter cannot be `{}`", code(ty)))
                .because(RULE, "nodes share values or move them, and run at the same time")
                .help(&Rejection::with_code(
                    "take it by value, and return the changed one",
                    &by_value(attribute, sig, index, &ty.elem),
                )),
        ),
        Type::Reference(ty) if attribute == "dag" => {
            let mut finder = Borrows(None);
            finder.visit_type(&ty.elem);
            if let Some(borrow) = finder.0 {
                diagnostics.push(
                    Rejection::new(&borrow, "a parameter by reference cannot hold other borrows")
                        .because(
                            RULE,
                            "a run keeps alive what it borrows, but knows one owner only",
                        )
                        .help(&Rejection::with_code(
                            "borrow what owns its parts",
                            &with_input(sig, index, |input| {
                                if let Type::Reference(ty) = &mut *input.ty {
                                    *ty.elem = owned(&ty.elem);
                                }
                            }),
                        )),
                );
            }
        }
        ty if attribute == "dag" => {
            let mut finder = Borrows(None);
            finder.visit_type(ty);
            if let Some(borrow) = finder.0 {
                diagnostics.push(
                    Rejection::new(&borrow, "a parameter of a `#[dag]` cannot hold a borrow")
                        .because(
                            RULE,
                            "a run may outlive what its caller borrows; only a parameter `&T` as a \
                             whole comes with its owner",
                        )
                        .help(&Rejection::with_code(
                            "take a value of its own",
                            &with_input(sig, index, |input| *input.ty = owned(&input.ty)),
                        )),
                );
            }
        }
        _ => {}
    }
}

/// Whether an output borrows from a parameter.
pub(crate) fn borrows(output: &ReturnType) -> bool {
    let mut finder = Borrows(None);
    finder.visit_return_type(output);
    finder.0.is_some()
}

fn check_output(attribute: &str, sig: &Signature, diagnostics: &mut Diagnostics) {
    let ReturnType::Type(_, ty) = &sig.output else { return };
    let returning = |ty: Type| head(sig, |sig| sig.output = syn::parse_quote!(-> #ty));
    let mut finder = Borrows(None);
    finder.visit_type(ty);
    if let Some(borrow) = finder.0 {
        let owner = owned(ty);
        let owner = if code(&owner) == code(ty) { unknown() } else { owner };
        diagnostics.push(
            Rejection::new(&borrow, "an output cannot borrow from a parameter")
                .because(RULE, "the output outlives the call, and may outlive the parameter")
                .help(&Rejection::with_code("return a value of its own", &returning(owner))),
        );
    }
    if let (Type::ImplTrait(ty), "dag") = (&**ty, attribute) {
        diagnostics.push(
            Rejection::new(ty, format!("a `#[dag]` cannot return `{}`", code(ty)))
                .because(RULE, "a call of a dag has a type that can be named")
                .help(&Rejection::with_code(
                    "write the type that the last node returns",
                    &returning(unknown()),
                )),
        );
    }
}

/// Finds what borrows for less than `'static`.
struct Borrows(Option<proc_macro2::TokenStream>);

impl<'ast> Visit<'ast> for Borrows {
    fn visit_type_reference(&mut self, ty: &'ast syn::TypeReference) {
        if ty.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static") {
            self.0.get_or_insert(ty.to_token_stream());
        } else {
            visit::visit_type_reference(self, ty);
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        if lifetime.ident != "static" {
            self.0.get_or_insert(lifetime.to_token_stream());
        }
    }

    // What a closure or a function pointer borrows is its caller's.
    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(
        &mut self,
        _: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
}

pub(crate) fn not_a_function(attribute: &str, keyword: &proc_macro2::TokenTree) -> Rejection {
    Rejection::new(keyword, format!("`#[{attribute}]` goes on a function, not on a `{keyword}`"))
        .help(&format!("put `#[{attribute}]` on the line above a `fn`"))
}

pub(crate) fn without_body(semicolon: &syn::Token![;], attribute: &str) -> Rejection {
    Rejection::new(semicolon, format!("a function without a body cannot be a `#[{attribute}]`"))
        .because(RULE, "a node runs one function, which its path names")
        .help("write a function beside the `trait` that takes the value as a parameter")
}

pub(crate) fn second_attribute(second: &syn::Attribute, first: &str, name: &str) -> Rejection {
    let message = match first == name {
        true => format!("`#[{name}]` is on this function twice"),
        false => format!("a function is a `#[{first}]` or a `#[{name}]`, not both"),
    };
    Rejection::new(second, message)
        .because(RULE, "a task is called as a whole, and the body of a dag is read as a graph")
        .help("keep one of them")
}

pub(crate) fn second_default(attribute: &syn::Attribute) -> Rejection {
    Rejection::new(attribute, "a parameter has one default").help("keep one of them")
}

pub(crate) fn default_without_value(attribute: &syn::Attribute) -> Rejection {
    Rejection::new(attribute, "`#[default]` takes the value of the parameter")
        .help("write an expression: `#[default(2)]`")
}

pub(crate) fn second_serializer(attribute: &syn::Attribute) -> Rejection {
    Rejection::new(attribute, "a parameter has one serializer").help("keep one of them")
}

pub(crate) fn serializer_without_type(attribute: &syn::Attribute) -> Rejection {
    Rejection::new(attribute, "`#[serializer]` takes the serializer of the parameter")
        .help("write the path of its type: `#[serializer(Json)]`")
}

pub(crate) fn serializer_on_task(parameter: &Parameter) -> Rejection {
    let Parameter { name, serializer, .. } = parameter;
    let serializer = serializer.as_ref().map(code).unwrap_or_default();
    Rejection::new(name, format!("`{name}` of a `#[task]` has no serializer of its own"))
        .because(RULE, "a value is read as it was written: by the task that makes it, or for a dag")
        .help(&format!(
            "put it on the task that makes the value, `#[task(serializer = {serializer})]`, or on the \
             parameter of the dag"
        ))
}

pub(crate) fn default_on_task(parameter: &Parameter) -> Rejection {
    let Parameter { name, ty, default, .. } = parameter;
    let default = default.as_ref().map(code).unwrap_or_default();
    Rejection::new(name, format!("`{name}` of a `#[task]` cannot have a default"))
        .because(RULE, "the body of a dag passes every argument; defaults are for its own callers")
        .help(&format!(
            "put it on the parameter of the dag: `#[default({default})] {name}: {}`",
            code(ty)
        ))
}
