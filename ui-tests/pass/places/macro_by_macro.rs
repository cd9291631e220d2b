//! Tasks and dags from a macro, with names that the macro makes up, locals among them.

macro_rules! steps {
    ($factor:expr) => {
        #[dagger::task]
        fn list(count: u64) -> Vec<u64> {
            (0..count).collect()
        }

        #[dagger::task]
        fn scale(n: u64, factor: u64) -> u64 {
            n * factor
        }

        #[dagger::task]
        fn sum(numbers: Vec<u64>) -> u64 {
            numbers.into_iter().sum()
        }

        #[dagger::dag]
        fn process(count: u64, #[default($factor)] factor: u64) -> u64 {
            let mut scaled = Vec::new();
            for n in list(count) {
                scaled.push(scale(n, factor));
            }
            sum(scaled)
        }

        #[dagger::dag]
        fn process_in_a_chain(count: u64, factor: u64) -> u64 {
            let scaled = list(count).into_iter().map(|n| scale(n, factor)).collect();
            sum(scaled)
        }
    };
}

steps!(3);

pub fn main() {
    assert_eq!(process::builder().count(3).call().run_blocking().unwrap(), 9);
    assert_eq!(process_in_a_chain::call(3, 2).run_blocking().unwrap(), 6);
}
