//! The words in `#[task(…)]` and `#[dag(…)]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, Meta, MetaNameValue, Path, Token};

use crate::diagnostic::{Diagnostics, Rejection};
use crate::function::Function;
use crate::text::code;

/// An option: its word, what it looks like, and what reads it.
struct Known {
    word: &'static str,
    shape: &'static str,
    read: Read,
}

/// Reads an option; an error where it is not written like its shape.
type Read = fn(&Meta, &mut Options) -> Result<(), Malformed>;

/// What is wrong with an option.
enum Malformed {
    /// It has another shape.
    Shape,
    /// A part of it is wrong, for this reason.
    Part(TokenStream, String),
}

const LIBRARY: Known = Known {
    word: "crate",
    shape: "crate = path::to::dagger",
    read: |meta, options| {
        let path = as_path(value(meta)?).ok_or(Malformed::Shape)?;
        options.library = quote!(#path);
        Ok(())
    },
};

const TASK: &[Known] = &[
    Known {
        word: "concurrency",
        shape: "concurrency = 4",
        read: |meta, options| {
            options.concurrency = Some(count(
                value(meta)?,
                "`concurrency` takes a whole number of calls, 1 at least",
            )?);
            Ok(())
        },
    },
    LIBRARY,
    Known {
        word: "label",
        shape: "label = name",
        read: |meta, options| {
            options.label = Some(value(meta)?.clone());
            Ok(())
        },
    },
    Known {
        word: "retry",
        shape: "retry(limit = 3, backoff = \"100ms..10s\")",
        read: |meta, options| {
            options.retry = Some(retry(meta)?);
            Ok(())
        },
    },
    Known {
        word: "timeout",
        shape: "timeout = \"30s\"",
        read: |meta, options| {
            let value = value(meta)?;
            options.timeout = Some(duration(value, &text(value)?)?);
            Ok(())
        },
    },
];

const DAG: &[Known] = &[LIBRARY];

/// What the attribute asks for; what is missing or wrong has its default.
pub(crate) struct Options {
    /// The path of the facade crate.
    pub(crate) library: TokenStream,
    pub(crate) concurrency: Option<u32>,
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Duration>,
    /// An expression over the parameters.
    pub(crate) label: Option<Expr>,
}

/// Further attempts.
pub(crate) struct Retry {
    pub(crate) limit: u32,
    /// The first pause, and the longest one.
    pub(crate) backoff: Option<(Duration, Duration)>,
}

pub(crate) fn read(attribute: &str, tokens: TokenStream, diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options {
        library: quote!(::dagger),
        concurrency: None,
        retry: None,
        timeout: None,
        label: None,
    };
    let known = if attribute == "task" { TASK } else { DAG };
    let list = Punctuated::<Meta, Token![,]>::parse_terminated;
    let Ok(metas) = list.parse2(tokens.clone()) else {
        diagnostics.push(malformed(attribute, known, &tokens));
        return options;
    };
    let mut seen: Vec<&str> = Vec::new();
    for meta in metas {
        let word = code(meta.path());
        let Some(option) = known.iter().find(|option| option.word == word) else {
            diagnostics.push(unknown(attribute, known, meta.path()));
            continue;
        };
        if seen.contains(&option.word) {
            let message = format!("`{word}` is given twice in `#[{attribute}(…)]`");
            diagnostics.push(Rejection::new(meta.path(), message).help("keep one of them"));
            continue;
        }
        seen.push(option.word);
        let rejection = match (option.read)(&meta, &mut options) {
            Ok(()) => continue,
            Err(Malformed::Part(at, message)) => Rejection::new(at, message),
            Err(Malformed::Shape) => {
                let message = format!("`{word}` of `#[{attribute}(…)]` is not written like this");
                Rejection::new(&meta, message)
            }
        };
        diagnostics.push(rejection.help(&format!("write `{}`", option.shape)));
    }
    options
}

/// A label that no call of this task can have.
pub(crate) fn check_label(function: &Function, options: &Options, diagnostics: &mut Diagnostics) {
    let Some(label) = options.label.as_ref().filter(|_| !function.rejected) else { return };
    if function.is_generic() {
        let rejection = Rejection::new(label, "a generic task has no `label`");
        diagnostics.push(rejection.help(
            "take the label from a parameter of a type that is known, in a task that calls a \
             generic function",
        ));
    } else if !function.has_nameable_output() {
        let rejection = Rejection::new(label, "a task that returns `impl Trait` has no `label`");
        diagnostics.push(rejection.help("return a boxed trait object: `Box<dyn Trait + Send>`"));
    }
}

/// What stands behind the `=`.
fn value(meta: &Meta) -> Result<&Expr, Malformed> {
    match meta {
        Meta::NameValue(pair) => Ok(&pair.value),
        _ => Err(Malformed::Shape),
    }
}

fn count(value: &Expr, message: &str) -> Result<u32, Malformed> {
    positive(value).ok_or_else(|| Malformed::Part(quote!(#value), message.to_owned()))
}

fn text(value: &Expr) -> Result<String, Malformed> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.value()),
        _ => {
            let message = "a time is a number with its unit, in quotes";
            Err(Malformed::Part(quote!(#value), message.to_owned()))
        }
    }
}

/// A time of more than nothing.
fn duration(at: &Expr, text: &str) -> Result<Duration, Malformed> {
    match humantime::parse_duration(text.trim()) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => {
            let message = format!("`{text}` is not a time, such as `100ms`, `30s` or `1h 30m`");
            Err(Malformed::Part(quote!(#at), message))
        }
    }
}

fn retry(meta: &Meta) -> Result<Retry, Malformed> {
    let Meta::List(list) = meta else { return Err(Malformed::Shape) };
    let parts = Punctuated::<MetaNameValue, Token![,]>::parse_terminated;
    let parts = list.parse_args_with(parts).map_err(|_| Malformed::Shape)?;
    let (mut limit, mut backoff) = (None, None);
    for MetaNameValue { path, value, .. } in &parts {
        if path.is_ident("limit") && limit.is_none() {
            let message = "`limit` takes how often the task is called again, 1 at least";
            limit = Some(count(value, message)?);
        } else if path.is_ident("backoff") && backoff.is_none() {
            let text = text(value)?;
            let (first, longest) = text.split_once("..").unwrap_or((&text, &text));
            let (first, longest) = (duration(value, first)?, duration(value, longest)?);
            if first > longest {
                let message = "the first pause of `backoff` is longer than the longest";
                return Err(Malformed::Part(quote!(#value), message.to_owned()));
            }
            backoff = Some((first, longest));
        } else {
            let message = "`retry` takes one `limit`, and maybe one `backoff`";
            return Err(Malformed::Part(quote!(#path), message.to_owned()));
        }
    }
    match limit {
        Some(limit) => Ok(Retry { limit, backoff }),
        None => Err(Malformed::Part(quote!(#meta), "`retry` has no `limit`".to_owned())),
    }
}

fn positive(value: &Expr) -> Option<u32> {
    let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = value else { return None };
    number.base10_parse::<u32>().ok().filter(|number| *number > 0)
}

fn as_path(value: &Expr) -> Option<Path> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
        _ => None,
    }
}

fn shapes(known: &[Known]) -> String {
    known.iter().map(|option| format!("`{}`", option.shape)).collect::<Vec<_>>().join(", ")
}

fn malformed(attribute: &str, known: &[Known], tokens: &TokenStream) -> Rejection {
    Rejection::new(tokens, format!("`#[{attribute}(…)]` takes a list of options"))
        .help(&format!("the options are {}", shapes(known)))
}

fn unknown(attribute: &str, known: &[Known], path: &Path) -> Rejection {
    let word = code(path);
    let rejection = Rejection::new(path, format!("`#[{attribute}]` has no option `{word}`"));
    let nearest = known.iter().map(|option| (distance(&word, option.word), option));
    match nearest.min_by_key(|(distance, _)| *distance) {
        Some((distance, option))
            if distance <= 1 + option.word.len() / 3 || begins_alike(&word, option.word) =>
        {
            rejection.help(&format!("did you mean `{}`?", option.shape))
        }
        _ => rejection.help(&format!("the options are {}", shapes(known))),
    }
}

/// Whether two words have their first four letters in common, as `retries` and `retry`.
fn begins_alike(a: &str, b: &str) -> bool {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count() >= 4
}

/// How many letters differ: Levenshtein's distance, row by row.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{begins_alike, distance};

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("concurrency", "concurrency"), 0);
        assert_eq!(distance("concurency", "concurrency"), 1);
        assert_eq!(distance("", "crate"), 5);
        assert_eq!(distance("retry", "crate"), 4);
        assert!(begins_alike("retries", "retry") && !begins_alike("return", "retry"));
    }
}
