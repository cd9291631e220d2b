//! The macros of dagger as functions over tokens, for tests that need no compiler.
//!
//! A crate of procedural macros cannot be linked as a library, so its modules are compiled here once more. Beside
//! them: where programs come from ([`programs`]), how they are spoilt ([`mutate`]), and what holds for every expansion,
//! whatever the tokens ([`law`]).
//!
//! The tests read these variables, as those of `tests/generated` do:
//!
//! | variable | meaning | default |
//! | --- | --- | --- |
//! | `DAGGER_SEED` | seed of the first program; the others follow it | a constant |
//! | `DAGGER_PROGRAMS` | number of programs of each test | the test's own |

#[path = "../../../dagger-macros/src/argo.rs"]
mod argo;
#[path = "../../../dagger-macros/src/body/mod.rs"]
mod body;
#[path = "../../../dagger-macros/src/codegen/mod.rs"]
mod codegen;
#[cfg_attr(test, allow(dead_code, reason = "the tests of that crate use it"))]
#[path = "../../../dagger-macros/src/diagnostic.rs"]
mod diagnostic;
#[path = "../../../dagger-macros/src/expand.rs"]
mod expand;
#[path = "../../../dagger-macros/src/function.rs"]
mod function;
#[path = "../../../dagger-macros/src/head.rs"]
mod head;
#[path = "../../../dagger-macros/src/options.rs"]
mod options;
#[path = "../../../dagger-macros/src/ownership.rs"]
mod ownership;
#[path = "../../../dagger-macros/src/rules/mod.rs"]
mod rules;
#[path = "../../../dagger-macros/src/text.rs"]
mod text;

#[allow(dead_code, reason = "the build script of the generated tests uses all of it")]
#[path = "../../generated/generator/mod.rs"]
mod generator;

pub mod compiler;
pub mod law;
pub mod mutate;
pub mod programs;
pub mod random;
pub mod settings;
pub mod tokens;
pub mod tree;

use proc_macro2::TokenStream;

/// What `#[task(options)]` makes of an item.
#[must_use]
pub fn task(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::task(options, item)
}

/// What `#[dag(options)]` makes of an item.
#[must_use]
pub fn dag(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::dag(options, item)
}

/// One of the two attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// `#[task]`
    Task,
    /// `#[dag]`
    Dag,
}

impl Attribute {
    /// The attribute of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "task" => Some(Self::Task),
            "dag" => Some(Self::Dag),
            _ => None,
        }
    }

    /// What it makes of an item.
    #[must_use]
    pub fn expand(self, options: TokenStream, item: TokenStream) -> TokenStream {
        match self {
            Self::Task => task(options, item),
            Self::Dag => dag(options, item),
        }
    }
}
