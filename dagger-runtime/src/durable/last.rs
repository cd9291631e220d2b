//! What the last run of a dag did with a cache, and what its calls depended on.
//!
//! A run reads that where it begins, so that it can say in what a call differs that the cache does not
//! have, and replaces it where it ends. It is a record whose output has a record for each node: what its
//! calls depended on, its address, and what is said of it, if that run came to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use dagger_core::remote::Bytes;

use super::digest::Digest;
use super::record::{Part, Record};
use super::report::difference;
use crate::sync::lock;

/// What is said of nodes, by address.
pub(super) type SaidOf = Vec<(String, Vec<u8>)>;

/// What the calls of nodes depend on, by address: of a node with several calls, what is the same for all.
type Keys = BTreeMap<String, Vec<Part>>;

/// In place of a digest: what is not the same for all calls of a node.
const VARIES: Digest = [0; 32];

/// The run before, and what is to be known of this one.
pub(super) struct LastRun {
    before: Keys,
    now: Mutex<Keys>,
}

impl LastRun {
    /// What was written at a place. What is damaged is as if there were nothing.
    pub(super) fn read(place: &[u8], bytes: Option<Vec<u8>>) -> Self {
        let read = bytes.and_then(|bytes| read(place, &bytes)).unwrap_or_default();
        // Of a node that has no parts, something is said, and no call is known.
        let known = read.into_iter().filter(|(_, parts, _)| !parts.is_empty());
        let before = known.map(|(address, parts, _)| (address, parts)).collect();
        Self { before, now: Mutex::default() }
    }

    /// A call of a node depends on these parts.
    pub(super) fn note(&self, address: String, parts: Vec<Part>) {
        let mut now = lock(&self.now);
        let Some(known) = now.get_mut(&address) else {
            now.insert(address, parts);
            return;
        };
        for part in known.iter_mut().filter(|part| !parts.contains(part)) {
            part.1 = VARIES;
        }
    }

    /// In what a call that the cache does not have differs from those of the run before; nothing, where
    /// all that they have in common is the same.
    pub(super) fn difference(&self, address: &str, parts: &[Part], is_map: bool) -> Option<String> {
        let known = self.before.get(address)?;
        let (varies, known): (Vec<_>, Vec<_>) =
            known.iter().cloned().partition(|(_, digest)| *digest == VARIES);
        let is_same_for_all = |(name, _): &&Part| varies.iter().all(|(varied, _)| varied != name);
        let parts: Vec<_> = parts.iter().filter(is_same_for_all).cloned().collect();
        if known != parts {
            return Some(difference(&known, &parts));
        }
        let is_same_call = varies.is_empty() && !is_map;
        is_same_call.then(|| "what the cache had of it is gone".to_owned())
    }

    /// The run as it is written at a place, with what is said of its nodes.
    pub(super) fn to_bytes(&self, place: &[u8], said: SaidOf) -> Vec<u8> {
        // What this run did not come to, a later one may.
        let mut keys = self.before.clone();
        keys.extend(lock(&self.now).clone());
        let mut said: BTreeMap<_, _> = said.into_iter().collect();
        let addresses: BTreeSet<_> = keys.keys().chain(said.keys()).cloned().collect();
        let node = |address: String| {
            let parts = keys.remove(&address).unwrap_or_default();
            let said = said.remove(&address);
            let outputs = [Some(address.into_bytes()), said].into_iter().flatten();
            record(parts, outputs.map(Bytes::Value).collect()).to_bytes(NODE)
        };
        let nodes = Bytes::Partitions(addresses.into_iter().map(node).collect());
        record(Vec::new(), vec![nodes]).to_bytes(place)
    }
}

/// Where the record of a node is.
const NODE: &[u8] = b"node";

fn record(parts: Vec<Part>, outputs: Vec<Bytes>) -> Record {
    Record { key: Digest::default(), parts, outputs }
}

/// What is said of the nodes of a run that was written at a place; `None` where it is damaged.
pub(super) fn said(place: &[u8], bytes: &[u8]) -> Option<SaidOf> {
    let nodes = read(place, bytes)?.into_iter();
    Some(nodes.filter_map(|(address, _, said)| Some((address, said?))).collect())
}

fn read(place: &[u8], bytes: &[u8]) -> Option<Vec<(String, Vec<Part>, Option<Vec<u8>>)>> {
    let outputs = Record::from_bytes(place, bytes)?.outputs;
    let [Bytes::Partitions(nodes)] = &outputs[..] else { return None };
    let node = |bytes: &Vec<u8>| {
        let Record { parts, outputs, .. } = Record::from_bytes(NODE, bytes)?;
        let mut outputs = outputs.into_iter().map(|output| match output {
            Bytes::Value(bytes) => Some(bytes),
            Bytes::Partitions(_) => None,
        });
        let address = String::from_utf8(outputs.next()??).ok()?;
        Some((address, parts, outputs.next().flatten()))
    };
    nodes.iter().map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::{LastRun, Part, said};

    fn part(name: &str, digest: u8) -> Part {
        (name.to_owned(), [digest; 32])
    }

    /// What the run after this one knows.
    fn after(run: &LastRun, said: &[(&str, &str)]) -> (LastRun, Vec<u8>) {
        let said = said.iter().map(|(node, said)| ((*node).to_owned(), said.as_bytes().to_vec()));
        let bytes = run.to_bytes(b"dag", said.collect());
        (LastRun::read(b"dag", Some(bytes.clone())), bytes)
    }

    #[test]
    fn what_all_calls_have_in_common_is_compared() {
        let first = LastRun::read(b"dag", None);
        assert_eq!(first.difference("slow", &[part("n", 1)], false), None);
        first.note("slow".to_owned(), vec![part("n", 1), part("by", 1)]);
        let (second, _) = after(&first, &[]);
        let why = |run: &LastRun, n, by, is_map| {
            run.difference("slow", &[part("n", n), part("by", by)], is_map)
        };
        assert_eq!(why(&second, 2, 1, false).unwrap(), "its input `n` differs");
        assert_eq!(why(&second, 1, 1, false).unwrap(), "what the cache had of it is gone");
        assert_eq!(why(&second, 1, 1, true), None);

        // Of a call with another `n`, only `by` may be said to differ from then on.
        second.note("slow".to_owned(), vec![part("n", 1), part("by", 1)]);
        second.note("slow".to_owned(), vec![part("n", 2), part("by", 1)]);
        let (third, _) = after(&second, &[]);
        assert_eq!(why(&third, 3, 1, false), None);
        assert_eq!(why(&third, 3, 2, false).unwrap(), "its input `by` differs");

        // A run that does not come to the node knows it still.
        let (fourth, _) = after(&third, &[]);
        assert_eq!(why(&fourth, 3, 2, false).unwrap(), "its input `by` differs");
    }

    #[test]
    fn what_is_said_is_that_of_one_run() {
        let first = LastRun::read(b"dag", None);
        first.note("slow".to_owned(), vec![part("n", 1)]);
        let (second, bytes) = after(&first, &[("slow", "said"), ("inner.quick", "too")]);
        let nodes = said(b"dag", &bytes).unwrap();
        let quick = ("inner.quick".to_owned(), b"too".to_vec());
        assert_eq!(nodes, [quick, ("slow".to_owned(), b"said".to_vec())]);
        assert_eq!(said(b"another", &bytes), None);
        assert_eq!(said(b"dag", &bytes[..bytes.len() - 1]), None);
        assert_eq!(said(b"dag", &after(&second, &[]).1), Some(Vec::new()));
    }
}
