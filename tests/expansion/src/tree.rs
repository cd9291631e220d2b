//! Programs as trees of tokens without positions: to change, and to write out again.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A token, or a group of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// A word, a literal, a lifetime, or a whole operator such as `->`.
    Token(String),
    /// What stands between delimiters.
    Group(Delimiter, Vec<Tree>),
    /// Text that is written as it is: what was blanked out.
    Text(String),
}

/// How an invisible group is written: no text has one. See [`parse_invisible`].
const INVISIBLE: &str = "__invisible_group";

/// Operators of more than one character, longest first.
const OPERATORS: [&str; 25] = [
    "<<=", ">>=", "...", "..=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=",
    "*=", "/=", "%=", "^=", "&=", "|=", "..", "<<", "##", "<-",
];

impl Tree {
    /// A token of this text.
    #[must_use]
    pub fn token(text: &str) -> Self {
        Self::Token(text.to_owned())
    }

    /// Whether it is the token of this text.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        matches!(self, Self::Token(token) if token == text)
    }

    /// Whether it is a name or a keyword.
    #[must_use]
    pub fn is_word(&self) -> bool {
        matches!(self, Self::Token(token) if token.starts_with(|c: char| c.is_alphabetic() || c == '_'))
    }

    /// The content of a group with this delimiter.
    #[must_use]
    pub fn content(&self, delimiter: Delimiter) -> Option<&[Self]> {
        match self {
            Self::Group(own, content) if *own == delimiter => Some(content),
            _ => None,
        }
    }
}

/// The tokens of a text, if it consists of tokens.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<Tree>> {
    text.parse::<TokenStream>().ok().map(trees)
}

fn trees(tokens: TokenStream) -> Vec<Tree> {
    let mut trees = Vec::new();
    // Adjacent punctuation, and whether the next character belongs to it.
    let (mut operator, mut is_open) = (String::new(), false);
    let finish = |operator: &mut String, trees: &mut Vec<Tree>| {
        let mut rest = std::mem::take(operator);
        while !rest.is_empty() {
            let known = OPERATORS.iter().find(|known| rest.starts_with(**known));
            let length = known
                .map_or_else(|| rest.chars().next().map_or(1, char::len_utf8), |known| known.len());
            let tail = rest.split_off(length);
            trees.push(Tree::Token(std::mem::replace(&mut rest, tail)));
        }
    };
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        if !is_open {
            finish(&mut operator, &mut trees);
        }
        is_open = false;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                finish(&mut operator, &mut trees);
                let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
                trees.push(Tree::Token(format!("'{name}")));
            }
            TokenTree::Punct(punct) => {
                operator.push(punct.as_char());
                is_open = punct.spacing() == Spacing::Joint;
            }
            TokenTree::Group(group) => {
                finish(&mut operator, &mut trees);
                trees.push(Tree::Group(group.delimiter(), self::trees(group.stream())));
            }
            token => {
                finish(&mut operator, &mut trees);
                trees.push(Tree::Token(token.to_string()));
            }
        }
    }
    finish(&mut operator, &mut trees);
    trees
}

/// The text of some tokens. It depends on the tokens only, so that equal trees take equal space.
#[must_use]
pub fn print(trees: &[Tree]) -> String {
    let mut text = String::new();
    write(trees, &mut text);
    text
}

fn write(trees: &[Tree], text: &mut String) {
    for tree in trees {
        match tree {
            Tree::Token(token) => {
                text.push_str(token);
                text.push_str(if token == ";" { "\n" } else { " " });
            }
            Tree::Group(delimiter, content) => {
                let (open, close) = match delimiter {
                    Delimiter::Parenthesis => ("( ", ") "),
                    Delimiter::Bracket => ("[ ", "] "),
                    Delimiter::Brace => ("{\n", "}\n"),
                    Delimiter::None => {
                        text.push_str(INVISIBLE);
                        ("[ ", "] ")
                    }
                };
                text.push_str(open);
                write(content, text);
                text.push_str(close);
            }
            Tree::Text(verbatim) => text.push_str(verbatim),
        }
    }
}

/// The tokens of a text that was printed, its invisible groups among them.
#[must_use]
pub fn parse_invisible(text: &str) -> Option<TokenStream> {
    text.parse().ok().map(with_invisible)
}

fn with_invisible(tokens: TokenStream) -> TokenStream {
    let mut found = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_mark = matches!(&token, TokenTree::Ident(name) if name == INVISIBLE);
        match token {
            _ if is_mark => {
                if let Some(TokenTree::Group(group)) = tokens.next() {
                    let content = with_invisible(group.stream());
                    // One without content has no place.
                    if content.is_empty() {
                        continue;
                    }
                    let mut ends = content.clone().into_iter().map(|token| token.span());
                    let first = ends.next();
                    let whole = first.and_then(|first| first.join(ends.last().unwrap_or(first)));
                    let mut invisible = proc_macro2::Group::new(Delimiter::None, content);
                    invisible.set_span(whole.unwrap_or_else(|| group.span()));
                    found.push(TokenTree::Group(invisible));
                }
            }
            TokenTree::Group(group) => {
                let content = with_invisible(group.stream());
                let mut copy = proc_macro2::Group::new(group.delimiter(), content);
                copy.set_span(group.span());
                found.push(TokenTree::Group(copy));
            }
            token => found.push(token),
        }
    }
    found.into_iter().collect()
}
