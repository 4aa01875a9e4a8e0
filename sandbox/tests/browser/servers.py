"""The sandbox as a process of its own, which a test may stop and start again at the same address."""

from __future__ import annotations

import json
import ssl
import subprocess
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

PATIENCE = 30.0
"""Seconds after which a step counts as failed; none takes a tenth of it."""


class Sandbox:
    """A local ShoutOUT with an inbox page at `url`."""

    def __init__(self, program: Path, *flags: str) -> None:
        self._command = [str(program), *flags, "--exit-with-stdin"]
        self._process: subprocess.Popen[str] | None = None
        self._start(port=0)

    def _start(self, port: int) -> None:
        self._process = subprocess.Popen(
            [*self._command, "--port", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self.url: str = ready["url"]
        self.base_url: str = ready["base_url"]
        self.ca_file: str | None = ready.get("ca_file")
        """What a client has to trust, with --tls."""

    def stop(self) -> None:
        """Anything but exit status 0 is a failure."""
        if self._process is not None:
            output, errors = self._process.communicate(timeout=PATIENCE)
            assert self._process.returncode == 0, output + errors
            self._process = None

    def start_again(self) -> None:
        """A new process at the old address; it knows nothing of the earlier one."""
        self._start(self.port)

    @property
    def port(self) -> int:
        port = urllib.parse.urlsplit(self.url).port
        assert port is not None
        return port

    def ask(self, path: str, method: str = "GET", /, **body: object) -> dict[str, Any]:
        """What the control API answers."""
        content = json.dumps(body).encode() if body else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", content, headers, method=method)
        trusted = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        with urllib.request.urlopen(request, timeout=PATIENCE, context=trusted) as answer:
            parsed: dict[str, Any] = json.load(answer)
            return parsed

    def messages(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.ask("messages")["messages"]
        return listed

    def code_for(self, number: str) -> str:
        """The code of the newest SMS to the number."""
        code: str = [sms["code"] for sms in self.messages() if sms["destination"] == number][-1]
        return code

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
