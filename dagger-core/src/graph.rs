//! The description of a dag: plain data, shared by every runtime.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::build::draft::Drafts;
use crate::exec::edges::Edges;
use crate::exec::plan::Plan;
use crate::exec::signature::Signature;
use crate::options::TaskOptions;

/// The output that stands for the whole value a node returns.
pub const RETURN_VALUE: &str = "return_value";

/// A dag: its parameters, nodes and outputs, and what it takes to run them.
///
/// A clone is cheap: it shares the graph. Two dags are equal when their descriptions are; the code
/// behind the nodes is not compared. `Display` prints one line a node; [`Serialize`] writes the
/// description.
#[derive(Clone)]
pub struct Dag(Shared);

/// A graph that several have.
#[derive(Clone)]
enum Shared {
    Counted(Arc<Graph>),
    Static(&'static Graph),
}

impl Deref for Shared {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        match self {
            Self::Counted(graph) => graph,
            Self::Static(graph) => graph,
        }
    }
}

pub(crate) struct Graph {
    described: Arc<Described>,
    plan: Plan,
    signature: Signature,
    edges: Option<Box<dyn Edges>>,
}

/// What the description of a graph is made of.
struct Described {
    name: String,
    parameters: Vec<Parameter>,
    drafts: Drafts,
    /// Made of the drafts when somebody first looks at it.
    description: OnceLock<(Vec<Node>, Vec<Output>)>,
}

impl Graph {
    pub(crate) fn new(
        name: String,
        parameters: Vec<Parameter>,
        drafts: Drafts,
        plan: Plan,
        signature: Signature,
        edges: Option<Box<dyn Edges>>,
    ) -> Self {
        let description = OnceLock::new();
        let described = Arc::new(Described { name, parameters, drafts, description });
        Self { described, plan, signature, edges }
    }

    fn description(&self) -> &(Vec<Node>, Vec<Output>) {
        let Described { parameters, drafts, description, .. } = &*self.described;
        description.get_or_init(|| drafts.describe(parameters))
    }
}

impl Dag {
    pub(crate) fn from_graph(graph: Graph) -> Self {
        Self(Shared::Counted(Arc::new(graph)))
    }

    /// The dag of a `static`, without a count of those who have it: threads that run it at the same
    /// time would wait for each other there.
    pub(crate) fn of_static(&'static self) -> Self {
        Self(Shared::Static(&self.0))
    }

    /// The dag's name: that of its function, with `-` for `_`, or the one it was built with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.described.name
    }

    /// The parameters, in the order of the function's signature.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.0.described.parameters
    }

    /// The nodes, in the order of the body; each depends on earlier ones only.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.0.description().0
    }

    /// The node of this name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes().iter().find(|node| node.name == name)
    }

    /// The outputs: none for a dag that returns `()`, one named `return_value` for a single
    /// value, one a field (`property_<field>`) for a tuple or a struct of node outputs. Those of a
    /// graph by hand are named as they were.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.0.description().1
    }

    /// The names of the outputs, without the rest of the description.
    pub(crate) fn output_names(&self) -> impl Iterator<Item = &str> {
        self.0.described.drafts.outputs.iter().map(|(name, _)| &**name)
    }

    /// The function that a node calls, with all modules that lead to it; `None` for a closure.
    pub(crate) fn path(&self, node: usize) -> Option<&'static str> {
        self.0.described.drafts.path(node)
    }

    /// What a runtime needs to run the dag.
    #[doc(hidden)]
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// The values between the steps of the plan, for those who take them out of the process; `None`
    /// where the dag was built without what that takes.
    #[doc(hidden)]
    #[must_use]
    pub fn edges(&self) -> Option<&dyn Edges> {
        self.0.edges.as_deref()
    }

    /// A run of some steps of the dag, as this plan has them: it is described as the dag is.
    pub(crate) fn part(&self, plan: Plan) -> Self {
        let (described, signature) = (Arc::clone(&self.0.described), Signature::default());
        Self::from_graph(Graph { described, plan, signature, edges: None })
    }

    /// What goes into a run of the dag, and what comes out of it, by type.
    #[doc(hidden)]
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.0.signature
    }

    /// The graph as a [Mermaid](https://mermaid.js.org/syntax/flowchart.html) flowchart.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        crate::render::mermaid::render(self)
    }

    /// The graph in [DOT](https://graphviz.org/doc/info/lang.html), the language of Graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        crate::render::dot::render(self)
    }

    /// The graph as a picture, an SVG for light and dark pages.
    ///
    /// What runs for each partition stands before copies of itself; an arrow that fans out has several ends,
    /// and one that fans in has several beginnings. A nested dag is a box.
    #[cfg(feature = "svg")]
    #[must_use]
    pub fn to_svg(&self) -> String {
        crate::render::svg::render(self)
    }
}

impl PartialEq for Dag {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.described, &other.0.described)
            || (self.name() == other.name()
                && self.parameters() == other.parameters()
                && self.0.description() == other.0.description())
    }
}

impl Eq for Dag {}

impl fmt::Debug for Dag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dag")
            .field("name", &self.name())
            .field("parameters", &self.parameters())
            .field("nodes", &self.nodes())
            .field("outputs", &self.outputs())
            .finish()
    }
}

impl fmt::Display for Dag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::render::text::render(self, f)
    }
}

impl Serialize for Dag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut state = serializer.serialize_struct("Dag", 4)?;
        state.serialize_field("name", self.name())?;
        state.serialize_field("parameters", self.parameters())?;
        state.serialize_field("nodes", &self.nodes())?;
        state.serialize_field("outputs", &self.outputs())?;
        state.end()
    }
}

/// A parameter of a dag.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name in the function's signature.
    pub name: String,
    /// Its type, as written in the signature.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its default, as written in `#[default(…)]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

impl Parameter {
    /// A parameter of a dag built by hand.
    #[must_use]
    pub fn new(name: &str, ty: &str, default: Option<&str>) -> Self {
        Self { name: name.to_owned(), ty: ty.to_owned(), default: default.map(str::to_owned) }
    }
}

/// A node: one call of a task or of a dag, or one such call for every partition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Node {
    /// Its name, unique in the dag: the task's, with `-1`, `-2`… where the dag calls the task more
    /// than once.
    pub name: String,
    /// What it runs.
    pub kind: NodeKind,
    /// One input a parameter of the task, in the order of its signature.
    pub inputs: Vec<Input>,
    /// The outputs that something reads, in alphabetical order.
    pub outputs: Vec<String>,
    /// The output that the node is mapped over, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Reference>,
    /// How the task wants to be run.
    #[serde(skip_serializing_if = "TaskOptions::is_default")]
    pub options: TaskOptions,
}

impl Node {
    /// The name of the input that receives the partition; the first one, where the parts of a
    /// partition go to several.
    ///
    /// `None` for a node that is not mapped, and for one that is but does not look at its
    /// partition.
    #[must_use]
    pub fn partitioned_by(&self) -> Option<&str> {
        let partitions = self.partitions.as_ref()?;
        let reads = |input: &&Input| input.source.reads_partition(partitions);
        self.inputs.iter().find(reads).map(|input| input.name.as_str())
    }

    /// Whether the node runs once for every partition of another node's output.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        self.partitions.is_some()
    }

    /// The names of the nodes whose outputs this one reads, each once, in the order of its inputs.
    #[must_use]
    pub fn dependencies(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let mut add = |reference| names.push(node_of(reference));
        self.inputs.iter().for_each(|input| input.source.each_reference(&mut add));
        self.partitions.iter().for_each(add);
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }
}

/// What a node runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    /// A task.
    Task,
    /// A nested dag.
    Dag(Dag),
}

impl Serialize for NodeKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Task => serializer.serialize_unit_variant("NodeKind", 0, "task"),
            Self::Dag(dag) => serializer.serialize_newtype_variant("NodeKind", 1, "dag", dag),
        }
    }
}

/// An input of a node: the task's parameter of that name, and where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Input {
    /// The name of the task's parameter.
    pub name: String,
    /// Where the value comes from.
    pub source: Source,
}

/// A node's output, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Reference {
    /// The node.
    pub node: String,
    /// The output: `return_value`, `property_<field>` or `key_<key>`.
    pub output: String,
}

fn node_of(reference: &Reference) -> &str {
    &reference.node
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.node)?;
        if self.output == RETURN_VALUE { Ok(()) } else { write!(f, ".{}", self.output) }
    }
}

/// Where the value of an input comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A parameter of the dag, by name.
    Parameter(String),
    /// The output of a node; where that node is mapped, the results of all its partitions.
    Output(Reference),
    /// One partition of the output that the node is mapped over.
    Partition(Reference),
    /// A hard-coded value, as written.
    Constant(String),
    /// An expression over other values, as written.
    Expression {
        /// The source text.
        text: String,
        /// The values it is evaluated over, in order of appearance; none of them an expression.
        over: Vec<Source>,
    },
}

impl Source {
    pub(crate) fn each_reference<'a>(&'a self, visit: &mut impl FnMut(&'a Reference)) {
        match self {
            Self::Output(reference) | Self::Partition(reference) => visit(reference),
            Self::Expression { over, .. } => {
                over.iter().for_each(|source| source.each_reference(visit));
            }
            Self::Parameter(_) | Self::Constant(_) => {}
        }
    }

    fn reads_partition(&self, of: &Reference) -> bool {
        match self {
            Self::Partition(reference) => reference.node == of.node,
            Self::Expression { over, .. } => over.iter().any(|source| source.reads_partition(of)),
            _ => false,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "{name}"),
            Self::Output(reference) => write!(f, "{reference}"),
            Self::Partition(reference) => write!(f, "each of {reference}"),
            Self::Constant(text) | Self::Expression { text, .. } => write!(f, "`{text}`"),
        }
    }
}

/// An output of a dag: its name, and the node's output it comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Output {
    /// `return_value`, or `property_<field>` where the dag returns a tuple or a struct.
    pub name: String,
    /// The output it comes from.
    pub source: Source,
}
