"""The sandbox as a child process."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from typing import Any

from ._errors import SandboxError

PATIENCE = 30.0
"""Seconds after which the sandbox counts as stuck; it needs a fraction of one."""


class Process:
    """A sandbox on a free port, that ends with its standard input.

    The other end of that is this process's alone: however it dies, the sandbox goes with it.
    """

    def __init__(self, program: str, options: tuple[str, ...]) -> None:
        # A file, since a pipe that nobody reads may fill up and stop the sandbox.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        try:
            self._process = subprocess.Popen(
                [program, "--port", "0", "--exit-with-stdin", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=_environment(),
            )
        except OSError as error:
            self._errors.close()
            raise SandboxError(f"{program} cannot be run: {error}") from None
        try:
            self.ready = self._read_ready(program)
        except BaseException:
            self.stop()
            raise

    def _read_ready(self, program: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        impatience = threading.Timer(PATIENCE, self._process.kill)
        impatience.start()
        try:
            line = self._process.stdout.readline()
        finally:
            impatience.cancel()
        try:
            ready: dict[str, Any] = json.loads(line)
        except ValueError:
            ready = {}
        if "base_url" in ready:
            return ready
        self._process.kill()
        self._process.wait()
        raise SandboxError(
            f"{program} ended with status {self._process.returncode} and was never ready. {self._said(line)}".strip()
        )

    def _said(self, line: bytes) -> str:
        self._errors.seek(0)
        return (line + self._errors.read()).decode(errors="replace")

    def stop(self) -> None:
        """Ends it, for certain; may be called again."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        self._errors.close()


def _environment() -> dict[str, str]:
    """This process's, but for the settings of the sandbox that a developer keeps open.

    Tests are the same on every machine.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("SHOUTOUT_SANDBOX_")}
