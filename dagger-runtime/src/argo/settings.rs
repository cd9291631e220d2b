//! What is asked for.

use std::fmt;

use dagger_core::Dag;
use serde_json::Value;

use super::error::ManifestError;
use super::manifest::{Manifest, assemble};

/// The kinds of manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A [run](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#workflow) of the dag.
    Workflow,
    /// A [run at certain times](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#cronworkflow).
    CronWorkflow,
    /// A [template](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#workflowtemplate) of runs,
    /// in a namespace.
    WorkflowTemplate,
    /// A [template](https://argo-workflows.readthedocs.io/en/release-4.1/cluster-workflow-templates/) of
    /// runs, for all namespaces.
    ClusterWorkflowTemplate,
}

impl Kind {
    /// Whether who submits it gives the values of its parameters.
    pub(super) fn is_template(self) -> bool {
        matches!(self, Self::WorkflowTemplate | Self::ClusterWorkflowTemplate)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Workflow => "Workflow",
            Self::CronWorkflow => "CronWorkflow",
            Self::WorkflowTemplate => "WorkflowTemplate",
            Self::ClusterWorkflowTemplate => "ClusterWorkflowTemplate",
        })
    }
}

/// What a manifest is to be like; [`build`](Self::build) makes it.
///
/// Options are fields of Argo's as JSON: what [`container`](Self::container), [`template`](Self::template),
/// [`task`](Self::task), [`workflow`](Self::workflow) and [`cron`](Self::cron) take. What a task says with
/// `#[task(argo(…))]` goes before what is said here. Objects are merged key by key; any other value
/// replaces the one before it.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it builds"]
pub struct ManifestBuilder {
    pub(super) kind: Kind,
    pub(super) image: String,
    pub(super) name: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) annotations: Vec<(String, String)>,
    pub(super) service_account: Option<String>,
    pub(super) key_prefix: String,
    pub(super) command: Vec<String>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) batches: Vec<(Option<String>, u32)>,
    pub(super) schedules: Vec<String>,
    pub(super) time_zone: Option<String>,
    pub(super) concurrency_policy: Option<String>,
    pub(super) container: Vec<Value>,
    pub(super) template: Vec<Value>,
    pub(super) task: Vec<Value>,
    pub(super) workflow: Vec<Value>,
    pub(super) cron: Vec<Value>,
}

impl ManifestBuilder {
    pub(super) fn new(kind: Kind, image: String) -> Self {
        Self {
            kind,
            image,
            name: None,
            namespace: None,
            labels: Vec::new(),
            annotations: Vec::new(),
            service_account: None,
            key_prefix: String::new(),
            command: vec!["/pipeline".to_owned()],
            parameters: Vec::new(),
            batches: Vec::new(),
            schedules: Vec::new(),
            time_zone: None,
            concurrency_policy: None,
            container: Vec::new(),
            template: Vec::new(),
            task: Vec::new(),
            workflow: Vec::new(),
            cron: Vec::new(),
        }
    }

    /// The name of the object. Without one, it is that of the dag; a workflow then gets some characters
    /// more, which are different for each.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The namespace of the object.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// A label of the object.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((key.into(), value.into()));
        self
    }

    /// An annotation of the object.
    pub fn annotation(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.annotations.push((key.into(), value.into()));
        self
    }

    /// The service account of the pods.
    pub fn service_account(mut self, name: impl Into<String>) -> Self {
        self.service_account = Some(name.into());
        self
    }

    /// What the keys of all values begin with, such as `pipelines/`; nothing, if this is not called. Behind it
    /// comes what is different for each run.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = prefix.into();
        self
    }

    /// The program in the image, with what stands in front of `node`; `/pipeline`, if this is not called.
    pub fn command<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.command = words.into_iter().map(Into::into).collect();
        self
    }

    /// The value of a parameter, as JSON. A workflow may leave one to who submits it, and whatever is given
    /// here may be replaced then.
    pub fn parameter(mut self, name: impl Into<String>, json: impl Into<String>) -> Self {
        self.parameters.push((name.into(), json.into()));
        self
    }

    /// How many partitions of a map one pod works on, at most: for the map at this address, or for all
    /// maps, where that is `None`.
    ///
    /// It goes before `argo(batch = …)` of a task if it is for one map, and behind it if it is for all.
    pub fn batch(mut self, address: Option<&str>, partitions: u32) -> Self {
        self.batches.push((address.map(str::to_owned), partitions));
        self
    }

    /// A time at which a cron workflow runs, as in `0 3 * * *`.
    pub fn schedule(mut self, schedule: impl Into<String>) -> Self {
        self.schedules.push(schedule.into());
        self
    }

    /// The time zone of the schedules, such as `Europe/Madrid`.
    pub fn time_zone(mut self, zone: impl Into<String>) -> Self {
        self.time_zone = Some(zone.into());
        self
    }

    /// What happens to a cron workflow whose last run is not done: `Allow`, `Forbid` or `Replace`.
    pub fn concurrency_policy(mut self, policy: impl Into<String>) -> Self {
        self.concurrency_policy = Some(policy.into());
        self
    }

    /// Fields of the [container](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#container) of
    /// every pod.
    pub fn container(mut self, fields: Value) -> Self {
        self.container.push(fields);
        self
    }

    /// Fields of the [template](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#template) of
    /// every pod.
    pub fn template(mut self, fields: Value) -> Self {
        self.template.push(fields);
        self
    }

    /// Fields of every [task](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#dagtask) that runs a
    /// node.
    pub fn task(mut self, fields: Value) -> Self {
        self.task.push(fields);
        self
    }

    /// Fields of the [workflow](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#workflowspec).
    pub fn workflow(mut self, fields: Value) -> Self {
        self.workflow.push(fields);
        self
    }

    /// Fields of the [cron workflow](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#cronworkflowspec).
    pub fn cron(mut self, fields: Value) -> Self {
        self.cron.push(fields);
        self
    }

    /// The manifest for a dag.
    ///
    /// # Errors
    ///
    /// All that is wrong: with what was asked for, with values of the dag that cannot leave their process, and
    /// with its size.
    pub fn build(self, dag: &Dag) -> Result<Manifest, ManifestError> {
        assemble(&self, dag)
    }
}
