"""The command line of the doctor."""

from __future__ import annotations

import argparse
import io
import os
import sys
from typing import TYPE_CHECKING

from . import installation
from .finding import Finding, Verdict
from .service import Settings, api_key, service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DESCRIPTION = """\
Tells what is installed here, and whether it reaches the service: the package, the C library and where it was loaded
from, the sandbox for tests, the environment, the API key's form, the service. The report is for you, and for a bug
report: no key, no password and no token is in it.

What the service is asked. With SHOUTOUT_API_KEY set, to verify a code that was never sent, for a reference id that does
not exist: one request, the way your application would make it, with the key and without an SMS, a cost or anybody's
attempt used up. Without a key: nothing; a TCP connection is opened and closed. The address is SHOUTOUT_BASE_URL, or the
provider's.
"""

_EPILOG = """\
exit status: 0 if no fault was found, 1 if one was, 2 if the command line is wrong, 141 if whoever read this left. What
is NOT CHECKED is no fault, and not known to work either.
"""


def main(arguments: Sequence[str]) -> int:
    """Prints each finding as soon as it is known; gives the exit status."""
    settings = _settings(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what others said may be in any language
    verdicts = set()
    for finding in _findings(settings):
        print(_without_key(str(finding)), flush=True)
        verdicts.add(finding.verdict)
    print(f"\n{_summary(verdicts)}")
    return 1 if Verdict.FAULT in verdicts else 0


def _findings(settings: Settings) -> Iterator[Finding]:
    yield installation.package()
    yield installation.python()
    yield installation.library()
    yield installation.sandbox()
    yield from installation.environment()
    yield api_key()
    yield service(settings)


def _summary(verdicts: set[Verdict]) -> str:
    if Verdict.FAULT in verdicts:
        return "Something does not work: see FAULT above."
    if Verdict.NOT_CHECKED in verdicts or Verdict.DOUBTFUL in verdicts:
        return "No fault was found, but not everything is known to work: see above."
    return "All is well."


def _without_key(text: str) -> str:
    """No finding shows the key; but it may stand in the wrong variable, or a loader may repeat it."""
    key = os.environ.get("SHOUTOUT_API_KEY", "").strip()
    return text.replace(key, "(the API key)") if len(key) >= 8 else text


def _settings(arguments: Sequence[str]) -> Settings:
    defaults = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m shoutout_otp",
        usage="%(prog)s doctor [--offline] [--timeout SECONDS] [--ca-file FILE] [--proxy URL] [--allow-plain-http]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", metavar="doctor", help="the one command there is")
    parser.add_argument("--offline", action="store_true", help="leave the service alone")
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        default=defaults.timeout,
        help="for the service [default: %(default)g]",
    )
    parser.add_argument("--ca-file", metavar="FILE", help="as the client's argument ca_file")
    parser.add_argument("--proxy", metavar="URL", help="as the client's argument proxy")
    parser.add_argument("--allow-plain-http", action="store_true", help="as the client's argument allow_plain_http")
    known, unknown = parser.parse_known_args(arguments)
    # Neither is repeated: somebody may have typed a key.
    if known.command != "doctor":
        parser.error("the one command there is: doctor")
    if unknown:
        parser.error(f"{len(unknown)} argument(s) not understood; the key is taken from SHOUTOUT_API_KEY only")
    return Settings(known.timeout, known.ca_file, known.proxy, known.allow_plain_http, known.offline)
