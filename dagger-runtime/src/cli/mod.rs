//! The command line of a dag: `fn main() -> ExitCode { dagger::cli::main(f::dag()) }`.
//!
//! | command | what it does |
//! | --- | --- |
//! | `run` | runs the dag, with its parameters as options, and prints what it returns as JSON |
//! | `node ADDRESS` | runs one node, with files in and files out, as a remote engine does |
//! | `graph` | prints the graph |
//! | `params` | prints the JSON schema of the parameters |
//! | `explain` | says what a run with a checkpoint or a cache did with each node, and why, with the feature `checkpoint` |
//! | `argo KIND` | prints a manifest for Argo Workflows, with the feature `argo` |
//!
//! Results are on standard output, and nothing else is. What goes wrong is one line on standard error,
//! with all that caused it. The exit status is 0 for success, 1 where a task or a file failed, 2 where
//! the command was given wrongly, and 128 and the number of the signal that ended it.
//!
//! Outputs appear whole or not at all: they are written beside their place, and then moved there.

#[cfg(feature = "argo")]
mod argo;
mod arguments;
mod batch;
#[cfg(feature = "checkpoint")]
mod checkpoint;
mod error;
mod files;
mod graph;
mod node;
mod params;
mod run;
mod seen;
mod signals;
mod target;
mod values;

use std::ffi::OsString;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use dagger_core::{Dag, panic_place};

use error::{Problem, one_line};
use signals::Signals;

/// Runs the command that the arguments of the process ask for.
///
/// # Examples
///
/// ```no_run
/// # use dagger_core::Dag;
/// # fn dag() -> Dag { unimplemented!() }
/// fn main() -> std::process::ExitCode {
///     dagger_runtime::cli::main(dag())
/// }
/// ```
#[must_use]
pub fn main(dag: Dag) -> ExitCode {
    main_from(dag, std::env::args_os())
}

/// The same for these arguments, of which the first is the name of the program.
#[must_use]
pub fn main_from(dag: Dag, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|wanted| wanted.is_empty() || wanted == "0") {
        // The error of the run has the message and the place of a panic.
        std::panic::set_hook(Box::new(|_| ()));
    }
    let ended = Signals::watch(move |signals| {
        let work = AssertUnwindSafe(|| command(&dag, &arguments, signals));
        catch_unwind(work).unwrap_or_else(|panic| {
            let message = panic_place::message(&*panic).unwrap_or_default();
            Err(Problem::Failed(format!("panicked: {message}")))
        })
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Nobody may be there to read it.
            let _ = writeln!(std::io::stderr(), "error: {}", one_line(&problem.to_string()));
            problem.status().into()
        }
    }
}

fn command(dag: &Dag, arguments: &[OsString], signals: &Signals) -> Result<(), Problem> {
    let matches = match arguments::command(dag).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return arguments::explain(dag, &error, arguments),
    };
    match matches.subcommand() {
        Some(("run", matches)) => run::run(dag, matches, signals),
        Some(("node", matches)) => node::node(dag, matches, signals),
        Some(("graph", matches)) => graph::graph(dag, matches),
        Some(("params", _)) => params::params(dag),
        #[cfg(feature = "checkpoint")]
        Some(("explain", matches)) => checkpoint::explain(dag, matches),
        #[cfg(feature = "argo")]
        Some(("argo", matches)) => {
            let program = arguments.first().map_or("pipeline".as_ref(), OsString::as_os_str);
            argo::argo(dag, matches, program)
        }
        _ => Err(Problem::Usage(arguments::without_command(dag))),
    }
}

/// Prints to standard output.
fn print(text: &str) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    let printed = writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush());
    printed.map_err(|error| Problem::Failed(format!("cannot write to standard output: {error}")))
}
