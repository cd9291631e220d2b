//! Several partitions in one process: a directory of them, as a value that is mapped over may have for each
//! batch.

use std::path::Path;

use clap::ArgMatches;
use dagger_core::remote::{Form, RemoteNode};

use super::arguments::pairs;
use super::error::Problem;
use super::node::Given;

/// Whether a mapped node is given several partitions: their results are a directory as well.
pub(super) fn is_given(node: &RemoteNode, who: &str, given: &Given) -> Result<bool, Problem> {
    let partition = node.inputs().iter().find(|input| input.form == Form::Partition);
    let is_given = partition.is_some_and(|input| {
        given.inputs.iter().any(|(name, file)| *name == input.name && Path::new(file).is_dir())
    });
    let runs_here = given.is_whole || node.keeps_errors();
    if is_given && node.nested().is_some() && !runs_here {
        let message =
            "it calls a dag, and several partitions take `--whole`, which runs the dag here";
        return Err(Problem::Usage(format!("{who} is given a directory of partitions: {message}")));
    }
    Ok(is_given)
}

/// The sizes of batches that were given.
pub(super) fn sizes(matches: &ArgMatches) -> Result<Vec<(String, usize)>, Problem> {
    let sizes = pairs(matches, "batch")?.into_iter().map(|(name, size)| {
        let number = size.to_str().and_then(|size| size.parse().ok()).filter(|size| *size > 0);
        match number {
            Some(number) => Ok((name, number)),
            None => Err(Problem::Usage(format!(
                "`{}` is no value of `--batch {name}`; it takes a whole number, 1 at least",
                size.display()
            ))),
        }
    });
    sizes.collect()
}

/// Batches are of outputs that are mapped over.
pub(super) fn check_sizes(node: &RemoteNode, who: &str, given: &Given) -> Result<(), Problem> {
    let is_fan_out =
        |name: &str| node.outputs().iter().any(|o| o.name == name && o.form == Form::Partitions);
    match given.batches.iter().find(|(name, _)| !is_fan_out(name)) {
        None => Ok(()),
        Some((name, _)) => Err(Problem::Usage(format!(
            "{who} takes no `--batch {name}`: it has no output of that name that is mapped over"
        ))),
    }
}
