//! A manifest as a whole.

use dagger_core::{Dag, remote};
use serde_json::{Map, Value, json};

use super::dags::Templates;
use super::error::ManifestError;
use super::limits;
use super::names::{is_label_key, is_label_name, is_label_value, is_object_name};
use super::options::Options;
use super::parameters::Parameters;
use super::settings::{Kind, ManifestBuilder};
use super::text;

/// A manifest of Argo Workflows for a dag.
///
/// # Examples
///
/// ```
/// use dagger_core::{Dag, build::hand::{Task, constant}};
/// use dagger_runtime::argo::{Kind, Manifest};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dag = Dag::builder("square");
/// # let _ = (Task::new("square", ["n"], |n: u64| n * n), constant(2_u64));
/// let manifest = |dag: &Dag| {
///     Manifest::builder(Kind::CronWorkflow, "registry.example.com/squares:1")
///         .schedule("0 3 * * *")
///         .time_zone("Europe/Madrid")
///         .parameter("n", "4")
///         .build(dag)
/// };
/// # let _ = (dag, manifest);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    value: Value,
    warnings: Vec<String>,
}

impl Manifest {
    /// A manifest of this kind, whose pods have this image.
    pub fn builder(kind: Kind, image: impl Into<String>) -> ManifestBuilder {
        ManifestBuilder::new(kind, image.into())
    }

    /// The manifest as JSON that is not yet text.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// What is to be known of it, although nothing is wrong: limits that are near, one line each.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The manifest as YAML, with quotes around every string, and its keys in an order that does not change.
    ///
    /// # Errors
    ///
    /// If an option of the user's cannot be written as YAML.
    pub fn to_yaml(&self) -> Result<String, ManifestError> {
        text::yaml(&self.value).map_err(ManifestError::of)
    }

    /// The manifest as JSON, with its keys in an order that does not change.
    ///
    /// # Errors
    ///
    /// If an option of the user's cannot be written.
    pub fn to_json(&self) -> Result<String, ManifestError> {
        text::json(&self.value).map_err(ManifestError::of)
    }
}

/// Makes a manifest.
pub(super) fn assemble(settings: &ManifestBuilder, dag: &Dag) -> Result<Manifest, ManifestError> {
    let obstacles = remote::obstacles(dag).map_err(ManifestError::of)?;
    ManifestError::check(obstacles.iter().map(ToString::to_string).collect())?;
    ManifestError::check(problems(settings))?;
    let options = Options::of(settings)?;
    let parameters = Parameters::of(settings, dag)?;
    let templates = Templates::new(settings, &options, &parameters.given);
    let (entrypoint, templates) = templates.outermost(dag)?;
    let mut spec = options.workflow.clone();
    spec.insert("entrypoint".to_owned(), json!(entrypoint));
    spec.insert("templates".to_owned(), Value::Array(templates));
    if !parameters.arguments.is_empty() {
        spec.insert("arguments".to_owned(), json!({ "parameters": parameters.arguments }));
    }
    if let Some(account) = &settings.service_account {
        spec.insert("serviceAccountName".to_owned(), json!(account));
    }
    let spec = Value::Object(spec);
    let mut manifest = json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": settings.kind.to_string(),
        "metadata": metadata(settings, dag)?,
    });
    manifest["spec"] = match settings.kind {
        Kind::CronWorkflow => cron(settings, &options, &spec),
        _ => spec.clone(),
    };
    let warnings = limits::check(&manifest, &spec)?;
    Ok(Manifest { value: manifest, warnings })
}

/// The [object's metadata](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/).
fn metadata(settings: &ManifestBuilder, dag: &Dag) -> Result<Value, ManifestError> {
    // `maxCharsInObjectName` of Argo's `workflow/validate/validate.go`, v4.1. A run of a cron workflow has the
    // time behind its name.
    let most = if settings.kind == Kind::CronWorkflow { 52 } else { 63 };
    let mut metadata = Map::new();
    let name = settings.name.clone().unwrap_or_else(|| dag.name().to_ascii_lowercase());
    let is_generated = settings.kind == Kind::Workflow && settings.name.is_none();
    // What Kubernetes adds to a generated name is 5 characters.
    let most = if is_generated { most - 6 } else { most };
    let given = if settings.name.is_some() { "" } else { " of the dag, for want of another," };
    if !is_object_name(&name) || name.len() > most {
        return Err(ManifestError::of(format!(
            "the name `{name}`{given} is not one that a {} can have: it takes lower-case letters, digits, `-` and `.`, \
             {most} characters at most, and begins and ends with a letter or a digit",
            settings.kind
        )));
    }
    match is_generated {
        true => metadata.insert("generateName".to_owned(), json!(format!("{name}-"))),
        false => metadata.insert("name".to_owned(), json!(name)),
    };
    if let Some(namespace) = &settings.namespace {
        metadata.insert("namespace".to_owned(), json!(namespace));
    }
    for (field, entries) in [("labels", &settings.labels), ("annotations", &settings.annotations)] {
        if !entries.is_empty() {
            let entries: Map<_, _> =
                entries.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
            metadata.insert(field.to_owned(), Value::Object(entries));
        }
    }
    Ok(Value::Object(metadata))
}

/// The [specification](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#cronworkflowspec) of a cron
/// workflow. Version 4 has `schedules` and no `schedule`; version 3.7 reads both.
fn cron(settings: &ManifestBuilder, options: &Options, workflow: &Value) -> Value {
    let mut cron = options.cron.clone();
    cron.insert("schedules".to_owned(), json!(settings.schedules));
    if let Some(zone) = &settings.time_zone {
        cron.insert("timezone".to_owned(), json!(zone));
    }
    if let Some(policy) = &settings.concurrency_policy {
        cron.insert("concurrencyPolicy".to_owned(), json!(policy));
    }
    cron.insert("workflowSpec".to_owned(), workflow.clone());
    Value::Object(cron)
}

/// What is wrong with what was asked for.
fn problems(settings: &ManifestBuilder) -> Vec<String> {
    let mut problems = Vec::new();
    if settings.image.trim().is_empty() {
        problems.push("no image is given, and every pod needs one".to_owned());
    }
    if settings.command.first().is_none_or(String::is_empty) {
        problems
            .push("no command is given: the program in the image, such as `/pipeline`".to_owned());
    }
    problems.extend(limits::check_prefix(&settings.key_prefix));
    if let Some(namespace) = &settings.namespace {
        if settings.kind == Kind::ClusterWorkflowTemplate {
            problems
                .push("a ClusterWorkflowTemplate is for all namespaces, and has none".to_owned());
        } else if !is_label_name(namespace) || namespace.len() > 63 {
            problems.push(format!(
                "`{namespace}` is no namespace: it takes lower-case letters, digits and `-`, 63 characters at most"
            ));
        }
    }
    for (key, value) in &settings.labels {
        if !is_label_key(key) || !is_label_value(value) {
            problems.push(format!(
                "`{key}`, `{value}` is no label: key and value take letters, digits, `-`, `_` and `.`, 63 characters at \
                 most, and the key a domain and `/` in front"
            ));
        }
    }
    for (key, _) in settings.annotations.iter().filter(|(key, _)| !is_label_key(key)) {
        problems.push(format!("`{key}` is no key of an annotation, such as `example.com/owner`"));
    }
    problems.extend(problems_of_cron(settings));
    problems
}

fn problems_of_cron(settings: &ManifestBuilder) -> Vec<String> {
    let mut problems = Vec::new();
    let is_cron = settings.kind == Kind::CronWorkflow;
    let given = [
        ("a schedule", !settings.schedules.is_empty()),
        ("a time zone", settings.time_zone.is_some()),
        ("a concurrency policy", settings.concurrency_policy.is_some()),
        ("an option of a cron workflow", !settings.cron.is_empty()),
    ];
    for (what, _) in given.iter().filter(|(_, is_given)| *is_given && !is_cron) {
        problems
            .push(format!("{what} is given, and a {} has none: a CronWorkflow has", settings.kind));
    }
    if is_cron && settings.schedules.is_empty() {
        problems.push(
            "no schedule is given, such as `0 3 * * *`, and a CronWorkflow needs one".to_owned(),
        );
    }
    for schedule in settings.schedules.iter().filter(|_| is_cron) {
        // https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
        let is_named = schedule.starts_with('@');
        if !is_named
            && schedule.split_whitespace().filter(|field| !field.contains("TZ=")).count() != 5
        {
            problems.push(format!(
                "`{schedule}` is no schedule: it takes five fields (minute, hour, day of the month, month, day of the \
                 week) or a word such as `@daily`"
            ));
        }
    }
    let policies = ["Allow", "Forbid", "Replace"];
    if let Some(policy) = settings.concurrency_policy.as_deref().filter(|p| !policies.contains(p)) {
        problems.push(format!(
            "`{policy}` is no concurrency policy: it takes `Allow`, `Forbid` or `Replace`"
        ));
    }
    problems
}
