//! The CA files that this process has read: PHP makes a client for each web request, and to read the bundle of a
//! distribution takes half as long as a TLS handshake.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ureq::tls::Certificate;

pub(super) type Certificates = Arc<Vec<Certificate<'static>>>;

/// An application with a CA per tenant must not grow the list for ever; the one read first goes.
const MOST_FILES: usize = 64;

/// Longer than the tick of any file system's clock: 4 ms or 10 on Linux, up to 2 s elsewhere.
const A_TICK: Duration = Duration::from_secs(3);

/// What tells a file as it is from what it was: to replace it changes its inode, to write to it the times.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct FileState {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileState {
    pub(super) fn of(file: &Metadata) -> FileState {
        FileState {
            device: file.dev(),
            inode: file.ino(),
            bytes: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }

    /// Whether the next write will be seen. One within the same tick of the clock as the last leaves the times as they are.
    fn is_settled(&self, now: SystemTime) -> bool {
        let changed = Duration::new(self.changed.0.try_into().unwrap_or(0), self.changed.1.try_into().unwrap_or(0));
        now.duration_since(UNIX_EPOCH + changed).is_ok_and(|age| age > A_TICK)
    }
}

/// Never waited for: who finds it locked reads the file. So a child that was forked while another thread had the lock, and
/// will find it locked for ever, needs no list of its own.
#[derive(Default)]
pub(super) struct KnownFiles(Mutex<Vec<(FileState, Certificates)>>);

impl KnownFiles {
    pub(super) const fn new() -> KnownFiles {
        KnownFiles(Mutex::new(Vec::new()))
    }

    pub(super) fn get(&self, state: FileState) -> Option<Certificates> {
        let known = self.0.try_lock().ok()?;
        known.iter().find(|(of, _)| *of == state).map(|(_, certificates)| certificates.clone())
    }

    /// Remembers what was read at this time or later from a file in this state.
    pub(super) fn add(&self, state: FileState, now: SystemTime, certificates: &Certificates) {
        let Ok(mut known) = self.0.try_lock() else { return };
        if state.is_settled(now) {
            known.retain(|(of, _)| (of.device, of.inode) != (state.device, state.inode));
            if known.len() == MOST_FILES {
                known.remove(0);
            }
            known.push((state, certificates.clone()));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    #[cfg(test)]
    pub(super) fn while_locked<T>(&self, work: impl FnOnce() -> T) -> T {
        let _locked = self.0.lock().unwrap();
        work()
    }
}
