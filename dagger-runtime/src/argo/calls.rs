//! Calls of nested dags: of a template as it is, or with a pod in front of it and one behind it.

use std::collections::HashMap;

use dagger_core::remote::{Form, From, RemoteEnd, RemoteInput, RemoteNode, RemoteParameter};
use dagger_core::{Dag, Node, Source};
use serde_json::{Map, Value, json};

use super::dags::{DagTemplate, Templates, artifacts, dag_template, template_name};
use super::error::ManifestError;
use super::inside::{Inside, is_same, names_of_outputs};
use super::names::Names;
use super::parameters::json_of;
use super::paths::{Artifact, ITEM, parameter};
use super::pods::{Pod, Task};

impl Templates<'_> {
    /// A call of a dag: of its template as it is, or between two pods that stand for the call.
    pub(super) fn call<'d>(
        &mut self,
        inside: &mut Inside<'d>,
        node: &RemoteNode,
        described: &'d Node,
        nested: &Dag,
        task: &mut Task,
    ) -> Result<(), ManifestError> {
        let inner = self.nested(nested, &format!("{}.", node.address()))?;
        let item = if node.is_mapped() { format!("/{ITEM}") } else { String::new() };
        let within = format!("{}{item}", inside.place.within(&described.name));
        let call = self.plan(inside, node, described, &inner);
        if !call.begins && !call.ends {
            task.template.clone_from(&inner.name);
            for (parameter, input) in call.passed() {
                task.artifacts.push(inside.artifact(input).argument(parameter));
            }
            task.pass("nodes", &format!("{within}/nodes"));
            if inner.direct.is_some() {
                let result = match node.outputs() {
                    [output] => inside.key_of_output(node, described, &output.name),
                    _ => format!("{within}/result"),
                };
                for output in node.outputs() {
                    let key = (described.name.as_str(), output.name.clone());
                    inside.outputs.insert(key, "result".to_owned());
                }
                task.pass("result", &result);
            }
            return Ok(());
        }
        let around = Around::new(self.given(inside, node).cloned().collect(), node);
        for (artifact, input) in &around.inputs {
            task.artifacts.push(inside.artifact(input).argument(artifact));
        }
        task.pass(&around.within, &within);
        for (output, artifact) in &around.outputs {
            task.pass(artifact, &inside.key_of_output(node, described, output));
            inside.outputs.insert((&described.name, output.clone()), artifact.clone());
        }
        task.template = self.around(inside, node, &inner, &call, &around)?;
        Ok(())
    }

    /// What it takes to call a dag.
    fn plan<'n>(
        &self,
        inside: &Inside<'_>,
        node: &'n RemoteNode,
        described: &Node,
        inner: &DagTemplate,
    ) -> Called<'n> {
        let parameters = RemoteParameter::of(&inner.dag);
        let given: Vec<_> = self.given(inside, node).collect();
        let as_it_is = |index: usize, parameter: &RemoteParameter<'_>| {
            let described =
                described.inputs.get(index).filter(|input| input.name == parameter.name)?;
            let is_source = |input: &&&RemoteInput| match (&described.source, &input.from) {
                (Source::Parameter(name), From::Parameter(from)) => name == from,
                (Source::Output(source), From::Output { node, output }) => {
                    source.node == *node && source.output == *output && input.form == Form::Value
                }
                (Source::Partition(_), From::Output { .. }) => input.form == Form::Partition,
                _ => false,
            };
            let input = *given.iter().find(is_source)?;
            let coding = match &input.from {
                From::Parameter(name) if inside.is_outermost() => {
                    let index = inside.dag.parameters().iter().position(|p| p.name == *name)?;
                    json_of(inside.dag, index)
                }
                _ => input.coding(),
            };
            is_same(coding, parameter.coding()).then_some(input)
        };
        let parameters: Vec<_> = parameters
            .iter()
            .enumerate()
            .filter(|(index, _)| inner.used[*index])
            .map(|(index, parameter)| (parameter.name.to_owned(), as_it_is(index, parameter)))
            .collect();
        let is_direct = match (node.outputs(), &inner.direct) {
            ([], _) => true,
            ([output], Some(direct)) => {
                output.form == Form::Value && is_same(output.coding(), direct.coding)
            }
            _ => false,
        };
        let begins = parameters.iter().any(|(_, input)| input.is_none());
        Called { parameters, begins, ends: !is_direct }
    }

    /// A template around that of a dag: in front of it a pod that evaluates its arguments, behind it one
    /// that makes what the call returns.
    fn around(
        &mut self,
        inside: &Inside<'_>,
        node: &RemoteNode,
        inner: &DagTemplate,
        call: &Called<'_>,
        around: &Around,
    ) -> Result<String, ManifestError> {
        let base = template_name(node.address());
        let passed = around.passed(call);
        let mut dag = around.task(inner, call, &passed);
        let (mut tasks, mut lists) = (Vec::new(), Vec::new());
        if call.begins {
            let (pod, mut begin) = around.begin(inside, node, call);
            begin.template = self.pod(pod, &format!("{base}-begin"), None, 1)?;
            dag.depend("begin");
            tasks.push(begin.into_map());
        }
        tasks.push(dag.into_map());
        if call.ends {
            let (mut pod, mut end) = around.end(inside, node, inner, &passed)?;
            for (output, artifact) in &around.outputs {
                self.write(&mut pod, inside.dag, inside.around, node, output)?;
                end.pass(artifact, &parameter(artifact));
                if pod.lists(artifact) {
                    let list = format!("{{{{tasks.end.outputs.parameters.{artifact}}}}}");
                    lists.push(json!({ "name": artifact, "valueFrom": { "parameter": list } }));
                }
            }
            end.template = self.pod(pod, &format!("{base}-end"), None, 1)?;
            tasks.push(end.into_map());
        }
        let written = around.outputs.iter().map(|(_, artifact)| {
            let (task, name) = match call.ends {
                true => ("end".to_owned(), artifact.clone()),
                false => ("dag".to_owned(), "result".to_owned()),
            };
            Artifact::Output { task, artifact: name }.argument(artifact)
        });
        let mut outputs = artifacts(written);
        if !lists.is_empty() {
            outputs.insert("parameters".to_owned(), Value::Array(lists));
        }
        let name = self.names.unique(&format!("{base}-call"));
        self.list.push(dag_template(&name, around.declared(), outputs, tasks));
        Ok(name)
    }
}

/// What it takes to call a dag.
struct Called<'n> {
    /// The parameters that something reads, each with the value that is passed as it is.
    parameters: Vec<(String, Option<&'n RemoteInput>)>,
    /// Whether an argument has to be evaluated.
    begins: bool,
    /// Whether what the call returns has to be made.
    ends: bool,
}

impl<'n> Called<'n> {
    fn passed(&self) -> impl Iterator<Item = (&str, &'n RemoteInput)> {
        self.parameters.iter().filter_map(|(name, input)| Some((name.as_str(), (*input)?)))
    }
}

/// The inputs of a template around that of a dag.
struct Around {
    /// The artifacts that the node reads.
    inputs: Vec<(String, RemoteInput)>,
    /// The outputs, with the parameters that have their keys.
    outputs: Vec<(String, String)>,
    /// The parameter that has the key of all else.
    within: String,
}

impl Around {
    fn new(inputs: Vec<RemoteInput>, node: &RemoteNode) -> Self {
        let mut names = Names::default();
        let inputs = inputs.into_iter().map(|input| (names.value(&input.name), input)).collect();
        let by_output = names_of_outputs(node);
        let outputs = node.outputs().iter();
        let outputs: Vec<_> =
            outputs.map(|output| (output.name.clone(), by_output[&output.name].clone())).collect();
        let mut names = Names::default();
        for (_, artifact) in &outputs {
            names.value(artifact);
        }
        Self { inputs, outputs, within: names.value("within") }
    }

    /// Lets a pod read what the node reads.
    fn read(&self, inside: &Inside<'_>, pod: &mut Pod, task: &mut Task) {
        for (name, input) in &self.inputs {
            let artifact = pod.read(inside.option(input), &input.name);
            task.artifacts.push(Artifact::Passed(name.clone()).argument(&artifact));
        }
    }

    /// What the dag gets for each of its parameters: a value as it is, or what the pod in front of it
    /// writes.
    fn passed<'c>(&self, call: &'c Called<'_>) -> HashMap<&'c str, Artifact> {
        let artifact = |(name, input): &'c (String, Option<&RemoteInput>)| {
            let written =
                || Artifact::key(format!("{}/parameters/{name}", parameter(&self.within)));
            let known = |input: &RemoteInput| {
                let found = self.inputs.iter().find(|(_, known)| known.name == input.name);
                found.map(|(name, _)| Artifact::Passed(name.clone()))
            };
            (name.as_str(), input.and_then(known).unwrap_or_else(written))
        };
        call.parameters.iter().map(artifact).collect()
    }

    /// The task that runs the dag.
    fn task(
        &self,
        inner: &DagTemplate,
        call: &Called<'_>,
        passed: &HashMap<&str, Artifact>,
    ) -> Task {
        let within = parameter(&self.within);
        let mut dag = Task::new("dag");
        dag.template.clone_from(&inner.name);
        dag.pass("nodes", &format!("{within}/nodes"));
        if inner.direct.is_some() {
            let result = match (call.ends, &self.outputs[..]) {
                (false, [(_, artifact)]) => parameter(artifact),
                _ => format!("{within}/result"),
            };
            dag.pass("result", &result);
        }
        let parameters = call.parameters.iter().map(|(name, _)| name.as_str());
        dag.artifacts.extend(parameters.map(|name| passed[name].argument(name)));
        dag
    }

    /// The pod that evaluates the arguments of the call.
    fn begin(&self, inside: &Inside<'_>, node: &RemoteNode, call: &Called<'_>) -> (Pod, Task) {
        let (mut pod, mut begin) = (Pod::new(node.address()), Task::new("begin"));
        self.read(inside, &mut pod, &mut begin);
        for (name, _) in call.parameters.iter().filter(|(_, input)| input.is_none()) {
            let artifact = pod.write("--parameter", name);
            begin.pass(&artifact, &format!("{}/parameters/{name}", parameter(&self.within)));
        }
        (pod, begin)
    }

    /// The pod that makes what the call returns, before it writes that.
    fn end(
        &self,
        inside: &Inside<'_>,
        node: &RemoteNode,
        inner: &DagTemplate,
        passed: &HashMap<&str, Artifact>,
    ) -> Result<(Pod, Task), ManifestError> {
        let within = parameter(&self.within);
        let (mut pod, mut end) = (Pod::new(node.address()), Task::new("end"));
        self.read(inside, &mut pod, &mut end);
        let results = RemoteEnd::of(&inner.dag).map_err(ManifestError::of)?;
        for result in results.inputs() {
            let is_direct = |node: &str, output: &str| {
                let direct = inner.direct.as_ref();
                direct.is_some_and(|direct| direct.node == node && direct.output == output)
            };
            let artifact = match &result.from {
                From::Parameter(name) => passed[name.as_str()].clone(),
                From::Output { node, output } if is_direct(node, output) => {
                    Artifact::key(format!("{within}/result"))
                }
                From::Output { node, output } => Artifact::Key {
                    key: format!("{within}/nodes/{node}/{output}"),
                    is_optional: result.form == Form::Partitions,
                },
            };
            let name = pod.read_beside("--result", &result.name);
            end.artifacts.push(artifact.argument(&name));
        }
        end.depend("dag");
        Ok((pod, end))
    }

    /// What the template says of its inputs.
    fn declared(&self) -> Map<String, Value> {
        let mut declared = artifacts(self.inputs.iter().map(|(name, _)| json!({ "name": name })));
        let outputs = self.outputs.iter().map(|(_, artifact)| artifact);
        let parameters = [&self.within].into_iter().chain(outputs);
        let parameters: Vec<_> = parameters.map(|name| json!({ "name": name })).collect();
        declared.insert("parameters".to_owned(), json!(parameters));
        declared
    }
}
