//! Prints a program as a module, and its entry in the table of programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::catalog::Catalog;
use super::model::{Dag, Program};
use super::print;
use super::program::WHOLE;

/// Names that programs may use, with the module that each is imported from; tasks come in addition.
const IMPORTS: [(&str, &str); 18] = [
    ("dagger", "dag"),
    ("dagger", "identity"),
    ("dagger_generated_tests", "tasks"),
    ("dagger_generated_tests::values", "Batch"),
    ("dagger_generated_tests::values", "Failure"),
    ("dagger_generated_tests::values", "LIMIT"),
    ("dagger_generated_tests::values", "Point"),
    ("dagger_generated_tests::values", "Refusal"),
    ("dagger_generated_tests::values", "Registry"),
    ("dagger_generated_tests::values", "Summary"),
    ("dagger_generated_tests::values", "Ticket"),
    ("dagger_generated_tests::values", "Token"),
    ("futures::future", "join_all"),
    ("futures::future", "try_join_all"),
    ("std::collections", "BTreeMap"),
    ("std::collections", "BTreeSet"),
    ("std::collections", "VecDeque"),
    ("std::time", "Duration"),
];

/// The module of a program: its DAGs, its arguments, and its readings.
pub(crate) fn module(name: &str, program: &Program, catalog: &Catalog) -> String {
    let dags: Vec<String> = program.dags.iter().map(print::dag).collect();
    let text = format!("{}\n{}", dags.join("\n"), arguments(program));
    let imports = imports(&text, catalog);
    let readings = readings(program);
    let kinds: Vec<String> = program.tally.kinds().map(|kind| format!("{kind:?}")).collect();
    let kinds = kinds.join(", ");
    format!("pub(crate) mod {name} {{\n    // {kinds}\n{imports}\n{text}\n{readings}}}\n")
}

/// The entry of a program in the table.
pub(crate) fn entry(name: &str, program: &Program, source: &str) -> String {
    let Program { seed, cases, .. } = program;
    let cases = cases.len();
    let fields = [
        format!("name: {name:?}, seed: {seed}, cases: {cases}"),
        format!("function: {name}::function, graph: {name}::graph, blocking: {name}::blocking"),
        format!("source: {source:?}"),
    ];
    format!("    Program {{ {} }},", fields.join(", "))
}

/// What the text needs imported: each name by itself, as a person would write it, and none that is not used.
fn imports(text: &str, catalog: &Catalog) -> String {
    let mut modules: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let words = bare_words(text);
    let tasks =
        catalog.tasks.iter().map(|task| ("dagger_generated_tests::tasks", task.name.as_str()));
    let known = IMPORTS.into_iter().chain(tasks.filter(|(_, name)| *name != "identity"));
    for (module, name) in known.filter(|(_, name)| words.contains(name)) {
        modules.entry(module).or_default().insert(name);
    }
    let mut lines = String::new();
    for (module, names) in modules {
        let names: Vec<&str> = names.into_iter().collect();
        let _ = match names[..] {
            [name] => writeln!(lines, "    use {module}::{name};"),
            _ => writeln!(lines, "    use {module}::{{{}}};", names.join(", ")),
        };
    }
    lines
}

/// The words of a text that are not the later part of a path.
fn bare_words(text: &str) -> BTreeSet<&str> {
    let mut words = BTreeSet::new();
    let mut rest = text;
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    while let Some(start) = rest.find(is_word) {
        let length = rest[start..].find(|letter| !is_word(letter)).unwrap_or(rest.len() - start);
        if !rest[..start].ends_with("::") {
            words.insert(&rest[start..start + length]);
        }
        rest = &rest[start + length..];
    }
    words
}

/// The function that gives the arguments of a case.
fn arguments(program: &Program) -> String {
    let parameters = whole(program).parameters.iter();
    let types: Vec<String> = parameters.map(|parameter| format!("{},", parameter.ty)).collect();
    if types.is_empty() {
        return String::new();
    }
    let mut arms = String::new();
    for (case, values) in program.cases.iter().enumerate() {
        let pattern =
            if case + 1 == program.cases.len() { "_".to_owned() } else { case.to_string() };
        let _ = writeln!(arms, "            {pattern} => ({},),", values.join(", "));
    }
    let types = types.join(" ");
    format!(
        "    fn arguments(case: usize) -> ({types}) {{\n        match case {{\n{arms}        }}\n    }}\n"
    )
}

/// The functions of the table: the program as a function, and its graph with and without an async context.
fn readings(program: &Program) -> String {
    let dag = whole(program);
    let names: Vec<String> = (0..dag.parameters.len()).map(|at| format!("a{at}")).collect();
    let (case, bind) = if names.is_empty() {
        ("_", String::new())
    } else {
        ("case", format!("let ({},) = arguments(case);\n", names.join(", ")))
    };
    let arguments = names.join(", ");
    let awaited = if dag.is_async { ".await" } else { "" };
    let function = match dag.fault {
        Some(_) => format!("super::told({WHOLE}({arguments}){awaited})"),
        None => format!("Ok(super::shown({WHOLE}({arguments}){awaited}))"),
    };
    // The annotation says what a caller may rely on: the value of the function, and the library's own error.
    let graph = |run: &str| {
        let ty = format!("Result<{}, dagger::Error>", dag.output);
        format!("let outcome: {ty} = {WHOLE}::call({arguments}){run};\nsuper::reported(outcome)")
    };
    let reading = |name: &str, body: &str| {
        let body = format!("{bind}{body}").replace('\n', "\n            ");
        let head = format!("    pub(crate) fn {name}({case}: usize) -> super::Reading {{");
        format!("{head}\n        Box::pin(async move {{\n            {body}\n        }})\n    }}\n")
    };
    let blocking = format!("{bind}{}", graph(".run_blocking()")).replace('\n', "\n        ");
    let head = format!("    pub(crate) fn blocking({case}: usize) -> super::Outcome {{");
    format!(
        "{}\n{}\n{head}\n        {blocking}\n    }}\n",
        reading("function", &function),
        reading("graph", &graph(".await")),
    )
}

fn whole(program: &Program) -> &Dag {
    program.dags.last().expect("a program has a DAG that is run")
}
