//! How nodes are connected, and what an argument may be.
#![allow(unused_qualifications, reason = "a node is called by its name here, by its path there")]

use std::collections::BTreeMap;
use std::time::Duration;

use dagger::{dag, task};

use crate::support::{law, record};

const FACTOR: u64 = 10;

mod limits {
    pub(super) const TOP: u64 = 97;
}

#[task]
fn double(n: u64) -> u64 {
    record!("double", n);
    n.wrapping_mul(2)
}

#[task]
fn increment(n: u64) -> u64 {
    record!("increment", n);
    n.wrapping_add(1)
}

#[task]
fn square(n: u64) -> u64 {
    record!("square", n);
    n.wrapping_mul(n)
}

#[task]
fn add(left: u64, right: u64) -> u64 {
    record!("add", left, right);
    left.wrapping_add(right)
}

#[task]
fn subtract(left: u64, right: u64) -> u64 {
    record!("subtract", left, right);
    left.wrapping_sub(right)
}

#[task]
fn count_up(end: u64) -> Vec<u64> {
    record!("count_up", end);
    (1..=end).collect()
}

#[task]
fn total(numbers: &[u64]) -> u64 {
    record!("total", numbers);
    numbers.iter().sum()
}

#[task]
fn label(n: u64) -> String {
    record!("label", n);
    format!("no. {n}")
}

#[task]
fn join(left: &str, right: &str) -> String {
    record!("join", left, right);
    format!("{left} {right}")
}

#[dag]
fn chain(seed: u64) -> u64 {
    let doubled = double(seed);
    let squared = square(doubled);
    increment(squared)
}

#[dag]
fn diamond(seed: u64) -> u64 {
    let root = double(seed);
    let left = increment(root);
    let right = square(root);
    subtract(right, left)
}

/// Two nodes of the same task with the same argument are two calls.
#[dag]
fn repeated(seed: u64) -> u64 {
    let once = double(seed);
    let again = double(seed);
    let twice = double(once);
    let sum = add(again, twice);
    add(sum, sum)
}

#[dag]
fn nested_calls(seed: u64) -> u64 {
    total(&count_up(double(seed)))
}

#[dag]
fn nested_beside_plain(seed: u64) -> u64 {
    add(square(increment(seed)), subtract(double(seed), seed))
}

/// Every name is bound again, one with another type.
#[dag]
fn shadowing(value: u64) -> String {
    let value = double(value);
    let value = increment(value);
    let value = label(value);
    join(&value, &value)
}

/// A binding may have the name of the task that gives it.
#[dag]
fn named_like_its_task(end: u64) -> u64 {
    let count_up = count_up(end);
    let total = total(&count_up);
    double(total)
}

#[task]
fn optimize(n: u64) -> u64 {
    record!("optimize", n);
    n.wrapping_sub(1)
}

#[task]
fn used(n: u64) -> u64 {
    record!("used", n);
    n.wrapping_add(3)
}

/// A task may have the name of an attribute of the language, and that of a generated function.
#[dag]
fn named_like_an_attribute(n: u64) -> u64 {
    used(optimize(n))
}

#[task]
fn describe(times: u64, word: &str, sign: char, flags: [bool; 2], limit: Option<i8>) -> String {
    record!("describe", times, word, sign, flags, limit);
    format!("{times} {word} {sign} {flags:?} {limit:?}")
}

#[dag]
fn hard_coded() -> String {
    let words = describe(3, "times", '!', [true, false], None);
    let others = describe(FACTOR, "tens", '\u{e9}', [false; 2], Some(-1));
    join(&words, &others)
}

#[dag]
fn constants(seed: u64) -> u64 {
    let scaled = add(seed, FACTOR);
    let capped = subtract(limits::TOP, scaled);
    add(capped, u64::MAX)
}

#[dag]
fn arithmetic(base: u64, exponent: u64) -> u64 {
    let next = add(base * 2, exponent + 1);
    let rest = add(next % 7, (next / 3) << 1);
    subtract(rest, !next & 0xff)
}

#[task]
fn choose(condition: bool, n: u64) -> u64 {
    record!("choose", condition, n);
    if condition { n } else { 0 }
}

#[dag]
fn comparisons(low: u64, high: u64) -> u64 {
    let middle = add(low, high);
    let inside = choose(low < middle && middle != high, middle);
    choose(!(inside == 0 || low > high), inside)
}

#[dag]
fn slices(end: u64) -> u64 {
    let numbers = count_up(end);
    let tail = total(&numbers[1..]);
    let head = total(&numbers[..2]);
    let both = add(head, tail);
    add(both, numbers[0])
}

#[task]
fn index_words(text: String) -> BTreeMap<String, Vec<u64>> {
    record!("index_words", text);
    let mut index = BTreeMap::<String, Vec<u64>>::new();
    for (position, word) in (0..).zip(text.split(' ')) {
        index.entry(word.to_owned()).or_default().push(position);
    }
    index
}

#[dag]
fn indexes(text: String) -> u64 {
    let index = index_words(text);
    let keys = total(&index["key"]);
    let first = increment(index["lock"][0]);
    add(keys, first)
}

#[derive(Debug)]
struct Wrapped(u64);

#[task]
fn wait(n: Option<u64>, pause: Duration, wrapped: Wrapped) -> u64 {
    record!("wait", n, pause, wrapped);
    n.unwrap_or_default() + pause.as_secs() + wrapped.0
}

/// Capitalised names and functions of types are expressions, not nodes.
#[dag]
fn constructors(small: u8) -> u64 {
    let n = increment(u64::from(small));
    let waited = wait(Some(n), Duration::from_secs(3), Wrapped(n));
    let longer = wait(None, Duration::from_secs(waited), Wrapped(u64::default()));
    add(<u64 as From<u8>>::from(small), u64::max(waited, longer))
}

#[derive(Debug, Clone, PartialEq)]
struct Params {
    depth: u32,
    width: u32,
    name: String,
}

#[task]
fn load_params(name: String) -> Params {
    record!("load_params", name);
    Params { depth: 1, width: 2, name }
}

#[task]
fn apply(params: Params) -> String {
    record!("apply", params);
    format!("{}: {} x {}", params.name, params.depth, params.width)
}

#[dag]
fn struct_update(name: String, depth: u32) -> String {
    let base = load_params(name);
    apply(Params { depth, ..base })
}

#[dag]
fn struct_of_fields(name: String, depth: u32) -> String {
    let base = load_params(name);
    apply(Params { depth: base.depth + depth, width: base.width, name: base.name })
}

#[task]
fn measure(name: &str, length: usize, shown: String) -> String {
    record!("measure", name, length, shown);
    format!("{name}/{length}/{shown}")
}

#[dag]
fn formatted(name: String, n: u64) -> String {
    let doubled = double(n);
    let tag = label(doubled);
    measure(&format!("{name}-{n}"), name.len(), format!("{tag}:{doubled:>4}:{}", name.trim()))
}

#[task]
fn sum_bytes(bytes: Vec<u8>) -> u64 {
    record!("sum_bytes", bytes);
    bytes.into_iter().map(u64::from).sum()
}

/// `into_bytes` moves its receiver, the others borrow it.
#[dag]
fn methods(n: u64) -> u64 {
    let name = label(n);
    let sized = measure(name.trim_start_matches("no. "), name.chars().count(), name.to_uppercase());
    let left = sum_bytes(name.into_bytes());
    let right = sum_bytes(sized.replace('/', "-").into_bytes());
    add(left, right.pow(2))
}

#[derive(Debug)]
struct Pair {
    left: u64,
    right: u64,
}

#[task]
fn gather(list: Vec<u64>, array: [u64; 2], tuple: (u64, String), pair: Pair) -> String {
    record!("gather", list, array, tuple, pair);
    format!("{list:?} {array:?} {tuple:?} {} {}", pair.left, pair.right)
}

#[dag]
fn static_gather(seed: u64) -> String {
    let left = double(seed);
    let right = square(seed);
    let name = label(seed);
    gather(vec![left, right, 7], [right, left], (left, name), Pair { left, right })
}

#[task]
fn lengths(names: Vec<String>) -> Vec<usize> {
    record!("lengths", names);
    names.iter().map(String::len).collect()
}

/// A gather moves what is not `Copy`.
#[dag]
fn gather_by_move(seed: u64) -> Vec<usize> {
    let first = label(seed);
    let second = label(seed * 1000);
    lengths(vec![first, second, String::from("third")])
}

#[task]
fn generate_numbers(seed: u64) -> Vec<u64> {
    record!("generate_numbers", seed);
    (seed..seed + 4).collect()
}

#[task]
fn raise_number(n: u64, exponent: u32) -> u64 {
    record!("raise_number", n, exponent);
    n.pow(exponent)
}

#[task]
fn sum_numbers(numbers: Vec<u64>) -> u64 {
    record!("sum_numbers", numbers);
    numbers.iter().sum()
}

#[dag]
fn map_reduce_pipeline(seed: u64, #[default(2)] exponent: u32) -> u64 {
    let mut raised = Vec::new();
    for n in generate_numbers(seed) {
        raised.push(raise_number(n, exponent));
    }
    sum_numbers(raised)
}

#[dag]
fn several_defaults(
    seed: u64,
    #[default(FACTOR * 2)] factor: u64,
    #[default(String::from("total"))] title: String,
) -> String {
    let sum = add(seed, factor);
    join(&title, &label(sum))
}

#[task]
fn prepare(n: u64) {
    record!("prepare", n);
}

#[task]
fn after(ready: (), n: u64) -> u64 {
    record!("after", ready, n);
    n + 1
}

/// A `()` orders two nodes that share nothing else.
#[dag]
#[allow(clippy::let_unit_value, reason = "the `()` is what the next node waits for")]
fn ordered_by_unit(n: u64) -> u64 {
    let ready = prepare(n);
    after(ready, n)
}

/// The first node gives what nobody uses, and the second gives nothing; both run.
#[dag]
fn unused_outputs(n: u64) -> u64 {
    double(n);
    prepare(n);
    increment(n)
}

#[task]
fn r#type(r#fn: u64) -> u64 {
    record!("type", r#fn);
    r#fn + 1
}

#[dag]
fn r#match(r#in: u64) -> u64 {
    let r#final = r#type(r#in);
    r#type(r#final + r#in)
}

mod steps {
    use crate::support::record;
    use dagger::{dag, task};

    #[task]
    pub(super) fn clean(text: &str) -> String {
        record!("steps::clean", text);
        text.trim().to_owned()
    }

    pub(super) mod deep {
        use super::record;

        #[dagger::task]
        pub(crate) fn shout(text: &str) -> String {
            record!("steps::deep::shout", text);
            text.to_uppercase()
        }
    }

    #[dag]
    pub(super) fn tidy(text: String) -> String {
        let cleaned = self::clean(&text);
        let again = super::join(&cleaned, &text);
        crate::basics::steps::clean(&again)
    }
}

#[dag]
fn called_by_path(text: String) -> String {
    let cleaned = steps::clean(&text);
    let loud = steps::deep::shout(&cleaned);
    self::join(&cleaned, &loud)
}

#[test]
fn items_of_a_function_body() {
    #[task]
    fn halve(n: u64) -> u64 {
        record!("halve", n);
        n / 2
    }

    #[dag]
    fn quarter(n: u64) -> u64 {
        let half = halve(n);
        halve(half)
    }

    law!([quarter], (100));
    law!([quarter], (3));
}

mod law {
    use crate::support::oracle;

    oracle!(super::chain, (0), (7));
    oracle!(super::diamond, (0), (7));
    oracle!(super::repeated, (3));
    oracle!(super::nested_calls, (0), (5));
    oracle!(super::nested_beside_plain, (4));
    oracle!(super::shadowing, (4));
    oracle!(super::named_like_its_task, (4));
    oracle!(super::named_like_an_attribute, (4));
    oracle!(super::hard_coded, ());
    oracle!(super::constants, (5));
    oracle!(super::arithmetic, (3, 4), (0, 0));
    oracle!(super::comparisons, (1, 2), (0, 2));
    oracle!(super::slices, (2), (9));
    oracle!(super::indexes, ("key lock key".to_owned()));
    oracle!(super::constructors, (0), (255));
    oracle!(super::struct_update, ("tree".to_owned(), 9));
    oracle!(super::struct_of_fields, ("tree".to_owned(), 9));
    oracle!(super::formatted, (" oak ".to_owned(), 12));
    oracle!(super::methods, (4711));
    oracle!(super::static_gather, (5));
    oracle!(super::gather_by_move, (5));
    oracle!(super::map_reduce_pipeline, (1, 2), (3, 0));
    oracle!(super::several_defaults, (1, 2, "sum".to_owned()));
    oracle!(super::ordered_by_unit, (8));
    oracle!(super::unused_outputs, (8));
    oracle!(super::r#match, (8));
    oracle!(super::steps::tidy, ("  a b ".to_owned()));
    oracle!(super::called_by_path, ("  a b ".to_owned()));
}
