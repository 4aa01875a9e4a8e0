"""The servers that tests talk to; each is a context manager on a free port of this machine."""

from __future__ import annotations

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

ROOT = Path(__file__).resolve().parents[3]
"""The repository."""

GOLDEN = ROOT / "tests" / "golden"

PATIENCE = 30.0
"""Seconds after which a step counts as failed; none takes a tenth of it."""


class _Program:
    """A server that prints one JSON line when it is ready and ends with its standard input."""

    def __init__(self, *command: str | Path) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.ready: dict[str, Any] = json.loads(self._process.stdout.readline())

    def stop(self) -> str:
        """Ends it; gives what it printed since it was ready. Anything but exit status 0 is a failure."""
        output, errors = self._process.communicate(timeout=PATIENCE)
        assert self._process.returncode == 0, output + errors
        return output


class GoldenService:
    """The service that plays the golden table and keeps a list of requests that no row foresees."""

    def __init__(self, program: Path) -> None:
        self._program = _Program(program, GOLDEN)
        self.url: str = self._program.ready["url"]

    def __enter__(self) -> GoldenService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert json.loads(self._program.stop()) == {"unexpected": []}


class _Server(ThreadingHTTPServer):
    request_queue_size = 256


class HeldService:
    """A service that keeps its first request waiting until `release` is set, and answers all others at once."""

    def __init__(self) -> None:
        self.received = threading.Event()
        """Set when the first request has arrived."""
        self.release = threading.Event()
        self.answer: tuple[int, dict[str, Any]] = (200, ACCEPTED)
        """HTTP status and body of every answer."""
        self.requests = 0
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                service.hold()
                status, content = service.answer
                body = json.dumps(content).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    pass  # The client's deadline has passed.

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/otpservice"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def hold(self) -> None:
        with self._lock:
            self.requests += 1
            first = self.requests == 1
        if first:
            self.received.set()
            self.release.wait(PATIENCE)

    def __enter__(self) -> HeldService:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Closes the port; may be called again."""
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class EchoService:
    """A service that keeps connections, names each request's destination in its answer, and knows who brought what.

    Requests are answered `at_once` at a time: one that comes alone waits for the others, unless it is a warm-up.
    """

    WARM_UP = "94770000000"
    """The number that a process sends to before it forks; others begin with it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.connections: list[list[str]] = []
        """For each connection, the destinations of its requests."""
        self.at_once = threading.Barrier(1)
        self.arrived = threading.Semaphore(0)
        """Released by every request that has to wait for others."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                self.destinations: list[str] = []
                service.connections.append(self.destinations)
                super().setup()

            def do_POST(self) -> None:
                destination = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["destination"]
                self.destinations.append(destination)
                if not destination.startswith(EchoService.WARM_UP):
                    service.arrived.release()
                    service.at_once.wait(PATIENCE)
                body = json.dumps({**ACCEPTED, "referenceId": f"for-{destination}"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if tls is not None:
            scheme, listener = "https", self._server.socket
            # The handshake waits for the connection's own thread.
            self._server.socket = tls.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)
        self.base_url = f"{scheme}://127.0.0.1:{self._server.server_port}/otpservice"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> EchoService:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class CrowdedService(HeldService):
    """A service that keeps every request waiting until `release` is set; `received` tells that `crowd` are waiting."""

    def __init__(self, crowd: int) -> None:
        super().__init__()
        self.crowd = crowd
        self.most_at_once = 0
        self._waiting = 0

    def hold(self) -> None:
        with self._lock:
            self.requests += 1
            self._waiting += 1
            self.most_at_once = max(self.most_at_once, self._waiting)
            if self._waiting == self.crowd:
                self.received.set()
        if not self.release.wait(PATIENCE):
            self.release.set()  # The test has failed; it need not wait for every request.
        with self._lock:
            self._waiting -= 1


ACCEPTED = {
    "referenceId": "f437c171-2d08-48c8-a4a2-0123456789ab",
    "messageResult": {"status": "1001", "description": "submit success", "cost": 1, "responses": []},
}
