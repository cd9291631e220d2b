//! How far runs are, on a terminal or as lines of a log.
//!
//! What is counted anyway is read by a thread, the *ticker*, every now and then: so a map costs nothing
//! for its partitions. Only calls with a label tell of themselves, since their labels are shown.

mod bars;
mod labels;
mod lines;
mod look;
mod text;

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use console::Term;
use dagger_core::{Detail, Event, EventKind, Observer};

use crate::sync::lock;
use bars::Bars;
use labels::Labels;
use lines::Lines;
use look::Watched;

/// How often the ticker looks.
const TICK: Duration = Duration::from_millis(100);

/// The share of its time that the ticker may spend looking: a look at many nodes takes long.
const SHARE: u32 = 20;

/// An observer that shows how far runs are, on standard error.
///
/// There is a line for each node that is active, with its partitions: how many are done, are running, have
/// failed and were retried, how many are done in a second, how long it may take, and the labels of those that
/// are running and of those that failed.
///
/// It reads what is counted anyway, so a map costs nothing for its partitions, unless its task has a label.
///
/// # Examples
///
/// ```
/// use dagger_runtime::{ProgressBar, Runtime};
///
/// let runtime = Runtime::builder().observer(ProgressBar::auto()).build();
/// ```
pub struct ProgressBar {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Tells the ticker that a run has ended.
    ended: Condvar,
    labels: Labels,
}

struct State {
    screen: Screen,
    runs: Vec<Watched>,
    ticks: bool,
}

/// Where and how it is shown.
enum Screen {
    Bars(Bars),
    Lines(Lines),
}

impl ProgressBar {
    /// Bars, where standard error is a terminal; otherwise lines, once a run has taken five seconds.
    #[must_use]
    pub fn auto() -> Self {
        match Term::stderr().features().is_attended() {
            true => Self::bar(),
            false => Self::new(Screen::Lines(Lines::new(io::stderr(), lines::PATIENCE))),
        }
    }

    /// Bars, drawn anew in place, whatever standard error is. Nothing, of runs that are over at once.
    #[must_use]
    pub fn bar() -> Self {
        Self::new(Screen::Bars(Bars::new(Term::buffered_stderr())))
    }

    /// Lines, as in a log: when a run begins and ends, when a node has ended, and every five seconds for each
    /// node that is active.
    #[must_use]
    pub fn plain() -> Self {
        Self::plain_to(io::stderr())
    }

    /// The same lines, to somewhere else.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// use dagger_runtime::{ProgressBar, Runtime};
    ///
    /// # let directory = std::env::temp_dir().join(format!("dagger-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// # let path = directory.join("progress.log");
    /// let log = std::fs::File::create(path)?;
    /// let runtime = Runtime::builder().observer(ProgressBar::plain_to(log)).build();
    /// # std::fs::remove_dir_all(&directory)
    /// # }
    /// ```
    #[must_use]
    pub fn plain_to(to: impl Write + Send + 'static) -> Self {
        Self::new(Screen::Lines(Lines::new(to, Duration::ZERO)))
    }

    fn new(screen: Screen) -> Self {
        let state = Mutex::new(State { screen, runs: Vec::new(), ticks: false });
        Self {
            shared: Arc::new(Shared { state, ended: Condvar::new(), labels: Labels::default() }),
        }
    }
}

impl fmt::Debug for ProgressBar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressBar").finish_non_exhaustive()
    }
}

impl Observer for ProgressBar {
    fn observe(&self, event: &Event) {
        match (&event.kind, event.tally()) {
            (EventKind::Started, Some(tally)) => {
                self.shared.begin(Watched::new(event.run, event.dag(), Arc::clone(tally)));
            }
            (EventKind::Outdated { .. } | EventKind::NotKept { .. }, Some(_)) => {}
            (end, Some(_)) => self.shared.end(event.run, end),
            (_, None) => self.shared.labels.observe(event),
        }
    }

    fn detail(&self) -> Detail {
        Detail::Labels
    }
}

impl Shared {
    fn begin(self: &Arc<Self>, run: Watched) {
        let mut state = lock(&self.state);
        state.screen.begin(&run);
        state.runs.push(run);
        if !state.ticks {
            let shared = Arc::clone(self);
            let ticker = thread::Builder::new().name("dagger-progress".to_owned());
            // Without a thread, there is nothing to see before the end.
            state.ticks = ticker.spawn(move || shared.tick()).is_ok();
        }
    }

    fn end(&self, run: u64, end: &EventKind) {
        let mut state = lock(&self.state);
        let Some(at) = state.runs.iter().position(|watched| watched.number == run) else { return };
        let mut run = state.runs.remove(at);
        state.screen.end(&mut run, &self.labels, end);
        self.labels.forget(run.number);
        self.ended.notify_one();
    }

    /// Shows the runs until there is none any more.
    fn tick(&self) {
        let mut state = lock(&self.state);
        while !state.runs.is_empty() {
            let begin = Instant::now();
            let State { screen, runs, .. } = &mut *state;
            screen.show(runs, &self.labels);
            let pause = TICK.max(begin.elapsed() * SHARE);
            let waited =
                self.ended.wait_timeout_while(state, pause, |state| !state.runs.is_empty());
            state = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
        state.ticks = false;
    }
}

impl Screen {
    fn begin(&mut self, run: &Watched) {
        if let Self::Lines(lines) = self {
            lines.begin(run);
        }
    }

    fn show(&mut self, runs: &mut [Watched], labels: &Labels) {
        match self {
            Self::Bars(bars) => bars.show(runs, labels),
            Self::Lines(lines) => runs.iter_mut().for_each(|run| lines.show(run, labels)),
        }
    }

    fn end(&mut self, run: &mut Watched, labels: &Labels, end: &EventKind) {
        match self {
            Self::Bars(bars) => bars.end(run, end),
            Self::Lines(lines) => lines.end(run, labels, end),
        }
    }
}
