//! What the syntax of an expression says before any name is resolved.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMacro, ExprPath, Pat, Token};

/// An expression without the parentheses and invisible groups around it.
pub(crate) fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => bare(&paren.expr),
        Expr::Group(group) => bare(&group.expr),
        other => other,
    }
}

/// Whether a name is that of a primitive type.
pub(crate) fn is_primitive(name: &Ident) -> bool {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32",
        "i64", "i128", "isize", "f32", "f64",
    ];
    PRIMITIVES.iter().any(|primitive| name == primitive)
}

/// Whether a name is written like a constant.
pub(crate) fn is_constant(name: &Ident) -> bool {
    name.to_string().chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The spans of the first and the last token.
pub(crate) fn ends(tokens: &impl quote::ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |token| token.span());
    (first, tokens.last().map_or(first, |token| token.span()))
}

/// The name a path consists of.
pub(crate) fn single_name(expr: &Expr) -> Option<&Ident> {
    match bare(expr) {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// Whether a path names a node: its last segment is lower case, and not an associated function's.
pub(crate) fn is_node_path(path: &ExprPath) -> bool {
    let lower = |ident: &Ident| {
        ident.unraw().to_string().starts_with(|c: char| c.is_lowercase() || c == '_')
    };
    let mut segments = path.path.segments.iter().rev();
    let Some(last) = segments.next() else { return false };
    // `::f` is a crate, and `steps::self` is a module.
    let is_keyword = ["self", "super", "crate"].iter().any(|keyword| last.ident == keyword);
    let owner = segments.next();
    let is_crate = path.path.leading_colon.is_some() && owner.is_none();
    let of_type = owner.is_some_and(|owner| !lower(&owner.ident) || is_primitive(&owner.ident));
    let is_function = lower(&last.ident) && !is_keyword && !is_crate;
    path.qself.is_none() && is_function && !of_type
}

/// A call of a node, with what follows it.
pub(crate) struct NodeCall<'a> {
    pub(crate) call: &'a ExprCall,
    pub(crate) callee: &'a ExprPath,
    pub(crate) awaited: Option<Token![await]>,
    pub(crate) question: Option<Token![?]>,
}

/// Reads `f(…)`, `f(…).await`, `f(…)?` and `f(…).await?`.
pub(crate) fn node_call(expr: &Expr) -> Option<NodeCall<'_>> {
    let mut expr = bare(expr);
    let (mut awaited, mut question) = (None, None);
    if let Expr::Try(try_expr) = expr {
        question = Some(try_expr.question_token);
        expr = bare(&try_expr.expr);
    }
    if let Expr::Await(await_expr) = expr {
        awaited = Some(await_expr.await_token);
        expr = bare(&await_expr.base);
    }
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(callee) = bare(&call.func) else { return None };
    let is_join = ["join_all", "try_join_all"]
        .iter()
        .any(|name| callee.path.segments.last().is_some_and(|last| last.ident == name));
    if !is_node_path(callee) || is_join {
        return None;
    }
    Some(NodeCall { call, callee, awaited, question })
}

/// Reads `Ok(value)`: the call, and the value.
pub(crate) fn ok_call(expr: &Expr) -> Option<(ExprCall, Expr)> {
    let Expr::Call(call) = bare(expr) else { return None };
    let is_ok = single_name(&call.func).is_some_and(|name| name == "Ok") && call.args.len() == 1;
    call.args.first().filter(|_| is_ok).map(|value| (call.clone(), value.clone()))
}

/// The name of what is called, for messages.
pub(crate) fn callee_name(call: &ExprCall) -> String {
    match bare(&call.func) {
        Expr::Path(path) => {
            path.path.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default()
        }
        other => crate::text::code(other),
    }
}

/// All node calls inside of something, in the order in which Rust evaluates them.
pub(crate) fn node_calls<'a>(visit: impl FnOnce(&mut Calls<'a>)) -> Vec<&'a ExprCall> {
    let mut calls = Calls(Vec::new());
    visit(&mut calls);
    calls.0
}

pub(crate) struct Calls<'a>(Vec<&'a ExprCall>);

impl<'a> Visit<'a> for Calls<'a> {
    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        visit::visit_expr_call(self, call);
        if let Expr::Path(path) = bare(&call.func)
            && is_node_path(path)
        {
            self.0.push(call);
        }
    }
}

/// A map in the iterator spelling: `source.map(f).collect()`, or `join_all(source.map(f)).await`.
pub(crate) struct Chain<'a> {
    /// What `.map` is called on.
    pub(crate) source: &'a Expr,
    /// The word `map`.
    pub(crate) map: &'a Ident,
    /// A closure, or the path of a node.
    pub(crate) function: &'a Expr,
    pub(crate) end: End<'a>,
}

pub(crate) enum End<'a> {
    Collect { method: TokenStream, question: Option<Token![?]> },
    JoinAll { awaited: Token![await] },
    TryJoinAll { awaited: Token![await], question: Option<Token![?]>, name: &'a Ident },
}

/// Reads a map in the iterator spelling; `None` for any other expression.
pub(crate) fn chain(expr: &Expr) -> Option<Chain<'_>> {
    let mut expr = bare(expr);
    let mut question = None;
    if let Expr::Try(try_expr) = expr {
        question = Some(try_expr.question_token);
        expr = bare(&try_expr.expr);
    }
    if let Expr::Await(await_expr) = expr {
        let awaited = await_expr.await_token;
        let Expr::Call(call) = bare(&await_expr.base) else { return None };
        let Expr::Path(path) = bare(&call.func) else { return None };
        let name = &path.path.segments.last()?.ident;
        let end = if name == "join_all" && question.is_none() {
            End::JoinAll { awaited }
        } else if name == "try_join_all" {
            End::TryJoinAll { awaited, question, name }
        } else {
            return None;
        };
        let (source, map, function) = mapped(call.args.first().filter(|_| call.args.len() == 1)?)?;
        return Some(Chain { source, map, function, end });
    }
    let Expr::MethodCall(collect) = expr else { return None };
    if collect.method != "collect" || !collect.args.is_empty() {
        return None;
    }
    let (source, map, function) = mapped(&collect.receiver)?;
    let (name, turbofish) = (&collect.method, &collect.turbofish);
    let end = End::Collect { method: quote!(#name #turbofish), question };
    Some(Chain { source, map, function, end })
}

fn mapped(expr: &Expr) -> Option<(&Expr, &Ident, &Expr)> {
    let Expr::MethodCall(call) = bare(expr) else { return None };
    let function = call.args.first().filter(|_| call.method == "map" && call.args.len() == 1)?;
    Some((&call.receiver, &call.method, function))
}

/// The macros that make a value of their arguments, and nothing else.
pub(crate) enum ValueMacro {
    /// `vec![a, b]`, or `vec![x; n]`: its elements.
    Vec { elements: Vec<Expr>, repeat: bool },
    /// `format!("…", a, b = c)`: all but the text.
    Format { text: Expr, arguments: Vec<Expr> },
    /// Nothing that could mention a value: `concat!`, `include_str!`.
    Constant,
}

/// Reads a macro call; `None` for macros that may do anything.
pub(crate) fn value_macro(expr: &ExprMacro) -> Option<ValueMacro> {
    let tokens = expr.mac.tokens.clone();
    let name = expr.mac.path.segments.last()?.ident.to_string();
    let list = Punctuated::<Expr, Token![,]>::parse_terminated;
    match name.as_str() {
        "vec" => {
            if let Ok(elements) = list.parse2(tokens.clone()) {
                let elements = elements.into_iter().collect();
                return Some(ValueMacro::Vec { elements, repeat: false });
            }
            let repeat = |input: syn::parse::ParseStream<'_>| {
                let element: Expr = input.parse()?;
                input.parse::<Token![;]>()?;
                Ok(vec![element, input.parse()?])
            };
            repeat.parse2(tokens).ok().map(|elements| ValueMacro::Vec { elements, repeat: true })
        }
        "format" => {
            let mut arguments = list.parse2(tokens).ok()?.into_iter();
            let text = arguments.next()?;
            Some(ValueMacro::Format { text, arguments: arguments.collect() })
        }
        "concat" | "env" | "file" | "include_bytes" | "include_str" | "line" | "module_path"
        | "option_env" | "stringify" => Some(ValueMacro::Constant),
        _ => None,
    }
}

/// The names that a format string mentions in braces: `"{name:>8} {0}"` mentions `name`.
pub(crate) fn captured_names(text: &Expr) -> Vec<String> {
    let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = bare(text) else {
        return Vec::new();
    };
    let text = text.value().replace("{{", "").replace("}}", "");
    let mut names = Vec::new();
    for piece in text.split('{').skip(1) {
        let Some((argument, _)) = piece.split_once('}') else { continue };
        let (name, spec) = argument.split_once(':').unwrap_or((argument, ""));
        // A width or a precision may name an argument as well: `{:width$.precision$}`.
        let of_spec = spec.split('$').rev().skip(1).map(|before| {
            before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
        });
        for name in std::iter::once(name.trim()).chain(of_spec) {
            // A keyword names what is spelt `r#in` elsewhere.
            let is_name = name != "_" && Ident::parse_any.parse_str(name).is_ok();
            if is_name && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// The names that a literal mentions, in the tokens of a macro, where it may be a format string.
pub(crate) fn captured_by(literal: &proc_macro2::Literal) -> Vec<String> {
    let text = syn::parse_str(&literal.to_string());
    text.as_ref().map(captured_names).unwrap_or_default()
}

/// The names that a pattern binds, in order.
pub(crate) fn bound_names(pat: &Pat) -> Vec<Ident> {
    struct Names(Vec<Ident>);
    impl<'a> Visit<'a> for Names {
        fn visit_pat_ident(&mut self, pat: &'a syn::PatIdent) {
            self.0.push(pat.ident.clone());
            visit::visit_pat_ident(self, pat);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pat);
    names.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_called_by_a_lower_case_path() {
        for (path, is_node) in [
            ("clean", true),
            ("steps::clean", true),
            ("identity::<u32>", true),
            ("r#type", true),
            ("Duration::from_secs", false),
            ("u32::from", false),
            ("Some", false),
            ("<u64 as From<u8>>::from", false),
            ("steps::self", false),
            ("::steps", false),
            ("::steps::clean", true),
        ] {
            let Expr::Path(path) = syn::parse_str(path).unwrap() else { panic!("not a path") };
            assert_eq!(is_node_path(&path), is_node, "{}", crate::text::code(&path));
        }
    }

    #[test]
    fn a_format_string_mentions_names() {
        let text: Expr = syn::parse_str(r#""{a} {{b}} {c:>width$.places$} {0} {}""#).unwrap();
        assert_eq!(captured_names(&text), ["a", "c", "places", "width"]);
        let text: Expr = syn::parse_str(r#""{in} {_} {a b} {a-b} {r#in} {1a} {a""#).unwrap();
        assert_eq!(captured_names(&text), ["in", "r#in"]);
    }
}
