//! Digests of values, and of what they were made of.

pub(super) use dagger_core::remote::Digest;

use dagger_core::exec::coding::Coding;

/// A digest of several parts: each is told apart from its neighbours.
pub(super) struct Hash(blake3::Hasher);

impl Hash {
    /// Digests of one kind are never those of another.
    pub(super) fn new(kind: &str) -> Self {
        Self(blake3::Hasher::new()).add(kind.as_bytes())
    }

    pub(super) fn add(mut self, part: &[u8]) -> Self {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    pub(super) fn end(self) -> Digest {
        *self.0.finalize().as_bytes()
    }
}

/// The digest of bytes.
pub(super) fn of(bytes: &[u8]) -> Digest {
    *blake3::hash(bytes).as_bytes()
}

/// A digest as text.
pub(super) fn to_hex(digest: &Digest) -> String {
    blake3::Hash::from_bytes(*digest).to_hex().to_string()
}

/// The digest of a value of which this is the digest of its bytes.
pub(super) fn of_value(coding: Option<&Coding>, bytes: &Digest) -> Digest {
    of_coding(Hash::new("value"), coding).add(bytes).end()
}

/// The digest of several values, in order.
pub(super) fn of_all<'a>(digests: impl IntoIterator<Item = &'a Digest>) -> Digest {
    let mut hash = Hash::new("values");
    for digest in digests {
        hash = hash.add(digest);
    }
    hash.end()
}

/// Adds how a value is written and read.
pub(super) fn of_coding(hash: Hash, coding: Option<&Coding>) -> Hash {
    match coding {
        Some(coding) => {
            hash.add(coding.ty.name().as_bytes()).add(coding.serializer.name().as_bytes())
        }
        None => hash.add(b"").add(b""),
    }
}
