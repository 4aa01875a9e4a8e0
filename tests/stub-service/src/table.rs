//! The golden table as Rust types. `tests/golden/README.md` says what the fields mean.
//!
//! Reading is strict: an unknown field, a name used twice or a row that expects two things at once is a fault of the
//! table, found here once instead of being passed over by four runners.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::{fs, io};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::Unsaid;

/// All four files.
pub struct Table {
    pub refusals: Vec<Refusal>,
    pub options: Vec<OptionsRow>,
    pub sends: Vec<Send>,
    pub verifies: Vec<Verify>,
}

impl Table {
    /// Reads the folder that holds `refusals.json`, `options.json`, `send.json` and `verify.json`.
    pub fn read(folder: &Path) -> io::Result<Table> {
        let table = Table {
            refusals: read_file(folder, "refusals.json")?,
            options: read_file(folder, "options.json")?,
            sends: read_file(folder, "send.json")?,
            verifies: read_file(folder, "verify.json")?,
        };
        table.check().map_err(invalid)?;
        Ok(table)
    }

    fn check(&self) -> Result<(), String> {
        let mut names = HashSet::new();
        let mut check_name = |name: &str| {
            // A name is a piece of a URL.
            if !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
                return Err(format!("{name}: not lower case joined by hyphens"));
            }
            match names.insert(name.to_owned()) {
                true => Ok(()),
                false => Err(format!("{name}: used twice")),
            }
        };
        let silent = self.refusals.iter().map(|row| &row.name).chain(self.options.iter().map(|row| &row.name));
        for name in silent {
            check_name(name)?;
        }
        let sends = self.sends.iter().map(|row| (&row.name, &row.exchange, row.result.is_some(), &row.unknown));
        let verifies = self.verifies.iter().map(|row| (&row.name, &row.exchange, row.result.is_some(), &row.unknown));
        for (name, exchange, has_result, unknown) in sends.chain(verifies) {
            check_name(name)?;
            exchange.check(has_result, unknown).map_err(|why| format!("{name}: {why}"))?;
        }
        Ok(())
    }
}

fn read_file<T: DeserializeOwned>(folder: &Path, name: &str) -> io::Result<T> {
    let path = folder.join(name);
    let at = |why: String| format!("{}: {why}", path.display());
    let text = fs::read(&path).map_err(|error| io::Error::new(error.kind(), at(error.to_string())))?;
    serde_json::from_slice(&text).map_err(|error| invalid(at(error.to_string())))
}

fn invalid(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// A string of the table, already written out where the table says "so many times".
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(from = "WrittenText")]
pub struct Text(String);

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenText {
    Plain(String),
    Repeated(Repeated),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeated {
    repeat: String,
    times: usize,
    #[serde(default)]
    then: String,
}

impl From<WrittenText> for Text {
    fn from(written: WrittenText) -> Text {
        match written {
            WrittenText::Plain(text) => Text(text),
            WrittenText::Repeated(Repeated { repeat, times, then }) => Text(repeat.repeat(times) + &then),
        }
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A row of `refusals.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    pub name: String,
    pub call: Call,
    #[serde(default = "default::api_key")]
    pub api_key: Text,
    #[serde(default = "default::source")]
    pub source: Text,
    #[serde(default = "default::destination")]
    pub destination: Text,
    #[serde(default = "default::content")]
    pub content: Text,
    #[serde(default = "default::reference_id")]
    pub reference_id: Text,
    #[serde(default = "default::code")]
    pub code: Text,
    pub status: String,
    #[serde(default)]
    pub message_has: Vec<String>,
    #[serde(default)]
    pub message_lacks: Vec<String>,
}

/// What a refusal is a refusal of.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    Client,
    Send,
    Verify,
}

/// A row of `options.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionsRow {
    pub name: String,
    pub set: Vec<Setting>,
    pub status: String,
    #[serde(default)]
    pub message_has: Vec<String>,
    #[serde(default)]
    pub message_lacks: Vec<String>,
}

/// One call of a setter.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Vec<Value>")]
pub enum Setting {
    BaseUrl(Text),
    AuthScheme(Text),
    AddHeader(Text, Text),
    TimeoutMs(u32),
    ConnectTimeoutMs(u32),
    MaxRetries(u32),
    CaFile(Text),
    /// `None` takes a proxy away again.
    Proxy(Option<Text>),
    AllowPlainHttp(bool),
    UserAgentSuffix(Text),
}

impl Setting {
    /// The secrets in it: a header's value, and what stands before the `@` of a URL.
    pub fn secrets(&self) -> Vec<&str> {
        match self {
            Setting::AddHeader(_, value) => vec![value],
            Setting::BaseUrl(url) | Setting::Proxy(Some(url)) => {
                let authority = url.split_once("//").map_or("", |(_, rest)| rest);
                let user_info = authority.rsplit_once('@').map_or("", |(user_info, _)| user_info);
                vec![user_info, user_info.split_once(':').map_or("", |(_, password)| password)]
            }
            _ => Vec::new(),
        }
    }
}

/// Those of the secrets that no text of the library may hold: shorter ones may look like a status or an amount.
pub fn telling<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    const SHORTEST: usize = 5;
    secrets.into_iter().filter(|secret| secret.chars().count() >= SHORTEST).collect()
}

/// A number as it was typed, and as it is sent.
pub fn spellings_of_number(typed: &str) -> [String; 2] {
    [typed.to_owned(), typed.chars().filter(char::is_ascii_digit).collect()]
}

impl TryFrom<Vec<Value>> for Setting {
    type Error = String;

    fn try_from(words: Vec<Value>) -> Result<Setting, String> {
        let written = Value::from(words.clone()).to_string();
        let mut words = words.into_iter();
        let name = words.next().unwrap_or_default();
        let mut next = || words.next().ok_or_else(|| format!("{written}: a value is missing"));
        let setting = match name.as_str().unwrap_or_default() {
            "base_url" => Setting::BaseUrl(value(next()?)?),
            "auth_scheme" => Setting::AuthScheme(value(next()?)?),
            "add_header" => Setting::AddHeader(value(next()?)?, value(next()?)?),
            "timeout_ms" => Setting::TimeoutMs(value(next()?)?),
            "connect_timeout_ms" => Setting::ConnectTimeoutMs(value(next()?)?),
            "max_retries" => Setting::MaxRetries(value(next()?)?),
            "ca_file" => Setting::CaFile(value(next()?)?),
            "proxy" => Setting::Proxy(value(next()?)?),
            "allow_plain_http" => Setting::AllowPlainHttp(value::<u8>(next()?)? != 0),
            "user_agent_suffix" => Setting::UserAgentSuffix(value(next()?)?),
            _ => return Err(format!("{written}: no such option")),
        };
        match words.next() {
            None => Ok(setting),
            Some(_) => Err(format!("{written}: a value too many")),
        }
    }
}

fn value<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// A row of `send.json`.
#[derive(Deserialize)]
pub struct Send {
    pub name: String,
    #[serde(default = "default::source")]
    pub source: Text,
    #[serde(default = "default::destination")]
    pub destination: Text,
    #[serde(default = "default::content")]
    pub content: Text,
    #[serde(flatten)]
    pub exchange: Exchange,
    pub result: Option<ExpectedSend>,
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

/// A row of `verify.json`.
#[derive(Deserialize)]
pub struct Verify {
    pub name: String,
    #[serde(default = "default::reference_id")]
    pub reference_id: Text,
    #[serde(default = "default::code")]
    pub code: Text,
    #[serde(flatten)]
    pub exchange: Exchange,
    pub result: Option<ExpectedVerify>,
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

/// What the rows of `send.json` and `verify.json` have in common.
#[derive(Deserialize)]
pub struct Exchange {
    #[serde(default = "default::api_key")]
    pub api_key: Text,
    #[serde(default)]
    pub options: Vec<Setting>,
    #[serde(default)]
    pub request: ExpectedRequest,
    pub answer: GivenAnswer,
    pub error: Option<ExpectedError>,
}

impl Exchange {
    /// The secrets of the client.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.api_key).chain(self.options.iter().flat_map(Setting::secrets))
    }

    /// `unknown` are the fields of the row that nobody asked for: serde cannot refuse them beside a flattened struct.
    fn check(&self, has_result: bool, unknown: &BTreeMap<String, Value>) -> Result<(), String> {
        if let Some(field) = unknown.keys().next() {
            return Err(format!("unknown field {field}"));
        }
        if has_result == self.error.is_some() {
            return Err("wants exactly one of result and error".to_owned());
        }
        if (self.answer.status == 0) != self.answer.unsaid.is_some() {
            return Err("wants exactly one of status and unsaid in the answer".to_owned());
        }
        self.answer.body().map(drop).map_err(str::to_owned)
    }
}

/// What must be on the wire, as far as the row says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    pub path: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub header_starts: BTreeMap<String, String>,
    #[serde(default)]
    pub header_ends: BTreeMap<String, String>,
    #[serde(default)]
    pub absent_headers: Vec<String>,
    pub body: Option<String>,
}

/// What the service says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenAnswer {
    #[serde(default)]
    pub status: u16,
    #[serde(default)]
    pub reason: String,
    /// What the service does instead of answering; everything else is left out then.
    pub unsaid: Option<Unsaid>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    body: Option<Text>,
    body_base64: Option<String>,
}

impl GivenAnswer {
    pub fn body(&self) -> Result<Vec<u8>, &'static str> {
        match (&self.body, &self.body_base64) {
            (Some(_), Some(_)) => Err("has both body and body_base64"),
            (Some(text), None) => Ok(text.as_bytes().to_vec()),
            (None, Some(text)) => crate::base64::decode(text).ok_or("body_base64 is not base64"),
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// What a send gives; a field that is absent is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSend {
    pub reference_id: Option<String>,
    pub request_id: Option<String>,
    pub status: Option<String>,
    pub description: Option<String>,
    pub cost: Option<f64>,
    pub responses: Option<Vec<ExpectedResponse>>,
    pub http_status: Option<i32>,
}

/// One of the `responses` of a send.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedResponse {
    pub destination: Option<String>,
    pub reference_id: Option<String>,
    pub status: Option<String>,
    pub cost: Option<f64>,
}

/// What a verification gives; a field that is absent is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedVerify {
    pub verified: Option<bool>,
    pub outcome: Option<String>,
    pub status: Option<String>,
    pub description: Option<String>,
    pub reference_id: Option<String>,
    pub request_id: Option<String>,
    pub http_status: Option<i32>,
}

/// What the error says; a field that is absent is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    pub status: Option<String>,
    pub delivery: Option<String>,
    pub http_status: Option<i32>,
    pub service_status: Option<String>,
    pub service_message: Option<String>,
    pub retry_after_ms: Option<i64>,
    pub reference_id: Option<String>,
    pub request_id: Option<String>,
    #[serde(default)]
    pub message_has: Vec<String>,
    #[serde(default)]
    pub message_lacks: Vec<String>,
}

/// The inputs of a row that does not name them.
mod default {
    use super::Text;

    pub fn api_key() -> Text {
        Text("golden.test.key".into())
    }

    pub fn source() -> Text {
        Text("ShoutDEMO".into())
    }

    pub fn destination() -> Text {
        Text("94771234567".into())
    }

    pub fn content() -> Text {
        Text("Your code is {{code}}".into())
    }

    pub fn reference_id() -> Text {
        Text("f437c171-2d08-48c8-a4a2-0123456789ab".into())
    }

    pub fn code() -> Text {
        Text("01234".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(sends: &str) -> Result<(), String> {
        let sends = serde_json::from_str(sends).map_err(|error| error.to_string())?;
        Table { refusals: Vec::new(), options: Vec::new(), sends, verifies: Vec::new() }.check()
    }

    #[test]
    fn a_text_is_written_out() {
        let texts: Vec<Text> =
            serde_json::from_str(r#"["a", {"repeat": "ab", "times": 3}, {"repeat": "a", "times": 1, "then": "z"}]"#)
                .unwrap();
        assert_eq!(texts, [Text("a".into()), Text("ababab".into()), Text("az".into())]);
    }

    #[test]
    fn a_setting_is_checked_against_its_setter() {
        let setting = |text| serde_json::from_str::<Setting>(text).map_err(|error| error.to_string());
        assert_eq!(setting(r#"["timeout_ms", 7]"#), Ok(Setting::TimeoutMs(7)));
        assert_eq!(setting(r#"["proxy", null]"#), Ok(Setting::Proxy(None)));
        assert_eq!(setting(r#"["add_header", "a", "b"]"#), Ok(Setting::AddHeader(Text("a".into()), Text("b".into()))));
        assert!(setting(r#"["add_header", "a"]"#).unwrap_err().contains("missing"));
        assert!(setting(r#"["timeout_ms", 7, 8]"#).unwrap_err().contains("too many"));
        assert!(setting(r#"["timeout", 7]"#).unwrap_err().contains("no such option"));
        assert!(setting(r#"["timeout_ms", "7"]"#).is_err());
    }

    #[test]
    fn a_faulty_row_is_refused() {
        let good = r#"{"name": "a", "answer": {"status": 200}, "result": {}}"#;
        assert_eq!(table(&format!("[{good}]")), Ok(()));
        let why = |row: &str| table(&format!("[{good}, {row}]")).unwrap_err();
        assert!(why(good).contains("used twice"));
        assert!(why(r#"{"name": "B", "answer": {"status": 200}, "result": {}}"#).contains("lower case"));
        assert!(why(r#"{"name": "b", "answer": {"status": 200}}"#).contains("exactly one"));
        assert!(why(r#"{"name": "b", "answer": {}, "result": {}}"#).contains("status and unsaid"));
        let both = r#"{"name": "b", "answer": {"status": 200, "unsaid": "hangs-up"}, "result": {}}"#;
        assert!(why(both).contains("status and unsaid"));
        assert!(why(r#"{"name": "b", "answer": {"status": 200}, "result": {}, "error": {}}"#).contains("exactly one"));
        assert!(why(r#"{"name": "b", "answer": {"status": 200}, "result": {}, "sauce": "x"}"#).contains("sauce"));
        assert!(why(r#"{"name": "b", "answer": {"status": 200}, "result": {"sauce": 1}}"#).contains("sauce"));
        assert!(
            why(r#"{"name": "b", "answer": {"status": 200, "body_base64": "?"}, "result": {}}"#).contains("base64")
        );
    }
}
