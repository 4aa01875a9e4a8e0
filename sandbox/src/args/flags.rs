//! Every flag of the server: its name, its value, and what it is for. The help text, the command line and the
//! environment all go by this table.

pub struct Flag {
    pub name: &'static str,
    /// What stands for the value in the help text; empty for a switch.
    pub value: &'static str,
    /// In lines that fit a terminal.
    pub help: &'static str,
}

impl Flag {
    pub fn is_switch(&self) -> bool {
        self.value.is_empty()
    }

    /// `--code-lifetime-seconds` is `SHOUTOUT_SANDBOX_CODE_LIFETIME_SECONDS`.
    pub fn variable(&self) -> String {
        format!("SHOUTOUT_SANDBOX_{}", self.name.to_ascii_uppercase().replace('-', "_"))
    }
}

pub fn find(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

const fn flag(name: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag { name, value, help }
}

pub const FLAGS: &[Flag] = &[
    flag("port", "PORT", "Port to listen on [default: 8026]; 0 picks a free one."),
    flag(
        "bind",
        "ADDRESS",
        "IP address to listen on [default: 127.0.0.1]. One that is not loopback
is refused without --allow-remote.",
    ),
    flag(
        "allow-remote",
        "",
        "Let --bind be an address that others can reach, as in a container; does
nothing without it. The name that they use wants --allow-host. Whoever
reaches the sandbox reads every code and can switch everything: there is
no login.",
    ),
    flag(
        "allow-host",
        "NAME",
        "Another name to answer to, beside 127.0.0.1, localhost and [::1]; with a
port, with that one only. May be repeated, or hold several with commas.
All others are refused, against web pages that pretend (DNS rebinding).",
    ),
    flag(
        "tls",
        "",
        "Everything on https, under an authority that is made for this run. The
ready line names its certificate as \"ca_file\"; it is removed at the end.",
    ),
    flag(
        "api-key",
        "KEY",
        "The only key to accept; any other is answered 403. Without this flag any
well-formed key is accepted. Make one up: never type a real key here,
other users of this machine can read the command line.",
    ),
    flag(
        "code-lifetime-seconds",
        "SECONDS",
        "How long a code can be verified [default: 240]. Assumed: the real
lifetime is not documented; its callers assume 1 to 4 minutes.",
    ),
    flag(
        "max-attempts",
        "COUNT",
        "Wrong codes accepted per message before it is locked [default: 5];
0 is no limit. Assumed: whether there is a limit is not documented, and
5 is a common choice.",
    ),
    flag(
        "wrong-code-status",
        "200|400",
        "HTTP status of the answer to a wrong code [default: 200], and to a used,
locked or superseded one. Seen once each: one caller reads statusCode
1001 from a 200, and the same body has been seen with a 4xx. Try both.",
    ),
    flag(
        "new-send-voids-old",
        "",
        "A new send makes the earlier codes of its number invalid. Assumed to be
off: nobody outside the provider knows.",
    ),
    flag(
        "rate-limit",
        "COUNT/SECONDS",
        "At most so many sends per number in any such span of time, as in 3/60;
more are answered 429 with Retry-After [default: none]. Assumed: the
real limits are not documented.",
    ),
    flag(
        "seed",
        "NUMBER",
        "Of the chance with which faults strike [default: 1]: the same seed and
the same requests meet the same faults.",
    ),
    flag(
        "exit-with-stdin",
        "",
        "Stop when standard input ends. For a parent that spawns the sandbox with
a pipe: however the parent ends, the sandbox does not outlive it.",
    ),
];
