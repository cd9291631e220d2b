//! Tokens as people write them: for messages, and for expressions in a graph's description.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The source text of some tokens, on one line and with the usual spaces.
pub(crate) fn code(tokens: impl quote::ToTokens) -> String {
    let mut text = String::new();
    write(tokens.to_token_stream(), usize::MAX, &mut text);
    text
}

/// The source text of some tokens, with `…` for what stands in the innermost brackets, as far as
/// it would be longer than `width` otherwise.
pub(crate) fn short(tokens: impl quote::ToTokens, width: usize) -> String {
    let tokens = tokens.to_token_stream();
    let mut text = code(&tokens);
    for depth in (0..6).rev() {
        if text.chars().count() <= width {
            break;
        }
        text.clear();
        write(tokens.clone(), depth, &mut text);
    }
    text
}

/// Writes tokens, and those in brackets up to `depth` of them inside of each other.
fn write(tokens: TokenStream, depth: usize, text: &mut String) {
    let mut previous: Option<TokenTree> = None;
    let mut before_previous: Option<TokenTree> = None;
    // How many lists of generic arguments are open, and whether one was opened or closed just now.
    let (mut generics, mut opened, mut closed) = (0_usize, false, false);
    // Whether the inputs of a closure are open, and whether they were opened just now.
    let (mut inputs, mut began) = (false, false);
    for token in tokens {
        let opens = is_punct(&token, "<") && previous.as_ref().is_some_and(is_generic);
        let closes = generics > 0 && is_punct(&token, ">") && !is_punct(previous.as_ref(), "-=");
        let is_bar = is_punct(&token, "|");
        let (begins, ends) = (is_bar && !inputs && is_start(previous.as_ref()), is_bar && inputs);
        if let Some(left) = &previous {
            let tight = opens || closes || opened || began || ends;
            let arrow_or_more = is_punct(left, ">") && !closed && !is_punct(&token, "=");
            if !tight && (arrow_or_more || needs_space(before_previous.as_ref(), left, &token)) {
                text.push(' ');
            }
        }
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace if group.stream().is_empty() => ("{", "}"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                let is_list = match group.delimiter() {
                    Delimiter::Parenthesis => match &previous {
                        Some(TokenTree::Ident(_)) => !previous.as_ref().is_some_and(is_keyword),
                        other => closed || matches!(other, Some(TokenTree::Group(_))),
                    },
                    delimiter => delimiter == Delimiter::Bracket,
                };
                let inner = if is_list { without_comma(group.stream()) } else { group.stream() };
                text.push_str(open);
                match depth.checked_sub(1) {
                    None if !inner.is_empty() => text.push('…'),
                    depth => write(inner, depth.unwrap_or(0), text),
                }
                text.push_str(close);
            }
            other => text.push_str(&other.to_string()),
        }
        generics = (generics + usize::from(opens)).saturating_sub(usize::from(closes));
        (opened, closed, began) = (opens, closes, begins);
        inputs = (inputs || begins) && !ends;
        before_previous = previous.replace(token);
    }
}

/// The arguments of a call, or the elements of an array, without a comma behind the last one.
fn without_comma(list: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = list.into_iter().collect();
    if is_punct(tokens.last(), ",") {
        tokens.pop();
    }
    tokens.into_iter().collect()
}

/// Whether an expression begins behind this token.
fn is_start(previous: Option<&TokenTree>) -> bool {
    match previous {
        None => true,
        Some(TokenTree::Punct(punct)) => !['?', '|', '>'].contains(&punct.as_char()),
        Some(other) => is_keyword(other),
    }
}

/// Whether this is a word in front of an expression, a pattern or a type.
fn is_keyword(token: &TokenTree) -> bool {
    const KEYWORDS: [&str; 13] = [
        "as", "break", "else", "for", "if", "in", "let", "match", "move", "mut", "ref", "return",
        "while",
    ];
    matches!(token, TokenTree::Ident(word) if KEYWORDS.iter().any(|keyword| word == keyword))
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
    let is_value = |token: &TokenTree| {
        (is_word(token) && !is_keyword(token)) || matches!(token, TokenTree::Group(_))
    };
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
        // `!=` compares; another `!` ends the name of a macro.
        (_, TokenTree::Punct(right)) if right.as_char() == '!' => right.spacing() == Spacing::Joint,
        (_, TokenTree::Punct(right)) => !matches!(right.as_char(), '.' | '?' | ',' | ';' | ':'),
        (TokenTree::Ident(_), TokenTree::Group(group)) => {
            group.delimiter() == Delimiter::Brace || is_keyword(left)
        }
        (TokenTree::Group(_), TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        _ => is_word(left) || is_word(right),
    }
}

/// Whether this is a token, and any of these characters.
pub(crate) fn is_punct<'a>(token: impl Into<Option<&'a TokenTree>>, any_of: &str) -> bool {
    matches!(token.into(), Some(TokenTree::Punct(punct)) if any_of.contains(punct.as_char()))
}

#[cfg(test)]
mod tests {
    use super::{code, short};

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
            "a != b",
            "a > (b)",
            "a || b",
            "xs.map(|x| f(x))",
            "xs.fold(0, |a, (b, c)| a + b * c)",
            "move || -1",
            "if x > 1 { f(x) } else { g(&x) }",
            "(a,)",
            "match (a, b) { (0, _) => (b, a), _ => c }",
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

    #[test]
    fn what_is_long_is_cut_from_the_inside() {
        let expr: syn::Expr = syn::parse_str("f(g(h(x)).i(|x| x + 1)).k()").unwrap();
        for (width, text) in [
            (27, "f(g(h(x)).i(|x| x + 1)).k()"),
            (26, "f(g(…).i(…)).k()"),
            (12, "f(…).k()"),
            (2, "f(…).k()"),
        ] {
            assert_eq!(short(&expr, width), text);
        }
    }
}
