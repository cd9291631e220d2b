//! `argo(…)` of `#[task(…)]`: fields of Argo's, written as JSON.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Lit, LitInt, Token};

use crate::diagnostic::Rejection;
use crate::text::code;

/// The words in `argo(…)`, and what they look like.
const WORDS: [&str; 4] = ["container = { … }", "template = { … }", "task = { … }", "batch = 100"];

/// What `argo(…)` says.
#[derive(Default)]
pub(crate) struct Argo {
    /// Fields of the container, of the template and of the task, as JSON.
    pub(crate) container: Option<String>,
    pub(crate) template: Option<String>,
    pub(crate) task: Option<String>,
    pub(crate) batch: Option<u32>,
}

/// Reads what stands between the parentheses.
pub(crate) fn read(tokens: TokenStream) -> Result<Argo, Rejection> {
    let mut argo = Argo::default();
    let mut rejection = None;
    let parser = |input: ParseStream<'_>| -> syn::Result<()> {
        while !input.is_empty() {
            let word: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let value: TokenTree = input.parse()?;
            if let Err(wrong) = argo.set(&word, value) {
                rejection.get_or_insert(wrong);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    match (parser.parse2(tokens.clone()), rejection) {
        (_, Some(rejection)) => Err(rejection),
        (Ok(()), None) => Ok(argo),
        (Err(_), None) => {
            Err(Rejection::new(tokens, "`argo(…)` takes a list of options").help(&words()))
        }
    }
}

fn words() -> String {
    format!("the options are {}", WORDS.map(|word| format!("`{word}`")).join(", "))
}

impl Argo {
    fn set(&mut self, word: &Ident, value: TokenTree) -> Result<(), Rejection> {
        let name = word.to_string();
        let place = match name.as_str() {
            "container" => &mut self.container,
            "template" => &mut self.template,
            "task" => &mut self.task,
            "batch" => {
                if self.batch.is_some() {
                    return Err(twice(word));
                }
                let number = syn::parse2::<LitInt>(value.to_token_stream()).ok();
                let number = number.and_then(|number| number.base10_parse::<u32>().ok());
                let message = "`batch` takes how many partitions one pod works on, 1 at least";
                self.batch =
                    Some(number.filter(|number| *number > 0).ok_or_else(|| {
                        Rejection::new(value, message).help("write `batch = 100`")
                    })?);
                return Ok(());
            }
            _ => {
                let message = format!("`argo(…)` has no option `{name}`");
                return Err(Rejection::new(word, message).help(&words()));
            }
        };
        if place.is_some() {
            return Err(twice(word));
        }
        let TokenTree::Group(group) = &value else { return Err(no_object(word, &value)) };
        if group.delimiter() != Delimiter::Brace {
            return Err(no_object(word, &value));
        }
        let mut json = String::new();
        object(group, &mut json)?;
        *place = Some(json);
        Ok(())
    }
}

fn twice(word: &Ident) -> Rejection {
    Rejection::new(word, format!("`{word}` is given twice in `argo(…)`")).help("keep one of them")
}

fn no_object(word: &Ident, value: &TokenTree) -> Rejection {
    Rejection::new(value, format!("`{word}` takes fields of Argo's, as an object of JSON"))
        .help(&format!("write `{word} = {{ \"field\": … }}`"))
}

/// Writes an object.
fn object(group: &Group, json: &mut String) -> Result<(), Rejection> {
    json.push('{');
    for (index, entry) in split(group.stream()).into_iter().enumerate() {
        let mut tokens = entry.clone().into_iter();
        let (Some(key), Some(TokenTree::Punct(colon))) = (tokens.next(), tokens.next()) else {
            return Err(no_entry(entry));
        };
        let key = match syn::parse2::<Lit>(key.to_token_stream()) {
            Ok(Lit::Str(key)) if colon.as_char() == ':' => key.value(),
            _ => return Err(no_entry(entry)),
        };
        json.push_str(if index == 0 { "" } else { "," });
        text(&key, json);
        json.push(':');
        value(tokens.collect(), &entry, json)?;
    }
    json.push('}');
    Ok(())
}

fn no_entry(entry: TokenStream) -> Rejection {
    let message = format!("`{}` is no entry of an object of JSON", code(&entry));
    Rejection::new(entry, message).help("write `\"key\": value`")
}

/// Writes a value, which is a part of `entry`.
fn value(tokens: TokenStream, entry: &TokenStream, json: &mut String) -> Result<(), Rejection> {
    let wrong = || {
        let message = format!("`{}` is no value of JSON", code(&tokens));
        let at = if tokens.is_empty() { entry.clone() } else { tokens.clone() };
        Rejection::new(at, message)
            .help("write a text, a number, `true`, `false`, `null`, `[…]` or `{ \"key\": … }`")
    };
    let parts: Vec<_> = tokens.clone().into_iter().collect();
    let (number, sign) = match &parts[..] {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
            return object(group, json);
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            json.push('[');
            for (index, element) in split(group.stream()).into_iter().enumerate() {
                json.push_str(if index == 0 { "" } else { "," });
                value(element.clone(), &element, json)?;
            }
            json.push(']');
            return Ok(());
        }
        [TokenTree::Ident(word)] if ["true", "false", "null"].iter().any(|known| word == known) => {
            json.push_str(&word.to_string());
            return Ok(());
        }
        [TokenTree::Punct(minus), number] if minus.as_char() == '-' => (number, "-"),
        [number] => (number, ""),
        _ => return Err(wrong()),
    };
    match syn::parse2::<Lit>(number.to_token_stream()) {
        Ok(Lit::Str(string)) if sign.is_empty() => text(&string.value(), json),
        Ok(Lit::Int(number)) if number.suffix().is_empty() => {
            json.push_str(sign);
            json.push_str(number.base10_digits());
        }
        Ok(Lit::Float(number))
            if number.suffix().is_empty() && !number.base10_digits().ends_with('.') =>
        {
            json.push_str(sign);
            json.push_str(number.base10_digits());
        }
        _ => return Err(wrong()),
    }
    Ok(())
}

/// The parts between commas; one behind the last is no part.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(comma), _) if comma.as_char() == ',' => {
                parts.push(TokenStream::new());
            }
            (_, Some(part)) => part.extend([token]),
            (_, None) => {}
        }
    }
    if parts.last().is_some_and(TokenStream::is_empty) {
        parts.pop();
    }
    parts
}

/// Writes a text: <https://www.rfc-editor.org/rfc/rfc8259#section-7>.
fn text(text: &str, json: &mut String) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\n' => json.push_str("\\n"),
            c if c < ' ' => json.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => json.push(c),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::read;

    fn container(text: &str) -> String {
        let read = read(text.parse().expect("tokens")).unwrap_or_else(|_| panic!("{text}"));
        read.container.expect("a container")
    }

    #[test]
    fn fields_are_json() {
        let text =
            r#"container = { "a": [1, -2, 1.5, true, null, "x\"\n\\"], "b": {}, }, batch = 10"#;
        assert_eq!(container(text), r#"{"a":[1,-2,1.5,true,null,"x\"\n\\"],"b":{}}"#);
        assert_eq!(container("container = {}"), "{}");
        let all =
            read("template = { \"a\": 1 }, task = {}, batch = 1_000,".parse().expect("tokens"));
        let all = all.unwrap_or_else(|_| panic!("all options"));
        assert_eq!((all.template.as_deref(), all.task.as_deref()), (Some("{\"a\":1}"), Some("{}")));
        assert_eq!((all.container, all.batch), (None, Some(1000)));
    }

    #[test]
    fn what_is_no_json_is_rejected() {
        for text in [
            "container",
            "container = 1",
            "container = [1]",
            "container = \"{}\"",
            "containers = {}",
            "container = { a: 1 }",
            "container = { \"a\" }",
            "container = { \"a\": }",
            "container = { \"a\": 1u8 }",
            "container = { \"a\": x }",
            "container = { \"a\": 1 + 1 }",
            "container = {}, container = {}",
            "batch = 0",
            "batch = \"1\"",
            "batch = 1, batch = 1",
            "container = { \"a\": -\"x\" }",
            "container {}",
        ] {
            assert!(read(text.parse().expect("tokens")).is_err(), "{text}");
        }
    }
}
