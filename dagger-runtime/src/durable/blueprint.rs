//! What is to be known of a dag before its work can be kept: how values are written, and what the key
//! of each node is made of.

use std::sync::Arc;

use dagger_core::exec::coding::{Codec, Coding};
use dagger_core::exec::edges::Partitioned;
use dagger_core::graph::RETURN_VALUE;
use dagger_core::remote::{
    Form, From, Keeping, Obstacle, RemoteNode, RemoteOutput, RemoteParameter, obstacles,
};
use dagger_core::{Dag, NodeKind, Reference, Source};

use super::digest::{Digest, Hash, of_coding};
use super::record::Part;

/// A dag whose work is kept.
pub(super) struct Blueprint {
    pub(super) nodes: Vec<NodePlan>,
    /// What the parameters are, and how they are written, of those whose digests are needed.
    pub(super) parameters: Vec<Option<(Option<Coding>, Codec)>>,
    /// The values that nodes read: first the parameters, then what nodes return. Each has a place.
    values: Vec<From>,
    /// All of it, for the keys of nodes that call it.
    described: Digest,
}

/// A node whose work is kept.
pub(super) struct NodePlan {
    pub(super) remote: RemoteNode,
    /// What its key is made of, whatever its inputs are.
    pub(super) fixed: Vec<Part>,
    /// The values that it reads, by the names of its inputs, and their places. The partition is none.
    pub(super) reads: Vec<(String, usize)>,
    /// The place of the first value that it writes; the others follow.
    pub(super) writes: usize,
    pub(super) work: WorkPlan,
    /// What it passes to its task, or its dag.
    pub(super) passes: Vec<Passed>,
    /// The dag that it calls.
    pub(super) nested: Option<Arc<Blueprint>>,
}

pub(super) enum WorkPlan {
    /// Nothing of it is kept.
    Plain,
    /// One call.
    Call(Keeping),
    Map(MapPlan),
}

pub(super) struct MapPlan {
    pub(super) partitioned: Partitioned,
    /// What a partition is, and how it is written; of a borrowed one, its place.
    pub(super) item: (Option<Coding>, Codec),
    /// How the result of one is; `None` where nobody reads it.
    pub(super) result: Option<(Coding, Codec)>,
    /// The place of the value that has the partitions, where they are borrowed from it.
    pub(super) whole: Option<usize>,
}

/// What an argument is made of.
pub(super) enum Passed {
    /// A value.
    Value(usize),
    /// Part of a value, by its name.
    PartOf(usize, String),
    /// The partition.
    Item,
    /// A text, over other ones.
    Text(String, Vec<Self>),
}

/// Which work of a dag is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// All of it.
    All,
    /// That of tasks with a `cache`, and the digests of what they read.
    Cached,
}

impl Blueprint {
    /// What is to be known of a dag; nothing, where none of its work is kept.
    ///
    /// # Errors
    ///
    /// Which of its values cannot be kept, and why.
    pub(super) fn of(dag: &Dag, kept: Kept) -> Result<Option<Arc<Self>>, String> {
        match kept {
            Kept::Cached if !has_cached(dag) => return Ok(None),
            Kept::Cached => {}
            Kept::All => refuse(&obstacles(dag)?)?,
        }
        Self::within(dag, "", kept).map(Some).map_err(|obstacle| refused(&[obstacle]))
    }

    fn within(dag: &Dag, around: &str, kept: Kept) -> Result<Arc<Self>, Obstacle> {
        let parameters = dag.parameters().iter();
        let mut values: Vec<_> = parameters.map(|p| From::Parameter(p.name.clone())).collect();
        let mut remotes = Vec::new();
        for node in dag.nodes() {
            let address = format!("{around}{}", node.name);
            let remote = RemoteNode::within(dag, around, &node.name);
            let remote = remote.map_err(|reason| obstacle(&address, "", reason))?;
            let output = |output: &RemoteOutput| From::Output {
                node: node.name.clone(),
                output: output.name.clone(),
            };
            let first = values.len();
            values.extend(remote.outputs().iter().map(output));
            remotes.push((remote, first));
        }
        let needs = Needs::of(dag, &remotes, &values, kept);
        let parameters = parameters_of(dag, around, &needs)?;
        let mut nodes = Vec::new();
        for (index, (remote, writes)) in remotes.into_iter().enumerate() {
            let is_kept = needs.nodes[index];
            nodes.push(NodePlan::new(remote, around, &values, writes, kept, is_kept)?);
        }
        let described = described(dag, &nodes, &values);
        Ok(Arc::new(Self { nodes, parameters, values, described }))
    }

    /// How many values there are to be known.
    pub(super) fn values(&self) -> usize {
        self.values.len()
    }
}

fn obstacle(address: &str, name: &str, reason: String) -> Obstacle {
    Obstacle { address: address.to_owned(), name: name.to_owned(), reason }
}

fn refuse(obstacles: &[Obstacle]) -> Result<(), String> {
    if obstacles.is_empty() { Ok(()) } else { Err(refused(obstacles)) }
}

fn refused(obstacles: &[Obstacle]) -> String {
    let obstacles: Vec<_> = obstacles.iter().map(ToString::to_string).collect();
    format!("what it computes cannot be kept: {}", obstacles.join("; "))
}

/// What a dag is, but for the names that only its own description has.
fn described(dag: &Dag, nodes: &[NodePlan], values: &[From]) -> Digest {
    let mut hash = Hash::new("dag");
    for node in nodes {
        for (name, digest) in &node.fixed {
            hash = hash.add(name.as_bytes()).add(digest);
        }
        for (name, place) in &node.reads {
            hash = hash.add(name.as_bytes()).add(&place.to_le_bytes());
        }
        if let Some(partitions) = &node.remote.described().partitions {
            hash = hash.add(partitions.node.as_bytes()).add(partitions.output.as_bytes());
        }
    }
    for output in dag.outputs() {
        let source = pass(&output.source, values);
        hash = source.add_to(hash.add(output.name.as_bytes()));
    }
    hash.end()
}

/// What of a dag has to be known, or kept.
struct Needs {
    nodes: Vec<bool>,
    /// Values, by their places.
    values: Vec<bool>,
}

impl Needs {
    fn of(dag: &Dag, remotes: &[(RemoteNode, usize)], values: &[From], kept: Kept) -> Self {
        if kept == Kept::All {
            return Self { nodes: vec![true; remotes.len()], values: vec![true; values.len()] };
        }
        let mut needs =
            Self { nodes: vec![false; remotes.len()], values: vec![false; values.len()] };
        for (index, (remote, first)) in remotes.iter().enumerate().rev() {
            let is_cached = match &dag.nodes()[index].kind {
                NodeKind::Task => dag.nodes()[index].options.cache,
                NodeKind::Dag(nested) => has_cached(nested),
            };
            let is_read = (0..remote.outputs().len()).any(|output| needs.values[first + output]);
            needs.nodes[index] = is_cached || is_read;
            if is_cached {
                let read = remote.inputs().iter().filter(|input| input.form != Form::Partition);
                read.for_each(|input| needs.values[place_of(&input.from, values)] = true);
            }
        }
        // What is kept of a fan-out, its map takes apart.
        for (index, (remote, _)) in remotes.iter().enumerate() {
            let partition = remote.inputs().iter().find(|input| input.form == Form::Partition);
            if let Some(From::Output { node, .. }) = partition.map(|input| &input.from) {
                let source = dag.nodes().iter().position(|other| other.name == *node);
                needs.nodes[index] |= source.is_some_and(|source| needs.nodes[source]);
            }
        }
        needs
    }
}

/// Whether a task of a dag, or of one within it, is cached.
pub(super) fn has_cached(dag: &Dag) -> bool {
    dag.nodes().iter().any(|node| match &node.kind {
        NodeKind::Task => node.options.cache,
        NodeKind::Dag(nested) => has_cached(nested),
    })
}

fn parameters_of(
    dag: &Dag,
    around: &str,
    needs: &Needs,
) -> Result<Vec<Option<(Option<Coding>, Codec)>>, Obstacle> {
    let parameters = RemoteParameter::of(dag);
    let parameters = parameters.iter().enumerate().map(|(place, parameter)| {
        if !needs.values[place] {
            return Ok(None);
        }
        let of_dag = |reason| obstacle(around.trim_end_matches('.'), parameter.name, reason);
        Ok(Some((parameter.coding(), parameter.codec().map_err(of_dag)?)))
    });
    parameters.collect()
}

impl NodePlan {
    fn new(
        remote: RemoteNode,
        around: &str,
        values: &[From],
        writes: usize,
        kept: Kept,
        is_kept: bool,
    ) -> Result<Self, Obstacle> {
        let address = remote.address().to_owned();
        let at = |(output, reason): (String, String)| obstacle(&address, &output, reason);
        let node = remote.described();
        let reads = remote.inputs().iter().filter(|input| input.form != Form::Partition);
        let reads: Vec<_> =
            reads.map(|input| (input.name.clone(), place_of(&input.from, values))).collect();
        let passes = node.inputs.iter().map(|input| pass(&input.source, values)).collect();
        let nested = match &node.kind {
            NodeKind::Dag(nested) if kept == Kept::All || has_cached(nested) => {
                Some(Blueprint::within(nested, &format!("{around}{}.", node.name), kept)?)
            }
            _ => None,
        };
        let work = match remote.partitioned() {
            _ if !is_kept => WorkPlan::Plain,
            None => WorkPlan::Call(remote.keeping().map_err(at)?),
            Some(partitioned) => {
                WorkPlan::Map(MapPlan::new(&remote, partitioned, values).map_err(at)?)
            }
        };
        let mut plan = Self { fixed: Vec::new(), reads, writes, work, nested, passes, remote };
        plan.fixed = plan.fixed(values);
        Ok(plan)
    }

    /// Whether its calls are cached.
    pub(super) fn is_cached(&self) -> bool {
        self.remote.described().options.cache && self.remote.path().is_some()
    }

    /// What a call of it is, whatever node makes it: the task, its version, and its arguments. These are
    /// the digests of the values, and that of the partition.
    pub(super) fn cache_key(
        &self,
        value: &dyn Fn(usize) -> Digest,
        item: Option<&Digest>,
    ) -> Digest {
        let mut hash = Hash::new("call");
        for (name, digest) in self.fixed.iter().filter(|(name, _)| name != INPUTS) {
            hash = hash.add(name.as_bytes()).add(digest);
        }
        for (input, passed) in self.remote.described().inputs.iter().zip(&self.passes) {
            hash = hash.add(input.name.as_bytes()).add(&passed.digest(value, item));
        }
        hash.end()
    }

    /// What its key is made of, whatever its inputs are.
    fn fixed(&self, values: &[From]) -> Vec<Part> {
        let node = self.remote.described();
        let called = match &self.nested {
            Some(nested) => (DAG.to_owned(), nested.described),
            None => {
                let path = self.remote.path().unwrap_or(&node.name);
                (TASK.to_owned(), Hash::new("task").add(path.as_bytes()).end())
            }
        };
        let version = node.options.version.unwrap_or_default();
        let version = Hash::new("version").add(&version.to_le_bytes()).end();
        let mut inputs = Hash::new("inputs");
        for input in &node.inputs {
            // By the places of values among those that it reads: what nodes are called does not matter.
            let source = pass(&input.source, values).among(&self.reads);
            inputs = source.add_to(inputs.add(input.name.as_bytes()));
        }
        for input in self.remote.inputs() {
            // Parts of one value may be told apart by this order only.
            let part = match &input.from {
                From::Output { output, .. } => output,
                From::Parameter(_) => "",
            };
            inputs = inputs.add(part.as_bytes());
            if input.form == Form::Partition {
                // The digests of values have this already.
                inputs = of_coding(inputs, input.coding().as_ref());
            }
        }
        let mut returned = Hash::new("returned");
        match &self.work {
            WorkPlan::Plain => {}
            WorkPlan::Call(keeping) => {
                for coding in keeping.codings() {
                    returned = of_coding(returned, Some(coding));
                }
            }
            WorkPlan::Map(map) => {
                let coding = map.result.as_ref().map(|(coding, _)| coding);
                returned = of_coding(returned, coding);
            }
        }
        vec![
            called,
            (VERSION.to_owned(), version),
            (INPUTS.to_owned(), inputs.end()),
            (RETURNED.to_owned(), returned.end()),
        ]
    }
}

/// Names of parts of a key, beside the inputs, which have others.
pub(super) const TASK: &str = "=task";
pub(super) const DAG: &str = "=dag";
pub(super) const VERSION: &str = "=version";
pub(super) const INPUTS: &str = "=inputs";
pub(super) const RETURNED: &str = "=returned";

impl MapPlan {
    fn new(
        remote: &RemoteNode,
        partitioned: Partitioned,
        values: &[From],
    ) -> Result<Self, (String, String)> {
        let item = remote.inputs().iter().find(|input| input.form == Form::Partition);
        let Some(item) = item else { unreachable!("a map has a partition") };
        let codec = item.codec().map_err(|reason| (item.name.clone(), reason))?;
        let item_and_codec = (item.coding(), codec);
        let result = match remote.outputs().first() {
            Some(output) => {
                let codec = output.codec().map_err(|reason| (output.name.clone(), reason))?;
                output.coding().map(|coding| (coding, codec))
            }
            None => None,
        };
        let whole = partitioned.borrowed.then(|| {
            let is_of_node = |from: &From| {
                matches!((from, &item.from),
                (From::Output { node, output }, From::Output { node: of, .. })
                    if node == of && output == RETURN_VALUE)
            };
            let of_whole = remote.inputs().iter().find(|input| {
                input.form != Form::Partition
                    && (input.from == item.from || is_of_node(&input.from))
            });
            of_whole.map_or(usize::MAX, |input| place_of(&input.from, values))
        });
        Ok(Self { partitioned, item: item_and_codec, result, whole })
    }
}

fn place_of(from: &From, values: &[From]) -> usize {
    match values.iter().position(|value| value == from) {
        Some(place) => place,
        None => unreachable!("a node reads parameters, and what earlier ones write"),
    }
}

fn pass(source: &Source, values: &[From]) -> Passed {
    match source {
        Source::Parameter(name) => Passed::Value(place_of(&From::Parameter(name.clone()), values)),
        Source::Output(reference) => output(reference, values),
        Source::Partition(_) => Passed::Item,
        Source::Constant(text) => Passed::Text(text.clone(), Vec::new()),
        Source::Expression { text, over } => {
            let over = over.iter().map(|source| pass(source, values)).collect();
            Passed::Text(text.clone(), over)
        }
    }
}

/// An output of a node, or the outputs that it is, or may be, a part of.
fn output(reference: &Reference, values: &[From]) -> Passed {
    let places = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let is_it = |from: &From| {
            matches!(from, From::Output { node, output }
                if *node == reference.node && is_it(output))
        };
        (0..values.len()).filter(|place| is_it(&values[*place])).collect()
    };
    let name = &reference.output;
    // Parts of one part have its name, with a number.
    let is_part = |output: &str| {
        output.strip_prefix(&**name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    match (&places(&is_part)[..], &places(&|output| output == RETURN_VALUE)[..]) {
        (&[place], _) => Passed::Value(place),
        ([], &[whole]) => Passed::PartOf(whole, name.clone()),
        ([], _) => Passed::Text(name.clone(), values_at(places(&|_| true))),
        (several, _) => Passed::Text(name.clone(), values_at(several.to_vec())),
    }
}

fn values_at(places: Vec<usize>) -> Vec<Passed> {
    places.into_iter().map(Passed::Value).collect()
}

impl Passed {
    /// The same, with the places of values among those that a node reads.
    fn among(self, reads: &[(String, usize)]) -> Self {
        let among = |place| {
            let found = reads.iter().position(|(_, read)| *read == place);
            found.unwrap_or(usize::MAX)
        };
        match self {
            Self::Value(place) => Self::Value(among(place)),
            Self::PartOf(place, part) => Self::PartOf(among(place), part),
            Self::Item => Self::Item,
            Self::Text(text, over) => {
                Self::Text(text, over.into_iter().map(|passed| passed.among(reads)).collect())
            }
        }
    }

    fn add_to(&self, hash: Hash) -> Hash {
        match self {
            Self::Value(place) => hash.add(b"value").add(&place.to_le_bytes()),
            Self::PartOf(place, part) => {
                hash.add(b"part").add(&place.to_le_bytes()).add(part.as_bytes())
            }
            Self::Item => hash.add(b"item"),
            Self::Text(text, over) => {
                let hash = hash.add(b"text").add(text.as_bytes()).add(&over.len().to_le_bytes());
                over.iter().fold(hash, |hash, passed| passed.add_to(hash))
            }
        }
    }

    /// The digest of the argument, where these are the digests of values, and of the partition.
    pub(super) fn digest(&self, value: &dyn Fn(usize) -> Digest, item: Option<&Digest>) -> Digest {
        match self {
            Self::Value(place) => value(*place),
            Self::PartOf(place, part) => {
                Hash::new("part").add(&value(*place)).add(part.as_bytes()).end()
            }
            Self::Item => item.copied().unwrap_or_default(),
            Self::Text(text, over) => {
                let hash = Hash::new("argument").add(text.as_bytes());
                let add = |hash: Hash, passed: &Self| hash.add(&passed.digest(value, item));
                over.iter().fold(hash, add).end()
            }
        }
    }
}
