//! Random dags that are killed at random points, again and again, until one run comes to its end.
//!
//! `DURABLE_DAGS=1000` draws more of them; `DURABLE_SEED=7 DURABLE_DAGS=1` draws one again.

mod support;

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use dagger_durable_tests::journal::{Point, directory};
use fastrand::Rng;
use support::{Child, before_record, tasks};

/// The most that one dag is killed.
const KILLS: usize = 4;

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

/// How often the dag of a seed was killed.
fn check(seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let shape = format!("random:{seed}");
    let n = rng.u64(0..50);
    let place = directory();
    let undisturbed = Child::new(&shape, n, place.path());
    let output = undisturbed.run(None);
    assert!(output.status.success(), "{shape}: {output:?}");
    let journal = undisturbed.journal();
    let all = tasks(&journal);

    let place = directory();
    let child = Child::new(&shape, n, place.path());
    let (mut done, mut kills) = (Vec::<String>::new(), 0);
    loop {
        let point = if rng.bool() { Point::Task } else { Point::Disk };
        let most = if point == Point::Task { 2 * all.len() } else { 8 * journal.len() };
        let kill = (kills < KILLS).then(|| (point, rng.usize(..most + 2)));
        fs::remove_file(&child.journal).ok();
        let before = child.committed();
        let ended = child.run(kill);
        let journal = child.journal();
        let at = format!("{shape} {n}, killed {kills} times, last at {kill:?}");
        if ended.status.success() {
            assert_eq!(ended.stdout, output.stdout, "{at}");
            assert_eq!(ended.stderr, b"", "{at}");
            done.extend(tasks(&journal).into_iter().map(str::to_owned));
            done.sort_unstable();
            assert_eq!(done, all, "{at}: what was committed, and what the last run did");
            return kills;
        }
        assert_eq!(ended.status.code(), None, "{at}: {ended:?}");
        kills += 1;
        let committed = before_record(&journal, child.committed() - before);
        done.extend(tasks(committed).into_iter().map(str::to_owned));
    }
}

#[test]
fn random_dags_that_are_killed_at_random() {
    let first = variable("DURABLE_SEED", 1);
    let end = first + variable("DURABLE_DAGS", 40);
    let (next, kills, failed) = (AtomicU64::new(first), AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    match std::panic::catch_unwind(|| check(seed)) {
                        Ok(killed) => {
                            kills.fetch_add(killed as u64, Ordering::Relaxed);
                        }
                        Err(_) => failed.lock().unwrap().push(seed),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "seeds {failed:?}");
    let kills = kills.into_inner();
    assert!(kills >= end - first, "{kills} kills");
    eprintln!("{} dags, {kills} kills", end - first);
}
