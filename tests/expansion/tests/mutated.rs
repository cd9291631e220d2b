//! Valid and rejected functions, their tokens changed at random: whatever comes of it keeps the laws.

use dagger_expansion_tests::law;
use dagger_expansion_tests::mutate::{Style, mutate};
use dagger_expansion_tests::programs::{Function, Generated, of_folder, of_readme};
use dagger_expansion_tests::random::Random;
use dagger_expansion_tests::settings::{check_each, seeds};

/// How many random programs to begin with, beside those that people wrote.
const GENERATED: u64 = 40;

/// How often each seed changes a function.
const MUTANTS: usize = 4;

/// Functions of all kinds, short and long.
fn functions() -> Vec<Function> {
    let generated = Generated::new();
    let folders = ["ui-tests/pass", "ui-tests/fail", "tests/oracle", "examples"];
    let written = folders.into_iter().flat_map(of_folder).chain(of_readme());
    let programs = written.chain((0..GENERATED).map(|seed| generated.program(seed)));
    programs.flat_map(|program| program.functions()).map(|(_, function)| function).collect()
}

#[test]
fn mutants_keep_the_laws() {
    let functions = functions();
    assert!(functions.len() > 400, "{} functions", functions.len());
    check_each("mutated", seeds(1000), |seed| {
        let mut random = Random::new(seed);
        for _ in 0..MUTANTS {
            let mut function = random.pick(&functions).clone();
            mutate(&mut function, random.pick(&functions), Style::Any, &mut random);
            law::check(&function.text()).transpose()?;
        }
        Ok(())
    });
}

/// The beginning of each function, as it is while somebody types it.
#[test]
fn unfinished_functions_keep_the_laws() {
    let functions = functions();
    check_each("mutated", seeds(300), |seed| {
        let mut random = Random::new(seed);
        let mut function = random.pick(&functions).clone();
        let length = function.item.len();
        function.item.truncate(random.below(length));
        law::check(&function.text()).transpose()?;
        Ok(())
    });
}
