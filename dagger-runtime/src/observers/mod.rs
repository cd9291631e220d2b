//! Observers that come with the library: a progress bar, a trace, a report.
//!
//! They see what every observer sees. None of them is in the way of a run: what takes time is done by a
//! thread beside it, or when the run is over.

#[cfg(feature = "trace")]
mod calls;
#[cfg(feature = "trace")]
mod file;
#[cfg(feature = "progress")]
mod progress;
#[cfg(feature = "trace")]
mod trace;

#[cfg(feature = "progress")]
pub use progress::ProgressBar;
#[cfg(feature = "trace")]
pub use trace::ChromeTrace;
