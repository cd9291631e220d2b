//! Mutants as the compiler sees them, with the attributes of the library and without.
//!
//! What is no Rust without the attributes is none with them, and its errors are in the user's text. What is Rust
//! without them is so with them, too, or one of the macros says why not.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger_expansion_tests::compiler::{Compiler, Error};
use dagger_expansion_tests::mutate::{Style, mutate};
use dagger_expansion_tests::programs::{Generated, Program, of_folder, of_readme};
use dagger_expansion_tests::random::Random;
use dagger_expansion_tests::settings::{check_each, seeds};
use dagger_expansion_tests::tree::print;

/// How many random programs there are beside those that people wrote.
const GENERATED: u64 = 100;

/// The programs, without what runs them as graphs: there is no graph without the attributes.
fn programs() -> Vec<Program> {
    let written = of_folder("ui-tests/pass").into_iter().chain(of_readme());
    let generated = Generated::new();
    let programs = written.chain((0..GENERATED).map(|seed| generated.program(seed)));
    let programs = programs.map(|program| program.without(&["main"]));
    programs.filter(|program| !program.functions().is_empty()).collect()
}

/// One of the programs, the same for a seed if others come or go.
fn pick(programs: &[Program], seed: u64) -> &Program {
    let rank = |program: &&Program| {
        let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        let hash = program.name.bytes().fold(0xCBF2_9CE4_8422_2325, mix);
        Random::new(hash ^ seed).below(1 << 30)
    };
    programs.iter().min_by_key(rank).expect("there are programs")
}

/// Whether a macro of the library says this: it says why, or what to write instead.
fn is_ours(error: &Error) -> bool {
    let parts = ["\n= note: ", "\n= help: ", "neither a `#[task]` nor a `#[dag]`"];
    parts.iter().any(|part| error.message.contains(part))
        || error.message.contains("cannot read this function")
}

/// Whether an error is inside of an attribute's list of options: of `crate = path`.
fn is_of_options(text: &str, error: &Error) -> bool {
    let Some(place) = error.place else { return false };
    let line = usize::try_from(place.start.0).ok().and_then(|line| text.lines().nth(line - 1));
    let column = usize::try_from(place.start.1).unwrap_or(1);
    let before: String = line.unwrap_or_default().chars().take(column - 1).collect();
    before
        .rsplit_once("# [")
        .is_some_and(|(_, inside)| inside.contains('(') && !inside.contains(']'))
}

/// What is wrong with the errors of the program with attributes.
fn fault(text: &str, plain: &BTreeSet<Error>, attributed: &BTreeSet<Error>) -> Option<String> {
    if plain.is_empty() {
        let explained = attributed.iter().any(|error| is_ours(error) || is_of_options(text, error));
        let lost = attributed.iter().find(|error| is_ours(error) && error.is_attribute);
        return match (attributed.is_empty(), explained, lost) {
            (false, false, _) => Some("is Rust without the attributes".to_owned()),
            (_, _, Some(error)) => Some(format!("has an error at the attribute: {error:?}")),
            _ => None,
        };
    }
    if attributed.is_empty() {
        return Some("is no Rust without the attributes".to_owned());
    }
    let misplaced = attributed
        .iter()
        .find(|error| error.place.is_none() || (error.is_attribute && !plain.contains(error)));
    misplaced.map(|error| format!("has an error in generated code: {error:?}"))
}

/// The errors of the attributed program that are not those of the plain one, and not the macro's.
fn surplus<'a>(plain: &BTreeSet<Error>, attributed: &'a BTreeSet<Error>) -> Vec<&'a Error> {
    let is_known = |error: &Error| {
        plain.iter().any(|other| other.message == error.message && other.place == error.place)
    };
    attributed.iter().filter(|error| !is_known(error) && !is_ours(error)).collect()
}

#[test]
fn mutants_compile_as_without_attributes() {
    let programs = programs();
    assert!(programs.len() > 150, "{} programs", programs.len());
    let compiler = Compiler::new("compiled");
    let (valid, accepted, with_surplus) =
        (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    check_each("compiled", seeds(24), |seed| {
        let mut random = Random::new(seed);
        let program = pick(&programs, seed);
        let functions = program.functions();
        let (place, function) = random.pick(&functions);
        let mut mutant = function.clone();
        mutate(&mut mutant, &random.pick(&functions).1, Style::Text, &mut random);
        if mutant.item.is_empty() {
            // The attribute would be one of what comes next.
            return Ok(());
        }
        let mutant = program.with(place, &mutant);
        let (text, plain_text) = (print(&mutant.trees), print(&mutant.plain().trees));
        let plain = compiler.compile(&format!("plain_{seed}"), &plain_text);
        let attributed = compiler.compile(&format!("attributed_{seed}"), &text);
        valid.fetch_add(usize::from(plain.is_empty()), Ordering::Relaxed);
        accepted.fetch_add(usize::from(attributed.is_empty()), Ordering::Relaxed);
        let list = |errors: &BTreeSet<Error>| {
            errors.iter().map(|error| format!("  {error:?}")).collect::<Vec<_>>().join("\n")
        };
        let explain = |fault: &str| {
            format!(
                "{} {fault}\n{text}\nwithout:\n{}\nwith:\n{}",
                program.name,
                list(&plain),
                list(&attributed)
            )
        };
        let more = surplus(&plain, &attributed);
        if !more.is_empty() {
            with_surplus.fetch_add(1, Ordering::Relaxed);
            // Shown with `--nocapture`; not every one is a defect.
            println!("{}", explain(&format!("seed {seed} has more errors: {more:?}")));
        }
        let Some(fault) = fault(&text, &plain, &attributed) else { return Ok(()) };
        // Some programs have another meaning without the attributes: they are found when they matter.
        let original =
            compiler.compile(&format!("original_{seed}"), &print(&program.plain().trees));
        if original.is_empty() { Err(explain(&fault)) } else { Ok(()) }
    });
    println!(
        "{valid:?} mutants are Rust, {accepted:?} are accepted, {with_surplus:?} have more errors"
    );
}
