//! A call of the graph gets the owner: a value, an `Arc`, or what lives for `'static`.

use std::sync::Arc;

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> usize {
    text.split(' ').count()
}

#[dag]
fn process(text: &str) -> usize {
    count_words(text)
}

pub fn main() {
    assert_eq!(process::call("a b".to_owned()).run_blocking().unwrap(), 2);
    assert_eq!(process::call("a b").run_blocking().unwrap(), 2);
    let text: Arc<str> = Arc::from("a b");
    assert_eq!(process::call(Arc::clone(&text)).run_blocking().unwrap(), 2);
    assert_eq!(process::builder().text(text).call().run_blocking().unwrap(), 2);
}
