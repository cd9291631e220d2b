//! What can go wrong when a graph is built or run.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use crate::panic_place;
pub use crate::violation::{BuildError, Violation};

/// Any error that a task can end with: what its `E` in `Result<T, E>` is turned into.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// Where in a run something happened: a node, and the partition of it that a map was working on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// The node's name in its dag.
    pub node: String,
    /// The index of the partition, counted from 0; `None` where the node is not a map.
    pub partition: Option<usize>,
    /// The label of the call, where its task has one.
    pub label: Option<Arc<str>>,
    /// The attempt, counted from 1; `None` where the task has no further ones.
    pub attempt: Option<u32>,
}

impl Frame {
    pub(crate) fn new(node: &str, partition: Option<usize>) -> Self {
        Self { node: node.to_owned(), partition, label: None, attempt: None }
    }
}

impl fmt::Display for Frame {
    /// All of it: ``node `fetch`, partition 3 (`fr`), attempt 2``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node `{}`", self.node)?;
        if let Some(index) = self.partition {
            write!(f, ", partition {index}")?;
        }
        if let Some(label) = &self.label {
            write!(f, " (`{label}`)")?;
        }
        if let Some(attempt) = self.attempt {
            write!(f, ", attempt {attempt}")?;
        }
        Ok(())
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
        /// The file, line and column, where the panic hook was told.
        place: Option<String>,
    },
    /// An attempt took longer than the task's `timeout`.
    TimedOut(Duration),
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

/// A failure on its way out of a run.
///
/// It is one pointer wide, since every call of a map has room for one.
pub struct Failure(Box<Details>);

/// The cause of a failure, and the frames it passed.
pub struct Details {
    /// Why.
    pub cause: Cause,
    /// The nodes it came out of, innermost first.
    pub frames: Vec<Frame>,
    /// The call of the node that it is coming out of.
    pub call: FailedCall,
    /// The failures of other partitions of the same map, where all of them were asked for.
    pub others: Vec<Failure>,
}

/// What is known of the failure of a nested dag beside its error, which may become a value: the way to
/// the node, and the failures of other partitions.
#[derive(Default)]
pub struct Trail {
    frames: Vec<Frame>,
    others: Vec<Failure>,
}

impl Trail {
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.others.is_empty()
    }
}

/// Which call of a node failed.
#[derive(Default)]
pub struct FailedCall {
    /// The partition.
    pub partition: Option<usize>,
    /// The call's label.
    pub label: Option<Arc<str>>,
    /// The attempt, where there could have been several.
    pub attempt: Option<u32>,
}

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl Failure {
    /// A failure that has not passed any node yet.
    #[must_use]
    pub fn new(cause: Cause) -> Self {
        let (frames, call, others) = (Vec::new(), FailedCall::default(), Vec::new());
        Self(Box::new(Details { cause, frames, call, others }))
    }

    /// The failure of a task that returned `error`.
    pub fn of<E: Into<BoxError> + Send + 'static>(error: E) -> Self {
        Self::new(Cause::Failed(Payload::new(error)))
    }

    /// The failure of a task that has just panicked with `payload` on this thread.
    #[must_use]
    pub fn panicked(payload: &(dyn Any + Send)) -> Self {
        let message = panic_place::message(payload);
        let place = panic_place::take(message.unwrap_or_default());
        let message = message.unwrap_or("a value that is not a string").to_owned();
        Self::new(Cause::Panicked { message, place })
    }

    /// The end of work that another failure, or a cancellation, made pointless.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(Cause::Cancelled)
    }

    /// The failure that has left a trail, again.
    #[must_use]
    pub(crate) fn with(mut self, trail: Trail) -> Self {
        self.frames = trail.frames;
        self.others = trail.others;
        self
    }

    /// Whether this is only the echo of another end of the run.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.cause, Cause::Cancelled)
    }

    /// Adds the node that the failure came out of.
    #[must_use]
    pub fn at(mut self, node: &str) -> Self {
        let FailedCall { partition, label, attempt } = std::mem::take(&mut self.call);
        self.frames.push(Frame { node: node.to_owned(), partition, label, attempt });
        self.others = self.0.others.drain(..).map(|other| other.at(node)).collect();
        self
    }

    /// Takes it apart.
    #[must_use]
    pub fn into_details(self) -> Details {
        *self.0
    }

    /// The error that a task or a dag returned, if it is an `E`, with the trail.
    pub(crate) fn into_error<E: 'static>(self) -> Result<(E, Trail), Self> {
        let Details { cause, frames, call, others } = *self.0;
        let cause = match cause {
            Cause::Failed(payload) => match payload.downcast() {
                Ok(error) => return Ok((error, Trail { frames, others })),
                Err(payload) => Cause::Failed(payload),
            },
            other => other,
        };
        Err(Self(Box::new(Details { cause, frames, call, others })))
    }

    /// The cause in one line; `None` for an error that a task returned, which has no text as long as
    /// it keeps its type.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.cause {
            Cause::Failed(_) => None,
            Cause::Panicked { message, .. } => Some(format!("panicked: {message}")),
            Cause::TimedOut(limit) => Some(format!("timed out after {limit:?}")),
            Cause::Cancelled => Some("cancelled".to_owned()),
            Cause::Build(error) => Some(error.to_string()),
        }
    }

    /// The same of a failure that nobody needs any more: with the text of the error, too.
    pub(crate) fn into_text(self) -> String {
        let text = self.text();
        match self.into_details().cause {
            Cause::Failed(payload) => payload.into_source().to_string(),
            _ => text.unwrap_or_default(),
        }
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
    others: Vec<Self>,
}

enum Reason {
    Failed(BoxError),
    Panicked { message: String, place: Option<String> },
    TimedOut(Duration),
    Cancelled,
    Build(BuildError),
    Runtime(String),
    ByName(String),
}

impl Error {
    /// The error of a run of `dag` that ended with `failure`.
    #[must_use]
    pub fn new(dag: &str, failure: Failure) -> Self {
        let Details { cause, mut frames, others, .. } = failure.into_details();
        let reason = match cause {
            Cause::Failed(payload) => Reason::Failed(payload.into_source()),
            Cause::Panicked { message, place } => Reason::Panicked { message, place },
            Cause::TimedOut(limit) => Reason::TimedOut(limit),
            Cause::Cancelled => Reason::Cancelled,
            Cause::Build(error) => Reason::Build(error),
        };
        frames.reverse();
        let others = others.into_iter().map(|other| Self::new(dag, other)).collect();
        Self { dag: dag.to_owned(), frames, reason, others }
    }

    /// The error of a run that could not start, with what the runtime lacks.
    #[must_use]
    pub fn runtime(dag: &str, message: String) -> Self {
        Self::of_dag(dag, Reason::Runtime(message))
    }

    /// The error of values that go in or come out by name; the message follows the dag's name.
    pub(crate) fn by_name(dag: &str, message: String) -> Self {
        Self::of_dag(dag, Reason::ByName(message))
    }

    fn of_dag(dag: &str, reason: Reason) -> Self {
        Self { dag: dag.to_owned(), frames: Vec::new(), reason, others: Vec::new() }
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

    /// The label of the call that failed, where its task has one: that of the innermost such call.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.frames.iter().rev().find_map(|frame| frame.label.as_deref())
    }

    /// The attempt that failed for good, counted from 1; `None` where the task is not retried.
    #[must_use]
    pub fn attempt(&self) -> Option<u32> {
        self.frames.last().and_then(|frame| frame.attempt)
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

    /// Where a task panicked: file, line and column. `None` where it did not panic, or where the
    /// process's own panic hook kept it to itself.
    #[must_use]
    pub fn panic_place(&self) -> Option<&str> {
        match &self.reason {
            Reason::Panicked { place, .. } => place.as_deref(),
            _ => None,
        }
    }

    /// Whether a task took longer than its `timeout`.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.reason, Reason::TimedOut(_))
    }

    /// The failures of other partitions of the same map, in their order: where the run was to make
    /// all of them before it ends, and none else.
    #[must_use]
    pub fn others(&self) -> &[Self] {
        &self.others
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
            Reason::Panicked { message, .. } => write!(f, " panicked: {message}"),
            Reason::TimedOut(limit) => write!(f, " timed out after {limit:?}"),
            Reason::Cancelled => write!(f, " was cancelled"),
            Reason::Build(error) => write!(f, " cannot be built: {error}"),
            Reason::ByName(message) => write!(f, " {message}"),
            Reason::Runtime(message) => write!(f, " cannot run: {message}"),
        }?;
        match self.others.len() {
            0 => Ok(()),
            1 => write!(f, "; 1 other partition failed as well"),
            others => write!(f, "; {others} other partitions failed as well"),
        }
    }
}

impl fmt::Debug for Error {
    /// The message with the place of a panic, its sources, one to a line, and the failures of other
    /// partitions: what `main` prints when it returns an error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        if let Some(place) = self.panic_place() {
            write!(f, "\n    at {place}")?;
        }
        let mut source = self.source();
        if source.is_some() {
            write!(f, "\n\nCaused by:")?;
        }
        while let Some(error) = source {
            write!(f, "\n    {error}")?;
            source = error.source();
        }
        for other in &self.others {
            write!(f, "\n\n{other:?}")?;
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
