//! The command line of `wait`.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::prelude::*;

use super::{Command, Given};
use crate::number::Number;
use crate::wait::{Print, Wanted};

const DEFAULT_URL: &str = "http://127.0.0.1:8026";
const URL_VARIABLE: &str = "SHOUTOUT_SANDBOX_URL";
/// As long as the control API waits at all.
const LONGEST: f64 = 120.0;

pub const HELP: &str = "\
shoutout-sandbox wait: wait for an SMS, and print its code.

For shell scripts and for programs in languages without a test helper. It asks a
running sandbox, and finds a message that came before it was called, too.

USAGE
    shoutout-sandbox wait --to NUMBER [OPTIONS]

OPTIONS
    --to <NUMBER>
        Whose SMS; only digits count.
    --after <SEQ>
        Only a message with a higher sequence number [default: 0]. Take the
        \"cursor\" of /_sandbox/ready before you act, and wait after it.
    --timeout <SECONDS>
        How long, 0 to 120, decimals allowed [default: 10].
    --print <code|text|reference_id|json>
        What to print [default: code]; json is the whole message in one line.
    --url <URL>
        The \"url\" of the sandbox's ready line, plain http only
        [default: SHOUTOUT_SANDBOX_URL, or else http://127.0.0.1:8026].
    -h, --help       Print this text.

EXIT STATUS
    0 and the value on standard output; 1 if nothing came in time, with what did
    arrive on standard error, or if there is no sandbox; 2 usage.

EXAMPLE
    code=$(shoutout-sandbox wait --to 94771234567 --timeout 5)
";

pub fn parse(
    mut parser: lexopt::Parser,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Command, lexopt::Error> {
    let (mut to, mut after, mut timeout, mut print) = (None, 0, Duration::from_secs(10), Print::Code);
    let variable = environment(URL_VARIABLE).filter(|url| !url.is_empty());
    let (mut url, mut origin) = (variable.unwrap_or(DEFAULT_URL.into()), URL_VARIABLE);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(HELP.into())),
            Long("to") => to = Some(read(&parser.value()?, "--to", "a telephone number", number)?),
            Long("after") => after = read(&parser.value()?, "--after", "a sequence number", |text| text.parse().ok())?,
            Long("timeout") => timeout = read(&parser.value()?, "--timeout", "0 to 120 seconds", seconds)?,
            Long("print") => {
                print = read(&parser.value()?, "--print", "code, text, reference_id or json", Print::read)?
            }
            Long("url") => (url, origin) = (parser.value()?, "--url"),
            other => return Err(other.unexpected()),
        }
    }
    let to = to.ok_or("wait wants --to NUMBER")?;
    let form = if is_https(&url) { "plain http only, and so a sandbox without --tls" } else { FORM };
    let address = read(&url, origin, form, address)?;
    Ok(Command::Wait(Wanted { to, after, timeout, print, address }))
}

fn read<T>(text: &OsString, origin: &str, wanted: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, lexopt::Error> {
    Given { text: text.to_str(), origin }.parse(wanted, parse)
}

fn number(text: &str) -> Option<Number> {
    Number::try_from(text.to_owned()).ok()
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.parse().ok().filter(|seconds| (0.0..=LONGEST).contains(seconds))?;
    Some(Duration::from_secs_f64(seconds))
}

const FORM: &str = "the sandbox's url, as in http://127.0.0.1:8026";

fn is_https(url: &OsString) -> bool {
    url.to_str().is_some_and(|url| url.to_ascii_lowercase().starts_with("https:"))
}

/// Host and port: all of the URL that is needed.
fn address(url: &str) -> Option<String> {
    let address = url.strip_prefix("http://")?.trim_end_matches('/');
    let has_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let is_plain = !address.contains(|c: char| c == '/' || c == '@' || c.is_whitespace() || c.is_control());
    (has_port && is_plain).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(words: &[&str], url: Option<&str>) -> Option<Wanted> {
        match parse(lexopt::Parser::from_args(words), |_| url.map(Into::into)) {
            Ok(Command::Wait(wanted)) => Some(wanted),
            _ => None,
        }
    }

    #[test]
    fn only_the_number_is_needed() {
        let wanted = wanted(&["--to", "+94 77 123 4567"], None).expect("a wait");
        assert_eq!((wanted.to.as_str(), wanted.after), ("94771234567", 0));
        assert_eq!((wanted.timeout, wanted.print), (Duration::from_secs(10), Print::Code));
        assert_eq!(wanted.address, "127.0.0.1:8026");
    }

    #[test]
    fn the_url_comes_from_the_flag_then_the_environment() {
        let address = |words: &[&str], url| wanted(&[&["--to", "1"], words].concat(), url).map(|wanted| wanted.address);
        assert_eq!(address(&[], Some("http://[::1]:5/")).as_deref(), Some("[::1]:5"));
        assert_eq!(address(&["--url", "http://localhost:6"], Some("http://[::1]:5")).as_deref(), Some("localhost:6"));
        for url in ["https://localhost:6", "localhost:6", "http://localhost", "http://h:1/path", "http://a@h:1"] {
            assert_eq!(address(&["--url", url], None), None, "{url}");
        }
    }

    #[test]
    fn https_is_refused_with_what_is_wanted_and_by_the_name_of_where_it_stands() {
        let message = |words: &[&str], url: Option<&str>| {
            let parsed = parse(lexopt::Parser::from_args(words), |_| url.map(Into::into));
            parsed.err().map(|error| error.to_string()).expect("a refusal")
        };
        let flag = message(&["--to", "1", "--url", "https://localhost:6"], None);
        assert!(flag.starts_with("--url wants plain http only"), "{flag}");
        let variable = message(&["--to", "1"], Some("HTTPS://localhost:6"));
        assert!(variable.starts_with("SHOUTOUT_SANDBOX_URL wants plain http only"), "{variable}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [
            &[][..],
            &["--to", "everyone"],
            &["--to", "1", "--timeout", "121"],
            &["--to", "1", "--timeout", "NaN"],
            &["--to", "1", "--after", "-1"],
            &["--to", "1", "--print", "all"],
            &["--to", "1", "stray"],
        ] {
            assert!(wanted(words, None).is_none(), "{words:?}");
        }
    }
}
