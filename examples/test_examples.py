"""The examples are tests: each language must do what its README promises, on success and on failure.

Run by `make test`:   test_examples.py RELEASE_FOLDER
"""

from __future__ import annotations

import socket
import sys
import threading
import unittest
from pathlib import Path
from typing import ClassVar

from support import Example, Outcome, Sandbox, all_examples, finish

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
        cls.examples = all_examples(RELEASE)
        cls.sandbox = cls.enterClassContext(Sandbox(RELEASE / "shoutout-sandbox"))

    def run_example(self, example: Example, base_url: str, *arguments: str, typed: str = "") -> Outcome:
        return finish(example.start(base_url, *arguments), typed)

    def test_the_right_code_is_verified(self) -> None:
        for number, example in enumerate(self.examples):
            with self.subTest(example.language):
                destination = f"9471000000{number}"
                process = example.start(self.sandbox.base_url, destination, "ඔබේ කේතය {{code}}")
                sms = self.sandbox.wait_for_sms(destination)
                outcome = finish(process, sms["code"])
                self.assertEqual(outcome.exit_status, 0, outcome)
                self.assertEqual(sms["text"], f"ඔබේ කේතය {sms['code']}")
                self.assertEqual(outcome.output, f"sent {sms['reference_id']}\ncode: verified\n")

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


if __name__ == "__main__":
    unittest.main()
