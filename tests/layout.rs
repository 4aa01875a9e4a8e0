//! What `docs/layout.md` says of the source, checked: where ureq is, and that state is passed along.

use std::fs;
use std::path::{Path, PathBuf};

/// The files below a folder of the source.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// The files that hold one of the words.
fn files_with(words: &[&str]) -> Vec<PathBuf> {
    let mut found = sources("src");
    assert!(found.len() > 50, "the source was not found: {found:?}");
    found.retain(|path| {
        let text = fs::read_to_string(path).unwrap().to_lowercase();
        words.iter().any(|word| text.contains(word))
    });
    found
}

fn is_in(path: &Path, place: &str) -> bool {
    path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().starts_with(place)
}

#[test]
fn only_the_connecting_room_names_ureq() {
    let found = files_with(&["ureq"]);
    assert!(!found.is_empty(), "ureq is a dependency and must be used");
    for path in found {
        assert!(is_in(&path, "connect"), "{} names ureq", path.display());
    }
}

#[test]
fn only_the_panic_guard_has_a_thread_local() {
    let found = files_with(&["thread_local!", "#[thread_local]", "threadlocal"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(is_in(&found[0], "ffi/guard.rs"), "{found:?}");
}

#[test]
fn unsafe_code_is_at_the_boundaries_only() {
    for path in files_with(&["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "allow(unsafe_code)"]) {
        assert!(is_in(&path, "ffi") || is_in(&path, "sys"), "{} has unsafe code", path.display());
    }
}

/// A room and the rooms that it must not use: dependencies point one way.
const ABOVE: [(&str, &[&str]); 8] = [
    ("sys", &["errors", "net", "http1", "tls", "connect", "connections", "attempt", "protocol", "client", "ffi"]),
    ("errors", &["net", "http1", "tls", "connect", "connections", "attempt", "protocol", "client", "ffi"]),
    ("net", &["http1", "tls", "connect", "connections", "attempt", "protocol", "options", "client", "ffi"]),
    ("tls", &["http1", "connect", "connections", "attempt", "protocol", "options", "client", "ffi"]),
    ("http1", &["tls", "connect", "connections", "protocol", "options", "client", "ffi"]),
    ("connect", &["connections", "protocol", "options", "client", "ffi"]),
    ("connections", &["protocol", "options", "client", "ffi"]),
    ("protocol", &["tls", "connect", "connections", "options", "client", "ffi"]),
];

#[test]
fn no_room_uses_a_room_above_it() {
    for (room, above) in ABOVE {
        for path in sources(&format!("src/{room}")) {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            for other in above {
                let use_of_it = format!("crate::{other}::");
                assert!(!code.contains(&use_of_it), "{} uses {other}", path.display());
            }
        }
    }
}
