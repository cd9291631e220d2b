//! Graphs that are built when the program runs: what one would write without dagger, which is boxed
//! closures over slots of numbers; and how a dag runs by name.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use dagger::{Call, Dag, Inputs};

use crate::pools::Workers;

/// Runs a dag of one parameter and one output.
pub(crate) fn run_by_name<T: Send + 'static>(dag: &Dag, parameter: &'static str, value: T) -> u64 {
    let call = Call::by_name(dag, Inputs::new().with(parameter, value));
    let mut outputs = call.run_blocking().expect("the run succeeds");
    outputs.take("return_value").expect("the dag has an output")
}

/// Makes a node's number of those in the slots.
type Work = Box<dyn Fn(&Slots) -> u64 + Send + Sync>;

/// The numbers of the nodes.
pub(crate) struct Slots(Vec<AtomicU64>);

impl Slots {
    pub(crate) fn get(&self, node: usize) -> u64 {
        self.0[node].load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub(crate) struct Graph {
    names: HashSet<String>,
    nodes: Vec<Node>,
}

struct Node {
    work: Work,
    successors: Vec<usize>,
    waits_for: usize,
}

impl Graph {
    /// Adds a node that waits for earlier ones.
    pub(crate) fn add<W>(&mut self, name: String, waits_for: &[usize], work: W) -> usize
    where
        W: Fn(&Slots) -> u64 + Send + Sync + 'static,
    {
        assert!(self.names.insert(name), "names are unique");
        let node = self.nodes.len();
        waits_for.iter().for_each(|earlier| self.nodes[*earlier].successors.push(node));
        let (work, successors) = (Box::new(work), Vec::new());
        self.nodes.push(Node { work, successors, waits_for: waits_for.len() });
        node
    }

    /// Runs all nodes on this thread. Gives the number of the last one.
    pub(crate) fn run_here(&self) -> u64 {
        let run = Run::new(self);
        let mut ready = self.sources();
        while let Some(node) = ready.pop() {
            run.from(self, node, |node| ready.push(node));
        }
        run.slots.get(self.nodes.len() - 1)
    }

    /// Runs all nodes on the workers. Gives the number of the last one.
    pub(crate) fn run_on(self: &Arc<Self>, workers: &Workers) -> u64 {
        let (graph, run) = (Arc::clone(self), Arc::new(Run::new(self)));
        let queue = Arc::new(Queue::new(self.sources(), workers.count()));
        let work = {
            let run = Arc::clone(&run);
            move || {
                while let Some(node) = queue.pop() {
                    run.from(&graph, node, |node| queue.push(node));
                }
            }
        };
        workers.all(work);
        run.slots.get(self.nodes.len() - 1)
    }

    /// The nodes that wait for nothing.
    fn sources(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].waits_for == 0).collect()
    }
}

/// One run of a graph.
struct Run {
    slots: Slots,
    waits_for: Vec<AtomicUsize>,
}

impl Run {
    fn new(graph: &Graph) -> Self {
        let slots = graph.nodes.iter().map(|_| AtomicU64::new(0)).collect();
        let waits_for = graph.nodes.iter().map(|node| AtomicUsize::new(node.waits_for)).collect();
        Self { slots: Slots(slots), waits_for }
    }

    /// Runs a node, and goes on with one that this makes ready. The others are handed over.
    fn from(&self, graph: &Graph, start: usize, mut hand_over: impl FnMut(usize)) {
        let mut next = Some(start);
        while let Some(index) = next.take() {
            let node = &graph.nodes[index];
            self.slots.0[index].store((node.work)(&self.slots), Ordering::Relaxed);
            for successor in &node.successors {
                // What the nodes before it stored has to be there.
                if self.waits_for[*successor].fetch_sub(1, Ordering::AcqRel) == 1
                    && let Some(other) = next.replace(*successor)
                {
                    hand_over(other);
                }
            }
        }
    }
}

/// What is ready, for all workers.
struct Queue {
    state: Mutex<Ready>,
    changed: Condvar,
    workers: usize,
}

struct Ready {
    nodes: Vec<usize>,
    idle: usize,
}

impl Queue {
    fn new(nodes: Vec<usize>, workers: usize) -> Self {
        let state = Mutex::new(Ready { nodes, idle: 0 });
        Self { state, changed: Condvar::new(), workers }
    }

    fn lock(&self) -> MutexGuard<'_, Ready> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, node: usize) {
        let mut state = self.lock();
        state.nodes.push(node);
        if state.idle > 0 {
            self.changed.notify_one();
        }
    }

    /// Waits for a node; `None` when all workers wait, and so nothing is left to do.
    fn pop(&self) -> Option<usize> {
        let mut state = self.lock();
        state.idle += 1;
        loop {
            if let Some(node) = state.nodes.pop() {
                state.idle -= 1;
                return Some(node);
            }
            if state.idle == self.workers {
                self.changed.notify_all();
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
