//! Where values are: their keys in the artifact repository, and their files in a pod.

use serde_json::{Value, json};

/// The item of a fan-out.
pub(super) const ITEM: &str = "{{item}}";

/// The file that a value that a pod reads is in.
pub(super) fn read(name: &str) -> String {
    format!("{}/{name}", super::pods::INPUTS)
}

/// The file that a value that a pod writes is in.
pub(super) fn written(name: &str) -> String {
    format!("{}/{name}", super::pods::OUTPUTS)
}

/// Where the values of a dag are that runs, as its template knows it.
#[derive(Clone)]
pub(super) struct Place {
    /// The key of its nodes.
    pub(super) nodes: String,
    /// The key of its result, where a node makes that as it is.
    pub(super) result: String,
}

impl Place {
    /// That of the outermost dag: what is of one run of the workflow has a key of its own.
    pub(super) fn outermost(prefix: &str) -> Self {
        let run = run(prefix);
        Self { nodes: format!("{run}/nodes"), result: format!("{run}/outputs/return_value") }
    }

    /// That of a nested dag, whose template is told.
    pub(super) fn nested() -> Self {
        Self { nodes: parameter("nodes"), result: parameter("result") }
    }

    /// What a node has to itself, beside its outputs: a name with a dot, as no node has.
    pub(super) fn within(&self, node: &str) -> String {
        format!("{}/{node}.dag", self.nodes)
    }
}

/// The key of all that is of one run.
pub(super) fn run(prefix: &str) -> String {
    format!("{prefix}{{{{workflow.uid}}}}")
}

/// What a template is told under this name.
pub(super) fn parameter(name: &str) -> String {
    format!("{{{{inputs.parameters.{name}}}}}")
}

/// An artifact as a task passes it.
#[derive(Clone)]
pub(super) enum Artifact {
    /// A parameter of the workflow.
    Parameter(String),
    /// One that the template around got.
    Passed(String),
    /// An output of another task of the same template.
    Output {
        /// The task.
        task: String,
        /// What its template calls it.
        artifact: String,
    },
    /// The object with this key, or all objects below it.
    Key {
        /// The key.
        key: String,
        /// Whether there may be none: below the results of a map over nothing.
        is_optional: bool,
    },
}

impl Artifact {
    pub(super) fn key(key: impl Into<String>) -> Self {
        Self::Key { key: key.into(), is_optional: false }
    }

    /// The [argument](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#artifact) of a task.
    ///
    /// It replaces what the template says of the artifact, all but its path: so `optional` and `archive`
    /// belong here. Without an archive of `none`, an input that happens to be an archive is unpacked.
    pub(super) fn argument(&self, name: &str) -> Value {
        match self {
            // A value of JSON stands there as it is: quotes around the variable would break at those in it.
            Self::Parameter(parameter) => json!({
                "name": name,
                "raw": { "data": format!("{{{{workflow.parameters.{parameter}}}}}") },
            }),
            Self::Passed(input) => json!({
                "name": name,
                "from": format!("{{{{inputs.artifacts.{input}}}}}"),
            }),
            Self::Output { task, artifact } => json!({
                "name": name,
                "from": format!("{{{{tasks.{task}.outputs.artifacts.{artifact}}}}}"),
            }),
            Self::Key { key, is_optional } => {
                let mut argument =
                    json!({ "name": name, "archive": { "none": {} }, "s3": { "key": key } });
                if *is_optional {
                    argument["optional"] = json!(true);
                }
                argument
            }
        }
    }
}
