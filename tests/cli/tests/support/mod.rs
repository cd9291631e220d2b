//! Programs that are run, and what goes in and out.

#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod argo;
pub(crate) mod place;

use std::ffi::OsString;
use std::process::{Command, Output};

use dagger::Dag;
use serde_json::Value;

/// The program of a case.
pub(crate) struct Program {
    case: &'static str,
}

impl Program {
    pub(crate) fn of(case: &'static str) -> Self {
        Self { case }
    }

    /// The program with these arguments.
    pub(crate) fn command(&self, arguments: &[OsString]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dags"));
        command.arg(self.case).args(arguments).env_remove("RUST_BACKTRACE");
        command
    }

    pub(crate) fn output(&self, arguments: &[OsString]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// What it prints, which succeeds and says nothing else.
    pub(crate) fn succeed(&self, arguments: &[OsString]) -> String {
        let Output { status, stdout, stderr } = self.output(arguments);
        let stderr = String::from_utf8(stderr).expect("what it says is text");
        assert!(status.success(), "{} {arguments:?}: {stderr}", self.case);
        assert_eq!(stderr, "", "{} {arguments:?}", self.case);
        String::from_utf8(stdout).expect("what it prints is text")
    }
}

/// The arguments of `run` for these parameters.
pub(crate) fn run(dag: &Dag, parameters: &[(&str, String)]) -> Vec<OsString> {
    let mut arguments = vec![OsString::from("run")];
    for (name, json) in parameters {
        let index = dag.parameters().iter().position(|parameter| parameter.name == *name);
        let accepted = &dag.signature().parameters[index.expect("the parameter is there")];
        let coding = (accepted.outside.json.expect("a program knows JSON"))();
        let text = match (coding.ty.to_string().as_str(), json_of(json)) {
            ("String", Some(Value::String(text))) => text,
            _ => json.clone(),
        };
        arguments.push(format!("--{name}={text}").into());
    }
    arguments
}

/// What a parameter's file has, of its JSON.
pub(crate) fn as_file(dag: &Dag, name: &str, json: &str) -> Vec<u8> {
    let index = dag.parameters().iter().position(|parameter| parameter.name == *name);
    let accepted = &dag.signature().parameters[index.expect("the parameter is there")];
    let codec = |coding: Option<fn() -> dagger_core::exec::coding::Coding>| {
        coding.expect("a program knows its values")().codec().ok().expect("there is a codec")
    };
    let value = (codec(accepted.outside.json).read)(&mut json.as_bytes()).expect("it is JSON");
    let mut file = Vec::new();
    (codec(accepted.outside.coding).write)(&*value, &mut file).expect("it is written");
    file
}

/// Text as JSON; nothing, of no text.
pub(crate) fn json_of(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| serde_json::from_str(text).expect("it is JSON"))
}
