//! The resolver's configuration, read as slowly as a story wants.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

use tempfile::TempDir;

use crate::stories::wait_until;

/// What the resolver reads before anything else.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// One that is a pipe: who reads it waits for its end. It stands in the place of the island's own, for one story only.
pub struct SlowConfiguration {
    folder: TempDir,
}

impl SlowConfiguration {
    pub fn put_in_place() -> SlowConfiguration {
        let configuration = SlowConfiguration { folder: TempDir::new().unwrap() };
        let pipe = configuration.pipe();
        run(&["mkfifo", &pipe]);
        run(&["mount", "--bind", &pipe, RESOLV_CONF]);
        configuration
    }

    /// Gives what its end waits for. Where it says nothing, the resolver asks the name server of this machine.
    pub fn once_it_is_being_read(&self) -> File {
        let mut writer = None;
        wait_until(|| {
            // Fails while nobody reads.
            writer = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(self.pipe()).ok();
            writer.is_some()
        });
        writer.expect("it was opened")
    }

    /// Who reads this one goes on reading it; everybody else reads the island's own again.
    pub fn take_away(&self) {
        run(&["umount", "--lazy", RESOLV_CONF]);
    }

    fn pipe(&self) -> String {
        self.folder.path().join("pipe").display().to_string()
    }
}

fn run(words: &[&str]) {
    let status = Command::new(words[0]).args(&words[1..]).status().expect("the island has what it was made with");
    assert!(status.success(), "{words:?}: {status}");
}
