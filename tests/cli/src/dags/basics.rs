//! Chains, diamonds, constants, expressions, several outputs.

use dagger::{dag, identity, task};
use serde::{Deserialize, Serialize};

use crate::{Case, case, ready};

/// The sum of two numbers.
#[task]
pub fn add(a: u64, b: u64) -> u64 {
    a + b
}

/// A number twice.
#[task]
pub fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn chain(n: u64) -> u64 {
    double(double(double(n)))
}

#[dag]
fn diamond_of_nodes(n: u64) -> u64 {
    let top = double(n);
    let left = add(top, 1);
    let right = add(top, 2);
    add(left, right)
}

#[dag]
fn constants() -> u64 {
    add(40, 2)
}

#[dag]
fn expressions(a: u64, b: u64) -> u64 {
    let sum = add(a + 1, b * 2);
    let twice = double(sum - a + b);
    add(twice + sum, a)
}

#[dag]
fn defaults(n: u64, #[default(7)] by: u64) -> u64 {
    add(n, by)
}

#[dag]
fn all_defaults(#[default(1 + 1)] n: u64, #[default("x")] text: &str) -> String {
    repeat(text, n)
}

/// A text, some times.
#[task]
fn repeat(text: &str, times: u64) -> String {
    text.repeat(usize::try_from(times).unwrap_or_default())
}

#[dag]
fn borrowed_parameters(text: &str, numbers: &[u64]) -> String {
    repeat(text, numbers[0] + numbers.len() as u64)
}

/// A smaller number and a larger one.
#[task]
fn both(n: u64) -> (u64, u64) {
    (n, n + 1)
}

#[dag]
fn split_pair(n: u64) -> u64 {
    let (a, b) = both(n);
    add(a, double(b))
}

#[dag]
fn several_outputs(n: u64) -> (u64, u64) {
    let small = double(n);
    let large = add(small, n);
    (small, large)
}

/// What a dag returns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// A number.
    pub small: u64,
    /// Another one.
    pub large: u64,
}

#[dag]
fn struct_of_outputs(n: u64) -> Summary {
    let small = double(n);
    let large = add(small, n);
    Summary { small, large }
}

#[task]
fn measure(summary: &Summary, more: u64) -> u64 {
    summary.small + summary.large + more
}

#[task]
fn summary(n: u64) -> Summary {
    Summary { small: n, large: 10 * n }
}

#[dag]
fn fields(n: u64) -> u64 {
    let data = summary(n);
    let first = measure(&data, data.small);
    add(first, data.large)
}

#[task]
async fn later(n: u64) -> u64 {
    n + 1
}

#[dag]
async fn asynchronous(n: u64) -> u64 {
    let n = later(n).await;
    let n = later(n * 2).await;
    identity(n)
}

#[task]
fn forget(_n: u64) {}

#[dag]
fn nothing(n: u64) {
    forget(n);
}

#[dag]
fn gathered(n: u64) -> Vec<u64> {
    let (a, b) = both(n);
    let c = double(n);
    identity(vec![a, b, c, 4])
}

#[task]
fn unit() {}

#[task]
fn after(_done: (), n: u64) -> u64 {
    n
}

#[dag]
fn ordered(n: u64) -> u64 {
    let done = unit();
    after(done, n)
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(chain(n = 5)),
        case!(diamond_of_nodes(n = 5)),
        case!(constants()),
        case!(expressions(a = 3, b = 5)),
        case!(defaults as "defaults", (n = 5), defaults(5, 7)),
        case!(all_defaults as "all_defaults", (), all_defaults(2, "x")),
        case!(borrowed_parameters as "borrowed_parameters",
            (text = "ab", numbers = [1, 2]), borrowed_parameters("ab", &[1, 2])),
        case!(split_pair(n = 5)),
        case!(several_outputs(n = 5)),
        case!(struct_of_outputs(n = 5)),
        case!(fields(n = 5)),
        case!(asynchronous as "asynchronous", (n = 5), ready(asynchronous(5))),
        Case {
            name: "nothing",
            dag: nothing::dag,
            parameters: || vec![("n", "5".to_owned())],
            returned: || None,
        },
        case!(gathered(n = 5)),
        case!(ordered(n = 5)),
    ]
}
