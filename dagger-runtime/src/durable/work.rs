//! The work of a node whose results are kept.

use std::any::Any;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex};

use dagger_core::BoxError;
use dagger_core::error::Failure;
use dagger_core::event::EventKind;
use dagger_core::exec::coding::{Codec, Coding};
use dagger_core::exec::context::Context;
use dagger_core::exec::map::{Keeper, Rest};
use dagger_core::exec::plan::{Body, BoxFuture, Ended, Start};
use dagger_core::exec::value::{Boxed, Value, Values};
use dagger_core::remote::{Bytes, FannedOut, Item, Keeping};

use super::blueprint::{MapPlan, NodePlan, WorkPlan};
use super::digest::{self, Digest, Hash};
use super::record::{Place, Record};
use super::report::{CACHE, CHECKPOINT, difference};
use super::scope::{Identity, Key, Scope, place_of_node, place_of_partition};
use crate::sync::{AtomicBool, lock};

/// Does work in the way of a run that keeps nothing.
pub(crate) type Begin = fn(&Context, &Start, bool, &mut Values) -> Result<Ended, BoxFuture<Ended>>;

/// Does the work of a node, or finds that it is done.
pub(crate) fn start(
    scope: &Arc<Scope>,
    context: &Context,
    body: &Body,
    values: &mut Values,
    begin: Begin,
) -> BoxFuture<Ended> {
    let Body::Node { node, start, ends_itself, .. } = body else {
        unreachable!("only a node's step has work")
    };
    let job = Arc::new(Job {
        scope: Arc::clone(scope),
        context: context.clone(),
        node: *node,
        start: Arc::clone(start),
        ends_itself: *ends_itself,
        begin,
        is_missing: AtomicBool::new(false),
        is_not_kept: AtomicBool::new(false),
    });
    let values = std::mem::take(values);
    Box::pin(async move {
        let blueprint = Arc::clone(&job.scope.blueprint);
        let plan = &blueprint.nodes[job.node];
        match &plan.work {
            WorkPlan::Plain => job.run(&job.start, values).await,
            WorkPlan::Call(keeping) => job.call(plan, keeping, values).await,
            WorkPlan::Map(map) => job.map(plan, map, values).await,
        }
    })
}

/// A node that is to be done.
pub(super) struct Job {
    pub(super) scope: Arc<Scope>,
    pub(super) context: Context,
    node: usize,
    start: Start,
    ends_itself: bool,
    begin: Begin,
    /// Whether it is said why the cache does not have a call.
    pub(super) is_missing: AtomicBool,
    /// Whether it is said that something is not kept.
    pub(super) is_not_kept: AtomicBool,
}

impl Job {
    async fn call(&self, plan: &NodePlan, keeping: &Keeping, values: Values) -> Ended {
        let mut kept = self.kept_call(plan);
        let (recalled, from_cache) = match self.recall(plan, keeping, &kept) {
            Some(value) => (Some(value), false),
            None => (self.recall_cached(plan, keeping, &mut kept), true),
        };
        if let Some(value) = recalled {
            drop(values);
            if from_cache {
                self.note_cached(plan);
                self.put_call(&kept)?;
            }
            self.said(plan, 1, 0);
            self.context.tell_recalled(None);
            return Ok(value);
        }
        self.said(plan, 0, 1);
        let value = self.run(&self.start, values).await?;
        let (value, outputs) = keeping.keep(value, digest::of).map_err(cannot_keep)?;
        self.know(plan, keeping, &outputs);
        if let Some(key) = &kept.cached
            && self.put_cached(key, outputs.clone())
        {
            self.note_cached(plan);
        }
        kept.outputs = outputs;
        self.put_call(&kept)?;
        Ok(value)
    }

    /// Does it.
    async fn run(&self, start: &Start, mut values: Values) -> Ended {
        match (self.begin)(&self.context, start, self.ends_itself, &mut values) {
            Ok(ended) => ended,
            Err(future) => future.await,
        }
    }

    /// Where a call is kept, and under which keys.
    fn kept_call(&self, plan: &NodePlan) -> KeptCall {
        let has_store = self.scope.session.store.is_some();
        let has_cache = self.scope.session.cache.is_some() && plan.is_cached();
        KeptCall {
            key: has_store.then(|| self.scope.key(plan)),
            place: place_of_node(self.scope.half_place(plan)),
            cached: has_cache.then(|| self.scope.cache_key(plan, None)),
            outputs: Vec::new(),
        }
    }

    /// What goes on in place of the value of a node, if the checkpoint has that.
    fn recall(&self, plan: &NodePlan, keeping: &Keeping, kept: &KeptCall) -> Option<Boxed> {
        let key = kept.key.as_ref()?;
        let record = self.record(plan, &kept.place)?;
        if record.key != key.digest {
            self.outdated(plan, difference(&record.parts, &key.parts));
            return None;
        }
        self.read(plan, keeping, record.outputs, CHECKPOINT)
    }

    /// The same, if the cache has it.
    fn recall_cached(
        &self,
        plan: &NodePlan,
        keeping: &Keeping,
        kept: &mut KeptCall,
    ) -> Option<Boxed> {
        let outputs = self.cached(plan, kept.cached.as_ref()?)?;
        kept.outputs.clone_from(&outputs);
        self.read(plan, keeping, outputs, CACHE)
    }

    /// What goes on in place of the value that these outputs were made of.
    fn read(
        &self,
        plan: &NodePlan,
        keeping: &Keeping,
        outputs: Vec<Bytes>,
        from: &str,
    ) -> Option<Boxed> {
        match keeping.recall(outputs.clone(), digest::of) {
            Ok(value) => {
                self.know(plan, keeping, &outputs);
                Some(value)
            }
            Err(error) => {
                self.outdated(plan, unreadable(from, &error));
                None
            }
        }
    }

    fn put_call(&self, kept: &KeptCall) -> Result<(), Failure> {
        let Some(key) = &kept.key else { return Ok(()) };
        let (parts, outputs) = (key.parts.clone(), kept.outputs.clone());
        self.put(kept.place, &Record { key: key.digest, parts, outputs })
    }

    /// What is kept at a place, whatever its key.
    fn record(&self, plan: &NodePlan, place: &Place) -> Option<Record> {
        match self.scope.session.store.as_ref()?.get(place) {
            Ok(None) => None,
            Ok(Some(bytes)) => {
                let record = Record::from_bytes(place, &bytes);
                if record.is_none() {
                    self.outdated(plan, damaged(CHECKPOINT));
                }
                record
            }
            Err(reason) => {
                self.outdated(plan, format!("{}: {reason}", damaged(CHECKPOINT)));
                None
            }
        }
    }

    fn put(&self, place: Place, record: &Record) -> Result<(), Failure> {
        let Some(store) = &self.scope.session.store else { return Ok(()) };
        store.put(place, record.to_bytes(&place)).map_err(Failure::of)
    }

    /// The digests of what a node returned, from here on.
    fn know(&self, plan: &NodePlan, keeping: &Keeping, outputs: &[Bytes]) {
        let codings = keeping.codings().iter();
        let digests: Vec<_> = codings
            .zip(outputs)
            .map(|(coding, bytes)| digest::of_value(Some(coding), &of_bytes(bytes)))
            .collect();
        let written = plan.remote.outputs().iter().zip(keeping.outputs());
        for (place, (output, (bytes, is_more))) in (plan.writes..).zip(written) {
            let whole = digests[*bytes];
            let digest = match is_more {
                true => Hash::new("part").add(&whole).add(output.name.as_bytes()).end(),
                false => whole,
            };
            self.scope.set_value(place, digest);
        }
    }

    /// So many calls were recalled, and so many ran. A cache has no say in those that are not cached.
    fn said(&self, plan: &NodePlan, recalled: usize, ran: usize) {
        if self.scope.session.store.is_none() && !plan.is_cached() {
            return;
        }
        self.scope.session.said.count(&self.scope.name_of(plan), recalled, ran);
    }

    /// What is kept of the node is not used.
    pub(super) fn outdated(&self, plan: &NodePlan, reason: String) {
        self.scope.session.said.reason(&self.scope.name_of(plan), &reason);
        self.context.tell_of_node(EventKind::Outdated { reason });
    }
}

/// A call that may be kept.
struct KeptCall {
    /// In the checkpoint.
    key: Option<Key>,
    place: Place,
    /// In the cache.
    cached: Option<Digest>,
    outputs: Vec<Bytes>,
}

pub(super) fn damaged(what: &str) -> String {
    format!("what the {what} has of it is damaged")
}

pub(super) fn unreadable(what: &str, error: impl Display) -> String {
    format!("what the {what} has of it cannot be read: {error}")
}

fn cannot_keep(error: BoxError) -> Failure {
    Failure::of(format!("what it returned cannot be kept: {error}"))
}

fn of_bytes(bytes: &Bytes) -> Digest {
    match bytes {
        Bytes::Value(bytes) => digest::of(bytes),
        Bytes::Partitions(partitions) => {
            let digests: Vec<_> = partitions.iter().map(|bytes| digest::of(bytes)).collect();
            digest::of_all(&digests)
        }
    }
}

impl Job {
    async fn map(self: &Arc<Self>, plan: &NodePlan, map: &MapPlan, mut values: Values) -> Ended {
        let half = self.scope.half_place(plan);
        let key = self.scope.session.store.is_some().then(|| self.scope.key(plan));
        let items = Self::items(plan, map, &mut values)?;
        let identities = self.identities(plan, map, &items);
        if plan.nested.is_some() {
            self.scope.set_partitions(self.node, Arc::clone(&identities));
        }
        let kept = match &key {
            Some(key) => self.kept(plan, key, half)?,
            None => HashMap::new(),
        };
        let cached = self.scope.session.cache.is_some() && plan.is_cached();
        let count = items.len();
        let keeper = Arc::new(MapKeeper {
            job: Arc::clone(self),
            half,
            key: key.map(|key| key.digest),
            is_cached: cached,
            identities,
            result: map.result,
            results: Mutex::new(vec![[0; 32]; count]),
        });
        let (mut done, mut partitions) = (Vec::new(), Vec::new());
        for (number, item) in items.into_iter().enumerate() {
            match self.recall_partition(plan, &keeper, number, &kept, &mut done)? {
                true => self.context.tell_recalled(Some(number)),
                false => partitions.push((number, item.value)),
            }
        }
        drop(kept);
        if cached {
            self.note_cached(plan);
        }
        let is_done = partitions.is_empty() && count > 0;
        self.said(plan, done.len(), partitions.len());
        let rest = Rest { partitions, done, keeper: Arc::clone(&keeper) as Arc<dyn Keeper> };
        let source = map.partitioned.source;
        let rest = Value::new(Box::new(rest));
        match map.partitioned.borrowed {
            true => values.push(rest),
            false => values.insert(source, rest),
        }
        let Some(start) = Arc::clone(&self.start).for_batch(source) else {
            unreachable!("a map can work on some partitions")
        };
        let value = match is_done {
            true => {
                self.context.tell_recalled(None);
                start.start(self.context.clone(), values).await?
            }
            false => self.run(&start, values).await?,
        };
        if let Some((coding, _)) = &map.result {
            let results = lock(&keeper.results);
            let digest = digest::of_value(Some(coding), &digest::of_all(&*results));
            self.scope.set_value(plan.writes, digest);
        }
        Ok(value)
    }

    /// The partitions; those that move, without the value that had them.
    fn items(plan: &NodePlan, map: &MapPlan, values: &mut Values) -> Result<Vec<Item>, Failure> {
        let source = map.partitioned.source;
        let value = match &values[source] {
            Value::Shared(shared) if map.partitioned.borrowed => Value::Shared(Arc::clone(shared)),
            _ => values.remove(source),
        };
        let value = match value {
            Value::Owned(_) => match FannedOut::items(value.into_boxed()) {
                Ok(items) => return Ok(items),
                Err(value) => Value::new(value),
            },
            shared @ Value::Shared(_) => shared,
        };
        let (mut items, mut written) = (Vec::new(), Ok(()));
        plan.remote.fan_out(value, &mut |partition| {
            let mut bytes = Vec::new();
            written = (map.item.1.write)(&*partition, &mut bytes);
            items.push(Item { digest: digest::of(&bytes), value: partition });
            written.is_ok()
        });
        written.map_err(|error| Failure::of(format!("a partition cannot be kept: {error}")))?;
        Ok(items)
    }

    /// Which partition each of them is.
    fn identities(&self, plan: &NodePlan, map: &MapPlan, items: &[Item]) -> Arc<[Identity]> {
        // Where only the results are to be known, what they depend on is not.
        let has_key =
            self.scope.session.store.is_some() || plan.is_cached() || plan.nested.is_some();
        let whole = map.whole.filter(|_| has_key).map(|whole| self.scope.value(whole));
        let mut seen: HashMap<Digest, u64> = HashMap::with_capacity(items.len());
        let identity = |item: &Item| {
            let equal = seen.entry(item.digest).or_default();
            let own = Hash::new("partition").add(&item.digest).add(&equal.to_le_bytes()).end();
            *equal += 1;
            let content = match &whole {
                Some(whole) => Hash::new("borrowed").add(whole).add(&item.digest).end(),
                None => digest::of_value(map.item.0.as_ref(), &item.digest),
            };
            Identity { own, content }
        };
        items.iter().map(identity).collect()
    }

    /// All that is kept of the partitions of a map, if it is of this map; notes what that depends on.
    fn kept(
        &self,
        plan: &NodePlan,
        key: &Key,
        half: [u8; 16],
    ) -> Result<HashMap<Place, Vec<u8>>, Failure> {
        let place = place_of_node(half);
        let record = self.record(plan, &place);
        let is_same = record.as_ref().map(|record| record.key == key.digest);
        if is_same != Some(true) {
            let outputs = Vec::new();
            self.put(place, &Record { key: key.digest, parts: key.parts.clone(), outputs })?;
        }
        if let Some(record) = record.filter(|_| is_same == Some(false)) {
            self.outdated(plan, difference(&record.parts, &key.parts));
            return Ok(HashMap::new());
        }
        let Some(store) = &self.scope.session.store else { return Ok(HashMap::new()) };
        Ok(store.get_all(&half).unwrap_or_else(|reason| {
            self.outdated(plan, format!("{}: {reason}", damaged(CHECKPOINT)));
            HashMap::new()
        }))
    }

    /// Adds the result of a partition, if it is kept. Whether it is.
    fn recall_partition(
        &self,
        plan: &NodePlan,
        keeper: &MapKeeper,
        number: usize,
        kept: &HashMap<Place, Vec<u8>>,
        done: &mut Vec<(usize, Option<Boxed>)>,
    ) -> Result<bool, Failure> {
        if let Some(outputs) = self.kept_partition(plan, keeper, number, kept)
            && let Some(result) = self.result(plan, keeper, number, &outputs, CHECKPOINT)
        {
            done.push((number, result));
            return Ok(true);
        }
        if let Some(key) = keeper.cache_key(number)
            && let Some(outputs) = self.cached(plan, &key)
            && let Some(result) = self.result(plan, keeper, number, &outputs, CACHE)
        {
            keeper.put(number, outputs)?;
            done.push((number, result));
            return Ok(true);
        }
        Ok(false)
    }

    /// What the checkpoint has of a partition.
    fn kept_partition(
        &self,
        plan: &NodePlan,
        keeper: &MapKeeper,
        number: usize,
        kept: &HashMap<Place, Vec<u8>>,
    ) -> Option<Vec<Bytes>> {
        let place = place_of_partition(keeper.half, &keeper.identities[number]);
        let record = Record::from_bytes(&place, kept.get(&place)?);
        if record.is_none() {
            self.outdated(plan, damaged(CHECKPOINT));
        }
        record
            .filter(|record| Some(record.key) == keeper.key_of(number))
            .map(|record| record.outputs)
    }

    /// The result of a partition, if these outputs have one: nothing, where nobody reads it.
    #[expect(clippy::option_option, reason = "whether there is one, and whether it is read")]
    fn result(
        &self,
        plan: &NodePlan,
        keeper: &MapKeeper,
        number: usize,
        outputs: &[Bytes],
        from: &str,
    ) -> Option<Option<Boxed>> {
        match (&keeper.result, outputs) {
            (None, _) => Some(None),
            (Some((_, codec)), [Bytes::Value(bytes)]) => match (codec.read)(&mut &bytes[..]) {
                Ok(value) => {
                    keeper.know(number, digest::of(bytes));
                    Some(Some(value))
                }
                Err(error) => {
                    self.outdated(plan, unreadable(from, &error));
                    None
                }
            },
            (Some(_), _) => None,
        }
    }
}

/// Keeps the results of a map.
struct MapKeeper {
    job: Arc<Job>,
    half: [u8; 16],
    /// What all partitions depend on, for a checkpoint.
    key: Option<Digest>,
    is_cached: bool,
    identities: Arc<[Identity]>,
    result: Option<(Coding, Codec)>,
    /// The digests of the results.
    results: Mutex<Vec<Digest>>,
}

impl MapKeeper {
    fn key_of(&self, number: usize) -> Option<Digest> {
        let identity = &self.identities[number];
        let hash = Hash::new("of partition").add(self.key.as_ref()?);
        Some(hash.add(&identity.own).add(&identity.content).end())
    }

    fn cache_key(&self, number: usize) -> Option<Digest> {
        let content = &self.identities[number].content;
        let Job { scope, node, .. } = &*self.job;
        let plan = &scope.blueprint.nodes[*node];
        self.is_cached.then(|| scope.cache_key(plan, Some(content)))
    }

    fn know(&self, number: usize, digest: Digest) {
        lock(&self.results)[number] = digest;
    }

    /// Keeps the outputs of a partition in the checkpoint.
    fn put(&self, number: usize, outputs: Vec<Bytes>) -> Result<(), Failure> {
        let (Some(store), Some(key)) = (&self.job.scope.session.store, self.key_of(number)) else {
            return Ok(());
        };
        let record = Record { key, parts: Vec::new(), outputs };
        let place = place_of_partition(self.half, &self.identities[number]);
        store.put(place, record.to_bytes(&place)).map_err(Failure::of)
    }
}

impl Keeper for MapKeeper {
    fn keep(&self, partition: usize, result: &(dyn Any + Send)) -> Result<(), Failure> {
        let mut outputs = Vec::new();
        if let Some((_, codec)) = &self.result {
            let mut bytes = Vec::new();
            (codec.write)(result, &mut bytes).map_err(cannot_keep)?;
            self.know(partition, digest::of(&bytes));
            outputs.push(Bytes::Value(bytes));
        }
        if let Some(key) = self.cache_key(partition) {
            self.job.put_cached(&key, outputs.clone());
        }
        self.put(partition, outputs)
    }
}
