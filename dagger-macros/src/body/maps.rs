//! Maps, in both spellings.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, ExprClosure, ExprForLoop, ExprMethodCall, Pat, Stmt, Type};

use super::lower::{Binding, Lowering, RETURN_VALUE};
use super::syntax::{
    Chain, End, NodeCall, bare, bound_names, chain, is_constant, is_node_path, node_call,
    node_calls, single_name,
};
use super::{Collect, Map, Origin, Question, Source, Step, ValueId};
use crate::rules;
use crate::rules::single_mapping_node::Steps;
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
        let source = self.source(&for_loop.expr);
        let pass = self.pass(&for_loop, &item);
        let push = pass.as_ref().and_then(|pass| pass.push);
        let collector = push.map(|push| self.collector(push));
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
    fn collector(&mut self, push: &ExprMethodCall) -> Option<(Ident, Option<Type>)> {
        let text = code(&push.receiver);
        let Some(name) = single_name(&push.receiver) else {
            self.reject(rules::collector_misuse::not_a_collector(&push.receiver, &text));
            return None;
        };
        match self.lookup(name) {
            Some(Binding::Collector(ty)) => Some((name.clone(), ty.clone())),
            Some(Binding::Poisoned) => None,
            Some(Binding::Value(value)) => {
                let filled = matches!(self.values[*value], Origin::Output { mapped: true, .. });
                let rejection = match filled {
                    true => rules::collector_misuse::pushed_twice(&push.method, &text),
                    false => rules::collector_misuse::not_a_collector(name, &text),
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
            sound &= self.check_statement(statement, item);
        }
        let calls = node_calls(|calls| {
            statements.iter().for_each(|stmt| syn::visit::Visit::visit_stmt(calls, stmt));
        });
        if !sound {
            return None;
        }
        match &calls[..] {
            [] => {
                self.reject(rules::empty_map::reject(&for_loop.for_token));
                return None;
            }
            [_] => {}
            [_, _, ..] => {
                let lines = statements.iter().map(|statement| match statement {
                    Stmt::Expr(Expr::MethodCall(push), _) if push.method == "push" => {
                        push.args.first().map(code).unwrap_or_default()
                    }
                    Stmt::Expr(expr, _) => code(expr),
                    other => code(other),
                });
                let mut lines: Vec<_> = lines.collect();
                let last = lines.pop();
                for line in lines.iter_mut().filter(|line| !line.ends_with(';')) {
                    line.push(';');
                }
                lines.extend(last);
                let names = bound_names(&for_loop.pat);
                let steps = self.steps(lines, &names, &for_loop.body);
                self.reject(rules::single_mapping_node::reject(&calls, &steps));
                return None;
            }
        }
        self.read_pass(statements)
    }

    /// The steps of a map with more than one node, for the dag that they should be.
    fn steps(&self, lines: Vec<String>, items: &[Ident], of: &impl ToTokens) -> Steps {
        fn words(tokens: TokenStream, found: &mut Vec<String>) {
            for token in tokens {
                match token {
                    TokenTree::Ident(word) => found.push(word.to_string()),
                    TokenTree::Group(group) => words(group.stream(), found),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        words(of.to_token_stream(), &mut found);
        let awaits = found.iter().any(|word| word == "await");
        let outer = |word: &String| matches!(self.scope.get(word), Some(Binding::Value(_)));
        let mut mentions: Vec<String> = Vec::new();
        for word in found {
            let is_mentioned = items.iter().any(|item| *item == word) || outer(&word);
            if is_mentioned && !mentions.contains(&word) {
                mentions.push(word);
            }
        }
        Steps { lines, mentions, awaits }
    }

    fn read_pass<'a>(&mut self, statements: &'a [Stmt]) -> Option<Pass<'a>> {
        let (mut bound, mut pass): (Option<(&Ident, NodeCall<'a>)>, _) = (None, None);
        for statement in statements {
            match statement {
                Stmt::Local(local) => {
                    let call = local.init.as_ref().and_then(|init| node_call(&init.expr));
                    let name = match &local.pat {
                        Pat::Ident(pat) => &pat.ident,
                        pattern => {
                            self.reject(rules::binding_without_node::pattern(pattern));
                            return None;
                        }
                    };
                    match call {
                        Some(call) => bound = Some((name, call)),
                        None => {
                            let value = local.init.as_ref().map(|init| &init.expr);
                            let value = value.map(|value| quote!(#value)).unwrap_or_default();
                            self.reject(rules::binding_without_node::reject(name, &value));
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
                            self.reject(rules::collector_misuse::pushed_twice(&push.method, &name));
                            return None;
                        }
                        (None, None) => {
                            let what = "a `push` of anything but the output of the node";
                            self.reject(rules::unknown_statement::reject(value, what));
                            return None;
                        }
                    }
                }
                Stmt::Expr(expr, _) => match node_call(expr) {
                    Some(call) => pass = Some(Pass { call, push: None }),
                    None => {
                        let what = "an expression around a node";
                        self.reject(rules::unknown_statement::reject(expr, what));
                        return None;
                    }
                },
                Stmt::Item(_) | Stmt::Macro(_) => unreachable!("rejected before"),
            }
        }
        pass.or_else(|| bound.map(|(_, call)| Pass { call, push: None }))
    }

    /// Rejects what cannot stand in a loop's body at all. Whether the statement can.
    fn check_statement(&mut self, statement: &Stmt, item: &str) -> bool {
        let expr = match statement {
            Stmt::Local(local) => match &local.init {
                Some(init) => match &init.diverge {
                    Some((else_token, _)) => {
                        self.reject(rules::control_flow::reject(else_token, "let … else"));
                        return false;
                    }
                    None => &*init.expr,
                },
                None => {
                    let what = "a variable without a value";
                    self.reject(rules::unknown_statement::reject(&local.pat, what));
                    return false;
                }
            },
            Stmt::Expr(expr, _) => expr,
            Stmt::Item(item) => {
                self.reject(rules::unknown_statement::reject(item, "an item"));
                return false;
            }
            Stmt::Macro(mac) => {
                let what = format!("`{}!`", code(&mac.mac.path));
                self.reject(rules::unknown_statement::reject(&mac.mac.path, &what));
                return false;
            }
        };
        match expr {
            Expr::ForLoop(inner) => {
                let inner_item = item_name(&inner.pat);
                self.reject(rules::nested_map::reject(&inner.for_token, item, &inner_item));
                false
            }
            Expr::Assign(assign) => {
                self.reject(rules::loop_carried::reject(&assign.left));
                false
            }
            Expr::Binary(binary) if super::arguments::is_assignment(&binary.op) => {
                self.reject(rules::loop_carried::reject(&binary.left));
                false
            }
            Expr::MethodCall(call) if self.is_poisoned(&call.receiver) => false,
            Expr::MethodCall(call)
                if call.method != "push"
                    && single_name(&call.receiver)
                        .and_then(|name| self.lookup(name))
                        .is_some_and(|binding| matches!(binding, Binding::Collector(_))) =>
            {
                let name = code(&call.receiver);
                self.reject(rules::collector_misuse::not_a_push(&call.method, &name));
                false
            }
            expr => {
                if let Some(inner) = inner_map(expr) {
                    let inner_item = match bare(inner.function) {
                        Expr::Closure(closure) => closure_item(closure),
                        _ => "x".to_owned(),
                    };
                    self.reject(rules::nested_map::reject(inner.map, item, &inner_item));
                    return false;
                }
                node_call(expr).is_some() || !self.reject_syntax(expr)
            }
        }
    }

    /// A map in the iterator spelling.
    pub(super) fn chain(&mut self, chain: &Chain<'_>, ty: Option<Type>) -> Option<ValueId> {
        let source = self.source(chain.source);
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
                self.reject(rules::empty_map::reject(chain.map));
                return None;
            }
        };
        let collect = match &chain.end {
            End::Collect { method, question } => {
                Collect::Into { method: method.clone(), question: *question }
            }
            End::JoinAll { .. } | End::TryJoinAll { question: Some(_), .. } => Collect::Vec,
            End::TryJoinAll { question: None, name, .. } => {
                self.reject(rules::unknown_statement::reject(name, "`try_join_all` without `?`"));
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
        let mut body = bare(&closure.body);
        while let Expr::Block(block) = body {
            match &block.block.stmts[..] {
                [Stmt::Expr(expr, None)] => body = bare(expr),
                _ => break,
            }
        }
        if let Some(inner) = inner_map(body) {
            self.reject(rules::nested_map::reject(inner.map, &item, "x"));
            return None;
        }
        if node_call(body).is_none() && self.reject_syntax(body) {
            return None;
        }
        let calls = node_calls(|calls| syn::visit::Visit::visit_expr(calls, body));
        match &calls[..] {
            [] => {
                self.reject(rules::empty_map::reject(chain.map));
                return None;
            }
            [_] => {}
            [_, _, ..] => {
                let names = closure.inputs.first().map(bound_names).unwrap_or_default();
                let steps = self.steps(vec![code(body)], &names, body);
                self.reject(rules::single_mapping_node::reject(&calls, &steps));
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
            if !self.reject_syntax(body) {
                let what = "an expression around a node";
                self.reject(rules::unknown_statement::reject(body, what));
            }
            return None;
        };
        if let (Some(question), true) = (call.question, awaited.is_none()) {
            self.reject(rules::unknown_statement::reject(&question, "`?` inside of a closure"));
            return None;
        }
        Some((pattern, body.clone()))
    }

    /// What a map runs over.
    fn source(&mut self, expr: &Expr) -> Option<Source> {
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
            let rejection = match call.method == "zip" {
                true => rules::one_partitioned_input::reject(&call.method),
                false => rules::map_source::reject(&call.method, &call.method.to_string()),
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
                    if !self.reject_syntax(root) {
                        self.reject(rules::map_over_constant::reject(root));
                    }
                    return None;
                }
            }
        };
        let (value, field, name) = from;
        match &self.values[value] {
            Origin::Parameter(_) => {
                self.reject(rules::map_over_parameter::reject(&root, &name));
                None
            }
            Origin::Output { mapped: true, .. } => {
                self.reject(rules::map_over_mapped::reject(&root));
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
fn replace(target: &mut Expr, original: &Expr, root: &Expr, mention: &Expr) {
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
