//! What holds in every interleaving.

mod crew;
mod in_flight;
mod queue;

/// Looks at so many interleavings of each of two kinds.
fn check(interleavings: usize, test: impl Fn() + Send + Sync + Clone + 'static) {
    shuttle::check_random(test.clone(), interleavings);
    shuttle::check_pct(test, interleavings, 3);
}
