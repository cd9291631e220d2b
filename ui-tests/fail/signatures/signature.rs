//! A task that changes its parameter in place.

use dagger::{dag, task};

#[task]
fn shuffle(deck: &mut Vec<u8>) {
    deck.reverse();
}

#[task]
fn new_deck(cards: u8) -> Vec<u8> {
    (0..cards).collect()
}

#[dag]
fn deal(cards: u8) -> Vec<u8> {
    new_deck(cards)
}

fn main() {
    shuffle(&mut deal(52));
    let _ = deal::call(52).run_blocking();
}
