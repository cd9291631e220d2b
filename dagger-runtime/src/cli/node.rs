//! `node`: one node, with its values in files.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex};

use clap::ArgMatches;
use dagger_core::error::Failure;
use dagger_core::exec::value::Boxed;
use dagger_core::remote::{
    Batch, Form, RemoteEnd, RemoteInput, RemoteNode, RemoteParameter, Sink, WriteTo,
};
use dagger_core::{BoxError, Dag};

use super::arguments::{listed, pairs};
use super::batch;
use super::error::{Problem, chain};
use super::files::Reading;
use super::signals::Signals;
use super::target::{Target, are_apart};
use crate::sync::lock;
use crate::{Call, Runtime};

/// The address of the end of a dag.
const END: &str = ".";

pub(super) fn node(dag: &Dag, matches: &ArgMatches, signals: &Signals) -> Result<(), Problem> {
    let address = matches.get_one::<String>("address").map_or("", String::as_str);
    let given = Given {
        inputs: pairs(matches, "input")?,
        json: pairs(matches, "json")?,
        outputs: pairs(matches, "output")?,
        parameters: pairs(matches, "parameter")?,
        results: pairs(matches, "result")?,
        is_whole: matches.get_flag("whole"),
        is_once: matches.get_flag("once"),
        batches: batch::sizes(matches)?,
    };
    for (option, files) in [("output", &given.outputs), ("parameter", &given.parameters)] {
        are_apart(files.iter().map(|(name, file)| (format!("--{option} {name}"), &**file)))?;
    }
    if address == END {
        return end(dag, &given, signals);
    }
    let node = RemoteNode::find(dag, address).map_err(Problem::Usage)?;
    let who = format!("node `{address}`");
    match node.nested() {
        None => {
            let only = "it is a task, and calls no dag";
            refuse(&given.parameters, "parameter", &who, only)?;
            refuse(&given.results, "result", &who, only)?;
            if given.is_whole {
                return Err(Problem::Usage(format!("{who} takes no `--whole`: {only}")));
            }
            outputs(&node, &who, &given, None, signals)
        }
        Some(_) if node.keeps_errors() => {
            let only = "its dag runs here, as an error of it is a value for the nodes behind it";
            refuse(&given.parameters, "parameter", &who, only)?;
            refuse(&given.results, "result", &who, only)?;
            outputs(&node, &who, &given, None, signals)
        }
        Some(_) if !given.parameters.is_empty() => {
            let only = "the dag does not run where `--parameter` is given";
            refuse(&given.outputs, "output", &who, only)?;
            refuse(&given.results, "result", &who, only)?;
            parameters(&node, &who, &given, signals)
        }
        Some(_) if given.is_whole => {
            refuse(&given.results, "result", &who, "the dag runs where `--whole` is given")?;
            outputs(&node, &who, &given, None, signals)
        }
        Some(nested) => {
            let end = RemoteEnd::of(nested).map_err(Problem::Failed)?;
            let result = result(&end, &who, &given, signals)?;
            outputs(&node, &who, &given, Some(result), signals)
        }
    }
}

/// The files that are given.
pub(super) struct Given {
    pub(super) inputs: Vec<(String, OsString)>,
    /// Parameters of the dag, as JSON.
    pub(super) json: Vec<(String, OsString)>,
    pub(super) outputs: Vec<(String, OsString)>,
    pub(super) parameters: Vec<(String, OsString)>,
    pub(super) results: Vec<(String, OsString)>,
    /// Whether the dag that the node calls runs here.
    pub(super) is_whole: bool,
    /// Whether no call is made again.
    pub(super) is_once: bool,
    /// The outputs whose partitions are written in batches, and of which size.
    pub(super) batches: Vec<(String, usize)>,
}

impl Given {
    fn runtime(&self) -> Runtime {
        Runtime::builder().single_attempt(self.is_once).build()
    }
}

/// There is no use of an option here.
fn refuse(
    given: &[(String, OsString)],
    option: &str,
    who: &str,
    reason: &str,
) -> Result<(), Problem> {
    match given.first() {
        None => Ok(()),
        Some((name, _)) => {
            Err(Problem::Usage(format!("{who} takes no `--{option} {name}`: {reason}")))
        }
    }
}

/// Runs the node, with the end of the dag that it calls, where that is known, and writes its outputs.
fn outputs(
    node: &RemoteNode,
    who: &str,
    given: &Given,
    result: Option<Boxed>,
    signals: &Signals,
) -> Result<(), Problem> {
    let is_batch = batch::is_given(node, who, given)?;
    batch::check_sizes(node, who, given)?;
    let mut sink = Targets { who, at: HashMap::new(), is_batch, problem: None };
    for (name, file) in &given.outputs {
        let place = node.outputs().iter().position(|output| output.name == *name);
        let Some(place) = place else {
            let names: Vec<_> = node.outputs().iter().map(|o| format!("`{}`", o.name)).collect();
            let names = listed(&names);
            return Err(Problem::Usage(format!("{who} has no output `{name}`; it has {names}")));
        };
        let output = &node.outputs()[place];
        output
            .codec()
            .map_err(|reason| Problem::Failed(format!("{who}, output `{name}`: {reason}")))?;
        let option = format!("--output {name}");
        let is_directory = is_batch || output.form == Form::Partitions;
        let target = Target::new(option, Path::new(file), is_directory, signals)?;
        sink.at.insert(place, target);
    }
    let values = inputs(node, who, given, signals)?;
    let first = values.iter().find_map(|value| value.downcast_ref::<Batch>()?.first);
    let first = first.unwrap_or_default();
    let stand_in = result.map(|result| {
        let result = Mutex::new(Some(result));
        let once = move |_| {
            let result = lock(&result).take();
            result.ok_or_else(Failure::cancelled)
        };
        Arc::new(once) as _
    });
    let call = Call::of_part(node.fragment(), values, stand_in);
    let value = signals.run(&given.runtime(), call)?;
    for (place, target) in &mut sink.at {
        let output = &node.outputs()[*place];
        if is_batch {
            target.begin(first, None)?;
        } else if output.form == Form::Partitions {
            let batch = given.batches.iter().find(|(name, _)| *name == output.name);
            target.begin(0, batch.map(|(_, size)| *size))?;
        }
    }
    let written = node.write(value, &mut sink);
    if let Some(problem) = sink.problem.take() {
        return Err(problem);
    }
    written.map_err(|error| Problem::Failed(format!("{who}: {}", chain(&*error))))?;
    for target in sink.at.values_mut() {
        target.end()?;
    }
    keep(sink.at.into_values(), signals)
}

/// Moves all files to their places.
fn keep<'a>(targets: impl Iterator<Item = Target<'a>>, signals: &Signals) -> Result<(), Problem> {
    signals.check()?;
    for target in targets {
        target.keep()?;
    }
    Ok(())
}

/// Where the outputs go.
struct Targets<'a> {
    who: &'a str,
    at: HashMap<usize, Target<'a>>,
    /// Whether each value is the result of one partition of several.
    is_batch: bool,
    problem: Option<Problem>,
}

impl Targets<'_> {
    fn note(&mut self, result: Result<(), Problem>) -> Result<(), BoxError> {
        result.map_err(|problem| {
            self.problem = Some(problem);
            self.who.into()
        })
    }
}

impl Sink for Targets<'_> {
    fn wants(&self, output: usize) -> bool {
        self.at.contains_key(&output)
    }

    fn value(&mut self, output: usize, write: WriteTo<'_>) -> Result<(), BoxError> {
        let is_batch = self.is_batch;
        let written = self.at.get_mut(&output).map_or(Ok(()), |target| match is_batch {
            true => target.partition(write),
            false => target.value(write),
        });
        self.note(written)
    }

    fn partition(&mut self, output: usize, write: WriteTo<'_>) -> Result<(), BoxError> {
        let written = self.at.get_mut(&output).map_or(Ok(()), |target| target.partition(write));
        self.note(written)
    }
}

/// Writes what the node passes to the dag that it calls.
fn parameters(
    node: &RemoteNode,
    who: &str,
    given: &Given,
    signals: &Signals,
) -> Result<(), Problem> {
    let Some(nested) = node.nested() else { return Ok(()) };
    batch::is_given(node, who, given)?;
    let parameters = RemoteParameter::of(nested);
    let mut targets = Vec::new();
    for (name, file) in &given.parameters {
        let Some(place) = parameters.iter().position(|parameter| parameter.name == name) else {
            let names: Vec<_> = parameters.iter().map(|p| format!("`{}`", p.name)).collect();
            let names = listed(&names);
            return Err(Problem::Usage(format!(
                "{who} passes no parameter `{name}`; its dag takes {names}"
            )));
        };
        let codec = parameters[place].codec();
        let codec = codec
            .map_err(|reason| Problem::Failed(format!("{who}, parameter `{name}`: {reason}")))?;
        let option = format!("--parameter {name}");
        targets.push((place, codec, Target::new(option, Path::new(file), false, signals)?));
    }
    let values = inputs(node, who, given, signals)?;
    let passed = Arc::new(Mutex::new(None));
    let passed_here = Arc::clone(&passed);
    let stand_in = Arc::new(move |values| {
        *lock(&passed_here) = Some(values);
        Err(Failure::cancelled())
    });
    let call = Call::of_part(node.fragment(), values, Some(stand_in));
    let ended = signals.run(&Runtime::default(), call);
    let passed = lock(&passed).take();
    let Some(passed): Option<Vec<Boxed>> = passed else {
        return ended.map(drop);
    };
    for (place, codec, target) in &mut targets {
        let value = &passed[*place];
        target.value(&mut |to| (codec.write)(&**value, to))?;
    }
    keep(targets.into_iter().map(|(_, _, target)| target), signals)
}

/// What the dag returns that a node calls, of its outputs.
fn result(end: &RemoteEnd, who: &str, given: &Given, signals: &Signals) -> Result<Boxed, Problem> {
    let values = read(end.inputs(), None, who, "result", &given.results, signals)?;
    let call = Call::of_part(end.fragment(), values, None);
    signals.run(&Runtime::default(), call)
}

/// The end of the dag itself.
fn end(dag: &Dag, given: &Given, signals: &Signals) -> Result<(), Problem> {
    let who = "the end of the dag";
    let only = "its outputs are made of what its nodes returned, each a `--result`";
    refuse(&given.inputs, "input", who, only)?;
    refuse(&given.json, "json", who, only)?;
    refuse(&given.parameters, "parameter", who, only)?;
    let end = RemoteEnd::of(dag).map_err(Problem::Failed)?;
    let outputs = dag.written_outputs();
    let mut targets = Vec::new();
    for (name, file) in &given.outputs {
        let Some(place) = outputs.iter().position(|(known, _)| known == name) else {
            let names: Vec<_> = outputs.iter().map(|(name, _)| format!("`{name}`")).collect();
            let names = listed(&names);
            return Err(Problem::Usage(format!("{who} has no output `{name}`; it has {names}")));
        };
        let codec = match outputs[place].1.coding {
            Some(coding) => coding().codec().map_err(|reason| reason.to_string()),
            None => Err("the dag does not say how it is written".to_owned()),
        };
        let codec =
            codec.map_err(|reason| Problem::Failed(format!("output `{name}`: {reason}")))?;
        let option = format!("--output {name}");
        targets.push((place, codec, Target::new(option, Path::new(file), false, signals)?));
    }
    let value = result(&end, who, given, signals)?;
    let values = dagger_core::Outputs::of_run(dag, value).into_values();
    for (place, codec, target) in &mut targets {
        let value = &values[*place].1;
        target.value(&mut |to| (codec.write)(&**value, to))?;
    }
    keep(targets.into_iter().map(|(_, _, target)| target), signals)
}

/// Reads the inputs of a node, in their order.
fn inputs(
    node: &RemoteNode,
    who: &str,
    given: &Given,
    signals: &Signals,
) -> Result<Vec<Boxed>, Problem> {
    let (mut files, mut inputs) = (given.inputs.clone(), node.inputs().to_vec());
    for (name, file) in &given.json {
        if given.inputs.iter().any(|(known, _)| known == name) {
            return Err(Problem::Usage(format!(
                "`{name}` is given twice: by `--json` and by `--input`"
            )));
        }
        if let Some(input) = inputs.iter_mut().find(|input| input.name == *name) {
            *input = input.as_json(node.dag()).ok_or_else(|| {
                let only = "only a parameter of the dag is read as JSON";
                Problem::Usage(format!("{who} takes no `--json {name}`: {only}"))
            })?;
        }
        files.push((name.clone(), file.clone()));
    }
    read(&inputs, Some(node.dag()), who, "input", &files, signals)
}

/// Reads values, all of them, in their order.
fn read(
    inputs: &[RemoteInput],
    dag: Option<&Dag>,
    who: &str,
    option: &str,
    given: &[(String, OsString)],
    signals: &Signals,
) -> Result<Vec<Boxed>, Problem> {
    if let Some((name, _)) =
        given.iter().find(|(name, _)| inputs.iter().all(|input| input.name != *name))
    {
        let names: Vec<_> = inputs.iter().map(|input| format!("`{}`", input.name)).collect();
        let names = listed(&names);
        return Err(Problem::Usage(format!("{who} has no {option} `{name}`; it takes {names}")));
    }
    let file_of = |input: &RemoteInput| given.iter().find(|(name, _)| *name == input.name);
    let has_default = |input: &RemoteInput| dag.is_some_and(|dag| input.has_default(dag));
    let missing = inputs.iter().filter(|input| file_of(input).is_none() && !has_default(input));
    let missing: Vec<_> =
        missing.map(|input| format!("`--{option} {}` ({})", input.name, form(input))).collect();
    if !missing.is_empty() {
        let hint = match option {
            "result" if who.starts_with("node") => ", or `--whole`, which runs the dag here",
            _ => "",
        };
        return Err(Problem::Usage(format!("{who} lacks {}{hint}", listed(&missing))));
    }
    let read = inputs.iter().map(|input| {
        let codec = input.codec();
        let codec = codec.map_err(|reason| {
            Problem::Failed(format!("{who}, {option} `{}`: {reason}", input.name))
        });
        match (file_of(input), dag) {
            (Some((name, file)), _) => {
                let (option, file) = (format!("--{option} {name}"), Path::new(file));
                let reading = Reading { option, ty: input.ty(), codec: codec?, signals };
                match input.form {
                    Form::Value => reading.value(file),
                    Form::Partition => Ok(Box::new(reading.batch(file)?) as Boxed),
                    Form::Partitions => Ok(Box::new(reading.partitions(file)?) as Boxed),
                }
            }
            (None, Some(dag)) => match input.default(dag) {
                Some(value) => Ok(value),
                None => unreachable!("a missing input was reported"),
            },
            (None, None) => unreachable!("a missing input was reported"),
        }
    });
    read.collect()
}

/// What the files of an input are, in words.
fn form(input: &RemoteInput) -> String {
    match input.form {
        Form::Value => input.ty(),
        Form::Partition => format!("one {}", input.ty()),
        Form::Partitions => format!("a directory of {}", input.ty()),
    }
}
