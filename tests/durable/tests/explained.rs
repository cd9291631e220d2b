//! Why a call of a cached task ran, or did not; and what a cache cannot keep.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use dagger::{Cache, Call, Dag, Event, EventKind, Runtime, dag, identity, task};
use dagger_durable_tests::journal::{directory, files_of};

/// What a run with a cache returns, what it says of what is kept, and what is said of it.
#[derive(Debug, PartialEq, Eq)]
struct Run<T> {
    value: T,
    told: Vec<String>,
    explained: String,
}

fn run<T: Send + 'static>(cache: &Path, dag: &Dag, call: Call<T>) -> Run<T> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let observer = move |event: &Event| {
        if matches!(event.kind, EventKind::Outdated { .. } | EventKind::NotKept { .. }) {
            seen.lock().unwrap().push(event.to_string());
        }
    };
    let cache = Cache::new(cache);
    let runtime = Runtime::builder().cache(cache.clone()).observer(observer).build();
    let value = runtime.run_blocking(call).unwrap();
    let told = std::mem::take(&mut *told.lock().unwrap());
    Run { value, told, explained: explain(&cache, dag).unwrap() }
}

fn explain(cache: &Cache, dag: &Dag) -> Result<String, String> {
    cache.explain(dag).map(|report| report.to_string())
}

/// A run of a node that the cache does not have, for this reason.
fn missed<T>(value: T, node: &str, reason: &str) -> Run<T> {
    silent(value, &format!("{node}: ran; {reason}"))
}

/// A run that says nothing while it runs.
fn silent<T>(value: T, explained: &str) -> Run<T> {
    Run { value, told: Vec::new(), explained: explained.to_owned() }
}

/// A version of a program: the types in the blocks of one function have the same path.
macro_rules! version {
    ($version:literal, $n:ident => $argument:expr) => {{
        #[task(cache, version = $version)]
        fn slow(n: u64) -> u64 {
            10 * n
        }

        #[dag]
        fn program($n: u64) -> u64 {
            slow($argument)
        }

        (program::dag(), program::call as fn(u64) -> Call<u64>)
    }};
}

#[test]
fn each_part_of_a_key_is_named() {
    let programs = [version!(1, n => n), version!(2, n => n), version!(2, n => n + 1)];
    let place = directory();
    let run = |program: usize, n| {
        let (dag, call) = &programs[program];
        run(place.path(), dag, call(n))
    };
    assert_eq!(run(0, 1), silent(10, "slow: ran; the cache had nothing of it"));
    assert_eq!(run(0, 1), silent(10, "slow: recalled"));
    assert_eq!(run(0, 2), missed(20, "slow", "its input `n` differs"));
    // What was there before is there still.
    assert_eq!(run(0, 1), silent(10, "slow: recalled"));
    assert_eq!(run(1, 1), missed(10, "slow", "its task has another version"));
    assert_eq!(run(2, 1), missed(20, "slow", "its inputs are written in another way"));
    let both = "its task has another version, and its inputs are written in another way";
    assert_eq!(run(0, 3), missed(30, "slow", &format!("{both}, and its input `n` differs")));

    // The same call as that of the last run.
    for file in files_of(place.path()).0 {
        fs::remove_file(file).unwrap();
    }
    assert_eq!(run(0, 3), missed(30, "slow", "what the cache had of it is gone"));
}

#[task(cache)]
fn square(n: u64) -> u64 {
    n * n
}

#[task]
fn numbers(n: u64) -> Vec<u64> {
    (0..n).collect()
}

#[task(cache)]
fn scale(n: u64, by: u64) -> u64 {
    n * by
}

#[dag]
fn once(n: u64) -> u64 {
    square(n)
}

#[dag]
fn twice(n: u64) -> u64 {
    let squared = square(n);
    square(squared)
}

#[test]
fn each_dag_has_a_last_run() {
    let place = directory();
    let once = |n| run(place.path(), &once::dag(), once::call(n));
    let twice = |n| run(place.path(), &twice::dag(), twice::call(n));
    assert_eq!(once(2), silent(4, "square: ran; the cache had nothing of it"));
    let nothing = "square-1: recalled\nsquare-2: ran; the cache had nothing of it";
    assert_eq!(twice(2), silent(16, nothing));
    // What another dag has run with is no reason.
    assert_eq!(once(4), silent(16, "square: recalled"));
    assert_eq!(once(3), missed(9, "square", "its input `n` differs"));
    assert_eq!(twice(2), silent(16, "square-1: recalled\nsquare-2: recalled"));
    assert_eq!(files_of(place.path()).1.len(), 2);
}

#[dag]
fn each(n: u64, by: u64) -> Vec<u64> {
    let mut all = Vec::new();
    for number in numbers(n) {
        all.push(scale(number, by));
    }
    identity(all)
}

/// A cached node that is called for each partition.
#[dag]
fn scaled(n: u64, by: u64) -> u64 {
    scale(n, by)
}

#[dag]
fn within(n: u64, by: u64) -> Vec<u64> {
    let mut all = Vec::new();
    for number in numbers(n) {
        all.push(scaled(number, by));
    }
    identity(all)
}

#[test]
fn a_new_partition_is_no_difference() {
    let place = directory();
    let run = |n, by| run(place.path(), &each::dag(), each::call(n, by));
    assert_eq!(run(2, 1), silent(vec![0, 1], "scale: 2 ran; the cache had nothing of them"));
    let one_more = "scale: 1 ran, 2 recalled; the cache had nothing of it";
    assert_eq!(run(3, 1), silent(vec![0, 1, 2], one_more));
    assert_eq!(run(3, 2), silent(vec![0, 2, 4], "scale: 3 ran; its input `by` differs"));
    assert_eq!(run(1, 1), silent(vec![0], "scale: recalled"));
}

#[test]
fn calls_of_a_node_are_compared_by_what_they_share() {
    let place = directory();
    let run = |n, by| run(place.path(), &within::dag(), within::call(n, by));
    let nothing = "scaled.scale: 2 ran; the cache had nothing of them";
    assert_eq!(run(2, 1), silent(vec![0, 1], nothing));
    let one_more = "scaled.scale: 1 ran, 2 recalled; the cache had nothing of it";
    assert_eq!(run(3, 1), silent(vec![0, 1, 2], one_more));
    let differs = "scaled.scale: 2 ran; its input `by` differs (2 times)";
    assert_eq!(run(2, 2), silent(vec![0, 2], differs));
}

#[test]
fn what_a_run_has_left_may_be_damaged() {
    let place = directory();
    let dag = once::dag();
    let run = |n| run(place.path(), &dag, once::call(n));
    run(1);
    let [file] = &files_of(place.path()).1[..] else { panic!("one dag has run") };
    let whole = fs::read(file).unwrap();
    let cache = Cache::new(place.path());
    let what =
        format!("what the cache `{}` says of the last run of dag `once`", place.path().display());
    let mut broken: Vec<_> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    broken.extend((0..whole.len()).map(|at| {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        changed
    }));
    for (n, broken) in (2..).zip(broken) {
        fs::write(file, broken).unwrap();
        assert_eq!(explain(&cache, &dag), Err(format!("{what} is damaged")), "{n}");
        // As if there were none, and then there is one again.
        assert_eq!(run(n), silent(n * n, "square: ran; the cache had nothing of it"));
    }

    // Where none can be written, none is.
    fs::remove_file(file).unwrap();
    assert_eq!(explain(&cache, &dag), Ok(String::new()));
    fs::create_dir_all(file.join("directory")).unwrap();
    let runtime = Runtime::builder().cache(cache.clone()).build();
    assert_eq!(runtime.run_blocking(once::call(1)).unwrap(), 1);
    let unreadable = format!("{what} cannot be read: Is a directory (os error 21)");
    assert_eq!(explain(&cache, &dag), Err(unreadable));
    let left = fs::read_dir(place.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".new-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_run_that_fails_is_explained() {
    #[task(cache)]
    fn refuse(n: u64) -> Result<u64, String> {
        if n == 0 { Err("nothing".to_owned()) } else { Ok(n) }
    }

    #[dag]
    fn refusing(n: u64) -> Result<u64, String> {
        let refused = refuse(n)?;
        Ok(square(refused))
    }

    let place = directory();
    let run = |n| run(place.path(), &refusing::dag(), refusing::call(n));
    let cache = Cache::new(place.path());
    let runtime = Runtime::builder().cache(cache.clone()).build();
    // Nothing is kept of a call that failed: it is none that others are compared with.
    let fails_twice = |reason: &str| {
        for _ in 0..2 {
            assert!(runtime.run_blocking(refusing::call(0)).is_err());
            let explained = explain(&cache, &refusing::dag());
            assert_eq!(explained, Ok(format!("refuse: ran; {reason}")));
        }
    };
    fails_twice("the cache had nothing of it");
    assert_eq!(run(1).told, [""; 0]);
    fails_twice("its input `n` differs");
    // What that run did not come to is compared with what an earlier one did.
    let differs = "ran; its input `n` differs";
    assert_eq!(run(2).explained, format!("refuse: {differs}\nsquare: {differs}"));
}

/// Puts a file in the place of each directory of entries.
fn block(cache: &Path) {
    for directory in files_of(cache).0.iter().map(|file| file.parent().unwrap()) {
        fs::remove_dir_all(directory).unwrap();
        fs::write(directory, "").unwrap();
    }
}

#[test]
fn what_cannot_be_kept_is_told_once_a_node() {
    let place = directory();
    let run = |cache: &Path| run(cache, &each::dag(), each::call(3, 1));
    run(place.path());
    block(place.path());
    let unreadable = "what the cache has of it cannot be read: Not a directory (os error 20)";
    let not_kept = format!(
        "node `scale`: is not kept: the cache `{}` cannot be written: File exists (os error 17)",
        place.path().display()
    );
    for _ in 0..2 {
        let told = run(place.path());
        let mut expected = vec![format!("node `scale`: is outdated: {unreadable}"); 3];
        expected.push(not_kept.clone());
        assert_eq!(told.value, [0, 1, 2]);
        assert_eq!(told.told, expected);
        assert_eq!(told.explained, format!("scale: 3 ran; {unreadable} (3 times)"));
    }
}

#[test]
fn a_cache_that_goes_away_is_told() {
    static PLACE: Mutex<Option<PathBuf>> = Mutex::new(None);

    /// Puts a file in the place of the cache.
    #[task]
    fn remove(n: u64) -> u64 {
        let place = PLACE.lock().unwrap().clone().unwrap();
        fs::remove_dir_all(&place).unwrap();
        fs::write(&place, "").unwrap();
        n
    }

    #[dag]
    fn removing(n: u64) -> u64 {
        let removed = remove(n);
        square(removed)
    }

    let place = directory();
    let cache = place.path().join("cache");
    *PLACE.lock().unwrap() = Some(cache.clone());
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let observer = move |event: &Event| seen.lock().unwrap().push(event.to_string());
    let runtime = Runtime::builder().cache(Cache::new(&cache)).observer(observer).build();
    assert_eq!(runtime.run_blocking(removing::call(3)).unwrap(), 9);
    let not_kept = format!(
        "node `square`: is not kept: the cache `{}` cannot be written: Not a directory (os error 20)",
        cache.display()
    );
    assert_eq!(
        told.lock().unwrap()[4..],
        [
            "node `square`: is outdated: what the cache has of it cannot be read: Not a directory \
             (os error 20)",
            "node `square`: will start",
            "node `square`: started",
            "node `square`: finished",
            &not_kept,
            "dag `removing`: finished",
        ]
    );
}

/// The other side of the test below: runs in a cache until it is told to end.
#[test]
fn a_process_of_several() {
    let Some(place) = std::env::var_os("DURABLE_CACHE") else { return };
    let number: u64 = std::env::var("DURABLE_NUMBER").unwrap().parse().unwrap();
    for round in 0..50 {
        // Of two processes, one is the first that comes to a call.
        let n = number / 2 + round;
        let Run { value, told, explained } = run(Path::new(&place), &once::dag(), once::call(n));
        assert_eq!((value, told), (n * n, Vec::new()));
        let whole = ["recalled", "ran; its input `n` differs", "ran; the cache had nothing of it"];
        let is_whole = whole.iter().any(|whole| explained == format!("square: {whole}"));
        assert!(is_whole, "{explained}");
    }
}

#[test]
fn processes_share_what_runs_have_left() {
    let place = directory();
    let child = |number: u64| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "a_process_of_several"]).env("DURABLE_CACHE", place.path());
        command.env("DURABLE_NUMBER", number.to_string()).stdout(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(child).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let (entries, last_runs) = files_of(place.path());
    // Of `n` from 0 to 50, once each.
    assert_eq!((entries.len(), last_runs.len()), (51, 1));
}
