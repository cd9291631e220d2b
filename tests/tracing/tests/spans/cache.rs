//! What a cache cannot keep.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use dagger::{Cache, Runtime, dag, task};

use crate::support::{lines, tree_of};

static PLACE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Puts a file in the place of the cache.
#[task]
fn block(n: u64) -> u64 {
    let place = PLACE.lock().unwrap().clone().unwrap();
    fs::remove_dir_all(&place).unwrap();
    fs::write(&place, "").unwrap();
    n
}

#[task(cache)]
fn square(n: u64) -> u64 {
    n * n
}

#[dag]
fn blocked(n: u64) -> u64 {
    let n = block(n);
    square(n)
}

#[test]
fn what_is_not_kept_is_an_event() {
    let place = tempfile::tempdir().unwrap();
    let cache = place.path().join("cache");
    *PLACE.lock().unwrap() = Some(cache.clone());
    let runtime = Runtime::builder().cache(Cache::new(&cache)).build();
    let tree = tree_of(|| assert_eq!(runtime.run_blocking(blocked::call(3)).unwrap(), 9));
    let expected = r#"
        run dag="blocked" outcome="finished"
          - WARN is not kept node="square" reason="the cache `@` cannot be written: Not a directory (os error 20)"
          node kind="task" node="block" outcome="finished"
          node kind="task" node="square" outcome="finished"
        "#;
    assert_eq!(tree, lines(&expected.replace('@', &cache.display().to_string())));
}
