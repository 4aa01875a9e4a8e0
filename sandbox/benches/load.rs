//! How soon after its start it is ready, and load: so many sends per second for so long, over a few connections, while
//! somebody follows the events as the inbox page does. None may be lost: each is answered with success and its own
//! reference, is numbered in the inbox and the journal, and is told to the follower.
//!
//! The load is open: each send has a moment at which it is due, whether or not the ones before it have been answered in
//! time, and its latency counts from that moment. So a sandbox that falls behind cannot hide it by slowing us down.
#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::env::vars_os;
use std::fs::read_to_string;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::{self, JoinHandle, available_parallelism};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PER_SECOND: u32 = 2_000;
const SECONDS: u32 = 10;
const SENDS: u32 = PER_SECOND * SECONDS;
const CONNECTIONS: u32 = 8;
/// How long after its end the load may be answered to the last, and still have been sustained.
const GRACE: Duration = Duration::from_millis(100);
/// How often it is started, and how soon it is to have answered that it is ready, more often than not.
const STARTS: u32 = 20;
const SOON: Duration = Duration::from_millis(100);
/// Whoever waits so long for anything, waits in vain.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    match measure() {
        Ok(report) => report.tell(),
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> io::Result<Report> {
    let machine = format!("{} cores, load average {}", cores(), first_words("/proc/loadavg", 3));
    let starts = (0..STARTS).map(|_| start_to_ready()).collect::<io::Result<Vec<_>>>()?;
    let sandbox = Sandbox::start()?;
    let follower = Follower::start(&sandbox.authority)?;
    let start = Instant::now() + Duration::from_millis(100);
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|first| {
            let authority = sandbox.authority.clone();
            thread::spawn(move || send_all(&authority, first, start))
        })
        .collect();
    let mut answered = Vec::new();
    let mut errors = Vec::new();
    for sender in senders {
        let (answers, error) = sender.join().expect("a sender returns its errors");
        answered.extend(answers);
        errors.extend(error);
    }
    let took = start.elapsed();
    let usage = sandbox.usage();
    let (told, snapshots) = follower.finish();
    let (ready, requests) = counts(&sandbox.authority).unwrap_or_else(|error| {
        errors.push(format!("afterwards: {error}"));
        Default::default()
    });
    Ok(Report {
        machine,
        starts: sorted(starts),
        usage,
        took,
        references: answered.iter().map(|answer| &answer.reference).collect::<HashSet<_>>().len(),
        latencies: sorted(answered.iter().map(|answer| answer.latency).collect()),
        in_inbox: ready["cursor"].as_u64().unwrap_or_default(),
        kept: ready["messages"].as_u64().unwrap_or_default(),
        in_journal: requests["requests"].as_array().and_then(|all| all.last()?["n"].as_u64()).unwrap_or_default(),
        told,
        snapshots,
        errors,
    })
}

/// From the moment before it is started to its answer that it is ready.
fn start_to_ready() -> io::Result<Duration> {
    let began = Instant::now();
    let sandbox = Sandbox::start()?;
    Client::connect(&sandbox.authority)?.get("/_sandbox/ready")?;
    Ok(began.elapsed())
}

fn counts(authority: &str) -> io::Result<(Value, Value)> {
    let mut client = Client::connect(authority)?;
    Ok((client.get("/_sandbox/ready")?, client.get("/_sandbox/requests")?))
}

struct Report {
    machine: String,
    starts: Vec<Duration>,
    usage: String,
    took: Duration,
    latencies: Vec<Duration>,
    references: usize,
    in_inbox: u64,
    kept: u64,
    in_journal: u64,
    told: u32,
    snapshots: u32,
    errors: Vec<String>,
}

impl Report {
    fn tell(&self) -> ExitCode {
        let answered = self.latencies.len();
        println!("machine      {}", self.machine);
        println!("ready        {}, of {STARTS} starts", quantiles(&self.starts));
        println!("load         {PER_SECOND} sends per second for {SECONDS} s over {CONNECTIONS} connections: {SENDS}");
        println!(
            "answered     {answered} with 1001, {} references, in {:.3} s",
            self.references,
            self.took.as_secs_f64()
        );
        println!("rate         {:.0} per second", answered as f64 / self.took.as_secs_f64());
        println!("inbox        {} numbered, the newest {} kept", self.in_inbox, self.kept);
        println!("journal      {} numbered", self.in_journal);
        println!("events       {} messages told, {} snapshot(s)", self.told, self.snapshots);
        println!("latency      {}", quantiles(&self.latencies));
        println!("sandbox      {}", self.usage);
        for error in &self.errors {
            println!("error        {error}");
        }
        let sends = u64::from(SENDS);
        let lost = [answered as u64, self.references as u64, self.in_inbox, self.in_journal, self.told.into()]
            .iter()
            .any(|count| *count != sends);
        let sustained = self.took <= Duration::from_secs(SECONDS.into()) + GRACE;
        let soon = self.starts[self.starts.len() / 2] < SOON;
        if !soon {
            println!("result       NOT READY within {} ms of its start", SOON.as_millis());
        }
        match (lost, sustained) {
            (false, true) => println!("result       sustained, nothing lost"),
            (true, _) => println!("result       LOST: the counts above differ from {SENDS}"),
            (false, false) => println!("result       nothing lost, but NOT SUSTAINED"),
        }
        if lost || !sustained || !soon { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

fn quantiles(sorted: &[Duration]) -> String {
    let last = sorted.len().saturating_sub(1) as f64;
    let words = [50.0, 99.0, 99.9, 100.0].map(|percent| match sorted.get((percent / 100.0 * last) as usize) {
        Some(time) => format!("{percent} % {:.2} ms", time.as_secs_f64() * 1e3),
        None => format!("{percent} % none"),
    });
    words.join(", ")
}

fn sorted(mut latencies: Vec<Duration>) -> Vec<Duration> {
    latencies.sort_unstable();
    latencies
}

struct Answered {
    reference: String,
    /// From the moment at which the send was due.
    latency: Duration,
}

/// Every one of the sends that falls to this connection, and what ended it early if anything did.
fn send_all(authority: &str, first: u32, start: Instant) -> (Vec<Answered>, Option<String>) {
    let mut answered = Vec::new();
    let result = Client::connect(authority).and_then(|mut client| {
        for n in (first..SENDS).step_by(CONNECTIONS as usize) {
            let due = start + Duration::from_secs(1) * n / PER_SECOND;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let reference = client.send(n)?;
            answered.push(Answered { reference, latency: due.elapsed() });
        }
        Ok(())
    });
    (answered, result.err().map(|error| format!("connection {first}: {error}")))
}

struct Sandbox {
    process: Child,
    authority: String,
}

impl Sandbox {
    fn start() -> io::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shoutout-sandbox"));
        command.args(["--port", "0", "--exit-with-stdin"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Every flag is a variable, too: we want none of the developer's own.
        for (name, _) in vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SHOUTOUT_")) {
            command.env_remove(name);
        }
        let mut process = command.spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("it has been asked for")).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line)?;
        let url = ready["url"].as_str().unwrap_or_default();
        let authority = url.strip_prefix("http://").ok_or_else(|| unexpected(&line))?.to_owned();
        Ok(Self { process, authority })
    }

    /// As Linux counts it: processor time in hundredths of a second, in the fields after the name in brackets.
    fn usage(&self) -> String {
        let folder = format!("/proc/{}", self.process.id());
        let stat = read_to_string(format!("{folder}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
        let status = read_to_string(format!("{folder}/status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim();
        format!("{:.2} s of processor time, {peak} of memory at most", (ticks(11) + ticks(12)) / 100.0)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Counts what it is told, until it has been told everything.
struct Follower(JoinHandle<(u32, u32)>);

impl Follower {
    /// Returns when the first snapshot has come.
    fn start(authority: &str) -> io::Result<Self> {
        let mut stream = connect(authority)?;
        write!(stream, "GET /_sandbox/events HTTP/1.1\r\nHost: {authority}\r\n\r\n")?;
        let mut lines = BufReader::new(stream).lines();
        lines
            .find(|line| line.as_ref().map_or(true, |line| line == "event: snapshot"))
            .unwrap_or_else(|| Err(unexpected("no snapshot")))?;
        Ok(Self(thread::spawn(move || {
            let (mut told, mut snapshots) = (0, 1);
            while told < SENDS {
                match lines.next() {
                    Some(Ok(line)) if line == "event: message" => told += 1,
                    Some(Ok(line)) if line == "event: snapshot" => snapshots += 1,
                    Some(Ok(_)) => {}
                    // It says no more: what it has not told is lost.
                    Some(Err(_)) | None => break,
                }
            }
            (told, snapshots)
        })))
    }

    fn finish(self) -> (u32, u32) {
        self.0.join().expect("a follower does not panic")
    }
}

/// HTTP/1.1 as far as the sandbox speaks it: whole answers of a known length.
struct Client {
    stream: BufReader<TcpStream>,
    authority: String,
}

impl Client {
    fn connect(authority: &str) -> io::Result<Self> {
        Ok(Self { stream: BufReader::new(connect(authority)?), authority: authority.into() })
    }

    fn get(&mut self, path: &str) -> io::Result<Value> {
        let authority = &self.authority;
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\n\r\n"))
    }

    /// The reference; anything but success is an error.
    fn send(&mut self, n: u32) -> io::Result<String> {
        let body = json!({
            "source": "ShoutDEMO",
            "transport": "sms",
            "content": { "sms": "Your code is {{code}}" },
            "destination": format!("9477{n:07}"),
        })
        .to_string();
        let (authority, length) = (&self.authority, body.len());
        let answer = self.ask(&format!(
            "POST /otpservice/send HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Apikey made-up\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ))?;
        match (answer["messageResult"]["status"].as_str(), answer["referenceId"].as_str()) {
            (Some("1001"), Some(reference)) => Ok(reference.into()),
            _ => Err(unexpected(&answer.to_string())),
        }
    }

    fn ask(&mut self, request: &str) -> io::Result<Value> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        if !status.starts_with("HTTP/1.1 200 ") {
            return Err(unexpected(&status));
        }
        let mut length = None;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.strip_prefix("content-length:") {
                Some(value) => length = value.trim().parse().ok(),
                None if line.is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length.ok_or_else(|| unexpected("an answer without its length"))?];
        self.stream.read_exact(&mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        if line.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(line.trim_end().into()) }
    }
}

fn connect(authority: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(authority)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn unexpected(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("unexpected: {what}"))
}

/// Those that we may use.
fn cores() -> usize {
    available_parallelism().map_or(0, usize::from)
}

fn first_words(path: &str, count: usize) -> String {
    let text = read_to_string(path).unwrap_or_else(|_| "unknown".into());
    text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}
