//! Draws random valid programs: modules of `#[dag]` functions with arguments to call the last one with.
//!
//! A program is drawn as a model first ([`model`]), by choosing among the moves that the language and the borrow
//! checker leave open ([`draw`], with [`scope`] as the referee), and printed as Rust afterwards ([`print`],
//! [`emit`]). Nothing is generated and thrown away because it would not compile: what the generator knows of Rust is
//! in `scope`, so a rejected program is a mistake there or a finding in the library.
//!
//! Everything follows from a seed. Program `i` of a run with seed `s` is program `0` of a run with seed `s + i`.
//!
//! This module is compiled twice: by the build script, which writes the programs, and by `tests/generator.rs`.

pub(crate) mod catalog;
pub(crate) mod draw;
pub(crate) mod emit;
pub(crate) mod kinds;
pub(crate) mod model;
pub(crate) mod print;
pub(crate) mod program;
pub(crate) mod rng;
pub(crate) mod scope;
pub(crate) mod types;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use catalog::Catalog;
use kinds::Kind;

/// The sources of the tasks, from which the generator learns their signatures.
const TASKS: [&str; 6] = [
    include_str!("../src/tasks/collections.rs"),
    include_str!("../src/tasks/fallible.rs"),
    include_str!("../src/tasks/generic.rs"),
    include_str!("../src/tasks/numeric.rs"),
    include_str!("../src/tasks/structs.rs"),
    include_str!("../src/tasks/text.rs"),
];

/// A source of programs.
pub(crate) struct Generator {
    catalog: Catalog,
    without: BTreeSet<Kind>,
}

impl Generator {
    /// Draws every kind of construct except those given and those in [`kinds::SWITCHED_OFF`].
    pub(crate) fn new(without: impl IntoIterator<Item = Kind>) -> Self {
        let catalog = Catalog::parse(&TASKS);
        let without = without.into_iter().chain(kinds::SWITCHED_OFF.iter().copied()).collect();
        Self { catalog, without }
    }

    /// Whether there is a task of this name.
    #[cfg_attr(not(test), expect(dead_code, reason = "the build script has no use for it"))]
    pub(crate) fn has_task(&self, name: &str) -> bool {
        self.catalog.tasks.iter().any(|task| task.name == name)
    }

    /// The program of a seed.
    pub(crate) fn program(&self, seed: u64) -> model::Program {
        program::draw(seed, &self.catalog, &self.without)
    }

    /// The text of `programs.rs`: one module per program, and the table of them all.
    pub(crate) fn file(&self, seed: u64, count: u64) -> String {
        let mut modules = String::new();
        let mut table = String::new();
        for index in 0..count {
            let seed = seed.wrapping_add(index);
            let program = self.program(seed);
            let name = format!("p{index:03}");
            let source = emit::module(&name, &program, &self.catalog);
            let _ = writeln!(modules, "{source}");
            let _ = writeln!(table, "{}", emit::entry(&name, &program, &source));
        }
        format!("{modules}pub(crate) const PROGRAMS: &[Program] = &[\n{table}];\n")
    }
}
