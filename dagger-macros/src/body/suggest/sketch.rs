//! A function to write, and what uses it.

use proc_macro2::TokenTree;
use quote::ToTokens;

use super::flow;
use super::lines::{contains, indented};
use crate::text::is_punct;

/// The most lines of code in a help.
const LINES: usize = 12;

/// A task or a dag to write.
pub(super) struct Sketch {
    pub(super) attribute: &'static str,
    pub(super) name: String,
    pub(super) inputs: Vec<Input>,
    /// The type it returns, if any.
    pub(super) output: Option<String>,
    pub(super) lines: Vec<String>,
    pub(super) awaits: bool,
    pub(super) fails: bool,
}

/// A parameter of a function to write, and what is passed for it.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) passed: String,
}

impl Input {
    pub(super) fn new(name: &str, ty: &str, passed: &str) -> Self {
        Self { name: name.to_owned(), ty: ty.to_owned(), passed: passed.to_owned() }
    }
}

impl Sketch {
    /// A task of one expression, or of some statements.
    pub(super) fn task(name: &str, inputs: Vec<Input>, output: &str, lines: Vec<String>) -> Self {
        let (name, output) = (name.to_owned(), Some(output.to_owned()));
        let (attribute, awaits, fails) = ("task", false, false);
        Self { attribute, name, inputs, output, lines, awaits, fails }
    }

    /// Awaits and fails as these tokens do.
    pub(super) fn running(mut self, of: &impl ToTokens) -> Self {
        let tokens = of.to_token_stream();
        self.awaits = contains(
            &tokens,
            &|token, _| matches!(token, TokenTree::Ident(word) if word == "await"),
        );
        self.fails = contains(&tokens, &|token, before| {
            // In a macro it may stand in front of a value.
            let is_behind = !matches!(before, None | Some(TokenTree::Punct(_)));
            is_punct(token, "?") && is_behind
        });
        self
    }

    /// The call that takes the place of what was moved.
    pub(super) fn call(&self) -> String {
        let passed: Vec<_> = self.inputs.iter().map(|input| input.passed.as_str()).collect();
        let awaits = if self.awaits { ".await" } else { "" };
        let fails = if self.fails { "?" } else { "" };
        format!("{}({}){awaits}{fails}", self.name, passed.join(", "))
    }

    /// The function, and below it what uses it.
    pub(super) fn code(&self, uses: &[String]) -> String {
        let keyword = if self.awaits { "async fn" } else { "fn" };
        let inputs: Vec<_> =
            self.inputs.iter().map(|input| format!("{}: {}", input.name, input.ty)).collect();
        let output = match (&self.output, self.fails) {
            (Some(output), true) if output != "…" => format!(" -> Result<{output}, …>"),
            (Some(output), _) => format!(" -> {output}"),
            (None, true) => " -> Result<(), …>".to_owned(),
            (None, false) => String::new(),
        };
        let mut lines = vec![format!("#[{}]", self.attribute)];
        lines.push(format!("{keyword} {}({}){output} {{", self.name, inputs.join(", ")));
        let mut body = self.lines.clone();
        if self.fails {
            match (&self.output, body.pop()) {
                // The last expression is in several lines.
                (Some(_), Some(last)) if last.starts_with([')', ' ', '}']) => {
                    body.push(last);
                    body = flow::named("value", &body);
                    body.pop();
                    body.push("Ok(value)".to_owned());
                }
                (Some(_), Some(last)) => body.push(format!("Ok({last})")),
                (_, last) => body.extend(last.into_iter().chain(["Ok(())".to_owned()])),
            }
        }
        if body.len() + uses.len() + 3 > LINES {
            let last = body.pop().filter(|last| self.output.is_some() && !last.starts_with('}'));
            body = ["…".to_owned()].into_iter().chain(last).collect();
        }
        lines.extend(indented(body));
        lines.push("}".to_owned());
        lines.extend(uses.iter().cloned());
        lines.join("\n")
    }
}
