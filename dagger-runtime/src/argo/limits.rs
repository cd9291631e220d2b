//! What a cluster refuses for its size.

use serde_json::Value;

use super::error::ManifestError;

/// The most templates of a workflow, and tasks of a DAG: `maxItems` of
/// `manifests/base/crds/full/argoproj.io_workflows.yaml`, v4.1.
const TEMPLATES: usize = 200;

/// The most parameters of a template, from the same place.
const PARAMETERS: usize = 500;

/// The most bytes of an object, less what its status will need: etcd takes 1.5 MiB, and Argo advises to stay
/// [below 1 MB](https://argo-workflows.readthedocs.io/en/release-4.1/offloading-large-workflows/).
const BYTES: usize = 1_000_000;

/// From this size on, there is little left for the status.
const MANY_BYTES: usize = 500_000;

/// The longest [key](https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html) of an object.
const KEY: usize = 1024;

/// Refuses what a cluster does; says what comes near.
pub(super) fn check(manifest: &Value, spec: &Value) -> Result<Vec<String>, ManifestError> {
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    let list = |value: &Value| value.as_array().map_or(0, Vec::len);
    let templates = list(&spec["templates"]);
    if templates > TEMPLATES {
        problems.push(format!(
            "the workflow has {templates} templates, one for each node, and Argo takes {TEMPLATES}: let a task do \
             more, or run a mapped dag in batches, which is one pod for all of its nodes"
        ));
    }
    for template in spec["templates"].as_array().into_iter().flatten() {
        let name = template["name"].as_str().unwrap_or_default();
        let tasks = list(&template["dag"]["tasks"]);
        if tasks > TEMPLATES {
            problems
                .push(format!("the dag `{name}` has {tasks} tasks, and Argo takes {TEMPLATES}"));
        }
        let parameters = list(&template["inputs"]["parameters"]);
        if parameters > PARAMETERS {
            problems.push(format!(
                "the template `{name}` has {parameters} parameters, and Argo takes {PARAMETERS}"
            ));
        }
    }
    let bytes = serde_json::to_string(manifest).map_or(0, |text| text.len());
    if bytes > BYTES {
        problems.push(format!("the manifest has {bytes} bytes, and a cluster takes {BYTES}"));
    } else if bytes > MANY_BYTES {
        warnings.push(format!(
            "the manifest has {bytes} bytes of the {BYTES} that it has to share with the status of its pods"
        ));
    }
    ManifestError::check(problems)?;
    Ok(warnings)
}

/// Refuses a prefix of keys that is too long, or is more than a prefix.
pub(super) fn check_prefix(prefix: &str) -> Option<String> {
    if prefix.contains("{{") {
        return Some(format!(
            "the key prefix `{prefix}` has `{{{{` in it, which Argo would expand"
        ));
    }
    if prefix.starts_with('/')
        || prefix.contains("//")
        || prefix.split('/').any(|part| part == "..")
    {
        return Some(format!(
            "the key prefix `{prefix}` is no beginning of a key, such as `pipelines/`: it has `..`, or a `/` too many"
        ));
    }
    (prefix.len() > KEY / 4).then(|| {
        format!(
            "the key prefix has {} bytes, and takes {} of the {KEY} of a key",
            prefix.len(),
            KEY / 4
        )
    })
}
