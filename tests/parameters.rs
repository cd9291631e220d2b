//! What a caller of a dag may pass for its parameters.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "what a reference to a number takes")]

use std::sync::Arc;

use dagger::{dag, task};

#[task]
fn count(text: &str) -> usize {
    text.len()
}

#[task]
fn sum(numbers: &[u64], start: &u64) -> u64 {
    start + numbers.iter().sum::<u64>()
}

#[dag]
fn count_text(text: &str) -> usize {
    count(text)
}

#[dag]
fn sum_all(numbers: &[u64], #[default(&100)] start: &u64) -> u64 {
    sum(numbers, start)
}

#[test]
fn a_parameter_by_reference_takes_what_can_be_shared() -> Result<(), dagger::Error> {
    let shared: Arc<str> = "abcd".into();
    assert_eq!(count_text::call("ab").run_blocking()?, 2);
    assert_eq!(count_text::call(String::from("abc")).run_blocking()?, 3);
    assert_eq!(count_text::call(Arc::clone(&shared)).run_blocking()?, 4);
    assert_eq!(&*shared, "abcd");

    assert_eq!(sum_all::call(vec![1, 2], 3).run_blocking()?, 6);
    assert_eq!(sum_all::call(&[1, 2], Arc::new(3)).run_blocking()?, 6);
    assert_eq!(sum_all::call(Arc::<[u64]>::from([1]), Arc::new(2)).run_blocking()?, 3);
    Ok(())
}

#[test]
fn a_builder_sets_parameters_by_name_and_leaves_out_defaults() -> Result<(), dagger::Error> {
    assert_eq!(sum_all::builder().numbers(vec![1, 2]).call().run_blocking()?, 103);
    assert_eq!(sum_all::builder().start(1).numbers(&[1, 2]).call().run_blocking()?, 4);
    assert_eq!(count_text::builder().text(String::from("abc")).call().run_blocking()?, 3);
    Ok(())
}

#[test]
fn the_description_shows_types_and_defaults_as_written() {
    let dag = sum_all::dag();
    let parameters = dag.parameters();
    assert_eq!(parameters[0].ty, "&[u64]");
    assert_eq!(parameters[0].default, None);
    assert_eq!(parameters[1].default.as_deref(), Some("&100"));
    assert_eq!(
        dag.to_string(),
        "dag sum-all(numbers: &[u64], start: &u64 = &100)\n  sum(numbers, start)\n  -> sum"
    );
}
