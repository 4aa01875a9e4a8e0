"""A client survives `fork()`: the library sees to its own state, and this package to its lock and its count."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain
from threading import Barrier
from typing import TYPE_CHECKING, Callable

import pytest

from native import ObservedLibrary
from servers import PATIENCE, EchoService, HeldService
from shoutout_otp import Client, SendResult, _client
from shoutout_otp._library import load

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is no fork"),
    # Python warns since 3.12. The case is what is tested here.
    pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning"),
]

THREADS = 8
CONNECTIONS = 12
"""Of the parent: some are idle while its threads send."""
BEFORE, MEANWHILE, AFTER = range(3)
PHASES = {BEFORE: CONNECTIONS, MEANWHILE: THREADS, AFTER: CONNECTIONS}
"""By number: how many threads of the parent send."""
PARENT = 1
CHILDREN = {2: 5, 3: 6, 4: 7}
"""By number: the child of each."""


def forks(test: Callable[..., None]) -> Callable[..., None]:
    """The same marks, for a single test elsewhere."""
    for mark in pytestmark:
        test = mark(test)
    return test


class Child:
    """A forked process that does one thing and reports it; it is killed if it hangs."""

    def __init__(self, task: Callable[[], object]) -> None:
        self._reader, writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            self.report(task, writer)
        os.close(writer)

    @staticmethod
    def report(task: Callable[[], object], writer: int) -> None:
        """In the child: never comes back."""
        try:
            said = str(task())
        except BaseException:  # noqa: BLE001 - the parent prints it
            said = traceback.format_exc()
        os.write(writer, said.encode())
        os._exit(0)

    def said(self) -> str:
        ready, _, _ = select.select([self._reader], [], [], PATIENCE)
        if not ready:
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        try:
            return os.read(self._reader, 65536).decode() if ready else "the child hangs"
        finally:
            os.close(self._reader)


def send(client: Client, destination: str = "94771234567") -> SendResult:
    return client.send_otp(source="ShoutDEMO", destination=destination, content="{{code}}")


def test_a_child_forked_while_another_thread_sends_can_send_and_close(library: Path, held_service: HeldService) -> None:
    client = Client("test.test.test", base_url=held_service.base_url, library=library)

    def send_and_close() -> str:
        status = send(client).status
        client.close()  # Would wait for ever for the thread that exists in the parent only.
        return status

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send, client)
        assert held_service.received.wait(PATIENCE)
        said = Child(send_and_close).said()
        held_service.release.set()
        assert sending.result(PATIENCE).status == "1001"
    client.close()

    assert said == "1001"
    assert held_service.requests == 2


def test_a_child_forked_while_another_thread_holds_the_lock_can_send(library: Path, held_service: HeldService) -> None:
    held_service.release.set()
    client = Client("test.test.test", base_url=held_service.base_url, library=library)
    held, let_go = threading.Event(), threading.Event()

    def hold_the_lock() -> None:
        with client._handle._changed:
            held.set()
            let_go.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold_the_lock)
        assert held.wait(PATIENCE)
        said = Child(lambda: send(client).status).said()
        let_go.set()
    client.close()

    assert said == "1001"


def test_a_fork_in_the_middle_of_a_call_leaves_both_processes_a_client_that_closes(
    library: Path, held_service: HeldService, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_service.release.set()
    native = ObservedLibrary(load(library))
    monkeypatch.setattr(_client, "load", lambda _: native)
    client = Client("test.test.test", base_url=held_service.base_url)
    children: list[Child] = []

    def close_within_the_call() -> int:
        client.close()  # The child carries on the call of the thread that forked, so this does not wait.
        assert "so_free_client begins" not in native.journal
        return len(client._handle._running)

    def fork() -> None:
        children.append(Child(close_within_the_call))

    native.during["so_send_otp"] = fork  # Python runs signal handlers at this point, and one may fork.
    assert send(client).status == "1001"
    client.close()

    assert children[0].said() == "1"
    assert native.order_of("so_free_client") == ["so_free_client begins", "so_free_client ends"]


def numbers_of(process: int, thread: int = 0, phase: int = 0) -> list[str]:
    return [f"9477{process}{phase}{thread:02}{turn}" for turn in range(5)]


class Family:
    """A process, its children and theirs, all with one client. Each looks for answers to sends that are not his."""

    def __init__(self, client: Client, service: EchoService) -> None:
        self.client = client
        self.service = service

    def wrong_answers(self, numbers: list[str]) -> list[str]:
        answers = [(number, send(self.client, number).reference_id) for number in numbers]
        return [answer for number, answer in answers if answer != f"for-{number}"]

    def parent_begins(self, phase: int, pool: ThreadPoolExecutor) -> list[Future[list[str]]]:
        """Comes back when every thread is in the middle of a send."""
        self.service.arrived = threading.Semaphore(0)
        numbers = [numbers_of(PARENT, thread, phase) for thread in range(PHASES[phase])]
        sends = [pool.submit(self.wrong_answers, of_thread) for of_thread in numbers]
        for _ in sends:
            assert self.service.arrived.acquire(timeout=PATIENCE)
        return sends

    def child(self, process: int) -> str:
        """Sends while its own child does, which has inherited connections of two processes."""
        wrong = self.wrong_answers([f"{EchoService.WARM_UP}{process}"])
        grandchild = Child(lambda: self.wrong_answers(numbers_of(CHILDREN[process])))
        wrong += self.wrong_answers(numbers_of(process))
        return f"{wrong} {grandchild.said()}"


def test_a_parent_of_many_threads_its_children_and_theirs_send_at_once_each_on_connections_of_its_own(
    library: Path, echo_service: EchoService
) -> None:
    client = Client("test.test.test", ca_file=os.environ.get("CA_FILE"), library=library)
    family = Family(client, echo_service)
    with client, ThreadPoolExecutor(CONNECTIONS) as pool:

        def parent_sends(phase: int) -> None:
            echo_service.at_once = Barrier(CONNECTIONS)
            assert [sending.result(PATIENCE) for sending in family.parent_begins(phase, pool)] == [[]] * CONNECTIONS

        parent_sends(BEFORE)
        echo_service.at_once = Barrier(THREADS + 2 * len(CHILDREN))
        sends = family.parent_begins(MEANWHILE, pool)
        children = [Child(partial(family.child, process)) for process in CHILDREN]
        assert [child.said() for child in children] == ["[] []"] * len(CHILDREN)
        assert [sending.result(PATIENCE) for sending in sends] == [[]] * THREADS
        parent_sends(AFTER)

    assert_connections_of_their_own(echo_service.connections)


def assert_connections_of_their_own(connections: list[list[str]]) -> None:
    """The parent had the same ones throughout; each of the others had one."""
    numbers_of_threads = [
        numbers_of(PARENT, thread, phase) for phase, threads in PHASES.items() for thread in range(threads)
    ]
    of_parent = [numbers for numbers in connections if numbers[0] in chain(*numbers_of_threads)]
    assert len(of_parent) == CONNECTIONS
    assert sorted(chain(*of_parent)) == sorted(chain(*numbers_of_threads))

    of_children = [[f"{EchoService.WARM_UP}{process}", *numbers_of(process)] for process in CHILDREN]
    of_grandchildren = [numbers_of(process) for process in CHILDREN.values()]
    of_others = [numbers for numbers in connections if numbers not in of_parent]
    assert sorted(of_others) == sorted(of_children + of_grandchildren)
