"""Servers and pools that fork after the client was made: each process has its own connections and answers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from servers import PATIENCE, EchoService
from shoutout_otp import Client

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier as SharedBarrier
    from types import TracebackType

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is no fork"),
    # Python warns since 3.12. The case is what is tested here.
    pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning"),
]

WORKERS = 4
SENDS = 25


class Inherited:
    """What the workers of a pool have from their parent."""

    client: Client
    all_there: SharedBarrier


def send_many(process: int) -> list[tuple[str, str]]:
    """Sends when all processes are there; gives each destination and the reference id of its answer."""
    Inherited.all_there.wait(PATIENCE)
    return [(destination, send(Inherited.client, destination)) for destination in destinations_of(process)]


def destinations_of(process: int) -> list[str]:
    return [f"9477{process:03}{i:04}" for i in range(SENDS)]


def send(client: Client, destination: str) -> str:
    return client.send_otp(source="ShoutDEMO", destination=destination, content="{{code}}").reference_id


def test_a_pool_and_its_parent_send_at_once_and_no_answer_is_crossed(library: Path, echo_service: EchoService) -> None:
    forking = multiprocessing.get_context("fork")
    Inherited.client = Client("test.test.test", ca_file=os.environ.get("CA_FILE"), library=library)
    Inherited.all_there = forking.Barrier(WORKERS + 1)
    send(Inherited.client, EchoService.WARM_UP)
    with forking.Pool(WORKERS) as pool:
        # Each waits for the others, so no worker can take two.
        in_workers = pool.map_async(send_many, range(1, WORKERS + 1), chunksize=1)
        answers = [send_many(0), *in_workers.get(PATIENCE)]
    Inherited.client.close()

    for process, of_process in enumerate(answers):
        assert of_process == [(destination, f"for-{destination}") for destination in destinations_of(process)]
    assert sorted(echo_service.connections) == sorted(
        [[EchoService.WARM_UP, *destinations_of(0)], *(destinations_of(worker) for worker in range(1, WORKERS + 1))]
    ), "each process has one connection of its own, and the parent keeps its own"


class Gunicorn:
    """gunicorn with two workers, its application loaded before the fork; in a session of its own."""

    def __init__(self, listener: socket.socket) -> None:
        tests = Path(__file__).parent
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--no-control-socket"),
                *(f"--bind=fd://{listener.fileno()}", f"--pythonpath={tests},{tests.parent / 'src'}"),
                "preloaded_app:app",
            ],
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )

    def stop(self) -> int:
        """Asks it to stop, and gives its exit status."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def has_left_something_running(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def __enter__(self) -> Gunicorn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends whatever is left of it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)


def test_the_master_of_gunicorn_preload_and_its_workers_send_at_once_each_on_its_own_connection(
    library: Path, echo_service: EchoService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUTOUT_OTP_LIBRARY", str(library))
    # A worker serves one request at a time, so both have to work, and the master with them.
    echo_service.at_once = Barrier(3)
    numbers = [f"947711100{i:02}" for i in range(20)]
    of_master = [f"947722200{i:02}" for i in range(10)]
    monkeypatch.setenv("NUMBERS_OF_THE_MASTER", " ".join(of_master))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def ask(number: str) -> tuple[str, str]:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/{number}"
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                process, _, reference_id = answer.read().decode().partition(" ")
                return process, reference_id

        with Gunicorn(listener) as server:
            with ThreadPoolExecutor(4) as browsers:
                answers = list(browsers.map(ask, numbers))
            assert server.stop() == 0
            assert not server.has_left_something_running()

    assert [reference_id for _, reference_id in answers] == [f"for-{number}" for number in numbers]
    by_worker: dict[str, list[str]] = {}
    for number, (process, _) in zip(numbers, answers):
        by_worker.setdefault(process, []).append(number)
    assert len(by_worker) == 2
    assert sorted(map(sorted, echo_service.connections)) == sorted(
        [[EchoService.WARM_UP, EchoService.WARM_UP, *of_master], *by_worker.values()]
    ), "each worker has one connection of its own, and the master keeps its own"
