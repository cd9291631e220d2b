//! Every dag as a workflow, where there is an executor of manifests: Argo accepts it, and it gives what the
//! function returns.
//!
//! `DAGGER_ARGO_RUN` is the path
//! of a program that checks manifests as Argo does, and runs them with processes in place of pods:
//! `check [--argo VERSION] FILE…` and `run FILE --bin NAME=PATH --uid UID --timeout SECONDS --out DIRECTORY`.
//! `DAGGER_ARGO_CASE` is what the names of the cases begin with that are run.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger_cli_tests::{Case, cases};
use support::Program;

/// The executor of manifests, where there is one.
fn executor() -> Option<PathBuf> {
    let path = std::env::var_os("DAGGER_ARGO_RUN").map(PathBuf::from);
    if path.is_none() {
        eprintln!("no manifest is checked or run: DAGGER_ARGO_RUN is not set");
    }
    path
}

fn python(executor: &Path, words: &[&str]) -> Output {
    Command::new("python3").arg(executor).args(words).output().expect("the executor starts")
}

/// Nothing is found in a manifest, for any version.
fn check(executor: &Path, manifest: &Path) {
    for version in ["4.1", "3.7"] {
        let words = ["check", "--argo", version, manifest.to_str().unwrap()];
        let Output { status, stdout, stderr } = python(executor, &words);
        let said =
            String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        assert!(status.success() && !said.contains('['), "{}: {said}", manifest.display());
    }
}

/// Runs a manifest; gives the directory of its artifacts.
fn run(executor: &Path, manifest: &Path, to: &Path) -> PathBuf {
    let bin = format!("/dags={}", env!("CARGO_BIN_EXE_dags"));
    let words = [
        "run",
        manifest.to_str().unwrap(),
        "--bin",
        &bin,
        "--uid",
        "run",
        "--timeout",
        "280",
        "--out",
        to.to_str().unwrap(),
    ];
    let Output { status, stdout, stderr } = python(executor, &words);
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{}: {said}", manifest.display());
    to.join("run")
}

/// A case as a manifest, checked and run.
fn compare(case: &Case, executor: &Path, more: &[&str]) {
    let program = Program::of(case.name);
    let at = tempfile::tempdir().unwrap();
    let manifest = at.path().join("manifest.yaml");
    fs::write(&manifest, program.succeed(&support::argo::workflow(case, more))).unwrap();
    check(executor, &manifest);
    let bucket = run(executor, &manifest, &at.path().join("bucket"));
    let Some(expected) = (case.returned)() else { return };
    let result = fs::read_to_string(bucket.join("outputs/return_value"));
    assert_eq!(result.unwrap_or_default(), expected, "{}", case.name);
}

/// The cases that are asked for.
fn wanted(is_wanted: fn(&Case) -> bool) -> Vec<Case> {
    let only = std::env::var("DAGGER_ARGO_CASE").unwrap_or_default();
    let cases = cases().into_iter();
    cases.filter(|case| case.name.starts_with(&only) && is_wanted(case)).collect()
}

/// Does something with each, a few at a time; fails with the names of those that fail.
fn each<T: Sync>(all: &[T], name: fn(&T) -> &str, work: impl Fn(&T) + Sync) {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let work = std::panic::AssertUnwindSafe(|| work(one));
                    if std::panic::catch_unwind(work).is_err() {
                        failed.lock().unwrap().push(name(one));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:?} of {}", all.len());
}

#[test]
fn every_dag_gives_the_same_as_a_workflow() {
    let Some(executor) = executor() else { return };
    let cases = wanted(|_| true);
    each(&cases, |case| case.name, |case| compare(case, &executor, &[]));
}

#[test]
fn so_it_does_in_batches() {
    let Some(executor) = executor() else { return };
    let cases = wanted(|case| (case.dag)().nodes().iter().any(dagger::Node::is_mapped));
    each(&cases, |case| case.name, |case| compare(case, &executor, &["--batch", "2"]));
}

#[test]
fn nothing_is_found_in_the_manifests() {
    let Some(executor) = executor() else { return };
    let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests");
    let files: Vec<_> = fs::read_dir(manifests).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty());
    files.iter().for_each(|file| check(&executor, file));
}
