//! The options of the commands, and what is said where they are given wrongly.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dagger_core::exec::signature::Outside;
use dagger_core::{Dag, Parameter};

use super::error::Problem;
use super::print;

/// The formats of a graph.
pub(super) const FORMATS: [&str; 4] = ["mermaid", "dot", "svg", "json"];

/// How `run` shows how far it is.
pub(super) const PROGRESS: [&str; 4] = ["auto", "bar", "plain", "none"];

/// Options of `run` that no parameter can have; some of them are yet to come.
const RESERVED: [&str; 12] = [
    "input",
    "output",
    "max-concurrency",
    "progress",
    "checkpoint",
    "cache",
    "cache-mib",
    "cache-days",
    "report",
    "trace",
    "help",
    "version",
];

/// What the user says, without the space that a comment begins with.
pub(super) fn docs(outside: &Outside) -> String {
    let lines = outside.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The option of a parameter: its name, behind `parameter-` where that is another option.
pub(super) fn option_of(parameter: &Parameter) -> String {
    let name = &parameter.name;
    match RESERVED.contains(&name.replace('_', "-").as_str()) {
        true => format!("parameter-{name}"),
        false => name.clone(),
    }
}

/// The id of an option for a parameter, which no other option has.
pub(super) fn id_of(parameter: &Parameter) -> String {
    format!("={}", parameter.name)
}

/// All commands, for this dag.
pub(super) fn command(dag: &Dag) -> Command {
    let docs = docs(&dag.signature().outside);
    let about = if docs.is_empty() { format!("The dag `{}`.", dag.name()) } else { docs };
    let command = Command::new(dag.name().to_owned())
        .about(about)
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .subcommand(run(dag))
        .subcommand(node())
        .subcommand(
            Command::new("graph").about("Prints the graph").arg(
                Arg::new("format")
                    .long("format")
                    .value_name("FORMAT")
                    .help("A picture, or all that is known, as JSON")
                    .value_parser(FORMATS)
                    .default_value(FORMATS[0]),
            ),
        )
        .subcommand(Command::new("params").about("Prints the JSON schema of the parameters"));
    #[cfg(feature = "checkpoint")]
    let command = command.subcommand(super::checkpoint::command());
    #[cfg(feature = "argo")]
    let command = command.subcommand(super::argo::command());
    command
}

fn run(dag: &Dag) -> Command {
    let mut run = Command::new("run")
        .about("Runs the dag, and prints what it returns as JSON")
        .after_help(
            "A VALUE is JSON, or plain text for a string. What is written to a file is not printed.",
        );
    let accepted = &dag.signature().parameters;
    for (parameter, accepted) in dag.parameters().iter().zip(accepted) {
        let docs = docs(&accepted.outside);
        let docs = docs.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let default = parameter.default.as_ref();
        let default = default.map(|default| format!("[default: {default}]")).unwrap_or_default();
        let ty = format!("{}: {}", parameter.name, parameter.ty);
        let help = [&*docs, &default].join(if docs.is_empty() { "" } else { " " });
        let option = option_of(parameter);
        let mut arg = Arg::new(id_of(parameter))
            .value_name("VALUE")
            .allow_negative_numbers(true)
            .help(format!("{ty}{}{help}", if help.is_empty() { "" } else { "  " }));
        if option.contains('_') {
            arg = arg.alias(option.replace('_', "-"));
        }
        run = run.arg(arg.long(option));
    }
    #[cfg(feature = "checkpoint")]
    let run = super::checkpoint::options(run);
    run.arg(files("input", "FILE", "Reads a parameter from a file"))
        .arg(files("output", "FILE", "Writes an output to a file"))
        .arg(
            Arg::new("max-concurrency")
                .long("max-concurrency")
                .value_name("N")
                .help("Runs at most so many tasks at a time")
                .value_parser(value_parser!(u32).range(1..)),
        )
        .arg(
            Arg::new("progress")
                .long("progress")
                .value_name("HOW")
                .help(
                    "Shows how far the run is, on standard error: as bars, as plain lines, or not at all; \
                     `auto` is bars on a terminal, and lines elsewhere once five seconds have passed",
                )
                .value_parser(PROGRESS)
                .default_value(PROGRESS[0]),
        )
        .arg(
            Arg::new("report")
                .long("report")
                .value_name("FILE")
                .value_parser(value_parser!(OsString))
                .help("Writes a report of the run, an HTML page"),
        )
        .arg(
            Arg::new("trace")
                .long("trace")
                .value_name("FILE")
                .value_parser(value_parser!(OsString))
                .help("Writes what happens as a trace, for Perfetto"),
        )
}

fn node() -> Command {
    Command::new("node")
        .about("Runs one node of the dag, with its values in files, as a remote engine does")
        .after_help(
            "A partitioned value is a directory with a file for each partition, `0`, `1` and so on, and a \
             `partitions.json` that lists them; one that is not there is empty. A mapped node reads one \
             of these files.",
        )
        .arg(
            Arg::new("address")
                .value_name("ADDRESS")
                .required(true)
                .help("The node's name, behind those of the dags around it: `outer.inner`; `.` for the \
                       end of the dag"),
        )
        .arg(files("input", "FILE", "Reads a value"))
        .arg(files("json", "FILE", "Reads a parameter of the dag as JSON, whatever its serializer"))
        .arg(files("output", "FILE", "Writes an output"))
        .arg(
            files("batch", "N", "Writes the partitions of an output in directories of N")
        )
        .arg(
            Arg::new("once")
                .long("once")
                .action(ArgAction::SetTrue)
                .help("Makes one attempt, whatever the task says of `retry`"),
        )
        .arg(files(
            "parameter",
            "FILE",
            "Writes what the node passes to the dag that it calls, which does not run",
        ))
        .arg(files(
            "result",
            "FILE",
            "Reads an output of the dag that the node calls, which does not run",
        ))
        .arg(
            Arg::new("whole")
                .long("whole")
                .action(ArgAction::SetTrue)
                .help("Runs the dag that the node calls here, with all of its nodes"),
        )
}

/// An option that takes a name and a file, any number of times.
pub(super) fn files(name: &'static str, file: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_names(["NAME", file])
        .num_args(2)
        .action(ArgAction::Append)
        .value_parser(value_parser!(OsString))
        .help(help)
}

/// The names and files that an option was given.
pub(super) fn pairs(
    matches: &ArgMatches,
    option: &str,
) -> Result<Vec<(String, OsString)>, Problem> {
    let mut pairs: Vec<(String, OsString)> = Vec::new();
    for mut pair in matches.get_occurrences::<OsString>(option).into_iter().flatten() {
        let (Some(name), Some(file)) = (pair.next(), pair.next()) else { continue };
        let name = name.to_string_lossy().into_owned();
        if pairs.iter().any(|(known, _)| *known == name) {
            return Err(Problem::Usage(format!("`--{option} {name}` is given twice")));
        }
        pairs.push((name, file.clone()));
    }
    Ok(pairs)
}

/// What there is to choose from where no command is given.
pub(super) fn without_command(dag: &Dag) -> String {
    format!("no command is given; the commands are {}", names(&command(dag)))
}

/// The commands below one.
fn names(command: &Command) -> String {
    let names: Vec<_> = command.get_subcommands().map(|c| format!("`{}`", c.get_name())).collect();
    listed(&names)
}

/// The command that was given, with all words that led to it.
fn given_command(dag: &Dag, given: &[OsString]) -> (String, Command) {
    let (mut words, mut command) = (Vec::new(), command(dag));
    for word in given.iter().skip(1) {
        let Some(below) = word.to_str().and_then(|word| command.find_subcommand(word)) else {
            break;
        };
        words.push(below.get_name().to_owned());
        command = below.clone();
    }
    (words.join(" "), command)
}

/// What clap found: the help that was asked for, or a mistake, in one line.
pub(super) fn explain(dag: &Dag, error: &clap::Error, given: &[OsString]) -> Result<(), Problem> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join("`, `")),
        _ => None,
    };
    let invalid = text(ContextKind::InvalidArg).unwrap_or_default();
    let message = match error.kind() {
        ErrorKind::DisplayHelp => return print(&error.to_string()),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            match given_command(dag, given) {
                (words, _) if words.is_empty() => without_command(dag),
                (words, command) => format!("`{words}` lacks its kind: {}", names(&command)),
            }
        }
        ErrorKind::InvalidSubcommand => {
            let words = given;
            let given = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            match given_command(dag, words) {
                (_, command) if command.get_name() == dag.name() => {
                    let instead = not_built_in(&given)
                        .unwrap_or_else(|| format!("; the commands are {}", names(&command)));
                    format!("there is no command `{given}`{instead}")
                }
                (words, command) => {
                    format!("`{words}` has no kind `{given}`; the kinds are {}", names(&command))
                }
            }
        }
        ErrorKind::UnknownArgument => {
            let meant = text(ContextKind::SuggestedArg);
            let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            format!("{}{meant}", unknown_option(dag, &invalid, given))
        }
        ErrorKind::InvalidValue
            if text(ContextKind::InvalidValue).is_some_and(|v| v.is_empty()) =>
        {
            format!("`{invalid}` lacks its value")
        }
        ErrorKind::InvalidValue => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            let valid = text(ContextKind::ValidValue).unwrap_or_default();
            format!("`{value}` is no value of `{invalid}`; it takes `{valid}`")
        }
        ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue).unwrap_or_default();
            format!("`{value}` is no value of `{invalid}`; it takes a whole number, 1 at least")
        }
        ErrorKind::WrongNumberOfValues => format!("`{invalid}` takes a name and a file"),
        ErrorKind::ArgumentConflict => format!("`{invalid}` is given twice"),
        ErrorKind::MissingRequiredArgument if invalid.starts_with('-') => {
            format!("`{}` lacks `{invalid}`", given_command(dag, given).0)
        }
        ErrorKind::MissingRequiredArgument => {
            format!("`node` takes the address of a node; {}", nodes(dag))
        }
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").to_owned()
        }
    };
    Err(Problem::Usage(message))
}

/// That a command or an option is of a feature of the crate which is not built in, where it is.
fn not_built_in(word: &str) -> Option<String> {
    let feature = match word {
        "argo" if !cfg!(feature = "argo") => "argo",
        "explain" | "--checkpoint" | "--cache" | "--cache-mib" | "--cache-days"
            if !cfg!(feature = "checkpoint") =>
        {
            "checkpoint"
        }
        _ => return None,
    };
    Some(format!(": the program was built without the feature `{feature}` of `dagger`"))
}

fn unknown_option(dag: &Dag, invalid: &str, given: &[OsString]) -> String {
    let (words, of) = given_command(dag, given);
    let options = of.get_arguments().filter_map(Arg::get_long);
    let options: Vec<_> = options.map(|option| format!("`--{option}`")).collect();
    let (place, options) = match words.is_empty() {
        false => (format!("`{words}`"), options),
        true => ("this program".to_owned(), vec!["`--help`".to_owned()]),
    };
    let what = if invalid.starts_with('-') { "option" } else { "argument" };
    let instead = not_built_in(invalid).filter(|_| words == "run");
    let instead = instead.unwrap_or_else(|| format!("; it takes {}", listed(&options)));
    format!("{place} has no {what} `{invalid}`{instead}")
}

/// A list of things to choose from, in words.
pub(super) fn listed(choices: &[String]) -> String {
    match choices {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The nodes of a dag.
fn nodes(dag: &Dag) -> String {
    let nodes: Vec<_> = dag.nodes().iter().map(|node| format!("`{}`", node.name)).collect();
    format!("there are {}", listed(&nodes))
}
