//! nginx as the service: what it is to TLS, and to connections that are kept, no stand-in of ours can show.

use std::fs;
use std::io;
use std::path::Path;

use crate::identity::Identity;
use crate::program::{Program, within_patience};

/// One server block of nginx, on a port of its own.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    identity: &'a Identity,
    protocols: &'static str,
}

impl<'a> Site<'a> {
    /// TLS as it is today.
    pub fn with(identity: &'a Identity) -> Site<'a> {
        Site { identity, protocols: "ssl_protocols TLSv1.2 TLSv1.3;" }
    }

    /// A server that was never updated.
    pub fn with_tls_1_1_only(identity: &'a Identity) -> Site<'a> {
        Site { identity, protocols: "ssl_protocols TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0;" }
    }
}

/// A request as nginx logs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRequest {
    /// nginx numbers its connections.
    pub connection: u64,
    /// Which site, in the order in which they were given.
    pub site: usize,
    /// Method and path.
    pub request: String,
}

/// A running nginx that answers any request in the same way. Dropping it ends it.
pub struct Nginx {
    program: Program,
}

impl Nginx {
    /// Starts nginx with these sites; `answer` is JSON without an apostrophe or a dollar sign.
    pub fn start(sites: &[Site], answer: &str) -> Nginx {
        let program = Program::start("nginx", sites.len(), |folder, ports| {
            let mut blocks = String::new();
            for (index, (site, port)) in sites.iter().zip(ports).enumerate() {
                blocks.push_str(&server_block(folder, index, *site, *port, answer)?);
            }
            fs::write(folder.join("nginx.conf"), configuration(folder, &blocks))?;
            let folder = folder.display().to_string();
            // `-e`, or it wants to write to a folder of the system's before it reads a line.
            Ok(["-e", "stderr", "-p", &folder, "-c", "nginx.conf"].map(str::to_owned).to_vec())
        });
        Nginx { program }
    }

    /// `https://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self, site: usize) -> String {
        format!("https://127.0.0.1:{}", self.port(site))
    }

    pub fn port(&self, site: usize) -> u16 {
        self.program.ports()[site]
    }

    /// Every request so far, as soon as there are that many: nginx logs a request when it has answered it, and it does
    /// one thing at a time, so whatever came before is there too.
    pub fn requests(&self, at_least: usize) -> Vec<LoggedRequest> {
        let mut requests = Vec::new();
        within_patience(|| {
            requests = self.program.read("access").split_inclusive('\n').filter_map(|line| self.parse(line)).collect();
            requests.len() >= at_least
        });
        requests
    }

    fn parse(&self, line: &str) -> Option<LoggedRequest> {
        let mut fields = line.strip_suffix('\n')?.splitn(3, ' ');
        let connection = fields.next()?.parse().ok()?;
        let port: u16 = fields.next()?.parse().ok()?;
        let site = self.program.ports().iter().position(|of_site| *of_site == port)?;
        Some(LoggedRequest { connection, site, request: fields.next()?.to_owned() })
    }
}

/// One process in the foreground, and no path outside its folder.
fn configuration(folder: &Path, blocks: &str) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|user| format!("{user}_temp_path {folder}/{user};\n"))
        .concat();
    format!(
        "daemon off; master_process off; pid {folder}/pid;
        events {{ worker_connections 64; }}
        http {{
            {temporary}
            log_format requests '$connection $server_port $request_method $uri';
            access_log {folder}/access requests;
            default_type application/json;
            keepalive_timeout 60s;
            server_tokens off;
            {blocks}
        }}
        "
    )
}

fn server_block(folder: &Path, index: usize, site: Site, port: u16, answer: &str) -> io::Result<String> {
    let file = |kind: &str| folder.join(format!("{index}-{kind}.pem"));
    fs::write(file("certificate"), site.identity.certificate_pem())?;
    fs::write(file("key"), site.identity.key_pem())?;
    Ok(format!(
        "server {{
            listen 127.0.0.1:{port} ssl;
            ssl_certificate {}; ssl_certificate_key {}; {}
            location / {{ return 200 '{answer}'; }}
        }}
        ",
        file("certificate").display(),
        file("key").display(),
        site.protocols
    ))
}
