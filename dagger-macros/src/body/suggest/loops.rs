//! Bodies of loops and closures, as dags and tasks that a map calls.

use proc_macro2::Ident;
use quote::quote;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, ExprClosure, ExprForLoop, ExprMethodCall, Pat, Stmt};

use super::lines::{WIDTH, block, statement, wrapped};
use super::single_name;
use super::sources::{adaptors, participle, root};
use super::{Input, Lowering, Place, Sketch, bare, bound_names, chain, code, node_call, short};
use crate::body::syntax::{Chain, callee_name, node_calls};

/// What the statements of a loop are in a function of their own.
#[derive(Default)]
struct Steps {
    lines: Vec<String>,
    /// What they result in, one for each `Vec` that the loop fills.
    results: Vec<String>,
    /// Those `Vec`s.
    filled: Vec<String>,
}

impl Lowering<'_> {
    /// The body of a loop as a dag, and the call of it in its place.
    pub(in crate::body) fn dag_of_loop(&self, name: &str, for_loop: &ExprForLoop) -> String {
        let items = bound_names(&for_loop.pat);
        let steps = self.steps(&for_loop.body);
        let Steps { mut lines, results, filled } = steps;
        let output = match &results[..] {
            [] => None,
            [result] => Some(result.clone()),
            results => Some(format!("({})", results.join(", "))),
        };
        lines.extend(output.clone());
        let inputs = self.inputs(&for_loop.body, &items);
        let mut dag = self.sketch(name, inputs, "…", lines).running(&for_loop.body);
        dag.attribute = "dag";
        dag.output = dag.output.filter(|_| output.is_some());
        let call = dag.call();
        let uses = match &filled[..] {
            [] => format!("{call};"),
            [filled] => format!("{filled}.push({call});"),
            _ => call,
        };
        dag.code(&[uses])
    }

    fn steps(&self, body: &Block) -> Steps {
        let mut steps = Steps::default();
        let mut declared = Vec::new();
        for (index, stmt) in body.stmts.iter().enumerate() {
            let is_last = index + 1 == body.stmts.len();
            if let Stmt::Local(local) = stmt {
                declared.extend(bound_names(&local.pat));
            }
            if let Some((receiver, value)) = push(stmt)
                && !single_name(receiver).is_some_and(|name| declared.contains(name))
            {
                steps.filled.push(code(receiver));
                let text = match chain(value) {
                    Some(_) => self.identity(value),
                    None => short(value, WIDTH),
                };
                if single_name(value).is_some() || (is_last && steps.results.is_empty()) {
                    steps.results.push(text);
                } else {
                    let name = if steps.results.is_empty() { "result" } else { "other_result" };
                    steps.lines.push(format!("let {name} = {text};"));
                    steps.results.push(name.to_owned());
                }
                continue;
            }
            if let Stmt::Expr(Expr::ForLoop(inner), _) = stmt {
                for name in filled_by(inner).into_iter().filter(|name| !declared.contains(name)) {
                    steps.lines.push(format!("let mut {name} = Vec::new();"));
                    steps.results.push(self.identity(&name));
                    steps.filled.push(name.to_string());
                }
            }
            steps.lines.extend(statement(stmt));
        }
        steps
    }

    /// What the closure of a map does for each partition as a dag, and the map of it.
    pub(in crate::body) fn dag_of_closure(
        &self,
        name: &str,
        map: &Chain<'_>,
        closure: &ExprClosure,
        body: &Expr,
    ) -> String {
        let items: Vec<_> = closure.inputs.iter().flat_map(bound_names).collect();
        let lines = match chain(body) {
            Some(_) => wrapped(&self.identity_of(body), ""),
            None => wrapped(body, ""),
        };
        let mut dag = self.sketch(name, self.inputs(body, &items), "…", lines).running(body);
        dag.attribute = "dag";
        let mapped = closure.inputs.first().map(|input| mapped(map.source, input, &dag));
        dag.code(&mapped.into_iter().collect::<Vec<_>>())
    }

    /// What stands in a loop that calls no node, as a task; `None` where it is no single value.
    pub(in crate::body) fn task_of_loop(&self, for_loop: &ExprForLoop) -> Option<String> {
        let [only] = &for_loop.body.stmts[..] else { return None };
        let (receiver, value) = push(only)?;
        let items = bound_names(&for_loop.pat);
        let lines = vec![short(value, WIDTH)];
        let task = self.sketch("compute", self.inputs(value, &items), "…", lines);
        Some(task.code(&[format!("{}.push({});", code(receiver), task.call())]))
    }

    /// What a map without a node does for each partition, as a task.
    pub(in crate::body) fn task_of_function(&self, map: &Chain<'_>) -> String {
        let (input, inputs, lines) = match bare(map.function) {
            Expr::Closure(closure) => {
                let items: Vec<_> = closure.inputs.iter().flat_map(bound_names).collect();
                let inputs = self.inputs(&closure.body, &items);
                (closure.inputs.first().cloned(), inputs, wrapped(&closure.body, ""))
            }
            other => {
                let inputs = vec![Input::new("partition", "…", "partition")];
                let lines = vec![format!("{}(partition)", code(other))];
                (Some(syn::parse_quote!(partition)), inputs, lines)
            }
        };
        let task = self.sketch("compute", inputs, "…", lines);
        let mapped = input.map(|input| mapped(map.source, &input, &task));
        task.code(&mapped.into_iter().collect::<Vec<_>>())
    }

    /// A loop that hands a value on, `target = value` or `target += value`: the results are
    /// collected and reduced, or the loop as a whole is a task's.
    pub(in crate::body) fn reduced(
        &self,
        for_loop: &ExprForLoop,
        target: &Expr,
        assigned: &Expr,
    ) -> Option<(Reduced, String)> {
        let name = single_name(target)?;
        if !filled_by(for_loop).is_empty() {
            return None;
        }
        let folded =
            |start| Some((Reduced::AsAWhole, self.folded(for_loop, name, assigned, start)));
        let start = self.starts.get(&name.to_string()).cloned();
        let (op, value) = match assigned {
            Expr::Binary(binary) => (code(binary.op).replace('=', ""), &*binary.right),
            Expr::Assign(assign) => match bare(&assign.right) {
                Expr::Binary(sum) if single_name(&sum.left) == Some(name) => {
                    (code(sum.op), &*sum.right)
                }
                _ => return folded(start),
            },
            _ => return None,
        };
        let is_independent = node_call(value).is_some()
            && for_loop.body.stmts.len() == 1
            && !crate::body::places::mentions(value, std::slice::from_ref(name));
        if !is_independent {
            return folded(start);
        }
        let is_start = |expected: &str| match start.as_deref().map(syn::parse_str) {
            Some(Ok(syn::Lit::Int(start))) => start.base10_digits() == expected,
            Some(Ok(syn::Lit::Float(start))) => {
                start.base10_digits().trim_end_matches('0').trim_end_matches('.') == expected
            }
            _ => false,
        };
        let (reduce, whole) = match op.as_str() {
            "+" => ("sum", is_start("0")),
            "*" => ("product", is_start("1")),
            _ => ("reduce", false),
        };
        let mut inputs = Vec::new();
        let line = if whole {
            format!("results.into_iter().{reduce}()")
        } else {
            inputs.push(Input::new(&name.to_string(), "…", &start.unwrap_or(name.to_string())));
            format!("results.into_iter().fold({name}, |{name}, result| {name} {op} result)")
        };
        inputs.push(Input::new("results", "Vec<…>", "results"));
        let task = self.sketch(reduce, inputs, "…", vec![line]);
        let head = head(for_loop);
        let uses = [
            "let mut results = Vec::new();".to_owned(),
            format!("{head} {{"),
            format!("    results.push({});", short(value, WIDTH)),
            "}".to_owned(),
            format!("let {name} = {};", task.call()),
        ];
        Some((Reduced::AfterAMap, task.code(&uses)))
    }

    /// The whole loop in a task.
    fn folded(
        &self,
        for_loop: &ExprForLoop,
        name: &Ident,
        assigned: &Expr,
        start: Option<String>,
    ) -> String {
        let calls = node_calls(|calls| calls.visit_expr(assigned));
        let callee = calls.last().map(|call: &&ExprCall| callee_name(call));
        let task_name = callee.map_or_else(|| "fold".to_owned(), |callee| format!("{callee}_all"));
        let (root, mut whole) = (root(&for_loop.expr), (*for_loop.expr).clone());
        let source = single_name(root).map_or_else(|| "partitions".to_owned(), ToString::to_string);
        let ident = Ident::new("partitions", proc_macro2::Span::call_site());
        let ident = single_name(root).cloned().unwrap_or(ident);
        let mention: Expr = syn::parse_quote!(#ident);
        crate::body::maps::replace(&mut whole, &for_loop.expr, root, &mention);
        let mut inputs = vec![
            Input::new(&format!("mut {name}"), "…", &start.unwrap_or(name.to_string())),
            Input::new(&source, "Vec<…>", &short(root, WIDTH)),
        ];
        let others = self.inputs(&for_loop.body, &[]);
        let own = bound_names(&for_loop.pat);
        inputs.extend(others.into_iter().filter(|other| {
            *name != other.name.as_str()
                && other.name != source
                && !own.iter().any(|own| *own == other.name.as_str())
        }));
        let whole = ExprForLoop { expr: Box::new(whole), ..for_loop.clone() };
        let mut lines = block(&head(&whole), &for_loop.body);
        lines.push(name.to_string());
        let task = self.sketch(&task_name, inputs, "…", lines).running(&for_loop.body);
        task.code(&[format!("let {name} = {};", task.call())])
    }

    /// A map whose results are reduced by methods: `source.map(f).filter(…).sum()`.
    pub(in crate::body) fn reduced_by_method(
        &self,
        expr: &Expr,
        place: Place<'_>,
    ) -> Option<String> {
        let (_, methods) = adaptors(expr);
        let is_of_node = |call: &&ExprMethodCall| {
            call.method == "map"
                && call.args.first().is_some_and(|function| match bare(function) {
                    Expr::Closure(closure) => node_call(&closure.body).is_some(),
                    other => self.is_function(other, &[]),
                })
        };
        let at = methods.iter().position(is_of_node)?;
        let (map, rest) = (methods[at], &methods[at + 1..]);
        let adapts = |call: &&&ExprMethodCall| participle(&call.method.to_string()).is_some();
        let reduces = |call: &&&ExprMethodCall| !adapts(call) && call.method != "collect";
        let name = match rest.iter().find(reduces) {
            Some(reduces) => reduces.method.to_string(),
            None => participle(&rest.iter().rev().find(adapts)?.method.to_string())?.to_owned(),
        };
        if !self.is_argument(&map.receiver) {
            return None;
        }
        let mut inputs = vec![Input::new("results", "Vec<…>", &format!("{}.collect()", code(map)))];
        let mut reduced: Expr = syn::parse_quote!(results.into_iter());
        let arguments: Vec<_> = rest.iter().flat_map(|call| &call.args).collect();
        inputs.extend(self.inputs(&quote!(#(#arguments),*), place.items));
        for call in rest {
            let (method, turbofish, args) = (&call.method, &call.turbofish, &call.args);
            reduced = syn::parse_quote!(#reduced.#method #turbofish (#args));
        }
        let task = self.sketch(&name, inputs, "…", wrapped(&reduced, ""));
        Some(task.code(&[place.used.of(&task.call())]))
    }
}

/// How a value that a loop carries is computed instead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reduced {
    /// By a task that is given the results of a map.
    AfterAMap,
    /// By a task that has the whole loop in it.
    AsAWhole,
}

/// `source.map(f)`, where `f` takes the partition as `pattern`.
pub(super) fn mapped(source: &Expr, pattern: &Pat, of: &Sketch) -> String {
    let source = short(source, WIDTH / 2);
    let [Input { name, .. }] = &of.inputs[..] else {
        return format!("{source}.map(|{}| {})", code(pattern), of.call());
    };
    match code(pattern) == *name && of.call() == format!("{}({name})", of.name) {
        true => format!("{source}.map({})", of.name),
        false => format!("{source}.map(|{}| {})", code(pattern), of.call()),
    }
}

/// `for order in list_orders(count)`
pub(super) fn head(for_loop: &ExprForLoop) -> String {
    format!("for {} in {}", code(&for_loop.pat), short(&for_loop.expr, WIDTH))
}

/// Reads `receiver.push(value);`.
pub(super) fn push(statement: &Stmt) -> Option<(&Expr, &Expr)> {
    let Stmt::Expr(expr, _) = statement else { return None };
    let Expr::MethodCall(push) = bare(expr) else { return None };
    let value = push.args.first().filter(|_| push.method == "push" && push.args.len() == 1)?;
    Some((&push.receiver, value))
}

/// The names that a loop pushes to and does not declare, each once.
pub(super) fn filled_by(for_loop: &ExprForLoop) -> Vec<Ident> {
    #[derive(Default)]
    struct Pushes {
        filled: Vec<Ident>,
        declared: Vec<Ident>,
    }
    impl<'ast> Visit<'ast> for Pushes {
        fn visit_local(&mut self, local: &'ast syn::Local) {
            self.declared.extend(bound_names(&local.pat));
            visit::visit_local(self, local);
        }
        fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
            if call.method == "push"
                && let Some(name) = single_name(&call.receiver)
                && !self.declared.contains(name)
                && !self.filled.contains(name)
            {
                self.filled.push(name.clone());
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut pushes = Pushes::default();
    pushes.visit_block(&for_loop.body);
    pushes.filled
}

/// A loop that fills a `Vec` of its own, `name`.
pub(in crate::body) fn with_own_vec(for_loop: &ExprForLoop, name: &str) -> Option<String> {
    let [only] = &for_loop.body.stmts[..] else { return None };
    let (_, value) = push(only)?;
    let head = head(for_loop);
    let value = short(value, WIDTH);
    Some(format!("let mut {name} = Vec::new();\n{head} {{\n    {name}.push({value});\n}}"))
}

/// `source.for_each(f)` as a loop.
pub(in crate::body) fn loop_of_for_each(expr: &Expr) -> Option<String> {
    let Expr::MethodCall(call) = bare(expr) else { return None };
    let function = call.args.first().filter(|_| call.method == "for_each")?;
    let (pattern, body) = match bare(function) {
        Expr::Closure(closure) => (closure.inputs.first().map(code)?, short(&closure.body, WIDTH)),
        path => ("partition".to_owned(), format!("{}(partition)", code(path))),
    };
    let root = match bare(&call.receiver) {
        Expr::MethodCall(iter) if iter.method == "into_iter" => &*iter.receiver,
        other => other,
    };
    Some(format!("for {pattern} in {} {{\n    {body};\n}}", short(root, WIDTH)))
}

/// What a loop would collect whose only statement puts one value into a collection.
pub(in crate::body) fn collected(for_loop: &ExprForLoop, put: &ExprMethodCall) -> String {
    let source = root(&for_loop.expr);
    match (&for_loop.body.stmts[..], put.args.len()) {
        ([_], 1) => format!(
            "{}.into_iter().map(|{}| {}).collect()",
            short(source, WIDTH),
            code(&for_loop.pat),
            short(&put.args, WIDTH)
        ),
        _ => format!("{}.into_iter().map(…).collect()", short(source, WIDTH)),
    }
}
