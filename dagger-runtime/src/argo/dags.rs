//! The templates of dags: a DAG template for each, however often it is called, and one for each of its
//! nodes.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use dagger_core::exec::coding::Coding;
use dagger_core::remote::{Form, From, RemoteEnd, RemoteInput, RemoteNode, RemoteParameter};
use dagger_core::{Dag, Node, NodeKind, Reference, Source};
use serde_json::{Map, Value, json};

use super::error::ManifestError;
use super::names::Names;
use super::options::Options;
use super::parameters::json_of;
use super::paths::{Artifact, ITEM, Place, parameter, run};
use super::pods::{Pod, Task};
use super::settings::ManifestBuilder;

/// The output of a node, as a whole, that a dag returns as it is.
struct Direct {
    node: String,
    output: String,
    coding: Option<Coding>,
}

/// The template of a dag that others call.
struct DagTemplate {
    dag: Dag,
    name: String,
    /// Whether something reads each parameter.
    used: Vec<bool>,
    direct: Option<Direct>,
}

impl DagTemplate {
    /// What the task that calls it is passed: the keys below which its values are.
    fn parameters(&self) -> Vec<Value> {
        let result = self.direct.as_ref().map(|_| json!({ "name": "result" }));
        [json!({ "name": "nodes" })].into_iter().chain(result).collect()
    }
}

/// All templates of a workflow.
pub(super) struct Templates<'a> {
    settings: &'a ManifestBuilder,
    options: &'a Options,
    /// Whether each parameter of the outermost dag is one of the workflow.
    given: &'a [bool],
    list: Vec<Value>,
    names: Names,
    dags: Vec<Rc<DagTemplate>>,
    /// The batches that were asked for, and of which there is a map.
    batched: HashSet<String>,
}

/// A dag whose template is made.
struct Inside<'d> {
    dag: &'d Dag,
    /// What stands in front of the names of its nodes in an address.
    around: &'d str,
    place: Place,
    direct: Option<Direct>,
    /// The tasks of its nodes.
    tasks: HashMap<&'d str, String>,
    /// What the templates of its nodes call their outputs, by node and output.
    outputs: HashMap<(&'d str, String), String>,
}

impl<'d> Inside<'d> {
    fn new(dag: &'d Dag, around: &'d str, place: Place, direct: Option<Direct>) -> Self {
        let (tasks, outputs) = (HashMap::new(), HashMap::new());
        Self { dag, around, place, direct, tasks, outputs }
    }

    /// What a node returned, as it is, as an output of the template.
    fn result(&self) -> Option<Artifact> {
        let direct = self.direct.as_ref()?;
        Some(self.output(&direct.node, &direct.output))
    }

    /// A whole value that a node wrote.
    fn output(&self, node: &str, output: &str) -> Artifact {
        let task = self.tasks[node].clone();
        let artifact = self.outputs[&(node, output.to_owned())].clone();
        Artifact::Output { task, artifact }
    }

    /// The list of what a map is over.
    fn partitions(&self, partition: &RemoteInput) -> Result<String, ManifestError> {
        let From::Output { node, output } = &partition.from else {
            return Err(ManifestError::of("a map is over the output of a node"));
        };
        let from = RemoteNode::within(self.dag, self.around, node).map_err(ManifestError::of)?;
        let names = names_of_outputs(&from);
        let task = &self.tasks[node.as_str()];
        Ok(format!("{{{{tasks.{task}.outputs.parameters.{}}}}}", names[output.as_str()]))
    }

    /// The key of an output; of a mapped node, that of one result.
    fn key_of_output(&self, node: &RemoteNode, described: &Node, output: &str) -> String {
        let key = self.key(&described.name, output);
        if node.is_mapped() { format!("{key}/{ITEM}") } else { key }
    }

    fn is_outermost(&self) -> bool {
        self.around.is_empty()
    }

    fn key(&self, node: &str, output: &str) -> String {
        match &self.direct {
            Some(direct) if direct.node == node && direct.output == output => {
                self.place.result.clone()
            }
            _ => format!("{}/{node}/{output}", self.place.nodes),
        }
    }

    /// The artifact that a node reads.
    fn artifact(&self, input: &RemoteInput) -> Artifact {
        match &input.from {
            From::Parameter(name) if self.is_outermost() => Artifact::Parameter(name.clone()),
            From::Parameter(name) => Artifact::Passed(name.clone()),
            From::Output { node, output } => {
                let key = self.key(node, output);
                match input.form {
                    Form::Value => self.output(node, output),
                    Form::Partition => Artifact::key(format!("{key}/{ITEM}")),
                    Form::Partitions => Artifact::Key { key, is_optional: true },
                }
            }
        }
    }

    /// How `node` reads an input: a parameter of the workflow is JSON, whatever its serializer.
    fn option(&self, input: &RemoteInput) -> &'static str {
        match &input.from {
            From::Parameter(_) if self.is_outermost() => "--json",
            _ => "--input",
        }
    }
}

/// The output of a node that a dag returns as it is, if there is nothing else that it returns.
fn direct(dag: &Dag, end: &RemoteEnd) -> Option<Direct> {
    let ([input], [described]) = (end.inputs(), dag.outputs()) else { return None };
    let From::Output { node, output } = &input.from else { return None };
    let is_it = |source: &Reference| source.node == *node && source.output == *output;
    let is_whole = input.form == Form::Value
        && described.name == dagger_core::graph::RETURN_VALUE
        && matches!(&described.source, Source::Output(source) if is_it(source));
    let (node, output, coding) = (node.clone(), output.clone(), input.coding());
    is_whole.then_some(Direct { node, output, coding })
}

/// Whether the files of two values are the same.
fn is_same(a: Option<Coding>, b: Option<Coding>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.ty == b.ty && a.serializer == b.serializer)
}

impl<'a> Templates<'a> {
    pub(super) fn new(
        settings: &'a ManifestBuilder,
        options: &'a Options,
        given: &'a [bool],
    ) -> Self {
        let (names, batched) = (Names::default(), HashSet::new());
        Self { settings, options, given, list: Vec::new(), names, dags: Vec::new(), batched }
    }

    /// All templates; the first is that of the outermost dag, whose name comes with them.
    pub(super) fn outermost(mut self, dag: &Dag) -> Result<(String, Vec<Value>), ManifestError> {
        let end = RemoteEnd::of(dag).map_err(ManifestError::of)?;
        let outputs = dag.written_outputs();
        let written = |index: usize| outputs[index].1.coding.map(|coding| coding());
        let direct = direct(dag, &end)
            .filter(|direct| outputs.len() == 1 && is_same(direct.coding, written(0)));
        let mut names = Names::default();
        let place = Place::outermost(&self.settings.key_prefix);
        let mut inside = Inside::new(dag, "", place, direct);
        let mut tasks = self.nodes(&mut inside, &mut names)?;
        let is_done = outputs.is_empty() || inside.direct.is_some();
        let end_task = names.task("end");
        if !is_done {
            let mut pod = Pod::new(".");
            let mut task = Task::new(&end_task);
            for result in end.inputs() {
                let artifact = pod.read("--result", &result.name);
                task.artifacts.push(inside.artifact(result).argument(&artifact));
                if let From::Output { node, .. } = &result.from {
                    task.depend(&inside.tasks[node.as_str()]);
                }
            }
            for (index, (name, _)) in outputs.iter().enumerate() {
                if written(index).is_none_or(|coding| coding.codec.is_none()) {
                    return Err(ManifestError::of(format!(
                        "the output `{name}` of the dag cannot be written"
                    )));
                }
                let artifact = pod.write("--output", name);
                task.pass(&artifact, &format!("{}/outputs/{name}", run(&self.settings.key_prefix)));
            }
            task.template = self.pod(pod, &format!("{}-end", dag.name()), None, 1)?;
            tasks.push(task.into_map());
        }
        let name = self.names.unique(dag.name());
        let direct = inside.result().map(|result| ("return_value", result));
        let direct = direct.filter(|_| is_done).into_iter();
        let made = outputs.iter().filter(|_| !is_done).map(|(output, _)| {
            let (task, artifact) = (end_task.clone(), output.clone());
            (output.as_str(), Artifact::Output { task, artifact })
        });
        let results = direct.chain(made).map(|(name, result)| result.argument(name));
        let template = dag_template(&name, Map::new(), artifacts(results), tasks);
        self.list.insert(0, template);
        self.check_batches()?;
        Ok((name, self.list))
    }

    /// The template of a dag that others call.
    fn nested(&mut self, dag: &Dag, around: &str) -> Result<Rc<DagTemplate>, ManifestError> {
        let is_it = |known: &&Rc<DagTemplate>| std::ptr::eq(known.dag.plan(), dag.plan());
        if let Some(known) = self.dags.iter().find(is_it) {
            return Ok(Rc::clone(known));
        }
        let end = RemoteEnd::of(dag).map_err(ManifestError::of)?;
        let at = self.list.len();
        let name = self.names.unique(around.trim_end_matches('.').replace('.', "-").as_str());
        let (place, direct) = (Place::nested(), direct(dag, &end));
        let mut inside = Inside::new(dag, around, place, direct);
        let tasks = self.nodes(&mut inside, &mut Names::default())?;
        let mut read = HashSet::new();
        let mut note = |input: &RemoteInput| {
            if let From::Parameter(name) = &input.from {
                read.insert(name.clone());
            }
        };
        end.inputs().iter().for_each(&mut note);
        for node in dag.nodes() {
            let node = RemoteNode::within(dag, around, &node.name).map_err(ManifestError::of)?;
            node.inputs().iter().for_each(&mut note);
        }
        let used =
            dag.parameters().iter().map(|parameter| read.contains(&parameter.name)).collect();
        let result = artifacts(inside.result().map(|result| result.argument("result")));
        let template = DagTemplate { dag: dag.clone(), name, used, direct: inside.direct };
        let read = dag.parameters().iter().zip(&template.used).filter(|(_, used)| **used);
        let mut inputs = artifacts(read.map(|(p, _)| json!({ "name": p.name })));
        inputs.insert("parameters".to_owned(), json!(template.parameters()));
        self.list.insert(at, dag_template(&template.name, inputs, result, tasks));
        self.dags.push(Rc::new(template));
        Ok(Rc::clone(&self.dags[self.dags.len() - 1]))
    }

    /// The tasks of the nodes of a dag.
    fn nodes(
        &mut self,
        inside: &mut Inside<'_>,
        names: &mut Names,
    ) -> Result<Vec<Map<String, Value>>, ManifestError> {
        let dag = inside.dag;
        if dag.nodes().is_empty() {
            return Err(ManifestError::of(format!(
                "the dag `{}` has no nodes, and Argo has no workflow without tasks",
                dag.name()
            )));
        }
        let mut tasks = Vec::new();
        for described in dag.nodes() {
            let node = RemoteNode::within(dag, inside.around, &described.name)
                .map_err(ManifestError::of)?;
            let mut task = Task::new(&names.task(&described.name));
            inside.tasks.insert(&described.name, task.name.clone());
            for other in described.dependencies() {
                task.depend(&inside.tasks[other]);
            }
            let batch = self.batch(&node, described);
            if let Some(partition) =
                node.inputs().iter().find(|input| input.form == Form::Partition)
            {
                task.partitions = Some(inside.partitions(partition)?);
            }
            match &described.kind {
                NodeKind::Dag(nested) if batch == 1 => {
                    self.call(inside, &node, described, nested, &mut task)?;
                }
                _ => self.run(inside, &node, described, batch, &mut task)?,
            }
            let mut task = task.into_map();
            self.options.add_to_task(&mut task, node.address(), &described.options)?;
            tasks.push(task);
        }
        Ok(tasks)
    }

    /// A pod that runs a node: a task, or a dag as a whole, whose partitions are too many for a pod each.
    fn run<'d>(
        &mut self,
        inside: &mut Inside<'d>,
        node: &RemoteNode,
        described: &'d Node,
        batch: u32,
        task: &mut Task,
    ) -> Result<(), ManifestError> {
        let mut pod = Pod::new(node.address());
        if node.nested().is_some() {
            pod.say(&["--whole"]);
        } else if described.options.retry.is_some() && batch == 1 {
            // Argo makes the others.
            pod.say(&["--once"]);
        }
        for input in self.given(inside, node) {
            let artifact = pod.read(inside.option(input), &input.name);
            task.artifacts.push(inside.artifact(input).argument(&artifact));
        }
        for output in node.outputs() {
            let artifact = self.write(&mut pod, inside.dag, inside.around, node, &output.name)?;
            inside.outputs.insert((&described.name, output.name.clone()), artifact.clone());
            task.pass(&artifact, &inside.key_of_output(node, described, &output.name));
        }
        let options = Some((node.address(), &described.options));
        task.template = self.pod(pod, &template_name(node.address()), options, batch)?;
        Ok(())
    }

    /// Lets a pod write an output, in batches where the map over it wants them.
    fn write(
        &self,
        pod: &mut Pod,
        dag: &Dag,
        around: &str,
        node: &RemoteNode,
        output: &str,
    ) -> Result<String, ManifestError> {
        let artifact = pod.write("--output", output);
        let known = node.outputs().iter().find(|known| known.name == output);
        if known.is_none_or(|known| known.form != Form::Partitions) {
            return Ok(artifact);
        }
        pod.list(&artifact);
        let name = node.address().rsplit('.').next().unwrap_or_default();
        for described in dag.nodes().iter().filter(|described| described.is_mapped()) {
            let map =
                RemoteNode::within(dag, around, &described.name).map_err(ManifestError::of)?;
            let reads = |input: &RemoteInput| {
                input.form == Form::Partition
                    && input.from
                        == From::Output { node: name.to_owned(), output: output.to_owned() }
            };
            let batch = self.size_of_batch(&map, described);
            if batch > 1 && map.inputs().iter().any(reads) {
                pod.say(&["--batch", output, &batch.to_string()]);
            }
        }
        Ok(artifact)
    }

    /// The inputs of a node, less those that have their default.
    fn given<'n>(
        &self,
        inside: &Inside<'_>,
        node: &'n RemoteNode,
    ) -> impl Iterator<Item = &'n RemoteInput> {
        let left_out: HashSet<&str> = match inside.is_outermost() {
            true => {
                let parameters = inside.dag.parameters().iter().zip(self.given);
                parameters.filter(|(_, given)| !**given).map(|(p, _)| p.name.as_str()).collect()
            }
            false => HashSet::new(),
        };
        let is_left_out = |input: &RemoteInput| matches!(&input.from, From::Parameter(name) if left_out.contains(name.as_str()));
        let given: Vec<_> = node.inputs().iter().filter(|input| !is_left_out(input)).collect();
        given.into_iter()
    }

    /// A call of a dag: of its template as it is, or between two pods that stand for the call.
    fn call<'d>(
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
        let within = parameter(&around.within);
        let address = node.address();
        let base = template_name(address);
        let mut tasks = Vec::new();
        let mut dag = Task::new("dag");
        dag.template.clone_from(&inner.name);
        dag.pass("nodes", &format!("{within}/nodes"));
        if inner.direct.is_some() {
            let result = match (call.ends, &around.outputs[..]) {
                (false, [(_, artifact)]) => parameter(artifact),
                _ => format!("{within}/result"),
            };
            dag.pass("result", &result);
        }
        let artifact_of = |input: &RemoteInput| {
            let found = around.inputs.iter().find(|(_, known)| known.name == input.name);
            Artifact::Passed(found.map(|(name, _)| name.clone()).unwrap_or_default())
        };
        let mut passed: HashMap<&str, Artifact> = HashMap::new();
        for (name, input) in &call.parameters {
            let artifact = match input {
                Some(input) => artifact_of(input),
                None => Artifact::key(format!("{within}/parameters/{name}")),
            };
            dag.artifacts.push(artifact.argument(name));
            passed.insert(name, artifact);
        }
        if call.begins {
            let (mut pod, mut begin) = (Pod::new(address), Task::new("begin"));
            around.read(inside, &mut pod, &mut begin);
            for (name, _) in call.parameters.iter().filter(|(_, input)| input.is_none()) {
                let artifact = pod.write("--parameter", name);
                begin.pass(&artifact, &format!("{within}/parameters/{name}"));
            }
            begin.template = self.pod(pod, &format!("{base}-begin"), None, 1)?;
            dag.depend("begin");
            tasks.push(begin.into_map());
        }
        tasks.push(dag.into_map());
        let mut lists = Vec::new();
        if call.ends {
            let (mut pod, mut end) = (Pod::new(address), Task::new("end"));
            around.read(inside, &mut pod, &mut end);
            let results = RemoteEnd::of(&inner.dag).map_err(ManifestError::of)?;
            for result in results.inputs() {
                let artifact = match &result.from {
                    From::Parameter(name) => passed[name.as_str()].clone(),
                    From::Output { node, output } => {
                        let direct = inner.direct.as_ref();
                        let key =
                            match direct.is_some_and(|d| d.node == *node && d.output == *output) {
                                true => format!("{within}/result"),
                                false => format!("{within}/nodes/{node}/{output}"),
                            };
                        Artifact::Key { key, is_optional: result.form == Form::Partitions }
                    }
                };
                let name = pod.read_beside("--result", &result.name);
                end.artifacts.push(artifact.argument(&name));
            }
            for (output, artifact) in &around.outputs {
                self.write(&mut pod, inside.dag, inside.around, node, output)?;
                end.pass(artifact, &parameter(artifact));
                if pod.lists(artifact) {
                    let list = format!("{{{{tasks.end.outputs.parameters.{artifact}}}}}");
                    lists.push(json!({ "name": artifact, "valueFrom": { "parameter": list } }));
                }
            }
            end.template = self.pod(pod, &format!("{base}-end"), None, 1)?;
            end.depend("dag");
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

    /// Adds the template of a pod; gives its name.
    fn pod(
        &mut self,
        pod: Pod,
        name: &str,
        of_task: Option<(&str, &dagger_core::TaskOptions)>,
        batch: u32,
    ) -> Result<String, ManifestError> {
        let name = self.names.unique(name);
        let mut template = pod.template(&name, &self.settings.image, &self.settings.command);
        self.options.add_to_template(&mut template, of_task, batch)?;
        self.list.push(Value::Object(template));
        Ok(name)
    }

    /// How many partitions one pod of a node works on.
    fn batch(&mut self, node: &RemoteNode, described: &Node) -> u32 {
        if described.is_mapped() {
            self.batched.insert(node.address().to_owned());
        }
        self.size_of_batch(node, described)
    }

    fn size_of_batch(&self, node: &RemoteNode, described: &Node) -> u32 {
        if !described.is_mapped() {
            return 1;
        }
        let asked = |address: Option<&str>| {
            let mut asked = self.settings.batches.iter().rev();
            asked.find(|(of, _)| of.as_deref() == address).map(|(_, partitions)| *partitions)
        };
        let own = || described.options.argo.batch;
        asked(Some(node.address())).or_else(own).or_else(|| asked(None)).unwrap_or(1).max(1)
    }

    fn check_batches(&self) -> Result<(), ManifestError> {
        let mut problems = Vec::new();
        for (address, partitions) in &self.settings.batches {
            if *partitions == 0 {
                problems.push("a batch of no partitions; it takes 1 at least".to_owned());
            }
            let Some(address) = address.as_ref().filter(|of| !self.batched.contains(*of)) else {
                continue;
            };
            let mut maps: Vec<_> = self.batched.iter().map(|map| format!("`{map}`")).collect();
            maps.sort_unstable();
            let maps = match maps.is_empty() {
                true => "there is none".to_owned(),
                false => format!("the mapped nodes are {}", maps.join(", ")),
            };
            problems.push(format!(
                "a batch is asked for at `{address}`, which is not a mapped node; {maps}"
            ));
        }
        ManifestError::check(problems)
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

/// Artifacts that a template gets or has.
fn artifacts(artifacts: impl IntoIterator<Item = Value>) -> Map<String, Value> {
    let artifacts: Vec<_> = artifacts.into_iter().collect();
    let mut all = Map::new();
    if !artifacts.is_empty() {
        all.insert("artifacts".to_owned(), Value::Array(artifacts));
    }
    all
}

/// The artifacts of the outputs of a node.
fn names_of_outputs(node: &RemoteNode) -> HashMap<String, String> {
    let mut names = Names::default();
    let outputs = node.outputs().iter();
    outputs.map(|output| (output.name.clone(), names.value(&output.name))).collect()
}

/// The name of the template of a node.
fn template_name(address: &str) -> String {
    address.replace('.', "-")
}

/// The [template](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#dagtemplate) of a dag.
fn dag_template(
    name: &str,
    inputs: Map<String, Value>,
    outputs: Map<String, Value>,
    tasks: Vec<Map<String, Value>>,
) -> Value {
    let mut template = json!({ "name": name, "dag": { "tasks": tasks } });
    for (key, map) in [("inputs", inputs), ("outputs", outputs)] {
        if !map.is_empty() {
            template[key] = Value::Object(map);
        }
    }
    template
}
