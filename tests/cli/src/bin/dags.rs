//! `dags CASE …`: the program of a case.
//!
//! With `DAGS_PEAK`, it says last how much memory it had at most, in KiB.

use std::process::ExitCode;

use dagger_cli_tests::cases;
use dagger_cli_tests::dags::mistakes;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let program = arguments.next();
    let name = arguments.next().unwrap_or_default();
    let case = cases().into_iter().find(|case| name == case.name).map(|case| (case.dag)());
    let Some(dag) = case.or_else(|| mistakes::dag_of(name.to_str()?)) else {
        eprintln!("there is no case {}", name.display());
        return ExitCode::FAILURE;
    };
    let ended = dagger::cli::main_from(dag, program.into_iter().chain(arguments));
    if std::env::var_os("DAGS_PEAK").is_some() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        eprintln!("{}", peak.unwrap_or_default().trim().trim_end_matches(" kB"));
    }
    ended
}
