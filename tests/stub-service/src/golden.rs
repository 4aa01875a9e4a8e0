//! The service that plays the golden table: for each row the answer that the row promises, once.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::http::{Answer, Request};
use crate::service::StubService;
use crate::table::{Exchange, ExpectedRequest, Table};

/// Plays the rows of `send.json` and `verify.json` under `URL/NAME`, and remembers every request that should never have
/// been made.
pub struct GoldenService {
    service: StubService,
    unexpected: Arc<Mutex<Vec<Unexpected>>>,
}

/// A request for a row that is refused before anything is sent, for no row, or for the second time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unexpected {
    /// The request line without its version.
    pub request: String,
    pub why: String,
}

impl GoldenService {
    /// Reads the table in `folder` and starts to play it on a free port.
    pub fn start(folder: &Path) -> io::Result<GoldenService> {
        let rows = Rows::new(Table::read(folder)?);
        let unexpected = Arc::new(Mutex::new(Vec::new()));
        let service = StubService::start({
            let unexpected = Arc::clone(&unexpected);
            move |request| match rows.play(request) {
                _ if request.method == "CONNECT" => refusal_of_a_tunnel(request),
                Ok(answer) => answer,
                Err(why) => {
                    let answer = complaint(&why);
                    let request = format!("{} {}", request.method, request.target);
                    unexpected.lock().unwrap_or_else(PoisonError::into_inner).push(Unexpected { request, why });
                    answer
                }
            }
        })?;
        Ok(GoldenService { service, unexpected })
    }

    /// The base URL of a row is this, a slash and the row's name.
    pub fn url(&self) -> String {
        self.service.url()
    }

    /// What should not have come. Empty after a good run.
    pub fn unexpected(&self) -> Vec<Unexpected> {
        self.unexpected.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The rows that may be asked for, and which of them have been.
struct Rows {
    exchanges: HashMap<String, Exchange>,
    silent: HashSet<String>,
    played: Mutex<HashSet<String>>,
}

impl Rows {
    fn new(table: Table) -> Rows {
        let sends = table.sends.into_iter().map(|row| (row.name, row.exchange));
        let verifies = table.verifies.into_iter().map(|row| (row.name, row.exchange));
        let refusals = table.refusals.into_iter().map(|row| row.name);
        let options = table.options.into_iter().map(|row| row.name);
        Rows {
            exchanges: sends.chain(verifies).collect(),
            silent: refusals.chain(options).collect(),
            played: Mutex::default(),
        }
    }

    /// The answer of the row that the request names, or why no row answers it.
    fn play(&self, request: &Request) -> Result<Answer, String> {
        let path = request.target.strip_prefix('/').unwrap_or_default();
        let name = path.split('/').next().unwrap_or_default();
        let Some(exchange) = self.exchanges.get(name) else {
            return Err(match self.silent.contains(name) {
                true => "the row is refused before anything is sent".to_owned(),
                false => "there is no such row".to_owned(),
            });
        };
        if !self.played.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned()) {
            return Err("the row was played already".to_owned());
        }
        let differences = differences(&exchange.request, request, &path[name.len()..]);
        if !differences.is_empty() {
            return Ok(complaint(&differences.join("; ")));
        }
        let answer = &exchange.answer;
        if let Some(how) = answer.unsaid {
            return Ok(Answer::unsaid(how));
        }
        let body = answer.body().expect("the table was checked when it was read");
        Ok(answer
            .headers
            .iter()
            .fold(Answer::new(answer.status).reason(&answer.reason), |answer, (name, value)| answer.header(name, value))
            .body(body))
    }
}

/// As a proxy, the service refuses, and repeats its credentials wherever it can.
fn refusal_of_a_tunnel(request: &Request) -> Answer {
    let credentials = request.header("proxy-authorization").unwrap_or_default();
    Answer::json(407, serde_json::json!({ "message": credentials }).to_string())
        .reason(credentials)
        .header("proxy-authenticate", format!("Basic realm=\"{credentials}\""))
        .header("connection", "close")
}

/// A status that no row uses, so that the failing runner shows the difference by itself.
fn complaint(what: &str) -> Answer {
    Answer::json(599, serde_json::json!({ "message": format!("golden: {what}") }).to_string())
}

/// Where a request differs from what its row wants; `path` is what follows the row's name.
fn differences(expected: &ExpectedRequest, request: &Request, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, got: &str, wanted: &str| {
        if got != wanted {
            found.push(format!("{what} is {}, wanted {}", shown(got), shown(wanted)));
        }
    };

    compare("the method", &request.method, "POST");
    if let Some(wanted) = &expected.path {
        compare("the path", path, wanted);
    }
    // Two of either let two servers on the way disagree about where a request ends or whom it is for.
    for name in ["host", "content-length"] {
        compare(&format!("the number of {name} headers"), &count(request, name), "1");
    }
    for (name, wanted) in &expected.headers {
        compare(&format!("the number of {name} headers"), &count(request, name), "1");
        compare(name, request.header(name).unwrap_or_default(), wanted);
    }
    for (name, wanted) in &expected.header_starts {
        let got = request.header(name).unwrap_or_default();
        let start = got.get(..wanted.len()).unwrap_or(got);
        compare(&format!("the start of {name}"), start, wanted);
    }
    for (name, wanted) in &expected.header_ends {
        let got = request.header(name).unwrap_or_default();
        let end = got.len().checked_sub(wanted.len()).and_then(|at| got.get(at..)).unwrap_or(got);
        compare(&format!("the end of {name}"), end, wanted);
    }
    for name in &expected.absent_headers {
        compare(&format!("the number of {name} headers"), &count(request, name), "0");
    }
    if let Some(wanted) = &expected.body {
        compare("the body", &String::from_utf8_lossy(&request.body), wanted);
    }
    found
}

fn count(request: &Request, name: &str) -> String {
    request.headers_named(name).count().to_string()
}

/// Long texts are cut: the place where they differ is seldom beyond this.
fn shown(text: &str) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let send = r#"[{
            "name": "a-send",
            "request": {"path": "/send", "headers": {"x-a": "1"}, "header_starts": {"x-b": "be"},
                        "header_ends": {"x-b": "gin"}, "absent_headers": ["expect"], "body": "{}"},
            "answer": {"status": 201, "headers": {"x-c": "3"}, "body_base64": "/w=="},
            "result": {}
        }]"#;
        let refusal = r#"[{"name": "a-refusal", "call": "send", "status": "SHOUTOUT_INVALID_SOURCE"}]"#;
        Rows::new(Table {
            refusals: serde_json::from_str(refusal).unwrap(),
            options: Vec::new(),
            sends: serde_json::from_str(send).unwrap(),
            verifies: Vec::new(),
        })
    }

    fn request(target: &str, headers: &str, body: &str) -> Request {
        let wire =
            format!("POST {target} HTTP/1.1\r\nhost: h\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
        Request::read(&mut wire.as_bytes()).unwrap().unwrap()
    }

    const GOOD_HEADERS: &str = "x-a: 1\r\nx-b: begin\r\n";

    #[test]
    fn a_row_is_played_once() {
        let rows = rows();
        let good = request("/a-send/send", GOOD_HEADERS, "{}");
        assert_eq!(rows.play(&good), Ok(Answer::new(201).header("x-c", "3").body(*b"\xff")));
        assert_eq!(rows.play(&good), Err("the row was played already".to_owned()));
    }

    #[test]
    fn a_request_that_should_not_be_is_named() {
        let rows = rows();
        let why = |target| rows.play(&request(target, "", "")).unwrap_err();
        assert_eq!(why("/a-refusal/send"), "the row is refused before anything is sent");
        assert_eq!(why("/nothing/send"), "there is no such row");
        assert_eq!(why("/"), "there is no such row");
    }

    #[test]
    fn every_difference_is_told() {
        let headers = "x-a: 2\r\nx-b: en\r\nexpect: 100-continue\r\nhost: again\r\n";
        let Ok(answer) = rows().play(&request("/a-send/verify", headers, "{ }")) else {
            panic!("a row that differs is still played")
        };
        let text = String::from_utf8(answer.to_bytes()).unwrap();
        assert!(text.starts_with("HTTP/1.1 599 "), "{text}");
        for what in ["the path", "host", "x-a", "start of x-b", "end of x-b", "expect", "the body"] {
            assert!(text.contains(what), "{what} is missing in {text}");
        }
    }
}
