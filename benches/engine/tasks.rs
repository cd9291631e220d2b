//! Tasks and dags that several shapes call.

use std::future::poll_fn;
use std::task::Poll;

use dagger::{dag, task};

#[task]
pub(crate) fn count_up(end: u32) -> Vec<u64> {
    (0..u64::from(end)).collect()
}

/// The work of a trivial task.
#[task]
pub(crate) fn mix(n: u64) -> u64 {
    n.wrapping_mul(31) ^ (n >> 3)
}

/// As `mix`, and never suspends.
#[task]
pub(crate) async fn mix_ready(n: u64) -> u64 {
    mix(n)
}

#[dag]
pub(crate) fn mix_thrice(n: u64) -> u64 {
    let once = mix(n);
    let twice = mix(once);
    mix(twice)
}

#[dag]
pub(crate) async fn mix_thrice_ready(n: u64) -> u64 {
    let once = mix_ready(n).await;
    let twice = mix_ready(once).await;
    mix_ready(twice).await
}

/// A sum that tells the order of its numbers.
#[task]
pub(crate) fn weighted_sum(numbers: Vec<u64>) -> u64 {
    let weighted = |(n, weight): (u64, u64)| n.wrapping_mul(weight);
    numbers.into_iter().zip(1..).map(weighted).fold(0, u64::wrapping_add)
}

/// Suspends once and is ready at once, unlike tokio's `yield_now`, whose wake waits for others.
pub(crate) async fn yields() {
    let mut has_yielded = false;
    poll_fn(|task| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
