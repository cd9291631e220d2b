//! Signals that end a command: it stops, takes back what it has begun to write, and says so with its
//! exit status.
//!
//! 1. The command runs on a thread of its own, and the main thread waits for its end or a signal: a
//!    thread that reads from a pipe cannot be told.
//! 2. After a signal, runs are cancelled, and reading and writing fail where they go on.
//! 3. What does not end soon (a task that computes, a read from a pipe) ends with the process. Nothing
//!    is half-written then, since outputs are only moved to their places when all of them are there.

use std::pin::pin;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dagger_core::Error;
use futures_util::future::{Either, select};
use tokio::sync::Notify;

use super::error::Problem;
use crate::local::background;
use crate::sync::lock;
use crate::{Call, Runtime};

/// How long a command may take to end after a signal.
const PATIENCE: Duration = Duration::from_secs(2);

/// As much stack as a main thread has: values may be deep.
const STACK: usize = 8 << 20;

/// The signal that has come, if one has.
#[derive(Clone, Default)]
pub(super) struct Signals(Arc<Shared>);

#[derive(Default)]
struct Shared {
    signal: AtomicI32,
    came: Notify,
    last: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
}

impl Signals {
    /// Runs a command until its end, or until a signal and some more.
    pub(super) fn watch(
        command: impl FnOnce(&Self) -> Result<(), Problem> + Send + 'static,
    ) -> Result<(), Problem> {
        let signals = Self::default();
        let (ended, end) = mpsc::channel();
        signals.clone().listen(ended.clone())?;
        let inside = signals.clone();
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
            let result = command(&inside);
            let _ = ended.send(Some(result));
        });
        thread.map_err(|error| Problem::Failed(format!("cannot start a thread: {error}")))?;
        let lost = || Err(Problem::Failed("the thread of the command ended".to_owned()));
        match end.recv() {
            Ok(Some(result)) => result,
            Err(_) => lost(),
            Ok(None) => match end.recv_timeout(PATIENCE) {
                // It was faster.
                Ok(Some(Ok(()))) => Ok(()),
                Ok(_) => signals.check(),
                Err(RecvTimeoutError::Timeout) => {
                    signals.end();
                    signals.check()
                }
                Err(RecvTimeoutError::Disconnected) => lost(),
            },
        }
    }

    /// A problem once a signal has come.
    pub(super) fn check(&self) -> Result<(), Problem> {
        match self.0.signal.load(Ordering::Acquire) {
            0 => Ok(()),
            signal => Err(Problem::Interrupted(signal)),
        }
    }

    /// What is done where the command does not end soon after a signal.
    pub(super) fn at_last<T>(&self, work: impl FnOnce() -> T + Send + 'static) {
        lock(&self.0.last).push(Box::new(|| drop(work())));
    }

    fn end(&self) {
        std::mem::take(&mut *lock(&self.0.last)).into_iter().for_each(|work| work());
    }

    fn raise(&self, signal: i32) {
        self.0.signal.store(signal, Ordering::Release);
        self.0.came.notify_one();
    }

    #[cfg(unix)]
    fn listen(self, ended: mpsc::Sender<Option<Result<(), Problem>>>) -> Result<(), Problem> {
        use tokio::signal::unix::{SignalKind, signal};
        let background = tokio_runtime()?;
        let _tokio = background.enter();
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let mut stream = signal(kind)
                .map_err(|error| Problem::Failed(format!("cannot listen to signals: {error}")))?;
            let (signals, ended) = (self.clone(), ended.clone());
            background.spawn(async move {
                if stream.recv().await.is_some() {
                    signals.raise(kind.as_raw_value());
                    let _ = ended.send(None);
                }
            });
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn listen(self, ended: mpsc::Sender<Option<Result<(), Problem>>>) -> Result<(), Problem> {
        tokio_runtime()?.spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                self.raise(2);
                let _ = ended.send(None);
            }
        });
        Ok(())
    }

    /// Runs a call to its end; a signal cancels it.
    pub(super) fn run<T: Send + 'static>(
        &self,
        runtime: &Runtime,
        call: Call<T>,
    ) -> Result<T, Problem> {
        self.run_seen(runtime, call, |_| ())
    }

    /// The same where somebody wants to see the error.
    pub(super) fn run_seen<T: Send + 'static>(
        &self,
        runtime: &Runtime,
        call: Call<T>,
        failed: impl FnOnce(&Error),
    ) -> Result<T, Problem> {
        let background = tokio_runtime()?;
        let ended: Result<T, Error> = background.block_on(async {
            let run = runtime.start(call);
            match select(run, pin!(self.0.came.notified())).await {
                Either::Left((ended, _)) => ended,
                Either::Right(((), mut run)) => {
                    run.cancel();
                    run.await
                }
            }
        });
        let ended = ended.inspect_err(failed);
        self.check()?;
        Ok(ended?)
    }
}

/// The tokio runtime that the process keeps.
fn tokio_runtime() -> Result<&'static tokio::runtime::Runtime, Problem> {
    background().map_err(|error| Problem::Failed(format!("cannot start threads: {error}")))
}
