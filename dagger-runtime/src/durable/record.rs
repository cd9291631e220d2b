//! What is kept of a piece of work, as bytes that tell whether they are whole.
//!
//! ```text
//! record   = digest of the place and the body, body
//! body     = key, count of parts, { name, digest }, count of outputs, { output }
//! output   = 0, bytes | 1, count of partitions, { bytes }
//! ```
//!
//! A count is 8 bytes, the lowest first; a name and bytes follow their length, which is a count.

use dagger_core::remote::Bytes;

use super::digest::{Digest, Hash};

/// Where a record is: the address of the work, and the partition.
pub(super) type Place = [u8; 32];

/// What an output depends on: a name, and the digest of what stands behind it.
pub(super) type Part = (String, Digest);

/// What is kept of a piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// What the outputs depend on, all in all.
    pub(super) key: Digest,
    /// The same in parts; none for a partition, which has those of its map.
    pub(super) parts: Vec<Part>,
    pub(super) outputs: Vec<Bytes>,
}

impl Record {
    /// The record as it is kept at a place.
    pub(super) fn to_bytes(&self, place: &[u8]) -> Vec<u8> {
        let mut body = vec![0; 32];
        body.extend(self.key);
        count(&mut body, self.parts.len());
        for (name, digest) in &self.parts {
            bytes(&mut body, name.as_bytes());
            body.extend(digest);
        }
        count(&mut body, self.outputs.len());
        for output in &self.outputs {
            match output {
                Bytes::Value(value) => {
                    body.push(0);
                    bytes(&mut body, value);
                }
                Bytes::Partitions(partitions) => {
                    body.push(1);
                    count(&mut body, partitions.len());
                    partitions.iter().for_each(|partition| bytes(&mut body, partition));
                }
            }
        }
        let digest = seal(place, &body[32..]);
        body[..32].copy_from_slice(&digest);
        body
    }

    /// The record that was kept there; `None` where the bytes are not those that were written.
    pub(super) fn from_bytes(place: &[u8], all: &[u8]) -> Option<Self> {
        let (digest, body) = all.split_at_checked(32)?;
        if seal(place, body) != *digest {
            return None;
        }
        let mut left = body;
        let record = Self::read(&mut left)?;
        left.is_empty().then_some(record)
    }

    fn read(left: &mut &[u8]) -> Option<Self> {
        let key = take_digest(left)?;
        let mut parts = Vec::new();
        for _ in 0..take_count(left)? {
            let name = String::from_utf8(take_bytes(left)?).ok()?;
            parts.push((name, take_digest(left)?));
        }
        let mut outputs = Vec::new();
        for _ in 0..take_count(left)? {
            let (kind, rest) = left.split_first()?;
            *left = rest;
            outputs.push(match kind {
                0 => Bytes::Value(take_bytes(left)?),
                1 => {
                    let mut partitions = Vec::new();
                    for _ in 0..take_count(left)? {
                        partitions.push(take_bytes(left)?);
                    }
                    Bytes::Partitions(partitions)
                }
                _ => return None,
            });
        }
        Some(Self { key, parts, outputs })
    }
}

fn seal(place: &[u8], body: &[u8]) -> Digest {
    Hash::new("record").add(place).add(body).end()
}

fn count(to: &mut Vec<u8>, number: usize) {
    to.extend((number as u64).to_le_bytes());
}

fn bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    count(to, bytes.len());
    to.extend(bytes);
}

fn take<'a>(left: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = left.split_at_checked(length)?;
    *left = rest;
    Some(taken)
}

fn take_count(left: &mut &[u8]) -> Option<usize> {
    let bytes = take(left, 8)?.try_into().ok()?;
    usize::try_from(u64::from_le_bytes(bytes)).ok()
}

fn take_bytes(left: &mut &[u8]) -> Option<Vec<u8>> {
    let length = take_count(left)?;
    take(left, length).map(<[u8]>::to_vec)
}

fn take_digest(left: &mut &[u8]) -> Option<Digest> {
    take(left, 32)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Record};

    fn record() -> Record {
        let outputs = vec![
            Bytes::Value(b"42".to_vec()),
            Bytes::Partitions(vec![Vec::new(), b"\"a\"".to_vec()]),
            Bytes::Partitions(Vec::new()),
        ];
        let parts = vec![("the task".to_owned(), [1; 32]), (String::new(), [2; 32])];
        Record { key: [7; 32], parts, outputs }
    }

    #[test]
    fn a_record_comes_back() {
        let bytes = record().to_bytes(b"here");
        assert_eq!(Record::from_bytes(b"here", &bytes), Some(record()));
    }

    #[test]
    fn bytes_that_were_not_written_are_no_record() {
        let bytes = record().to_bytes(b"here");
        assert_eq!(Record::from_bytes(b"there", &bytes), None);
        for end in 0..bytes.len() {
            assert_eq!(Record::from_bytes(b"here", &bytes[..end]), None, "cut at {end}");
        }
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[place] ^= 1 << bit;
                assert_eq!(Record::from_bytes(b"here", &changed), None, "bit {bit} of {place}");
            }
        }
    }
}
