//! `graph`: the description of the dag.

use clap::ArgMatches;
use dagger_core::Dag;

use super::error::Problem;
use super::print;

pub(super) fn graph(dag: &Dag, matches: &ArgMatches) -> Result<(), Problem> {
    let text = match matches.get_one::<String>("format").map(String::as_str) {
        Some("dot") => dag.to_dot(),
        Some("svg") => dag.to_svg(),
        Some("json") => serde_json::to_string_pretty(dag)
            .map_err(|error| Problem::Failed(format!("the graph cannot be printed: {error}")))?,
        _ => dag.to_mermaid(),
    };
    print(&text)
}
