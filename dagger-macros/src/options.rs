//! The words in `#[task(…)]` and `#[dag(…)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, Meta, Path, Token};

use crate::diagnostic::{Diagnostics, Rejection};
use crate::text::code;

/// An option: its word, what it looks like, and what it does.
struct Known {
    word: &'static str,
    shape: &'static str,
}

const TASK: &[Known] = &[
    Known { word: "concurrency", shape: "concurrency = 4" },
    Known { word: "crate", shape: "crate = path::to::dagger" },
];

const DAG: &[Known] = &[Known { word: "crate", shape: "crate = path::to::dagger" }];

/// What the attribute asks for; what is missing or wrong has its default.
pub(crate) struct Options {
    /// The path of the facade crate.
    pub(crate) library: TokenStream,
    pub(crate) concurrency: Option<usize>,
}

pub(crate) fn read(attribute: &str, tokens: TokenStream, diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options { library: quote!(::dagger), concurrency: None };
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
        let understood = match (&meta, option.word) {
            (Meta::NameValue(pair), "concurrency") => match positive(&pair.value) {
                Some(limit) => {
                    options.concurrency = Some(limit);
                    true
                }
                None => {
                    let message = "`concurrency` takes a whole number of calls, 1 at least";
                    let rejection = Rejection::new(&pair.value, message);
                    diagnostics.push(rejection.help(&format!("write `{}`", option.shape)));
                    true
                }
            },
            (Meta::NameValue(pair), _) => match as_path(&pair.value) {
                Some(path) => {
                    options.library = quote!(#path);
                    true
                }
                None => false,
            },
            _ => false,
        };
        if !understood {
            let message = format!("`{word}` of `#[{attribute}(…)]` is not written like this");
            let rejection = Rejection::new(&meta, message);
            diagnostics.push(rejection.help(&format!("write `{}`", option.shape)));
        }
    }
    options
}

fn positive(value: &Expr) -> Option<usize> {
    let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = value else { return None };
    number.base10_parse().ok().filter(|limit| *limit > 0)
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
        Some((distance, option)) if distance <= 1 + option.word.len() / 3 => {
            rejection.help(&format!("did you mean `{}`?", option.shape))
        }
        _ => rejection.help(&format!("the options are {}", shapes(known))),
    }
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
    use super::distance;

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("concurrency", "concurrency"), 0);
        assert_eq!(distance("concurency", "concurrency"), 1);
        assert_eq!(distance("", "crate"), 5);
        assert_eq!(distance("retry", "crate"), 4);
    }
}
