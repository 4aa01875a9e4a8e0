//! tinyproxy as the CONNECT proxy between the library and the service.

use std::fs;

use crate::program::Program;

/// A running tinyproxy. Dropping it ends it.
pub struct Tinyproxy {
    program: Program,
}

impl Tinyproxy {
    /// Starts a proxy that makes tunnels to this port only.
    pub fn start(allowed_port: u16) -> Tinyproxy {
        Tinyproxy::with(&format!("ConnectPort {allowed_port}\n"))
    }

    /// Starts a proxy that makes tunnels to this port only, and for this user only.
    pub fn start_with_credentials(allowed_port: u16, user: &str, password: &str) -> Tinyproxy {
        Tinyproxy::with(&format!("ConnectPort {allowed_port}\nBasicAuth {user} {password}\n"))
    }

    fn with(policy: &str) -> Tinyproxy {
        let program = Program::start("tinyproxy", 1, |folder, ports| {
            let (port, pid_file, file) = (ports[0], folder.join("pid"), folder.join("tinyproxy.conf"));
            let pid_file = pid_file.display();
            let own = format!(
                "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nMaxClients 20\nTimeout 60\nPidFile \"{pid_file}\"\n"
            );
            // Without a log file it logs to standard output; at this level, each request that it gets.
            fs::write(&file, own + "LogLevel Connect\n" + policy)?;
            Ok(vec!["-d".to_owned(), "-c".to_owned(), file.display().to_string()])
        });
        Tinyproxy { program }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.program.ports()[0])
    }

    /// How often it was asked for a tunnel.
    pub fn tunnels_asked_for(&self) -> usize {
        self.program.log().lines().filter(|line| line.contains(": CONNECT ")).count()
    }
}
