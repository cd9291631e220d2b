//! What changes between two runs: what is still valid is used, what is not is said.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dagger::hand::{Task, constant};
use dagger::{
    Call, Dag, Event, EventKind, Inputs, Json, Runtime, RuntimeBuilder, dag, explain, identity,
    task,
};
use dagger_durable_tests::journal::directory;
use dagger_durable_tests::shapes;

/// What the last run with this file did, one line a node.
fn explained(file: &Path) -> Vec<String> {
    explain(file).unwrap().to_string().lines().map(str::to_owned).collect()
}

fn builder(file: &Path) -> RuntimeBuilder {
    Runtime::builder().checkpoint(file)
}

#[test]
fn a_parameter() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let run = |n| builder(&file).build().run_blocking(shapes::nested_fan_out::call(n)).unwrap();
    assert_eq!(run(2), shapes::nested_fan_out(2));
    let nothing = "; the checkpoint had nothing of ";
    assert_eq!(
        explained(&file),
        [
            format!("begin: ran{nothing}it"),
            format!("inner: 2 ran{nothing}them"),
            format!("inner.add: 2 ran{nothing}them"),
            format!("inner.double: 2 ran{nothing}them"),
            format!("inner.numbers: 2 ran{nothing}them"),
            format!("inner.scale: 4 ran{nothing}them"),
            format!("inner.sum: 2 ran{nothing}them"),
            format!("numbers: ran{nothing}it"),
            format!("sum: ran{nothing}it"),
        ]
    );
    // One partition more: the others are there.
    assert_eq!(run(3), shapes::nested_fan_out(3));
    assert_eq!(
        explained(&file),
        [
            "begin: recalled".to_owned(),
            format!("inner: 1 ran, 2 recalled{nothing}it"),
            format!("inner.add: ran{nothing}it"),
            format!("inner.double: ran{nothing}it"),
            format!("inner.numbers: ran{nothing}it"),
            format!("inner.scale: 2 ran{nothing}them"),
            format!("inner.sum: ran{nothing}it"),
            "numbers: ran; its input `count` differs".to_owned(),
            "sum: ran; its input `numbers` differs".to_owned(),
        ]
    );
    // The partitions are all there; what reads them all is not.
    assert_eq!(run(2), shapes::nested_fan_out(2));
    assert_eq!(
        explained(&file),
        [
            "begin: recalled",
            "inner: 2 recalled",
            "numbers: ran; its input `count` differs",
            "sum: ran; its input `numbers` differs",
        ]
    );
}

mod first {
    use super::*;

    #[task]
    pub(crate) fn load(n: u64) -> Vec<u64> {
        (0..n).collect()
    }

    #[task]
    pub(crate) fn square(n: u64) -> u64 {
        n * n
    }

    #[dag]
    pub(crate) fn pipeline(n: u64, by: u64) -> Vec<u64> {
        let mut all = Vec::new();
        for number in load(n) {
            all.push(square(number));
        }
        let all = identity(all);
        scale(all, by)
    }
}

#[task]
fn scale(numbers: Vec<u64>, by: u64) -> Vec<u64> {
    numbers.into_iter().map(|n| n * by).collect()
}

mod other_version {
    use super::*;

    #[task(version = 2)]
    pub(crate) fn square(n: u64) -> u64 {
        n * n + 1
    }
}

/// The dag with another version of a task; its nodes have the same names.
#[dag]
fn with_other_version(n: u64, by: u64) -> Vec<u64> {
    let mut all = Vec::new();
    for number in first::load(n) {
        all.push(other_version::square(number));
    }
    let all = identity(all);
    scale(all, by)
}

/// The dag with another argument.
#[dag]
fn with_other_argument(n: u64, by: u64) -> Vec<u64> {
    let mut all = Vec::new();
    for number in first::load(n) {
        all.push(first::square(number));
    }
    let all = identity(all);
    scale(all, by + 1)
}

/// Runs a dag as if it had the name of the first one: as a later program has it.
fn run_as_first(file: &Path, dag: &Dag, n: u64, by: u64) -> Vec<u64> {
    let mut outer = Dag::builder("pipeline");
    let (n_handle, by_handle) = (outer.parameter::<u64>("n"), outer.parameter::<u64>("by"));
    outer.serialize(n_handle, Json);
    outer.serialize(by_handle, Json);
    let inner = dag.returning::<Vec<u64>>().named("inner");
    let output = outer.node(inner, (n_handle, by_handle));
    outer.serialize(output, Json);
    outer.output("return_value", output);
    let outer = outer.build().unwrap();
    let inputs = Inputs::new().with("n", n).with("by", by);
    let outputs = builder(file).build().run_blocking(Call::by_name(&outer, inputs));
    outputs.unwrap().take("return_value").unwrap()
}

#[test]
fn a_version_and_an_argument() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let run = |dag: Dag| run_as_first(&file, &dag, 3, 2);
    assert_eq!(run(first::pipeline::dag()), [0, 2, 8]);
    assert_eq!(run(first::pipeline::dag()), [0, 2, 8]);
    assert_eq!(explained(&file), ["inner: recalled"]);

    assert_eq!(run(with_other_version::dag()), [2, 4, 10]);
    let function = "its task is another function, and its task has another version";
    assert_eq!(
        explained(&file),
        [
            "inner: ran; the dag that it calls is another",
            "inner.identity: ran; its input `value` differs",
            "inner.load: recalled",
            "inner.scale: ran; its input `numbers` differs",
            &format!("inner.square: 3 ran; {function}"),
        ]
    );

    assert_eq!(run(first::pipeline::dag()), [0, 2, 8]);
    assert_eq!(run(with_other_argument::dag()), [0, 3, 12]);
    assert_eq!(
        explained(&file),
        [
            "inner: ran; the dag that it calls is another",
            "inner.identity: recalled",
            "inner.load: recalled",
            "inner.scale: ran; its inputs are written in another way",
            "inner.square: 3 recalled",
        ]
    );
}

static ORDER: AtomicU64 = AtomicU64::new(0);
static MIXED: AtomicUsize = AtomicUsize::new(0);

/// The same numbers in another order each time, with equal ones among them.
#[task]
fn shuffled(numbers: Vec<u64>) -> Vec<u64> {
    let mut numbers = numbers;
    let length = numbers.len();
    numbers.rotate_left(usize::try_from(ORDER.load(Ordering::Relaxed)).unwrap() % length);
    numbers
}

#[task]
fn mix(n: u64) -> String {
    MIXED.fetch_add(1, Ordering::Relaxed);
    format!("<{n}>")
}

#[dag]
fn mix_shuffled(numbers: Vec<u64>) -> Vec<String> {
    let mut all = Vec::new();
    for n in shuffled(numbers) {
        all.push(mix(n));
    }
    identity(all)
}

#[test]
fn partitions_are_what_they_are_wherever_they_stand() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let run = |numbers: &[u64]| {
        let call = mix_shuffled::call(numbers.to_vec());
        builder(&file).build().run_blocking(call).unwrap()
    };
    assert_eq!(run(&[5, 7, 5, 9]), ["<5>", "<7>", "<5>", "<9>"]);
    assert_eq!(MIXED.swap(0, Ordering::Relaxed), 4);
    // An item in between, and one that is gone.
    assert_eq!(run(&[5, 6, 7, 5]), ["<5>", "<6>", "<7>", "<5>"]);
    assert_eq!(MIXED.swap(0, Ordering::Relaxed), 1);
    // One more of those that are equal.
    assert_eq!(run(&[5, 5, 5, 9, 7]), ["<5>", "<5>", "<5>", "<9>", "<7>"]);
    assert_eq!(MIXED.swap(0, Ordering::Relaxed), 1);
    // Another order.
    ORDER.store(2, Ordering::Relaxed);
    assert_eq!(run(&[9, 7, 5, 5]), ["<5>", "<5>", "<9>", "<7>"]);
    assert_eq!(MIXED.swap(0, Ordering::Relaxed), 0);
}

static FAILS: AtomicUsize = AtomicUsize::new(0);
static TRIED: AtomicUsize = AtomicUsize::new(0);

#[task]
fn fragile(n: u64) -> Result<u64, String> {
    TRIED.fetch_add(1, Ordering::Relaxed);
    match FAILS.load(Ordering::Relaxed) {
        1 if n == 3 => Err("not yet".to_owned()),
        2 if n == 3 => panic!("not at all"),
        _ => Ok(10 * n),
    }
}

#[dag]
fn collected(n: u64) -> Result<Vec<u64>, String> {
    let all = shapes_numbers(n).into_iter().map(fragile).collect::<Result<Vec<_>, _>>()?;
    Ok(identity(all))
}

#[task]
fn shapes_numbers(n: u64) -> Vec<u64> {
    (0..n).collect()
}

#[test]
fn a_failure_keeps_what_is_done_and_is_made_again() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let run = || builder(&file).compute_threads(1).build().run_blocking(collected::call(5));
    for (fails, text) in [(1, "failed"), (2, "panicked: not at all"), (1, "failed")] {
        FAILS.store(fails, Ordering::Relaxed);
        let error = run().unwrap_err().to_string();
        assert_eq!(error, format!("dag `collected`, node `fragile`, partition 3 {text}"));
    }
    // Three that are done, and one that fails again and again.
    assert_eq!(TRIED.swap(0, Ordering::Relaxed), 4 + 1 + 1);
    FAILS.store(0, Ordering::Relaxed);
    assert_eq!(run().unwrap(), [0, 10, 20, 30, 40]);
    assert_eq!(TRIED.load(Ordering::Relaxed), 2);
}

static STEP_FAILS: AtomicUsize = AtomicUsize::new(0);

#[task]
fn step(n: u64, by: u64) -> Result<u64, String> {
    if n == 2 && STEP_FAILS.load(Ordering::Relaxed) > 0 {
        return Err("not yet".to_owned());
    }
    Ok(n * by)
}

#[dag]
fn steps(n: u64, by: u64) -> Result<Vec<u64>, String> {
    let mut all = Vec::new();
    for number in shapes_numbers(n) {
        all.push(step(number, by)?);
    }
    Ok(identity(all))
}

#[test]
fn partitions_of_another_key_stay_unused_where_some_are_of_this_one() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let run = |by| builder(&file).compute_threads(1).build().run_blocking(steps::call(5, by));
    assert_eq!(run(1).unwrap(), [0, 1, 2, 3, 4]);
    STEP_FAILS.store(1, Ordering::Relaxed);
    assert!(run(10).is_err());
    STEP_FAILS.store(0, Ordering::Relaxed);
    assert_eq!(run(10).unwrap(), [0, 10, 20, 30, 40]);
    assert!(explained(&file).iter().any(|line| line.starts_with("step: 3 ran, 2 recalled")));
}

static LOOKED: AtomicUsize = AtomicUsize::new(0);

#[task]
fn look(text: &str) -> String {
    LOOKED.fetch_add(1, Ordering::Relaxed);
    text.to_owned()
}

#[dag]
fn look_at_each(texts: Vec<String>) -> Vec<String> {
    let texts = identity(texts);
    let mut all = Vec::new();
    for text in &texts {
        all.push(look(text));
    }
    identity(all)
}

#[test]
fn partitions_that_are_borrowed_depend_on_the_whole() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let run = |texts: &[&str]| {
        let call = look_at_each::call(texts.iter().map(ToString::to_string).collect());
        assert_eq!(builder(&file).build().run_blocking(call).unwrap(), texts);
        LOOKED.swap(0, Ordering::Relaxed)
    };
    assert_eq!(run(&["a", "a", "b"]), 3);
    assert_eq!(run(&["a", "a", "b"]), 0);
    assert_eq!(run(&["a", "a", "c"]), 3);
    assert_eq!(run(&["a", "a"]), 2);
}

#[task]
fn unknown(n: u64) -> f64 {
    if n == 0 { f64::NAN } else { 1.5 }
}

#[task]
fn is_known(value: f64) -> bool {
    !value.is_nan()
}

#[dag]
fn knows(n: u64) -> bool {
    let value = unknown(n);
    is_known(value)
}

#[test]
fn a_value_that_does_not_come_back_is_made_again() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let run = |n| builder(&file).build().run_blocking(knows::call(n)).unwrap();
    // JSON has no `NaN`.
    assert_eq!((run(0), run(0)), (false, false));
    let reason = "what the checkpoint has of it cannot be read: invalid type: null, expected f64";
    let unknown = &explained(&file)[1];
    assert!(unknown.starts_with(&format!("unknown: ran; {reason}")), "{unknown}");
    assert_eq!((run(1), run(1)), (true, true));
    assert_eq!(explained(&file), ["is-known: recalled", "unknown: recalled"]);
}

#[test]
fn events_and_counters() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let log = Arc::new(Mutex::new(Vec::new()));
    let run = |n| {
        let seen = Arc::clone(&log);
        let observer = move |event: &Event| seen.lock().unwrap().push(event.to_string());
        let runtime = builder(&file).observer(observer).compute_threads(1).build();
        runtime.run_blocking(shapes::fan_out::call(n)).unwrap();
        std::mem::take(&mut *log.lock().unwrap())
    };
    run(2);
    assert_eq!(
        run(2),
        [
            "dag `fan-out`: started",
            "node `begin`: recalled",
            "node `numbers`: recalled",
            "node `scale`, partition 0: recalled",
            "node `scale`, partition 1: recalled",
            "node `scale`: recalled",
            "node `sum`: recalled",
            "dag `fan-out`: finished",
        ]
    );
    let changed = run(3);
    let outdated: Vec<_> = changed.iter().filter(|line| line.contains("outdated")).collect();
    assert_eq!(
        outdated,
        [
            "node `begin`: is outdated: its input `n` differs",
            "node `numbers`: is outdated: its input `count` differs",
            "node `scale`: is outdated: its input `by` differs",
            "node `sum`: is outdated: its input `numbers` differs",
        ]
    );

    let tokio = tokio::runtime::Runtime::new().unwrap();
    let progress = tokio.block_on(async {
        let mut handle = builder(&file).build().start(shapes::fan_out::call(3));
        (&mut handle).await.unwrap();
        handle.progress()
    });
    for node in progress.nodes() {
        let calls = if node.address == "scale" { 3 } else { 1 };
        assert_eq!((node.calls, node.finished, node.running), (calls, calls, 0), "{node:?}");
    }
}

#[test]
fn a_run_that_is_cancelled_keeps_what_is_done() {
    static DONE: AtomicUsize = AtomicUsize::new(0);

    #[task]
    fn quick(n: u64) -> u64 {
        DONE.fetch_add(1, Ordering::Relaxed);
        n + 1
    }

    #[task]
    async fn never(n: u64) -> u64 {
        if n == 1 { std::future::pending().await } else { n }
    }

    #[dag]
    async fn stuck(n: u64) -> u64 {
        let n = quick(n);
        never(n).await
    }

    let place = directory();
    let file = place.path().join("checkpoint");
    let tokio = tokio::runtime::Runtime::new().unwrap();
    tokio.block_on(async {
        for _ in 0..2 {
            let (begun, is_begun) = tokio::sync::oneshot::channel();
            let begun = Mutex::new(Some(begun));
            let observer = move |event: &Event| {
                let is_never = event.node().is_some_and(|node| node.name == "never");
                if is_never && event.kind == EventKind::Started {
                    begun.lock().unwrap().take().unwrap().send(()).unwrap();
                }
            };
            let mut handle = builder(&file).observer(observer).build().start(stuck::call(0));
            is_begun.await.unwrap();
            handle.cancel();
            assert!(handle.await.unwrap_err().is_cancelled());
        }
    });
    assert_eq!(DONE.load(Ordering::Relaxed), 1);
    assert_eq!(explained(&file)[1], "quick: recalled");
}

#[test]
fn one_process_has_the_file() {
    let place = directory();
    let file = place.path().join("checkpoint");
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_durable"));
        command.arg("holding").arg("7").arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    };
    let mut first = program().spawn().unwrap();
    let mut lines = BufReader::new(first.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "begun");

    let in_use = format!("the checkpoint `{}` is in use by another run", file.display());
    let second = program().stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(said, format!("dag `holding` cannot run: {in_use}\n"));
    assert_eq!(second.stdout, b"");
    let here = builder(&file).build().run_blocking(shapes::holding::call(7));
    assert_eq!(here.unwrap_err().to_string(), format!("dag `holding` cannot run: {in_use}"));
    assert_eq!(explain(&file).unwrap_err(), in_use);

    drop(first.stdin.take());
    assert_eq!(lines.next().unwrap().unwrap(), "7");
    assert!(first.wait().unwrap().success());
    let third = program().stdin(Stdio::null()).output().unwrap();
    assert_eq!(third.stdout, b"7\n", "what the first one did is recalled");
}

#[test]
fn what_cannot_be_kept_is_refused_before_anything_runs() {
    struct Opaque;

    #[task]
    fn hide(n: u64) -> Opaque {
        unreachable!("nothing runs: {n}")
    }

    #[task]
    fn show(opaque: Opaque) -> u64 {
        let Opaque = opaque;
        1
    }

    #[dag]
    fn hidden(n: u64) -> u64 {
        let opaque = hide(n);
        show(opaque)
    }

    let place = directory();
    let file = place.path().join("checkpoint");
    let error = builder(&file).build().run_blocking(hidden::call(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "dag `hidden` cannot run: what it computes cannot be kept: node `hide`, output \
         `return_value`: `Opaque` cannot cross from process to process: `Json` takes what is \
         `Serialize` and `DeserializeOwned`, with serde's `derive`"
    );
    assert!(!file.exists());

    let mut dag = Dag::builder("by-hand");
    let n = dag.node(Task::new("one", [""; 0], || 1_u64), ());
    let n = dag.node(Task::new("add", ["n", "by"], |n: u64, by: u64| n + by), (n, constant(1_u64)));
    dag.output("return_value", n);
    let dag = dag.build().unwrap();
    let error =
        builder(&file).build().run_blocking(Call::by_name(&dag, Inputs::new())).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("node `one`, output `return_value`: the dag, which was built by hand")
    );
}
