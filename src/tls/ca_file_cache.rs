//! A cache of the CA files that this process has read: PHP makes a client for each web request, and reading the bundle of a
//! distribution takes half as long as a TLS handshake.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;

use crate::lru::LruList;

pub(crate) type Certificates = Arc<Vec<CertificateDer<'static>>>;

pub(super) fn are_equal(a: &Certificates, b: &Certificates) -> bool {
    Certificates::ptr_eq(a, b) || a == b
}

/// A larger file is not cached: no real bundle is that large.
const MAX_BYTES: u64 = 1024 * 1024;

/// How long a cache entry is valid. Some file systems have no time of change, so a write with
/// an old date is not seen; network file systems may report an old state for a while.
const LONGEST_BELIEVED: Duration = Duration::from_secs(60);

/// Longer than the tick of any file system's clock: 4 ms or 10, and 2 s on FAT.
const A_TICK: Duration = Duration::from_secs(3);

/// Shows whether a file has changed: replacing it changes the inode, writing to it changes the times.
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

    fn changed_at(&self) -> SystemTime {
        let (seconds, nanoseconds) = self.changed;
        UNIX_EPOCH + Duration::new(seconds.try_into().unwrap_or(0), nanoseconds.try_into().unwrap_or(0))
    }

    /// Whether the next write will be seen. One within the same tick of the clock as the last leaves the times as they are.
    fn is_settled(&self, now: SystemTime) -> bool {
        now.duration_since(self.changed_at()).is_ok_and(|age| age > A_TICK)
    }
}

struct CachedFile {
    path: String,
    state: FileState,
    read_at: SystemTime,
    certificates: Certificates,
}

/// No caller waits for the lock: one that finds it taken reads the file. So a child that was forked while another thread had
/// it, and finds it taken forever, needs no list of its own.
pub(super) struct CaFileCache(Mutex<LruList<CachedFile>>);

impl CaFileCache {
    pub(super) const fn new() -> CaFileCache {
        CaFileCache(Mutex::new(LruList::new()))
    }

    /// What was in the file, if it is known to be still in it.
    pub(super) fn get(&self, path: &str, state: FileState, now: SystemTime) -> Option<Certificates> {
        let mut files = self.lock()?;
        let is_believed =
            |known: &CachedFile| now.duration_since(known.read_at).is_ok_and(|age| age < LONGEST_BELIEVED);
        let known = files.find(|known| known.path == path && known.state == state && is_believed(known))?;
        Some(known.certificates.clone())
    }

    /// Remembers what was read at this time or later from a file in this state, in place of what was there before. If that is
    /// the same, returns the old value, so that comparing the two compares pointers only.
    pub(super) fn add(
        &self,
        path: &str,
        state: FileState,
        now: SystemTime,
        read: Vec<CertificateDer<'static>>,
    ) -> Certificates {
        let mut certificates = Certificates::new(read);
        if !state.is_settled(now) || state.bytes > MAX_BYTES {
            return certificates;
        }
        let Some(mut files) = self.lock() else { return certificates };
        let before = files.take(|known| known.path == path);
        if let Some(same) = before.filter(|before| are_equal(&before.certificates, &certificates)) {
            certificates = same.certificates;
        }
        files.put(CachedFile { path: path.to_owned(), state, read_at: now, certificates: certificates.clone() });
        certificates
    }

    fn lock(&self) -> Option<MutexGuard<'_, LruList<CachedFile>>> {
        match self.0.try_lock() {
            Ok(files) => Some(files),
            // Every change of the list is a single call, so a panic left it whole.
            Err(TryLockError::Poisoned(files)) => Some(files.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

#[cfg(test)]
impl CaFileCache {
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap().iter().count()
    }

    pub(super) fn while_locked<T>(&self, work: impl FnOnce() -> T) -> T {
        let _locked = self.0.lock().unwrap();
        work()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write;

    const PATH: &str = "/etc/ca.pem";

    /// The state of a file that was opened just now.
    fn state() -> FileState {
        FileState::of(&tempfile::tempfile().unwrap().metadata().unwrap())
    }

    fn later(state: &FileState, by: Duration) -> SystemTime {
        state.changed_at() + by
    }

    fn in_an_hour(state: &FileState) -> SystemTime {
        later(state, Duration::from_secs(3600))
    }

    #[test]
    fn a_file_is_remembered_when_no_write_can_go_unseen_any_more() {
        let state = state();
        for (age, expected) in [(Duration::ZERO, 0), (A_TICK, 0), (A_TICK + Duration::from_nanos(1), 1)] {
            let known = CaFileCache::new();
            known.add(PATH, state, later(&state, age), Vec::new());
            assert_eq!(known.len(), expected, "{age:?}");
        }
    }

    #[test]
    fn a_file_from_the_future_is_not_remembered() {
        let (known, state) = (CaFileCache::new(), state());
        known.add(PATH, state, UNIX_EPOCH, Vec::new());
        assert_eq!(known.len(), 0);
    }

    #[test]
    fn a_write_is_seen_even_if_size_and_date_stay_the_same() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"one").unwrap();
        let before = FileState::of(&file.metadata().unwrap());
        let date = file.metadata().unwrap().modified().unwrap();
        let mut after = before;
        // Until the clock of the file system has ticked.
        while after.changed == before.changed {
            rewrite(&mut file, b"two", date);
            after = FileState::of(&file.metadata().unwrap());
        }
        assert_eq!((after.inode, after.bytes, after.modified), (before.inode, before.bytes, before.modified));
        assert!(after != before);
    }

    fn rewrite(file: &mut File, content: &[u8], date: SystemTime) {
        use std::os::unix::fs::FileExt;
        file.write_all_at(content, 0).unwrap();
        file.set_modified(date).unwrap();
    }

    #[test]
    fn any_part_of_a_state_tells_it_from_another() {
        let state = state();
        let (_, nanoseconds) = state.modified;
        for other in [
            FileState { device: state.device ^ 1, ..state },
            FileState { inode: state.inode ^ 1, ..state },
            FileState { bytes: state.bytes ^ 1, ..state },
            FileState { modified: (state.modified.0, nanoseconds ^ 1), ..state },
            FileState { changed: (state.changed.0, state.changed.1 ^ 1), ..state },
        ] {
            let (known, now) = (CaFileCache::new(), in_an_hour(&state));
            known.add(PATH, state, now, Vec::new());
            assert!(known.get(PATH, other, now).is_none());
            assert!(known.get(PATH, state, now).is_some());
        }
    }

    #[test]
    fn a_cache_entry_is_valid_for_a_minute_and_not_before_its_read() {
        let (known, state) = (CaFileCache::new(), state());
        let now = in_an_hour(&state);
        let is_believed = |at| {
            known.add(PATH, state, now, Vec::new());
            known.get(PATH, state, at).is_some()
        };
        assert!(is_believed(now) && is_believed(now + LONGEST_BELIEVED - Duration::from_nanos(1)));
        assert!(!is_believed(now + LONGEST_BELIEVED));
        assert!(!is_believed(now - Duration::from_nanos(1)), "the clock was set back");
    }

    #[test]
    fn equal_content_read_again_is_the_same_allocation() {
        let (known, state) = (CaFileCache::new(), state());
        let now = in_an_hour(&state);
        let certificate = || vec![CertificateDer::from(vec![0x30, 0])];
        let first = known.add(PATH, state, now, certificate());
        let later = now + LONGEST_BELIEVED;
        assert!(Certificates::ptr_eq(&first, &known.add(PATH, state, later, certificate())));
        assert!(!Certificates::ptr_eq(&first, &known.add(PATH, state, later, Vec::new())));
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_in_use() {
        let (known, state) = (CaFileCache::new(), state());
        let now = in_an_hour(&state);
        known.add("in use", state, now, Vec::new());
        for tenant in 0..100 {
            known.add(&tenant.to_string(), state, now, Vec::new());
            assert!(known.get("in use", state, now).is_some());
        }
        assert_eq!(known.len(), 64);
    }

    #[test]
    fn a_file_that_is_larger_than_any_bundle_is_not_kept_in_memory() {
        let known = CaFileCache::new();
        for (bytes, expected) in [(MAX_BYTES + 1, 0), (MAX_BYTES, 1)] {
            let state = FileState { bytes, ..state() };
            known.add(PATH, state, in_an_hour(&state), Vec::new());
            assert_eq!(known.len(), expected);
        }
    }
}
