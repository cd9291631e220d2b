//! What is wrong with a manifest that is asked for is one clear line, and there is no manifest.

mod support;

use std::fs;

use dagger::argo::{Kind, Manifest};
use dagger::hand::{Task, constant};
use dagger::{Dag, Json};
use support::Program;
use support::place::Place;

#[test]
fn commands_and_options() {
    let place = Place::new();
    let fails =
        |case, command: &str, line: &str| place.fails(case, &format!("argo {command}"), 2, line);
    let kinds = "`workflow`, `cron-workflow`, `workflow-template` and `cluster-workflow-template`";
    fails("defaults", "", &format!("`argo` lacks its kind: {kinds}"));
    fails("defaults", "flow", &format!("`argo` has no kind `flow`; the kinds are {kinds}"));
    fails("defaults", "workflow", "`argo workflow` lacks `--image <IMAGE>`");
    let fails = |case, more: &str, line: &str| {
        fails(case, &format!("workflow --image i {more}"), line);
    };
    fails("defaults", "--parameter x 1", "the dag has no parameter `x`; it takes `n`, `by`");
    fails(
        "defaults",
        "--parameter n x",
        "`x` is no value of `--parameter n`, a `u64`: invalid type: string \"x\", expected u64",
    );
    fails(
        "defaults",
        "--name A",
        "the name `A` is not one that a Workflow can have: it takes lower-case letters, digits, `-` and `.`, 63 \
         characters at most, and begins and ends with a letter or a digit",
    );
    fails(
        "defaults",
        "--namespace a.b",
        "`a.b` is no namespace: it takes lower-case letters, digits and `-`, 63 characters at most",
    );
    fails(
        "defaults",
        "--key-prefix /a",
        "the key prefix `/a` is no beginning of a key, such as `pipelines/`: it has `..`, or a `/` too many",
    );
    fails(
        "defaults",
        "--format xml",
        "`xml` is no value of `--format <FORMAT>`; it takes `yaml`, `json`",
    );
    fails(
        "rate_all",
        "--batch rate=2",
        "a batch is asked for at `rate`, which is not a mapped node; the mapped nodes are `rate-products.rate`, \
         `rate-products`",
    );
    fails(
        "opaque_result",
        "",
        "node `hide`, output `return_value`: `Opaque` cannot cross from process to process: `Json` takes what is \
         `Serialize` and `DeserializeOwned`, with serde's `derive`",
    );
}

#[test]
fn schedules() {
    let fails = |more: &[&str], line: &str| {
        let words = [&["argo", "cron-workflow", "--image", "i"], more].concat();
        let words: Vec<_> = words.into_iter().map(Into::into).collect();
        let output = Program::of("defaults").output(&words);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("error: {line}\n"));
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    };
    fails(&[], "no schedule is given, such as `0 3 * * *`, and a CronWorkflow needs one");
    fails(
        &["--schedule", "@daily"],
        "the parameter `n` has no value, and nobody gives one when a cron workflow runs",
    );
    fails(
        &["--schedule", "0 3 * *", "--parameter", "n", "1"],
        "`0 3 * *` is no schedule: it takes five fields (minute, hour, day of the month, month, day of the week) or a \
         word such as `@daily`",
    );
    fails(
        &["--schedule", "@daily", "--concurrency-policy", "Never"],
        "`Never` is no value of `--concurrency-policy <POLICY>`; it takes `Allow`, `Forbid`, `Replace`",
    );
}

#[test]
fn fields_that_the_manifest_decides() {
    let place = Place::new();
    for (option, field, line) in [
        (
            "container",
            "command: [x]",
            "the options of the container set `command`, which the manifest decides itself: the command of all pods is \
             given with the manifest; any field but `name`, `image`, `command`, `args` may be set",
        ),
        (
            "task",
            "withParam: x",
            "the options of the task set `withParam`, which the manifest decides itself; any field but `name`, \
             `template`, `templateRef`, `inline`, `arguments`, `dependencies`, `depends`, `withItems`, `withParam`, \
             `withSequence` may be set",
        ),
        (
            "workflow",
            "entrypoint: x",
            "the options of the workflow set `entrypoint`, which the manifest decides itself; any field but \
             `entrypoint`, `templates`, `arguments`, `workflowTemplateRef` may be set",
        ),
        (
            "template",
            "[1]",
            "the options of the template are no object of Argo's fields, such as {\"a\": 1}",
        ),
        (
            "template",
            "a: [",
            "`--template-options @/fields` is no YAML: unclosed bracket '[' at line 1, column 4",
        ),
    ] {
        fs::write(place.at("fields"), field).unwrap();
        let command = format!("argo workflow --image i --{option}-options @/fields");
        place.fails("defaults", &command, 2, line);
    }
    fs::write(place.at("fields"), "{\"ttlStrategy\": {\"secondsAfterCompletion\": 60}}").unwrap();
    let words = place.words("argo workflow --image i --workflow-options @/fields");
    let manifest = Program::of("defaults").succeed(&words);
    assert!(manifest.contains("  ttlStrategy:\n    secondsAfterCompletion: 60\n"), "{manifest}");
}

/// So many tasks, one after another.
fn chain(length: usize) -> Dag {
    let mut dag = Dag::builder("chain");
    let task = || Task::new("next", ["n"], |n: u64| n + 1);
    let mut n = dag.node(task(), (constant(0_u64),));
    for _ in 1..length {
        dag.serialize(n, Json);
        n = dag.node(task(), (n,));
    }
    dag.serialize(n, Json);
    dag.output("return_value", n);
    dag.build().unwrap()
}

#[test]
fn what_a_cluster_refuses() {
    let build = |length| {
        let dag = chain(length);
        Manifest::builder(Kind::WorkflowTemplate, "i").build(&dag)
    };
    assert!(build(199).is_ok_and(|manifest| manifest.warnings().is_empty()));
    let error = build(201).unwrap_err();
    assert_eq!(error.problems().len(), 2, "{error}");
    assert!(error.problems()[0].starts_with("the workflow has 202 templates"), "{error}");
    assert_eq!(error.problems()[1], "the dag `chain` has 201 tasks, and Argo takes 200");
    let manifest = Manifest::builder(Kind::Workflow, "i");
    let mut dag = Dag::builder("text");
    let text = dag.parameter::<String>("text");
    let length = dag.node(Task::new("length", ["text"], |text: String| text.len()), (text,));
    dag.serialize(text, Json);
    dag.serialize(length, Json);
    dag.output("return_value", length);
    let long = format!("\"{}\"", "x".repeat(200_000));
    let error = manifest.parameter("text", long).build(&dag.build().unwrap()).unwrap_err();
    let line = "the parameter `text` has 200002 bytes, and a workflow takes 122880 of each: let a task read it from where \
                it is";
    assert_eq!(error.to_string(), line);
}
