//! Any bytes as a file that a node reads: an error, or a value that stays what it is.

#![no_main]

use dagger_cli_tests::law;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    if let Err(fault) = law::check(file) {
        panic!("{fault}");
    }
});
