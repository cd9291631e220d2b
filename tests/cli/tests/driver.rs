//! Every dag gives the same as a function, as a whole, and node by node with files in between.

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::{Dag, NodeKind};
use dagger_cli_tests::{Case, cases};
use dagger_core::remote::{Form, From, RemoteEnd, RemoteInput, RemoteNode, RemoteParameter};
use support::Program;

/// Runs a dag node by node: what an engine does that knows nothing but its description.
struct Engine<'a> {
    program: &'a Program,
    root: Dag,
}

/// The files of the values of a dag that runs.
#[derive(Default)]
struct Files {
    parameters: HashMap<String, PathBuf>,
    outputs: HashMap<(String, String), PathBuf>,
}

impl Files {
    /// Where a value is; nowhere, where a parameter has its default.
    fn of(&self, from: &From) -> Option<PathBuf> {
        match from {
            From::Parameter(name) => self.parameters.get(name).cloned(),
            From::Output { node, output } => {
                let path = self.outputs.get(&(node.clone(), output.clone()));
                Some(path.unwrap_or_else(|| panic!("nobody writes {node}.{output}")).clone())
            }
        }
    }
}

impl Engine<'_> {
    /// Runs all nodes of a dag.
    fn run(
        &self,
        dag: &Dag,
        around: &str,
        at: &Path,
        parameters: HashMap<String, PathBuf>,
    ) -> Files {
        let mut files = Files { parameters, outputs: HashMap::new() };
        for described in dag.nodes() {
            let address = format!("{around}{}", described.name);
            let node = RemoteNode::find(&self.root, &address).expect("the node is there");
            let own = at.join(&described.name);
            fs::create_dir_all(&own).unwrap();
            let partition = node.inputs().iter().find(|input| input.form == Form::Partition);
            let Some(partition) = partition else {
                let to = |output: &str| own.join(output);
                self.node(&node, &described.kind, &files, None, &own, &to);
                for output in node.outputs() {
                    let key = (described.name.clone(), output.name.clone());
                    files.outputs.insert(key, own.join(&output.name));
                }
                continue;
            };
            let directory = files.of(&partition.from).expect("partitions are an output");
            let list = fs::read_to_string(directory.join("partitions.json")).unwrap();
            let list: Vec<String> = serde_json::from_str(&list).unwrap();
            for name in &list {
                let inside = own.join(format!("of-{name}"));
                fs::create_dir_all(&inside).unwrap();
                let to = |output: &str| {
                    let directory = own.join(output);
                    fs::create_dir_all(&directory).unwrap();
                    directory.join(name)
                };
                let file = Some(directory.join(name));
                self.node(&node, &described.kind, &files, file, &inside, &to);
            }
            for output in node.outputs() {
                let key = (described.name.clone(), output.name.clone());
                files.outputs.insert(key, own.join(&output.name));
            }
        }
        files
    }

    /// Runs a node, or a node for one partition.
    fn node(
        &self,
        node: &RemoteNode,
        kind: &NodeKind,
        files: &Files,
        partition: Option<PathBuf>,
        inside: &Path,
        to: &dyn Fn(&str) -> PathBuf,
    ) {
        let file = |input: &RemoteInput| match input.form {
            Form::Partition => partition.clone(),
            _ => files.of(&input.from),
        };
        let mut inputs = Vec::new();
        for input in node.inputs() {
            if let Some(file) = file(input) {
                inputs.extend(["--input".into(), input.name.clone().into(), file.into()]);
            }
        }
        let mut arguments = vec!["node".into(), node.address().into()];
        arguments.extend(inputs);
        if let NodeKind::Dag(dag) = kind
            && !node.keeps_errors()
        {
            let mut begin = arguments.clone();
            let mut parameters = HashMap::new();
            for parameter in RemoteParameter::of(dag) {
                let file = inside.join(format!("parameter-{}", parameter.name));
                begin.extend(["--parameter".into(), parameter.name.into(), file.clone().into()]);
                parameters.insert(parameter.name.to_owned(), file);
            }
            self.program.succeed(&begin);
            let files = self.run(dag, &format!("{}.", node.address()), inside, parameters);
            arguments.extend(results(dag, &files));
        }
        for output in node.outputs() {
            let file = to(&output.name);
            arguments.extend(["--output".into(), output.name.clone().into(), file.into()]);
        }
        self.program.succeed(&arguments);
    }
}

/// The outputs of a dag that has run.
fn results(dag: &Dag, files: &Files) -> Vec<std::ffi::OsString> {
    let end = RemoteEnd::of(dag).unwrap();
    let results = end.inputs().iter().flat_map(|input| {
        let file = files.of(&input.from).expect("a result is an output");
        ["--result".into(), input.name.clone().into(), file.into()]
    });
    results.collect()
}

/// The same of a case in all three ways.
fn compare(case: &Case) {
    let dag = (case.dag)();
    let program = Program::of(case.name);
    let expected = (case.returned)();
    let whole = program.succeed(&support::run(&dag, &(case.parameters)()));
    assert_eq!(whole.trim_end(), expected.as_deref().unwrap_or_default(), "{}: run", case.name);

    let at = tempfile::tempdir().unwrap();
    let mut parameters = HashMap::new();
    for (name, json) in (case.parameters)() {
        let file = at.path().join(format!("parameter-{name}"));
        fs::write(&file, support::as_file(&dag, name, &json)).unwrap();
        parameters.insert(name.to_owned(), file);
    }
    let engine = Engine { program: &program, root: dag.clone() };
    let files = engine.run(&dag, "", at.path(), parameters);
    let Some(expected) = expected else { return };
    let result = at.path().join("result");
    let mut arguments: Vec<std::ffi::OsString> = vec!["node".into(), ".".into()];
    arguments.extend(results(&dag, &files));
    arguments.extend(["--output".into(), "return_value".into(), result.clone().into()]);
    program.succeed(&arguments);
    let result = fs::read_to_string(result).unwrap();
    assert_eq!(result, expected, "{}: node by node", case.name);
}

#[test]
fn every_dag_gives_the_same_as_a_function_as_a_whole_and_node_by_node() {
    let cases = cases();
    assert!(cases.len() >= 40, "{} cases", cases.len());
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let compared = std::panic::catch_unwind(|| compare(case));
                    if compared.is_err() {
                        failed.lock().unwrap().push(case.name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:?} of {} cases", cases.len());
}
