//! What a run did with each node, and why.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Mutex, MutexGuard};

use super::blueprint::{DAG, INPUTS, RETURNED, TASK, VERSION};
use super::digest::Digest;
use super::last::SaidOf;
use super::record::Part;
use crate::sync::lock;

/// What a run with a checkpoint, or a cache, did with each node, and why: what [`explain`](super::explain) and
/// [`Cache::explain`](super::Cache::explain) give.
///
/// `Display` prints one line a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    nodes: Vec<Explained>,
}

/// What a run did with a node, over all its partitions, and all calls of the dag that it is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The names of the nodes on the way to this one, with dots between: `outer.inner`.
    pub address: String,
    /// How many calls did not run, since the checkpoint, or the cache, had what they return.
    pub recalled: u64,
    /// How many ran.
    pub ran: u64,
    /// Why what was kept of an earlier run was not used, each with how often that was so. Nothing, where
    /// nothing was.
    pub reasons: Vec<(String, u64)>,
    /// What keeps it: a checkpoint or a cache.
    kept_in: &'static str,
}

pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const CACHE: &str = "cache";

impl Report {
    /// The nodes, by address.
    #[must_use]
    pub fn nodes(&self) -> &[Explained] {
        &self.nodes
    }

    /// The node at this address: `outer.inner`.
    #[must_use]
    pub fn node(&self, address: &str) -> Option<&Explained> {
        self.nodes.iter().find(|node| node.address == address)
    }

    pub(super) fn of(said: SaidOf, kept_in: &'static str) -> Result<Self, String> {
        let node = |(address, bytes): (String, Vec<u8>)| {
            let node = Explained::read(&address, &bytes, kept_in);
            node.ok_or_else(|| format!("what was said of `{address}` is damaged"))
        };
        let nodes = said.into_iter().map(node).collect::<Result<_, _>>()?;
        Ok(Self { nodes })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, node) in self.nodes.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{node}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Explained {
    /// ``train: 3 ran, 5 recalled; its input `rate` differs``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.address)?;
        match (self.ran, self.recalled) {
            (1, 0) => write!(f, "ran")?,
            (0, 1) => write!(f, "recalled")?,
            (ran, 0) => write!(f, "{ran} ran")?,
            (0, recalled) => write!(f, "{recalled} recalled")?,
            (ran, recalled) => write!(f, "{ran} ran, {recalled} recalled")?,
        }
        for (reason, times) in &self.reasons {
            write!(f, "; {reason}")?;
            if *times > 1 {
                write!(f, " ({times} times)")?;
            }
        }
        if self.ran > 0 && self.reasons.is_empty() {
            let what = if self.ran == 1 { "it" } else { "them" };
            write!(f, "; the {} had nothing of {what}", self.kept_in)?;
        }
        Ok(())
    }
}

impl Explained {
    fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {}", self.recalled, self.ran);
        for (reason, times) in &self.reasons {
            let _ = write!(text, "\n{times} {}", reason.replace('\n', " "));
        }
        text.into_bytes()
    }

    fn read(address: &str, bytes: &[u8], kept_in: &'static str) -> Option<Self> {
        let mut lines = std::str::from_utf8(bytes).ok()?.split('\n');
        let (recalled, ran) = lines.next()?.split_once(' ')?;
        let (recalled, ran) = (recalled.parse().ok()?, ran.parse().ok()?);
        let reason = |line: &str| {
            let (times, reason) = line.split_once(' ')?;
            Some((reason.to_owned(), times.parse().ok()?))
        };
        let reasons = lines.map(reason).collect::<Option<_>>()?;
        Some(Self { address: address.to_owned(), recalled, ran, reasons, kept_in })
    }
}

/// What is to be said of the nodes of a run.
#[derive(Default)]
pub(super) struct Said(Mutex<BTreeMap<String, Explained>>);

impl Said {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Explained>> {
        lock(&self.0)
    }

    /// So many calls of a node were recalled, and so many ran.
    pub(super) fn count(&self, address: &str, recalled: usize, ran: usize) {
        let mut nodes = self.lock();
        let node = nodes.entry(address.to_owned()).or_default();
        node.recalled += recalled as u64;
        node.ran += ran as u64;
    }

    /// Something that was kept of a node is not used.
    pub(super) fn reason(&self, address: &str, reason: &str) {
        let mut nodes = self.lock();
        let reasons = &mut nodes.entry(address.to_owned()).or_default().reasons;
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, times)) => *times += 1,
            None => reasons.push((reason.to_owned(), 1)),
        }
    }

    pub(super) fn to_bytes(&self) -> SaidOf {
        let nodes = self.lock();
        nodes.iter().map(|(address, node)| (address.clone(), node.to_bytes())).collect()
    }
}

/// In which parts two keys differ, in words.
pub(super) fn difference(kept: &[Part], now: &[Part]) -> String {
    let find = |parts: &[Part], name: &str| -> Option<Digest> {
        parts.iter().find(|(known, _)| known == name).map(|(_, digest)| *digest)
    };
    let mut words = Vec::new();
    for (name, digest) in now {
        match find(kept, name) {
            Some(kept) if kept == *digest => {}
            Some(_) => words.push(changed(name)),
            None => words.push(added(name)),
        }
    }
    for (name, _) in kept {
        if find(now, name).is_none() {
            words.push(format!("its input `{name}` is gone"));
        }
    }
    words.dedup();
    match words.is_empty() {
        true => "its inputs are others".to_owned(),
        false => words.join(", and "),
    }
}

fn changed(name: &str) -> String {
    match name {
        TASK => "its task is another function".to_owned(),
        DAG => "the dag that it calls is another".to_owned(),
        VERSION => "its task has another version".to_owned(),
        INPUTS => "its inputs are written in another way".to_owned(),
        RETURNED => "its output has another type".to_owned(),
        input => format!("its input `{input}` differs"),
    }
}

fn added(name: &str) -> String {
    match name {
        TASK => "it calls a task, and no dag".to_owned(),
        DAG => "it calls a dag, and no task".to_owned(),
        input => format!("its input `{input}` is new"),
    }
}

#[cfg(test)]
mod tests {
    use super::{CACHE, Explained, INPUTS, VERSION, difference};

    #[test]
    fn a_difference_is_said_part_by_part() {
        let part = |name: &str, digest: u8| (name.to_owned(), [digest; 32]);
        let kept = [part(VERSION, 1), part(INPUTS, 1), part("rate", 1), part("seed", 1)];
        let now = [part(VERSION, 2), part(INPUTS, 1), part("rate", 2), part("depth", 1)];
        assert_eq!(
            difference(&kept, &now),
            "its task has another version, and its input `rate` differs, and its input `depth` is \
             new, and its input `seed` is gone"
        );
    }

    #[test]
    fn what_is_said_comes_back() {
        let reasons = vec![("its input `a` differs".to_owned(), 2), ("b\nc".to_owned(), 1)];
        let address = "outer.inner".to_owned();
        let mut node = Explained { address, recalled: 5, ran: 3, reasons, kept_in: CACHE };
        let read = Explained::read("outer.inner", &node.to_bytes(), CACHE);
        node.reasons[1].0 = "b c".to_owned();
        assert_eq!(read.as_ref(), Some(&node));
        assert_eq!(
            node.to_string(),
            "outer.inner: 3 ran, 5 recalled; its input `a` differs (2 times); b c"
        );
    }
}
