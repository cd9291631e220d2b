//! What the user says about containers, templates, tasks and workflows, in Argo's own fields.
//!
//! Fields that decide what runs, and with which values, are the generator's: an option that sets one is
//! refused.

use std::time::Duration;

use dagger_core::{Retry, TaskOptions};
use serde_json::{Map, Value, json};

use super::error::ManifestError;
use super::settings::ManifestBuilder;

/// A place for options, with the fields that are the generator's, and what to use instead.
struct Place {
    name: &'static str,
    owned: &'static [(&'static str, &'static str)],
}

const CONTAINER: Place = Place {
    name: "container",
    owned: &[
        ("name", ""),
        ("image", "the image of all pods is given with the manifest"),
        ("command", "the command of all pods is given with the manifest"),
        ("args", ""),
    ],
};

const TEMPLATE: Place = Place {
    name: "template",
    owned: &[
        ("name", ""),
        ("inputs", ""),
        ("outputs", ""),
        ("container", "fields of the container are options of their own"),
        ("containerSet", ""),
        ("dag", ""),
        ("data", ""),
        ("http", ""),
        ("plugin", ""),
        ("resource", ""),
        ("script", ""),
        ("steps", ""),
        ("suspend", ""),
    ],
};

const TASK: Place = Place {
    name: "task",
    owned: &[
        ("name", ""),
        ("template", "fields of the template are options of their own"),
        ("templateRef", ""),
        ("inline", ""),
        ("arguments", ""),
        ("dependencies", ""),
        ("depends", ""),
        ("withItems", ""),
        ("withParam", ""),
        ("withSequence", ""),
    ],
};

const WORKFLOW: Place = Place {
    name: "workflow",
    owned: &[
        ("entrypoint", ""),
        ("templates", ""),
        ("arguments", "the values of parameters are given with the manifest"),
        ("workflowTemplateRef", ""),
    ],
};

const CRON: Place = Place {
    name: "cron",
    owned: &[
        ("workflowSpec", "fields of the workflow are options of their own"),
        ("schedule", "a schedule is given with the manifest"),
        ("schedules", "a schedule is given with the manifest"),
        ("timezone", "the time zone is given with the manifest"),
        ("concurrencyPolicy", "the concurrency policy is given with the manifest"),
    ],
};

/// Options that were checked.
pub(super) struct Options {
    container: Map<String, Value>,
    template: Map<String, Value>,
    task: Map<String, Value>,
    pub(super) workflow: Map<String, Value>,
    pub(super) cron: Map<String, Value>,
}

impl Options {
    pub(super) fn of(settings: &ManifestBuilder) -> Result<Self, ManifestError> {
        let mut problems = Vec::new();
        let mut all = |place: &Place, given: &[Value]| {
            let mut merged = Map::new();
            for options in given {
                place.merge(&mut merged, options, None, &mut problems);
            }
            merged
        };
        let options = Self {
            container: all(&CONTAINER, &settings.container),
            template: all(&TEMPLATE, &settings.template),
            task: all(&TASK, &settings.task),
            workflow: all(&WORKFLOW, &settings.workflow),
            cron: all(&CRON, &settings.cron),
        };
        let set =
            |given: bool, field: &str, of: &Map<String, Value>| given && of.contains_key(field);
        if set(settings.service_account.is_some(), "serviceAccountName", &options.workflow) {
            problems.push(
                "the service account is given twice: by itself, and as an option of the workflow"
                    .to_owned(),
            );
        }
        ManifestError::check(problems)?;
        Ok(options)
    }

    /// Adds the options to a pod's template: of all pods, and of the task that it runs.
    pub(super) fn add_to_template(
        &self,
        template: &mut Map<String, Value>,
        of_task: Option<(&str, &TaskOptions)>,
        batch: u32,
    ) -> Result<(), ManifestError> {
        let (mut of_template, mut of_container) = (self.template.clone(), self.container.clone());
        if let Some((address, options)) = of_task {
            let mut problems = Vec::new();
            let attempts = attempts(options, batch);
            let own = [(&CONTAINER, options.argo.container), (&TEMPLATE, options.argo.template)];
            for (place, text) in own {
                let Some(own) = parse(text, place, address, &mut problems) else { continue };
                let to =
                    if place.name == "container" { &mut of_container } else { &mut of_template };
                for key in attempts.keys().filter(|key| own.get(*key).is_some()) {
                    let option = if key == "retryStrategy" { "retry" } else { "timeout" };
                    problems.push(format!(
                        "node `{address}`: `{key}` is given twice: by `{option}`, and as an option of the template"
                    ));
                }
                place.merge(to, &own, Some(address), &mut problems);
            }
            ManifestError::check(problems)?;
            // What the task says of its attempts goes before what is said of all.
            of_template.extend(attempts);
        }
        if let Some(Value::Object(container)) = template.get_mut("container") {
            add(container, of_container);
        }
        add(template, of_template);
        Ok(())
    }

    /// Adds the options to the task that runs a node.
    pub(super) fn add_to_task(
        &self,
        task: &mut Map<String, Value>,
        address: &str,
        options: &TaskOptions,
    ) -> Result<(), ManifestError> {
        let (mut merged, mut problems) = (self.task.clone(), Vec::new());
        if let Some(own) = parse(options.argo.task, &TASK, address, &mut problems) {
            TASK.merge(&mut merged, &own, Some(address), &mut problems);
        }
        ManifestError::check(problems)?;
        add(task, merged);
        Ok(())
    }
}

impl Place {
    /// Merges options, if none of their fields is the generator's.
    fn merge(
        &self,
        to: &mut Map<String, Value>,
        options: &Value,
        address: Option<&str>,
        problems: &mut Vec<String>,
    ) {
        let who = address.map(|address| format!("node `{address}`: ")).unwrap_or_default();
        let name = self.name;
        let Value::Object(options) = options else {
            problems.push(format!(
                "{who}the options of the {name} are no object of Argo's fields, such as {{\"a\": 1}}"
            ));
            return;
        };
        for (key, value) in options {
            match self.owned.iter().find(|(owned, _)| owned == key) {
                None => merge(to, key, value.clone()),
                Some((_, instead)) => {
                    let keys: Vec<_> =
                        self.owned.iter().map(|(key, _)| format!("`{key}`")).collect();
                    let instead = match *instead {
                        "" => String::new(),
                        instead => format!(": {instead}"),
                    };
                    problems.push(format!(
                        "{who}the options of the {name} set `{key}`, which the manifest decides itself{instead}; any field \
                         but {} may be set",
                        keys.join(", ")
                    ));
                }
            }
        }
    }
}

/// The options of a task, as they were written.
fn parse(
    text: Option<&str>,
    place: &Place,
    address: &str,
    problems: &mut Vec<String>,
) -> Option<Value> {
    let parsed = serde_json::from_str(text?);
    let problem = |error| {
        problems.push(format!(
            "node `{address}`: the options of the {} are no JSON: {error}",
            place.name
        ));
    };
    parsed.map_err(problem).ok()
}

/// Merges objects key by key; any other value replaces the one before it.
fn merge(to: &mut Map<String, Value>, key: &str, value: Value) {
    match (to.get_mut(key), value) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (key, value) in more {
                merge(known, &key, value);
            }
        }
        (_, value) => {
            to.insert(key.to_owned(), value);
        }
    }
}

/// Adds options to what the generator has: lists go behind its own.
fn add(to: &mut Map<String, Value>, options: Map<String, Value>) {
    for (key, value) in options {
        match (to.get_mut(&key), value) {
            (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
            (_, value) => merge(to, &key, value),
        }
    }
}

/// What a pod has for itself beside the time that a call may take: to start, and to fetch and store files.
const SLACK: Duration = Duration::from_mins(1);

/// `retry` and `timeout` of a task as fields of the template.
///
/// The pod makes one attempt, and Argo the others. A pod of a batch makes those of each partition itself,
/// so that the others are not worked on again; Argo then only repeats what the pod does not survive.
fn attempts(options: &TaskOptions, batch: u32) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Some(retry) = &options.retry {
        fields.insert("retryStrategy".to_owned(), strategy(retry, batch > 1));
    }
    if let Some(timeout) = options.timeout {
        let calls = match (&options.retry, batch) {
            (Some(retry), 2..) => batch.saturating_mul(retry.limit.saturating_add(1)),
            (_, batch) => batch,
        };
        let time = timeout.saturating_mul(calls).saturating_add(SLACK);
        let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
        // https://argo-workflows.readthedocs.io/en/release-4.1/fields/#template
        fields.insert("activeDeadlineSeconds".to_owned(), json!(seconds.min(i32::MAX as u64)));
    }
    fields
}

/// A [retry strategy](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#retrystrategy). Its limit is
/// the number of attempts after the first, as ours is; the default policy would leave out what goes wrong
/// around the container, such as an artifact that cannot be fetched.
fn strategy(retry: &Retry, is_batch: bool) -> Value {
    let policy = if is_batch { "OnError" } else { "Always" };
    let mut strategy = json!({ "limit": retry.limit.to_string(), "retryPolicy": policy });
    if !retry.backoff.is_zero() {
        strategy["backoff"] = json!({
            "duration": duration(retry.backoff),
            "factor": "2",
            "cap": duration(retry.longest),
        });
    }
    strategy
}

/// A time as Go writes it.
fn duration(time: Duration) -> String {
    match time.subsec_nanos() {
        0 => format!("{}s", time.as_secs()),
        _ => format!("{}ms", time.as_millis().max(1)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Map, Value, json};

    use super::{add, duration, merge};

    #[test]
    fn objects_are_merged_and_lists_go_behind() {
        let mut map = Map::new();
        merge(&mut map, "resources", json!({ "limits": { "cpu": "1" } }));
        merge(&mut map, "resources", json!({ "limits": { "memory": "1Gi" } }));
        merge(&mut map, "env", json!([1]));
        merge(&mut map, "env", json!([2]));
        let merged =
            json!({ "env": [2], "resources": { "limits": { "cpu": "1", "memory": "1Gi" } } });
        assert_eq!(Value::Object(map.clone()), merged);
        let mut template = Map::from_iter([("env".to_owned(), json!([0]))]);
        add(&mut template, map);
        assert_eq!(template["env"], json!([0, 2]));
    }

    #[test]
    fn times_are_gos() {
        assert_eq!(duration(Duration::from_secs(90)), "90s");
        assert_eq!(duration(Duration::from_millis(1500)), "1500ms");
        assert_eq!(duration(Duration::from_micros(1)), "1ms");
    }
}
