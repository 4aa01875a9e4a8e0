"""`close()` waits for calls that are running, and the library's client is never freed under one."""

from __future__ import annotations

import gc
import itertools
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Callable

import pytest

from native import ObservedCondition, ObservedLibrary
from servers import PATIENCE, HeldService
from shoutout_otp import Client, ClientClosedError, SendResult, _handle
from shoutout_otp._handle import Handle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SEND_THEN_FREE = ["so_send_otp begins", "so_send_otp ends", "so_free_client begins", "so_free_client ends"]


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released once by every thread that begins to wait in `close()`."""
    semaphore = threading.Semaphore(0)
    monkeypatch.setattr(_handle, "_new_condition", lambda: ObservedCondition(semaphore))
    return semaphore


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as executor:
        yield executor


def client_of(service: HeldService) -> Client:
    return Client("test.test.test", base_url=service.base_url)


def send(client: Client) -> SendResult:
    return client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")


def start_sending(client: Client, service: HeldService, pool: ThreadPoolExecutor) -> Future[SendResult]:
    """A send that has reached the service, which has yet to answer."""
    sending = pool.submit(send, client)
    assert service.received.wait(PATIENCE)
    return sending


def test_close_waits_for_the_thread_that_is_sending(
    native: ObservedLibrary, waiting: threading.Semaphore, pool: ThreadPoolExecutor, held_service: HeldService
) -> None:
    client = client_of(held_service)
    sending = start_sending(client, held_service, pool)

    closing = pool.submit(client.close)
    assert waiting.acquire(timeout=PATIENCE), "close() does not wait"
    assert "so_free_client begins" not in native.journal
    assert not closing.done()

    held_service.release.set()
    closing.result(PATIENCE)
    assert sending.result(PATIENCE).status == "1001"
    assert native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE


def test_several_threads_may_close_at_once_and_free_once(
    native: ObservedLibrary, waiting: threading.Semaphore, pool: ThreadPoolExecutor, held_service: HeldService
) -> None:
    client = client_of(held_service)
    sending = start_sending(client, held_service, pool)

    closings = [pool.submit(client.close) for _ in range(4)]
    for _ in closings:
        assert waiting.acquire(timeout=PATIENCE)

    held_service.release.set()
    for closing in closings:
        closing.result(PATIENCE)
    sending.result(PATIENCE)
    client.close()
    assert native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE


def test_a_closing_client_takes_no_new_call(
    native: ObservedLibrary, waiting: threading.Semaphore, pool: ThreadPoolExecutor, held_service: HeldService
) -> None:
    client = client_of(held_service)
    sending = start_sending(client, held_service, pool)
    closing = pool.submit(client.close)
    assert waiting.acquire(timeout=PATIENCE)

    with pytest.raises(ClientClosedError):
        send(client)
    assert "so_free_client begins" not in native.journal

    held_service.release.set()
    closing.result(PATIENCE)
    sending.result(PATIENCE)
    assert held_service.requests == 1


def test_a_signal_handler_that_closes_in_the_middle_of_its_own_threads_call_does_not_hang(
    native: ObservedLibrary, held_service: HeldService
) -> None:
    held_service.release.set()
    client = client_of(held_service)
    native.during["so_send_otp"] = client.close  # Python runs signal handlers at this point.

    assert send(client).status == "1001"
    assert client.closed
    assert native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE


def run_with(action: Callable[[], None], before_line: int, function: Callable[[], object]) -> bool:
    """Runs the function, and the action before the n-th line that it runs of `Handle.call`; whether there was one."""
    lines = itertools.count(1)
    acted = False

    def on_event(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal acted
        if frame.f_code is not Handle.call.__code__:
            return None
        if event == "line" and next(lines) == before_line:
            sys.settrace(None)
            acted = True
            action()
        return on_event

    before = sys.gettrace()
    sys.settrace(on_event)
    try:
        function()
    finally:
        sys.settrace(before)
    return acted


@pytest.mark.parametrize("closer", ["a signal handler of the same thread", "another thread"])
def test_close_may_come_before_any_line_of_a_call(
    native: ObservedLibrary,
    waiting: threading.Semaphore,
    pool: ThreadPoolExecutor,
    held_service: HeldService,
    closer: str,
) -> None:
    held_service.release.set()
    outcomes: list[str] = []

    def close() -> None:
        if closer == "another thread":
            closings.append(pool.submit(client.close))
            closings[0].add_done_callback(lambda _: waiting.release())
            assert waiting.acquire(timeout=PATIENCE), "close() neither waits nor ends"
        else:
            client.close()

    def call() -> None:
        try:
            outcomes.append(send(client).status)
        except ClientClosedError:
            outcomes.append("refused")

    for line in itertools.count(1):
        client, closings = client_of(held_service), list[Future[None]]()
        native.journal.clear()
        if not run_with(close, line, call):
            client.close()
            break
        for closing in closings:
            closing.result(PATIENCE)
        order = native.order_of("so_send_otp", "so_free_client")
        assert order == (SEND_THEN_FREE if outcomes[-1] == "1001" else SEND_THEN_FREE[2:]), f"closed before line {line}"

    assert outcomes[0] == "refused"
    assert outcomes[-2] == "1001", "a call that has returned from the library is not refused"


def test_an_interrupted_call_does_not_keep_close_waiting(native: ObservedLibrary, held_service: HeldService) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    held_service.release.set()
    client = client_of(held_service)
    native.during["so_send_otp"] = interrupt

    with pytest.raises(KeyboardInterrupt):
        send(client)
    client.close()
    assert native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE


def test_a_client_that_nobody_closed_is_freed_with_the_object(native: ObservedLibrary) -> None:
    client = Client("test.test.test")
    assert "so_free_client begins" not in native.journal

    del client
    gc.collect()

    assert native.order_of("so_free_client") == SEND_THEN_FREE[2:]


def test_every_handle_that_a_call_gives_out_is_taken_back(native: ObservedLibrary, held_service: HeldService) -> None:
    held_service.release.set()
    with client_of(held_service) as client:
        send(client)
        with pytest.raises(ValueError, match="destination"):
            client.send_otp(source="ShoutDEMO", destination="0771234567", content="{{code}}")

    calls = [entry.split()[0] for entry in native.journal if entry.endswith("begins")]
    assert calls.count("so_free_options") == calls.count("so_options_new") == 1
    assert calls.count("so_send_otp") == 2
    assert calls.count("so_free_send_result") == 1, "the first send gives a result"
    assert calls.count("so_free_error") == 1, "the second gives an error"
