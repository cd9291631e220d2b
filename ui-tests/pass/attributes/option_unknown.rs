//! Every option, in every form.

use dagger::{Json, dag, task};

#[task(concurrency = 4)]
fn double(n: u64) -> u64 {
    2 * n
}

#[task(crate = dagger, concurrency = 1_000, argo(batch = 100))]
fn triple(n: u64) -> u64 {
    3 * n
}

#[task()]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[task(label = name)]
fn measure(name: &str) -> u64 {
    name.len() as u64
}

#[task(retry(limit = 3, backoff = "100ms..10s"), timeout = "30s", version = 2, cache, serializer = Json)]
fn halve(n: u64) -> u64 {
    n / 2
}

#[task(retry(backoff = " 1s .. 1m 30s", limit = 2), label = format!("{}-{n}", text.trim()))]
async fn repeat(text: &str, n: usize) -> String {
    text.repeat(n)
}

#[task(retry(limit = 1, backoff = "5ms"), timeout = "1h 30m", concurrency = 2, label = n + 1)]
fn square(n: u64) -> u64 {
    n * n
}

mod path {
    pub mod to {
        pub use ::dagger;
    }
}

#[dag(crate = path::to::dagger)]
fn add_twice(a: u64, b: u64) -> u64 {
    let added = add(a, b);
    add(added, b)
}

#[dag(crate = ::dagger)]
fn process(size: u64) -> u64 {
    let doubled = double(size);
    let tripled = triple(size);
    add(doubled, tripled)
}

#[dag]
async fn labelled(name: String) -> String {
    let length = measure(&name);
    let half = halve(length);
    let squared = square(half);
    repeat(&name, squared as usize).await
}

pub fn main() {
    assert_eq!(add_twice::call(3, 1).run_blocking().unwrap(), 5);
    assert_eq!(process(3), 15);
    assert_eq!(process::call(3).run_blocking().unwrap(), 15);
    assert_eq!(labelled::call("four".to_owned()).run_blocking().unwrap(), "four".repeat(4));
    let dag = labelled::dag();
    let options = |node: &str| dag.node(node).unwrap().options.clone();
    let (retry, millis) =
        (options("repeat").retry.unwrap(), |time: std::time::Duration| time.as_millis());
    assert_eq!((retry.limit, millis(retry.backoff), millis(retry.longest)), (2, 1_000, 90_000));
    let retry = options("square").retry.unwrap();
    assert_eq!((retry.limit, millis(retry.backoff), millis(retry.longest)), (1, 5, 5));
    assert_eq!(options("square").timeout.map(millis), Some(5_400_000));
    assert_eq!(options("square").label, Some("n + 1"));
    assert_eq!((options("halve").version, options("halve").cache), (Some(2), true));
}
