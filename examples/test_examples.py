"""The examples are tests: each language must do what its README promises, on success and on failure.

Run by `make test`:   test_examples.py RELEASE_FOLDER
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import unittest
from pathlib import Path
from typing import ClassVar

from support import EXAMPLES, PATIENCE, ROOT, Example, Outcome, Sandbox, all_examples, compiled, finish, sms_of

RELEASE = Path(sys.argv.pop() if len(sys.argv) > 1 else "target/release").resolve()


class SilentAfterRequest:
    """A service that takes one whole request and closes without a word: the SMS may be on its way."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/otpservice"
        self.requests = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                received = b""
                while b'"destination"' not in received:
                    received += connection.recv(65536)
                self.requests += 1

    def close(self) -> None:
        self._listener.close()


class ExamplesTest(unittest.TestCase):
    examples: ClassVar[list[Example]]
    sandbox: ClassVar[Sandbox]

    @classmethod
    def setUpClass(cls) -> None:
        examples = all_examples(RELEASE)
        cls.examples = [*examples, *(e.under_valgrind() for e in examples if e.language in ("C", "C++"))]
        cls.sandbox = cls.enterClassContext(Sandbox(RELEASE / "shoutout-sandbox"))

    def run_example(self, example: Example, base_url: str, *arguments: str, typed: str = "") -> Outcome:
        return finish(example.start(base_url, *arguments), typed)

    def test_the_right_code_is_verified(self) -> None:
        for number, example in enumerate(self.examples):
            with self.subTest(example.language):
                destination = f"9471000000{number}"
                process = example.start(self.sandbox.base_url, destination, "ඔබේ කේතය {{code}}")
                sms = sms_of(process, destination, self.sandbox)
                outcome = finish(process, sms.code)
                self.assertEqual(outcome.exit_status, 0, outcome)
                self.assertEqual(sms.text, f"ඔබේ කේතය {sms.code}")
                self.assertEqual(outcome.output, f"sent {sms.reference_id}\ncode: verified\n")

    def test_a_wrong_code_is_an_answer_and_no_error(self) -> None:
        for number, example in enumerate(self.examples):
            with self.subTest(example.language):
                outcome = self.run_example(example, self.sandbox.base_url, f"9472000000{number}", typed="wrong")
                self.assertEqual(outcome.exit_status, 1, outcome)
                self.assertIn("not verified: ", outcome.output)
                self.assertEqual(outcome.errors, "")

    def test_a_local_number_is_refused_with_what_would_be_right(self) -> None:
        for example in self.examples:
            with self.subTest(example.language):
                outcome = self.run_example(example, self.sandbox.base_url, "0771234567")
                self.assertEqual(outcome.exit_status, 2, outcome)
                self.assertIn("E.164", outcome.errors)
                self.assertNotIn("wait", outcome.errors)

    def test_an_sms_that_may_be_on_its_way_is_told_and_never_sent_twice(self) -> None:
        for example in self.examples:
            with self.subTest(example.language):
                service = SilentAfterRequest()
                self.addCleanup(service.close)
                outcome = self.run_example(example, service.base_url, "94771234567")
                self.assertEqual(outcome.exit_status, 2, outcome)
                self.assertIn("wait", outcome.errors)
                self.assertEqual(service.requests, 1)


class LoginTestsTest(unittest.TestCase):
    """The tests of a login that users copy: they pass, and they are all there."""

    def run_tests(self, *command: str | Path) -> str:
        done = subprocess.run(
            command,
            env=os.environ
            | {
                "SHOUTOUT_SANDBOX_BIN": str(RELEASE / "shoutout-sandbox"),
                "SHOUTOUT_OTP_LIBRARY": str(RELEASE / "libshoutout_otp.so"),
                "PYTHONPATH": str(ROOT / "bindings/python/src"),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            timeout=PATIENCE,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_with_pytest(self) -> None:
        # Where the package is installed, its entry point names the plugin.
        options = ["-p", "shoutout_otp.testing.pytest_plugin", "-p", "no:cacheprovider", "-W", "error"]
        output = self.run_tests(sys.executable, "-m", "pytest", *options, EXAMPLES / "python/test_login.py")
        self.assertIn(" 6 passed in ", output)

    def test_with_phpunit(self) -> None:
        bootstrap = EXAMPLES / "php/bootstrap.php"
        options = ["--no-configuration", "--do-not-cache-result", "--fail-on-warning", "--bootstrap", bootstrap]
        self.assertIn("OK (6 tests, ", self.run_tests("phpunit", *options, EXAMPLES / "php/LoginTest.php"))

    def test_in_the_shell_for_c_and_cpp(self) -> None:
        for source, compiler in [
            ("c/send_and_verify.c", ["cc", "-std=c99"]),
            ("cpp/send_and_verify.cpp", ["c++", "-std=c++17"]),
        ]:
            with self.subTest(source):
                login = compiled(source, compiler, RELEASE)
                output = self.run_tests(EXAMPLES / "shell/test_login.sh", RELEASE / "shoutout-sandbox", login)
                self.assertEqual(output.count("ok: "), 5, output)


class SamplesTest(unittest.TestCase):
    """What the README and the docs show is what the tests run."""

    def test_every_sample_of_the_documentation_stands_in_a_tested_file(self) -> None:
        found = 0
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bindings/*/README.md")]:
            for path, sample in SAMPLE.findall(page.read_text("utf-8")):
                found += 1
                with self.subTest(f"{page.relative_to(ROOT)}: {path}"):
                    source = (ROOT / path).read_text("utf-8")
                    self.assertIn(without_indentation(sample), without_indentation(source))
        self.assertGreater(found, 0)

    def test_every_code_block_in_a_language_of_ours_is_such_a_sample(self) -> None:
        for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
            blocks = re.findall(r"^```(?:c|cpp|python|php)$", page.read_text("utf-8"), re.MULTILINE)
            samples = SAMPLE.findall(page.read_text("utf-8"))
            self.assertEqual(len(blocks), len(samples), f"{page.name} shows code that no test runs")


SAMPLE = re.compile(r"<!-- sample: (\S+) -->\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def without_indentation(text: str) -> str:
    """A sample may stand less far to the right than in its file."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


if __name__ == "__main__":
    unittest.main()
