//! The templates of pods: each runs `node`, with its artifacts as files.

use serde_json::{Map, Value, json};

use super::names::Names;
use super::paths::{parameter, read, written};

/// The directory of what a pod reads.
pub(super) const INPUTS: &str = "/dagger/inputs";

/// The directory of what a pod writes: a volume, since the image may have no directory that can be
/// written, as one that is built from scratch.
pub(super) const OUTPUTS: &str = "/dagger/outputs";

/// The volume of [`OUTPUTS`].
pub(super) const VOLUME: &str = "dagger-outputs";

/// A pod that runs a node, before it is a template.
pub(super) struct Pod {
    arguments: Vec<String>,
    read: Names,
    written: Names,
    inputs: Vec<Value>,
    parameters: Vec<Value>,
    outputs: Vec<Value>,
    lists: Vec<Value>,
}

impl Pod {
    /// Runs the node at this address.
    pub(super) fn new(address: &str) -> Self {
        Self {
            arguments: vec!["node".to_owned(), address.to_owned()],
            read: Names::default(),
            written: Names::default(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            outputs: Vec::new(),
            lists: Vec::new(),
        }
    }

    /// More words for `node`.
    pub(super) fn say(&mut self, words: &[&str]) {
        self.arguments.extend(words.iter().map(|word| (*word).to_owned()));
    }

    /// Reads a value; gives the name of the artifact.
    pub(super) fn read(&mut self, option: &str, name: &str) -> String {
        let artifact = self.read.value(name);
        self.input(option, name, artifact)
    }

    fn input(&mut self, option: &str, name: &str, artifact: String) -> String {
        let path = read(&artifact);
        self.say(&[option, name, &path]);
        // https://argo-workflows.readthedocs.io/en/release-4.1/fields/#artifact
        self.inputs.push(json!({ "name": artifact, "path": path }));
        artifact
    }

    /// Reads a value that may have the name of another.
    pub(super) fn read_beside(&mut self, option: &str, name: &str) -> String {
        let artifact = self.read.value(&format!("result-{name}"));
        self.input(option, name, artifact)
    }

    /// Writes a value, under a key that the task passes; gives the name of the artifact, and of the
    /// parameter that has the key.
    pub(super) fn write(&mut self, option: &str, name: &str) -> String {
        let artifact = self.written.value(name);
        let path = written(&artifact);
        self.say(&[option, name, &path]);
        self.parameters.push(json!({ "name": artifact }));
        self.outputs.push(json!({
            "name": artifact,
            "path": path,
            "archive": { "none": {} },
            "s3": { "key": parameter(&artifact) },
        }));
        artifact
    }

    /// Says which partitions a value has that was written.
    pub(super) fn list(&mut self, artifact: &str) {
        let path = format!("{}/partitions.json", written(artifact));
        // https://argo-workflows.readthedocs.io/en/release-4.1/fields/#valuefrom
        self.lists.push(json!({ "name": artifact, "valueFrom": { "path": path } }));
    }

    /// Whether it says which partitions a value has.
    pub(super) fn lists(&self, artifact: &str) -> bool {
        self.lists.iter().any(|list| list["name"] == artifact)
    }

    /// The [template](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#template), with a
    /// container of this image and command.
    pub(super) fn template(
        self,
        name: &str,
        image: &str,
        command: &[String],
    ) -> Map<String, Value> {
        let mut container = json!({ "image": image, "command": command, "args": self.arguments });
        let mut template = Map::new();
        template.insert("name".to_owned(), json!(name));
        let mut put = |key: &str, lists: [(&str, Vec<Value>); 2]| {
            let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
            let lists: Map<_, _> =
                lists.map(|(name, list)| (name.to_owned(), Value::Array(list))).collect();
            if !lists.is_empty() {
                template.insert(key.to_owned(), Value::Object(lists));
            }
        };
        put("inputs", [("artifacts", self.inputs), ("parameters", self.parameters)]);
        let has_outputs = !self.outputs.is_empty();
        put("outputs", [("artifacts", self.outputs), ("parameters", self.lists)]);
        if has_outputs {
            container["volumeMounts"] = json!([{ "name": VOLUME, "mountPath": OUTPUTS }]);
            template.insert("volumes".to_owned(), json!([{ "name": VOLUME, "emptyDir": {} }]));
        }
        template.insert("container".to_owned(), container);
        template
    }
}

/// A call of a template, before it is a
/// [task](https://argo-workflows.readthedocs.io/en/release-4.1/fields/#dagtask).
pub(super) struct Task {
    pub(super) name: String,
    pub(super) template: String,
    pub(super) dependencies: Vec<String>,
    pub(super) artifacts: Vec<Value>,
    pub(super) parameters: Vec<Value>,
    pub(super) partitions: Option<String>,
}

impl Task {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            template: String::new(),
            dependencies: Vec::new(),
            artifacts: Vec::new(),
            parameters: Vec::new(),
            partitions: None,
        }
    }

    /// Passes a text.
    pub(super) fn pass(&mut self, name: &str, value: &str) {
        self.parameters.push(json!({ "name": name, "value": value }));
    }

    /// Waits for another task of the same template.
    pub(super) fn depend(&mut self, on: &str) {
        if !self.dependencies.iter().any(|known| known == on) {
            self.dependencies.push(on.to_owned());
        }
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        let mut task = Map::new();
        let mut put = |key: &str, value: Value| task.insert(key.to_owned(), value);
        put("name", json!(self.name));
        put("template", json!(self.template));
        let mut arguments = Map::new();
        if !self.artifacts.is_empty() {
            arguments.insert("artifacts".to_owned(), Value::Array(self.artifacts));
        }
        if !self.parameters.is_empty() {
            arguments.insert("parameters".to_owned(), Value::Array(self.parameters));
        }
        if !arguments.is_empty() {
            put("arguments", Value::Object(arguments));
        }
        if !self.dependencies.is_empty() {
            put("dependencies", json!(self.dependencies));
        }
        if let Some(partitions) = self.partitions {
            put("withParam", json!(partitions));
        }
        task
    }
}
