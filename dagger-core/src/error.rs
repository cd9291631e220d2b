//! What can go wrong when a graph is built or run.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

pub use crate::violation::{BuildError, Violation};

/// Any error that a task can end with: what its `E` in `Result<T, E>` is turned into.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// Where in a run something happened: a node, and the partition of it that a map was working on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The node's name in its dag.
    pub node: String,
    /// The index of the partition, counted from 0; `None` where the node is not a map.
    pub partition: Option<usize>,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node `{}`", self.node)?;
        match self.partition {
            Some(index) => write!(f, ", partition {index}"),
            None => Ok(()),
        }
    }
}

/// Why a run ended.
pub enum Cause {
    /// A task returned an error. The payload keeps the user's own type, so that a nested dag can
    /// hand it on as a value.
    Failed(Payload),
    /// A task panicked.
    Panicked {
        /// The panic's message, where it was a string.
        message: String,
    },
    /// The run was cancelled, or ended because another node failed first.
    Cancelled,
    /// The graph could not be built.
    Build(BuildError),
}

/// An error value that still knows its type.
pub struct Payload {
    value: Box<dyn Any + Send>,
    boxed: fn(Box<dyn Any + Send>) -> BoxError,
}

impl Payload {
    /// Wraps an error of the user's.
    pub fn new<E: Into<BoxError> + Send + 'static>(error: E) -> Self {
        Self {
            value: Box::new(error),
            boxed: |value| match value.downcast::<E>() {
                Ok(error) => (*error).into(),
                Err(_) => "an error of an unexpected type".into(),
            },
        }
    }

    /// The error, if it is an `E`.
    ///
    /// # Errors
    ///
    /// Gives the payload back where the type is another.
    pub fn downcast<E: 'static>(self) -> Result<E, Self> {
        let boxed = self.boxed;
        match self.value.downcast::<E>() {
            Ok(error) => Ok(*error),
            Err(value) => Err(Self { value, boxed }),
        }
    }

    /// The error as the source of an [`Error`].
    #[must_use]
    pub fn into_source(self) -> BoxError {
        (self.boxed)(self.value)
    }
}

/// A failure on its way out of a run: the cause, and the frames it passed, innermost first.
pub struct Failure {
    /// Why.
    pub cause: Cause,
    /// The nodes it came out of, innermost first.
    pub frames: Vec<Frame>,
    /// The partition of the node that it is coming out of.
    pub partition: Option<usize>,
}

impl Failure {
    /// A failure that has not passed any node yet.
    #[must_use]
    pub fn new(cause: Cause) -> Self {
        Self { cause, frames: Vec::new(), partition: None }
    }

    /// The failure of a task that returned `error`.
    pub fn of<E: Into<BoxError> + Send + 'static>(error: E) -> Self {
        Self::new(Cause::Failed(Payload::new(error)))
    }

    /// The failure of a task that panicked with `payload`.
    #[must_use]
    pub fn panicked(payload: &(dyn Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&'static str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a value that is not a string".to_owned());
        Self::new(Cause::Panicked { message })
    }

    /// The end of work that another failure, or a cancellation, made pointless.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(Cause::Cancelled)
    }

    /// Whether this is only the echo of another end of the run.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.cause, Cause::Cancelled)
    }

    /// Adds the node that the failure came out of.
    #[must_use]
    pub fn at(mut self, node: &str) -> Self {
        let partition = self.partition.take();
        self.frames.push(Frame { node: node.to_owned(), partition });
        self
    }
}

/// The error of a run: which dag, which node, which partition, and why.
///
/// Its [`source`](StdError::source) is the error that the task returned. The frames lead from the
/// node of the dag that was run, through nested dags, to the task that failed.
///
/// # Examples
///
/// ```
/// # fn explain(error: &dagger_core::Error) -> String {
/// match error.node() {
///     Some(node) => format!("{node} is to blame"),
///     None => error.to_string(),
/// }
/// # }
/// ```
pub struct Error {
    dag: String,
    frames: Vec<Frame>,
    reason: Reason,
}

enum Reason {
    Failed(BoxError),
    Panicked { message: String },
    Cancelled,
    Build(BuildError),
    Runtime(String),
    ByName(String),
}

impl Error {
    /// The error of a run of `dag` that ended with `failure`.
    #[must_use]
    pub fn new(dag: &str, failure: Failure) -> Self {
        let reason = match failure.cause {
            Cause::Failed(payload) => Reason::Failed(payload.into_source()),
            Cause::Panicked { message } => Reason::Panicked { message },
            Cause::Cancelled => Reason::Cancelled,
            Cause::Build(error) => Reason::Build(error),
        };
        let mut frames = failure.frames;
        frames.reverse();
        Self { dag: dag.to_owned(), frames, reason }
    }

    /// The error of a run that could not start, with what the runtime lacks.
    #[must_use]
    pub fn runtime(dag: &str, message: String) -> Self {
        Self { dag: dag.to_owned(), frames: Vec::new(), reason: Reason::Runtime(message) }
    }

    /// The error of values that go in or come out by name; the message follows the dag's name.
    pub(crate) fn by_name(dag: &str, message: String) -> Self {
        Self { dag: dag.to_owned(), frames: Vec::new(), reason: Reason::ByName(message) }
    }

    /// The name of the dag that was run.
    #[must_use]
    pub fn dag(&self) -> &str {
        &self.dag
    }

    /// The name of the node that failed: the innermost one, where dags are nested.
    ///
    /// `None` where the run ended before any node did, as when it was cancelled.
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        self.frames.last().map(|frame| frame.node.as_str())
    }

    /// The index of the partition that failed, counted from 0: that of the innermost map.
    #[must_use]
    pub fn partition(&self) -> Option<usize> {
        self.frames.iter().rev().find_map(|frame| frame.partition)
    }

    /// The way from the dag that was run to the node that failed, outermost first.
    #[must_use]
    pub fn path(&self) -> &[Frame] {
        &self.frames
    }

    /// Whether a task panicked.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        matches!(self.reason, Reason::Panicked { .. })
    }

    /// Whether the run was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.reason, Reason::Cancelled)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dag `{}`", self.dag)?;
        for frame in &self.frames {
            write!(f, ", {frame}")?;
        }
        match &self.reason {
            Reason::Failed(_) => write!(f, " failed"),
            Reason::Panicked { message } => write!(f, " panicked: {message}"),
            Reason::Cancelled => write!(f, " was cancelled"),
            Reason::Build(error) => write!(f, " cannot be built: {error}"),
            Reason::ByName(message) => write!(f, " {message}"),
            Reason::Runtime(message) => write!(f, " cannot run: {message}"),
        }
    }
}

impl fmt::Debug for Error {
    /// The message with its sources, one to a line: what `main` prints when it returns an error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut source = self.source();
        if source.is_some() {
            write!(f, "\n\nCaused by:")?;
        }
        while let Some(error) = source {
            write!(f, "\n    {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.reason {
            Reason::Failed(error) => Some(&**error),
            _ => None,
        }
    }
}
