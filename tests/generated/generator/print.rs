//! Prints a DAG as Rust.

use super::model::{
    Call, Collector, Dag, Each, Expr, Gather, Iteration, LocalId, Map, Parameter, Source, Stmt,
};
use super::types::Ty;

/// The text of a DAG, indented once.
pub(crate) fn dag(dag: &Dag) -> String {
    let printer = Printer { dag };
    let parameters: Vec<String> = dag.parameters.iter().map(parameter).collect();
    let asyncness = if dag.is_async { "async " } else { "" };
    let output = match (dag.fault, &dag.output) {
        (Some(fault), output) => format!(" -> Result<{output}, {fault}>"),
        (None, Ty::Unit) => String::new(),
        (None, output) => format!(" -> {output}"),
    };
    let head =
        format!("{}{asyncness}fn {}({}){output}", dag.visibility, dag.name, parameters.join(", "));
    let mut lines: Vec<String> = dag.body.iter().map(|stmt| printer.stmt(stmt)).collect();
    lines.extend(dag.tail.as_ref().map(|tail| printer.expr(tail)));
    let body = lines.join("\n").replace('\n', "\n        ");
    let body = if body.is_empty() { String::new() } else { format!("\n        {body}\n    ") };
    format!("    #[dag]\n    {head} {{{body}}}\n")
}

fn parameter(parameter: &Parameter) -> String {
    let Parameter { name, ty, default } = parameter;
    let default =
        default.as_ref().map(|default| format!("#[default({default})] ")).unwrap_or_default();
    format!("{default}{name}: {ty}")
}

struct Printer<'a> {
    dag: &'a Dag,
}

impl Printer<'_> {
    fn stmt(&self, stmt: &Stmt) -> String {
        match stmt {
            Stmt::Bind { names, ty, annotated, value } => {
                let value = self.expr(value);
                let annotation = if *annotated { format!(": {ty}") } else { String::new() };
                if names.iter().any(|name| self.dag.locals[*name].used) {
                    format!("let {}{annotation} = {value};", self.pattern(names))
                } else if ty.is_must_use() {
                    format!("let _ = {value};")
                } else {
                    format!("{value};")
                }
            }
            Stmt::Collector { name, item, spelling } => {
                let (ty, value) = match spelling {
                    Collector::New => (String::new(), "Vec::new()"),
                    Collector::Annotated => (format!(": Vec<{item}>"), "Vec::new()"),
                    Collector::Macro => (String::new(), "vec![]"),
                    Collector::Capacity => (String::new(), "Vec::with_capacity(4)"),
                };
                format!("let mut {}{ty} = {value};", self.dag.locals[*name].name)
            }
            Stmt::For { names, source, call, into } => {
                let call = self.call(call);
                let pass = into.map_or_else(
                    || format!("{call};"),
                    |into| format!("{}.push({call});", self.dag.locals[into].name),
                );
                format!(
                    "for {} in {} {{\n    {pass}\n}}",
                    self.pattern(names),
                    self.source(source, true)
                )
            }
        }
    }

    /// Names to bind, or `_` for those that nobody reads.
    fn pattern(&self, names: &[LocalId]) -> String {
        let locals = names.iter().map(|name| &self.dag.locals[*name]);
        let names: Vec<&str> =
            locals.map(|local| if local.used { local.name.as_str() } else { "_" }).collect();
        if let [name] = names[..] { name.to_owned() } else { format!("({})", names.join(", ")) }
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Code(code) => code.clone(),
            Expr::Call(call) => self.call(call),
            Expr::Map(map) => self.map(map),
            Expr::Group { open, items, close } => format!("{open}{}{close}", self.list(items)),
        }
    }

    fn list(&self, items: &[Expr]) -> String {
        items.iter().map(|item| self.expr(item)).collect::<Vec<_>>().join(", ")
    }

    fn call(&self, call: &Call) -> String {
        let awaited = if call.awaited { ".await" } else { "" };
        let question = if call.question { "?" } else { "" };
        format!("{}({}){awaited}{question}", call.path, self.list(&call.arguments))
    }

    fn source(&self, source: &Source, in_for: bool) -> String {
        let value = self.expr(&source.value);
        match source.by {
            Iteration::Owned if in_for => value,
            Iteration::Owned => format!("{value}.into_iter()"),
            Iteration::Borrowed => format!("&{value}"),
            Iteration::Iter => format!("{value}.iter()"),
            Iteration::Copied => format!("{value}.iter().copied()"),
            Iteration::Cloned => format!("{value}.iter().cloned()"),
        }
    }

    fn map(&self, map: &Map) -> String {
        let each = match &map.each {
            Each::Path(path) => path.clone(),
            Each::Closure { names, call } => {
                format!("|{}| {}", self.pattern(names), self.call(call))
            }
        };
        let mapped = format!("{}.map({each})", self.source(&map.source, false));
        match &map.gather {
            Gather::JoinAll => format!("join_all({mapped}).await"),
            Gather::TryJoinAll => format!("try_join_all({mapped}).await?"),
            Gather::Collect { target, question } => {
                let target =
                    target.as_ref().map(|target| format!("::<{target}>")).unwrap_or_default();
                format!("{mapped}.collect{target}(){}", if *question { "?" } else { "" })
            }
        }
    }
}
