"""What the demo and the test of the examples share: one way to run an example in any language, and to get its SMS.

The four examples behave alike: `send_and_verify DESTINATION [CONTENT]` prints `sent <reference id>`, asks for the code,
and says whether it was right.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bindings/python/src"))

from shoutout_otp.testing import NoSmsError, Sandbox, Sms

EXAMPLES = Path(__file__).resolve().parent
ROOT = EXAMPLES.parent
PATIENCE = 30.0
"""Seconds after which a step counts as failed; nothing here takes a tenth of it."""


class NothingSentError(Exception):
    """A program ended without sending an SMS; the text is what it said."""


def sms_of(sender: subprocess.Popen[str], to: str, sandbox: Sandbox) -> Sms:
    """The first SMS to a number, as soon as it is there; gives up when the program that sends it has ended."""
    while True:
        ended = sender.poll() is not None
        with suppress(NoSmsError):
            return sandbox.wait_for_sms(to, timeout=1)
        if ended:
            output, errors = sender.communicate()
            raise NothingSentError(f"no SMS was sent: {output}{errors}".strip())


@dataclass(frozen=True)
class Outcome:
    """How an example ended."""

    exit_status: int
    output: str
    errors: str


class Example:
    """One example, ready to run."""

    def __init__(self, language: str, command: list[str], library: Path) -> None:
        self.language = language
        self._command = command
        self._library = library

    def under_valgrind(self) -> Example:
        """The same program, which now also fails where it leaks or touches what is not its own."""
        kinds = "definite,indirect,possible"
        valgrind = ["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full"]
        checks = [f"--show-leak-kinds={kinds}", f"--errors-for-leak-kinds={kinds}"]
        return Example(f"{self.language} under valgrind", [*valgrind, *checks, *self._command], self._library)

    def start(self, base_url: str, *arguments: str) -> subprocess.Popen[str]:
        """Starts the example as a user would: key and address in the environment."""
        environment = os.environ | {
            "SHOUTOUT_API_KEY": "demo.demo.demo",
            "SHOUTOUT_BASE_URL": base_url,
            "SHOUTOUT_OTP_LIBRARY": str(self._library),
            "PYTHONPATH": str(ROOT / "bindings/python/src"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.Popen(
            [*self._command, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def finish(process: subprocess.Popen[str], typed: str) -> Outcome:
    """Types a line into a running example and waits for its end."""
    output, errors = process.communicate(typed + "\n", timeout=PATIENCE)
    return Outcome(process.returncode, output, errors)


def all_examples(release: Path) -> list[Example]:
    """The examples in the four languages; those in C and C++ are compiled as their README says."""
    library = release / "libshoutout_otp.so"
    python = EXAMPLES / "python/send_and_verify.py"
    php = EXAMPLES / "php/send_and_verify.php"
    return [
        Example("C", [compiled("c/send_and_verify.c", ["cc", "-std=c99"], release)], library),
        Example("C++", [compiled("cpp/send_and_verify.cpp", ["c++", "-std=c++17"], release)], library),
        Example("Python", [sys.executable, str(python)], library),
        Example("PHP", ["php", str(php)], library),
    ]


def compiled(source: str, compiler: list[str], release: Path) -> str:
    """Compiles an example against the header and the shared library; gives the program's path."""
    program = release.parent / "examples-bin" / Path(source).parent.name
    program.parent.mkdir(exist_ok=True)
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    place = ["-I", str(ROOT / "include"), "-L", str(release), f"-Wl,-rpath,{release}"]
    subprocess.run(
        [*compiler, *warnings, str(EXAMPLES / source), *place, "-lshoutout_otp", "-o", str(program)], check=True
    )
    return str(program)
