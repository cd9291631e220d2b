//! Runs the graph of a [dagger](https://docs.rs/dagger) pipeline on tokio.
//!
//! Users come to this crate through the facade crate `dagger`. A run is one future, [`Running`]: it
//! polls async nodes in place, hands computation to a pool, and ends everything it started when it
//! fails or is dropped. The design is described in [`local`].

#[cfg(feature = "argo")]
pub mod argo;
#[cfg(any(feature = "report", feature = "trace"))]
mod beside;
mod call;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "checkpoint")]
mod durable;
#[cfg(not(feature = "checkpoint"))]
#[path = "not_durable.rs"]
mod durable;
mod events;
pub mod local;
mod observers;
mod runtime;
mod sync;

pub use call::{Call, Running};
#[cfg(feature = "checkpoint")]
pub use durable::{Cache, DiskEvent, Explained, Report, explain};
pub use events::{EventSender, Events, events};
#[cfg(feature = "trace")]
pub use observers::ChromeTrace;
#[cfg(feature = "progress")]
pub use observers::ProgressBar;
#[cfg(feature = "report")]
pub use observers::RunReport;
pub use runtime::{RunHandle, Runtime, RuntimeBuilder};
