//! Conditions and loops, in a task.

use proc_macro2::Ident;
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{Expr, ExprIf};

use super::lines::{WIDTH, block, indented};
use super::loops::push;
use super::{Lowering, Place, Used, bound_names, code, short, single_name};
use crate::body::lower::Binding;

impl Lowering<'_> {
    /// `if`, `match`, `while` or `loop` in a task that returns what it gives; `None` where it
    /// leaves the body of the dag, or changes what a task cannot.
    pub(in crate::body) fn task_of_flow(&self, expr: &Expr, place: Place<'_>) -> Option<String> {
        let name = if matches!(expr, Expr::While(_) | Expr::Loop(_)) { "repeat" } else { "choose" };
        if let (Expr::If(condition), Used::Statement) = (expr, place.used)
            && let Some((receiver, choice)) = pushed(condition)
        {
            let is_partial = last_branch(condition).is_none();
            let output = if is_partial { "Option<…>" } else { "…" };
            let expr = Expr::If(choice);
            let task = self.sketch(name, self.inputs(&expr, place.items), output, lines(&expr));
            let task = task.running(&expr);
            return Some(task.code(&[format!("{receiver}.push({});", task.call())]));
        }
        if leaves(expr) {
            return None;
        }
        let used = if breaks_with_value(expr) { Used::Value } else { place.used };
        let place = Place { used, ..place };
        let changed = self.changed_by(expr);
        if changed.iter().any(|name| matches!(self.lookup(name), Some(Binding::Collector(_)))) {
            return None;
        }
        let mut inputs = self.inputs(expr, place.items);
        for input in &mut inputs {
            if changed.iter().any(|name| *name == input.name.as_str()) {
                input.name = format!("mut {}", input.name);
            }
        }
        let mut body = lines(expr);
        let names: Vec<_> = changed.iter().map(ToString::to_string).collect();
        let names = match &names[..] {
            [] => None,
            [one] => Some(one.clone()),
            all => Some(format!("({})", all.join(", "))),
        };
        match (names, place.used) {
            (None, Used::Statement) => {
                let mut task = self.sketch(name, inputs, "…", body).running(expr);
                task.output = None;
                Some(task.code(&[format!("{};", task.call())]))
            }
            (None, used) => {
                let task = self.sketch(name, inputs, "…", body).running(expr);
                Some(task.code(&[used.of(&task.call())]))
            }
            (Some(names), Used::Statement) if place.items.is_empty() => {
                body.push(names.clone());
                let task = self.sketch(name, inputs, "…", body).running(expr);
                Some(task.code(&[format!("let {names} = {};", task.call())]))
            }
            _ => None,
        }
    }

    /// `let … else` in a task that returns what it binds.
    pub(in crate::body) fn task_of_let_else(
        &self,
        local: &syn::Local,
        items: &[Ident],
    ) -> Option<String> {
        let init = local.init.as_ref()?;
        let (_, otherwise) = init.diverge.as_ref()?;
        if leaves(otherwise) {
            return None;
        }
        let names: Vec<_> = bound_names(&local.pat).iter().map(ToString::to_string).collect();
        let names = match &names[..] {
            [one] => one.clone(),
            all => format!("({})", all.join(", ")),
        };
        let lines = vec![short(local, WIDTH), names.clone()];
        let value = &init.expr;
        let inputs = self.inputs(&quote!(#value #otherwise), items);
        let task = self.sketch("choose", inputs, "…", lines).running(local);
        Some(task.code(&[format!("let {names} = {};", task.call())]))
    }

    /// The names from outside that are assigned in an expression.
    fn changed_by(&self, expr: &Expr) -> Vec<Ident> {
        struct Changes<'a, 'b>(&'a Lowering<'b>, Vec<Ident>);
        impl Changes<'_, '_> {
            fn add(&mut self, target: &Expr) {
                if let Some(name) = single_name(target)
                    && self.0.lookup(name).is_some()
                    && !self.1.contains(name)
                {
                    self.1.push(name.clone());
                }
            }
        }
        impl<'ast> Visit<'ast> for Changes<'_, '_> {
            fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
                self.add(&assign.left);
                visit::visit_expr_assign(self, assign);
            }
            fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
                if crate::body::arguments::is_assignment(&binary.op) {
                    self.add(&binary.left);
                }
                visit::visit_expr_binary(self, binary);
            }
            fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
                if call.method == "push" {
                    self.add(&call.receiver);
                }
                visit::visit_expr_method_call(self, call);
            }
        }
        let mut changes = Changes(self, Vec::new());
        changes.visit_expr(expr);
        changes.1
    }
}

/// Whether something ends the function that it stands in, or a loop around it.
fn leaves(of: &impl ToTokens) -> bool {
    struct Jumps(usize, bool);
    impl<'ast> Visit<'ast> for Jumps {
        fn visit_expr_while(&mut self, inner: &'ast syn::ExprWhile) {
            self.0 += 1;
            visit::visit_expr_while(self, inner);
            self.0 -= 1;
        }
        fn visit_expr_loop(&mut self, inner: &'ast syn::ExprLoop) {
            self.0 += 1;
            visit::visit_expr_loop(self, inner);
            self.0 -= 1;
        }
        fn visit_expr_for_loop(&mut self, inner: &'ast syn::ExprForLoop) {
            self.0 += 1;
            visit::visit_expr_for_loop(self, inner);
            self.0 -= 1;
        }
        fn visit_expr_break(&mut self, jump: &'ast syn::ExprBreak) {
            self.1 |= self.0 == 0;
            visit::visit_expr_break(self, jump);
        }
        fn visit_expr_continue(&mut self, _: &'ast syn::ExprContinue) {
            self.1 |= self.0 == 0;
        }
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.1 = true;
        }
    }
    let mut jumps = Jumps(0, false);
    match syn::parse2::<Expr>(of.to_token_stream()) {
        Ok(expr) => jumps.visit_expr(&expr),
        Err(_) => return true,
    }
    jumps.1
}

/// Whether this is a `loop` that gives a value.
fn breaks_with_value(expr: &Expr) -> bool {
    struct Values(bool);
    impl<'ast> Visit<'ast> for Values {
        fn visit_expr_break(&mut self, jump: &'ast syn::ExprBreak) {
            self.0 |= jump.expr.is_some();
        }
    }
    let mut values = Values(false);
    if let Expr::Loop(repeat) = expr {
        values.visit_block(&repeat.body);
    }
    values.0
}

/// The block behind the last `else`, if there is one.
fn last_branch(condition: &ExprIf) -> Option<&Expr> {
    match condition.else_branch.as_ref().map(|(_, branch)| &**branch)? {
        Expr::If(next) => last_branch(next),
        other => Some(other),
    }
}

/// An `if` that pushes in each branch, as one that gives what is pushed: an `Option` where there is
/// no `else`.
fn pushed(condition: &ExprIf) -> Option<(String, ExprIf)> {
    fn value(block: &syn::Block, is_partial: bool) -> Option<(String, syn::Block)> {
        let [only] = &block.stmts[..] else { return None };
        let (receiver, value) = push(only)?;
        let block = match is_partial {
            true => syn::parse_quote!({ Some(#value) }),
            false => syn::parse_quote!({ #value }),
        };
        Some((code(receiver), block))
    }
    fn all(condition: &ExprIf, is_partial: bool) -> Option<(String, ExprIf)> {
        let mut choice = condition.clone();
        let (receiver, then) = value(&condition.then_branch, is_partial)?;
        choice.then_branch = then;
        let otherwise = match condition.else_branch.as_ref().map(|(_, branch)| &**branch) {
            None => syn::parse_quote!({ None }),
            Some(branch) => {
                let (other, branch) = match branch {
                    Expr::If(next) => {
                        let (other, next) = all(next, is_partial)?;
                        (other, Expr::If(next))
                    }
                    Expr::Block(block) => {
                        let (other, block) = value(&block.block, is_partial)?;
                        (other, syn::parse_quote!(#block))
                    }
                    _ => return None,
                };
                (other == receiver).then_some(branch)?
            }
        };
        choice.else_branch = Some((syn::parse_quote!(else), Box::new(otherwise)));
        Some((receiver, choice))
    }
    all(condition, last_branch(condition).is_none())
}

/// `let chosen = …;` and `chosen`, for the last expression of some lines.
pub(super) fn named(name: &str, lines: &[String]) -> Vec<String> {
    let mut all = lines.to_vec();
    if let Some(first) = all.first_mut() {
        *first = format!("let {name} = {first}");
    }
    if let Some(last) = all.last_mut() {
        last.push(';');
    }
    all.push(name.to_owned());
    all
}

/// The lines of `if`, `match`, `while` and `loop`.
pub(super) fn lines(expr: &Expr) -> Vec<String> {
    let text = code(expr);
    match expr {
        Expr::If(_) if text.len() <= WIDTH => vec![text],
        Expr::If(condition) => {
            let head = format!("if {}", short(&condition.cond, WIDTH));
            let mut all = block(&head, &condition.then_branch);
            if let Some((_, otherwise)) = &condition.else_branch {
                let mut rest = match &**otherwise {
                    Expr::Block(otherwise) => block("else", &otherwise.block),
                    other => lines(other),
                };
                if let (Some(last), Some(first)) = (all.last_mut(), rest.first_mut()) {
                    let word = if first.starts_with("else") { "" } else { "else " };
                    *last = format!("}} {word}{first}");
                }
                all.extend(rest.into_iter().skip(1));
            }
            all
        }
        Expr::Match(choice) => {
            let mut all = vec![format!("match {} {{", short(&choice.expr, WIDTH))];
            let arm = |arm: &syn::Arm| {
                let comma = if matches!(*arm.body, Expr::Block(_)) { "" } else { "," };
                format!("{} => {}{comma}", short(&arm.pat, WIDTH), short(&arm.body, WIDTH))
            };
            all.extend(indented(choice.arms.iter().map(arm).collect()));
            all.push("}".to_owned());
            all
        }
        Expr::While(repeat) => {
            block(&format!("while {}", short(&repeat.cond, WIDTH)), &repeat.body)
        }
        Expr::Loop(repeat) => block("loop", &repeat.body),
        other => vec![short(other, WIDTH)],
    }
}
