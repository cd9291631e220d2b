//! The names in a graph: those of its nodes, and what can be wrong with any of them.

use std::collections::HashSet;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::draft::{Called, Draft, Drafts, Function, Parameters, Path, Text, narrow};
use crate::error::Violation;
use crate::graph::Parameter;
use crate::name::{self, Kind};

/// The name of nodes, without a number.
pub(crate) struct Base {
    name: Text,
    /// How many nodes are named after it, and numbered where there are several.
    after: u32,
    /// Whether a node was given this very name.
    is_given: bool,
}

/// What finds names again, and what was found wrong with them. Only a builder needs it.
#[derive(Default)]
pub(crate) struct Index {
    hasher: DefaultHashBuilder,
    /// The places of the bases, each with half of its hash, so that a table that grows looks at no
    /// name.
    bases: HashTable<(u32, u32)>,
    /// The bases of functions, and themselves in the list of callees, by address.
    functions: HashMap<usize, (u32, u32)>,
    violations: Vec<Violation>,
}

/// Among how many of the last callees a node looks for its own.
const RECENT: usize = 4;

impl Drafts {
    /// The base of the next node, and its callee. A function is looked at once, however many nodes call
    /// it.
    pub(super) fn function(&mut self, function: &'static Function) -> (u32, u32) {
        let address = std::ptr::from_ref(function).addr();
        if let Some((base, callee)) = self.index.functions.get(&address) {
            self.bases[*base as usize].after += 1;
            return (*base, *callee);
        }
        let base = self.base(name::of_function(function.name).into(), false);
        let parameters = Parameters::OfFunction(function.parameters);
        let (options, path) = (&function.options, Path(Some(function.path)));
        let callee = self.callee(Called { parameters, options, path });
        self.index.functions.insert(address, (base, callee));
        (base, callee)
    }

    /// The base of the next node.
    pub(super) fn base(&mut self, name: Text, is_given: bool) -> u32 {
        let Index { hasher, bases, violations, .. } = &mut self.index;
        let hash = half_hash(hasher, &name);
        let is_same = |(_, place): &(u32, u32)| self.bases[*place as usize].name == name;
        let found = bases.find(full(hash), is_same).map(|(_, place)| *place);
        let place = found.unwrap_or_else(|| {
            check(Kind::Node, &name, violations);
            let place = narrow(self.bases.len());
            self.bases.push(Base { name, after: 0, is_given: false });
            bases.insert_unique(full(hash), (hash, place), |(hash, _)| full(*hash));
            place
        });
        let base = &mut self.bases[place as usize];
        if !is_given {
            base.after += 1;
        } else if std::mem::replace(&mut base.is_given, true) {
            violations.push(duplicate("node", &base.name));
        }
        place
    }

    /// What the next node calls.
    pub(super) fn callee(&mut self, called: Called) -> u32 {
        let recent = self.callees.len().saturating_sub(RECENT);
        let found = self.callees[recent..].iter().position(|callee| *callee == called);
        let place = found.map_or(self.callees.len(), |place| recent + place);
        if found.is_none() {
            check_values("input", called.parameters.iter(), &mut self.index.violations);
            self.callees.push(called);
        }
        narrow(place)
    }

    /// The names of all nodes: after what they call, numbered where it is called more than once.
    pub(crate) fn names(&self) -> Vec<String> {
        // A number is never another's: what stands before it differs.
        let plain = self.bases.iter().filter(|base| base.is_given || base.after == 1);
        let taken: HashSet<&str> = plain.map(|base| &*base.name).collect();
        let mut numbers = vec![0; self.bases.len()];
        let name = |node: &Draft| {
            let base = &self.bases[node.base as usize];
            if node.is_given || base.after == 1 {
                return base.name.clone().into_owned();
            }
            let number = &mut numbers[node.base as usize];
            loop {
                *number += 1;
                let name = format!("{}-{number}", base.name);
                if !taken.contains(name.as_str()) {
                    return name;
                }
            }
        };
        self.nodes.iter().map(name).collect()
    }

    /// Checks the names of the dag, its parameters, nodes and inputs, when all nodes are there.
    pub(crate) fn check_names(
        &mut self,
        dag: &str,
        parameters: &[Parameter],
        violations: &mut Vec<Violation>,
    ) {
        check(Kind::Node, dag, violations);
        let names = parameters.iter().map(|parameter| parameter.name.as_str());
        check_values("parameter", names, violations);
        for violation in std::mem::take(&mut self.index).violations {
            add(violation, violations);
        }
        let mut is_long = false;
        let number = 1 + self.nodes.len().to_string().len();
        for Base { name, after, is_given } in &self.bases {
            let with_number = name.len() + number;
            is_long |= *after > 1 && with_number > name::MAX_LEN && name.len() <= name::MAX_LEN;
            if *is_given && *after == 1 {
                violations.push(duplicate("node", name));
            }
        }
        if is_long {
            let names = self.names();
            let long = names.iter().filter(|name| name.len() > name::MAX_LEN);
            violations.extend(long.map(|name| Violation::name(name)));
        }
    }
}

/// Half of the hash of a name.
fn half_hash(hasher: &DefaultHashBuilder, name: &str) -> u32 {
    (hasher.hash_one(name) >> 32) as u32
}

/// The hash that a table uses: it looks at both ends.
fn full(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

fn check(kind: Kind, name: &str, violations: &mut Vec<Violation>) {
    if !name::is_valid(kind, name) {
        add(Violation::name(name), violations);
    }
}

/// Two things may have one name, and what is wrong with it is said once.
fn add(violation: Violation, violations: &mut Vec<Violation>) {
    if !violations.contains(&violation) {
        violations.push(violation);
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
    use super::super::draft::{Callee, Task};
    use super::*;
    use crate::graph::NodeKind;
    use crate::options::TaskOptions;

    fn function(name: &'static str) -> Callee {
        let options = TaskOptions::DEFAULT;
        Callee::Function(Box::leak(Box::new(Function {
            name,
            path: || "",
            parameters: &[],
            options,
        })))
    }

    fn task(name: &'static str, is_given: bool) -> Callee {
        let (parameters, options) = (Parameters::OfFunction(&[]), &TaskOptions::DEFAULT);
        Callee::Task(Task {
            name: name.into(),
            is_given,
            called: Called { parameters, options, path: Path(None) },
        })
    }

    fn named(callees: Vec<Callee>) -> Vec<String> {
        let mut drafts = Drafts::default();
        for callee in callees {
            drafts.push_by_hand(callee, NodeKind::Task, 0, None);
        }
        drafts.names()
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
