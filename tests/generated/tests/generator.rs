//! Tests of the generator: that it is deterministic, and that no construct has gone missing.

#[path = "../generator/mod.rs"]
mod generator;

use std::collections::{BTreeMap, BTreeSet};

use generator::Generator;
use generator::draw::NAMES;
use generator::kinds::Kind;

/// How many programs to look at. Enough for the rarest construct to occur some ten times.
const PROGRAMS: u64 = 2000;

#[test]
fn a_seed_always_gives_the_same_programs() {
    let first = Generator::new([]).file(7, 40);
    let again = Generator::new([]).file(7, 40);
    assert_eq!(first, again);
    assert_ne!(first, Generator::new([]).file(8, 40));
}

#[test]
fn a_program_depends_on_its_own_seed_only() {
    let generator = Generator::new([]);
    let tenth = generator.file(10, 1);
    let (module, _) =
        tenth.split_once("pub(crate) const PROGRAMS").expect("the file ends with the table");
    let module = module.trim_end().trim_start_matches("pub(crate) mod p000");
    assert!(
        generator.file(0, 11).contains(module),
        "program 10 of seed 0 is not program 0 of seed 10:\n{module}"
    );
}

#[test]
fn every_construct_occurs() {
    let generator = Generator::new([]);
    let mut programs_with: BTreeMap<Kind, usize> = BTreeMap::new();
    for seed in 0..PROGRAMS {
        for kind in generator.program(seed).tally.kinds() {
            *programs_with.entry(kind).or_default() += 1;
        }
    }
    let mut missing = Vec::new();
    for kind in Kind::ALL {
        let count = programs_with.get(kind).copied().unwrap_or_default();
        // Shown with `--nocapture`.
        println!("{count:>5}  {kind:?}");
        if count == 0 && !generator::kinds::SWITCHED_OFF.contains(kind) {
            missing.push(kind);
        }
    }
    assert!(missing.is_empty(), "never drawn in {PROGRAMS} programs: {missing:?}");
}

#[test]
fn what_is_left_out_does_not_occur() {
    for kind in Kind::ALL {
        let generator = Generator::new([*kind]);
        for seed in 0..2 {
            let occurs = generator.program(seed).tally.kinds().any(|other| other == *kind);
            assert!(!occurs, "program {seed} has {kind:?}");
        }
    }
}

#[test]
fn several_constructs_can_be_left_out() {
    let without = [
        Kind::CallInExpression,
        Kind::CallInGather,
        Kind::MapOverField,
        Kind::ResultTail,
        Kind::Shadowing,
    ];
    let generator = Generator::new(without);
    for seed in 0..200 {
        let kinds: BTreeSet<Kind> = generator.program(seed).tally.kinds().collect();
        let found: Vec<&Kind> = without.iter().filter(|kind| kinds.contains(kind)).collect();
        assert!(found.is_empty(), "program {seed} has {found:?}");
    }
}

#[test]
fn locals_hide_no_task() {
    let generator = Generator::new([]);
    for name in NAMES {
        assert!(!generator.has_task(name), "the local `{name}` hides a task");
    }
}
