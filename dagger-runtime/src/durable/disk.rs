//! The file of a store, as it is written.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;

use redb::backends::FileBackend;
use redb::{DatabaseError, StorageBackend};

/// What happens to a store and its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskEvent {
    /// Something was done, and is to be written.
    Kept,
    /// Something is about to be written, or its length to be set.
    WillWrite,
    /// Half of it is written.
    HalfWritten,
    /// All of it is.
    Written,
    /// All that was written is about to be made safe.
    WillSync,
    /// It is safe.
    Synced,
}

/// Is told what happens to the file, for tests that end the process there.
pub(super) type Probe = Arc<dyn Fn(DiskEvent) + Send + Sync>;

/// A file that this process has locked, and who is told of what happens to it.
pub(super) struct Disk {
    file: FileBackend,
    probe: Option<Probe>,
}

impl Disk {
    pub(super) fn new(file: File, probe: Option<Probe>) -> Result<Self, DatabaseError> {
        Ok(Self { file: FileBackend::new(file)?, probe })
    }

    fn tell(&self, event: DiskEvent) {
        tell(self.probe.as_ref(), event);
    }
}

pub(super) fn tell(probe: Option<&Probe>, event: DiskEvent) {
    if let Some(probe) = probe {
        probe(event);
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        self.tell(DiskEvent::WillWrite);
        self.file.set_len(len)?;
        self.tell(DiskEvent::Written);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        self.tell(DiskEvent::WillSync);
        self.file.sync_data()?;
        self.tell(DiskEvent::Synced);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        if self.probe.is_none() {
            return self.file.write(offset, data);
        }
        let (first, second) = data.split_at(data.len() / 2);
        self.tell(DiskEvent::WillWrite);
        self.file.write(offset, first)?;
        self.tell(DiskEvent::HalfWritten);
        self.file.write(offset + first.len() as u64, second)?;
        self.tell(DiskEvent::Written);
        Ok(())
    }

    fn close(&self) -> Result<(), io::Error> {
        self.file.close()
    }
}
