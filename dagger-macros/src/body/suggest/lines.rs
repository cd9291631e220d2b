//! Code of the user's, line by line, and the names that it mentions.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Block, Expr, Stmt};

use super::{flow, sources};
use crate::body::syntax::bare;
use crate::text::{code, short};

/// The longest line of code in a help.
pub(super) const WIDTH: usize = 90;

/// Whether any of these tokens is such a one, by what stands in front of it.
pub(super) fn contains(
    tokens: &TokenStream,
    is: &dyn Fn(&TokenTree, Option<&TokenTree>) -> bool,
) -> bool {
    let mut before = None;
    tokens.clone().into_iter().any(|token| {
        let found = match &token {
            TokenTree::Group(group) => contains(&group.stream(), is),
            token => is(token, before.as_ref()),
        };
        before = Some(token);
        found
    })
}

/// Lines one step further to the right.
pub(super) fn indented(lines: Vec<String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(|line| format!("    {line}"))
}

/// The lines of some statements, each of which is a line if it is no loop.
pub(super) fn lines(statements: &[Stmt]) -> Vec<String> {
    statements.iter().flat_map(statement).collect()
}

pub(super) fn statement(statement: &Stmt) -> Vec<String> {
    match statement {
        Stmt::Expr(Expr::ForLoop(inner), _) => {
            let head = format!("for {} in {}", code(&inner.pat), short(&inner.expr, WIDTH));
            block(&head, &inner.body)
        }
        Stmt::Expr(expr @ (Expr::If(_) | Expr::Match(_) | Expr::While(_) | Expr::Loop(_)), _) => {
            flow::lines(expr)
        }
        Stmt::Expr(expr, semicolon) => wrapped(expr, semicolon.map_or("", |_| ";")),
        other => vec![short(other, WIDTH)],
    }
}

/// A head, a body in braces.
pub(super) fn block(head: &str, body: &Block) -> Vec<String> {
    let mut all = vec![format!("{head} {{")];
    all.extend(indented(lines(&body.stmts)));
    all.push("}".to_owned());
    all
}

/// An expression and what stands behind it, in several lines if it is long.
pub(super) fn wrapped(expr: &Expr, end: &str) -> Vec<String> {
    let text = format!("{}{end}", code(expr));
    if text.chars().count() <= WIDTH {
        return vec![text];
    }
    match bare(expr) {
        Expr::Call(call) if !call.args.is_empty() => {
            let mut all = vec![format!("{}(", code(&call.func))];
            all.extend(call.args.iter().map(|argument| format!("    {},", short(argument, WIDTH))));
            all.push(format!("){end}"));
            all
        }
        Expr::MethodCall(_) => {
            let (root, methods) = sources::adaptors(expr);
            let mut all = vec![short(root, WIDTH)];
            all.extend(methods.into_iter().map(|call| {
                let (method, turbofish, args) = (&call.method, &call.turbofish, &call.args);
                format!("    {}", short(quote::quote!(.#method #turbofish (#args)), WIDTH))
            }));
            if let Some(last) = all.last_mut() {
                last.push_str(end);
            }
            all
        }
        other => vec![format!("{}{end}", short(other, WIDTH))],
    }
}
