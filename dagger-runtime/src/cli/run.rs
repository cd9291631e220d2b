//! `run`: the whole dag.

use std::path::Path;

use clap::ArgMatches;
use dagger_core::exec::coding::{Codec, Coding};
use dagger_core::exec::value::Boxed;
use dagger_core::{Dag, Outputs};

use super::arguments::{id_of, listed, option_of, pairs};
use super::error::{Problem, chain};
use super::files::Reading;
use super::print;
use super::seen::Seen;
use super::signals::Signals;
use super::target::{Target, are_apart};
use super::values::parse;
use crate::{Call, Runtime};

pub(super) fn run(dag: &Dag, matches: &ArgMatches, signals: &Signals) -> Result<(), Problem> {
    let named = pairs(matches, "output")?;
    let named = named.iter().map(|(name, file)| (format!("--output {name}"), &**file));
    let others = ["checkpoint", "report", "trace"].into_iter().flat_map(|option| {
        let files = matches.try_get_raw(option).ok().flatten().into_iter().flatten();
        files.map(move |file| (format!("--{option}"), file))
    });
    are_apart(named.chain(others))?;
    let outputs = written(dag)?;
    let targets = targets(&outputs, matches, signals)?;
    let values = values(dag, matches, signals)?;
    let parameters = dag.with_defaults(values).map_err(|missing| {
        let missing: Vec<_> = missing.into_iter().map(|index| option(dag, index)).collect();
        Problem::Usage(format!("no value is given for {}", listed(&missing)))
    })?;
    let mut runtime = Runtime::builder();
    if let Some(most) = matches.get_one::<u32>("max-concurrency") {
        runtime = runtime.max_concurrency(usize::try_from(*most).unwrap_or(usize::MAX));
    }
    let mut seen = Seen::new(dag, matches, signals)?;
    runtime = seen.watch(runtime);
    #[cfg(feature = "checkpoint")]
    let warnings = super::checkpoint::Warnings::new(matches);
    #[cfg(feature = "checkpoint")]
    {
        runtime = warnings.watch(runtime, matches);
    }
    let call: Call<Outputs> = Call::of_values(dag, parameters);
    let ended = signals.run_seen(&runtime.build(), call, |error| seen.failed(error));
    #[cfg(feature = "checkpoint")]
    warnings.say();
    let delivered =
        ended.and_then(|values| deliver(&values.into_values(), &outputs, targets, &seen));
    let kept = seen.keep();
    let text = delivered?;
    kept?;
    signals.check()?;
    match text {
        Some(text) => print(&text),
        None => Ok(()),
    }
}

/// Writes what is to be written, and gives what is to be printed.
fn deliver(
    values: &[(String, Boxed)],
    outputs: &[Written],
    mut targets: Vec<Option<Target<'_>>>,
    seen: &Seen,
) -> Result<Option<String>, Problem> {
    let mut printed = Vec::new();
    for ((_, value), (output, target)) in values.iter().zip(outputs.iter().zip(&mut targets)) {
        match target {
            Some(target) => {
                let write = output.file.write;
                target.value(&mut |to| write(&**value, to))?;
                target.sync()?;
                seen.size(&output.name, target.size());
            }
            None => printed.push((output, value)),
        }
    }
    let text = text(&printed, outputs.len() > 1)?;
    if let (Some(text), [(output, _)]) = (&text, &printed[..]) {
        seen.size(&output.name, u64::try_from(text.len()).ok());
    }
    for target in targets.into_iter().flatten() {
        target.keep()?;
    }
    Ok(text)
}

/// An output of the dag.
struct Written {
    name: String,
    file: Codec,
    json: Codec,
}

/// The outputs, if they can leave the process.
fn written(dag: &Dag) -> Result<Vec<Written>, Problem> {
    let outputs = dag.written_outputs().into_iter().map(|(name, outside)| {
        let codec = |coding: Option<fn() -> Coding>| match coding {
            Some(coding) => coding().codec().map_err(|reason| reason.to_string()),
            None => Err("the dag does not say how it is written".to_owned()),
        };
        let codecs = codec(outside.coding).and_then(|file| Ok((file, codec(outside.json)?)));
        match codecs {
            Ok((file, json)) => Ok(Written { name, file, json }),
            Err(reason) => Err(Problem::Failed(format!("output `{name}`: {reason}"))),
        }
    });
    outputs.collect()
}

fn targets<'a>(
    outputs: &[Written],
    matches: &ArgMatches,
    signals: &'a Signals,
) -> Result<Vec<Option<Target<'a>>>, Problem> {
    let mut targets: Vec<_> = outputs.iter().map(|_| None).collect();
    for (name, file) in pairs(matches, "output")? {
        let Some(index) = outputs.iter().position(|output| output.name == name) else {
            let names: Vec<_> = outputs.iter().map(|o| format!("`{}`", o.name)).collect();
            let names = listed(&names);
            return Err(Problem::Usage(format!("the dag has no output `{name}`; it has {names}")));
        };
        let option = format!("--output {name}");
        targets[index] = Some(Target::new(option, Path::new(&file), false, signals)?);
    }
    Ok(targets)
}

fn option(dag: &Dag, index: usize) -> String {
    let parameter = &dag.parameters()[index];
    format!("`--{}` ({})", option_of(parameter), parameter.ty)
}

/// The values that are given for the parameters, by options and in files.
fn values(
    dag: &Dag,
    matches: &ArgMatches,
    signals: &Signals,
) -> Result<Vec<Option<Boxed>>, Problem> {
    let parameters = dag.parameters();
    let mut values: Vec<Option<Boxed>> = parameters.iter().map(|_| None).collect();
    for (index, parameter) in parameters.iter().enumerate() {
        if let Some(text) = matches.get_one::<String>(&id_of(parameter)) {
            values[index] = Some(parse(dag, index, &option_of(parameter), text)?);
        }
    }
    for (name, file) in pairs(matches, "input")? {
        let Some(index) = parameters.iter().position(|parameter| parameter.name == name) else {
            let names: Vec<_> = parameters.iter().map(|p| format!("`{}`", p.name)).collect();
            let names = listed(&names);
            return Err(Problem::Usage(format!(
                "the dag has no parameter `{name}`; it takes {names}"
            )));
        };
        if values[index].is_some() {
            let option = option_of(&parameters[index]);
            return Err(Problem::Usage(format!(
                "`{name}` is given twice: by `--{option}` and by `--input`"
            )));
        }
        let coding = dag.signature().parameters[index].outside.coding.map(|coding| coding());
        let codec = match coding {
            Some(coding) => coding.codec().map_err(|reason| reason.to_string()),
            None => Err("the dag does not say how it is read".to_owned()),
        };
        let codec =
            codec.map_err(|reason| Problem::Failed(format!("parameter `{name}`: {reason}")))?;
        let ty = coding.map_or_else(String::new, |coding| coding.ty.to_string());
        let reading = Reading { option: format!("--input {name}"), ty, codec, signals };
        values[index] = Some(reading.value(Path::new(&file))?);
    }
    Ok(values)
}

/// What is printed: the only output as it is, several as an object.
fn text(values: &[(&Written, &Boxed)], are_named: bool) -> Result<Option<String>, Problem> {
    let mut text = Vec::new();
    for (place, (output, value)) in values.iter().enumerate() {
        if are_named {
            let name = serde_json::to_string(&output.name).unwrap_or_default();
            let before = if place == 0 { "{" } else { "," };
            text.extend(format!("{before}{name}:").into_bytes());
        }
        (output.json.write)(&***value, &mut text).map_err(|error| {
            let (name, error) = (&output.name, chain(&*error));
            Problem::Failed(format!("output `{name}` cannot be written as JSON: {error}"))
        })?;
    }
    if are_named && !values.is_empty() {
        text.push(b'}');
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok((!values.is_empty()).then_some(text))
}
