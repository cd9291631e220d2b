//! A task that takes its parameter by value and returns the changed one.

use dagger::{dag, task};

#[task]
fn shuffle(mut deck: Vec<u8>) -> Vec<u8> {
    deck.reverse();
    deck
}

#[task]
fn new_deck(cards: u8) -> Vec<u8> {
    (0..cards).collect()
}

#[dag]
fn deal(cards: u8) -> Vec<u8> {
    shuffle(new_deck(cards))
}

pub fn main() {
    assert_eq!(deal(3), [2, 1, 0]);
    assert_eq!(deal::call(3).run_blocking().unwrap(), [2, 1, 0]);
}
