//! Arbitrary tokens, and such as a function is almost made of.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::random::Random;

/// Names and keywords; those that can be raw are so now and then.
const WORDS: &str = "
    fn async await let mut for in if else match return move ref dyn impl unsafe const static where
    self Self super crate pub struct as extern _ f x y out push map collect into_iter iter zip vec
    format Ok Vec new Result Option u64 str default doc cfg concurrency join_all try_join_all
    __dagger_v0 __dagger_v99999999999999999999 __dagger_whole ünïcode";

/// What a body is made of, one a line; each `@` is replaced by tokens.
const SHAPES: &str = r#"let @ = @;
    let @ = f(@);
    let mut out = Vec::new();
    for @ in @ { @ }
    for x in f() { out.push(f(@)); }
    for @ in f(@) { @ }
    f(@)
    f(@);
    f(@)?
    f(@).await
    @.into_iter().map(@).collect()
    f().iter().map(|@| @).collect()
    join_all(f().into_iter().map(@)).await
    vec![@]
    vec![@; @]
    format!(@)
    format!("{x} {0}", @)
    format!("{a b} {1:fn$.*}", @)
    Ok(@)
    (@, @)
    S { @, ..@ }
    S { x, y: @ }
    &@.x.0
    @["key"]
    |@| @
    if @ { @ } else { @ }
    @ = @;
    @ += @;
    #[@] @
    @! { @ }
    x
    &x
    x.clone()
    __dagger_v0.__dagger_whole.x"#;

fn shape(random: &mut Random) -> &'static str {
    let shapes: Vec<&str> = SHAPES.lines().collect();
    shapes[random.below(shapes.len())]
}

/// Tokens that say nothing.
pub fn arbitrary(random: &mut Random, depth: usize) -> TokenStream {
    (0..random.below(7)).flat_map(|_| token(random, depth)).collect()
}

/// Something that begins like a function, and ends as it likes.
pub fn function(random: &mut Random) -> TokenStream {
    let head =
        *random.pick(&["fn", "async fn", "pub fn", "# [ @ ] fn", "@ fn", "pub ( @ ) const fn"]);
    let parameters = *random.pick(&[
        "",
        "x : u64",
        "x : @",
        "# [ default ( @ ) ] x : @ , y : & @",
        "@ : @",
        "@",
    ]);
    let output = *random.pick(&["", "-> @", "-> Result < @ , @ >", "-> u64", "where @"]);
    let body = (0..random.below(5)).map(|_| shape(random)).collect::<Vec<_>>().join(" ");
    fill(&format!("{head} f ( {parameters} ) {output} {{ {body} }}"), random)
}

/// The tokens of a text, each `@` in it replaced.
fn fill(text: &str, random: &mut Random) -> TokenStream {
    let tokens: TokenStream = text.parse().expect("tokens");
    replace(tokens, random, 3)
}

fn replace(tokens: TokenStream, random: &mut Random, depth: usize) -> TokenStream {
    let mut filled = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '@' => filled.extend(part(random, depth)),
            TokenTree::Group(group) => {
                let content = replace(group.stream(), random, depth);
                filled.extend([TokenTree::Group(Group::new(group.delimiter(), content))]);
            }
            token => filled.extend([token]),
        }
    }
    filled
}

/// What stands for an `@`: a name, another shape, or anything; invisible delimiters around it at times.
fn part(random: &mut Random, depth: usize) -> TokenStream {
    let tokens = match random.below(10) {
        0..3 => "x".parse().expect("tokens"),
        3..7 if depth > 0 => {
            let shape = shape(random).parse().expect("tokens");
            replace(shape, random, depth - 1)
        }
        7 => word(random).into(),
        _ => arbitrary(random, 2),
    };
    if random.percent(15) {
        TokenTree::Group(Group::new(Delimiter::None, tokens)).into()
    } else {
        tokens
    }
}

fn token(random: &mut Random, depth: usize) -> Vec<TokenTree> {
    match random.below(10) {
        0..4 => vec![word(random)],
        4 | 5 => {
            let characters: Vec<char> = "~!@#$%^&*-=+|;:,<.>/?'".chars().collect();
            let spacing = if random.percent(50) { Spacing::Joint } else { Spacing::Alone };
            vec![TokenTree::Punct(Punct::new(*random.pick(&characters), spacing))]
        }
        6 => {
            let name = Ident::new(random.word("a static _"), Span::call_site());
            vec![TokenTree::Punct(Punct::new('\'', Spacing::Joint)), TokenTree::Ident(name)]
        }
        7 => vec![TokenTree::Literal(literal(random))],
        _ if depth == 0 => vec![word(random)],
        _ => {
            let delimiters =
                [Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::Brace, Delimiter::None];
            let content = arbitrary(random, depth - 1);
            vec![TokenTree::Group(Group::new(*random.pick(&delimiters), content))]
        }
    }
}

fn word(random: &mut Random) -> TokenTree {
    let word = random.word(WORDS);
    let can_be_raw = !["_", "self", "Self", "super", "crate"].contains(&word);
    let ident = match can_be_raw && random.percent(10) {
        true => Ident::new_raw(word, Span::call_site()),
        false => Ident::new(word, Span::call_site()),
    };
    TokenTree::Ident(ident)
}

fn literal(random: &mut Random) -> Literal {
    match random.below(14) {
        0 => Literal::u64_unsuffixed(u64::MAX),
        1 => Literal::i64_suffixed(-1),
        2 => Literal::u128_suffixed(u128::MAX),
        3 => Literal::f64_unsuffixed(1e300),
        4 => Literal::f32_suffixed(0.5),
        5 => Literal::string("{x} {a b} {fn} {r#in} {0:1$} {:?} {{ } \u{0}\u{1F600}\\"),
        6 => Literal::string("{x:>width$.precision$}"),
        7 => Literal::byte_string(b"\xff\0"),
        8 => Literal::c_string(c"c"),
        9 => Literal::character('\''),
        10 => Literal::byte_character(b'\n'),
        11 => "r##\"\"# \"##".parse().expect("a literal"),
        12 => "0b1010_1010_weird".parse().unwrap_or_else(|_| Literal::usize_unsuffixed(0)),
        _ => Literal::usize_unsuffixed(1),
    }
}
