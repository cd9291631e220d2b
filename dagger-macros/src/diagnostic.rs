//! Rejections on their way to the user: collected by every phase, reported together.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Why a program is not accepted, and what to write instead.
pub(crate) struct Rejection {
    /// What to change; the error is shown below these tokens.
    at: TokenStream,
    message: String,
}

impl Rejection {
    /// `message` at the tokens `at`: lower case, one line, the user's code in backticks.
    pub(crate) fn new(at: impl ToTokens, message: impl Into<String>) -> Self {
        Self { at: at.to_token_stream(), message: message.into() }
    }

    /// Says why, in a sentence, and names the rule, which is also the name of its page in the
    /// manual.
    pub(crate) fn because(mut self, rule: &str, why: &str) -> Self {
        self.line(&format!("= note: {why} [{rule}]"));
        self
    }

    /// Says why, in a sentence, where no rule is to be named.
    pub(crate) fn note(mut self, why: &str) -> Self {
        self.line(&format!("= note: {why}"));
        self
    }

    /// Says what to write instead; further lines are code.
    pub(crate) fn help(mut self, help: &str) -> Self {
        let mut lines = help.lines();
        self.line(&format!("= help: {}", lines.next().unwrap_or_default()));
        for line in lines {
            // rustc indents the lines of a message; code stands below the word that introduces it.
            self.line(&format!("        {line}"));
        }
        self
    }

    /// Words and one line of code, which stands below them if it is long.
    pub(crate) fn with_code(words: &str, code: &str) -> String {
        match code.chars().count() {
            0..50 => format!("{words}: `{code}`"),
            _ => format!("{words}:\n{code}"),
        }
    }

    fn line(&mut self, line: &str) {
        self.message.push('\n');
        self.message.push_str(line);
    }

    fn into_error(self) -> syn::Error {
        if self.at.is_empty() {
            return syn::Error::new(proc_macro2::Span::call_site(), self.message);
        }
        syn::Error::new_spanned(self.at, self.message)
    }
}

/// All rejections of one item, in the order they were found: that of the source.
#[derive(Default)]
pub(crate) struct Diagnostics(Vec<Rejection>);

impl Diagnostics {
    pub(crate) fn push(&mut self, rejection: Rejection) {
        self.0.push(rejection);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One `compile_error!` each.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.into_iter().map(|rejection| rejection.into_error().to_compile_error()).collect()
    }

    #[cfg(test)]
    pub(crate) fn into_errors(self) -> Vec<syn::Error> {
        self.0.into_iter().map(Rejection::into_error).collect()
    }
}
