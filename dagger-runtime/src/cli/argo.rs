//! `argo`: the dag as a manifest for Argo Workflows.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dagger_core::Dag;
use serde_json::Value;

use super::arguments::{files, listed, pairs};
use super::error::{Problem, one_line};
use super::print;
use super::values::as_json;
use crate::argo::{Kind, Manifest, ManifestBuilder, ManifestError};

/// Sets a field that is a text.
type Set = fn(ManifestBuilder, String) -> ManifestBuilder;

const KINDS: [(&str, Kind, &str); 4] = [
    ("workflow", Kind::Workflow, "A run of the dag"),
    ("cron-workflow", Kind::CronWorkflow, "Runs of the dag at certain times"),
    ("workflow-template", Kind::WorkflowTemplate, "A template of runs, in a namespace"),
    (
        "cluster-workflow-template",
        Kind::ClusterWorkflowTemplate,
        "A template of runs, for all namespaces",
    ),
];

/// Options that take a file with fields of Argo's, and what gets them.
const FIELDS: [(&str, &str, fn(ManifestBuilder, Value) -> ManifestBuilder); 4] = [
    ("container-options", "Fields of all containers", ManifestBuilder::container),
    ("template-options", "Fields of all templates of pods", ManifestBuilder::template),
    ("task-options", "Fields of all tasks that run a node", ManifestBuilder::task),
    ("workflow-options", "Fields of the workflow", ManifestBuilder::workflow),
];

/// The command, with one below it for each kind of manifest.
pub(super) fn command() -> Command {
    let kinds = KINDS.map(|(name, kind, about)| {
        let mut command = Command::new(name).about(about).args(shared());
        if kind == Kind::CronWorkflow {
            command = command.args(cron());
        }
        command
    });
    Command::new("argo")
        .about("Prints the dag as a manifest for Argo Workflows")
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .subcommands(kinds)
}

fn shared() -> Vec<Arg> {
    let one = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let pair = |name: &'static str, values: [&'static str; 2], help: &'static str| {
        files(name, values[1], help).value_names(values).allow_hyphen_values(true)
    };
    let mut all = vec![
        one("image", "IMAGE", "The image of the pods, which has this program").required(true),
        one(
            "command",
            "WORD",
            "The program in the image, and words in front of `node` [default: its name, in `/`]",
        )
        .action(ArgAction::Append)
        .allow_hyphen_values(true),
        one("name", "NAME", "The name of the object [default: that of the dag]"),
        one("namespace", "NAME", "The namespace of the object"),
        pair("label", ["KEY", "VALUE"], "A label of the object"),
        pair("annotation", ["KEY", "VALUE"], "An annotation of the object"),
        one("service-account", "NAME", "The service account of the pods"),
        one("key-prefix", "PREFIX", "What the keys of all artifacts begin with"),
        pair(
            "parameter",
            ["NAME", "VALUE"],
            "The value of a parameter of the dag: JSON, or plain text for a string",
        ),
        one("batch", "[ADDRESS=]N", "How many partitions one pod works on: of all maps, or of one")
            .action(ArgAction::Append),
        one("format", "FORMAT", "YAML or JSON")
            .value_parser(["yaml", "json"])
            .default_value("yaml"),
    ];
    all.extend(FIELDS.map(|(name, help, _)| fields(name, help)));
    all
}

fn cron() -> Vec<Arg> {
    vec![
        Arg::new("schedule")
            .long("schedule")
            .value_name("CRON")
            .action(ArgAction::Append)
            .help("When it runs, as in `0 3 * * *`"),
        Arg::new("time-zone")
            .long("time-zone")
            .value_name("ZONE")
            .help("The time zone, as in `Europe/Madrid`"),
        Arg::new("concurrency-policy")
            .long("concurrency-policy")
            .value_name("POLICY")
            .value_parser(["Allow", "Forbid", "Replace"])
            .help("What happens where the last run is not done"),
        fields("cron-options", "Fields of the cron workflow"),
    ]
}

fn fields(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("FILE")
        .action(ArgAction::Append)
        .value_parser(value_parser!(OsString))
        .help(format!("{help}, as YAML or JSON"))
}

/// What there is to choose from where no kind is given.
pub(super) fn without_kind() -> String {
    let kinds: Vec<_> = KINDS.iter().map(|(name, ..)| format!("`{name}`")).collect();
    format!("no kind of manifest is given; the kinds are {}", listed(&kinds))
}

/// Prints the manifest. `program` is the name by which this one was called.
pub(super) fn argo(dag: &Dag, matches: &ArgMatches, program: &OsStr) -> Result<(), Problem> {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Problem::Usage(without_kind()));
    };
    let Some((_, kind, _)) = KINDS.iter().find(|(known, ..)| *known == name) else {
        return Err(Problem::Usage(without_kind()));
    };
    let manifest = settings(dag, *kind, matches, program)?.build(dag).map_err(usage)?;
    for warning in manifest.warnings() {
        eprintln!("warning: {}", one_line(warning));
    }
    let text = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => manifest.to_json(),
        _ => manifest.to_yaml(),
    };
    print(&text.map_err(usage)?)
}

fn usage(error: ManifestError) -> Problem {
    Problem::Usage(error.to_string())
}

fn settings(
    dag: &Dag,
    kind: Kind,
    matches: &ArgMatches,
    program: &OsStr,
) -> Result<ManifestBuilder, Problem> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let mut settings = Manifest::builder(kind, text("image").unwrap_or_default());
    settings = match matches.get_many::<String>("command") {
        Some(words) => settings.command(words.cloned()),
        None => {
            let name = Path::new(program).file_name().unwrap_or(program);
            settings.command([format!("/{}", name.to_string_lossy())])
        }
    };
    let texts: [(&str, Set); 4] = [
        ("name", ManifestBuilder::name),
        ("namespace", ManifestBuilder::namespace),
        ("service-account", ManifestBuilder::service_account),
        ("key-prefix", ManifestBuilder::key_prefix),
    ];
    for (name, set) in texts {
        if let Some(text) = text(name) {
            settings = set(settings, text);
        }
    }
    let plain = |value: OsString| value.to_string_lossy().into_owned();
    for (key, value) in pairs(matches, "label")? {
        settings = settings.label(key, plain(value));
    }
    for (key, value) in pairs(matches, "annotation")? {
        settings = settings.annotation(key, plain(value));
    }
    for (name, value) in pairs(matches, "parameter")? {
        let json = match dag.parameters().iter().position(|parameter| parameter.name == name) {
            Some(index) => as_json(dag, index, &plain(value))?,
            // The manifest says that there is no such parameter.
            None => plain(value),
        };
        settings = settings.parameter(name, json);
    }
    for batch in matches.get_many::<String>("batch").into_iter().flatten() {
        let (address, number) = match batch.rsplit_once('=') {
            Some((address, number)) => (Some(address), number),
            None => (None, batch.as_str()),
        };
        let partitions = number.parse().ok().filter(|number| *number > 0);
        let partitions = partitions.ok_or_else(|| {
            Problem::Usage(format!(
                "`{batch}` is no value of `--batch <[ADDRESS=]N>`; it takes a whole number, 1 at least, or the address of \
                 a mapped node in front of one"
            ))
        })?;
        settings = settings.batch(address, partitions);
    }
    for (name, _, set) in FIELDS {
        for fields in read(matches, name)? {
            settings = set(settings, fields);
        }
    }
    if kind == Kind::CronWorkflow {
        for schedule in matches.get_many::<String>("schedule").into_iter().flatten() {
            settings = settings.schedule(schedule);
        }
        if let Some(zone) = text("time-zone") {
            settings = settings.time_zone(zone);
        }
        if let Some(policy) = text("concurrency-policy") {
            settings = settings.concurrency_policy(policy);
        }
        for fields in read(matches, "cron-options")? {
            settings = settings.cron(fields);
        }
    }
    Ok(settings)
}

/// The fields in the files of an option.
fn read(matches: &ArgMatches, option: &str) -> Result<Vec<Value>, Problem> {
    let files = matches.get_many::<OsString>(option).into_iter().flatten();
    let read = files.map(|file| {
        let place = format!("--{option} {}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| {
            Problem::Usage(format!("`{place}` cannot be read: {}", super::files::plain(&error)))
        })?;
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(&text, options)
            .map_err(|error| Problem::Usage(format!("`{place}` is no YAML: {error}")))
    });
    read.collect()
}
