//! Writes the programs that `tests/oracle.rs` runs.
//!
//! | variable | meaning | default |
//! | --- | --- | --- |
//! | `DAGGER_SEED` | seed of the first program; the others follow it | a constant |
//! | `DAGGER_PROGRAMS` | number of programs | 60 |
//! | `DAGGER_WITHOUT` | constructs to leave out, by the names in `generator/kinds.rs`, with commas | none |

#[path = "generator/mod.rs"]
mod generator;

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

use generator::Generator;
use generator::kinds::Kind;

/// A constant, so that a run without variables is the same everywhere. Any will do; better one whose programs have
/// every construct between them.
const SEED: u64 = 180;
const PROGRAMS: u64 = 60;

fn main() -> Result<(), Box<dyn Error>> {
    for path in ["build.rs", "generator", "src/tasks"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let seed = number("DAGGER_SEED", SEED)?;
    let programs = number("DAGGER_PROGRAMS", PROGRAMS)?;
    let generator = Generator::new(without()?);
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("programs.rs"), generator.file(seed, programs))?;
    Ok(())
}

/// The value of a variable, which cargo is to watch.
fn variable(name: &str) -> Option<String> {
    println!("cargo::rerun-if-env-changed={name}");
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn number(name: &str, default: u64) -> Result<u64, Box<dyn Error>> {
    let Some(text) = variable(name) else {
        return Ok(default);
    };
    text.trim().parse().map_err(|error| format!("{name} is `{text}`, not a number: {error}").into())
}

fn without() -> Result<Vec<Kind>, Box<dyn Error>> {
    let Some(text) = variable("DAGGER_WITHOUT") else {
        return Ok(Vec::new());
    };
    let find = |name: &str| {
        let found = Kind::ALL.iter().find(|kind| format!("{kind:?}") == name.trim());
        found
            .copied()
            .ok_or_else(|| format!("DAGGER_WITHOUT names `{name}`, which is no construct").into())
    };
    text.split(',').map(find).collect()
}
