//! The parameters of a workflow: those of the outermost dag, as JSON.

use std::fmt::Write as _;

use dagger_core::exec::coding::{Codec, Coding};
use dagger_core::exec::value::Boxed;
use dagger_core::{BoxError, Dag};
use serde_json::{Value, json};

use super::error::ManifestError;
use super::settings::{Kind, ManifestBuilder};

/// The most that a pod is told of a value: it stands in a variable of its environment, and Linux limits
/// these to 128 KiB (`MAX_ARG_STRLEN`).
const MOST: usize = 120 << 10;

/// The parameters of a workflow.
pub(super) struct Parameters {
    /// The [arguments](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#parameter).
    pub(super) arguments: Vec<Value>,
    /// Whether each parameter of the dag is among them: not one with a default that is no JSON.
    pub(super) given: Vec<bool>,
}

impl Parameters {
    pub(super) fn of(settings: &ManifestBuilder, dag: &Dag) -> Result<Self, ManifestError> {
        let (mut arguments, mut given, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        for (name, _) in &settings.parameters {
            let (known, times) = (
                dag.parameters().iter().any(|parameter| parameter.name == *name),
                settings.parameters.iter().filter(|(other, _)| other == name).count(),
            );
            if !known {
                problems.push(format!("the dag has no parameter `{name}`; {}", accepted(dag)));
            } else if times > 1 {
                problems.push(format!("the parameter `{name}` is given {times} times"));
            }
        }
        problems.dedup();
        for (index, parameter) in dag.parameters().iter().enumerate() {
            let name = &parameter.name;
            let value = match value(settings, dag, index) {
                Ok(value) => value,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            let has_default = dag.signature().parameters[index].default.is_some();
            given.push(value.is_some() || !has_default);
            match value {
                Some(value) if value.len() > MOST => problems.push(format!(
                    "the parameter `{name}` has {} bytes, and a workflow takes {MOST} of each: let a task read \
                     it from where it is",
                    value.len()
                )),
                Some(value) => arguments.push(json!({ "name": name, "value": value })),
                None if has_default => {}
                None if settings.kind.is_template() => arguments.push(json!({ "name": name })),
                None if settings.kind == Kind::CronWorkflow => problems.push(format!(
                    "the parameter `{name}` has no value, and nobody gives one when a cron workflow runs"
                )),
                None => arguments.push(json!({ "name": name, "valueFrom": { "supplied": {} } })),
            }
        }
        ManifestError::check(problems)?;
        Ok(Self { arguments, given })
    }
}

fn accepted(dag: &Dag) -> String {
    let names: Vec<_> = dag.parameters().iter().map(|p| format!("`{}`", p.name)).collect();
    match names.is_empty() {
        true => "it has none".to_owned(),
        false => format!("it takes {}", names.join(", ")),
    }
}

/// How values of a parameter are read and written as JSON.
pub(super) fn json_of(dag: &Dag, index: usize) -> Option<Coding> {
    dag.signature().parameters[index].outside.json.map(|coding| coding())
}

/// The value that is given, or the default.
fn value(settings: &ManifestBuilder, dag: &Dag, index: usize) -> Result<Option<String>, String> {
    let name = &dag.parameters()[index].name;
    let coding = json_of(dag, index);
    let codec = coding.and_then(|coding| coding.codec);
    let default = &dag.signature().parameters[index].default;
    let given = settings.parameters.iter().find(|(given, _)| given == name);
    match (given, codec, default) {
        (Some((_, json)), Some(codec), _) => {
            let value = (codec.read)(&mut json.as_bytes());
            let text = value.and_then(|value| text(codec, &value));
            let ty = coding.map(|coding| coding.ty.to_string()).unwrap_or_default();
            text.map(Some).map_err(|error| {
                format!("the value of the parameter `{name}` is not a `{ty}` as JSON: {error}")
            })
        }
        (None, Some(codec), Some(default)) => Ok(text(codec, &default()).ok()),
        (None, None, Some(_)) | (None, Some(_), None) => Ok(None),
        (_, None, _) => Err(format!(
            "the parameter `{name}` cannot be given as JSON: its type is no `Serialize`"
        )),
    }
}

fn text(codec: Codec, value: &Boxed) -> Result<String, BoxError> {
    let mut text = Vec::new();
    (codec.write)(&**value, &mut text)?;
    Ok(escaped(&String::from_utf8(text)?))
}

/// The same JSON, for a place that Argo expands: with escapes in its strings for what does not outlive that.
///
/// - `{{` begins a variable, wherever it comes from. Outside of a string, JSON without spaces has none.
/// - Argo quotes a value as Go does (`strconv.Quote` in `util/template/replace.go`, v4.1), which for some
///   characters is no JSON: a delete, and what is beyond the basic plane and cannot be printed.
pub(super) fn escaped(json: &str) -> String {
    let (mut escaped, mut units) = (String::new(), [0; 2]);
    for c in json.chars() {
        let opens = c == '{' && escaped.ends_with('{');
        if opens || c == '\u{7f}' || c > '\u{ffff}' {
            for unit in c.encode_utf16(&mut units) {
                // Writing to a text cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_in_a_value_is_expanded_or_spoiled() {
        for text in ["{{x}}", "{{{x", "{", "{{", "a{{{{b", "\\{{", "\u{7f}", "🦀\u{e0001}", "é"]
        {
            let json = serde_json::to_string(&[text]).unwrap();
            let escaped = escaped(&json);
            assert!(escaped.chars().all(|c| c != '\u{7f}' && c <= '\u{ffff}'), "{escaped}");
            assert!(!escaped.contains("{{"), "{escaped}");
            assert_eq!(serde_json::from_str::<Vec<String>>(&escaped).unwrap(), [text]);
        }
    }
}
