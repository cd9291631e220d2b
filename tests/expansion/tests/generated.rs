//! Random valid programs are accepted, and what the macros make of them is Rust.

use dagger_expansion_tests::law;
use dagger_expansion_tests::programs::Generated;
use dagger_expansion_tests::settings::{check_each, seeds};

#[test]
fn generated_programs_are_accepted() {
    thread_local!(static GENERATED: Generated = Generated::new());
    check_each("generated", seeds(200), |seed| {
        let functions = GENERATED.with(|generated| generated.program(seed)).functions();
        assert!(!functions.is_empty(), "program {seed} has no dag");
        for (_, function) in functions {
            let expansion = law::check(&function.text()).ok_or("no tokens")??;
            if !expansion.errors.is_empty() || !expansion.is_function {
                return Err(format!("{expansion:?}\n{}", function.text()));
            }
        }
        Ok(())
    });
}
