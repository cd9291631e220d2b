//! The names that code of the user's mentions and does not bind itself.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Pat, Stmt};

use crate::body::syntax::{bound_names, captured_by};
use crate::text::is_punct;

/// The names in some code, in order, each once: those that it does not bind.
pub(super) fn free_names(of: &impl ToTokens) -> Vec<String> {
    let tokens = of.to_token_stream();
    let mut names = Names::default();
    match syn::parse::Parser::parse2(Block::parse_within, tokens.clone()) {
        Ok(statements) => names.statements(&statements),
        Err(_) => names.words(tokens),
    }
    names.found
}

#[derive(Default)]
struct Names {
    found: Vec<String>,
    /// The names that are bound where the visitor is.
    bound: Vec<String>,
}

impl Names {
    fn mention(&mut self, name: String) {
        if !self.bound.contains(&name) && !self.found.contains(&name) {
            self.found.push(name);
        }
    }

    fn bind(&mut self, pattern: &Pat) {
        self.bound.extend(bound_names(pattern).iter().map(ToString::to_string));
    }

    /// Forgets what is bound inside.
    fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        let outer = self.bound.len();
        inside(self);
        self.bound.truncate(outer);
    }

    fn statements(&mut self, statements: &[Stmt]) {
        self.scope(|names| statements.iter().for_each(|statement| names.visit_stmt(statement)));
    }

    /// The words in the tokens of a macro that may be names of values, those in format strings as
    /// well.
    fn words(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            let before = |by: usize| index.checked_sub(by).map(|index| &tokens[index]);
            let after = tokens.get(index + 1);
            match token {
                TokenTree::Ident(word) => {
                    let is_member = is_punct(before(1), ".") && !is_punct(before(2), ".");
                    let in_path = is_punct(before(1), ":") && is_punct(before(2), ":");
                    let is_macro = is_punct(after, "!") && !is_punct(tokens.get(index + 2), "=");
                    let is_called = matches!(after, Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis);
                    if !is_member && !in_path && !is_macro && !is_called && !is_punct(after, ":") {
                        self.mention(word.to_string());
                    }
                }
                TokenTree::Group(group) => self.words(group.stream()),
                TokenTree::Literal(literal) => {
                    captured_by(literal).into_iter().for_each(|name| self.mention(name));
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_block(&mut self, block: &'ast Block) {
        self.statements(&block.stmts);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, otherwise)) = &init.diverge {
                self.visit_expr(otherwise);
            }
        }
        self.bind(&local.pat);
    }

    fn visit_expr_for_loop(&mut self, for_loop: &'ast syn::ExprForLoop) {
        self.visit_expr(&for_loop.expr);
        self.scope(|names| {
            names.bind(&for_loop.pat);
            names.visit_block(&for_loop.body);
        });
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.scope(|names| {
            closure.inputs.iter().for_each(|input| names.bind(input));
            names.visit_expr(&closure.body);
        });
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scope(|names| {
            names.bind(&arm.pat);
            visit::visit_arm(names, arm);
        });
    }

    fn visit_expr_if(&mut self, condition: &'ast syn::ExprIf) {
        self.scope(|names| {
            names.visit_expr(&condition.cond);
            names.visit_block(&condition.then_branch);
        });
        if let Some((_, otherwise)) = &condition.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, repeat: &'ast syn::ExprWhile) {
        self.scope(|names| visit::visit_expr_while(names, repeat));
    }

    fn visit_expr_let(&mut self, binding: &'ast syn::ExprLet) {
        self.visit_expr(&binding.expr);
        self.bind(&binding.pat);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        // What is called is no value.
        call.args.iter().for_each(|argument| self.visit_expr(argument));
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(name) = path.path.get_ident() {
            self.mention(name.to_string());
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.words(mac.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::free_names;

    #[test]
    fn what_code_binds_is_not_free() {
        for (code, names) in [
            ("f(a, &b.c, d[e])", vec!["a", "b", "d", "e"]),
            ("let a = f(a); let b = g(a); h(b, c)", vec!["a", "c"]),
            ("for x in f(x) { g(x, y); }", vec!["x", "y"]),
            ("xs.map(|(a, b)| f(a, b, c))", vec!["xs", "c"]),
            ("match a { Some(b) if b > c => b, _ => d }", vec!["a", "c", "d"]),
            ("if let Some(a) = b { a } else { c }", vec!["b", "c"]),
            ("println!(\"{a} {}\", b + c.d)", vec!["a", "b", "c"]),
            ("P { a, b: c, ..d }", vec!["a", "c", "d"]),
        ] {
            let tokens: proc_macro2::TokenStream = code.parse().unwrap();
            assert_eq!(free_names(&tokens), names, "{code}");
        }
    }
}
