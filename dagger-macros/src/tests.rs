//! Where each rule points, as line and column of the source text, and what its first line says.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::Block;

use crate::diagnostic::Diagnostics;
use crate::function::Function;

fn rejections(source: &str) -> Vec<syn::Error> {
    let item: TokenStream = source.parse().expect("tokens");
    let mut diagnostics = Diagnostics::default();
    if let Some(function) = Function::read("dag", item, &mut diagnostics) {
        let body = syn::parse2::<Block>(function.body.clone().into()).expect("a block");
        let _ = crate::body::lower(&function, body, &mut diagnostics);
    }
    diagnostics.into_errors()
}

/// Lines count from 1, columns from 0.
fn errors(source: &str) -> Vec<(usize, usize, String)> {
    let at = |error: syn::Error| {
        let start = error.span().start();
        let first = error.to_string().lines().next().unwrap_or_default().to_owned();
        (start.line, start.column, first)
    };
    rejections(source).into_iter().map(at).collect()
}

/// Asserts that the help of the only error of a body has these lines of code.
#[track_caller]
fn assert_help(body: &str, code: &str) {
    let source = format!("fn f(p: Vec<u64>, n: u64) -> Result<u64, E> {{\n{body}\n}}");
    let errors = rejections(&source);
    let [error] = &errors[..] else { panic!("{} errors: {source}", errors.len()) };
    let text = error.to_string();
    let help = text.lines().skip_while(|line| !line.starts_with("= help: ")).skip(1);
    let help: Vec<_> = help.filter_map(|line| line.strip_prefix("        ")).collect();
    assert_eq!(help.join("\n"), code, "{source}");
}

/// Asserts that a body of these lines, the first of which is line 2, has one error.
#[track_caller]
fn assert_error(body: &str, line: usize, column: usize, message: &str) {
    let source = format!("fn f(p: Vec<u64>, n: u64) -> Vec<u64> {{\n{body}\n}}");
    assert_eq!(errors(&source), [(line, column, message.to_owned())], "{source}");
}

#[test]
fn what_is_accepted_has_no_error() {
    for source in [
        "fn f(n: u64) -> u64 { total(list(n)) }",
        "fn f(n: u64) -> u64 { ; for x in list(n) { ; save(x); ; } ; all(n) }",
        "fn f(r#in: u64) -> u64 { all(format!(\"{in}{r#in}{a b}{self}{\")) }",
        // What is wrong with these is rustc's to say.
        "fn f(u64) -> u64 { all(1) }",
    ] {
        assert_eq!(errors(source), [], "{source}");
    }
}

#[test]
fn single_mapping_node() {
    let message = "two nodes for each partition: `clean` and `train`";
    assert_error("for x in list(n) {\n  let c = clean(x);\n  train(c);\n}\nall(n)", 4, 2, message);
    assert_error("all(list(n).into_iter().map(|x| train(clean(x))).collect())", 2, 32, message);
}

#[test]
fn map_over_parameter() {
    let message = "cannot map over `p`, a parameter of the dag";
    assert_error("for x in p { save(x); }\nall(n)", 2, 9, message);
    assert_error("all(p.iter().map(|x| save(x)).collect())", 2, 4, message);
}

#[test]
fn nested_map() {
    let message = "a map inside of another map";
    assert_error("for x in list(n) {\n  for y in list(x) { save(y); }\n}\nall(n)", 3, 2, message);
}

#[test]
fn partitioned_output() {
    let body = "let mut out = Vec::new();\nfor x in list(n) { out.push(save(x)); }\nout";
    assert_error(body, 4, 0, "cannot return `out`, the partitions of a map");
}

#[test]
fn map_sources() {
    let over = "cannot map over `0..10`, which no node returns";
    assert_error("for x in 0..10 { save(x); }\nall(n)", 2, 9, over);
    let between = "`skip` stands between a node and the map over its output";
    assert_error("for x in list(n).into_iter().skip(1) { save(x); }\nall(n)", 2, 29, between);
    let two = "cannot map over two collections at once";
    assert_error("for x in list(n).into_iter().zip(list(n)) { save(x); }\nall(n)", 2, 29, two);
    let body = "let mut out = Vec::new();\nfor x in list(n) { out.push(save(x)); }\n\
                for y in out { save(y); }\nall(n)";
    assert_error(body, 4, 9, "cannot map over `out`, the partitions of another map");
}

#[test]
fn loops() {
    assert_error("for x in list(n) { }\nall(n)", 2, 0, "a map without a node");
    let carried = "`acc` carries a value from one partition to the next";
    let body = "let acc = zero(n);\nfor x in list(n) { acc = add(acc, x); }\nall(n)";
    assert_error(body, 3, 19, carried);
    let outside = "`out.push(…)` outside of a map";
    assert_error("let mut out = Vec::new();\nout.push(save(n));\nall(n)", 3, 4, outside);
}

#[test]
fn statements() {
    let control = "`if` is not allowed in a `#[dag]` body";
    assert_error("if n > 1 { save(n); }\nall(n)", 2, 0, control);
    let unknown = "`println!` is not allowed in a `#[dag]` body";
    assert_error("println!(\"{n}\");\nall(n)", 2, 0, unknown);
    let binding = "`x` is not the output of a node";
    assert_error("let x = n + 1;\nall(x)", 2, 4, binding);
    assert_error("n", 2, 0, "cannot return `n`, which no node returns");
    assert_error("all(f(n))", 2, 4, "`f` calls itself");
    let own = "`__dagger_v7`, a name as in generated code, is not allowed in a `#[dag]` body";
    assert_error("all(__dagger_v7)", 2, 4, own);
}

#[test]
fn all_mistakes_are_reported_in_source_order_and_none_drags_others_along() {
    let source = "fn f(p: Vec<u64>) -> u64 {\n\
                  let a = 1;\n\
                  for x in p { save(x); }\n\
                  while a > 1 {}\n\
                  total(a)\n}";
    let lines: Vec<_> = errors(source).into_iter().map(|(line, ..)| line).collect();
    assert_eq!(lines, [2, 3, 4]);
}

/// All names in the tokens, less those in a constant that rust-analyzer does not look into.
fn names_for_an_editor(tokens: TokenStream, names: &mut Vec<Ident>) {
    let mut hidden = false;
    for token in tokens {
        match token {
            TokenTree::Ident(name) => names.push(name),
            TokenTree::Group(group) if group.to_string() == "[cfg (not (rust_analyzer))]" => {
                hidden = true;
            }
            TokenTree::Group(group) if hidden && group.to_string().starts_with('{') => {
                hidden = false;
            }
            TokenTree::Group(group) => names_for_an_editor(group.stream(), names),
            _ => {}
        }
    }
}

/// For a word, an editor shows all that stands at its place in the expansion.
#[test]
fn at_the_words_of_the_function_stands_nothing_else() {
    let source = "
        /// Docs.
        async fn f(
            p: Vec<u64>,
            /// Docs.
            #[default(2 + n())] n: u64,
            text: &str,
        ) -> Result<u64, io::Error> {
            let mut out = Vec::new();
            for x in list(n) {
                out.push(steps::save(x, text, &p).await?);
            }
            all(out)
        }";
    let source: TokenStream = source.parse().expect("tokens");
    let place = |name: &Ident| (name.span().start().line, name.span().start().column);
    let mut written = Vec::new();
    names_for_an_editor(source.clone(), &mut written);
    let written: HashMap<_, _> = written.iter().map(|name| (place(name), name)).collect();
    let mut names = Vec::new();
    names_for_an_editor(crate::expand::dag(TokenStream::new(), source), &mut names);
    assert!(names.iter().any(|name| name == "builder"), "there is a proxy");
    for name in &names {
        let Some(word) = written.get(&place(name)) else { continue };
        // The methods stand at the `fn`, for which an editor shows what the keyword means.
        assert!(name == *word || *word == "fn", "`{name}` at `{word}`");
    }
}

#[test]
fn an_editor_shows_nothing_else_at_the_words_of_a_label() {
    // On lines of their own; what is at the attribute is on the first one here.
    let options = "\nretry(limit = 3), label = part.name";
    let options: TokenStream = options.parse().expect("tokens");
    let item = "\n\nasync fn save(part: &Part, size: u64) -> u64 { size }";
    let item: TokenStream = item.parse().expect("tokens");
    let place = |name: &Ident| (name.span().start().line, name.span().start().column);
    let (mut written, mut names) = (Vec::new(), Vec::new());
    names_for_an_editor(options.clone(), &mut written);
    names_for_an_editor(item.clone(), &mut written);
    let written: HashMap<_, _> = written.iter().map(|name| (place(name), name)).collect();
    names_for_an_editor(crate::expand::task(options, item), &mut names);
    assert!(names.iter().any(|name| name == "HasLabel"), "there is a label");
    for name in &names {
        let Some(word) = written.get(&place(name)) else { continue };
        assert!(name == *word, "`{name}` at `{word}`");
    }
}

#[test]
fn helps_mention_what_the_code_needs() {
    assert_help(
        "let mut all = Vec::new();\nfor c in list(n) {\nlet mut best = Vec::new();\n\
         for x in &kinds(c) { best.push(rate(c, x, &p)); }\nall.push(pick(best));\n}\nsum(all)",
        "#[dag]\nfn for_each_c(c: …, p: Vec<u64>) -> … {\n    let mut best = Vec::new();\n    \
         for x in &kinds(c) {\n        best.push(rate(c, x, &p));\n    }\n    pick(best)\n}\n\
         all.push(for_each_c(c, p.clone()));",
    );
    assert_help(
        "for c in list(n).iter().skip(n as usize).filter(|x| **x > n) { save(c); }\nsum(n)",
        "#[task]\nfn filtered(partitions: Vec<…>, n: u64) -> Vec<…> {\n    \
         partitions.iter().skip(n as usize).filter(|x| **x > n).cloned().collect()\n}\n\
         for c in filtered(list(n), n) { … }",
    );
    assert_help(
        "let y = find(n);\nlet x = match y { Some(v) => g(v).await?, None => h(&p) };\nsum(x)",
        "#[task]\nasync fn choose(y: …, p: Vec<u64>) -> … {\n    let value = match y {\n        \
         Some(v) => g(v).await?,\n        None => h(&p),\n    };\n    Ok(value)\n}\n\
         let x = choose(y, p).await?;",
    );
    // A name that the body has already.
    assert_help(
        "let x = sum(n);\nsum(list(x).into_iter().map(price).sum())",
        "#[task]\nfn sum_2(results: Vec<…>) -> … {\n    results.into_iter().sum()\n}\n\
         sum_2(list(x).into_iter().map(price).collect())",
    );
    assert_help(
        "let mut t = 0.0;\nfor c in list(n) { t += price(c).await?; }\nall(t)",
        "#[task]\nfn sum(results: Vec<…>) -> … {\n    results.into_iter().sum()\n}\n\
         let mut results = Vec::new();\nfor c in list(n) {\n    \
         results.push(price(c).await?);\n}\nlet t = sum(results);",
    );
}
