//! The time of a run: that of the tokio runtime it was started in.

use std::hint;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dagger_core::exec::plan::BoxFuture;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time;

/// The time, and timers.
pub(super) struct Clock {
    tokio: Option<Handle>,
    /// Whether the time of the runtime is paused, as it is for tests.
    is_paused: OnceLock<bool>,
    /// Whether the runtime was found to have no timers.
    has_no_timers: AtomicBool,
}

impl Clock {
    pub(super) fn new(tokio: Option<Handle>) -> Self {
        Self { tokio, is_paused: OnceLock::new(), has_no_timers: AtomicBool::new(false) }
    }

    /// The runtime; `None` outside of tokio: async workers are polled in place then.
    pub(super) fn tokio(&self) -> Option<&Handle> {
        self.tokio.as_ref()
    }

    /// The time, which stands still where it was paused when somebody first asked.
    pub(super) fn now(&self) -> Instant {
        let Some(tokio) = &self.tokio else { return Instant::now() };
        match self.is_paused.get_or_init(|| is_paused(tokio)) {
            true => now_of(tokio),
            // The same without two writes to what all threads share.
            false => Instant::now(),
        }
    }

    /// A timer of the runtime; of another one, where that has none.
    pub(super) fn sleep(&self, time: Duration) -> BoxFuture<()> {
        if let Some(tokio) = &self.tokio
            && !self.has_no_timers.load(Ordering::Relaxed)
        {
            let _entered = tokio.enter();
            // There is no way to ask first.
            if let Ok(timer) = catch_unwind(AssertUnwindSafe(|| time::sleep(time))) {
                return Box::pin(timer);
            }
            self.has_no_timers.store(true, Ordering::Relaxed);
        }
        match background() {
            Ok(background) => {
                let _entered = background.enter();
                Box::pin(time::sleep(time))
            }
            // A process that can start no thread has run nothing that could ask for the time.
            Err(_) => Box::pin(std::future::pending()),
        }
    }
}

fn now_of(tokio: &Handle) -> Instant {
    let _entered = tokio.enter();
    time::Instant::now().into_std()
}

/// Whether the time of a runtime stands still; there is no way to ask.
fn is_paused(tokio: &Handle) -> bool {
    let before = now_of(tokio);
    let begin = Instant::now();
    while Instant::now() == begin {
        hint::spin_loop();
    }
    now_of(tokio) == before
}

/// A tokio runtime of the library's own, kept for the life of the process: behind `run_blocking`, and
/// for timers where the caller has none.
pub(crate) fn background() -> Result<&'static Runtime, String> {
    static BACKGROUND: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let runtime = BACKGROUND.get_or_init(|| {
        Builder::new_multi_thread()
            .thread_name("dagger-async")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    });
    runtime.as_ref().map_err(Clone::clone)
}
