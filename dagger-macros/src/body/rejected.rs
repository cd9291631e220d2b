//! What no body can have, and what to write instead.

use quote::ToTokens;
use syn::{Expr, Pat};

use super::arguments::is_assignment;
use super::lower::Lowering;
use super::suggest::{Place, Used};
use super::syntax::{bare, single_name, value_macro};
use crate::rules;
use crate::rules::unknown_statement::in_a_task;
use crate::text::code;

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
                let help = in_a_task(&self.through_a_node(expr, place));
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
    pub(super) fn help_of_argument(&self, expr: &Expr, items: &[proc_macro2::Ident]) -> String {
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
        let call = single_name(base).and_then(|name| self.call_of(name));
        match call {
            Some(call) => format!("write `{mark}` behind the call of the node: `{call}{mark}`"),
            None => {
                let whole = self.around.as_ref().unwrap_or(whole);
                in_a_task(&self.task_of_value(whole, place))
            }
        }
    }
}
