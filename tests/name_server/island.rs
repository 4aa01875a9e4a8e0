//! A machine of its own for one process: with its own loopback, its own /etc and its own process ids, all made by
//! `unshare`. The system's resolver then asks whomever a story wants, and nothing outside notices.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A lookup that hangs outlasts any story: the resolver waits half a minute for an answer, and then once more.
const RESOLV_CONF: &str = "nameserver 127.0.0.1\noptions timeout:30 attempts:2\n";
const NSSWITCH_CONF: &str = "hosts: files dns\n";
const HOSTS: &str = "127.0.0.1 localhost\n";

/// Our /etc replaces the machine's as a whole, whatever that has or lacks; and no daemon answers in the resolver's place.
const SETTLE: &str = r#"
    ip link set lo up
    if [ -d /run/nscd ]; then mount -t tmpfs none /run/nscd; fi
    mount --bind "$1" /etc
    shift
    exec "$@"
"#;

/// How to get there.
pub struct Island {
    etc: TempDir,
    /// Root may; others only as root of a user namespace, where that is allowed.
    as_whom: &'static [&'static str],
}

impl Island {
    /// Finds a way, or says why there is none.
    pub fn find() -> Result<Island, String> {
        let mut island = Island { etc: own_etc().map_err(|error| error.to_string())?, as_whom: &[] };
        let Err(as_ourselves) = island.try_out() else { return Ok(island) };
        island.as_whom = &["--map-root-user"];
        island.try_out().map(|()| island).map_err(|as_root| format!("{as_ourselves}; in a user namespace: {as_root}"))
    }

    fn try_out(&self) -> Result<(), String> {
        let output = self.run("true".as_ref(), &[]).map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; "))
    }

    /// Runs a program there to its end. It dies with this thread, and whatever it has started with it.
    pub fn run(&self, program: &OsStr, arguments: &[&str]) -> io::Result<Output> {
        Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .args(["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"])
            .args(self.as_whom)
            .args(["sh", "-ec", SETTLE, "sh"])
            .arg(self.etc.path())
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
    }
}

fn own_etc() -> io::Result<TempDir> {
    let etc = TempDir::new()?;
    for (file, content) in [("resolv.conf", RESOLV_CONF), ("nsswitch.conf", NSSWITCH_CONF), ("hosts", HOSTS)] {
        fs::write(etc.path().join(file), content)?;
    }
    Ok(etc)
}
