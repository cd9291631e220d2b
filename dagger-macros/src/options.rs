//! The words in `#[task(…)]` and `#[dag(…)]`.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, Meta, MetaNameValue, Path, ReturnType, Token, Type, TypeParamBound};

use crate::argo::{self, Argo};
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
    /// A part of it is wrong.
    Part(Rejection),
}

/// What is wrong with a part of an option, and what to write instead.
fn part(at: impl ToTokens, message: &str, help: &str) -> Malformed {
    Malformed::Part(Rejection::new(at, message).help(help))
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
        word: "argo",
        shape: "argo(batch = 100)",
        read: |meta, options| {
            let Meta::List(list) = meta else { return Err(Malformed::Shape) };
            options.argo = Some(argo::read(list.tokens.clone()).map_err(Malformed::Part)?);
            Ok(())
        },
    },
    Known {
        word: "cache",
        shape: "cache",
        read: |meta, options| {
            let Meta::Path(_) = meta else { return Err(Malformed::Shape) };
            options.cache = true;
            Ok(())
        },
    },
    Known {
        word: "concurrency",
        shape: "concurrency = 4",
        read: |meta, options| {
            let message = "`concurrency` takes a whole number of calls, 1 at least";
            options.concurrency = Some(count(value(meta)?, message, "write `concurrency = 4`")?);
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
        word: "serializer",
        shape: "serializer = Json",
        read: |meta, options| {
            options.serializer = Some(as_path(value(meta)?).ok_or(Malformed::Shape)?);
            Ok(())
        },
    },
    Known {
        word: "timeout",
        shape: "timeout = \"30s\"",
        read: |meta, options| {
            options.timeout = Some(timeout(value(meta)?)?);
            Ok(())
        },
    },
    Known {
        word: "version",
        shape: "version = 2",
        read: |meta, options| {
            let message = "`version` takes a whole number, 1 at least";
            options.version = Some(count(value(meta)?, message, "write `version = 2`")?);
            Ok(())
        },
    },
];

const DAG: &[Known] = &[LIBRARY];

/// The words in `retry(…)`, and what they look like.
const RETRY: [(&str, &str); 2] = [("limit", "limit = 3"), ("backoff", "backoff = \"100ms..10s\"")];

/// What the attribute asks for; what is missing or wrong has its default.
pub(crate) struct Options {
    /// The path of the facade crate.
    pub(crate) library: TokenStream,
    pub(crate) concurrency: Option<u32>,
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Duration>,
    /// An expression over the parameters.
    pub(crate) label: Option<Expr>,
    /// What writes the outputs: a type.
    pub(crate) serializer: Option<Path>,
    /// Whether its results are cached.
    pub(crate) cache: bool,
    pub(crate) version: Option<u32>,
    /// How it runs on Argo Workflows.
    pub(crate) argo: Option<Argo>,
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
        serializer: None,
        cache: false,
        version: None,
        argo: None,
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
            Err(Malformed::Part(rejection)) => rejection,
            Err(Malformed::Shape) => {
                let message = format!("`{word}` of `#[{attribute}(…)]` is not written like this");
                let shape = likely_shape(&meta).unwrap_or_else(|| option.shape.to_owned());
                Rejection::new(&meta, message).help(&format!("write `{shape}`"))
            }
        };
        diagnostics.push(rejection);
    }
    options
}

/// What a number was meant to be: `retry = 5` and `retry(5)`.
fn likely_shape(meta: &Meta) -> Option<String> {
    let number = match meta {
        Meta::NameValue(pair) => positive(&pair.value),
        Meta::List(list) => syn::parse2(list.tokens.clone()).ok().as_ref().and_then(positive),
        Meta::Path(_) => None,
    };
    let limit = number.filter(|_| meta.path().is_ident("retry"))?;
    Some(format!("retry(limit = {limit})"))
}

/// A label that no call of this task can have.
pub(crate) fn check_label(function: &Function, options: &Options, diagnostics: &mut Diagnostics) {
    let Some(label) = options.label.as_ref().filter(|_| !function.rejected) else { return };
    if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = label {
        let written = match text.value().contains('{') {
            true => format!("format!({})", code(label)),
            false => {
                let first = function.parameters.first().map(|parameter| &parameter.name);
                first.map_or_else(|| "name".to_owned(), ToString::to_string)
            }
        };
        let rejection = Rejection::new(label, "this `label` is the same for all calls")
            .note("a label tells the calls of a task apart, by their arguments");
        diagnostics.push(rejection.help(&format!("write `label = {written}`")));
        return;
    }
    if function.is_generic() {
        let rejection = Rejection::new(label, "a generic task has no `label`")
            .note("the label is made by code that is written once, for types that are known");
        diagnostics.push(rejection.help(&task_for_a_type(function, label)));
    } else if let ReturnType::Type(_, ty) = &function.sig.output
        && let Type::ImplTrait(returned) = &**ty
    {
        let is_trait =
            |bound: &&TypeParamBound| !matches!(bound, TypeParamBound::PreciseCapture(_));
        let bounds = returned.bounds.iter().filter(is_trait);
        let bounds: Punctuated<_, Token![+]> = bounds.collect();
        let boxed = format!("return `Box<dyn {}>`", code(bounds));
        let rejection = Rejection::new(label, "a task that returns `impl Trait` has no `label`")
            .note("the code that makes the label has to name what the task returns");
        diagnostics.push(rejection.help(&boxed));
    }
}

/// Words, and a task with this label that calls the generic function.
fn task_for_a_type(function: &Function, label: &Expr) -> String {
    let generics: Vec<_> = function.sig.generics.type_params().map(|one| &one.ident).collect();
    let named = |tokens: TokenStream| match mentions(tokens.clone(), &generics) {
        true => "…".to_owned(),
        false => code(tokens),
    };
    let name = function.text();
    let parameters = function.parameters.iter();
    let typed: Vec<_> = parameters
        .clone()
        .map(|one| format!("{}: {}", one.name, named(one.ty.to_token_stream())))
        .collect();
    let passed: Vec<_> = parameters.map(|one| one.name.to_string()).collect();
    let returned = match &function.sig.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, ty) => format!(" -> {}", named(ty.to_token_stream())),
    };
    let (keyword, awaited) = match function.is_async() {
        true => ("async fn", ".await"),
        false => ("fn", ""),
    };
    format!(
        "call the generic function in a task for each type:\n\
         #[task(label = {})]\n\
         {keyword} {name}_of_one_type({}){returned} {{\n    {name}({}){awaited}\n}}",
        code(label),
        typed.join(", "),
        passed.join(", "),
    )
}

/// Whether any of the names is among the tokens.
fn mentions(tokens: TokenStream, names: &[&Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Ident(word) => names.iter().any(|name| **name == word),
        _ => false,
    })
}

/// What stands behind the `=`.
fn value(meta: &Meta) -> Result<&Expr, Malformed> {
    match meta {
        Meta::NameValue(pair) => Ok(&pair.value),
        _ => Err(Malformed::Shape),
    }
}

fn count(value: &Expr, message: &str, help: &str) -> Result<u32, Malformed> {
    positive(value).ok_or_else(|| part(value, message, help))
}

/// The text of a time, or of two.
fn text(value: &Expr, help: &str) -> Result<String, Malformed> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.value()),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            Err(part(value, &format!("`{number}` has no unit of time"), help))
        }
        _ => Err(part(value, "a time is a number with its unit, in quotes", help)),
    }
}

/// A time of more than nothing.
fn duration(at: &Expr, text: &str, help: &str) -> Result<Duration, Malformed> {
    let text = text.trim();
    let message = match humantime::parse_duration(text) {
        Ok(time) if !time.is_zero() => return Ok(time),
        Ok(_) => format!("`{text}` is no time at all"),
        Err(_) if text.is_empty() => "a time is missing".to_owned(),
        Err(_) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("`{text}` has no unit of time")
        }
        Err(_) => format!("`{text}` is not a time, such as `100ms`, `30s` or `1h 30m`"),
    };
    Err(part(at, &message, help))
}

fn timeout(value: &Expr) -> Result<Duration, Malformed> {
    let help = match value {
        // Most likely seconds.
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if positive(value).is_some() => {
            format!("write `timeout = \"{number}s\"`")
        }
        _ => "write `timeout = \"30s\"`".to_owned(),
    };
    duration(value, &text(value, &help)?, &help)
}

fn backoff(value: &Expr) -> Result<(Duration, Duration), Malformed> {
    let help = "write `backoff = \"100ms..10s\"`";
    let text = text(value, help)?;
    let (first, longest) = text.split_once("..").unwrap_or((&text, &text));
    let pauses = (duration(value, first, help)?, duration(value, longest, help)?);
    if pauses.0 > pauses.1 {
        let message = "the first pause of `backoff` is longer than the longest";
        let help = format!("write `backoff = \"{}..{}\"`", longest.trim(), first.trim());
        return Err(part(value, message, &help));
    }
    Ok(pauses)
}

fn retry(meta: &Meta) -> Result<Retry, Malformed> {
    let Meta::List(list) = meta else { return Err(Malformed::Shape) };
    let parts = Punctuated::<MetaNameValue, Token![,]>::parse_terminated;
    let parts = list.parse_args_with(parts).map_err(|_| Malformed::Shape)?;
    let mut retry = (None, None);
    for MetaNameValue { path, value, .. } in &parts {
        let word = code(path);
        let is_twice = match &*word {
            "limit" => retry.0.is_some(),
            "backoff" => retry.1.is_some(),
            _ => {
                let message = format!("`retry(…)` has no option `{word}`");
                return Err(part(path, &message, &nearest(&word, RETRY)));
            }
        };
        if is_twice {
            let message = format!("`{word}` is given twice in `retry(…)`");
            return Err(part(path, &message, "keep one of them"));
        }
        if word == "limit" {
            let message = "`limit` takes how often a task is called again, 1 at least";
            retry.0 = Some(count(value, message, "write `limit = 3`")?);
        } else {
            retry.1 = Some(backoff(value)?);
        }
    }
    let (limit, backoff) = retry;
    let Some(limit) = limit else {
        let backoff = parts.first().map(|backoff| format!(", {}", code(backoff)));
        let help = format!("write `retry(limit = 3{})`", backoff.unwrap_or_default());
        return Err(part(meta.path(), "`retry` has no `limit`", &help));
    };
    Ok(Retry { limit, backoff })
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

/// The words of options, and what they look like.
fn words(known: &[Known]) -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
    known.iter().map(|option| (option.word, option.shape))
}

fn list(shapes: impl IntoIterator<Item = &'static str>) -> String {
    let shapes: Vec<_> = shapes.into_iter().map(|shape| format!("`{shape}`")).collect();
    format!("the options are {}", shapes.join(", "))
}

fn malformed(attribute: &str, known: &[Known], tokens: &TokenStream) -> Rejection {
    Rejection::new(tokens, format!("`#[{attribute}(…)]` takes a list of options"))
        .help(&list(words(known).map(|(_, shape)| shape)))
}

fn unknown(attribute: &str, known: &[Known], path: &Path) -> Rejection {
    let word = code(path);
    let mut rejection = Rejection::new(path, format!("`#[{attribute}]` has no option `{word}`"));
    if attribute == "dag" && TASK.iter().any(|option| option.word == word) {
        rejection = rejection.note(&format!("`{word}` is an option of tasks"));
    }
    rejection.help(&nearest(&word, words(known)))
}

/// The option whose word is almost this one; all of them, where there is none.
fn nearest(
    word: &str,
    known: impl IntoIterator<Item = (&'static str, &'static str), IntoIter: Clone>,
) -> String {
    let known = known.into_iter();
    let distances = known.clone().map(|option| (distance(word, option.0), option));
    match distances.min_by_key(|(distance, _)| *distance) {
        Some((distance, (other, shape)))
            if distance <= 1 + other.len() / 3 || begins_alike(word, other) =>
        {
            format!("did you mean `{shape}`?")
        }
        _ => list(known.map(|(_, shape)| shape)),
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
    use std::time::Duration;

    use super::{Options, begins_alike, check_label, distance, read};
    use crate::diagnostic::Diagnostics;
    use crate::function::Function;

    /// Where an error is, as line and column, its first line, and its help. Lines count from 1,
    /// columns from 0.
    type Found = ((usize, usize), String, String);

    /// The options in the parentheses of `#[task(…)]`, and what is wrong with them.
    fn options(attribute: &str, text: &str) -> (Options, Vec<Found>) {
        let mut diagnostics = Diagnostics::default();
        let options = read(attribute, text.parse().expect("tokens"), &mut diagnostics);
        (options, errors(diagnostics))
    }

    fn errors(diagnostics: Diagnostics) -> Vec<Found> {
        let parts = |error: syn::Error| {
            let text = error.to_string();
            let help = text.split_once("= help: ").map_or("", |(_, help)| help);
            let first = text.lines().next().unwrap_or_default();
            let start = error.span().start();
            ((start.line, start.column), first.to_owned(), help.to_owned())
        };
        diagnostics.into_errors().into_iter().map(parts).collect()
    }

    /// Asserts that options of a task have this only mistake.
    #[track_caller]
    fn assert_error(text: &str, column: usize, message: &str, help: &str) {
        let (_, errors) = options("task", text);
        assert_eq!(errors, [((1, column), message.to_owned(), help.to_owned())], "{text}");
    }

    /// Asserts that options of a task are right.
    #[track_caller]
    fn accepted(text: &str) -> Options {
        let (options, errors) = options("task", text);
        assert_eq!(errors, [], "{text}");
        options
    }

    #[test]
    fn options_are_read() {
        let none = accepted("");
        assert!(none.retry.is_none() && none.timeout.is_none() && none.label.is_none());
        assert_eq!(accepted("concurrency = 1_000,").concurrency, Some(1_000));
        assert_eq!(accepted("timeout = \" 1m 30s \"").timeout, Some(Duration::from_secs(90)));
        assert_eq!(
            accepted("label = format!(\"{a}\")").label.map(crate::text::code).as_deref(),
            Some("format!(\"{a}\")")
        );
        let retry = |text| accepted(text).retry.map(|retry| (retry.limit, retry.backoff));
        let millis = Duration::from_millis;
        assert_eq!(retry("retry(limit = 3)"), Some((3, None)));
        let pauses = Some((3, Some((millis(100), millis(10_000)))));
        assert_eq!(retry("retry(limit = 3, backoff = \"100ms..10s\")"), pauses);
        assert_eq!(retry("retry(backoff = \"100ms .. 10s\", limit = 3,)"), pauses);
        let always = Some((1, Some((millis(5), millis(5)))));
        assert_eq!(retry("retry(limit = 1, backoff = \"5ms\")"), always);
        assert_eq!(retry("retry(limit = 1, backoff = \"5ms..5ms\")"), always);
    }

    #[test]
    fn versions_are_numbers() {
        assert_eq!(accepted("version = 2, cache").version, Some(2));
        assert!(accepted("cache").cache && !accepted("version = 2").cache);
        let message = "`version` takes a whole number, 1 at least";
        for version in ["0", "-1", "\"2\"", "1.2", "VERSION"] {
            assert_error(&format!("version = {version}"), 10, message, "write `version = 2`");
        }
        let shape = |word: &str| format!("`{word}` of `#[task(…)]` is not written like this");
        assert_error("version", 0, &shape("version"), "write `version = 2`");
        assert_error("version(2)", 0, &shape("version"), "write `version = 2`");
        assert_error("cache = true", 0, &shape("cache"), "write `cache`");
        assert_error("cache(size = 3)", 0, &shape("cache"), "write `cache`");
        assert_error("cached", 0, "`#[task]` has no option `cached`", "did you mean `cache`?");
    }

    #[test]
    fn retry_has_one_form() {
        let message = "`retry` of `#[task(…)]` is not written like this";
        assert_error("retry = 5", 0, message, "write `retry(limit = 5)`");
        assert_error("retry(5)", 0, message, "write `retry(limit = 5)`");
        let whole = "write `retry(limit = 3, backoff = \"100ms..10s\")`";
        for text in
            ["retry", "retry = true", "retry = 0", "retry(0)", "retry(3, 4)", "retry(limit)"]
        {
            assert_error(text, 0, message, whole);
        }
    }

    #[test]
    fn words_of_retry() {
        let lacks = "`retry` has no `limit`";
        assert_error("retry()", 0, lacks, "write `retry(limit = 3)`");
        let help = "write `retry(limit = 3, backoff = \"1s..5s\")`";
        assert_error("retry(backoff = \"1s..5s\")", 0, lacks, help);
        let times = "`retry(…)` has no option `times`";
        let all = "the options are `limit = 3`, `backoff = \"100ms..10s\"`";
        assert_error("retry(times = 3)", 6, times, all);
        let limits = "`retry(…)` has no option `limits`";
        assert_error("retry(limits = 3)", 6, limits, "did you mean `limit = 3`?");
        let twice = "`limit` is given twice in `retry(…)`";
        assert_error("retry(limit = 3, limit = 4)", 17, twice, "keep one of them");
        let twice = "`backoff` is given twice in `retry(…)`";
        let text = "retry(limit = 3, backoff = \"1s\", backoff = \"2s\")";
        assert_error(text, 33, twice, "keep one of them");
        let twice = "`retry` is given twice in `#[task(…)]`";
        assert_error("retry(limit = 3), retry(limit = 4)", 18, twice, "keep one of them");
    }

    #[test]
    fn limits_are_numbers() {
        let message = "`limit` takes how often a task is called again, 1 at least";
        for limit in ["0", "-1", "\"three\"", "LIMIT", "1.5", "5_000_000_000"] {
            assert_error(&format!("retry(limit = {limit})"), 14, message, "write `limit = 3`");
        }
    }

    #[test]
    fn pauses_are_times() {
        let help = "write `backoff = \"100ms..10s\"`";
        for (backoff, message) in [
            ("100", "`100` has no unit of time"),
            ("\"100..10s\"", "`100` has no unit of time"),
            ("\"100ms..10\"", "`10` has no unit of time"),
            ("\"0s..10s\"", "`0s` is no time at all"),
            ("\"100ms..\"", "a time is missing"),
            ("\"..10s\"", "a time is missing"),
            ("\"\"", "a time is missing"),
            ("\"soon\"", "`soon` is not a time, such as `100ms`, `30s` or `1h 30m`"),
            ("pause", "a time is a number with its unit, in quotes"),
        ] {
            assert_error(&format!("retry(limit = 3, backoff = {backoff})"), 27, message, help);
        }
        let message = "the first pause of `backoff` is longer than the longest";
        let text = "retry(limit = 3, backoff = \"10s..1s\")";
        assert_error(text, 27, message, "write `backoff = \"1s..10s\"`");
    }

    #[test]
    fn timeouts_are_times() {
        let help = "write `timeout = \"30s\"`";
        for (timeout, message) in [
            ("\"30\"", "`30` has no unit of time"),
            ("\"0s\"", "`0s` is no time at all"),
            ("\"\"", "a time is missing"),
            ("\"-1s\"", "`-1s` is not a time, such as `100ms`, `30s` or `1h 30m`"),
            ("\"1 parsec\"", "`1 parsec` is not a time, such as `100ms`, `30s` or `1h 30m`"),
            ("Duration::from_secs(30)", "a time is a number with its unit, in quotes"),
            ("1.5", "a time is a number with its unit, in quotes"),
        ] {
            assert_error(&format!("timeout = {timeout}"), 10, message, help);
        }
        assert_error("timeout = 20", 10, "`20` has no unit of time", "write `timeout = \"20s\"`");
        let message = "`timeout` of `#[task(…)]` is not written like this";
        assert_error("timeout(30)", 0, message, help);
    }

    #[test]
    fn options_that_there_are_not() {
        let retry = "did you mean `retry(limit = 3, backoff = \"100ms..10s\")`?";
        for word in ["retries", "retrys", "Retry"] {
            let message = format!("`#[task]` has no option `{word}`");
            assert_error(&format!("{word} = 3"), 0, &message, retry);
        }
        let message = "`#[task]` has no option `time_out`";
        assert_error("time_out = \"1s\"", 0, message, "did you mean `timeout = \"30s\"`?");
        let message = "`#[task]` has no option `lable`";
        assert_error("lable = name", 0, message, "did you mean `label = name`?");
        let message = "`label` of `#[task(…)]` is not written like this";
        assert_error("label", 0, message, "write `label = name`");
        assert_error("label(name)", 0, message, "write `label = name`");
        let (_, errors) = options("dag", "timeout = \"30s\", retry(limit = 3)");
        let places: Vec<_> = errors.iter().map(|(place, ..)| *place).collect();
        assert_eq!(places, [(1, 0), (1, 17)]);
        assert_eq!(errors[0].1, "`#[dag]` has no option `timeout`");
    }

    #[test]
    fn each_option_has_its_mistake() {
        let (options, errors) = options("task", "retry = 3,\ntimeout = 5, label,\nconcurrency = 2");
        let places: Vec<_> = errors.iter().map(|(place, ..)| *place).collect();
        assert_eq!(places, [(1, 0), (2, 10), (2, 13)]);
        assert_eq!((options.concurrency, options.retry.is_some()), (Some(2), false));
    }

    /// What is wrong with a label of this task.
    fn label_errors(label: &str, task: &str) -> Vec<Found> {
        let mut diagnostics = Diagnostics::default();
        let tokens = format!("label = {label}").parse().expect("tokens");
        let options = read("task", tokens, &mut diagnostics);
        let function = Function::read("task", task.parse().expect("tokens"), &mut diagnostics);
        check_label(&function.expect("a function"), &options, &mut diagnostics);
        errors(diagnostics)
    }

    #[test]
    fn labels_of_tasks_that_have_none() {
        assert_eq!(label_errors("a", "fn f<'a>(a: &'a str) -> u64 { 1 }"), []);
        assert_eq!(label_errors("a", "fn f(a: u64) -> Box<dyn Iterator<Item = u64>> { b(a) }"), []);
        let help = "call the generic function in a task for each type:\n        \
                    #[task(label = a)]\n        \
                    async fn f_of_one_type(a: &str, t: …, n: u64) -> … {\n            \
                    f(a, t, n).await\n        }";
        let task = "async fn f<T: Clone>(a: &str, t: &[T], n: u64) -> Vec<T> { g(a, t, n) }";
        let message = "a generic task has no `label`".to_owned();
        assert_eq!(label_errors("a", task), [((1, 8), message, help.to_owned())]);
        let task = "fn f(a: u64) -> impl Iterator<Item = u64> + Send + use<> { 0..a }";
        let message = "a task that returns `impl Trait` has no `label`".to_owned();
        let help = "return `Box<dyn Iterator<Item = u64> + Send>`".to_owned();
        assert_eq!(label_errors("a", task), [((1, 8), message, help)]);
        // What the signature is rejected for has been said.
        let errors = label_errors("a", "fn f(a: impl Clone) -> u64 { 1 }");
        assert_eq!(errors.len(), 1);
        assert!(errors[0].1 != "a generic task has no `label`", "{errors:?}");
    }

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("concurrency", "concurrency"), 0);
        assert_eq!(distance("concurency", "concurrency"), 1);
        assert_eq!(distance("", "crate"), 5);
        assert_eq!(distance("retry", "crate"), 4);
        assert!(begins_alike("retries", "retry") && !begins_alike("return", "retry"));
    }
}
