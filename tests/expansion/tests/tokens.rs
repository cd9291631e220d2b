//! No tokens make the macros panic, whether as options or as an item.

use dagger_expansion_tests::Attribute;
use dagger_expansion_tests::law::expand;
use dagger_expansion_tests::random::Random;
use dagger_expansion_tests::settings::{check_each, seeds};
use dagger_expansion_tests::tokens::{arbitrary, function};
use proc_macro2::TokenStream;

/// How many items each seed draws.
const ITEMS: usize = 4;

#[test]
fn arbitrary_tokens_do_not_panic() {
    check_each("tokens", seeds(1000), |seed| {
        let mut random = Random::new(seed);
        for number in 0..ITEMS {
            let options =
                if random.percent(20) { arbitrary(&mut random, 3) } else { TokenStream::new() };
            let item = if number == 0 { arbitrary(&mut random, 5) } else { function(&mut random) };
            for attribute in [Attribute::Task, Attribute::Dag] {
                let expanded = expand(attribute, options.clone(), item.clone());
                expanded
                    .map_err(|fault| format!("{fault}\n#[{attribute:?}({options})]\n{item}"))?;
            }
        }
        Ok(())
    });
}
