//! Files that are cut, changed and doubled are errors, or values, and never a panic.

use dagger_cli_tests::{cases, law};

/// A few files of every kind.
fn seeds() -> Vec<Vec<u8>> {
    let parameters = cases().into_iter().flat_map(|case| (case.parameters)());
    let mut seeds: Vec<_> = parameters.map(|(_, json)| json.into_bytes()).collect();
    let results = cases().into_iter().filter_map(|case| (case.returned)());
    seeds.extend(results.map(String::into_bytes).filter(|json| json.len() < 2000));
    seeds.extend([
        Vec::new(),
        vec![0; 9],
        vec![0xff; 40],
        // MessagePack: a list that is longer than the memory, and one that is deep.
        vec![0xdd, 0xff, 0xff, 0xff, 0xff, 1],
        vec![0x91; 5000],
        // JSON that is deep, and a number that is long.
        vec![b'['; 100_000],
        b"{\"Node\":[".repeat(10_000),
        b"9".repeat(10_000),
        b"1e999999999999".to_vec(),
        b"\"\\ud800\"".to_vec(),
    ]);
    seeds.sort();
    seeds.dedup();
    seeds
}

#[test]
fn whatever_a_file_has_a_node_reads_a_value_or_says_no() {
    let check = |file: &[u8]| {
        if let Err(fault) = law::check(file) {
            panic!("{fault}: {:?}", String::from_utf8_lossy(&file[..file.len().min(200)]));
        }
    };
    assert!(law::codecs().len() > 20);
    for seed in seeds() {
        check(&seed);
        // At every place of a short file, at some of a long one.
        let step = seed.len() / 30 + 1;
        for place in (0..seed.len()).step_by(step) {
            check(&seed[..place]);
            for byte in [0, b'"', b'[', 0xff] {
                let mut changed = seed.clone();
                changed[place] = byte;
                check(&changed);
            }
            let mut more = seed.clone();
            more.insert(place, seed[place]);
            check(&more);
        }
    }
}
