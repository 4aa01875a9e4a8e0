//! The magic numbers: what each does, and that `docs/magic-numbers.md` is the table that the sandbox goes by.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::Answer;
use crate::server::{Server, send_body};
use crate::sse::Events;

fn rows(server: &Server) -> Vec<Value> {
    let snapshot = Events::open(server.address, None).expect("snapshot").data;
    snapshot["magic_numbers"].as_array().expect("a table").clone()
}

fn number(row: &Value) -> &str {
    row["number"].as_str().expect("a number")
}

fn named(server: &Server, name: &str) -> String {
    let rows = rows(server);
    number(rows.iter().find(|row| row["name"] == name).expect("the row")).into()
}

fn send(server: &Server, name: &str) -> Answer {
    server.post("/otpservice/send", &send_body(&named(server, name)))
}

fn last_request(server: &Server) -> Value {
    server.get("/_sandbox/requests").json()["requests"].as_array().expect("a list").last().expect("one").clone()
}

#[test]
fn each_refusal_is_answered_in_its_way_and_nothing_is_sent() {
    let server = Server::start();
    let cases = [
        ("no credit", 400, json!({ "message": "insufficient credits" }), "refused"),
        ("unauthorised", 403, json!({ "message": "Forbidden" }), "refused"),
        ("rate-limited", 429, json!({ "message": "Too Many Requests" }), "refused"),
        ("server error", 500, json!({ "message": "Internal server error" }), "fault"),
        ("invalid source", 200, json!({ "status": "1007", "description": "invalid source" }), "refused"),
    ];
    for (name, status, body, outcome) in cases {
        let answer = send(&server, name);
        assert_eq!((answer.status, answer.json()), (status, body), "{name}");
        let entry = last_request(&server);
        assert_eq!((&entry["outcome"], &entry["why"]), (&json!(outcome), &json!(format!("magic number: {name}"))));
    }
    assert_eq!(send(&server, "rate-limited").header("retry-after"), Some("7"));
    assert!(server.messages("").is_empty());
}

#[test]
fn no_route_and_blocked_are_told_in_the_documented_shape_at_no_cost() {
    let server = Server::start();
    for (name, status) in [("no route", "1012"), ("blocked", "1015")] {
        let answer = send(&server, name);
        let body = answer.json();
        let expected = json!({
            "referenceId": body["referenceId"],
            "messageResult": {
                "status": status,
                "description": name,
                "cost": 0,
                "responses": [{
                    "destination": named(&server, name),
                    "reference_id": body["messageResult"]["responses"][0]["reference_id"],
                    "status": status,
                    "cost": 0,
                }],
            },
        });
        assert_eq!((answer.status, &body), (200, &expected));
        assert!(body["referenceId"].is_string());
    }
    assert!(server.messages("").is_empty());
}

#[test]
fn a_timeout_is_silence_and_nothing_is_sent() {
    let server = Server::start();
    let mut stream = server.open_send(&named(&server, "timeout"));
    stream.set_read_timeout(Some(Duration::from_millis(300))).expect("set the timeout");
    let silence = stream.read(&mut [0]).expect_err("nothing comes").kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence:?}");
    assert_eq!(last_request(&server)["status"], 504);
    assert!(server.messages("").is_empty());
}

#[test]
fn a_lost_answer_leaves_one_sms() {
    let server = Server::start();
    let mut answer = Vec::new();
    server.open_send(&named(&server, "answer lost")).read_to_end(&mut answer).expect("a proper end");
    assert!(answer.is_empty());
    assert_eq!(server.messages("").len(), 1);
    let entry = last_request(&server);
    assert_eq!((&entry["status"], &entry["outcome"]), (&json!(0), &json!("sent")));
    assert_eq!(entry["reference_id"], server.messages("")[0]["reference_id"]);
}

#[test]
fn expired_on_arrival_is_delivered_with_a_code_that_no_longer_works() {
    let server = Server::start();
    let reference_id = server.send(&named(&server, "expired on arrival"));
    assert_eq!(server.messages("")[0]["state"], "expired");
    assert_eq!(server.verify(&reference_id, &server.code(&reference_id)).json()["statusCode"], "1002");
}

#[test]
fn a_request_that_is_wrong_anyway_is_refused_for_that() {
    let server = Server::start();
    let mut body = send_body(&named(&server, "server error"));
    body["transport"] = json!("voice");
    assert_eq!(server.post("/otpservice/send", &body).status, 400);
}

#[test]
fn a_plus_does_not_take_the_magic_away() {
    let server = Server::start();
    let number = format!("+{}", named(&server, "no credit"));
    assert_eq!(server.post("/otpservice/send", &send_body(&number)).status, 400);
}

/// Written anew when `SHOUTOUT_RENEW_DOCS` is set.
#[test]
fn the_page_in_docs_is_the_table() {
    const MARKS: (&str, &str) = ("<!-- begin: magic numbers -->\n", "<!-- end: magic numbers -->");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/magic-numbers.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(MARKS.0).expect("the page marks where the table begins");
    let (shown, after) = rest.split_once(MARKS.1).expect("the page marks where the table ends");
    let table = table(&rows(&Server::start()));
    if std::env::var_os("SHOUTOUT_RENEW_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{}{table}{}{after}", MARKS.0, MARKS.1)).expect("write the page");
    } else {
        assert!(shown == table, "docs/magic-numbers.md differs: run this test with SHOUTOUT_RENEW_DOCS=1\n{table}");
    }
}

fn table(rows: &[Value]) -> String {
    let mut table =
        String::from("| Destination | Outcome | What the sandbox does | What a send gives |\n|---|---|---|---|\n");
    for row in rows {
        let cells = ["number", "name", "what", "library"].map(|name| row[name].as_str().expect("text"));
        table.push_str(&format!("| `{}` | {} | {} | {} |\n", cells[0], cells[1], cells[2], cells[3]));
    }
    table
}
