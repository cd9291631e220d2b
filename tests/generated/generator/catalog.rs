//! What a program may call: the tasks, as their sources declare them, and the DAGs drawn before.

use std::rc::Rc;

use super::types::{Ty, split_top};

/// Something to call: a task or a DAG.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) is_async: bool,
    pub(crate) is_dag: bool,
    pub(crate) parameters: Vec<Ty>,
    pub(crate) output: Ty,
    /// Whether its failure may be used as a value.
    ///
    /// A task fails or does not. A DAG that fails may have run other nodes by then, which ones is a matter of
    /// luck, and with the failure swallowed the run as a whole succeeds. Only of DAGs in which nothing can run
    /// beside the failing node are the calls the same in both readings.
    pub(crate) swallowable: bool,
    /// How many calls of tasks one call of this can come to, roughly.
    pub(crate) cost: usize,
}

impl Signature {
    /// Whether a call of it can have this type, with or without `?`.
    pub(crate) fn gives(&self, wanted: &Ty) -> bool {
        let value = match &self.output {
            Ty::Result(value, _) => value,
            output => output,
        };
        value == wanted || self.output == *wanted || self.output == Ty::Generic
    }

    /// Whether `T` occurs in it.
    pub(crate) fn is_generic(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.owned() == Ty::Generic)
    }
}

/// The tasks.
#[derive(Clone, Debug)]
pub(crate) struct Catalog {
    pub(crate) tasks: Vec<Rc<Signature>>,
}

impl Catalog {
    /// Reads the signatures under every `#[task]` in these sources.
    ///
    /// # Panics
    ///
    /// If there is no function, or one with unknown types, under an attribute.
    pub(crate) fn parse(sources: &[&str]) -> Self {
        let declared = sources.iter().flat_map(|source| source.split("#[task]").skip(1));
        let mut tasks: Vec<Rc<Signature>> = declared.map(parse_task).map(Rc::new).collect();
        // The one task that the library itself brings along.
        tasks.push(Rc::new(parse_task("pub fn identity<T>(value: T) -> T {")));
        Self { tasks }
    }
}

fn parse_task(text: &str) -> Signature {
    let head = text.split('{').next().unwrap_or_default();
    let (modifiers, rest) =
        head.split_once("fn ").unwrap_or_else(|| panic!("no function under `#[task]`: {text}"));
    let (name, rest) = rest.split_at(rest.find(['<', '(']).unwrap_or(rest.len()));
    let open = rest.find('(').unwrap_or_default();
    let close = closing(&rest[open..]) + open;
    let parameters = split_top(&rest[open + 1..close]);
    let parameters = parameters.iter().filter_map(|parameter| parameter.split_once(':'));
    let output = rest[close + 1..].trim();
    Signature {
        name: name.to_owned(),
        is_async: modifiers.contains("async"),
        is_dag: false,
        parameters: parameters.map(|(_, ty)| Ty::parse(ty)).collect(),
        output: Ty::parse(output.strip_prefix("->").unwrap_or(output)),
        swallowable: true,
        cost: 1,
    }
}

/// Where the first bracket of the text is closed.
fn closing(text: &str) -> usize {
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("unbalanced parentheses in `{text}`")
}
