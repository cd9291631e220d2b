//! The names in a graph: those of its nodes, and what can be wrong with any of them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::draft::{Draft, Drafts};
use crate::error::Violation;
use crate::graph::Parameter;
use crate::name::{self, Kind};

impl Drafts {
    /// The names of all nodes: after what they call, numbered where it is called more than once.
    pub(crate) fn names(&self) -> Vec<String> {
        let bases: Vec<_> =
            self.nodes.iter().map(|draft| draft.callee.name().into_owned()).collect();
        let nodes = || self.nodes.iter().zip(&bases);
        let mut count: HashMap<&str, usize> = HashMap::new();
        for (_, base) in nodes().filter(|(draft, _)| !draft.callee.is_given()) {
            *count.entry(base).or_insert(0) += 1;
        }
        let is_plain = |draft: &Draft, base: &str| draft.callee.is_given() || count[base] == 1;
        // A number is never another's: what stands before it differs.
        let plain = nodes().filter(|(draft, base)| is_plain(draft, base));
        let taken: HashSet<&str> = plain.map(|(_, base)| base.as_str()).collect();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut names = Vec::with_capacity(bases.len());
        for (draft, base) in nodes() {
            if is_plain(draft, base) {
                names.push(base.clone());
                continue;
            }
            let number = numbers.entry(base).or_insert(0);
            names.push(loop {
                *number += 1;
                let name = format!("{base}-{number}");
                if !taken.contains(name.as_str()) {
                    break name;
                }
            });
        }
        names
    }

    /// Checks the names of the dag, its parameters, nodes and inputs.
    ///
    /// A callee is looked at once, however many nodes call it.
    pub(crate) fn check_names(
        &self,
        dag: &str,
        parameters: &[Parameter],
        violations: &mut Vec<Violation>,
    ) {
        check(Kind::Node, dag, violations);
        let names = parameters.iter().map(|parameter| parameter.name.as_str());
        check_values("parameter", names, violations);
        let mut count: HashMap<Cow<'_, str>, (usize, usize)> = HashMap::new();
        let mut given = HashSet::new();
        for (first, times) in self.callees() {
            let callee = &self.nodes[first].callee;
            let base = callee.name();
            check(Kind::Node, &base, violations);
            check_values("input", callee.parameters(), violations);
            if !callee.is_given() {
                count.entry(base).or_insert((first, 0)).1 += times;
            } else if times > 1 || given.contains(&base) {
                violations.push(duplicate("node", &base));
            } else {
                given.insert(base);
            }
        }
        let once = count.iter().filter(|(_, (_, times))| *times == 1);
        let mut again: Vec<_> = once.filter(|(base, _)| given.contains(*base)).collect();
        again.sort_unstable_by_key(|(_, (first, _))| *first);
        violations.extend(again.iter().map(|(base, _)| duplicate("node", base)));
        let mut is_long = false;
        let number = 1 + self.nodes.len().to_string().len();
        for (base, (_, times)) in &count {
            let length = base.len();
            is_long |= *times > 1 && length + number > name::MAX_LEN && length <= name::MAX_LEN;
        }
        if is_long {
            let names = self.names();
            let long = names.iter().filter(|name| name.len() > name::MAX_LEN);
            violations.extend(long.map(|name| Violation::name(name)));
        }
    }
}

impl Drafts {
    /// All callees, each with the first node that calls it, and how many do; in the order of these.
    fn callees(&self) -> Vec<(usize, usize)> {
        let mut callees = Vec::new();
        let mut shared: HashMap<usize, (usize, usize)> = HashMap::new();
        let mut last: Option<(usize, usize, usize)> = None;
        let mut add = |last: Option<(usize, usize, usize)>| {
            if let Some((key, first, times)) = last {
                shared.entry(key).or_insert((first, 0)).1 += times;
            }
        };
        for (index, draft) in self.nodes.iter().enumerate() {
            if draft.callee.is_called_once() {
                callees.push((index, 1));
                continue;
            }
            let key = draft.callee.address();
            // Most of a long chain is one callee: it is counted before it is looked up.
            match &mut last {
                Some((same, _, times)) if *same == key => *times += 1,
                _ => add(last.replace((key, index, 1))),
            }
        }
        add(last);
        callees.extend(shared.into_values());
        callees.sort_unstable();
        callees
    }
}

fn check(kind: Kind, name: &str, violations: &mut Vec<Violation>) {
    if !name::is_valid(kind, name) {
        let violation = Violation::name(name);
        // Two tasks may have one name.
        if !violations.contains(&violation) {
            violations.push(violation);
        }
    }
}

/// Checks names of parameters, inputs or outputs, which are unique in their place.
pub(crate) fn check_values<'a>(
    what: &str,
    names: impl Iterator<Item = &'a str>,
    violations: &mut Vec<Violation>,
) {
    let mut seen = Vec::new();
    for name in names {
        check(Kind::Value, name, violations);
        if seen.contains(&name) {
            violations.push(duplicate(what, name));
        }
        seen.push(name);
    }
}

fn duplicate(what: &str, name: &str) -> Violation {
    let message = format!("there are two {what}s named `{name}`: rename one of them");
    Violation::new("duplicate-name", message)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::draft::{Arguments, Callee, Function, Task};
    use super::*;
    use crate::graph::NodeKind;
    use crate::options::TaskOptions;

    fn function(name: &'static str) -> Callee {
        let options = TaskOptions::DEFAULT;
        Callee::Function(Box::leak(Box::new(Function { name, parameters: &[], options })))
    }

    fn task(name: &'static str, is_given: bool) -> Callee {
        let (name, options) = (name.into(), TaskOptions::DEFAULT);
        Callee::Task(Arc::new(Task { name, is_given, parameters: Vec::new().into(), options }))
    }

    fn named(callees: Vec<Callee>) -> Vec<String> {
        let draft = |callee| Draft {
            callee,
            kind: NodeKind::Task,
            arguments: Arguments::Static(&[]),
            partitions: None,
        };
        Drafts { nodes: callees.into_iter().map(draft).collect(), ..Drafts::default() }.names()
    }

    fn called(functions: &[&'static str]) -> Vec<String> {
        named(functions.iter().map(|name| function(name)).collect())
    }

    #[test]
    fn nodes_are_numbered_where_a_task_is_called_more_than_once() {
        assert_eq!(called(&["clean", "load_data"]), ["clean", "load-data"]);
        assert_eq!(called(&["clean", "load", "clean"]), ["clean-1", "load", "clean-2"]);
        assert_eq!(called(&["clean", "clean_1", "clean"]), ["clean-2", "clean-1", "clean-3"]);
    }

    #[test]
    fn a_given_name_is_kept() {
        let callees =
            [task("clean-1", true), function("clean"), task("clean", false), function("load")];
        assert_eq!(named(callees.into()), ["clean-1", "clean-2", "clean-3", "load"]);
    }
}
