//! The templates of dags: a DAG template for each, however often it is called, and one for each of its
//! nodes.

use std::collections::HashSet;
use std::rc::Rc;

use dagger_core::remote::{Form, From, RemoteEnd, RemoteInput, RemoteNode};
use dagger_core::{Dag, Node, NodeKind};
use serde_json::{Map, Value, json};

use super::error::ManifestError;
use super::inside::{Direct, Inside, direct, is_same};
use super::names::Names;
use super::options::Options;
use super::paths::{Artifact, Place, run};
use super::pods::{Pod, Task};
use super::settings::ManifestBuilder;

/// The template of a dag that others call.
pub(super) struct DagTemplate {
    pub(super) dag: Dag,
    pub(super) name: String,
    /// Whether something reads each parameter.
    pub(super) used: Vec<bool>,
    pub(super) direct: Option<Direct>,
}

impl DagTemplate {
    /// What the task that calls it is passed: the keys below which its values are.
    pub(super) fn parameters(&self) -> Vec<Value> {
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
    pub(super) list: Vec<Value>,
    pub(super) names: Names,
    dags: Vec<Rc<DagTemplate>>,
    /// The batches that were asked for, and of which there is a map.
    batched: HashSet<String>,
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
    pub(super) fn nested(
        &mut self,
        dag: &Dag,
        around: &str,
    ) -> Result<Rc<DagTemplate>, ManifestError> {
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
                NodeKind::Dag(nested) if batch == 1 && !node.keeps_errors() => {
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

    /// A pod that runs a node: a task, or a dag as a whole, whose partitions are too many for a pod each,
    /// or whose errors are values.
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
    pub(super) fn write(
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
    pub(super) fn given<'n>(
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

    /// Adds the template of a pod; gives its name.
    pub(super) fn pod(
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

/// Artifacts that a template gets or has.
pub(super) fn artifacts(artifacts: impl IntoIterator<Item = Value>) -> Map<String, Value> {
    let artifacts: Vec<_> = artifacts.into_iter().collect();
    let mut all = Map::new();
    if !artifacts.is_empty() {
        all.insert("artifacts".to_owned(), Value::Array(artifacts));
    }
    all
}

/// The name of the template of a node.
pub(super) fn template_name(address: &str) -> String {
    address.replace('.', "-")
}

/// The [template](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#dagtemplate) of a dag.
pub(super) fn dag_template(
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
