//! The code that a help shows: tasks and dags to write instead, in the user's own names.
//!
//! `…` stands for what a macro cannot know, which is types for the most part, and for what is too
//! long.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Expr, Pat, Type};

use super::Origin;
use super::lower::{Binding, Lowering};
use super::syntax::{Chain, bare, bound_names, chain, node_call, single_name};
use crate::function::last_segment;
use crate::text::{code, is_punct, short};

mod flow;
mod lines;
mod loops;
mod names;
mod sketch;
mod sources;

pub(crate) use loops::Reduced;
pub(super) use loops::{collected, loop_of_for_each, with_own_vec};
pub(super) use sources::{Head, paired};

use lines::{WIDTH, contains, wrapped};
use names::free_names;
use sketch::{Input, Sketch};

/// How the value of what is moved into a task is used.
#[derive(Clone, Copy)]
pub(super) enum Used<'a> {
    Value,
    Statement,
    Let(&'a Pat, Option<&'a Type>),
    /// Pushed to this.
    Pushed(&'a Expr),
}

impl Used<'_> {
    pub(super) fn of(self, value: &str) -> String {
        match self {
            Self::Value => value.to_owned(),
            Self::Statement => format!("{value};"),
            Self::Pushed(receiver) => format!("{}.push({value});", code(receiver)),
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
        let is_known = |name: &String| {
            let binding = self.scope.get(name.trim_start_matches("r#"));
            let is_outer = matches!(binding, Some(Binding::Value(_) | Binding::Poisoned));
            is_outer || items.iter().any(|item| item == name)
        };
        let mut names: Vec<_> = free_names(of).into_iter().filter(is_known).collect();
        // The partition comes first.
        names.sort_by_key(|name| !items.iter().any(|item| item == name));
        names
    }

    /// A task by this name, or by a number behind it where the body has such a name.
    fn sketch(&self, name: &str, inputs: Vec<Input>, output: &str, lines: Vec<String>) -> Sketch {
        let mut suggested = self.suggested.borrow_mut();
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let is_free = |name: &String| {
            !suggested.contains(name)
                && !self.callees.contains(name)
                && *name != self.function.text()
        };
        let name = std::iter::once(name.to_owned()).chain(numbered).find(is_free);
        let name = name.unwrap_or_default();
        suggested.push(name.clone());
        Sketch::task(&name, inputs, output, lines)
    }

    /// The inputs of a function that something is moved into: the names that it mentions.
    fn inputs(&self, of: &impl ToTokens, items: &[Ident]) -> Vec<Input> {
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
    pub(super) fn type_of(&self, name: &str) -> Option<&Type> {
        let value = match self.scope.get(name.trim_start_matches("r#")) {
            Some(Binding::Value(value)) => *value,
            _ => return None,
        };
        let Origin::Parameter(index) = self.values[value] else { return None };
        let ty = &self.function.parameters.get(index)?.ty;
        let has_lifetime = contains(&ty.to_token_stream(), &|token, _| is_punct(token, "'"));
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
                    Expr::Lit(_) | Expr::Path(_) => true,
                    other => super::arguments::children(&mut other.clone()).is_some(),
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
        let task = self.sketch("compute", inputs, "…", wrapped(expr, "")).running(expr);
        task.code(&[place.used.of(&task.call())])
    }

    /// The output of a dag that returns an `Option`, from a task, where a `?` may make it `None`.
    pub(super) fn task_of_option(&self, expr: &Expr) -> Option<String> {
        let has_mark = contains(&expr.to_token_stream(), &|token, _| is_punct(token, "?"));
        if !has_mark || !self.function.returns("Option") {
            return None;
        }
        let (inputs, output) = (self.inputs(expr, &[]), code(self.function.return_type()));
        let mut task = self.sketch("compute", inputs, &output, wrapped(expr, "")).running(expr);
        task.fails = false;
        Some(task.code(&[task.call()]))
    }

    /// What an `async` block does, in a task, and its call: awaited, or as a future.
    pub(super) fn task_of_async(
        &self,
        block: &syn::Block,
        place: Place<'_>,
        awaited: bool,
    ) -> String {
        let lines = lines::lines(&block.stmts);
        let inputs = self.inputs(block, place.items);
        let mut task = self.sketch("compute", inputs, "…", lines).running(block);
        task.awaits = true;
        let call = task.call();
        let future = call.trim_end_matches('?').trim_end_matches(".await");
        task.code(&[place.used.of(if awaited { &call } else { future })])
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
            if is_copied || input.ty.starts_with('&') {
                continue;
            }
            input.passed = format!("&{}", input.name);
            input.ty = match input.ty.strip_prefix("Vec<").and_then(|ty| ty.strip_suffix('>')) {
                _ if input.ty == "String" => "&str".to_owned(),
                Some(element) => format!("&[{element}]"),
                None => format!("&{}", input.ty),
            };
        }
        let line = short(mac, WIDTH);
        let mut task = self.sketch(task_name, inputs, "…", vec![line]).running(mac);
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
        let task = self.sketch(&name, inputs, &ty, lines).running(call);
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
    last_segment(ty).is_some_and(|last| owned.iter().chain(&maps).any(|name| last.ident == name))
}
