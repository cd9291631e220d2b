//! Statements, one after another, as steps of the graph.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Local, Pat, Stmt, Type};

use super::rejected::new_collection;
use super::suggest::{Place, Used, loop_of_for_each};
use super::syntax::{
    NodeCall, bare, callee_name, chain, node_call, node_calls, single_name, value_macro,
};
use super::{Argument, Call, Model, Node, Origin, Question, Step, ValueId};
use crate::diagnostic::{Diagnostics, Rejection};
use crate::function::{Function, Parameter};
use crate::rules;
use crate::text::{code, short};

/// The output of a node that is its whole value.
pub(crate) const RETURN_VALUE: &str = "return_value";

/// What a name in a body stands for.
#[derive(Clone)]
pub(super) enum Binding {
    /// A parameter, or the output of a node.
    Value(ValueId),
    /// A `Vec` that no map has filled yet, with the type it was given.
    Collector(Option<Type>),
    /// Something that was rejected, or will be where it is used: uses of it are not reported again.
    Poisoned,
}

pub(super) struct Lowering<'a> {
    pub(super) values: Vec<Origin>,
    pub(super) names: Vec<Option<Ident>>,
    pub(super) steps: Vec<Step>,
    pub(super) nodes: usize,
    pub(super) scope: HashMap<String, Binding>,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// Set where something cannot be lowered that rustc reports.
    pub(super) incomplete: bool,
    /// Names in the arguments of the current call that stand for nothing in the body.
    pub(super) unknown: Vec<Ident>,
    /// Whether the body shows that the dag returns a `Result`.
    pub(super) fallible: bool,
    pub(super) function: &'a Function,
    /// The names that loops assign to.
    pub(super) assigned: Vec<Ident>,
    /// The names whose methods are called as statements in loops, and what such a loop would
    /// collect.
    pub(super) called: Vec<(Ident, String)>,
    /// What the names that loops assign to begin with, where no node returns it.
    pub(super) starts: HashMap<String, String>,
    /// What the body calls, by name.
    pub(super) callees: Vec<String>,
    /// The names of the functions that helps have shown.
    pub(super) suggested: RefCell<Vec<String>>,
    /// The argument that is being looked at, as a whole.
    pub(super) around: Option<Expr>,
}

/// Lowers a body; `None` where something was rejected, or will be by rustc.
pub(crate) fn lower(
    function: &Function,
    mut body: Block,
    diagnostics: &mut Diagnostics,
) -> Option<Model> {
    WithoutEmpty.visit_block_mut(&mut body);
    let mut lowering = Lowering {
        values: Vec::new(),
        names: Vec::new(),
        steps: Vec::new(),
        nodes: 0,
        scope: HashMap::new(),
        diagnostics,
        incomplete: false,
        unknown: Vec::new(),
        // An alias shows itself by a `?` or an `Ok(…)` in the body.
        fallible: function.returns("Result"),
        function,
        assigned: Vec::new(),
        called: Vec::new(),
        starts: HashMap::new(),
        callees: node_calls(|calls| calls.visit_block(&body))
            .into_iter()
            .map(callee_name)
            .collect(),
        suggested: RefCell::default(),
        around: None,
    };
    super::changes::find(&body, &mut lowering);
    for (index, parameter) in function.parameters.iter().enumerate() {
        let value = lowering.value(Origin::Parameter(index));
        lowering.bind(&parameter.name, Binding::Value(value));
    }
    lowering.check_attributes(&body);
    lowering.check_names(body.to_token_stream());
    let result = lowering.block(body);
    let Lowering { values, names, steps, diagnostics, incomplete, fallible, .. } = lowering;
    let usable = diagnostics.is_empty() && !incomplete;
    let of_kind = |is: &dyn Fn(&Parameter) -> bool| {
        let parameters = function.parameters.iter().enumerate();
        parameters.filter(|(_, parameter)| is(parameter)).map(|(index, _)| index).collect()
    };
    let references = of_kind(&|parameter| parameter.borrowed().is_some());
    let numbers = of_kind(&Parameter::is_number);
    usable.then_some(Model { values, names, steps, references, numbers, result, fallible })
}

impl Lowering<'_> {
    pub(super) fn value(&mut self, origin: Origin) -> ValueId {
        self.values.push(origin);
        self.names.push(None);
        self.values.len() - 1
    }

    pub(super) fn bind(&mut self, name: &Ident, binding: Binding) {
        if let Binding::Value(value) = binding {
            self.names[value].get_or_insert_with(|| name.clone());
        }
        self.scope.insert(name.unraw().to_string(), binding);
    }

    pub(super) fn lookup(&self, name: &Ident) -> Option<&Binding> {
        self.scope.get(&name.unraw().to_string())
    }

    pub(super) fn reject(&mut self, rejection: Rejection) {
        self.diagnostics.push(rejection);
    }

    /// A part of a body that exists under a condition only would be there in the graph and not in
    /// the function.
    fn check_attributes(&mut self, body: &Block) {
        struct Conditions<'a>(Vec<&'a syn::Attribute>);
        impl<'a> Visit<'a> for Conditions<'a> {
            fn visit_attribute(&mut self, attribute: &'a syn::Attribute) {
                let names = ["cfg", "cfg_attr"];
                if names.iter().any(|name| attribute.path().is_ident(name)) {
                    self.0.push(attribute);
                }
            }
        }
        let mut conditions = Conditions(Vec::new());
        conditions.visit_block(body);
        for attribute in conditions.0 {
            let what = format!("`#[{}]`", code(attribute.path()));
            let help = "put it on the whole function, or inside of a task";
            self.reject(rules::unknown_statement::reject(attribute.path(), &what, help));
        }
    }

    /// A name such as those that stand for values from here on would be taken for one.
    fn check_names(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) if name.unraw().to_string().starts_with("__dagger_") => {
                    let what = format!("`{name}`, a name as in generated code,");
                    let help = "give it a name that does not begin with `__dagger_`";
                    self.reject(rules::unknown_statement::reject(&name, &what, help));
                }
                TokenTree::Group(group) => self.check_names(group.stream()),
                _ => {}
            }
        }
    }

    fn block(&mut self, body: Block) -> Option<Expr> {
        let mut statements = body.stmts.into_iter().peekable();
        while let Some(statement) = statements.next() {
            let is_last = statements.peek().is_none();
            match statement {
                Stmt::Local(local) => self.local(local),
                Stmt::Expr(expr, None) if is_last && !is_statement(&expr) => {
                    return self.result(expr);
                }
                Stmt::Expr(Expr::Return(end), _) => {
                    let value = end.expr.as_ref().map(|value| short(value, 60));
                    let (keyword, value) = (&end.return_token, value.as_deref());
                    self.reject(rules::control_flow::returned(keyword, value, is_last));
                }
                Stmt::Expr(expr, _) => self.expression(expr),
                Stmt::Item(item) => {
                    let keyword = item.to_token_stream().into_iter().next();
                    let help = "write it beside the function";
                    self.reject(rules::unknown_statement::reject(&keyword, "an item", help));
                }
                Stmt::Macro(mac) => self.reject_macro(&mac.mac, Place::STATEMENT),
            }
        }
        None
    }

    fn local(&mut self, local: Local) {
        if local.init.as_ref().is_some_and(|init| init.diverge.is_some()) {
            return self.let_else(&local, &[]);
        }
        let (pattern, ty) = match local.pat {
            Pat::Type(typed) => (*typed.pat, Some(*typed.ty)),
            pattern => (pattern, None),
        };
        let Some(init) = local.init else {
            self.without_value(&pattern);
            return self.poison(&pattern);
        };
        let value = *init.expr;
        if let (Some(name), Some(collector)) = (plain_name(&pattern), collector(&value)) {
            let ty = ty.or(collector);
            return self.bind(&name, Binding::Collector(ty));
        }
        if let Some(name) = plain_name(&pattern).filter(|_| node_calls_in(&value).is_empty()) {
            // What a loop makes of it is reported there.
            if self.assigned.contains(&name) {
                self.starts.insert(name.to_string(), code(&value));
                return self.bind(&name, Binding::Poisoned);
            }
            let called = self.called.iter().find(|(called, _)| *called == name);
            if let (Some((_, collected)), Some(made)) = (called, new_collection(&value)) {
                let ty = ty.as_ref().map_or(made, code);
                let instead = format!("let {name}: {ty} = {collected};");
                self.reject(rules::collector_misuse::other_collection(&value, &name, &instead));
                return self.bind(&name, Binding::Poisoned);
            }
        }
        let bound = if let Some(chain) = chain(&value) {
            self.chain(&chain, ty)
        } else if let Some(call) = node_call(&value) {
            self.node(&call, ty, None)
        } else {
            let place = Place { items: &[], used: Used::Let(&pattern, ty.as_ref()) };
            if !self.reject_syntax(&value, place) {
                self.reject_binding(&pattern, ty.as_ref(), &value);
            }
            None
        };
        match bound {
            Some(bound) => self.bind_pattern(pattern, bound, &value),
            None => self.poison(&pattern),
        }
    }

    /// Later uses of these names are silent.
    pub(super) fn poison(&mut self, pattern: &Pat) {
        for name in super::syntax::bound_names(pattern) {
            self.bind(&name, Binding::Poisoned);
        }
    }

    fn bind_pattern(&mut self, pattern: Pat, value: ValueId, init: &Expr) {
        if let Some(name) = plain_name(&pattern) {
            return self.bind(&name, Binding::Value(value));
        }
        if matches!(pattern, Pat::Wild(_)) {
            return;
        }
        if !is_tuple_of_names(&pattern) {
            self.reject_pattern(&pattern, init);
            return self.poison(&pattern);
        }
        let mut bound = Vec::new();
        let Pat::Tuple(tuple) = &pattern else { return };
        for (index, element) in tuple.elems.iter().enumerate() {
            for name in super::syntax::bound_names(element) {
                let origin = self.part(value, &format!("property_{index}"));
                let part = self.value(origin);
                self.bind(&name, Binding::Value(part));
                bound.push((name, part));
            }
        }
        let value = Self::mention(value, pattern.span());
        self.steps.push(Step::Pattern { value, pattern, bound });
    }

    /// An expression that stands for a value, spanned as a name of the user's.
    pub(super) fn mention(value: ValueId, span: Span) -> Expr {
        let ident = super::value_ident(value, span);
        Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: ident.into() })
    }

    /// An expression that stands for a value, spanned as the call that returns it.
    pub(super) fn mention_call(&self, value: ValueId, call: &Expr) -> Expr {
        let (first, last) = super::syntax::ends(call);
        let hygiene = self.function.name().span();
        let base = Box::new(Self::mention(value, first));
        let whole = Ident::new(super::WHOLE, last.resolved_at(hygiene));
        let dot_token = syn::Token![.](last.resolved_at(hygiene));
        let member = syn::Member::Named(whole);
        Expr::Field(syn::ExprField { attrs: Vec::new(), base, dot_token, member })
    }

    /// The names that the user's code could mention here, as identifiers at `span`, less those of a
    /// partition, which are in scope.
    fn names_in_scope(&self, span: Span, items: &[Ident]) -> Vec<Ident> {
        let is_hidden = |name: &&String| items.iter().any(|item| item.unraw() == **name);
        let mut names: Vec<_> = self.scope.keys().filter(|name| !is_hidden(name)).collect();
        names.sort_unstable();
        let ident = |name: &&String| syn::parse_str::<Ident>(name).ok();
        let mut idents: Vec<_> = names.iter().filter_map(ident).collect();
        idents.iter_mut().for_each(|ident| ident.set_span(span));
        idents
    }

    /// The origin of a part of a value.
    fn part(&self, value: ValueId, name: &str) -> Origin {
        crate::ownership::part_of(&self.values[value], name)
    }

    /// An expression whose value nobody uses.
    fn expression(&mut self, expr: Expr) {
        match expr {
            Expr::ForLoop(for_loop) => self.for_loop(for_loop),
            Expr::MethodCall(call)
                if call.method == "push" && self.is_collector(&call.receiver) =>
            {
                let (name, value) = (code(&call.receiver), call.args.first());
                let is_filled = single_name(&call.receiver)
                    .is_some_and(|name| matches!(self.lookup(name), Some(Binding::Value(_))));
                let method = &call.method;
                let rejection =
                    rules::collector_misuse::pushed_outside(method, &name, &value, is_filled);
                self.reject(rejection);
                // What it holds is not known any more.
                if let Some(name) = single_name(&call.receiver) {
                    self.bind(name, Binding::Poisoned);
                }
            }
            Expr::Assign(assign) if self.is_poisoned(&assign.left) => {}
            expr => {
                if let Some(chain) = chain(&expr) {
                    self.chain(&chain, None);
                } else if let Some(call) = node_call(&expr) {
                    self.node(&call, None, None);
                } else if !self.reject_syntax(&expr, Place::STATEMENT) {
                    let what = "an expression without a node";
                    let help = if let Some(code) = loop_of_for_each(&expr) {
                        format!("write a loop:\n{code}")
                    } else if let Expr::MethodCall(call) = &expr
                        && let Some(code) = self.task_of_change(call)
                    {
                        rules::unknown_statement::in_a_task(&code)
                    } else {
                        "remove it, or compute it in the task that needs it".to_owned()
                    };
                    self.reject(rules::unknown_statement::reject(&expr, what, &help));
                }
            }
        }
    }

    fn is_collector(&self, expr: &Expr) -> bool {
        let binding = single_name(expr).and_then(|name| self.lookup(name));
        matches!(binding, Some(Binding::Collector(_) | Binding::Value(_)))
    }

    /// A node that runs once.
    pub(super) fn node(
        &mut self,
        call: &NodeCall<'_>,
        ty: Option<Type>,
        question: Option<Question>,
    ) -> Option<ValueId> {
        let call = self.call(call, &[], question)?;
        let node = call.node;
        let origin = Origin::Output { node, output: RETURN_VALUE.to_owned(), mapped: false };
        let output = self.value(origin);
        self.steps.push(Step::Node(Node { call, output, ty }));
        Some(output)
    }

    /// The call of a node; `items` are the names that a map binds its partition to.
    pub(super) fn call(
        &mut self,
        node_call: &NodeCall<'_>,
        items: &[Ident],
        question: Option<Question>,
    ) -> Option<Call> {
        let own_name = self.function.name().unraw();
        if node_call.callee.path.get_ident().is_some_and(|name| name.unraw() == own_name) {
            let text = self.function.text();
            self.reject(rules::recursive_dag::reject(&node_call.callee, &text));
            return None;
        }
        if let Some(name) = node_call.callee.path.get_ident() {
            match self.lookup(name) {
                Some(Binding::Poisoned) => return None,
                None if !items.contains(name) => {}
                _ => {
                    let what = format!("a call of `{name}`, a value,");
                    let help = "call a `#[task]` or a `#[dag]`";
                    self.reject(rules::unknown_statement::reject(&node_call.callee, &what, help));
                    return None;
                }
            }
        }
        if let (Some(mark), true) = (&node_call.question, self.function.returns("Option")) {
            let awaits = if node_call.awaited.is_some() { ".await" } else { "" };
            let call = format!("{}{awaits}", short(node_call.call, 60));
            let value = self.function.argument_of_output().map_or_else(|| "…".to_owned(), code);
            self.reject(rules::option_question_mark::reject(mark, &call, &value));
            return None;
        }
        let mut arguments = Vec::new();
        let mut sound = true;
        for argument in &node_call.call.args {
            let text = code(argument);
            let reads_item = super::places::mentions(argument, items);
            let mut expr = argument.clone();
            let around = self.around.replace(argument.clone());
            sound &= self.argument(&mut expr, items);
            self.around = around;
            arguments.push(Argument { expr, text, reads_item });
        }
        let question = match (node_call.question, question) {
            (Some(mark), _) => {
                self.fallible = true;
                Question::Mark(mark)
            }
            (None, question) => question.unwrap_or(Question::None),
        };
        let node = self.nodes;
        self.nodes += 1;
        let (callee, awaited) = (node_call.callee.clone(), node_call.awaited);
        let paren = node_call.call.paren_token;
        let in_scope = match self.unknown.pop() {
            Some(unknown) => self.names_in_scope(unknown.span(), items),
            None => Vec::new(),
        };
        self.unknown.clear();
        sound.then_some(Call { node, callee, paren, arguments, awaited, question, in_scope })
    }
}

/// The calls of nodes in an expression.
pub(super) fn node_calls_in(expr: &Expr) -> Vec<&syn::ExprCall> {
    node_calls(|calls| calls.visit_expr(expr))
}

/// Removes statements that are a semicolon only: they do nothing, in the function as in the graph.
struct WithoutEmpty;

impl VisitMut for WithoutEmpty {
    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain(|statement| {
            !matches!(statement, Stmt::Expr(Expr::Verbatim(nothing), _) if nothing.is_empty())
        });
        visit_mut::visit_block_mut(self, block);
    }
}

/// Whether an expression at the end of a body is a statement that returns nothing.
fn is_statement(expr: &Expr) -> bool {
    matches!(expr, Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_))
}

fn plain_name(pattern: &Pat) -> Option<Ident> {
    match pattern {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        Pat::Paren(paren) => plain_name(&paren.pat),
        _ => None,
    }
}

fn is_tuple_of_names(pattern: &Pat) -> bool {
    match pattern {
        Pat::Tuple(tuple) => tuple.elems.iter().all(|element| match element {
            Pat::Wild(_) => true,
            element => plain_name(element).is_some() || is_tuple_of_names(element),
        }),
        _ => false,
    }
}

/// Reads `Vec::new()`, `Vec::<T>::new()`, `Vec::with_capacity(…)` and `vec![]`: the element type,
/// where it is written.
#[expect(clippy::option_option, reason = "whether it is one, and whether it has a type")]
fn collector(expr: &Expr) -> Option<Option<Type>> {
    match bare(expr) {
        Expr::Macro(mac) => match value_macro(mac)? {
            super::syntax::ValueMacro::Vec { elements, .. } if elements.is_empty() => Some(None),
            _ => None,
        },
        Expr::Call(call) => {
            let Expr::Path(path) = bare(&call.func) else { return None };
            let mut segments = path.path.segments.iter().rev();
            let (last, owner) = (segments.next()?, segments.next()?);
            let is_empty_vec = owner.ident == "Vec"
                && ((last.ident == "new" && call.args.is_empty())
                    || (last.ident == "with_capacity" && call.args.len() == 1))
                && node_calls(|calls| Visit::visit_expr_call(calls, call)).is_empty();
            let ty = match &owner.arguments {
                syn::PathArguments::AngleBracketed(_) => {
                    let mut path = path.path.clone();
                    path.segments.pop();
                    path.segments.pop_punct();
                    Some(syn::parse_quote!(#path))
                }
                _ => None,
            };
            is_empty_vec.then_some(ty)
        }
        _ => None,
    }
}
