//! A real server as the other end: a program in the foreground, on free ports, with all its files in a folder of its own.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// After this a step counts as failed; none takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_TWO_LOOKS: Duration = Duration::from_millis(5);
/// Somebody may take a port between our look and the program's.
const TRIES: usize = 3;

/// A running server. Dropping it ends the process and removes the folder.
pub(crate) struct Program {
    process: Process,
    folder: TempDir,
    ports: Vec<u16>,
}

/// Killed when it is dropped. Should the thread that started it die first, whatever the reason, then the kernel kills it.
struct Process(Child);

impl Program {
    /// Starts a program that listens on so many ports. `configure` writes its files into the folder and gives its
    /// arguments; as its sign that it listens, the program must write a file `pid` there.
    ///
    /// # Panics
    /// Where it cannot be had running: a missing server is a failure, never a skipped test.
    pub(crate) fn start(
        name: &str,
        ports: usize,
        configure: impl Fn(&Path, &[u16]) -> io::Result<Vec<String>>,
    ) -> Program {
        let mut last = None;
        for _ in 0..TRIES {
            match Program::try_to_start(name, ports, &configure) {
                Ok(program) => return program,
                Err(error) => last = Some(error),
            }
        }
        panic!("{name} does not run (`scripts/setup.sh test` installs it): {}", last.expect("it was tried"));
    }

    fn try_to_start(
        name: &str,
        ports: usize,
        configure: &impl Fn(&Path, &[u16]) -> io::Result<Vec<String>>,
    ) -> io::Result<Program> {
        let folder = TempDir::new()?;
        let ports = free_ports(ports)?;
        let arguments = configure(folder.path(), &ports)?;
        let log = File::create(folder.path().join("log"))?;
        // Debian keeps servers where only root looks for programs.
        let path = format!("{}:/usr/local/sbin:/usr/sbin", std::env::var("PATH").unwrap_or_default());
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", name])
            .args(arguments)
            .env("PATH", path)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut program = Program { process: Process(child), folder, ports };
        program.wait_until_it_listens()?;
        Ok(program)
    }

    fn wait_until_it_listens(&mut self) -> io::Result<()> {
        let pid_file = self.folder.path().join("pid");
        let mut ended = None;
        let listens = within_patience(|| {
            ended = self.process.0.try_wait().unwrap_or_default();
            ended.is_some() || fs::metadata(&pid_file).is_ok_and(|file| file.len() > 0)
        });
        match ended {
            None if listens => Ok(()),
            None => Err(io::Error::other(format!("it never listened: {}", self.log()))),
            Some(status) => Err(io::Error::other(format!("{status}: {}", self.log()))),
        }
    }

    /// In the order of the configuration.
    pub(crate) fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// What it has written to standard output and error.
    pub(crate) fn log(&self) -> String {
        self.read("log")
    }

    /// A file of its folder, as far as it is written.
    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; either way it has now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks until it is so, or patience ends; says whether it is.
pub(crate) fn within_patience(mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + PATIENCE;
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(BETWEEN_TWO_LOOKS);
    }
}

/// All taken at once, so that they differ.
fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let taken: Vec<_> = (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<io::Result<_>>()?;
    taken.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_ends_at_once_is_a_failure_with_its_own_words() {
        let failed = std::panic::catch_unwind(|| {
            Program::start("sh", 0, |_, _| Ok(vec!["-c".to_owned(), "echo no such luck >&2; exit 3".to_owned()]))
        });
        let words = *failed.err().expect("it must not count as running").downcast::<String>().unwrap();
        assert!(words.contains("no such luck") && words.contains("sh does not run"), "{words}");
    }

    #[test]
    fn dropping_it_ends_the_process_and_removes_its_folder() {
        let script = |folder: &Path, _: &[u16]| {
            Ok(vec!["-c".to_owned(), format!("echo $$ > {}/pid; exec sleep 60", folder.display())])
        };
        let program = Program::start("sh", 0, script);
        let process = format!("/proc/{}", program.read("pid").trim());
        let folder = program.folder.path().to_owned();
        assert!(Path::new(&process).exists() && folder.exists());
        drop(program);
        assert!(!Path::new(&process).exists() && !folder.exists());
    }
}
