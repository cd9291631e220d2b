//! What holds for every expansion:
//!
//! 1. The macro does not panic.
//! 2. The item's own tokens come first, at their places, less what the macro takes off parameters.
//! 3. Each error points into the item or into the attribute.
//! 4. If the item is a function, the expansion is a list of items.

use std::any::Any;
use std::panic::catch_unwind;

use proc_macro2::extra::invalidate_current_thread_spans;
use proc_macro2::{Delimiter, LineColumn, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::Attribute;
use crate::tree;

/// What an expansion is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The messages of its errors.
    pub errors: Vec<String>,
    /// Whether the item is a function that can be parsed, with its body.
    pub is_function: bool,
}

/// A token, or one end of a group.
#[derive(Clone)]
struct Flat {
    text: String,
    span: Span,
}

impl Flat {
    /// Whether it is the other token, at its place.
    fn is(&self, other: &Self) -> bool {
        self.text == other.text && self.span.byte_range() == other.span.byte_range()
    }

    fn is_delimiter(&self) -> bool {
        ["(", "[", "{", "}", "]", ")"].contains(&self.text.as_str())
    }
}

/// Expands the item of a text that begins with its attribute, and checks the laws.
///
/// `None` if the text does not consist of tokens, or begins otherwise.
///
/// # Errors
///
/// Which law is broken, and how.
pub fn check(text: &str) -> Option<Result<Expansion, String>> {
    let checked = tree::parse_invisible(text).and_then(split).map(|(attribute, options, item)| {
        check_parts(attribute, options, item).map_err(|fault| format!("{fault}\n{text}"))
    });
    // Or the map of all texts would grow.
    invalidate_current_thread_spans();
    checked
}

/// Checks the laws for the text of a file. If it does not begin with an attribute of the library, each is tried.
///
/// # Errors
///
/// Which law is broken, and how.
pub fn check_file(text: &[u8]) -> Result<(), String> {
    // What a fuzzer finds need not be text.
    let text = String::from_utf8_lossy(text);
    if let Some(checked) = check(&text) {
        return checked.map(drop);
    }
    for attribute in ["task", "dag"] {
        check(&format!("#[{attribute}]\n{text}")).transpose()?;
    }
    Ok(())
}

/// The attribute that some tokens begin with, its options, and the rest.
fn split(tokens: TokenStream) -> Option<(Attribute, TokenStream, TokenStream)> {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Punct(_)), Some(TokenTree::Group(attribute))) =
        (tokens.next(), tokens.next())
    else {
        return None;
    };
    let (mut name, mut options) = (String::new(), TokenStream::new());
    for token in attribute.stream() {
        match token {
            TokenTree::Ident(last) => name = last.to_string(),
            TokenTree::Group(list) => options = list.stream(),
            _ => {}
        }
    }
    Some((Attribute::of_name(&name)?, options, tokens.collect()))
}

/// Expands without a panic.
///
/// # Errors
///
/// The message of a panic.
pub fn expand(
    attribute: Attribute,
    options: TokenStream,
    item: TokenStream,
) -> Result<TokenStream, String> {
    catch_unwind(|| attribute.expand(options, item)).map_err(|panic| {
        let panic: &(dyn Any + Send) = &*panic;
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        format!("the macro panics: {}", text.unwrap_or("(no text)"))
    })
}

fn check_parts(
    attribute: Attribute,
    options: TokenStream,
    item: TokenStream,
) -> Result<Expansion, String> {
    let output = expand(attribute, options.clone(), item.clone())?;
    let (user, out) = (flat(item.clone()), flat(output.clone()));
    let mut errors = Vec::new();
    let rest = own_tokens(&user, &out, &mut errors)?;
    own_errors(&out[rest..], &mut errors);
    // Without an item, there is the attribute only.
    let known = if user.is_empty() { user } else { [user, flat(options)].concat() };
    for error in &errors {
        check_place(error, &known)?;
    }
    let is_function = syn::parse2::<syn::ItemFn>(item).is_ok_and(|function| is_modern(&function));
    if is_function && let Err(error) = syn::parse2::<syn::File>(output.clone()) {
        return Err(format!("the expansion is no list of items: {error}\n{output}"));
    }
    let errors = errors.into_iter().map(|(message, ..)| message).collect();
    Ok(Expansion { errors, is_function })
}

/// Whether a function has no type `A + B` without `dyn`, which is one for syn and none for the compiler.
fn is_modern(function: &syn::ItemFn) -> bool {
    struct Bare(bool);
    impl<'a> Visit<'a> for Bare {
        fn visit_type_trait_object(&mut self, ty: &'a syn::TypeTraitObject) {
            self.0 |= ty.dyn_token.is_none();
            visit::visit_type_trait_object(self, ty);
        }
    }
    let mut bare = Bare(false);
    bare.visit_item_fn(function);
    !bare.0
}

/// An error of the macro: its message, where it begins, and where it ends.
type Error = (String, LineColumn, LineColumn);

/// Finds the item at the beginning of the expansion; the errors of a method stand inside of it.
fn own_tokens(user: &[Flat], out: &[Flat], errors: &mut Vec<Error>) -> Result<usize, String> {
    let (mut own, mut at) = (0, 0);
    // The delimiters around the current token.
    let mut open: Vec<&str> = Vec::new();
    while own < user.len() {
        let of_parameter =
            matches!(open[..], ["("] | []).then(|| taken_off(&user[own..])).flatten();
        if let Some(length) = of_parameter
            && !starts_with(&out[at..], &user[own..own + length])
        {
            own += length;
            continue;
        }
        let (token, found) = (&user[own], out.get(at));
        let is_same =
            |found: &&Flat| found.is(token) || (found.text == token.text && token.is_delimiter());
        if found.as_ref().is_some_and(is_same) {
            match token.text.as_str() {
                "(" | "[" | "{" => open.push(&token.text),
                ")" | "]" | "}" => drop(open.pop()),
                _ => {}
            }
            (own, at) = (own + 1, at + 1);
        } else if let Some((error, length)) = error(&out[at..]) {
            errors.push(error);
            at += length;
        } else {
            let found = found.map_or("nothing", |found| &found.text);
            return Err(format!(
                "the expansion does not begin with the item: `{found}` instead of `{}` at {:?}",
                token.text,
                token.span.start()
            ));
        }
    }
    Ok(at)
}

fn starts_with(tokens: &[Flat], beginning: &[Flat]) -> bool {
    tokens.len() >= beginning.len() && tokens.iter().zip(beginning).all(|(a, b)| a.is(b))
}

/// The length of an attribute that the macro takes off a parameter, or off a function that has a
/// second one of its own.
fn taken_off(tokens: &[Flat]) -> Option<usize> {
    let [hash, bracket, name, ..] = tokens else { return None };
    let is_ours = hash.text == "#" && bracket.text == "[";
    if !is_ours || !["default", "serializer", "doc", "task", "dag"].contains(&name.text.as_str()) {
        return None;
    }
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(1) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

/// All errors in what the macro adds.
fn own_errors(out: &[Flat], errors: &mut Vec<Error>) {
    for index in 0..out.len() {
        errors.extend(error(&out[index..]).map(|(error, _)| error));
    }
}

/// Reads `::core::compile_error! { "message" }`, and how long it is.
fn error(out: &[Flat]) -> Option<(Error, usize)> {
    const BEGINNING: [&str; 7] = [":", ":", "core", ":", ":", "compile_error", "!"];
    let begins =
        out.len() >= 10 && BEGINNING.iter().zip(out).all(|(text, flat)| flat.text == *text);
    let end = &out.get(9).filter(|_| begins)?;
    let error = (out[8].text.clone(), out[0].span.start(), end.span.end());
    Some((error, 10))
}

/// An error is below whole tokens of the user's; only where there are none it is the attribute.
fn check_place((message, start, end): &Error, known: &[Flat]) -> Result<(), String> {
    let begins = known.iter().any(|token| token.span.start() == *start);
    // Of an invisible group, syn takes the first character for its delimiter.
    let holds = |token: &Flat| token.span.start() < *end && *end <= token.span.end();
    let ends = known.iter().any(holds);
    if known.is_empty() || (begins && ends) {
        return Ok(());
    }
    let place = format!("{}:{} to {}:{}", start.line, start.column, end.line, end.column);
    Err(format!("an error is at {place}, where the user has nothing: {message}"))
}

/// Tokens one after another, groups as their ends, invisible groups as what is in them.
fn flat(tokens: TokenStream) -> Vec<Flat> {
    fn collect(tokens: TokenStream, found: &mut Vec<Flat>) {
        for token in tokens {
            let TokenTree::Group(group) = token else {
                let (text, span) = (token.to_string(), token.span());
                found.push(Flat { text, span });
                continue;
            };
            let ends = match group.delimiter() {
                Delimiter::Parenthesis => Some(("(", ")")),
                Delimiter::Bracket => Some(("[", "]")),
                Delimiter::Brace => Some(("{", "}")),
                Delimiter::None => None,
            };
            let (open, close) = (group.span_open(), group.span_close());
            let end = |text: &str, span| Flat { text: text.to_owned(), span };
            found.extend(ends.map(|(text, _)| end(text, open)));
            collect(group.stream(), found);
            found.extend(ends.map(|(_, text)| end(text, close)));
        }
    }
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}
