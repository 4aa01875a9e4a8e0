//! `--help`: for somebody who has never seen the sandbox.

use std::fmt::Write;

use super::flags::FLAGS;

pub fn text() -> String {
    let mut text = String::from(BEFORE);
    for flag in FLAGS {
        let value = if flag.is_switch() { String::new() } else { format!(" <{}>", flag.value) };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    --{}{value}", flag.name);
        for line in flag.help.lines() {
            let _ = writeln!(text, "        {line}");
        }
    }
    text + AFTER
}

const BEFORE: &str = "\
shoutout-sandbox: a local ShoutOUT OTP service, for development and tests only.

It sends nothing to anybody. Point a client at the base URL it prints, and read
the \"SMS\" in a browser at its URL, or from a test through the control API.

USAGE
    shoutout-sandbox [OPTIONS]
    shoutout-sandbox wait --to NUMBER    print the code of an SMS when it comes;
                                         see shoutout-sandbox wait --help

OPTIONS
    Each is an environment variable, too: --max-attempts 3 is
    SHOUTOUT_SANDBOX_MAX_ATTEMPTS=3, and a switch is on with 1, true or yes, off
    with 0, false or no. The flag wins over the variable.

    What cannot be known of the real service is a switch here. \"Documented\",
    \"seen once\" and \"assumed\" say how a default is known.

";

const AFTER: &str = "    \
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
    POST   /_sandbox/reset                         back to the beginning
    GET    /                                       the inbox page

EXAMPLES
    Send, and read what came:
    curl http://127.0.0.1:8026/otpservice/send \\
        -H 'Authorization: Apikey made-up' -H 'Content-Type: application/json' \\
        -d '{\"source\":\"ShoutDEMO\",\"destination\":\"94771234567\",\"transport\":\"sms\",
             \"content\":{\"sms\":\"Your code is {{code}}\"}}'
    curl 'http://127.0.0.1:8026/_sandbox/wait?to=94771234567&timeout=5'

    The next send is delivered, but its answer is lost:
    curl http://127.0.0.1:8026/_sandbox/faults -H 'Content-Type: application/json' \\
        -d '{\"path\":\"send\",\"do\":{\"kind\":\"answer_lost\"}}'

    Five minutes later:
    curl http://127.0.0.1:8026/_sandbox/clock -H 'Content-Type: application/json' \\
        -d '{\"advance_seconds\":300}'

    No credit, at a magic number; docs/magic-numbers.md has them all:
    send to 94700000004
";
