//! The command line. Few flags, all with a default that works.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use lexopt::prelude::*;

use crate::Settings;
use crate::provider::is_well_formed_key;

/// Where the sandbox listens unless told otherwise: fixed, so that an application can have it in its configuration.
const DEFAULT_PORT: u16 = 8026;

pub const HELP: &str = "\
shoutout-sandbox: a local ShoutOUT OTP service, for development and tests only.

It sends nothing to anybody. Point a client at the base URL it prints, and read
the \"SMS\" in a browser at its URL, or from a test through the control API.

USAGE
    shoutout-sandbox [OPTIONS]

OPTIONS
    --port <PORT>
        Port on 127.0.0.1 [default: 8026]; 0 picks a free one. The sandbox never
        listens on any other interface.
    --api-key <KEY>
        The only key to accept; any other is answered 403. Without this flag any
        well-formed key is accepted. Make one up: never type a real key here,
        other users of this machine can read the command line.
    --code-lifetime-seconds <SECONDS>
        How long a code can be verified [default: 240]. The real lifetime is not
        documented; its callers assume 1 to 4 minutes.
    --max-attempts <COUNT>
        Wrong codes accepted per message before it is locked [default: 5]. The
        real limit is not documented; 5 is a common choice.
    --seed <NUMBER>
        Of the chance with which faults strike [default: 1]: the same seed and
        the same requests meet the same faults.
    --exit-with-stdin
        Stop when standard input ends. For a parent that spawns the sandbox with
        a pipe: however the parent ends, the sandbox does not outlive it.
    -h, --help       Print this text.
    -V, --version    Print the version.

OUTPUT
    One line of JSON on standard output as soon as it can be used:
        {\"url\":\"http://127.0.0.1:8026\",\"base_url\":\"http://127.0.0.1:8026/otpservice\",\"pid\":4711}
    SIGINT or SIGTERM stops it. Exit status: 0 stopped, 1 failed, 2 usage.

PATHS
    POST   /otpservice/send, /otpservice/verify    as at the provider
    GET    /_sandbox/ready
    GET    /_sandbox/messages?to=NUMBER            DELETE removes the same ones
    GET    /_sandbox/wait?to=NUMBER&after=SEQ&timeout=SECONDS
    GET    /_sandbox/requests                      the journal
    GET    /_sandbox/events                        every change, as it happens
    GET    /_sandbox/faults                        POST sets one, DELETE removes
    GET    /_sandbox/clock                         POST moves it
    POST   /_sandbox/reset
    GET    /                                       the inbox page

EXAMPLE
    curl http://127.0.0.1:8026/otpservice/send \\
        -H 'Authorization: Apikey made-up' -H 'Content-Type: application/json' \\
        -d '{\"source\":\"ShoutDEMO\",\"destination\":\"94771234567\",\"transport\":\"sms\",
             \"content\":{\"sms\":\"Your code is {{code}}\"}}'
    curl 'http://127.0.0.1:8026/_sandbox/wait?to=94771234567&timeout=5'
";

/// What the command line asks for.
pub enum Command {
    Serve(Options),
    Help,
    Version,
}

pub struct Options {
    pub port: u16,
    pub exit_with_stdin: bool,
    pub settings: Settings,
}

pub fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options { port: DEFAULT_PORT, exit_with_stdin: false, settings: Settings::default() };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => options.port = number(parser.value()?, "--port", 0)?,
            Long("api-key") => options.settings.api_key = Some(api_key(parser.value()?)?),
            Long("code-lifetime-seconds") => {
                let seconds: u32 = number(parser.value()?, "--code-lifetime-seconds", 1)?;
                options.settings.code_lifetime = Duration::from_secs(seconds.into());
            }
            Long("max-attempts") => options.settings.max_attempts = number(parser.value()?, "--max-attempts", 1)?,
            Long("seed") => options.settings.seed = number(parser.value()?, "--seed", 0)?,
            Long("exit-with-stdin") => options.exit_with_stdin = true,
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Serve(options))
}

fn number<T: FromStr + PartialOrd + fmt::Display>(value: OsString, flag: &str, least: T) -> Result<T, lexopt::Error> {
    match value.to_str().and_then(|text| text.parse().ok()) {
        Some(number) if number >= least => Ok(number),
        _ => Err(format!("{flag} wants a whole number from {least} up, within reason").into()),
    }
}

/// The value never appears in the message: a key is a secret even where it should be a made-up one.
fn api_key(value: OsString) -> Result<String, lexopt::Error> {
    match value.into_string() {
        Ok(key) if is_well_formed_key(&key) => Ok(key),
        _ => Err("--api-key wants visible ASCII characters without spaces".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<Command, lexopt::Error> {
        parse(lexopt::Parser::from_args(words))
    }

    #[test]
    fn no_argument_is_needed() {
        let Ok(Command::Serve(options)) = parse_words(&[]) else { panic!("expected to serve") };
        assert_eq!(options.port, 8026);
        assert!(options.settings.api_key.is_none());
        assert!(!options.exit_with_stdin);
    }

    #[test]
    fn help_states_the_defaults_that_are_used() {
        let settings = Settings::default();
        assert!(HELP.contains(&format!("[default: {DEFAULT_PORT}]")));
        assert!(HELP.contains(&format!("[default: {}]", settings.code_lifetime.as_secs())));
        assert!(HELP.contains(&format!("[default: {}]", settings.max_attempts)));
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for words in [["--port", "65536"], ["--port", "-1"], ["--max-attempts", "0"], ["--code-lifetime-seconds", "0"]]
        {
            assert!(parse_words(&words).is_err(), "{words:?}");
        }
        assert!(parse_words(&["--verbose"]).is_err());
        assert!(parse_words(&["stray"]).is_err());
    }

    #[test]
    fn a_refused_key_is_not_repeated_in_the_message() {
        let Err(error) = parse_words(&["--api-key", "two words"]) else { panic!("expected a refusal") };
        assert!(!error.to_string().contains("words"));
    }
}
