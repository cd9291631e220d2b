//! Observers that come with the library: a progress bar, a trace, a report.
//!
//! They see what every observer sees. None of them is in the way of a run: what takes time is done by a
//! thread beside it, or when the run is over.

#[cfg(any(feature = "report", feature = "trace"))]
mod calls;
#[cfg(any(feature = "report", feature = "trace"))]
mod file;
#[cfg(feature = "progress")]
mod progress;
#[cfg(feature = "report")]
mod report;
#[cfg(feature = "trace")]
mod trace;

#[cfg(feature = "progress")]
pub use progress::ProgressBar;
#[cfg(feature = "report")]
pub use report::RunReport;
#[cfg(feature = "trace")]
pub use trace::ChromeTrace;
