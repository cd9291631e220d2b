//! How a task wants to be run.

/// The options of a task, as given in `#[task(…)]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TaskOptions {
    /// How many calls of the task may run at the same time, over all runs of the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
}

impl TaskOptions {
    /// The options of a task with a bare `#[task]`.
    pub const DEFAULT: Self = Self { concurrency: None };

    /// Whether nothing was asked for.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::DEFAULT
    }

    /// With at most `limit` calls at the same time, over all runs of the process.
    #[must_use]
    pub const fn with_concurrency(mut self, limit: usize) -> Self {
        self.concurrency = Some(limit);
        self
    }
}
