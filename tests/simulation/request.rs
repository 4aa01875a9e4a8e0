//! Reads requests as strictly as a service could, and finds out which call each belongs to.

use serde_json::Value;

use crate::laws::Operation;
use crate::sim::CallNumber;

/// A whole request.
pub struct Request {
    pub call: CallNumber,
    pub operation: Operation,
    pub code: String,
}

/// The destination of a call is this and its number.
pub const COUNTRY: &str = "9477";

/// The first request in the bytes and its length; `None` where it is not whole yet.
pub fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, String> {
    let Some(head_length) = end_of_head(bytes) else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..head_length]).map_err(|_| "a head that is no text".to_owned())?;
    let mut lines = head.trim_end().split("\r\n");
    let line = lines.next().unwrap_or_default();
    let is_send = match line {
        "POST /otpservice/send HTTP/1.1" => true,
        "POST /otpservice/verify HTTP/1.1" => false,
        _ => return Err(format!("a request line {line:?}")),
    };
    let field = |name: &str| {
        let values: Vec<&str> = lines.clone().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect();
        if let [value] = values[..] { Ok(value) } else { Err(format!("{} fields {name}", values.len())) }
    };
    field("host")?;
    field("authorization")?;
    let length: usize = field("content-length")?.parse().map_err(|_| "a length that is no number".to_owned())?;
    let Some(body) = bytes.get(head_length..head_length + length) else { return Ok(None) };
    let body: Value = serde_json::from_slice(body).map_err(|error| format!("a body that is no JSON: {error}"))?;
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let number = |text: &str| text.parse().map_err(|_| "a body that belongs to no call".to_owned());
    let request = if is_send {
        let call = number(text("destination").strip_prefix(COUNTRY).unwrap_or_default())?;
        Request { call, operation: Operation::Send, code: String::new() }
    } else {
        let call = number(text("code").get(..6).unwrap_or_default())?;
        let of = number(text("referenceId").split('-').nth(1).unwrap_or_default())?;
        Request { call, operation: Operation::Verify { of }, code: text("code").to_owned() }
    };
    Ok(Some((request, head_length + length)))
}

/// The port that a proxy is asked to connect to, where its request is whole.
pub fn tunnel_target(bytes: &[u8]) -> Option<u16> {
    let head = std::str::from_utf8(&bytes[..end_of_head(bytes)?]).ok()?;
    let target = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    target.rsplit(':').next()?.parse().ok()
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\r\n\r\n";
    bytes.windows(END.len()).position(|window| window == END).map(|at| at + END.len())
}
