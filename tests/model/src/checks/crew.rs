//! No node that is ready is left alone while there is somebody to do it, each is done once, the
//! owner of a run learns of its end, and nobody stays in a run that was stopped.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use shuttle::sync::atomic::{AtomicBool, Ordering};
use shuttle::sync::{Condvar, Mutex};
use shuttle::{future, thread};

use super::check;
use crate::crew::{Crew, Steps, Turn};

/// A graph. Each node waits for some of those before it.
#[derive(Clone, Default)]
struct Shape {
    waits_for: Vec<Vec<usize>>,
    /// Nodes that end only if all of them run at the same time.
    together: Vec<usize>,
    /// Nodes that suspend.
    suspend: Vec<usize>,
    /// Nodes that only the owner does.
    of_owner: Vec<usize>,
    /// The node that stops the run.
    stops: Option<usize>,
}

/// The nodes that have begun, of those that run together.
type Meeting = (Mutex<usize>, Condvar);

struct Graph {
    shape: Shape,
    missing: Vec<usize>,
    ready: VecDeque<usize>,
    ready_for_owner: VecDeque<usize>,
    for_helpers: VecDeque<usize>,
    begun: Vec<bool>,
    done: usize,
}

impl Graph {
    fn new(shape: Shape) -> Self {
        let missing: Vec<_> = shape.waits_for.iter().map(Vec::len).collect();
        let begun = vec![false; missing.len()];
        let (ready, for_helpers, of_owner) = Default::default();
        let mut graph =
            Self { shape, missing, ready, ready_for_owner: of_owner, for_helpers, begun, done: 0 };
        (0..graph.missing.len())
            .filter(|node| graph.missing[*node] == 0)
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|node| graph.make_ready(node));
        graph
    }

    fn make_ready(&mut self, node: usize) {
        match self.shape.of_owner.contains(&node) {
            true => self.ready_for_owner.push_back(node),
            false => self.ready.push_back(node),
        }
    }

    fn begin(&mut self, node: Option<usize>) -> Option<usize> {
        if let Some(node) = node {
            assert!(!std::mem::replace(&mut self.begun[node], true), "each begins once");
        }
        node
    }

    fn is_over(&self) -> bool {
        self.done == self.missing.len()
    }
}

struct Outside {
    shape: Shape,
    meeting: Meeting,
    is_stopped: AtomicBool,
    helpers: Mutex<Vec<thread::JoinHandle<()>>>,
}

impl Outside {
    /// Does a node. Whether it suspends instead.
    fn run(&self, node: usize) -> bool {
        if self.shape.together.contains(&node) {
            let (met, changed) = &self.meeting;
            let mut met = met.lock().unwrap();
            *met += 1;
            changed.notify_all();
            while *met < self.shape.together.len() {
                met = changed.wait(met).unwrap();
            }
        }
        if self.shape.stops == Some(node) {
            self.is_stopped.store(true, Ordering::Release);
        }
        self.shape.suspend.contains(&node)
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    /// Waits for the helpers there are, and those that these summon.
    fn join(&self) {
        loop {
            let helper = self.helpers.lock().unwrap().pop();
            match helper {
                Some(helper) => helper.join().unwrap(),
                None => return,
            }
        }
    }
}

impl Steps for Graph {
    type Node = usize;
    type Done = usize;
    type Later = usize;
    type Outside = Outside;

    fn ready(&self, outside: &Outside) -> (usize, usize) {
        if outside.is_stopped() { (0, 0) } else { (self.ready.len(), self.for_helpers.len()) }
    }

    fn wants_owner(&self) -> bool {
        self.is_over() || !self.ready_for_owner.is_empty()
    }

    fn take(&mut self, outside: &Outside) -> Option<usize> {
        if outside.is_stopped() {
            return None;
        }
        if let Some(begun) = self.for_helpers.pop_front() {
            return Some(begun);
        }
        let node = self.ready.pop_front();
        self.begin(node)
    }

    fn end(&mut self, node: usize, _: &Outside) {
        self.done += 1;
        for after in 0..self.missing.len() {
            if self.shape.waits_for[after].contains(&node) {
                self.missing[after] -= 1;
                if self.missing[after] == 0 {
                    self.make_ready(after);
                }
            }
        }
    }

    fn run(node: usize, outside: &Outside) -> Result<usize, usize> {
        if outside.run(node) { Err(node) } else { Ok(node) }
    }

    fn summon(crew: &Arc<Crew<Self>>) {
        let of = Arc::clone(crew);
        let helper = thread::spawn(move || help(&of));
        crew.outside.helpers.lock().unwrap().push(helper);
    }

    fn is_wanted_elsewhere(_: &Outside) -> bool {
        false
    }
}

fn help(crew: &Arc<Crew<Graph>>) {
    loop {
        match crew.help() {
            Turn::Leave => return,
            Turn::Yield => thread::yield_now(),
            Turn::Later(node) => {
                crew.go_away();
                thread::yield_now();
                crew.come_back();
                crew.end(node);
            }
        }
    }
}

fn crew_of(shape: Shape, limit: usize, computes: bool) -> Arc<Crew<Graph>> {
    let meeting = (Mutex::new(0), Condvar::new());
    let (is_stopped, helpers) = (AtomicBool::new(false), Mutex::default());
    let outside = Outside { shape: shape.clone(), meeting, is_stopped, helpers };
    let crew = Crew::new(Graph::new(shape), outside, limit, computes);
    crew.with(|_| ());
    crew
}

/// Runs it, with an owner that computes or not.
fn all_nodes_are_done(shape: Shape, limit: usize, computes: bool) {
    let crew = crew_of(shape, limit, computes);
    loop {
        let mut done = None;
        loop {
            let next = crew.with(|graph| {
                if let Some(done) = done.take() {
                    Steps::end(graph, done, &crew.outside);
                }
                let node = graph.ready_for_owner.pop_front();
                let node = node.or_else(|| if computes { graph.ready.pop_front() } else { None });
                graph.begin(node)
            });
            let Some(node) = next else { break };
            match Graph::run(node, &crew.outside) {
                Ok(node) => {
                    crew.count();
                    done = Some(node);
                }
                Err(node) => crew.with(|graph| graph.for_helpers.push_back(node)),
            }
        }
        if crew.with(|graph| graph.is_over()) {
            break;
        }
        if computes && crew.looks_on() {
            continue;
        }
        future::block_on(poll_fn(|task| {
            let is_wanted = crew
                .owner_works(|graph| graph.wants_owner() || (computes && !graph.ready.is_empty()));
            if is_wanted {
                return Poll::Ready(());
            }
            // Whoever ends the last node calls: shuttle reports a deadlock otherwise.
            crew.owner_waits(task.waker().clone());
            Poll::Pending
        }));
    }
    assert!(crew.close(|graph| graph.is_over()), "all nodes are done");
    crew.outside.join();
}

/// Runs it with an owner that waits for something else, until a helper stops the run.
fn helpers_leave(shape: Shape, limit: usize) {
    let crew = crew_of(shape, limit, false);
    // Shuttle reports who looks for ever.
    crew.outside.join();
    assert!(crew.outside.is_stopped(), "the node that stops the run has run");
}

fn check_shape(shape: &Shape) {
    for (limit, computes) in [(2, true), (2, false), (3, true), (1, false)] {
        if shape.together.len() <= limit {
            let shape = shape.clone();
            check(400, move || all_nodes_are_done(shape.clone(), limit, computes));
        }
    }
}

#[test]
fn of_a_fan_out() {
    let waits_for = vec![vec![], vec![0], vec![0], vec![0], vec![1, 2, 3]];
    check_shape(&Shape { waits_for, ..Shape::default() });
}

#[test]
fn of_two_layers() {
    let waits_for = vec![vec![], vec![], vec![0, 1], vec![0, 1]];
    check_shape(&Shape { waits_for, ..Shape::default() });
}

#[test]
fn whose_nodes_have_to_run_at_the_same_time() {
    let waits_for = vec![vec![], vec![0], vec![0], vec![1], vec![2, 3]];
    check_shape(&Shape { waits_for: waits_for.clone(), together: vec![1, 2], ..Shape::default() });
    check_shape(&Shape { waits_for, together: vec![3, 2], ..Shape::default() });
}

#[test]
fn some_of_which_suspend() {
    let waits_for = vec![vec![], vec![], vec![0], vec![1, 2]];
    check_shape(&Shape { waits_for: waits_for.clone(), suspend: vec![0, 2], ..Shape::default() });
    let together = vec![1, 2];
    check_shape(&Shape { waits_for, suspend: vec![1], together, ..Shape::default() });
}

#[test]
fn some_of_which_only_the_owner_does() {
    let waits_for = vec![vec![], vec![0], vec![0], vec![1, 2], vec![3]];
    check_shape(&Shape { waits_for, of_owner: vec![1, 3], ..Shape::default() });
}

#[test]
fn that_is_stopped_while_nodes_are_ready() {
    let shape = Shape { waits_for: vec![vec![]; 5], stops: Some(1), ..Shape::default() };
    for limit in [1, 2, 3] {
        let shape = shape.clone();
        check(400, move || helpers_leave(shape.clone(), limit));
    }
}
