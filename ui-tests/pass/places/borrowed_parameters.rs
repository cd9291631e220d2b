//! Dags with borrowed parameters: for any lifetime, with a name and without.

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> usize {
    text.split(' ').count()
}

#[task]
fn sum(numbers: &[usize]) -> usize {
    numbers.iter().sum()
}

#[dag]
fn count(text: &str) -> usize {
    count_words(text)
}

#[dag]
fn process<'a>(text: &'a str, numbers: &'a [usize]) -> usize {
    let words = count(text);
    let sum = sum(numbers);
    add(words, sum)
}

#[task]
fn add(a: usize, b: usize) -> usize {
    a + b
}

#[dag]
fn weekly(text: String, numbers: Vec<usize>) -> usize {
    process(&text, &numbers)
}

pub fn main() {
    assert_eq!(weekly("a b".to_owned(), vec![1, 2]), 5);
    let call = weekly::call("a b".to_owned(), vec![1, 2]);
    assert_eq!(call.run_blocking().unwrap(), 5);
}
