//! A fan-in that puts up with failures.

use std::error::Error;
use std::fmt;

use crate::task;

/// A task that reduces over the partitions that succeeded, as long as not too many failed.
///
/// It gets the results of a map without `?`, and gives the values of those that succeeded, in order.
/// Where more have failed than are tolerated, its error has all of them. All partitions run in any
/// case: the map does not end with the first failure.
///
/// # Errors
///
/// If more partitions failed than `tolerance` says.
///
/// # Examples
///
/// ```
/// use dagger::{Tolerance, TooManyFailures, dag, identity, task, tolerate};
///
/// #[task]
/// fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
///     text.parse()
/// }
///
/// #[task]
/// fn sum(numbers: Vec<u64>) -> u64 {
///     numbers.iter().sum()
/// }
///
/// #[dag]
/// fn sum_of_most(texts: Vec<String>) -> Result<u64, TooManyFailures<std::num::ParseIntError>> {
///     let mut numbers = Vec::new();
///     for text in identity(texts) {
///         numbers.push(parse(text));
///     }
///     let numbers = tolerate(numbers, Tolerance::share(0.25))?;
///     Ok(sum(numbers))
/// }
///
/// # fn main() -> Result<(), dagger::Error> {
/// let texts = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
/// assert_eq!(sum_of_most::call(texts("1 2 three 4")).run_blocking()?, 7);
///
/// let error = sum_of_most(texts("1 2 three four")).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "2 of 4 partitions failed, 1 at most is tolerated: \
///      partition 2: invalid digit found in string; partition 3: invalid digit found in string"
/// );
/// # Ok(())
/// # }
/// ```
#[task]
pub fn tolerate<T, E>(
    results: Vec<Result<T, E>>,
    tolerance: Tolerance,
) -> Result<Vec<T>, TooManyFailures<E>> {
    let partitions = results.len();
    let (mut values, mut failures) = (Vec::new(), Vec::new());
    for (partition, result) in results.into_iter().enumerate() {
        match result {
            Ok(value) => values.push(value),
            Err(error) => failures.push((partition, error)),
        }
    }
    let tolerated = tolerance.of(partitions);
    match failures.len() <= tolerated {
        true => Ok(values),
        false => Err(TooManyFailures { failures, partitions, tolerated }),
    }
}

/// How many partitions of a map may fail: see [`tolerate`](fn@tolerate).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance(Amount);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Amount {
    Number(usize),
    Share(f64),
}

impl Tolerance {
    /// None may fail; the error has all failures, and not only the first.
    pub const NONE: Self = Self(Amount::Number(0));

    /// So many may fail.
    #[must_use]
    pub const fn number(partitions: usize) -> Self {
        Self(Amount::Number(partitions))
    }

    /// This share of them may fail, rounded down: `0.05` of 39 is 1.
    ///
    /// # Panics
    ///
    /// If the share is not between 0 and 1.
    #[must_use]
    pub const fn share(share: f64) -> Self {
        assert!(share >= 0.0 && share <= 1.0, "a share is between 0 and 1");
        Self(Amount::Share(share))
    }

    /// How many of so many.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a number of partitions is one"
    )]
    fn of(self, partitions: usize) -> usize {
        match self.0 {
            Amount::Number(number) => number,
            // The hair that a product of decimal fractions may be short of a whole number.
            Amount::Share(share) => (share * partitions as f64 + 1e-9).floor() as usize,
        }
    }
}

/// More partitions failed than were tolerated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooManyFailures<E> {
    failures: Vec<(usize, E)>,
    partitions: usize,
    tolerated: usize,
}

impl<E> TooManyFailures<E> {
    /// How many failures a message shows.
    const SHOWN: usize = 5;

    /// The partitions that failed, by index, each with its error, in order.
    #[must_use]
    pub fn failures(&self) -> &[(usize, E)] {
        &self.failures
    }

    /// The same, to keep.
    #[must_use]
    pub fn into_failures(self) -> Vec<(usize, E)> {
        self.failures
    }
}

impl<E: fmt::Display> fmt::Display for TooManyFailures<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failures, partitions, tolerated } = self;
        write!(f, "{} of {partitions} partitions failed, ", failures.len())?;
        match tolerated {
            0 => write!(f, "none is tolerated: ")?,
            1 => write!(f, "1 at most is tolerated: ")?,
            _ => write!(f, "{tolerated} at most are tolerated: ")?,
        }
        for (index, (partition, error)) in failures.iter().take(Self::SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}partition {partition}: {error}")?;
        }
        match failures.len().saturating_sub(Self::SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl<E: fmt::Display + fmt::Debug> Error for TooManyFailures<E> {}

#[cfg(test)]
mod tests {
    use super::{Tolerance, TooManyFailures, tolerate};

    fn results(failed: usize, of: usize) -> Vec<Result<usize, String>> {
        (0..of).map(|n| if n < failed { Err(format!("no {n}")) } else { Ok(n) }).collect()
    }

    #[test]
    fn a_tolerance_is_a_number_or_a_share_rounded_down() {
        let tolerated = |tolerance: Tolerance, of| {
            (0..=of).take_while(|failed| tolerate(results(*failed, of), tolerance).is_ok()).count()
        };
        assert_eq!(tolerated(Tolerance::NONE, 4), 1);
        assert_eq!(tolerated(Tolerance::number(2), 4), 3);
        assert_eq!(tolerated(Tolerance::share(0.05), 39), 2);
        assert_eq!(tolerated(Tolerance::share(0.29), 100), 30);
        assert_eq!(tolerated(Tolerance::share(1.0), 4), 5);
        assert_eq!(tolerate(results(0, 0), Tolerance::share(0.5)), Ok(Vec::new()));
    }

    #[test]
    fn values_and_failures_keep_their_order() {
        assert_eq!(tolerate(results(2, 5), Tolerance::number(2)), Ok(vec![2, 3, 4]));
        let error = tolerate(results(7, 9), Tolerance::NONE).unwrap_err();
        let partitions: Vec<_> = error.failures().iter().map(|(partition, _)| *partition).collect();
        assert_eq!(partitions, (0..7).collect::<Vec<_>>());
        let TooManyFailures { tolerated, partitions, .. } = &error;
        assert_eq!((*tolerated, *partitions), (0, 9));
        assert!(error.to_string().ends_with("; partition 4: no 4; and 2 more"), "{error}");
    }
}
