//! Manifests, as text and as what is in them.

use std::ffi::OsString;

use dagger_cli_tests::Case;
use serde_json::Value;

use super::Program;

/// The words of `argo workflow` for a case, with its parameters.
pub(crate) fn workflow(case: &Case, more: &[&str]) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["argo".into(), "workflow".into()];
    words.extend(image(case).into_iter().chain(more.iter().map(OsString::from)));
    for argument in super::run(&(case.dag)(), &(case.parameters)()).iter().skip(1) {
        let argument = argument.to_str().unwrap().trim_start_matches("--");
        let (name, value) = argument.split_once('=').unwrap();
        words.extend(["--parameter".into(), name.into(), value.into()]);
    }
    words
}

/// The image of a case, and its program there.
pub(crate) fn image(case: &Case) -> [OsString; 6] {
    let image = ["--image", "registry.example.com/dags:1", "--command", "/dags", "--command"];
    let [image, of, command, dags, more] = image.map(OsString::from);
    [image, of, command, dags, more, case.name.into()]
}

/// The manifest of a case.
pub(crate) fn manifest(case: &Case, more: &[&str]) -> Value {
    let mut words = workflow(case, more);
    words.extend(["--format".into(), "json".into()]);
    serde_json::from_str(&Program::of(case.name).succeed(&words)).unwrap()
}

/// What is below a key, in all templates.
pub(crate) fn templates(manifest: &Value) -> &[Value] {
    list(&manifest["spec"]["templates"])
}

/// The elements of a list, which may not be there.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// All tasks, each with the template that it is in.
pub(crate) fn tasks(manifest: &Value) -> Vec<(&Value, &Value)> {
    let mut tasks = Vec::new();
    for template in templates(manifest) {
        tasks.extend(list(&template["dag"]["tasks"]).iter().map(|task| (template, task)));
    }
    tasks
}

/// The one of this name.
pub(crate) fn named<'v>(all: &'v [Value], name: &Value) -> &'v Value {
    all.iter().find(|one| one["name"] == *name).unwrap_or_else(|| panic!("there is no {name}"))
}
