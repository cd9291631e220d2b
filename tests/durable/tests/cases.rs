//! Every dag gives the same with a checkpoint: at first, from each state that its file was in, and when
//! all is done already.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dagger::{Call, Dag, Inputs, Outputs, Runtime, RuntimeBuilder, explain};
use dagger_cli_tests::{Case, cases};
use dagger_durable_tests::journal::directory;
use dagger_runtime::DiskEvent;

/// From how many states of its file each dag goes on.
const STATES: usize = 6;

/// The call of a case.
fn call(case: &Case, dag: &Dag) -> Call<Outputs> {
    let given = (case.parameters)();
    let mut inputs = Inputs::new();
    for (parameter, accepted) in dag.parameters().iter().zip(&dag.signature().parameters) {
        if let Some((name, json)) = given.iter().find(|(name, _)| *name == parameter.name) {
            let codec = (accepted.outside.json.expect("it is JSON"))().codec();
            let read = codec.ok().expect("it has a codec").read;
            let value = read(&mut json.as_bytes()).expect("it is a value");
            inputs = inputs.with_boxed(*name, accepted.ty, value);
        }
    }
    Call::by_name(dag, inputs)
}

/// What a run with this checkpoint returns, as JSON.
fn run(
    case: &Case,
    checkpoint: &Path,
    configure: impl FnOnce(RuntimeBuilder) -> RuntimeBuilder,
) -> String {
    let dag = (case.dag)();
    let runtime = configure(Runtime::builder().checkpoint(checkpoint)).build();
    let outputs = runtime.run_blocking(call(case, &dag));
    let values = outputs.unwrap_or_else(|error| panic!("{}: {error:?}", case.name)).into_values();
    let written = dag.written_outputs().into_iter().zip(&values);
    let json = written.map(|((name, outside), (_, value))| {
        let codec = (outside.json.expect("it is JSON"))().codec();
        let mut bytes = Vec::new();
        (codec.ok().expect("it has a codec").write)(&**value, &mut bytes).expect("it is written");
        let json = String::from_utf8(bytes).expect("it is text");
        if name == "return_value" { json } else { format!("{name}: {json}") }
    });
    json.collect::<Vec<_>>().join("\n")
}

fn check(case: &Case) {
    let place = directory();
    let file = place.path().join("checkpoint");
    let expected = (case.returned)().unwrap_or_default();
    // The states of the file whenever something has become safe.
    let states = Arc::new(Mutex::new(Vec::new()));
    let (seen, path) = (Arc::clone(&states), file.clone());
    let first = run(case, &file, |runtime| {
        runtime.probe(move |event| {
            if event == DiskEvent::Synced {
                seen.lock().unwrap().push(fs::read(&path).unwrap());
            }
        })
    });
    let states = std::mem::take(&mut *states.lock().unwrap());
    let is_whole = !first.contains("property");
    if is_whole {
        assert_eq!(first, expected, "{}: the first run", case.name);
    }
    let again = run(case, &file, |runtime| runtime);
    assert_eq!(again, first, "{}: when all is done", case.name);
    for node in explain(&file).unwrap().nodes() {
        assert_eq!(node.ran, 0, "{}: {node}", case.name);
    }
    let step = states.len().div_ceil(STATES);
    for (number, state) in states.into_iter().enumerate().skip(1).step_by(step) {
        let resumed = place.path().join(format!("state-{number}"));
        fs::write(&resumed, state).unwrap();
        assert_eq!(run(case, &resumed, |runtime| runtime), first, "{}: {number}", case.name);
    }
}

#[test]
fn every_dag_gives_the_same_with_a_checkpoint() {
    let cases = cases();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if std::panic::catch_unwind(|| check(case)).is_err() {
                        failed.lock().unwrap().push(case.name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:?} of {} cases", cases.len());
}
