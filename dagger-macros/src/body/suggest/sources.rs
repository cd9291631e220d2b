//! What a map runs over, as the output of a node.

use syn::{Expr, ExprMethodCall, Pat, Type};

use super::lines::{WIDTH, wrapped};
use super::single_name;
use super::{Chain, Input, Lowering, Sketch, bare, bound_names, call_text, code, node_call, short};
use crate::body::syntax::{is_constant, value_macro};
use crate::body::{Step, ValueId};
use crate::function::{Parameter, last_segment};

/// The map that a source belongs to, in either spelling.
#[derive(Clone, Copy)]
pub(in crate::body) enum Head<'a> {
    For(&'a syn::ExprForLoop),
    Chain(&'a Chain<'a>),
}

impl Head<'_> {
    /// The map over another source, as far as the source is concerned.
    pub(in crate::body) fn over(self, source: &str) -> String {
        match self {
            Self::For(for_loop) => format!("for {} in {source} {{ … }}", code(&for_loop.pat)),
            Self::Chain(chain) => {
                let function = short(chain.function, WIDTH.saturating_sub(source.len()));
                format!("{source}.map({function})")
            }
        }
    }

    /// The same where the source is a collection.
    fn over_all_of(self, source: &str) -> String {
        match self {
            Self::For(_) => self.over(source),
            Self::Chain(_) => self.over(&format!("{source}.into_iter()")),
        }
    }
}

impl Lowering<'_> {
    /// The map over `source`, in which `root` comes through `identity`.
    pub(in crate::body) fn over_identity(
        &self,
        head: Head<'_>,
        source: &Expr,
        root: &Expr,
    ) -> String {
        let mut whole = source.clone();
        crate::body::maps::replace(&mut whole, source, root, &self.identity_of(root));
        head.over(&short(&whole, WIDTH))
    }

    /// The map over `source`, in which `root`, a parameter or a part of one, comes through
    /// `identity`: what is borrowed as a copy, whose partitions are borrowed in turn.
    pub(in crate::body) fn over_parameter(
        &self,
        head: Head<'_>,
        source: &Expr,
        root: &Expr,
        parameter: &Parameter,
    ) -> String {
        let Some(borrowed) = parameter.borrowed() else {
            return self.over_identity(head, source, root);
        };
        let is_whole = single_name(root).is_some();
        let copy: Expr = match is_whole && is_list(borrowed) {
            true => syn::parse_quote!(#root.to_vec()),
            false => syn::parse_quote!(#root.clone()),
        };
        let node = self.identity_of(&copy);
        let mut whole = source.clone();
        crate::body::maps::replace(&mut whole, source, root, &node);
        let whole = match bare(&whole) {
            Expr::Call(_) if is_whole => syn::parse_quote!(&#node),
            Expr::MethodCall(call) if is_whole && call.method == "into_iter" => {
                syn::parse_quote!(#node.iter())
            }
            _ => whole,
        };
        head.over(&short(&whole, WIDTH))
    }

    /// The task that does what stands between a node and the map over its output.
    pub(in crate::body) fn adapted(&self, head: Head<'_>, source: &Expr) -> String {
        let (root, adaptors) = adaptors(source);
        let mut place = root;
        while let Expr::Field(field) = place {
            place = bare(&field.base);
        }
        let is_output = node_call(place).is_some()
            || single_name(place).is_some_and(|name| self.lookup(name).is_some());
        if !is_output {
            return self.constant(head, source);
        }
        let name = match root {
            Expr::Field(syn::ExprField { member: syn::Member::Named(field), .. }) => {
                field.to_string()
            }
            root => single_name(root).map_or_else(|| "partitions".to_owned(), ToString::to_string),
        };
        let methods: Vec<_> = adaptors.iter().map(|call| call.method.to_string()).collect();
        let is_iterated = methods.iter().any(|method| is_iter(method)) || !lends(&methods);
        let ty = if is_iterated { "Vec<…>" } else { "…" };
        let known = single_name(root).and_then(|name| self.type_of(&name.to_string()));
        let ty = known.map_or_else(|| ty.to_owned(), code);
        let mut inputs = vec![Input::new(&name, &ty, &short(root, WIDTH))];
        let arguments: Vec<_> = adaptors.iter().flat_map(|call| &call.args).collect();
        let others = self.inputs(&quote::quote!(#(#arguments),*), &[]);
        inputs.extend(others.into_iter().filter(|other| other.name != name));
        let last = methods.last().map_or("", String::as_str);
        let task_name = participle(last).map_or_else(|| format!("all_{last}"), str::to_owned);
        let text = collected(&name, &adaptors);
        let lines = match syn::parse_str(&text) {
            Ok(expr) => wrapped(&expr, ""),
            Err(_) => vec![text],
        };
        let task = self.sketch(&task_name, inputs, "Vec<…>", lines);
        task.code(&[head.over_all_of(&task.call())])
    }

    /// What no node returns, from a task, or through `identity` where it has a name.
    pub(in crate::body) fn constant(&self, head: Head<'_>, source: &Expr) -> String {
        let root = root(source);
        if let Expr::Path(path) = root
            && path.path.segments.last().is_some_and(|last| is_constant(&last.ident))
        {
            return self.over_identity(head, source, root);
        }
        let inner = if matches!(root, Expr::MethodCall(_)) { source } else { root };
        let line = match inner {
            Expr::Range(_) => format!("({}).collect()", short(inner, WIDTH)),
            Expr::Array(array) => {
                let elements = &array.elems;
                short(quote::quote!(vec![#elements]), WIDTH)
            }
            Expr::Macro(mac) if value_macro(mac).is_some() => short(inner, WIDTH),
            Expr::Index(index) if matches!(bare(&index.index), Expr::Range(_)) => {
                format!("{}.to_vec()", short(inner, WIDTH))
            }
            Expr::Index(_) => {
                let clone: Expr = syn::parse_quote!(#inner.clone());
                return self.over_identity(head, &clone, &clone);
            }
            Expr::MethodCall(_) => format!("{}.collect()", short(inner, WIDTH)),
            Expr::Call(_) | Expr::Path(_) | Expr::Field(_) => {
                format!("{}.into_iter().collect()", short(inner, WIDTH))
            }
            _ => format!("({}).into_iter().collect()", short(inner, WIDTH)),
        };
        let task = self.sketch("partitions", self.inputs(inner, &[]), "Vec<…>", vec![line]);
        task.code(&[head.over_all_of(&task.call())])
    }

    /// A dag of the node that fills `value` and the one that is mapped over it.
    pub(in crate::body) fn both_steps(
        &self,
        head: Head<'_>,
        source: &Expr,
        value: ValueId,
    ) -> Option<String> {
        let first = self.steps.iter().find_map(|step| match step {
            Step::Map(map) if map.output == value => Some(map),
            _ => None,
        })?;
        let is_owned = match bare(source) {
            Expr::MethodCall(call) => {
                call.method == "into_iter" && single_name(&call.receiver).is_some()
            }
            other => single_name(other).is_some(),
        };
        if first.source.borrowed || !is_owned {
            return None;
        }
        let callee = &first.call.callee;
        // What a path is called with has no name of the user's.
        let (item, call) = match code(&first.item).starts_with("__dagger") {
            true => (syn::parse_quote!(partition), syn::parse_quote!(#callee(partition))),
            false => (first.item.clone(), syn::parse_str(&call_text(&first.call)).ok()?),
        };
        let second = match head {
            Head::For(for_loop) => {
                let [only] = &for_loop.body.stmts[..] else { return None };
                let syn::Stmt::Expr(expr, _) = only else { return None };
                let value = super::loops::push(only).map_or(expr, |(_, value)| value);
                ((*for_loop.pat).clone(), value.clone())
            }
            Head::Chain(chain) => step(chain.function, "result")?,
        };
        Some(self.dag_of_two((item, call), second)?.code(&[]))
    }

    /// A dag of two steps, each with the pattern of what it takes.
    fn dag_of_two(&self, first: (Pat, Expr), second: (Pat, Expr)) -> Option<Sketch> {
        let ((item, first), (pattern, second)) = (first, second);
        let (one, other) = (node_call(&first)?.call, node_call(&second)?.call);
        let name = crate::rules::single_mapping_node::name(&[one, other]);
        let items = bound_names(&item);
        let mut inputs = self.inputs(&first, &items);
        let between = bound_names(&pattern);
        inputs.extend(self.inputs(&second, &[]).into_iter().filter(|other| {
            !between.iter().chain(&items).any(|name| *name == other.name.as_str())
        }));
        let lines = vec![
            format!("let {} = {};", code(&pattern), short(&first, WIDTH)),
            short(&second, WIDTH),
        ];
        let both = quote::quote!(#first #second);
        let mut dag = self.sketch(&name, inputs, "…", lines).running(&both);
        dag.attribute = "dag";
        Some(dag)
    }

    /// `.map(f).map(g)` as a map of one dag.
    pub(in crate::body) fn two_maps(&self, head: Head<'_>, source: &Expr) -> Option<String> {
        let (Head::Chain(chain), Expr::MethodCall(map)) = (head, bare(source)) else {
            return None;
        };
        let function = map.args.first().filter(|_| map.method == "map")?;
        let first = step(function, "partition")?;
        let pattern = first.0.clone();
        let dag = self.dag_of_two(first, step(chain.function, "result")?)?;
        Some(dag.code(&[super::loops::mapped(&map.receiver, &pattern, &dag)]))
    }
}

/// What the function of a map calls, and the pattern of what it takes: `name` for a path.
fn step(function: &Expr, name: &str) -> Option<(Pat, Expr)> {
    match bare(function) {
        Expr::Closure(closure) => {
            let pattern = match closure.inputs.first()? {
                Pat::Type(typed) => &typed.pat,
                pattern => pattern,
            };
            Some((pattern.clone(), (*closure.body).clone()))
        }
        path => {
            let name = proc_macro2::Ident::new(name, proc_macro2::Span::call_site());
            Some((syn::parse_quote!(#name), syn::parse_quote!(#path(#name))))
        }
    }
}

/// `name` with these methods behind it, collected into what owns its elements.
fn collected(name: &str, adaptors: &[&ExprMethodCall]) -> String {
    let methods: Vec<_> = adaptors.iter().map(|call| call.method.to_string()).collect();
    let is_closure = |argument: &Expr| matches!(bare(argument), Expr::Closure(_));
    let has_closure = adaptors.iter().any(|call| call.args.iter().any(is_closure));
    let borrows = methods.first().is_some_and(|first| first == "iter");
    // What the closures are given stays as it is.
    let moves = borrows && !has_closure;
    let mut text = name.to_owned();
    for (index, call) in adaptors.iter().enumerate() {
        let (method, turbofish, args) = (&call.method, &call.turbofish, &call.args);
        match index {
            0 if moves => text.push_str(".into_iter()"),
            1 if moves && (method == "copied" || method == "cloned") => {}
            _ => text.push_str(&code(quote::quote!(.#method #turbofish (#args)))),
        }
    }
    if borrows && has_closure && methods[1..].iter().all(|method| keeps(method)) {
        text.push_str(".cloned()");
    } else if lends(&methods) {
        text.push_str(".map(ToOwned::to_owned)");
    }
    text + ".collect()"
}

/// Whether a type is a slice, an array or a `Vec`.
fn is_list(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::Array(_) => true,
        _ => last_segment(ty).is_some_and(|last| last.ident == "Vec"),
    }
}

fn is_iter(method: &str) -> bool {
    ["iter", "into_iter"].contains(&method)
}

/// Whether an adaptor gives elements of what it is called on.
fn keeps(adaptor: &str) -> bool {
    ["filter", "skip", "take", "rev", "skip_while", "take_while", "step_by"].contains(&adaptor)
}

/// Whether the last of these methods gives parts of a collection or a text, borrowed.
fn lends(methods: &[String]) -> bool {
    let lend = ["lines", "keys", "values", "split", "split_whitespace", "chunks", "windows"];
    methods.last().is_some_and(|last| lend.contains(&last.as_str()))
}

/// An expression without what only says how to iterate.
pub(super) fn root(expr: &Expr) -> &Expr {
    match bare(expr) {
        Expr::Reference(reference) => root(&reference.expr),
        Expr::MethodCall(call)
            if call.args.is_empty()
                && ["iter", "into_iter", "copied", "cloned"]
                    .iter()
                    .any(|name| call.method == name) =>
        {
            root(&call.receiver)
        }
        other => other,
    }
}

/// What methods are called on, and the methods from the first to the last.
pub(super) fn adaptors(expr: &Expr) -> (&Expr, Vec<&ExprMethodCall>) {
    match bare(expr) {
        Expr::Reference(reference) => adaptors(&reference.expr),
        Expr::MethodCall(call) => {
            let (root, mut all) = adaptors(&call.receiver);
            all.push(call);
            (root, all)
        }
        other => (other, Vec::new()),
    }
}

/// A call of `pairs` for `a.zip(b)`, and the map over it.
pub(in crate::body) fn paired(head: Head<'_>, source: &Expr) -> String {
    head.over_all_of(&pairs(source))
}

/// `pairs(a, b)` for `a.zip(b)`.
fn pairs(expr: &Expr) -> String {
    match root(expr) {
        Expr::MethodCall(call) if call.method == "zip" && call.args.len() == 1 => {
            format!("pairs({}, {})", pairs(&call.receiver), pairs(&call.args[0]))
        }
        other => short(other, WIDTH / 2),
    }
}

/// The name of a task that does what an adaptor does.
pub(super) fn participle(adaptor: &str) -> Option<&'static str> {
    Some(match adaptor {
        "rev" => "reversed",
        "enumerate" => "enumerated",
        "filter" | "filter_map" => "filtered",
        "map" => "mapped",
        "flatten" | "flat_map" => "flattened",
        "skip" | "skip_while" | "take" | "take_while" | "step_by" => "selected",
        _ => return None,
    })
}
