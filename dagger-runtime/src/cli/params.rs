//! `params`: the JSON schema of the parameters.

use dagger_core::exec::value::Boxed;
use dagger_core::{Dag, Parameter};
use serde_json::{Map, Value, json};

use super::arguments::docs;
use super::error::Problem;
use super::print;

/// An object with a property for each parameter: the schema of its type, where that has one, with what
/// the user says about it, and its default, where that can be written.
pub(super) fn params(dag: &Dag) -> Result<(), Problem> {
    let accepted = &dag.signature().parameters;
    let (mut properties, mut required, mut definitions) = (Map::new(), Vec::new(), Map::new());
    for (Parameter { name, ty, default, .. }, accepted) in dag.parameters().iter().zip(accepted) {
        let schema = accepted.outside.schema.and_then(|schema| schema());
        let schema = schema.and_then(|schema| serde_json::from_str(&schema).ok());
        let mut schema: Map<String, Value> = schema.unwrap_or_default();
        schema.remove("$schema");
        if let Some(Value::Object(inner)) = schema.remove("$defs") {
            definitions.extend(inner);
        }
        if schema.get("title").is_none_or(|title| title.as_str().is_some_and(is_of_schemars)) {
            schema.insert("title".to_owned(), json!(ty));
        }
        let docs = docs(&accepted.outside);
        if !docs.is_empty() {
            schema.insert("description".to_owned(), json!(docs));
        }
        match (default, &accepted.default) {
            (Some(_), Some(make)) => {
                let json = accepted.outside.json.and_then(|coding| coding().codec().ok());
                let value = json.and_then(|codec| {
                    let (value, mut text): (Boxed, _) = (make(), Vec::new());
                    (codec.write)(&*value, &mut text).ok()?;
                    serde_json::from_slice(&text).ok()
                });
                if let Some(value) = value {
                    schema.insert("default".to_owned(), value);
                }
            }
            _ => required.push(json!(name)),
        }
        properties.insert(name.clone(), Value::Object(schema));
    }
    let mut all = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": dag.name(),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let docs = docs(&dag.signature().outside);
    if !docs.is_empty() {
        all["description"] = json!(docs);
    }
    if !definitions.is_empty() {
        all["$defs"] = Value::Object(definitions);
    }
    let text = serde_json::to_string_pretty(&all);
    print(&text.map_err(|error| Problem::Failed(error.to_string()))?)
}

/// Whether a title is only the name that schemars has for a type of Rust's, `uint64` for instance.
fn is_of_schemars(title: &str) -> bool {
    title.chars().all(|c| c.is_lowercase() || c.is_ascii_digit()) || title.contains('_')
}
