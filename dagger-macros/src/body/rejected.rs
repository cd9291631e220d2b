//! What no body can have, and what to write instead.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Expr, Local, Pat, Type};

use super::arguments::is_assignment;
use super::lower::{Lowering, node_calls_in};
use super::suggest::{Place, Used, loop_of_for_each};
use super::syntax::{bare, single_name, value_macro};
use crate::function::last_segment;
use crate::rules;
use crate::rules::binding_without_node::Instead;
use crate::rules::unknown_statement::in_a_task;
use crate::text::{code, short};

impl Lowering<'_> {
    /// Rejects what can never be an argument or the value of a binding. Whether it did.
    pub(super) fn reject_syntax(&mut self, expr: &Expr, place: Place<'_>) -> bool {
        use rules::control_flow::reject as flow;
        use rules::unknown_statement::reject as unknown;
        let task = || self.task_of_flow(expr, place);
        let rejection = match expr {
            Expr::If(e) => flow(&e.if_token, "if", task().as_deref()),
            Expr::Match(e) => flow(&e.match_token, "match", task().as_deref()),
            Expr::While(e) => flow(&e.while_token, "while", task().as_deref()),
            Expr::Loop(e) => flow(&e.loop_token, "loop", task().as_deref()),
            Expr::ForLoop(e) => {
                let help = "fill a `Vec` in the loop, as a statement, and pass that on";
                unknown(&e.for_token, "a loop as a value", help)
            }
            Expr::Break(e) => flow(&e.break_token, "break", None),
            Expr::Continue(e) => flow(&e.continue_token, "continue", None),
            Expr::Return(e) => rules::control_flow::returned(&e.return_token, None, false),
            Expr::Let(e) => flow(&e.let_token, "let", None),
            Expr::Closure(e) => {
                let help = match place.used {
                    Used::Let(Pat::Ident(name), _) => {
                        in_a_task(&self.task_of_closure(&name.ident, e))
                    }
                    _ => self.help_of_argument(expr, place.items),
                };
                unknown(&e.inputs_begin, "a closure", &help)
            }
            Expr::Async(e) => {
                let help = in_a_task(&self.task_of_async(&e.block, place, false));
                unknown(&e.async_token, "an `async` block", &help)
            }
            Expr::Unsafe(e) => {
                let help = in_a_task(&self.through_a_node(expr, place));
                unknown(&e.unsafe_token, "an `unsafe` block", &help)
            }
            Expr::Block(e) => {
                let help = match &e.block.stmts[..] {
                    [syn::Stmt::Expr(only, None)] => {
                        format!("write `{}` without a block", code(only))
                    }
                    _ => in_a_task(&self.through_a_node(expr, place)),
                };
                let brace = e.to_token_stream().into_iter().next();
                unknown(&brace, "a block", &help)
            }
            Expr::Assign(e) => {
                let help = self.help_of_assignment(&e.left, &e.right);
                unknown(&e.eq_token, "an assignment", &help)
            }
            Expr::Binary(e) if is_assignment(&e.op) => {
                let (left, right) = (&e.left, &e.right);
                let op = code(e.op);
                let value = format!("{} {} {}", code(left), op.trim_end_matches('='), code(right));
                let value = syn::parse_str(&value).unwrap_or_else(|_| (**right).clone());
                let help = self.help_of_assignment(left, &value);
                unknown(&e.op, "an assignment", &help)
            }
            Expr::Await(e) => {
                let help = self.help_of_mark(&e.base, ".await", expr, place);
                unknown(&e.await_token, "`.await` of anything but a call of a node", &help)
            }
            Expr::Try(e) => {
                let (base, mark) = match bare(&e.expr) {
                    Expr::Await(inner) => (&inner.base, ".await?"),
                    _ => (&e.expr, "?"),
                };
                let help = self.help_of_mark(base, mark, expr, place);
                unknown(&e.question_token, "`?` after anything but a call of a node", &help)
            }
            Expr::Macro(e) if value_macro(e).is_none() => {
                self.reject_macro(&e.mac, place);
                return true;
            }
            Expr::Paren(e) => return self.reject_syntax(&e.expr, place),
            Expr::Group(e) => return self.reject_syntax(&e.expr, place),
            _ => return false,
        };
        self.reject(rejection);
        true
    }

    pub(super) fn reject_macro(&mut self, mac: &syn::Macro, place: Place<'_>) {
        let what = format!("`{}!`", code(&mac.path));
        let help = in_a_task(&self.task_of_macro(mac, place));
        self.reject(rules::unknown_statement::reject(&mac.path, &what, &help));
    }

    /// What to write instead of an expression in an argument: a task of the whole argument.
    pub(super) fn help_of_argument(&self, expr: &Expr, items: &[Ident]) -> String {
        let place = Place { items, used: Used::Value };
        let whole = self.around.as_ref().unwrap_or(expr);
        match self.reduced_by_method(whole, place) {
            Some(code) => format!("reduce what the map collects in a task:\n{code}"),
            None => in_a_task(&self.task_of_value(whole, place)),
        }
    }

    /// `target = value;` as the binding of a new name.
    fn help_of_assignment(&self, target: &Expr, value: &Expr) -> String {
        match single_name(target) {
            Some(name) => {
                let value = self.as_output(value);
                format!("bind a new name, which may be the same: `let {name} = {value};`")
            }
            None => "return the changed value from a task, and bind that to a name".to_owned(),
        }
    }

    /// `?` or `.await` behind a value, rather than behind the call that returns it.
    fn help_of_mark(&self, base: &Expr, mark: &str, whole: &Expr, place: Place<'_>) -> String {
        if let Expr::Async(block) = bare(base) {
            return in_a_task(&self.task_of_async(&block.block, place, true));
        }
        if let Some(call) = single_name(base).and_then(|name| self.call_of(name)) {
            return format!("write `{mark}` behind the call of the node: `{call}{mark}`");
        }
        if mark == "?"
            && let Some(help) = self.help_of_question(base, place)
        {
            return help;
        }
        let whole = self.around.as_ref().unwrap_or(whole);
        in_a_task(&self.task_of_value(whole, place))
    }

    /// `?` behind a parameter of the dag: a node returns the `Result`.
    fn help_of_question(&self, base: &Expr, place: Place<'_>) -> Option<String> {
        let name = single_name(base).filter(|name| !place.items.contains(name))?;
        let last = last_segment(self.type_of(&name.to_string())?)?;
        if last.ident == "Result" {
            return Some(format!("pass it through a node: `{}?`", self.identity(base)));
        }
        if last.ident != "Option" {
            return None;
        }
        let value = self.function.argument_of_output().map(code);
        let value = value.filter(|_| self.function.returns("Option"));
        let error = self.function.error_of_output().filter(|error| !takes_any(error)).map(code);
        Some(rules::option_question_mark::help(&code(base), value.as_deref(), error.as_deref()))
    }

    /// Rejects `let … else`.
    pub(super) fn let_else(&mut self, local: &Local, items: &[Ident]) {
        if let Some((else_token, _)) = local.init.as_ref().and_then(|init| init.diverge.as_ref()) {
            let task = self.task_of_let_else(local, items);
            self.reject(rules::control_flow::reject(else_token, "let … else", task.as_deref()));
        }
        self.poison(&local.pat);
    }

    /// Rejects `let name;`.
    pub(super) fn without_value(&mut self, pattern: &Pat) {
        let (what, name) = ("a variable without a value", code(without_mut(pattern)));
        let help = format!("write `let` where it gets its value: `let {name} = …;`");
        self.reject(rules::unknown_statement::reject(pattern, what, &help));
    }

    /// Rejects `let pattern: ty = value;` where no node returns the value.
    pub(super) fn reject_binding(&mut self, pattern: &Pat, ty: Option<&Type>, value: &Expr) {
        if let (Pat::Tuple(names), Expr::Tuple(values)) = (pattern, bare(value))
            && names.elems.len() == values.elems.len()
            && values.elems.iter().all(|value| self.is_argument(value))
        {
            let each =
                names.elems.iter().zip(&values.elems).map(|(name, value)| {
                    format!("let {} = {};", code(name), self.as_output(value))
                });
            let each: Vec<_> = each.collect();
            return self.reject(rules::binding_without_node::tuple(pattern, &each.join("\n")));
        }
        let name = without_mut(pattern);
        let through = self.through_a_node(value, Place { items: &[], used: Used::Let(&name, ty) });
        let instead = self.instead_of(value, Some(&through));
        self.reject(rules::binding_without_node::reject(pattern, &name, value, instead));
    }

    /// What to write instead of a binding of a value, which is bound to the output of a node in `through`.
    pub(super) fn instead_of<'a>(&self, value: &Expr, through: Option<&'a str>) -> Instead<'a> {
        match (self.is_argument(value), node_calls_in(value).is_empty(), through) {
            (true, true, through) => Instead::InPlace(through),
            (true, false, Some(node)) => Instead::Node(node),
            (_, _, through) => Instead::Task(through),
        }
    }

    /// Rejects a pattern that takes an output apart: its fields do.
    pub(super) fn reject_pattern(&mut self, pattern: &Pat, value: &Expr) {
        let (name, members) = match pattern {
            Pat::Struct(pat) => {
                let members = pat.fields.iter().map(|field| code(&field.member)).collect();
                (pat.path.segments.last(), members)
            }
            Pat::TupleStruct(pat) => {
                let members = (0..pat.elems.len()).map(|index| index.to_string()).collect();
                (pat.path.segments.last(), members)
            }
            _ => (None, Vec::new()),
        };
        let name = name.map_or_else(|| "output".to_owned(), |name| snake(&name.ident.to_string()));
        let binding = format!("let {name} = {};", short(value, 60));
        let fields: Vec<_> = members.iter().map(|member| format!("{name}.{member}")).collect();
        self.reject(rules::binding_without_node::pattern(pattern, &binding, &fields));
    }

    /// Rejects the output of a dag that no node returns.
    pub(super) fn reject_result(&mut self, expr: &Expr) {
        let instead = loop_of_for_each(expr)
            .or_else(|| self.reduced_by_method(expr, Place::VALUE))
            .or_else(|| self.task_of_option(expr))
            .unwrap_or_else(|| self.through_a_node(expr, Place::VALUE));
        self.reject(rules::result_without_node::reject(expr, &instead));
    }
}

/// The type of an empty collection that an expression makes: `HashSet<_>` for `HashSet::new()`.
pub(super) fn new_collection(expr: &Expr) -> Option<String> {
    let Expr::Call(call) = bare(expr) else { return None };
    let Expr::Path(path) = bare(&call.func) else { return None };
    let mut segments = path.path.segments.iter().rev();
    let (last, owner) = (segments.next()?, segments.next()?);
    let makes = ["new", "with_capacity", "default"];
    let ty = &owner.ident;
    let arguments = if ty.to_string().ends_with("Map") { "_, _" } else { "_" };
    makes.iter().any(|name| last.ident == name).then(|| format!("{ty}<{arguments}>"))
}

/// Whether `?` makes this error of one of `std::io`, by its name.
fn takes_any(error: &Type) -> bool {
    let is_box = last_segment(error).is_some_and(|last| last.ident == "Box");
    is_box || ["anyhow::Error", "io::Error", "std::io::Error"].contains(&&*code(error))
}

/// A pattern without `mut`.
fn without_mut(pattern: &Pat) -> Pat {
    match pattern {
        Pat::Ident(pat) => Pat::Ident(syn::PatIdent { mutability: None, ..pat.clone() }),
        other => other.clone(),
    }
}

/// A name of a value after the name of its type: `half_year` for `HalfYear`.
fn snake(ty: &str) -> String {
    let mut name = String::new();
    for letter in ty.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
