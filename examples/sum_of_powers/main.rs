//! The dag of the README as a program: for this machine, and, in a container, for Argo Workflows.
//!
//! ```text
//! cargo run --features argo --example sum_of_powers -- run --count 4
//! cargo run --features argo --example sum_of_powers -- argo workflow \
//!     --image registry.example.com/sum-of-powers:1 --command /pipeline --parameter count 4
//! ```
//!
//! The second command prints [`workflow.yaml`](workflow.yaml). The [`Containerfile`](Containerfile) beside it
//! puts the program into an image that has nothing else:
//!
//! ```text
//! docker build -f examples/sum_of_powers/Containerfile -t registry.example.com/sum-of-powers:1 .
//! ```

use std::process::ExitCode;

use dagger::{dag, task};

/// The numbers from 1 on.
#[task]
fn generate_numbers(count: u64) -> Vec<u64> {
    (1..=count).collect()
}

/// A number to the power of another.
#[task(
    retry(limit = 2, backoff = "1s..10s"),
    argo(container = { "resources": { "requests": { "cpu": "100m", "memory": "32Mi" } } }),
)]
fn raise_number(n: u64, exponent: u32) -> Result<u64, String> {
    n.checked_pow(exponent).ok_or_else(|| format!("{n} to the power of {exponent} is too large"))
}

/// The sum of all numbers.
#[task]
fn sum_numbers(numbers: Vec<u64>) -> u64 {
    numbers.iter().sum()
}

/// Adds the powers of the first numbers.
#[dag]
fn sum_of_powers(
    /// How many numbers there are.
    count: u64,
    /// What they are raised to.
    #[default(2)]
    exponent: u32,
) -> Result<u64, String> {
    let mut raised = Vec::new();
    for n in generate_numbers(count) {
        raised.push(raise_number(n, exponent)?);
    }
    Ok(sum_numbers(raised))
}

fn main() -> ExitCode {
    dagger::cli::main(sum_of_powers::dag())
}

#[cfg(test)]
mod tests {
    use dagger::argo::{Kind, Manifest};

    use super::sum_of_powers;

    #[test]
    fn it_runs_here() {
        assert_eq!(sum_of_powers::call(4, 2).run_blocking().unwrap(), 30);
        assert_eq!(sum_of_powers(4, 2), Ok(30));
    }

    #[test]
    fn the_manifest_is_that_of_the_dag() {
        let manifest = Manifest::builder(Kind::Workflow, "registry.example.com/sum-of-powers:1")
            .command(["/pipeline"])
            .parameter("count", "4")
            .build(&sum_of_powers::dag())
            .unwrap();
        assert_eq!(manifest.to_yaml().unwrap(), include_str!("workflow.yaml"));
    }
}
