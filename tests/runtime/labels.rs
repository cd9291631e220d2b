//! The labels of calls, in events and in errors.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::hand::node;
use dagger::{Call, Dag, Inputs, Runtime, dag, identity, task};
use tokio::sync::Barrier;

use crate::laws::{End, Observed, Recorder};
use crate::support::{quiet_panics, watched};

#[task]
fn words(text: String) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[task(label = word)]
fn length(word: String) -> Result<usize, String> {
    if word.contains('!') { Err(format!("{word:?} shouts")) } else { Ok(word.len()) }
}

#[task(label = format!("{word} ({})", word.len()), retry(limit = 1))]
async fn length_later(word: String, calls: &AtomicUsize) -> Result<usize, String> {
    tokio::task::yield_now().await;
    let is_first = word == "one" && calls.fetch_add(1, Ordering::SeqCst) == 0;
    if is_first || word.contains('!') { Err(format!("{word:?} shouts")) } else { Ok(word.len()) }
}

#[dag]
fn lengths(text: String) -> Result<Vec<usize>, String> {
    let mut lengths = Vec::new();
    for word in words(text) {
        lengths.push(length(word)?);
    }
    Ok(identity(lengths))
}

#[dag]
async fn lengths_later(text: String, calls: Arc<AtomicUsize>) -> Result<Vec<usize>, String> {
    let mut lengths = Vec::new();
    for word in words(text) {
        lengths.push(length_later(word, &calls).await?);
    }
    Ok(identity(lengths))
}

#[dag]
fn all_lengths(texts: Vec<String>) -> Result<Vec<Vec<usize>>, String> {
    let mut all = Vec::new();
    for text in identity(texts) {
        all.push(lengths(text)?);
    }
    Ok(identity(all))
}

#[dag]
fn only_length(word: String) -> Result<usize, String> {
    length(word)
}

struct Told {
    lines: Vec<String>,
    error: Option<dagger::Error>,
}

fn told<T: Send + 'static>(dag: &Dag, call: Call<T>) -> Told {
    quiet_panics();
    let recorder = Recorder::default();
    let runtime = Runtime::builder().compute_threads(1).observer(recorder.clone()).build();
    let result = watched("an observed run", move || runtime.run_blocking(call).map(|_| ()));
    let lines = recorder.lines();
    let log = recorder.take();
    let end = result.as_ref().map_or_else(End::Error, |()| End::Value);
    Observed { dag, log: &log, end }.obeys_all_laws(&|| dag.to_string());
    Told { lines, error: result.err() }
}

#[test]
fn events_have_the_label_of_their_call() {
    let told = told(&lengths::dag(), lengths::call("one three".to_owned()));
    let expected = [
        "node `length`, partition 0 (`one`): started",
        "node `length`, partition 0 (`one`): finished",
        "node `length`, partition 1 (`three`): started",
        "node `length`, partition 1 (`three`): finished",
    ];
    assert_eq!(told.lines[6..10], expected);
    assert!(told.error.is_none());
}

#[test]
fn errors_have_the_label_of_their_call() {
    let failed = told(&lengths::dag(), lengths::call("one two! three".to_owned()));
    let error = failed.error.expect("a word shouts");
    assert_eq!(error.label(), Some("two!"));
    assert_eq!(error.to_string(), "dag `lengths`, node `length`, partition 1 (`two!`) failed");
    assert!(failed.lines.contains(&"node `length`, partition 1 (`two!`): failed".to_owned()));

    let failed = told(&only_length::dag(), only_length::call("one!".to_owned()));
    let error = failed.error.expect("the word shouts");
    assert_eq!(error.to_string(), "dag `only-length`, node `length` (`one!`) failed");
    assert_eq!((error.label(), error.attempt()), (Some("one!"), None));

    let texts = ["a b", "c d!"].map(str::to_owned).to_vec();
    let failed = told(&all_lengths::dag(), all_lengths::call(texts));
    let error = failed.error.expect("a word shouts");
    let way = "dag `all-lengths`, node `lengths`, partition 1, node `length`, partition 1 (`d!`)";
    assert_eq!(error.to_string(), format!("{way} failed"));
    assert_eq!(error.path()[0].label, None);
}

#[test]
fn the_label_stays_over_the_attempts() {
    let calls = Arc::<AtomicUsize>::default();
    let told = told(&lengths_later::dag(), lengths_later::call("one two!".to_owned(), calls));
    let error = told.error.expect("a word shouts");
    assert_eq!((error.label(), error.attempt()), (Some("two! (4)"), Some(2)));
    // The other partition may be cancelled meanwhile.
    let of_failed =
        told.lines.iter().filter(|line| line.starts_with("node `length-later`, partition 1"));
    let expected = [
        "node `length-later`, partition 1 (`two! (4)`): started",
        "node `length-later`, partition 1 (`two! (4)`): will be retried: \"two!\" shouts",
        "node `length-later`, partition 1 (`two! (4)`), attempt 2: started",
        "node `length-later`, partition 1 (`two! (4)`), attempt 2: failed",
    ];
    assert_eq!(of_failed.collect::<Vec<_>>(), expected);
}

/// Who shouts fails once all are there; the others stay.
#[task(label = word)]
async fn meet(word: String, all: &Barrier) -> Result<usize, String> {
    all.wait().await;
    if word.contains('!') { Err(format!("{word:?} shouts")) } else { pending().await }
}

#[dag]
async fn meeting(text: String, all: Arc<Barrier>) -> Result<Vec<usize>, String> {
    let mut met = Vec::new();
    for word in words(text) {
        met.push(meet(word, &all).await?);
    }
    Ok(identity(met))
}

#[test]
fn what_is_cancelled_has_its_label() {
    let all = Arc::new(Barrier::new(2));
    let told = told(&meeting::dag(), meeting::call("one two!".to_owned(), all));
    assert_eq!(told.error.expect("a word shouts").label(), Some("two!"));
    let cancelled = "node `meet`, partition 0 (`one`): cancelled".to_owned();
    assert!(told.lines.contains(&cancelled), "{:#?}", told.lines);
}

#[test]
fn a_node_by_hand_has_the_label_of_its_task() {
    let mut dag = Dag::builder("by-hand");
    let text = dag.parameter::<String>("text");
    let words = dag.node(node!(words), (text,));
    let lengths = dag.try_map(node!(length), (words.each(),));
    let lengths = dag.node(node!(identity), (lengths,));
    dag.output("return_value", lengths);
    let dag = dag.build().expect("a graph");
    let inputs = Inputs::new().with("text", "one two!".to_owned());
    let told = told(&dag, Call::by_name(&dag, inputs));
    assert_eq!(told.error.expect("a word shouts").label(), Some("two!"));
    assert_eq!(told.lines[6], "node `length`, partition 0 (`one`): started");
}

#[task(label = assert_quiet(&word))]
fn shout(word: String) -> usize {
    word.len()
}

fn assert_quiet(word: &str) -> &str {
    assert!(!word.contains('!'), "{word} panics on purpose");
    word
}

#[task(label = word, retry(limit = 1))]
fn shout_again(word: Loud) -> usize {
    word.0.len()
}

/// Panics where it is cloned.
struct Loud(String);

impl Clone for Loud {
    fn clone(&self) -> Self {
        Self(assert_quiet(&self.0).to_owned())
    }
}

impl std::fmt::Display for Loud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[dag]
fn shouts(text: String) -> Vec<usize> {
    let mut lengths = Vec::new();
    for word in words(text) {
        lengths.push(shout(word));
    }
    identity(lengths)
}

#[task]
fn loud(text: String) -> Vec<Loud> {
    text.split(' ').map(|word| Loud(word.to_owned())).collect()
}

#[dag]
fn shouts_again(text: String) -> Vec<usize> {
    let mut lengths = Vec::new();
    for word in loud(text) {
        lengths.push(shout_again(word));
    }
    identity(lengths)
}

/// An attempt that fails before its label is known has started all the same.
#[test]
fn a_label_that_panics_and_a_clone_that_does_are_failures_of_their_call() {
    let text = || "one two!".to_owned();
    let failed = told(&shouts::dag(), shouts::call(text()));
    let error = failed.error.expect("a label panics");
    assert!(error.is_panic() && error.partition() == Some(1), "{error:?}");
    assert_eq!(error.label(), None);

    let told = told(&shouts_again::dag(), shouts_again::call(text()));
    assert!(told.error.is_none(), "the last attempt needs no clone");
    let retried = told.lines.iter().filter(|line| line.contains("will be retried")).count();
    assert_eq!(retried, 1, "{:?}", told.lines);
}
