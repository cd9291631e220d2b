//! Any text as an item: the macros do not panic, and what they write keeps the laws of every expansion.

#![no_main]

use dagger_expansion_tests::law;
use libfuzzer_sys::fuzz_target;

/// Longer texts only nest deeper, until the stack ends.
const LONGEST: usize = 1500;

fuzz_target!(|text: &[u8]| {
    if text.len() > LONGEST {
        return;
    }
    if let Err(fault) = law::check_file(text) {
        panic!("{fault}");
    }
});
