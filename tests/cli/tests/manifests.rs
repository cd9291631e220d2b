//! Manifests for Argo Workflows: what they look like, and what none of them does, for each thing that Argo
//! is known to do with one. `DAGGER_MANIFESTS=overwrite` writes those in `tests/cli/manifests` anew.

mod support;

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use dagger_cli_tests::{Case, cases};
use serde_json::Value;
use support::Program;
use support::argo::{image, list, manifest, named, tasks, templates, workflow};

fn case(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).expect("there is such a case")
}

/// Manifests, one alone and all of them: a file, a case, and further words.
const MANIFESTS: [(&str, &str, &[&str]); 9] = [
    ("chain.yaml", "chain", &[]),
    ("fan-out.yaml", "squares_of_ten", &[]),
    ("nested.yaml", "rate_all", &[]),
    ("arguments.yaml", "lent", &[]),
    ("several-outputs.yaml", "several_outputs", &[]),
    ("serializers.yaml", "by_hand", &[]),
    ("options.yaml", "options", &[]),
    ("batches.yaml", "squares_of_each", &["--batch", "100"]),
    (
        "settings.json",
        "chain",
        &[
            "--format",
            "json",
            "--name",
            "chain-1",
            "--namespace",
            "data",
            "--label",
            "team",
            "ds",
            "--annotation",
            "example.com/owner",
            "Ada & co",
            "--service-account",
            "runner",
            "--key-prefix",
            "pipelines/",
        ],
    ),
];

fn compare(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests").join(file);
    if std::env::var("DAGGER_MANIFESTS").is_ok_and(|mode| mode == "overwrite") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, known, "{file} is another; DAGGER_MANIFESTS=overwrite writes it anew");
}

#[test]
fn they_look_as_they_did() {
    for (file, name, more) in MANIFESTS {
        let case = case(name);
        compare(file, &Program::of(case.name).succeed(&workflow(&case, more)));
    }
    let case = case("defaults");
    let of_kind = |kind: &str, more: &[&str]| {
        let mut words: Vec<OsString> = vec!["argo".into(), kind.into()];
        words.extend(image(&case).into_iter().chain(more.iter().map(OsString::from)));
        Program::of(case.name).succeed(&words)
    };
    compare("workflow.yaml", &of_kind("workflow", &[]));
    compare("workflow-template.yaml", &of_kind("workflow-template", &[]));
    compare("cluster-workflow-template.yaml", &of_kind("cluster-workflow-template", &[]));
    let cron = [
        "--schedule",
        "0 3 * * *",
        "--schedule",
        "@daily",
        "--time-zone",
        "Europe/Madrid",
        "--concurrency-policy",
        "Forbid",
        "--parameter",
        "n",
        "-0",
    ];
    compare(
        "cron-workflow.yaml",
        &of_kind("cron-workflow", &[&cron[..8], &["--parameter", "n", "3"]].concat()),
    );
}

/// Looks at the manifests of all cases, one partition a pod and several.
fn each(look: impl Fn(&str, &Value)) {
    for case in cases() {
        look(case.name, &manifest(&case, &[]));
        look(case.name, &manifest(&case, &["--batch", "3"]));
    }
}

/// All values in a value.
fn walk<'v>(value: &'v Value, look: &mut dyn FnMut(&'v Value)) {
    look(value);
    match value {
        Value::Array(array) => array.iter().for_each(|value| walk(value, look)),
        Value::Object(object) => object.values().for_each(|value| walk(value, look)),
        _ => {}
    }
}

fn key(artifact: &Value) -> &str {
    artifact["s3"]["key"].as_str().unwrap_or_default()
}

#[test]
fn results_of_a_map_over_nothing_may_be_missing() {
    each(|name, manifest| {
        for (template, task) in tasks(manifest) {
            for artifact in list(&task["arguments"]["artifacts"]) {
                // Of all tasks of the template that are mapped, the one whose results these are.
                let is_of = |other: &&Value| {
                    let mut keys = list(&other["arguments"]["parameters"]).iter();
                    !other["withParam"].is_null()
                        && keys.any(|passed| {
                            passed["value"] == format!("{}/{{{{item}}}}", key(artifact))
                        })
                };
                if list(&template["dag"]["tasks"]).iter().any(|other| is_of(&other)) {
                    assert_eq!(artifact["optional"], true, "{name}: {artifact}");
                }
            }
        }
    });
}

#[test]
fn what_is_said_of_an_artifact_is_said_by_the_argument() {
    each(|name, manifest| {
        for (_, task) in tasks(manifest) {
            for artifact in list(&task["arguments"]["artifacts"]) {
                let is_kept = artifact["s3"].is_null() || artifact["archive"]["none"].is_object();
                assert!(is_kept, "{name}: {artifact}");
            }
        }
        for template in templates(manifest) {
            for artifact in list(&template["inputs"]["artifacts"]) {
                let keys: Vec<_> = artifact.as_object().unwrap().keys().collect();
                assert!(
                    keys.iter().all(|key| *key == "name" || *key == "path"),
                    "{name}: {keys:?}"
                );
            }
            for artifact in list(&template["outputs"]["artifacts"]) {
                let is_kept = artifact["s3"].is_null() || artifact["archive"]["none"].is_object();
                assert!(is_kept, "{name}: {artifact}");
            }
        }
    });
}

#[test]
fn values_of_parameters_are_texts_and_stand_without_quotes() {
    each(|name, manifest| {
        for parameter in list(&manifest["spec"]["arguments"]["parameters"]) {
            let text = parameter["value"].as_str().unwrap_or_else(|| panic!("{name}: {parameter}"));
            serde_json::from_str::<serde::de::IgnoredAny>(text).expect("JSON");
            assert!(!text.contains("{{") && !text.contains('\u{7f}'), "{name}: {text}");
        }
        walk(manifest, &mut |value| {
            if let Some(data) = value["raw"]["data"].as_str() {
                let name = data
                    .strip_prefix("{{workflow.parameters.")
                    .and_then(|name| name.strip_suffix("}}"));
                assert!(name.is_some_and(|name| !name.contains('{')), "{data}");
            }
        });
    });
}

#[test]
fn nothing_in_an_argument_of_a_pod_is_expanded() {
    each(|name, manifest| {
        for template in templates(manifest) {
            for word in list(&template["container"]["args"]) {
                let word = word.as_str().unwrap();
                assert!(
                    !word.contains('$') && !word.contains("{{") && word.len() < 1 << 10,
                    "{name}: {word}"
                );
            }
        }
    });
}

#[test]
fn a_fan_out_is_over_the_list_of_a_node_that_always_runs() {
    each(|name, manifest| {
        for (template, task) in tasks(manifest) {
            let Some(list_of) = task["withParam"].as_str() else { continue };
            let from = list_of.trim_start_matches("{{tasks.").trim_end_matches("}}");
            let (from, output) = from.split_once(".outputs.parameters.").expect("a parameter");
            let from = named(list(&template["dag"]["tasks"]), &from.into());
            assert!(from["withParam"].is_null() && from["when"].is_null(), "{name}: {from}");
            let mut made_by = named(templates(manifest), &from["template"]);
            if !made_by["dag"].is_null() {
                made_by = named(
                    templates(manifest),
                    &named(list(&made_by["dag"]["tasks"]), &"end".into())["template"],
                );
            }
            let parameter = named(list(&made_by["outputs"]["parameters"]), &output.into());
            let path = parameter["valueFrom"]["path"].as_str().unwrap_or_default();
            assert!(path.ends_with("/partitions.json"), "{name}: {parameter}");
        }
    });
}

#[test]
fn what_a_dag_hands_out_comes_from_a_task() {
    each(|name, manifest| {
        for template in templates(manifest).iter().filter(|template| !template["dag"].is_null()) {
            for artifact in list(&template["outputs"]["artifacts"]) {
                assert!(
                    artifact["from"].is_string() && artifact["s3"].is_null(),
                    "{name}: {artifact}"
                );
            }
        }
    });
}

#[test]
fn names_can_be_used() {
    let words =
        ["not", "in", "or", "and", "matches", "contains", "if", "else", "true", "false", "nil"];
    each(|name, manifest| {
        let mut seen = HashSet::new();
        for template in templates(manifest) {
            let template = template["name"].as_str().unwrap();
            assert!(template.len() <= 128 && seen.insert(template), "{name}: {template}");
            assert!(template.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{template}");
        }
        for (template, task) in tasks(manifest) {
            let task = task["name"].as_str().unwrap();
            assert!(
                !words.contains(&task) && !task.starts_with(|c: char| c.is_ascii_digit()),
                "{task}"
            );
            let same = list(&template["dag"]["tasks"]).iter().filter(|other| other["name"] == task);
            assert_eq!(same.count(), 1, "{name}: {task}");
        }
    });
}

#[test]
fn a_template_declares_all_that_it_is_passed() {
    each(|name, manifest| {
        for (_, task) in tasks(manifest) {
            let template = named(templates(manifest), &task["template"]);
            for kind in ["artifacts", "parameters"] {
                let names = |of: &Value| -> HashSet<String> {
                    list(&of[kind])
                        .iter()
                        .map(|one| one["name"].as_str().unwrap().to_owned())
                        .collect()
                };
                assert_eq!(names(&task["arguments"]), names(&template["inputs"]), "{name}: {task}");
            }
        }
    });
}

#[test]
fn each_attempt_of_a_task_is_a_pod() {
    let options = manifest(&case("options"), &[]);
    let train = named(templates(&options), &"train".into());
    let expected = serde_json::json!({
        "limit": "3",
        "retryPolicy": "Always",
        "backoff": { "duration": "100ms", "factor": "2", "cap": "10s" },
    });
    assert_eq!(train["retryStrategy"], expected);
    assert_eq!(train["activeDeadlineSeconds"], 150);
    assert!(list(&train["container"]["args"]).contains(&"--once".into()));
    // In a batch, the pod makes the attempts of each partition.
    let measure = named(templates(&options), &"measure".into());
    assert_eq!(measure["retryStrategy"]["retryPolicy"], "OnError");
    assert!(!list(&measure["container"]["args"]).contains(&"--once".into()));
    assert_eq!(list(&train["container"]["env"])[0]["name"], "A");
    let slow = manifest(&case("in_time"), &[]);
    assert_eq!(named(templates(&slow), &"slow".into())["activeDeadlineSeconds"], 65);
}

#[test]
fn every_text_of_yaml_is_quoted() {
    for case in cases() {
        let yaml = Program::of(case.name).succeed(&workflow(&case, &[]));
        for line in yaml.lines() {
            let line = line.trim_start().trim_start_matches("- ");
            let scalar = match line.split_once(':') {
                Some((key, rest)) if !key.contains(['\'', '"']) => rest.trim(),
                _ => line,
            };
            let is_plain = ["", "{}", "[]", "true", "false"].contains(&scalar)
                || scalar.bytes().all(|byte| byte.is_ascii_digit());
            assert!(is_plain || scalar.starts_with(['\'', '"']), "{}: {line}", case.name);
        }
    }
}
