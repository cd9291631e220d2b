//! Results of tasks with a `cache`, across runs and dags.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use dagger::{Cache, Call, Event, EventKind, Runtime, dag, explain, identity, task};
use dagger_durable_tests::journal::{directory, files_of};

/// A counter of its own for each test, and a task that counts.
macro_rules! counting {
    ($calls:ident, $(#[$options:meta])* fn $name:ident($n:ident: $ty:ty) -> $returned:ty $body:block) => {
        static $calls: AtomicUsize = AtomicUsize::new(0);

        $(#[$options])*
        fn $name($n: $ty) -> $returned {
            $calls.fetch_add(1, Ordering::Relaxed);
            $body
        }
    };
}

fn calls(counter: &AtomicUsize) -> usize {
    counter.swap(0, Ordering::Relaxed)
}

fn run<T: Send + 'static>(place: &Path, call: Call<T>) -> T {
    run_with(Cache::new(place), call).0
}

/// What a run returns, and why what was kept is of no use in it.
fn run_with<T: Send + 'static>(cache: Cache, call: Call<T>) -> (T, Vec<String>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&said);
    let observer = move |event: &Event| {
        if let EventKind::Outdated { reason } = &event.kind {
            seen.lock().unwrap().push(format!("{}: {reason}", event.address()));
        }
    };
    let runtime = Runtime::builder().cache(cache).observer(observer).build();
    let value = runtime.run_blocking(call).unwrap();
    let said = std::mem::take(&mut *said.lock().unwrap());
    (value, said)
}

/// What a cache has of calls.
fn files(place: &Path) -> Vec<PathBuf> {
    let (entries, _) = files_of(place);
    entries
}

mod shared {
    use super::*;

    counting! { SLOW, #[task(cache)] fn slow(n: u64) -> u64 { 10 * n } }

    #[task]
    fn numbers(n: u64) -> Vec<u64> {
        (0..n).collect()
    }

    /// Of a parameter.
    #[dag]
    fn once(n: u64) -> u64 {
        slow(n)
    }

    /// Of partitions.
    #[dag]
    fn each(n: u64) -> Vec<u64> {
        let mut all = Vec::new();
        for number in numbers(n) {
            all.push(slow(number));
        }
        identity(all)
    }

    /// Of an output, in a nested dag, for each partition.
    #[dag]
    fn within(n: u64) -> Vec<u64> {
        let mut all = Vec::new();
        for number in numbers(n) {
            all.push(once(number));
        }
        identity(all)
    }

    #[test]
    fn a_call_is_known_wherever_it_is() {
        let place = directory();
        assert_eq!(run(place.path(), once::call(2)), 20);
        assert_eq!(run(place.path(), once::call(2)), 20);
        assert_eq!(calls(&SLOW), 1);
        assert_eq!(run(place.path(), each::call(4)), [0, 10, 20, 30]);
        assert_eq!(calls(&SLOW), 3, "2 is known");
        assert_eq!(run(place.path(), within::call(5)), [0, 10, 20, 30, 40]);
        assert_eq!(calls(&SLOW), 1, "only 4 is new");
        assert_eq!(run(place.path(), once::call(4)), 40);
        assert_eq!(calls(&SLOW), 0);

        // Without the cache, nobody asks.
        assert_eq!(once::call(2).run_blocking().unwrap(), 20);
        assert_eq!(calls(&SLOW), 1);

        // A checkpoint has what came from the cache.
        let checkpoint = place.path().join("checkpoint");
        let with_both = |cache: &Path| {
            let runtime = Runtime::builder().checkpoint(&checkpoint).cache(Cache::new(cache));
            runtime.build().run_blocking(each::call(4)).unwrap()
        };
        assert_eq!(with_both(place.path()), [0, 10, 20, 30]);
        let report = explain(&checkpoint).unwrap();
        assert_eq!(report.node("slow").unwrap().to_string(), "slow: 4 recalled");
        let other = directory();
        assert_eq!(with_both(other.path()), [0, 10, 20, 30]);
        assert_eq!((calls(&SLOW), files(other.path()).len()), (0, 0));
    }
}

mod versions {
    use super::*;

    mod one {
        use super::*;
        counting! { CALLS, #[task(cache, version = 1)] fn slow(n: u64) -> u64 { n } }

        #[dag]
        pub(super) fn once(n: u64) -> u64 {
            slow(n)
        }

        pub(super) fn count() -> usize {
            calls(&CALLS)
        }
    }

    mod two {
        use super::*;
        counting! { CALLS, #[task(cache, version = 2)] fn slow(n: u64) -> u64 { n + 1 } }

        #[dag]
        pub(super) fn once(n: u64) -> u64 {
            slow(n)
        }

        pub(super) fn count() -> usize {
            calls(&CALLS)
        }
    }

    #[test]
    fn another_function_or_version_is_another_call() {
        let place = directory();
        assert_eq!(run(place.path(), one::once::call(1)), 1);
        assert_eq!(run(place.path(), two::once::call(1)), 2);
        assert_eq!(run(place.path(), one::once::call(1)), 1);
        assert_eq!(run(place.path(), two::once::call(1)), 2);
        assert_eq!((one::count(), two::count()), (1, 1));
    }
}

mod damage {
    use super::*;

    counting! { CALLS, #[task(cache)] fn slow(n: u64) -> Vec<u64> { vec![n; 3] } }

    #[dag]
    fn once(n: u64) -> Vec<u64> {
        slow(n)
    }

    #[test]
    fn what_is_not_whole_is_made_again_with_a_warning() {
        let place = directory();
        let run = || run_with(Cache::new(place.path()), once::call(7));
        assert_eq!(run(), (vec![7; 3], vec![]));
        let file = files(place.path()).pop().unwrap();
        let whole = fs::read(&file).unwrap();
        calls(&CALLS);
        for end in 0..whole.len() {
            fs::write(&file, &whole[..end]).unwrap();
            let warning = "slow: what the cache has of it is damaged".to_owned();
            assert_eq!(run(), (vec![7; 3], vec![warning]), "cut at {end}");
            assert_eq!(fs::read(&file).unwrap(), whole);
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            fs::write(&file, changed).unwrap();
            assert_eq!(run().1.len(), 1, "changed at {at}");
        }
        assert_eq!(calls(&CALLS), 2 * whole.len());
        // What is not there is no damage.
        fs::remove_file(&file).unwrap();
        assert_eq!(run(), (vec![7; 3], Vec::new()));
        assert_eq!(calls(&CALLS), 1);
    }
}

mod limits {
    use super::*;

    counting! { CALLS, #[task(cache)] fn slow(n: u64) -> String { "x".repeat(1000 + usize::try_from(n).unwrap()) } }

    #[dag]
    fn once(n: u64) -> usize {
        let text = slow(n);
        length(text)
    }

    #[task]
    fn length(text: String) -> usize {
        text.len()
    }

    /// Makes all entries look as old as that.
    fn age(place: &Path, hours: u64) {
        let (entries, last_runs) = files_of(place);
        for file in entries.into_iter().chain(last_runs) {
            let time = SystemTime::now() - Duration::from_hours(hours);
            fs::File::options().append(true).open(file).unwrap().set_modified(time).unwrap();
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let place = directory();
        let run = |n| {
            let cache = Cache::new(place.path()).max_bytes(4_000);
            let (length, _) = run_with(cache, once::call(n));
            assert_eq!(length, 1000 + usize::try_from(n).unwrap());
            calls(&CALLS)
        };
        assert_eq!([run(0), run(1), run(2)], [1, 1, 1]);
        assert_eq!(files(place.path()).len(), 3);
        age(place.path(), 2);
        // Used, so that it stays.
        assert_eq!(run(0), 0);
        assert_eq!(run(3), 1);
        assert_eq!(files(place.path()).len(), 3);
        assert_eq!([run(0), run(3)], [0, 0]);
    }

    #[task(cache)]
    fn quick(n: u64) -> u64 {
        n
    }

    #[task(cache)]
    fn refused(n: u64) -> Result<u64, String> {
        Err(n.to_string())
    }

    /// Of its calls, nothing is kept.
    #[dag]
    fn other(n: u64) -> Result<u64, String> {
        refused(n)
    }

    #[dag]
    fn aged(n: u64) -> u64 {
        quick(n)
    }

    #[test]
    fn what_is_too_old_is_gone() {
        let place = directory();
        let run = |n| {
            let cache = Cache::new(place.path()).max_age(Duration::from_hours(10));
            assert_eq!(run_with(cache, aged::call(n)).0, n);
            files(place.path()).len()
        };
        assert_eq!((run(10), run(11)), (1, 2));
        // What the last run of another dag has left is as old as that.
        let runtime = Runtime::builder().cache(Cache::new(place.path())).build();
        assert!(runtime.run_blocking(other::call(0)).is_err());
        assert_eq!(files_of(place.path()).1.len(), 2);
        age(place.path(), 9);
        // Used, and so it is young again.
        assert_eq!(run(10), 2);
        assert_eq!(files_of(place.path()).1.len(), 2);
        let before = files(place.path());
        let used: Vec<_> = before.iter().map(|file| file.metadata().unwrap().modified()).collect();
        assert!(used[0].as_ref().unwrap() != used[1].as_ref().unwrap());
        age(place.path(), 11);
        assert_eq!(run(12), 1);
        assert_eq!(files_of(place.path()).1.len(), 1);
    }
}

mod edges {
    use super::*;

    /// What no process can be left with.
    struct Opaque(u64);

    #[task]
    fn hide(n: u64) -> Opaque {
        Opaque(n)
    }

    #[task]
    fn show(opaque: &Opaque) -> Vec<u64> {
        (0..opaque.0).collect()
    }

    static TWICE: AtomicUsize = AtomicUsize::new(0);

    #[task(cache)]
    async fn twice(n: &u64, by: u64) -> (u64, String) {
        TWICE.fetch_add(1, Ordering::Relaxed);
        (n * by, format!("{n}"))
    }

    #[task]
    fn first(pairs: Vec<(u64, String)>) -> u64 {
        pairs.into_iter().map(|(n, text)| n + text.len() as u64).sum()
    }

    /// Only what `twice` reads and returns has to be written.
    #[dag]
    async fn mixed(n: u64) -> u64 {
        let opaque = hide(n);
        let numbers = show(&opaque);
        let by = count(&numbers);
        let mut pairs = Vec::new();
        for number in &numbers {
            pairs.push(twice(number, by).await);
        }
        let (sum, text) = twice(&by, by + 1).await;
        let all = first(pairs);
        total(all, sum, text)
    }

    #[task]
    fn count(numbers: &[u64]) -> u64 {
        numbers.len() as u64
    }

    #[task]
    fn total(all: u64, sum: u64, text: String) -> u64 {
        all + sum + text.len() as u64
    }

    #[task(cache)]
    fn seen(opaque: &Opaque) -> u64 {
        opaque.0
    }

    #[dag]
    fn refused(n: u64) -> u64 {
        let opaque = hide(n);
        seen(&opaque)
    }

    #[test]
    fn only_what_is_cached_has_to_be_written() {
        let place = directory();
        let expected = {
            let mut task = std::task::Context::from_waker(std::task::Waker::noop());
            let mut future = std::pin::pin!(mixed(3));
            match future.as_mut().poll(&mut task) {
                std::task::Poll::Ready(value) => value,
                std::task::Poll::Pending => unreachable!("no task waits"),
            }
        };
        calls(&TWICE);
        assert_eq!(run(place.path(), mixed::call(3)), expected);
        assert_eq!(calls(&TWICE), 4);
        assert_eq!(run(place.path(), mixed::call(3)), expected);
        assert_eq!(calls(&TWICE), 0);

        let runtime = Runtime::builder().cache(Cache::new(place.path())).build();
        let error = runtime.run_blocking(refused::call(1)).unwrap_err().to_string();
        assert!(error.starts_with(
            "dag `refused` cannot run: what it computes cannot be kept: node `hide`, output \
             `return_value`: `Opaque` cannot cross from process to process: "
        ));
    }

    #[test]
    fn a_directory_that_is_none() {
        let place = directory();
        let file = place.path().join("file");
        fs::write(&file, "").unwrap();
        let runtime = Runtime::builder().cache(Cache::new(&file)).build();
        let error = runtime.run_blocking(mixed::call(1)).unwrap_err().to_string();
        let begin =
            format!("dag `mixed` cannot run: the cache `{}` cannot be used: ", file.display());
        assert!(error.starts_with(&begin), "{error}");
    }
}
