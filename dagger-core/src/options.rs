//! How a task wants to be run.

use std::time::Duration;

/// The options of a task, as given in `#[task(…)]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TaskOptions {
    /// How many calls of the task may run at the same time, over all runs of the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
    /// Whether a call that fails is made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How long a single attempt of a call may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// The expression that names a call, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
    /// What writes and reads its outputs where they leave the process, as written; JSON where nothing
    /// is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serializer: Option<&'static str>,
    /// Which version of the task this is: what was kept of another one is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Whether its results go to the cache of a run that has one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cache: bool,
    /// How it is to run on Argo Workflows.
    #[serde(skip_serializing_if = "ArgoOptions::is_default")]
    pub argo: ArgoOptions,
}

/// How a task is to run on Argo Workflows: fields of Argo's, as objects of JSON, and the size of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ArgoOptions {
    /// Fields of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<&'static str>,
    /// Fields of the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<&'static str>,
    /// Fields of the task of the DAG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<&'static str>,
    /// How many partitions one pod works on, at most, where the task is mapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
}

impl ArgoOptions {
    /// Nothing asked for.
    pub const DEFAULT: Self = Self { container: None, template: None, task: None, batch: None };

    /// Whether nothing was asked for.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::DEFAULT
    }

    /// With these fields of the container, an object of JSON.
    #[must_use]
    pub const fn with_container(mut self, json: &'static str) -> Self {
        self.container = Some(json);
        self
    }

    /// With these fields of the template, an object of JSON.
    #[must_use]
    pub const fn with_template(mut self, json: &'static str) -> Self {
        self.template = Some(json);
        self
    }

    /// With these fields of the task of the DAG, an object of JSON.
    #[must_use]
    pub const fn with_task(mut self, json: &'static str) -> Self {
        self.task = Some(json);
        self
    }

    /// With so many partitions in one pod, at most.
    #[must_use]
    pub const fn with_batch(mut self, partitions: u32) -> Self {
        self.batch = Some(partitions);
        self
    }
}

/// How often a call that fails is made again, and after which pause.
///
/// A call fails if the task returns an `Err`, panics, or takes longer than its `timeout`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Retry {
    /// How many times after the first attempt; a limit of 3 makes 4 attempts at most.
    pub limit: u32,
    /// The pause after the first attempt; each further one is twice as long as the one before.
    pub backoff: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Retry {
    /// At most `limit` further attempts, without a pause.
    #[must_use]
    pub const fn new(limit: u32) -> Self {
        Self { limit, backoff: Duration::ZERO, longest: Duration::ZERO }
    }

    /// With pauses that begin with `first` and double up to `longest`.
    #[must_use]
    pub const fn with_backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = first;
        self.longest = longest;
        self
    }

    /// The pause after this attempt, counted from 1, less its jitter.
    #[must_use]
    pub fn pause(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        self.backoff.saturating_mul(doubled).min(self.longest)
    }
}

impl TaskOptions {
    /// The options of a task with a bare `#[task]`.
    pub const DEFAULT: Self = Self {
        concurrency: None,
        retry: None,
        timeout: None,
        label: None,
        serializer: None,
        version: None,
        cache: false,
        argo: ArgoOptions::DEFAULT,
    };

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

    /// With further attempts of a call that fails.
    #[must_use]
    pub const fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// With at most this time for an attempt.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// With a name for each call: the text of the expression that makes it.
    #[must_use]
    pub const fn with_label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// With a serializer for its outputs: the path of the type.
    #[must_use]
    pub const fn with_serializer(mut self, serializer: &'static str) -> Self {
        self.serializer = Some(serializer);
        self
    }

    /// As this version of the task.
    #[must_use]
    pub const fn with_version(mut self, version: u32) -> Self {
        self.version = Some(version);
        self
    }

    /// With results that go to the cache of a run that has one.
    #[must_use]
    pub const fn with_cache(mut self) -> Self {
        self.cache = true;
        self
    }

    /// With these options for Argo Workflows.
    #[must_use]
    pub const fn with_argo(mut self, argo: ArgoOptions) -> Self {
        self.argo = argo;
        self
    }

    /// Whether a call is more than the function's: it may be made again, has a limit in time, or a
    /// name.
    pub(crate) const fn needs_attempts(&self) -> bool {
        self.retry.is_some() || self.timeout.is_some() || self.label.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Retry;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let millis = Duration::from_millis;
        let retry = Retry::new(8).with_backoff(millis(100), millis(1000));
        let pauses: Vec<_> = (1..=6).map(|attempt| retry.pause(attempt)).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1000, 1000].map(millis));
        assert_eq!(retry.pause(u32::MAX), millis(1000));
        assert_eq!(Retry::new(3).pause(3), Duration::ZERO);
    }
}
