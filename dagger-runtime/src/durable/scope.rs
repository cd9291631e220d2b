//! One run of one dag: the digests of its values, and where its work is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use dagger_core::event::EventKind;
use dagger_core::exec::run::{Attached, Run};
use dagger_core::exec::value::Boxed;
use dagger_core::{Dag, Error};

use super::Session;
use super::blueprint::{Blueprint, NodePlan};
use super::digest::{self, Digest, Hash};
use super::record::{Part, Place};
use crate::sync::lock;

/// One run of one dag.
pub(crate) struct Scope {
    pub(super) session: Arc<Session>,
    pub(super) blueprint: Arc<Blueprint>,
    /// The names of the nodes that lead to it, with a dot behind each.
    pub(super) around: String,
    address: Digest,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    values: Vec<Option<Digest>>,
    /// The partitions of maps that call dags, by node.
    partitions: HashMap<usize, Arc<[Identity]>>,
}

/// Which of the partitions of a map one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// The same for no other partition of the map.
    pub(super) own: Digest,
    /// What it is, as far as the results depend on it.
    pub(super) content: Digest,
}

/// What a piece of work depends on.
pub(super) struct Key {
    pub(super) parts: Vec<Part>,
    pub(super) digest: Digest,
}

impl Scope {
    /// The scope of a run, if its work is kept.
    pub(crate) fn of(run: &Run) -> Option<Arc<Self>> {
        Arc::clone(run.attached()?).downcast().ok()
    }

    /// Tells what the run should know of what is kept.
    pub(crate) fn tell(&self, run: &Run) {
        let warning = self.session.store.as_ref().and_then(|store| store.warning.clone());
        if let Some(reason) = warning {
            run.tell(EventKind::Outdated { reason });
        }
    }

    /// Waits until all of the run is kept.
    ///
    /// # Errors
    ///
    /// If something could not be written.
    pub(crate) async fn finish(&self, dag: &str) -> Result<(), Error> {
        let Session { store, cache, last, said } = &*self.session;
        if let Some(cache) = cache {
            if let Some(last) = last {
                cache.put_last_run(dag, &last.to_bytes(dag.as_bytes(), said.to_bytes()));
            }
            cache.tidy();
        }
        let Some(store) = store else { return Ok(()) };
        let closed = store.close(said.to_bytes()).await;
        closed.map_err(|reason| Error::runtime(dag, reason))
    }

    /// That of a whole run, with the digests of its parameters.
    pub(super) fn outermost(
        session: Arc<Session>,
        blueprint: Arc<Blueprint>,
        dag: &Dag,
        parameters: &[Option<Digest>],
    ) -> Arc<Self> {
        let address = Hash::new("run").add(dag.name().as_bytes()).end();
        Self::new(session, blueprint, String::new(), address, parameters)
    }

    fn new(
        session: Arc<Session>,
        blueprint: Arc<Blueprint>,
        around: String,
        address: Digest,
        parameters: &[Option<Digest>],
    ) -> Arc<Self> {
        let mut values = parameters.to_vec();
        values.resize(blueprint.values(), None);
        let state = Mutex::new(State { values, partitions: HashMap::new() });
        Arc::new(Self { session, blueprint, around, address, state })
    }

    /// That of a dag that a node calls, for a partition of it, if it is a map.
    pub(crate) fn nested(&self, node: usize, partition: usize) -> Option<Attached> {
        let plan = &self.blueprint.nodes[node];
        let blueprint = plan.nested.as_ref()?;
        let (values, identity) = {
            let state = self.state();
            let identity = state.partitions.get(&node).map(|all| all[partition]);
            (state.values.clone(), identity)
        };
        let item = identity.as_ref().map(|identity| &identity.content);
        let value = |place: usize| of_value(&values, place);
        let parameters = plan.passes.iter().map(|passed| Some(passed.digest(&value, item)));
        let parameters: Vec<_> = parameters.collect();
        let address = Hash::new("nested").add(&self.address_of(plan));
        let address = match identity {
            Some(identity) => address.add(&identity.own).end(),
            None => address.end(),
        };
        let (session, blueprint) = (Arc::clone(&self.session), Arc::clone(blueprint));
        let around = format!("{}.", self.name_of(plan));
        Some(Self::new(session, blueprint, around, address, &parameters))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The name of a node, behind those that lead to it.
    pub(super) fn name_of(&self, plan: &NodePlan) -> String {
        format!("{}{}", self.around, plan.remote.described().name)
    }

    fn address_of(&self, plan: &NodePlan) -> Digest {
        let name = plan.remote.described().name.as_bytes();
        Hash::new("node").add(&self.address).add(name).end()
    }

    /// Where the work of a node begins.
    pub(super) fn half_place(&self, plan: &NodePlan) -> [u8; 16] {
        let mut half = [0; 16];
        half.copy_from_slice(&self.address_of(plan)[..16]);
        half
    }

    /// What the work of a node depends on, its partition aside.
    pub(super) fn key(&self, plan: &NodePlan) -> Key {
        let state = self.state();
        let mut parts = plan.fixed.clone();
        parts.extend(
            plan.reads.iter().map(|(name, place)| (name.clone(), of_value(&state.values, *place))),
        );
        let mut hash = Hash::new("key");
        for (name, digest) in &parts {
            hash = hash.add(name.as_bytes()).add(digest);
        }
        Key { parts, digest: hash.end() }
    }

    /// The digest of a value.
    pub(super) fn value(&self, place: usize) -> Digest {
        of_value(&self.state().values, place)
    }

    /// What a call of a node is, for this partition.
    pub(super) fn cache_key(&self, plan: &NodePlan, item: Option<&Digest>) -> Digest {
        let state = self.state();
        plan.cache_key(&|place| of_value(&state.values, place), item)
    }

    /// A value is known.
    pub(super) fn set_value(&self, place: usize, digest: Digest) {
        self.state().values[place] = Some(digest);
    }

    /// The partitions of a map that calls a dag are known.
    pub(super) fn set_partitions(&self, node: usize, partitions: Arc<[Identity]>) {
        self.state().partitions.insert(node, partitions);
    }
}

fn of_value(values: &[Option<Digest>], place: usize) -> Digest {
    match values.get(place) {
        Some(Some(digest)) => *digest,
        _ => unreachable!("a node begins when what it reads is there"),
    }
}

/// The place of the work of a whole node.
pub(super) fn place_of_node(half: [u8; 16]) -> Place {
    place(half, [0; 16])
}

/// The place of the work of a partition.
pub(super) fn place_of_partition(half: [u8; 16], identity: &Identity) -> Place {
    let mut second = [0; 16];
    second.copy_from_slice(&identity.own[..16]);
    place(half, second)
}

fn place(first: [u8; 16], second: [u8; 16]) -> Place {
    let mut place = [0; 32];
    place[..16].copy_from_slice(&first);
    place[16..].copy_from_slice(&second);
    place
}

/// The digests of the parameters of a run.
///
/// # Errors
///
/// If one cannot be written.
pub(super) fn of_parameters(
    dag: &Dag,
    blueprint: &Blueprint,
    parameters: &[Boxed],
) -> Result<Vec<Option<Digest>>, String> {
    let digests = dag.parameters().iter().zip(&blueprint.parameters).zip(parameters);
    let digests = digests.map(|((parameter, needed), value)| {
        let Some((coding, codec)) = needed else { return Ok(None) };
        let mut bytes = Vec::new();
        (codec.write)(&**value, &mut bytes)
            .map_err(|error| format!("parameter `{}` cannot be kept: {error}", parameter.name))?;
        Ok(Some(digest::of_value(coding.as_ref(), &digest::of(&bytes))))
    });
    digests.collect()
}
