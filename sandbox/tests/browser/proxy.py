"""A way to the sandbox that can be cut and mended, as a network cable."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Cable:
    """Listens on a port of its own and passes bytes on; the sandbox is told its own address in place of ours."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        own_port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{own_port}"
        self._names = (f"127.0.0.1:{own_port}".encode(), f"127.0.0.1:{port}".encode())
        self._lock = threading.Lock()
        self._is_cut = False
        self._open: list[socket.socket] = []
        self.resumed_after: list[str] = []
        """What the browser gave as `Last-Event-ID`, each time."""
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            for end in self._open:
                _shut(end)
            self._open.clear()

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._join(self._listener.accept()[0])

    def _join(self, browser: socket.socket) -> None:
        with self._lock:
            if self._is_cut:
                browser.close()
                return
            sandbox = socket.create_connection(("127.0.0.1", self._port))
            self._open += [browser, sandbox]
        threading.Thread(target=self._pass_on, args=(browser, sandbox, True), daemon=True).start()
        threading.Thread(target=self._pass_on, args=(sandbox, browser, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_request: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(self._renamed(piece) if is_request else piece)
        _shut(source)
        _shut(target)

    def _renamed(self, request: bytes) -> bytes:
        for line in request.decode("latin-1").splitlines():
            name, _, value = line.partition(": ")
            if name.lower() == "last-event-id":
                self.resumed_after.append(value)
        return request.replace(*self._names)

    def __enter__(self) -> Cable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self.cut()


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
