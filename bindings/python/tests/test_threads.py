"""Many threads share a client: their calls run at the same time, and each gets the answer to its own request."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from servers import PATIENCE, HeldService
from shoutout_otp import Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from native import ObservedLibrary

THREADS = 16


class MeetingHandler(BaseHTTPRequestHandler):
    """Answers a send with the reference id `for-DESTINATION`, once as many requests are there as there are threads."""

    protocol_version = "HTTP/1.1"
    meeting: threading.Barrier

    def do_POST(self) -> None:
        destination = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["destination"]
        self.meeting.wait(PATIENCE)
        body = json.dumps({"referenceId": f"for-{destination}", "messageResult": {"status": "1001"}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


class Meeting(ThreadingHTTPServer):
    request_queue_size = 4 * THREADS


@pytest.fixture
def meeting_url() -> Iterator[str]:
    class Handler(MeetingHandler):
        meeting = threading.Barrier(THREADS)

    with Meeting(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def send(client: Client, destination: str) -> str:
    return client.send_otp(source="ShoutDEMO", destination=destination, content="{{code}}").reference_id


def test_sixteen_threads_send_at_the_same_time_and_get_their_own_answers(library: Path, meeting_url: str) -> None:
    # A call that kept the interpreter's lock would be alone at the meeting, and time out.
    with Client("test.test.test", base_url=meeting_url, library=library) as client:
        for turn in range(4):
            destinations = [f"9474{turn:03}{thread:04}" for thread in range(THREADS)]
            with ThreadPoolExecutor(THREADS) as pool:
                given = list(pool.map(send, [client] * THREADS, destinations))
            assert given == [f"for-{destination}" for destination in destinations]


def test_a_client_that_only_a_running_call_refers_to_is_freed_after_that_call(
    native: ObservedLibrary, held_service: HeldService
) -> None:
    made: list[weakref.ref[Client]] = []

    def send_from_a_client_that_nobody_keeps() -> str:
        client = Client("test.test.test", base_url=held_service.base_url)
        made.append(weakref.ref(client))
        call = client.send_otp
        del client
        return call(source="ShoutDEMO", destination="94771234567", content="{{code}}").status

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send_from_a_client_that_nobody_keeps)
        assert held_service.received.wait(PATIENCE)
        gc.collect()
        assert "so_free_client begins" not in native.journal

        held_service.release.set()
        assert sending.result(PATIENCE) == "1001"
    gc.collect()

    assert made[0]() is None
    assert native.order_of("so_send_otp", "so_free_client") == [
        "so_send_otp begins",
        "so_send_otp ends",
        "so_free_client begins",
        "so_free_client ends",
    ]
