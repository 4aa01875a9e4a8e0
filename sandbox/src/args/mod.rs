//! The command line and the environment. Few flags, all with a default that works.

mod flags;
mod help;
mod wait;

use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::time::Duration;

use lexopt::prelude::*;

use crate::Settings;
use crate::provider::is_well_formed_key;
use crate::rate::RateLimit;
use crate::server::Access;
use crate::settings::WrongCodeStatus;
use crate::wait::Wanted;
use flags::{FLAGS, Flag};

/// Where the sandbox listens unless told otherwise: fixed, so that an application can have it in its configuration.
const DEFAULT_PORT: u16 = 8026;

/// What the command line asks for.
pub enum Command {
    Serve(Options),
    Wait(Wanted),
    /// With the text to print.
    Help(String),
    Version,
}

pub struct Options {
    pub bind: IpAddr,
    pub port: u16,
    pub access: Access,
    pub tls: bool,
    pub exit_with_stdin: bool,
    pub settings: Settings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bind: Ipv4Addr::LOCALHOST.into(),
            port: DEFAULT_PORT,
            access: Access::default(),
            tls: false,
            exit_with_stdin: false,
            settings: Settings::default(),
        }
    }
}

/// The server is what is mostly wanted, so only the other command has a name.
pub fn parse(
    mut parser: lexopt::Parser,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Command, lexopt::Error> {
    let is_wait = parser.try_raw_args().is_some_and(|mut words| words.next_if(|word| word == "wait").is_some());
    if is_wait { wait::parse(parser, environment) } else { serve(parser, environment) }
}

/// A variable counts where its flag is not given.
fn serve(mut parser: lexopt::Parser, environment: impl Fn(&str) -> Option<OsString>) -> Result<Command, lexopt::Error> {
    let mut given: Vec<(&Flag, String, OsString)> = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(help::text())),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long(name) => match flags::find(name) {
                Some(flag) => {
                    let value = if flag.is_switch() { "true".into() } else { parser.value()? };
                    given.push((flag, format!("--{}", flag.name), value));
                }
                None => return Err(argument.unexpected()),
            },
            Value(word) if word == "wait" => {
                return Err("wait comes first, and has flags of its own: shoutout-sandbox wait --to NUMBER".into());
            }
            other => return Err(other.unexpected()),
        }
    }
    let mut options = Options::default();
    for flag in FLAGS.iter().filter(|flag| given.iter().all(|(other, ..)| other.name != flag.name)) {
        let variable = flag.variable();
        // An empty one is as good as none: that is how many tools leave a variable out.
        if let Some(value) = environment(&variable).filter(|value| !value.is_empty()) {
            options.set(flag, &variable, value)?;
        }
    }
    for (flag, origin, value) in given {
        options.set(flag, &origin, value)?;
    }
    options.check()?;
    Ok(Command::Serve(options))
}

impl Options {
    /// `origin` is where the value comes from, for the message if it is no good.
    fn set(&mut self, flag: &Flag, origin: &str, value: OsString) -> Result<(), lexopt::Error> {
        let value = Given { text: value.to_str(), origin };
        let settings = &mut self.settings;
        match flag.name {
            "port" => self.port = value.number(0)?,
            "bind" => self.bind = value.parse("an IP address", |text| text.parse().ok())?,
            "tls" => self.tls = value.switch()?,
            "allow-remote" => self.access.allow_remote = value.switch()?,
            "allow-host" => self.access.allow_hosts.extend(value.parse("names, with commas between them", hosts)?),
            "api-key" => settings.api_key = Some(value.api_key()?),
            "code-lifetime-seconds" => settings.code_lifetime = Duration::from_secs(value.number::<u32>(1)?.into()),
            "max-attempts" => settings.max_attempts = value.number(0)?,
            "wrong-code-status" => settings.wrong_code_status = value.parse("200 or 400", WrongCodeStatus::new)?,
            "new-send-voids-old" => settings.new_send_voids_old = value.switch()?,
            "rate-limit" => settings.rate_limit = Some(value.parse("COUNT/SECONDS, as in 3/60", RateLimit::read)?),
            "seed" => settings.seed = value.number(0)?,
            "exit-with-stdin" => self.exit_with_stdin = value.switch()?,
            name => unreachable!("--{name} stands in the table, so it has a meaning here"),
        }
        Ok(())
    }
}

impl Options {
    /// What no value says by itself.
    fn check(&self) -> Result<(), lexopt::Error> {
        if self.bind.is_loopback() || self.access.allow_remote {
            return Ok(());
        }
        let why = "would show every code to whoever can reach it; if that is what you want, add --allow-remote";
        Err(format!("--bind {} {why}", self.bind).into())
    }
}

/// Names of hosts, each with or without a port.
fn hosts(text: &str) -> Option<Vec<String>> {
    let is_host = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
    };
    text.split(',').map(str::trim).map(|name| is_host(name).then(|| name.to_owned())).collect()
}

struct Given<'a> {
    text: Option<&'a str>,
    origin: &'a str,
}

impl Given<'_> {
    /// The value itself never appears in the message: it may be a key.
    fn parse<T>(&self, wanted: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, lexopt::Error> {
        self.text.and_then(read).ok_or_else(|| format!("{} wants {wanted}", self.origin).into())
    }

    fn number<T: FromStr + PartialOrd + fmt::Display>(&self, least: T) -> Result<T, lexopt::Error> {
        let wanted = format!("a whole number from {least} up, within reason");
        self.parse(&wanted, |text| text.parse().ok().filter(|number| *number >= least))
    }

    fn switch(&self) -> Result<bool, lexopt::Error> {
        self.parse("1, true or yes, or 0, false or no", |text| match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => Some(true),
            "0" | "false" | "no" => Some(false),
            _ => None,
        })
    }

    fn api_key(&self) -> Result<String, lexopt::Error> {
        self.parse("visible ASCII characters without spaces", |key| is_well_formed_key(key).then(|| key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<Command, lexopt::Error> {
        parse_with(words, &[])
    }

    fn parse_with(words: &[&str], variables: &[(&str, &str)]) -> Result<Command, lexopt::Error> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        parse(lexopt::Parser::from_args(words), find)
    }

    fn served(command: Result<Command, lexopt::Error>) -> Options {
        match command {
            Ok(Command::Serve(options)) => options,
            Ok(_) => panic!("expected to serve"),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn no_argument_is_needed() {
        let options = served(parse_words(&[]));
        assert_eq!(options.port, 8026);
        assert!(options.settings.api_key.is_none());
        assert!(!options.exit_with_stdin);
    }

    #[test]
    fn help_names_every_flag_and_the_defaults_that_are_used() {
        let (help, settings) = (help::text(), Settings::default());
        for flag in FLAGS {
            assert!(help.contains(&format!("    --{}", flag.name)), "{}", flag.name);
        }
        let defaults = [
            ("port", DEFAULT_PORT.to_string()),
            ("bind", Options::default().bind.to_string()),
            ("code-lifetime-seconds", settings.code_lifetime.as_secs().to_string()),
            ("max-attempts", settings.max_attempts.to_string()),
            ("wrong-code-status", settings.wrong_code_status.code().as_u16().to_string()),
            ("seed", settings.seed.to_string()),
        ];
        for (name, default) in defaults {
            let flag = flags::find(name).unwrap();
            assert!(flag.help.contains(&format!("[default: {default}]")), "{name}");
        }
        assert!(!settings.new_send_voids_old && settings.rate_limit.is_none());
    }

    #[test]
    fn help_fits_a_terminal_but_for_what_is_to_be_copied() {
        let texts = help::text() + wait::HELP;
        let long: Vec<String> = texts.lines().filter(|line| line.len() > 80).map(str::to_owned).collect();
        assert!(long.iter().all(|line| line.contains("curl") || line.contains("{\"url\"")), "{long:?}");
    }

    #[test]
    fn every_flag_has_a_meaning_and_a_variable_with_the_same_one() {
        for flag in FLAGS {
            let value = match flag.value {
                "" => "yes",
                "COUNT/SECONDS" => "3/60",
                "ADDRESS" => "::1",
                "200|400" => "400",
                _ => "1",
            };
            let name = format!("--{}", flag.name);
            let words = if flag.is_switch() { vec![&*name] } else { vec![&*name, value] };
            served(parse_words(&words));
            served(parse_with(&[], &[(&flag.variable(), value)]));
        }
    }

    #[test]
    fn a_variable_counts_unless_it_is_empty_and_the_flag_wins() {
        let port = |words: &[&str], value| served(parse_with(words, &[("SHOUTOUT_SANDBOX_PORT", value)])).port;
        assert_eq!(port(&[], "0"), 0);
        assert_eq!(port(&[], ""), 8026);
        assert_eq!(port(&["--port", "7"], "0"), 7);
        let voids = |value| {
            let variables = [("SHOUTOUT_SANDBOX_NEW_SEND_VOIDS_OLD", value)];
            served(parse_with(&[], &variables)).settings.new_send_voids_old
        };
        assert!(voids("1") && voids("true") && voids("Yes"));
        assert!(!voids("0") && !voids("false") && !voids("no") && !voids(""));
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for words in [
            ["--port", "65536"],
            ["--port", "-1"],
            ["--max-attempts", "-1"],
            ["--code-lifetime-seconds", "0"],
            ["--wrong-code-status", "404"],
            ["--rate-limit", "3"],
            ["--rate-limit", "0/60"],
            ["--rate-limit", "3/0"],
        ] {
            assert!(parse_words(&words).is_err(), "{words:?}");
        }
        assert!(parse_words(&["--verbose"]).is_err());
        assert!(parse_words(&["stray"]).is_err());
    }

    #[test]
    fn only_loopback_is_listened_on_unless_more_is_allowed() {
        for address in ["127.0.0.1", "127.0.0.2", "::1"] {
            served(parse_words(&["--bind", address]));
        }
        for address in ["0.0.0.0", "::", "192.0.2.1"] {
            let Err(error) = parse_words(&["--bind", address]) else { panic!("{address} was accepted") };
            assert!(error.to_string().contains("--allow-remote"));
            assert!(served(parse_words(&["--allow-remote", "--bind", address])).access.allow_remote);
        }
        assert!(parse_words(&["--bind", "localhost"]).is_err());
    }

    #[test]
    fn wait_after_a_flag_is_refused_with_where_it_belongs() {
        for words in [&["--tls", "wait"][..], &["--port", "1", "wait", "--to", "1"]] {
            let Err(error) = parse_words(words) else { panic!("{words:?} was accepted") };
            assert!(error.to_string().starts_with("wait comes first"), "{error}");
        }
    }

    #[test]
    fn names_add_up_and_those_of_the_flags_take_the_place_of_the_variable() {
        let hosts = |words: &[&str]| {
            let variable = [("SHOUTOUT_SANDBOX_ALLOW_HOST", "a, b.example:80")];
            served(parse_with(words, &variable)).access.allow_hosts
        };
        assert_eq!(hosts(&[]), ["a", "b.example:80"]);
        assert_eq!(hosts(&["--allow-host", "c", "--allow-host", "d,e"]), ["c", "d", "e"]);
        for name in ["", "a,,b", "a b", "http://a"] {
            assert!(parse_words(&["--allow-host", name]).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_refusal_names_where_the_value_came_from() {
        let message = |command: Result<Command, lexopt::Error>| match command {
            Err(error) => error.to_string(),
            Ok(_) => panic!("expected a refusal"),
        };
        assert!(message(parse_words(&["--port", "x"])).starts_with("--port wants"));
        let variable = [("SHOUTOUT_SANDBOX_NEW_SEND_VOIDS_OLD", "perhaps")];
        assert!(message(parse_with(&[], &variable)).starts_with("SHOUTOUT_SANDBOX_NEW_SEND_VOIDS_OLD wants"));
    }

    #[test]
    fn a_refused_key_is_not_repeated_in_the_message() {
        let Err(error) = parse_words(&["--api-key", "two words"]) else { panic!("expected a refusal") };
        assert!(!error.to_string().contains("words"));
    }
}
