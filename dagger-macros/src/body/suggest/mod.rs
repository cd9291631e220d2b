//! The code that a help shows: tasks and dags to write instead, in the user's own names.
//!
//! `…` stands for what a macro cannot know, which is types for the most part, and for what is too
//! long.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Stmt, Type};

use super::Origin;
use super::lower::{Binding, Lowering};
use super::syntax::{Chain, bare, bound_names, captured_names, chain, node_call, single_name};
use crate::text::{code, short};

mod flow;
mod loops;
mod sources;

pub(crate) use loops::Reduced;
pub(super) use loops::collected;
pub(super) use sources::Head;

/// The longest line of code in a help.
const WIDTH: usize = 90;

/// The most lines of code in a help.
const LINES: usize = 12;

/// A task or a dag to write.
pub(super) struct Sketch {
    pub(super) attribute: &'static str,
    pub(super) name: String,
    pub(super) inputs: Vec<Input>,
    /// The type it returns, if any.
    pub(super) output: Option<String>,
    pub(super) lines: Vec<String>,
    pub(super) awaits: bool,
    pub(super) fails: bool,
}

/// A parameter of a function to write, and what is passed for it.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) passed: String,
}

impl Input {
    pub(super) fn new(name: &str, ty: &str, passed: &str) -> Self {
        Self { name: name.to_owned(), ty: ty.to_owned(), passed: passed.to_owned() }
    }
}

impl Sketch {
    /// A task of one expression, or of some statements.
    pub(super) fn task(name: &str, inputs: Vec<Input>, output: &str, lines: Vec<String>) -> Self {
        let (name, output) = (name.to_owned(), Some(output.to_owned()));
        let (attribute, awaits, fails) = ("task", false, false);
        Self { attribute, name, inputs, output, lines, awaits, fails }
    }

    /// Awaits and fails as these tokens do.
    pub(super) fn running(mut self, of: &impl ToTokens) -> Self {
        let tokens = of.to_token_stream();
        self.awaits =
            contains(&tokens, &|token| matches!(token, TokenTree::Ident(word) if word == "await"));
        self.fails = contains(&tokens, &|token| is_punct(Some(token), '?'));
        self
    }

    /// The call that takes the place of what was moved.
    pub(super) fn call(&self) -> String {
        let passed: Vec<_> = self.inputs.iter().map(|input| input.passed.as_str()).collect();
        let awaits = if self.awaits { ".await" } else { "" };
        let fails = if self.fails { "?" } else { "" };
        format!("{}({}){awaits}{fails}", self.name, passed.join(", "))
    }

    /// The function, and below it what uses it.
    pub(super) fn code(&self, uses: &[String]) -> String {
        let keyword = if self.awaits { "async fn" } else { "fn" };
        let inputs: Vec<_> =
            self.inputs.iter().map(|input| format!("{}: {}", input.name, input.ty)).collect();
        let output = match (&self.output, self.fails) {
            (Some(output), true) if output != "…" => format!(" -> Result<{output}, …>"),
            (Some(output), _) => format!(" -> {output}"),
            (None, true) => " -> Result<(), …>".to_owned(),
            (None, false) => String::new(),
        };
        let mut lines = vec![format!("#[{}]", self.attribute)];
        lines.push(format!("{keyword} {}({}){output} {{", self.name, inputs.join(", ")));
        let mut body = self.lines.clone();
        if self.fails {
            match (&self.output, body.pop()) {
                // The last expression is in several lines.
                (Some(_), Some(last)) if last.starts_with([')', ' ', '}']) => {
                    body.push(last);
                    body = flow::named("value", &body);
                    body.pop();
                    body.push("Ok(value)".to_owned());
                }
                (Some(_), Some(last)) => body.push(format!("Ok({last})")),
                (_, last) => body.extend(last.into_iter().chain(["Ok(())".to_owned()])),
            }
        }
        if body.len() + uses.len() + 3 > LINES {
            let last = body.pop().filter(|last| self.output.is_some() && !last.starts_with('}'));
            body = ["…".to_owned()].into_iter().chain(last).collect();
        }
        lines.extend(indented(body));
        lines.push("}".to_owned());
        lines.extend(uses.iter().cloned());
        lines.join("\n")
    }
}

/// How the value of what is moved into a task is used.
#[derive(Clone, Copy)]
pub(super) enum Used<'a> {
    Value,
    Statement,
    Let(&'a Pat, Option<&'a Type>),
}

impl Used<'_> {
    pub(super) fn of(self, value: &str) -> String {
        match self {
            Self::Value => value.to_owned(),
            Self::Statement => format!("{value};"),
            Self::Let(pattern, None) => format!("let {} = {value};", code(pattern)),
            Self::Let(pattern, Some(ty)) => {
                format!("let {}: {} = {value};", code(pattern), code(ty))
            }
        }
    }
}

/// Where something stands that is to be moved into a task.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The names of the partition, in a map.
    pub(super) items: &'a [Ident],
    pub(super) used: Used<'a>,
}

impl Place<'_> {
    /// An expression in the body of the dag.
    pub(super) const VALUE: Self = Self { items: &[], used: Used::Value };
    /// A statement in the body of the dag.
    pub(super) const STATEMENT: Self = Self { items: &[], used: Used::Statement };
}

impl Lowering<'_> {
    /// The names from outside that something mentions, in order, each once.
    fn mentions(&self, of: &impl ToTokens, items: &[Ident]) -> Vec<String> {
        let mut found = Vec::new();
        words(of.to_token_stream(), &mut found);
        let mut names = Vec::new();
        for word in found {
            let key = word.trim_start_matches("r#");
            let is_outer =
                matches!(self.scope.get(key), Some(Binding::Value(_) | Binding::Poisoned));
            if (is_outer || items.iter().any(|item| *item == word)) && !names.contains(&word) {
                names.push(word);
            }
        }
        // The partition comes first.
        names.sort_by_key(|name| !items.iter().any(|item| item == name));
        names
    }

    /// The inputs of a function that something is moved into: the names that it mentions.
    pub(super) fn inputs(&self, of: &impl ToTokens, items: &[Ident]) -> Vec<Input> {
        let names = self.mentions(of, items);
        names.iter().map(|name| self.input(name, items)).collect()
    }

    fn input(&self, name: &str, items: &[Ident]) -> Input {
        let ty = if items.iter().any(|item| item == name) { None } else { self.type_of(name) };
        let is_shared = !items.is_empty() && ty.is_some_and(owns);
        let passed = if is_shared { format!("{name}.clone()") } else { name.to_owned() };
        let unknown = if items.is_empty() && self.is_vec(name) { "Vec<…>" } else { "…" };
        Input::new(name, &ty.map_or_else(|| unknown.to_owned(), code), &passed)
    }

    /// Whether a name stands for the `Vec` that a loop fills.
    fn is_vec(&self, name: &str) -> bool {
        let Some(Binding::Value(value)) = self.scope.get(name.trim_start_matches("r#")) else {
            return false;
        };
        self.steps.iter().any(|step| match step {
            super::Step::Map(map) => {
                map.output == *value && matches!(map.collect, super::Collect::Vec)
            }
            _ => false,
        })
    }

    /// The type of a parameter of the dag, where it can be written anywhere.
    fn type_of(&self, name: &str) -> Option<&Type> {
        let value = match self.scope.get(name.trim_start_matches("r#")) {
            Some(Binding::Value(value)) => *value,
            _ => return None,
        };
        let Origin::Parameter(index) = self.values[value] else { return None };
        let ty = &self.function.parameters.get(index)?.ty;
        let has_lifetime = contains(&ty.to_token_stream(), &|token| is_punct(Some(token), '\''));
        (!has_lifetime).then_some(ty)
    }

    /// Whether an expression could be the argument of a node, by its looks.
    pub(super) fn is_argument(&self, expr: &Expr) -> bool {
        struct Finder<'a, 'b>(&'a Lowering<'b>, bool);
        impl<'ast> Visit<'ast> for Finder<'_, '_> {
            fn visit_expr(&mut self, expr: &'ast Expr) {
                if let Some(call) = node_call(expr) {
                    call.call.args.iter().for_each(|argument| self.visit_expr(argument));
                    return;
                }
                self.1 &= match expr {
                    Expr::Macro(mac) => super::syntax::value_macro(mac).is_some(),
                    Expr::MethodCall(call) => {
                        chain(expr).is_some()
                            || !call.args.iter().any(|argument| self.0.is_function(argument, &[]))
                    }
                    Expr::Reference(reference) => reference.mutability.is_none(),
                    Expr::Closure(_) | Expr::Try(_) | Expr::Await(_) | Expr::Async(_) => false,
                    Expr::Block(_) | Expr::Unsafe(_) | Expr::If(_) | Expr::Match(_) => false,
                    Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) | Expr::Let(_) => false,
                    Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) | Expr::Assign(_) => false,
                    Expr::Binary(binary) => !super::arguments::is_assignment(&binary.op),
                    _ => true,
                };
                if self.1 && chain(expr).is_none() {
                    visit::visit_expr(self, expr);
                }
            }
        }
        let mut finder = Finder(self, true);
        finder.visit_expr(expr);
        finder.1
    }

    /// `dagger::identity(…)` around an expression that can be an argument, or a task that returns
    /// it.
    pub(super) fn through_a_node(&self, expr: &Expr, place: Place<'_>) -> String {
        if self.is_argument(expr) {
            return place.used.of(&self.identity(expr));
        }
        self.task_of_value(expr, place)
    }

    /// A task that returns the value of an expression.
    pub(super) fn task_of_value(&self, expr: &Expr, place: Place<'_>) -> String {
        let inputs = self.inputs(expr, place.items);
        let task = Sketch::task("compute", inputs, "…", wrapped(expr, "")).running(expr);
        task.code(&[place.used.of(&task.call())])
    }

    /// An expression as the output of a node, if it is not that.
    pub(super) fn as_output(&self, expr: &Expr) -> String {
        match node_call(expr).is_some() || chain(expr).is_some() {
            true => short(expr, WIDTH),
            false => self.identity(expr),
        }
    }

    /// The call of `identity`, by the name that the library has here.
    fn identity_of(&self, expr: &impl ToTokens) -> Expr {
        let library: syn::Path =
            syn::parse_str(&self.function.library).unwrap_or_else(|_| syn::parse_quote!(dagger));
        syn::parse_quote!(#library::identity(#expr))
    }

    /// `dagger::identity(…)`, by the name that the library has here.
    pub(super) fn identity(&self, expr: &impl ToTokens) -> String {
        format!("{}::identity({})", self.function.library, short(expr, WIDTH))
    }

    /// The call of the node that a value comes from: `f(x).await`.
    pub(super) fn call_of(&self, name: &Ident) -> Option<String> {
        let Some(Binding::Value(value)) = self.lookup(name) else { return None };
        self.steps.iter().find_map(|step| match step {
            super::Step::Node(node) if node.output == *value => Some(call_text(&node.call)),
            _ => None,
        })
    }

    /// A macro that is called as a statement, or for its value, in a task.
    pub(super) fn task_of_macro(&self, mac: &syn::Macro, place: Place<'_>) -> String {
        let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let prints =
            ["print", "println", "eprint", "eprintln", "error", "warn", "info", "debug", "trace"];
        let prints = prints.contains(&&*name);
        let task_name = match &*name {
            _ if prints => "report",
            name if name.starts_with("assert") || name.starts_with("debug_assert") => "check",
            _ => "compute",
        };
        let mut inputs = self.inputs(mac, place.items);
        for input in inputs.iter_mut().filter(|_| prints) {
            let is_copied =
                syn::parse_str::<Ident>(&input.ty).is_ok_and(|ty| super::syntax::is_primitive(&ty));
            if !is_copied && !input.ty.starts_with('&') {
                input.passed = format!("&{}", input.name);
                input.ty = format!("&{}", input.ty);
            }
        }
        let line = short(mac, WIDTH);
        let mut task = Sketch::task(task_name, inputs, "…", vec![line]).running(mac);
        if let Used::Statement = place.used {
            task.output = None;
            task.lines[0].push(';');
        }
        task.code(&[place.used.of(&task.call())])
    }

    /// A closure with a name, as a task.
    pub(super) fn task_of_closure(&self, name: &Ident, closure: &syn::ExprClosure) -> String {
        let input = |pat: &Pat| match pat {
            Pat::Type(typed) => Input::new(&code(&typed.pat), &code(&typed.ty), ""),
            pat => Input::new(&code(pat), "…", ""),
        };
        let mut inputs: Vec<_> = closure.inputs.iter().map(input).collect();
        let names: Vec<_> = closure.inputs.iter().flat_map(bound_names).collect();
        let outer = self.mentions(&closure.body, &[]);
        let outer = outer.iter().filter(|outer| !names.iter().any(|name| name == *outer));
        inputs.extend(outer.map(|outer| self.input(outer, &[])));
        let lines = vec![short(&closure.body, WIDTH)];
        Sketch::task(&name.to_string(), inputs, "…", lines).running(closure).code(&[])
    }

    /// What changes a value in place, as a task that returns the changed one: `prices.sort();`.
    pub(super) fn task_of_change(&self, call: &syn::ExprMethodCall) -> Option<String> {
        let changed = single_name(&call.receiver)?;
        let Some(Binding::Value(_)) = self.lookup(changed) else { return None };
        let name = format!("{}_{changed}", call.method.unraw().to_string().trim_matches('_'));
        let mut inputs = self.inputs(call, &[]);
        let ty = inputs.first()?.ty.clone();
        inputs.first_mut()?.name = format!("mut {changed}");
        let lines = vec![format!("{};", short(call, WIDTH)), changed.to_string()];
        let task = Sketch::task(&name, inputs, &ty, lines).running(call);
        Some(task.code(&[format!("let {changed} = {};", task.call())]))
    }
}

/// The call of a node as the user wrote it.
pub(super) fn call_text(call: &super::Call) -> String {
    let arguments: Vec<_> = call.arguments.iter().map(|argument| argument.text.as_str()).collect();
    let awaits = if call.awaited.is_some() { ".await" } else { "" };
    let question = if matches!(call.question, super::Question::Mark(_)) { "?" } else { "" };
    format!("{}({}){awaits}{question}", code(&call.callee), arguments.join(", "))
}

/// Whether a value of this type is surely not copied.
fn owns(ty: &Type) -> bool {
    let owned = ["String", "Vec", "VecDeque", "Box", "Arc", "PathBuf"];
    let maps = ["HashMap", "HashSet", "BTreeMap", "BTreeSet"];
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| owned.iter().chain(&maps).any(|name| last.ident == name))
}

fn is_punct(token: Option<&TokenTree>, expected: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == expected)
}

/// Whether any of these tokens is such a one.
fn contains(tokens: &TokenStream, is: &dyn Fn(&TokenTree) -> bool) -> bool {
    tokens.clone().into_iter().any(|token| match &token {
        TokenTree::Group(group) => contains(&group.stream(), is),
        token => is(token),
    })
}

/// The words in some tokens that may be names of values, those in format strings as well.
fn words(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let before = |by: usize| index.checked_sub(by).map(|index| &tokens[index]);
        let after = tokens.get(index + 1);
        match token {
            TokenTree::Ident(word) => {
                let is_member = is_punct(before(1), '.') && !is_punct(before(2), '.');
                let in_path = is_punct(before(1), ':') && is_punct(before(2), ':');
                let is_macro = is_punct(after, '!') && !is_punct(tokens.get(index + 2), '=');
                let is_called = matches!(after, Some(TokenTree::Group(group))
                    if group.delimiter() == Delimiter::Parenthesis);
                if !is_member && !in_path && !is_macro && !is_called && !is_punct(after, ':') {
                    found.push(word.to_string());
                }
            }
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Literal(literal) => {
                let text = syn::parse_str::<Expr>(&literal.to_string());
                found.extend(text.as_ref().map(captured_names).unwrap_or_default());
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// Lines one step further to the right.
fn indented(lines: Vec<String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(|line| format!("    {line}"))
}

/// The lines of some statements, each of which is a line if it is no loop.
fn lines(statements: &[Stmt]) -> Vec<String> {
    statements.iter().flat_map(statement).collect()
}

fn statement(statement: &Stmt) -> Vec<String> {
    match statement {
        Stmt::Expr(Expr::ForLoop(inner), _) => {
            let head = format!("for {} in {}", code(&inner.pat), short(&inner.expr, WIDTH));
            block(&head, &inner.body)
        }
        Stmt::Expr(expr @ (Expr::If(_) | Expr::Match(_) | Expr::While(_) | Expr::Loop(_)), _) => {
            flow::lines(expr)
        }
        Stmt::Expr(expr, semicolon) => wrapped(expr, semicolon.map_or("", |_| ";")),
        other => vec![short(other, WIDTH)],
    }
}

/// A head, a body in braces.
fn block(head: &str, body: &Block) -> Vec<String> {
    let mut all = vec![format!("{head} {{")];
    all.extend(indented(lines(&body.stmts)));
    all.push("}".to_owned());
    all
}

/// An expression and what stands behind it, in several lines if it is long.
fn wrapped(expr: &Expr, end: &str) -> Vec<String> {
    let text = format!("{}{end}", code(expr));
    if text.chars().count() <= WIDTH {
        return vec![text];
    }
    match bare(expr) {
        Expr::Call(call) if !call.args.is_empty() => {
            let mut all = vec![format!("{}(", code(&call.func))];
            all.extend(call.args.iter().map(|argument| format!("    {},", short(argument, WIDTH))));
            all.push(format!("){end}"));
            all
        }
        Expr::MethodCall(_) => {
            let (root, methods) = sources::adaptors(expr);
            let mut all = vec![short(root, WIDTH)];
            all.extend(methods.into_iter().map(|call| {
                let (method, turbofish, args) = (&call.method, &call.turbofish, &call.args);
                format!("    {}", short(quote::quote!(.#method #turbofish (#args)), WIDTH))
            }));
            if let Some(last) = all.last_mut() {
                last.push_str(end);
            }
            all
        }
        other => vec![format!("{}{end}", short(other, WIDTH))],
    }
}
