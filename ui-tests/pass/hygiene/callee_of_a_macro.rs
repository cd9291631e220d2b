//! The body is a macro's, and what it maps is its caller's.

use dagger::{dag, task};

#[task]
fn numbers(end: u64) -> Vec<u64> {
    (0..end).collect()
}

#[task]
fn sum(numbers: Vec<u64>) -> u64 {
    numbers.iter().sum()
}

macro_rules! pairs {
    ($($task:ident $later:ident $dag:ident $dag_later:ident [$($option:tt)*];)*) => {$(
        #[task($($option)*)]
        fn $task(n: u64) -> u64 {
            2 * n
        }

        #[task($($option)*)]
        async fn $later(n: u64) -> u64 {
            2 * n
        }

        #[dag]
        fn $dag(end: u64) -> u64 {
            let mut doubled = Vec::new();
            for n in numbers(end) {
                doubled.push($task(n));
            }
            sum(doubled)
        }

        #[dag]
        async fn $dag_later(end: u64) -> u64 {
            let mut doubled = Vec::new();
            for n in numbers(end) {
                doubled.push($later(n).await);
            }
            sum(doubled)
        }
    )*};
}

pairs! {
    plain plain_later sum_plain sum_plain_later [];
    again again_later sum_again sum_again_later [retry(limit = 3)];
    timed timed_later sum_timed sum_timed_later [timeout = "30s"];
}

pub fn main() {
    assert_eq!(sum_plain::call(4).run_blocking().unwrap(), 12);
    assert_eq!(sum_plain_later::call(4).run_blocking().unwrap(), 12);
    assert_eq!(sum_again::call(4).run_blocking().unwrap(), 12);
    assert_eq!(sum_again_later::call(4).run_blocking().unwrap(), 12);
    assert_eq!(sum_timed::call(4).run_blocking().unwrap(), 12);
    assert_eq!(sum_timed_later::call(4).run_blocking().unwrap(), 12);
}
