//! Maps, in both spellings.

use proc_macro2::Ident;
use syn::{Expr, ExprClosure, ExprForLoop, ExprMethodCall, Pat, Stmt, Type};

use super::lower::{Binding, Lowering, RETURN_VALUE};
use super::suggest::{Head, Place, Used, paired, with_own_vec};
use super::syntax::{
    Chain, End, NodeCall, bare, bound_names, chain, is_constant, is_node_path, node_call,
    node_calls, single_name,
};
use super::{Collect, Map, Origin, Question, Source, Step, ValueId};
use crate::rules;
use crate::rules::binding_without_node::Instead;
use crate::rules::unknown_statement::in_a_task;
use crate::text::code;

/// What the body of a loop does for a partition.
struct Pass<'a> {
    call: NodeCall<'a>,
    /// The `Vec` that the result is pushed to.
    push: Option<&'a ExprMethodCall>,
}

impl Lowering<'_> {
    /// `for item in source { … }`
    pub(super) fn for_loop(&mut self, for_loop: ExprForLoop) {
        let item = item_name(&for_loop.pat);
        let source = self.source(&for_loop.expr, Head::For(&for_loop));
        let pass = self.pass(&for_loop, &item);
        let push = pass.as_ref().and_then(|pass| pass.push);
        let collector = push.map(|push| self.collector(push, &for_loop));
        let map = source.zip(pass).and_then(|(source, pass)| {
            let items = bound_names(&for_loop.pat);
            let call = self.call(&pass.call, &items, None)?;
            let (collect, ty) = match &collector {
                None => (Collect::None, None),
                Some(None) => return None,
                Some(Some((_, ty))) => (Collect::Vec, ty.clone()),
            };
            Some(self.map(call, source, (*for_loop.pat).clone(), collect, ty))
        });
        match (map, collector) {
            (Some(map), Some(Some((name, _)))) => self.bind(&name, Binding::Value(map)),
            (Some(_), _) => {}
            // Whatever the loop was to fill is silent from here on.
            (None, _) => {
                for name in pushed_to(&for_loop.body) {
                    if matches!(self.lookup(name), Some(Binding::Collector(_))) {
                        self.bind(name, Binding::Poisoned);
                    }
                }
            }
        }
    }

    fn map(
        &mut self,
        call: super::Call,
        source: Source,
        item: Pat,
        collect: Collect,
        ty: Option<Type>,
    ) -> ValueId {
        let output = RETURN_VALUE.to_owned();
        let output = self.value(Origin::Output { node: call.node, output, mapped: true });
        self.steps.push(Step::Map(Map { call, source, item, collect, output, ty }));
        output
    }

    /// The empty `Vec` that `push` fills: its name, and the type it was given.
    fn collector(
        &mut self,
        push: &ExprMethodCall,
        for_loop: &ExprForLoop,
    ) -> Option<(Ident, Option<Type>)> {
        let text = code(&push.receiver);
        let own = with_own_vec(for_loop, "results");
        let Some(name) = single_name(&push.receiver) else {
            let (at, own) = (&push.receiver, own.as_deref());
            self.reject(rules::collector_misuse::not_a_collector(at, &text, own));
            return None;
        };
        match self.lookup(name) {
            Some(Binding::Collector(ty)) => Some((name.clone(), ty.clone())),
            Some(Binding::Poisoned) => None,
            Some(Binding::Value(value)) => {
                let filled = matches!(self.values[*value], Origin::Output { mapped: true, .. });
                let rejection = match filled {
                    true => {
                        let own = with_own_vec(for_loop, &format!("more_{text}"));
                        rules::collector_misuse::pushed_twice(&push.method, &text, own.as_deref())
                    }
                    false => rules::collector_misuse::not_a_collector(name, &text, own.as_deref()),
                };
                self.reject(rejection);
                None
            }
            // rustc knows no such name either.
            None => {
                self.incomplete = true;
                None
            }
        }
    }

    /// Reads the body of a loop: one node call, and perhaps one push.
    fn pass<'a>(&mut self, for_loop: &'a ExprForLoop, item: &str) -> Option<Pass<'a>> {
        let mut sound = true;
        let statements = &for_loop.body.stmts;
        for statement in statements {
            sound &= self.check_statement(statement, for_loop, item);
        }
        let calls = node_calls(|calls| {
            statements.iter().for_each(|stmt| syn::visit::Visit::visit_stmt(calls, stmt));
        });
        if !sound {
            return None;
        }
        match &calls[..] {
            [] => {
                let task = self.task_of_loop(for_loop);
                self.reject(rules::empty_map::reject(&for_loop.for_token, task.as_deref()));
                return None;
            }
            [_] => {}
            [_, _, ..] => {
                let name = rules::single_mapping_node::name(&calls);
                let dag = self.dag_of_loop(&name, for_loop);
                self.reject(rules::single_mapping_node::reject(&calls, &dag));
                return None;
            }
        }
        self.read_pass(statements, &bound_names(&for_loop.pat))
    }

    fn read_pass<'a>(&mut self, statements: &'a [Stmt], items: &[Ident]) -> Option<Pass<'a>> {
        let (mut bound, mut pass): (Option<(&Ident, NodeCall<'a>)>, _) = (None, None);
        for statement in statements {
            match statement {
                Stmt::Local(local) => {
                    let call = local.init.as_ref().and_then(|init| node_call(&init.expr));
                    let name = match (&local.pat, &call) {
                        (Pat::Ident(pat), _) => &pat.ident,
                        (Pat::Wild(_), Some(_)) => {
                            pass = call.map(|call| Pass { call, push: None });
                            continue;
                        }
                        (pattern, _) => {
                            if let Some(init) = &local.init {
                                self.reject_pattern(pattern, &init.expr);
                            }
                            return None;
                        }
                    };
                    match call {
                        Some(call) => bound = Some((name, call)),
                        None => {
                            let value = local.init.as_ref().map(|init| &*init.expr);
                            let instead = value
                                .map_or(Instead::Task(None), |value| self.instead_of(value, None));
                            self.reject(rules::binding_without_node::reject(
                                name, name, &value, instead,
                            ));
                            return None;
                        }
                    }
                }
                Stmt::Expr(Expr::MethodCall(push), _)
                    if push.method == "push" && push.args.len() == 1 =>
                {
                    let value = push.args.first()?;
                    let is_bound =
                        |bound: &(&Ident, NodeCall<'a>)| single_name(value) == Some(bound.0);
                    let call = match bound.take_if(|bound| is_bound(bound)) {
                        Some((_, call)) => Some(call),
                        None => node_call(value),
                    };
                    match (call, &pass) {
                        (Some(call), None) => pass = Some(Pass { call, push: Some(push) }),
                        (_, Some(_)) => {
                            let name = code(&push.receiver);
                            let method = &push.method;
                            self.reject(rules::collector_misuse::pushed_twice(method, &name, None));
                            return None;
                        }
                        (None, None) => {
                            let what = "a `push` of anything but the output of the node";
                            let used = Used::Pushed(&push.receiver);
                            let task = self.task_of_value(value, Place { items, used });
                            let help = in_a_task(&task);
                            self.reject(rules::unknown_statement::reject(value, what, &help));
                            return None;
                        }
                    }
                }
                Stmt::Expr(expr, _) => match node_call(expr) {
                    Some(call) => pass = Some(Pass { call, push: None }),
                    None => {
                        let what = "an expression around a node";
                        let place = Place { items, used: Used::Statement };
                        let help = in_a_task(&self.task_of_value(expr, place));
                        self.reject(rules::unknown_statement::reject(expr, what, &help));
                        return None;
                    }
                },
                Stmt::Item(_) | Stmt::Macro(_) => unreachable!("rejected before"),
            }
        }
        pass.or_else(|| bound.map(|(_, call)| Pass { call, push: None }))
    }

    /// Rejects what cannot stand in a loop's body at all. Whether the statement can.
    fn check_statement(&mut self, statement: &Stmt, for_loop: &ExprForLoop, item: &str) -> bool {
        let mut items = bound_names(&for_loop.pat);
        for statement in &for_loop.body.stmts {
            if let Stmt::Local(local) = statement {
                items.extend(bound_names(&local.pat));
            }
        }
        let (expr, used) = match statement {
            Stmt::Local(local) => match &local.init {
                Some(init) if init.diverge.is_some() => {
                    self.let_else(local, &items);
                    return false;
                }
                Some(init) => (&*init.expr, Used::Let(&local.pat, None)),
                None => {
                    self.without_value(&local.pat);
                    return false;
                }
            },
            Stmt::Expr(expr, _) => (expr, Used::Statement),
            Stmt::Item(item) => {
                let help = "write it beside the function";
                self.reject(rules::unknown_statement::reject(item, "an item", help));
                return false;
            }
            Stmt::Macro(mac) => {
                self.reject_macro(&mac.mac, Place { items: &items, used: Used::Statement });
                return false;
            }
        };
        match expr {
            Expr::ForLoop(inner) => {
                let dag = self.dag_of_loop(&format!("for_each_{item}"), for_loop);
                self.reject(rules::nested_map::reject(&inner.for_token, &dag));
                false
            }
            Expr::Assign(assign) => {
                let task = self.reduced(for_loop, &assign.left, expr);
                self.reject(rules::loop_carried::reject(&assign.left, task));
                false
            }
            Expr::Binary(binary) if super::arguments::is_assignment(&binary.op) => {
                let task = self.reduced(for_loop, &binary.left, expr);
                self.reject(rules::loop_carried::reject(&binary.left, task));
                false
            }
            Expr::MethodCall(call) if self.is_poisoned(&call.receiver) => false,
            Expr::MethodCall(call)
                if call.method != "push"
                    && single_name(&call.receiver)
                        .and_then(|name| self.lookup(name))
                        .is_some_and(|binding| matches!(binding, Binding::Collector(_))) =>
            {
                let (name, method) = (code(&call.receiver), &call.method);
                let pushed = match call.args.len() {
                    1 => code(&call.args),
                    _ => "…".to_owned(),
                };
                self.reject(rules::collector_misuse::not_a_push(method, &name, &pushed));
                false
            }
            expr => {
                if let Some(inner) = inner_map(expr) {
                    let dag = self.dag_of_loop(&format!("for_each_{item}"), for_loop);
                    self.reject(rules::nested_map::reject(inner.map, &dag));
                    return false;
                }
                let place = Place { items: &items, used };
                node_call(expr).is_some() || !self.reject_syntax(expr, place)
            }
        }
    }

    /// A map in the iterator spelling.
    pub(super) fn chain(&mut self, chain: &Chain<'_>, ty: Option<Type>) -> Option<ValueId> {
        let source = self.source(chain.source, Head::Chain(chain));
        let awaited = match &chain.end {
            End::JoinAll { awaited } | End::TryJoinAll { awaited, .. } => Some(*awaited),
            End::Collect { .. } => None,
        };
        let (item, call) = match bare(chain.function) {
            Expr::Closure(closure) => self.closure(closure, chain, awaited)?,
            Expr::Path(path) if is_node_path(path) => {
                let hygiene = self.function.name().span();
                let item = crate::codegen::own_at("item", chain.map.span().resolved_at(hygiene));
                let call: Expr = syn::parse_quote!(#path(#item));
                (syn::parse_quote!(#item), call)
            }
            _ => {
                let task = self.task_of_function(chain);
                self.reject(rules::empty_map::reject(chain.map, Some(&task)));
                return None;
            }
        };
        let collect = match &chain.end {
            End::Collect { method, question } => {
                Collect::Into { method: method.clone(), question: *question }
            }
            End::JoinAll { .. } | End::TryJoinAll { question: Some(_), .. } => Collect::Vec,
            End::TryJoinAll { question: None, name, .. } => {
                let (what, help) = ("`try_join_all` without `?`", "write `.await?` behind it");
                self.reject(rules::unknown_statement::reject(name, what, help));
                return None;
            }
        };
        let mut call = node_call(&call)?;
        call.awaited = call.awaited.or(awaited);
        let question = match &chain.end {
            End::TryJoinAll { question, .. } => question.map(Question::Mark),
            _ => None,
        };
        let collect_fails = matches!(&collect, Collect::Into { question: Some(_), .. });
        self.fallible |= question.is_some() || collect_fails;
        let items = bound_names(&item);
        let call = self.call(&call, &items, question)?;
        Some(self.map(call, source?, item, collect, ty))
    }

    /// `|item| f(item)`: the pattern and the call.
    fn closure(
        &mut self,
        closure: &ExprClosure,
        chain: &Chain<'_>,
        awaited: Option<syn::Token![await]>,
    ) -> Option<(Pat, Expr)> {
        let item = closure_item(closure);
        let items: Vec<_> = closure.inputs.iter().flat_map(bound_names).collect();
        let mut body = bare(&closure.body);
        while let Expr::Block(block) = body {
            match &block.block.stmts[..] {
                [Stmt::Expr(expr, None)] => body = bare(expr),
                _ => break,
            }
        }
        if let Some(inner) = inner_map(body) {
            let dag = self.dag_of_closure(&format!("for_each_{item}"), chain, closure, body);
            self.reject(rules::nested_map::reject(inner.map, &dag));
            return None;
        }
        let place = Place { items: &items, used: Used::Value };
        if node_call(body).is_none() && self.reject_syntax(body, place) {
            return None;
        }
        let calls = node_calls(|calls| syn::visit::Visit::visit_expr(calls, body));
        match &calls[..] {
            [] => {
                let task = self.task_of_function(chain);
                self.reject(rules::empty_map::reject(chain.map, Some(&task)));
                return None;
            }
            [_] => {}
            [_, _, ..] => {
                let name = rules::single_mapping_node::name(&calls);
                let dag = self.dag_of_closure(&name, chain, closure, body);
                self.reject(rules::single_mapping_node::reject(&calls, &dag));
                return None;
            }
        }
        let pattern = match closure.inputs.first() {
            Some(Pat::Type(typed)) => (*typed.pat).clone(),
            Some(pattern) => pattern.clone(),
            None => {
                self.incomplete = true;
                return None;
            }
        };
        let Some(call) = node_call(body) else {
            if !self.reject_syntax(body, place) {
                let what = "an expression around a node";
                let help = in_a_task(&self.task_of_value(body, place));
                self.reject(rules::unknown_statement::reject(body, what, &help));
            }
            return None;
        };
        if let (Some(question), true) = (call.question, awaited.is_none()) {
            let help = "let the whole map fail: `.collect::<Result<Vec<_>, _>>()?`";
            let what = "`?` inside of a closure";
            self.reject(rules::unknown_statement::reject(&question, what, help));
            return None;
        }
        Some((pattern, body.clone()))
    }

    /// What a map runs over.
    fn source(&mut self, expr: &Expr, head: Head<'_>) -> Option<Source> {
        let mut root = bare(expr);
        let mut borrowed = false;
        // Looks through what only says how to iterate.
        loop {
            match root {
                Expr::Reference(reference) if reference.mutability.is_none() => {
                    borrowed = true;
                    root = bare(&reference.expr);
                }
                Expr::MethodCall(call) if call.args.is_empty() => {
                    let name = call.method.to_string();
                    let receiver = bare(&call.receiver);
                    let of_iter =
                        matches!(receiver, Expr::MethodCall(call) if call.method == "iter");
                    match name.as_str() {
                        "iter" => borrowed = true,
                        "into_iter" => {}
                        "copied" | "cloned" if of_iter => {}
                        _ => break,
                    }
                    root = receiver;
                }
                _ => break,
            }
        }
        if let Expr::MethodCall(call) = root {
            let method = &call.method;
            let rejection = match method == "zip" {
                true => rules::one_partitioned_input::reject(method, &paired(head, expr)),
                false => {
                    let (name, both) = (method.to_string(), self.two_maps(head, expr));
                    match both {
                        Some(both) => rules::map_source::second_map(method, &both),
                        None => rules::map_source::reject(method, &name, &self.adapted(head, expr)),
                    }
                }
            };
            if !self.is_poisoned(root) {
                self.reject(rejection);
            }
            return None;
        }
        let from = if let Some(call) = node_call(root) {
            let value = self.node(&call, None, None)?;
            let mention = self.mention_call(value, root);
            return Some(self.finish_source(expr, root, mention, borrowed, value, None));
        } else {
            let mut place = root;
            let mut field = None;
            while let Expr::Field(of) = place {
                field = Some(&of.member);
                place = bare(&of.base);
            }
            let name = single_name(place);
            match name.and_then(|name| self.lookup(name)).cloned() {
                Some(Binding::Value(value)) => (value, field, code(place)),
                Some(Binding::Collector(_)) => {
                    let name = code(place);
                    self.reject(rules::collector_misuse::read_before_filled(place, &name));
                    return None;
                }
                Some(Binding::Poisoned) => return None,
                // A name that rustc does not know either, unless it is a constant.
                None if name.is_some_and(|name| !is_constant(name)) => {
                    self.incomplete = true;
                    return None;
                }
                None => {
                    if !self.reject_syntax(root, Place::VALUE) {
                        let instead = self.constant(head, expr);
                        self.reject(rules::map_over_constant::reject(root, &instead));
                    }
                    return None;
                }
            }
        };
        let (value, field, name) = from;
        match &self.values[value] {
            Origin::Parameter(index) => {
                let parameter = &self.function.parameters[*index];
                let instead = self.over_parameter(head, expr, root, parameter);
                self.reject(rules::map_over_parameter::reject(&root, &name, &instead));
                None
            }
            Origin::Output { mapped: true, .. } => {
                let joined = self.over_identity(head, expr, root);
                let both = self.both_steps(head, expr, value);
                self.reject(rules::map_over_mapped::reject(&root, &joined, both.as_deref()));
                None
            }
            Origin::Output { mapped: false, .. } => {
                let mut mention = root.clone();
                self.argument(&mut mention, &[]);
                let field = field.map(|member| format!("property_{}", code(member)));
                Some(self.finish_source(expr, root, mention, borrowed, value, field))
            }
        }
    }

    pub(super) fn is_poisoned(&self, mut expr: &Expr) -> bool {
        loop {
            match bare(expr) {
                Expr::MethodCall(call) => expr = &call.receiver,
                Expr::Field(field) => expr = &field.base,
                other => {
                    let name = single_name(other);
                    let binding = name.and_then(|name| self.lookup(name));
                    return matches!(binding, Some(Binding::Poisoned));
                }
            }
        }
    }

    /// The source with `root` in it replaced by `mention`.
    fn finish_source(
        &mut self,
        expr: &Expr,
        root: &Expr,
        mention: Expr,
        borrowed: bool,
        value: ValueId,
        field: Option<String>,
    ) -> Source {
        let mut whole = expr.clone();
        replace(&mut whole, expr, root, &mention);
        let origin = match &field {
            Some(field) => crate::ownership::part_of(&self.values[value], field),
            None => self.values[value].clone(),
        };
        let from = match origin {
            Origin::Output { node, output, .. } => (node, output),
            Origin::Parameter(_) => unreachable!("a map over a parameter was rejected"),
        };
        Source { expr: whole, borrowed, from }
    }
}

/// Walks `target`, a copy of `original`, down to the place of `root`.
pub(super) fn replace(target: &mut Expr, original: &Expr, root: &Expr, mention: &Expr) {
    if std::ptr::eq(original, root) {
        *target = mention.clone();
        return;
    }
    match (target, original) {
        (Expr::Paren(t), Expr::Paren(o)) => replace(&mut t.expr, &o.expr, root, mention),
        (Expr::Group(t), Expr::Group(o)) => replace(&mut t.expr, &o.expr, root, mention),
        (Expr::Reference(t), Expr::Reference(o)) => replace(&mut t.expr, &o.expr, root, mention),
        (Expr::MethodCall(t), Expr::MethodCall(o)) => {
            replace(&mut t.receiver, &o.receiver, root, mention);
        }
        _ => {}
    }
}

/// The names of what a loop fills, or tries to.
fn pushed_to(body: &syn::Block) -> Vec<&Ident> {
    struct Pushes<'a>(Vec<&'a Ident>);
    impl<'a> syn::visit::Visit<'a> for Pushes<'a> {
        fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
            self.0.extend(single_name(&call.receiver));
            syn::visit::visit_expr_method_call(self, call);
        }
    }
    let mut pushes = Pushes(Vec::new());
    syn::visit::Visit::visit_block(&mut pushes, body);
    pushes.0
}

/// A map inside of an expression.
fn inner_map(expr: &Expr) -> Option<Chain<'_>> {
    if let Some(found) = chain(expr) {
        return Some(found);
    }
    match bare(expr) {
        Expr::Call(call) => call.args.iter().find_map(inner_map),
        Expr::MethodCall(call) => {
            inner_map(&call.receiver).or_else(|| call.args.iter().find_map(inner_map))
        }
        Expr::Reference(reference) => inner_map(&reference.expr),
        Expr::Try(try_expr) => inner_map(&try_expr.expr),
        Expr::Await(await_expr) => inner_map(&await_expr.base),
        _ => None,
    }
}

/// The name of a partition in messages.
fn item_name(pattern: &Pat) -> String {
    match &bound_names(pattern)[..] {
        [] => "partition".to_owned(),
        names => names.iter().map(ToString::to_string).collect::<Vec<_>>().join("_"),
    }
}

fn closure_item(closure: &ExprClosure) -> String {
    closure.inputs.first().map_or_else(|| "partition".to_owned(), item_name)
}
