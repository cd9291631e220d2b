//! Tasks and dags inside of a function, and in a block inside of that.

pub fn main() {
    use dagger::{dag, task};

    #[task]
    fn double(n: u64) -> u64 {
        2 * n
    }

    #[dag]
    fn process(size: u64) -> u64 {
        let doubled = double(size);
        double(doubled)
    }

    assert_eq!(process::call(1).run_blocking().unwrap(), 4);

    {
        #[task]
        fn triple(n: u64) -> u64 {
            3 * n
        }

        #[dag]
        fn process_in_a_block(size: u64) -> u64 {
            let tripled = triple(size);
            process(tripled)
        }

        assert_eq!(process_in_a_block::call(1).run_blocking().unwrap(), 12);
    }
}
