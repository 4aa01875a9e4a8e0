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
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        patience = PATIENCE
        stuck = threading.Event()
        impatience = threading.Timer(patience, self._kill, [stuck])
        impatience.start()
        try:
            line = self._process.stdout.readline()
            ready = _ready_in(line)
            if ready is not None:
                return ready
            # It is no sandbox, or is about to end: how it does, and all that it has to say.
            self._process.stdin.close()
            output = line + self._process.stdout.read()
            status = self._process.wait()
        finally:
            impatience.cancel()
        self._errors.seek(0)
        said = (output + self._errors.read()).decode(errors="replace")
        how = f"did not end within {patience:g} seconds" if stuck.is_set() else f"ended with status {status}"
        raise SandboxError(f"{program} {how} and was never ready. {said}".strip())

    def _kill(self, stuck: threading.Event) -> None:
        if self._process.poll() is None:
            stuck.set()
            self._process.kill()

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


def _ready_in(line: bytes) -> dict[str, Any] | None:
    try:
        ready = json.loads(line)
    except ValueError:
        return None
    return ready if isinstance(ready, dict) and "base_url" in ready else None


def _environment() -> dict[str, str]:
    """This process's, but for the settings of the sandbox that a developer keeps open.

    Tests are the same on every machine.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("SHOUTOUT_SANDBOX_")}
