//! Tokens as people write them: for messages, and for expressions in a graph's description.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The source text of some tokens, on one line and with the usual spaces.
pub(crate) fn code(tokens: impl quote::ToTokens) -> String {
    let mut text = String::new();
    write(tokens.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut previous: Option<TokenTree> = None;
    let mut before_previous: Option<TokenTree> = None;
    // How many lists of generic arguments are open, and whether one was opened just now.
    let (mut generics, mut opened) = (0_usize, false);
    for token in tokens {
        let opens = is_punct(&token, "<") && previous.as_ref().is_some_and(is_generic);
        let closes = generics > 0
            && is_punct(&token, ">")
            && !previous.as_ref().is_some_and(|token| is_punct(token, "-="));
        if let Some(left) = &previous {
            let tight = opens || closes || opened;
            if !tight && needs_space(before_previous.as_ref(), left, &token) {
                text.push(' ');
            }
        }
        generics = (generics + usize::from(opens)).saturating_sub(usize::from(closes));
        opened = opens;
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace if group.stream().is_empty() => ("{", "}"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            other => text.push_str(&other.to_string()),
        }
        before_previous = previous.replace(token);
    }
}

/// Whether `<` behind this token begins generic arguments, rather than comparing.
fn is_generic(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(name) => name.to_string().starts_with(char::is_uppercase),
        other => is_punct(other, ":"),
    }
}

/// Whether a space stands between `left` and `right`; `before` stands in front of `left`.
fn needs_space(before: Option<&TokenTree>, left: &TokenTree, right: &TokenTree) -> bool {
    let is_word = |token: &TokenTree| matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
    let is_value = |token: &TokenTree| is_word(token) || matches!(token, TokenTree::Group(_));
    match (left, right) {
        (TokenTree::Punct(left), TokenTree::Punct(_)) if left.spacing() == Spacing::Joint => false,
        (TokenTree::Punct(left), _) => match left.as_char() {
            '.' | '?' | '!' | '#' | '\'' => false,
            // A path; a single colon separates a name from its type or value.
            ':' => !matches!(before, Some(TokenTree::Punct(p)) if p.as_char() == ':'),
            // In front of an operand; between two of them it is an operator.
            '&' | '*' | '-' => before.is_some_and(is_value),
            '>' => !matches!(right, TokenTree::Group(_)) && !is_punct(right, "(,;:>.?"),
            _ => true,
        },
        (_, TokenTree::Punct(right)) => {
            !matches!(right.as_char(), '.' | '?' | ',' | ';' | ':' | '!')
        }
        (TokenTree::Ident(_), TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        (TokenTree::Group(_), TokenTree::Group(_)) => false,
        _ => is_word(left) || is_word(right),
    }
}

fn is_punct(token: &TokenTree, any_of: &str) -> bool {
    matches!(token, TokenTree::Punct(punct) if any_of.contains(punct.as_char()))
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn expressions_read_as_people_write_them() {
        for text in [
            "x",
            "&x",
            "exponent + 1",
            "a - b",
            "-1",
            "data.training",
            "pair.0",
            "&index[\"key\"]",
            "&xs[1..]",
            "Params { depth, ..base }",
            "Duration::from_secs(3)",
            "Some(x)",
            "vec![a, b]",
            "format!(\"{a}-{b}\")",
            "(a, b)",
            "*x",
            "x.clone()",
            "x as u64",
            "!flag",
            "Vec::<u64>::new()",
            "a < b",
        ] {
            let expr: syn::Expr = syn::parse_str(text).unwrap();
            assert_eq!(code(expr), text);
        }
        for text in
            ["Vec<u8>", "HashMap<String, Vec<u64>>", "&[u64]", "Option<&'static str>", "(u64, f64)"]
        {
            let ty: syn::Type = syn::parse_str(text).unwrap();
            assert_eq!(code(ty), text);
        }
    }
}
