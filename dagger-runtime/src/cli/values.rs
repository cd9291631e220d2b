//! Values from the command line and to it.

use dagger_core::exec::coding::Coding;
use dagger_core::exec::value::Boxed;
use dagger_core::{BoxError, Dag};

use super::error::{Problem, shortened};

/// The value of a parameter, from the text that stands behind an option: JSON, or plain text for a string.
pub(super) fn parse(dag: &Dag, index: usize, option: &str, text: &str) -> Result<Boxed, Problem> {
    let name = &dag.parameters()[index].name;
    let coding = dag.signature().parameters[index].outside.json.map(|coding| coding());
    let reason = || "the dag does not say how it is read".to_owned();
    let codec = coding.ok_or_else(reason).and_then(|coding: Coding| {
        coding.codec().map(|codec| (codec, coding.ty.to_string())).map_err(|why| why.to_string())
    });
    let (codec, ty) = codec
        .map_err(|reason| Problem::Usage(format!("`{name}` cannot be given as text: {reason}")))?;
    let read = |json: &str| -> Result<Boxed, BoxError> { (codec.read)(&mut json.as_bytes()) };
    let quoted = || serde_json::to_string(text).unwrap_or_default();
    if ty == "String" {
        // As it is, whatever it looks like.
        return read(&quoted()).map_err(|error| Problem::Usage(error.to_string()));
    }
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    read(text)
        .or_else(|error| read(&quoted()).map_err(|other| if is_json { error } else { other }))
        .map_err(|error| {
            let (text, error) = (shortened(text), without_place(&error.to_string()));
            Problem::Usage(format!("`{text}` is no value of `--{option}`, a `{ty}`: {error}"))
        })
}

/// The value of a parameter as JSON, from the text that stands behind `--parameter` and its name.
#[cfg(feature = "argo")]
pub(super) fn as_json(dag: &Dag, index: usize, text: &str) -> Result<String, Problem> {
    let option = format!("parameter {}", dag.parameters()[index].name);
    let value = parse(dag, index, &option, text)?;
    let codec = dag.signature().parameters[index].outside.json.and_then(|coding| coding().codec);
    let Some(codec) = codec else { return Ok(text.to_owned()) };
    let mut json = Vec::new();
    let written = (codec.write)(&*value, &mut json);
    written.map_err(|error| Problem::Failed(error.to_string()))?;
    Ok(String::from_utf8_lossy(&json).into_owned())
}

/// An error of JSON without the line and column, for a text that everybody sees.
fn without_place(error: &str) -> String {
    match error.rsplit_once(" at line 1 column ") {
        Some((text, column)) if column.chars().all(|c| c.is_ascii_digit()) => text.to_owned(),
        _ => error.to_owned(),
    }
}
