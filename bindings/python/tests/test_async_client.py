"""The client for asyncio: the loop goes on, nothing is freed under a call, and what has not begun is not sent."""

from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import logging
import pickle
import re
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Callable

import pytest

from native import ObservedLibrary
from servers import PATIENCE, ROOT, CrowdedService, HeldService, Sandbox
from shoutout_otp import (
    AsyncClient,
    Client,
    ClientClosedError,
    ConfigurationError,
    Delivery,
    InternalError,
    InvalidDestinationError,
    RequestTimeoutError,
    SendResult,
    Status,
    VerifyOutcome,
    _async_client,
    _client,
)
from shoutout_otp._library import load
from test_fork import Child
from test_fork import pytestmark as pytestmark_of_forks
from test_secrets import HEADER, KEY, NUMBER, PASSWORD, SEND, VERIFY, all_that_is_shown, assert_no_canary, raised_by

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator
    from pathlib import Path

SENDS = 200
WORKERS = 32

SEND_THEN_FREE = ["so_send_otp begins", "so_send_otp ends", "so_free_client begins", "so_free_client ends"]


def forks(test: Callable[..., None]) -> Callable[..., None]:
    for mark in pytestmark_of_forks:
        test = mark(test)
    return test


class Stop:
    """Stops library calls between their end in C and their return, and lets a coroutine wait for one to get there."""

    def __init__(self, native: ObservedLibrary) -> None:
        self.native = native
        self.reached = threading.Semaphore(0)
        self.release = threading.Event()
        native.during["so_send_otp"] = self._stop

    def _stop(self) -> None:
        self.reached.release()
        assert self.release.wait(PATIENCE)

    async def is_reached(self) -> None:
        await until(lambda: self.reached.acquire(blocking=False))

    @property
    def sends(self) -> int:
        return self.native.journal.count("so_send_otp begins")

    @property
    def freed(self) -> bool:
        return "so_free_client begins" in self.native.journal


@pytest.fixture
def native(library: Path, monkeypatch: pytest.MonkeyPatch) -> ObservedLibrary:
    observed = ObservedLibrary(load(library))
    monkeypatch.setattr(_client, "load", lambda _: observed)
    return observed


@pytest.fixture
def stop(native: ObservedLibrary, held_service: HeldService) -> Iterator[Stop]:
    """Every send reaches the service, which answers at once, and is then stopped on its way back."""
    held_service.release.set()
    made = Stop(native)
    yield made
    made.release.set()


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged, as asyncio does with an exception that nobody retrieved."""
    caplog.set_level(logging.WARNING)
    yield
    gc.collect()
    records = [*caplog.get_records("call"), *caplog.records]  # The latter are of the teardown only.
    assert [record.getMessage() for record in records] == []


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)


async def some_turns_of_the_loop() -> None:
    for _ in range(20):
        await asyncio.sleep(0.001)


def client_of(service: HeldService, **options: Any) -> AsyncClient:
    return AsyncClient("test.test.test", base_url=service.base_url, **options)


async def send(client: AsyncClient, destination: str = "94771234567") -> SendResult:
    return await client.send_otp(source="ShoutDEMO", destination=destination, content="{{code}}")


async def failure_of(call: Awaitable[object]) -> RequestTimeoutError:
    with pytest.raises(RequestTimeoutError) as caught:
        await call
    return caught.value


async def cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# The main path


def test_a_code_is_sent_and_verified(library: Path, sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient("test.test.test", base_url=sandbox.base_url, library=library) as client:
            sent = await send(client, "94714000001")
            wrong = await client.verify_otp(reference_id=sent.reference_id, code="wrong")
            assert not wrong
            assert wrong.outcome is VerifyOutcome.WRONG_CODE

            code = sandbox.wait_for_sms("94714000001")["code"]
            assert await client.verify_otp(reference_id=sent.reference_id, code=code)

    asyncio.run(main())


def test_errors_are_those_of_the_client(library: Path, sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient("test.test.test", base_url=sandbox.base_url, library=library) as client:
            with pytest.raises(InvalidDestinationError):
                await send(client, "0771234567")
            with pytest.raises(TypeError, match="destination must be str, not int"):
                await send(client, 94771234567)  # type: ignore[arg-type]

    asyncio.run(main())


@pytest.mark.usefixtures("quiet")
def test_two_hundred_sends_at_once_leave_the_event_loop_its_time(library: Path) -> None:
    async def beat(lags: list[float]) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            lags.append(time.monotonic() - before)

    async def main(service: CrowdedService) -> tuple[list[float], list[SendResult]]:
        lags: list[float] = []
        heart = asyncio.ensure_future(beat(lags))
        async with client_of(service, library=library, timeout=2 * PATIENCE) as client:
            sends = asyncio.gather(*(send(client, f"9477{number:07}") for number in range(SENDS)))
            await until(service.received.is_set)
            beats = len(lags)
            await until(lambda: len(lags) >= beats + 20)  # while all workers wait for the service
            assert service.requests == WORKERS
            service.release.set()
            results = await sends
        heart.cancel()
        return lags, results

    service = CrowdedService(WORKERS)
    with service:
        lags, results = asyncio.run(main(service))

    assert [result.status for result in results] == ["1001"] * SENDS
    assert service.requests == SENDS
    assert service.most_at_once == WORKERS
    assert max(lags) < 5


def test_several_event_loops_in_threads_of_their_own_may_share_a_client(library: Path) -> None:
    with CrowdedService(4) as service, ThreadPoolExecutor(4) as threads:
        client = client_of(service, library=library)
        sends = [threads.submit(lambda: asyncio.run(send(client)).status) for _ in range(4)]
        assert service.received.wait(PATIENCE)
        service.release.set()
        assert [sending.result(PATIENCE) for sending in sends] == ["1001"] * 4
        asyncio.run(client.aclose())


# The queue and the deadline


@pytest.mark.usefixtures("quiet")
def test_a_call_whose_timeout_passes_in_the_queue_is_not_sent(stop: Stop, held_service: HeldService) -> None:
    async def main() -> None:
        async with client_of(held_service, max_workers=1, timeout=0.5) as client:
            running = asyncio.ensure_future(send(client))
            await stop.is_reached()
            error = await failure_of(send(client))

            assert (error.status, error.delivery, error.attempts) == (Status.TIMEOUT, Delivery.NOT_SENT, 0)
            assert "Nothing was sent" in str(error)
            assert 0.5 <= error.elapsed < PATIENCE
            stop.release.set()
            await asyncio.wait({running})
            running.exception()

    asyncio.run(main())
    assert stop.sends == 1


def test_a_worker_that_is_free_too_late_does_not_send_even_if_the_event_loop_was_busy(
    stop: Stop, held_service: HeldService
) -> None:
    async def main() -> None:
        async with client_of(held_service, max_workers=1, timeout=0.5) as client:
            running = asyncio.ensure_future(send(client))
            await stop.is_reached()
            waiting = asyncio.ensure_future(send(client))
            await asyncio.sleep(0)

            time.sleep(0.6)
            stop.release.set()
            client._executor.submit(lambda: None).result(PATIENCE)  # after the call in the queue

            assert (await failure_of(waiting)).delivery is Delivery.NOT_SENT
            await asyncio.wait({running})
            running.exception()

    asyncio.run(main())
    assert stop.sends == 1


@pytest.mark.usefixtures("quiet")
def test_a_call_that_began_late_is_not_waited_for_longer_than_the_timeout(
    stop: Stop, held_service: HeldService
) -> None:
    async def main() -> None:
        async with client_of(held_service, max_workers=1, timeout=0.5) as client:
            error = await failure_of(send(client))  # It is stopped, as if by a timeout that began later.
            assert not stop.release.is_set()

            assert (error.status, error.delivery) == (Status.TIMEOUT, Delivery.UNKNOWN)
            assert "It may have reached the service" in str(error)
            assert 0.5 + _async_client._GRACE <= error.elapsed < PATIENCE
            stop.release.set()
        assert stop.native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE

    asyncio.run(main())


def test_a_timeout_of_a_call_that_did_not_queue_is_told_by_the_library(
    library: Path, held_service: HeldService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_async_client, "_GRACE", PATIENCE)  # however slow this machine is

    async def main() -> None:
        async with client_of(held_service, library=library, timeout=0.5) as client:
            error = await failure_of(send(client))
        assert error.delivery is Delivery.UNKNOWN
        assert "time in the queue" not in str(error)

    asyncio.run(main())


def test_the_default_timeout_is_that_of_the_library(library: Path) -> None:
    header = (ROOT / "include" / "shoutout_otp.h").read_text("utf-8")
    said = re.search(r"Default: (\d+)\.\s*\*/\s*so_status so_options_set_timeout_ms", header)
    assert said is not None
    assert AsyncClient("test.test.test", library=library)._timeout * 1000 == int(said[1])


# Cancelling


@pytest.mark.usefixtures("quiet")
def test_a_call_cancelled_in_the_queue_is_not_sent(stop: Stop, held_service: HeldService) -> None:
    async def main() -> None:
        async with client_of(held_service, max_workers=1) as client:
            running = asyncio.ensure_future(send(client))
            await stop.is_reached()
            waiting = asyncio.ensure_future(send(client))
            await some_turns_of_the_loop()
            await cancel(waiting)
            assert len(client._jobs) == 1
            stop.release.set()
            assert (await running).status == "1001"

    asyncio.run(main())
    assert stop.sends == 1
    assert held_service.requests == 1


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("http_status", [200, 502])
def test_leaving_after_a_running_call_was_cancelled_waits_for_it(
    stop: Stop, held_service: HeldService, http_status: int
) -> None:
    held_service.answer = (http_status, held_service.answer[1])

    async def leave(client: AsyncClient) -> None:
        async with client:
            sending = asyncio.ensure_future(send(client))
            await stop.is_reached()
            await cancel(sending)

    async def main() -> None:
        client = client_of(held_service)
        leaving = asyncio.ensure_future(leave(client))
        await until(lambda: client.closed)
        await some_turns_of_the_loop()
        assert not leaving.done()
        assert not stop.freed

        stop.release.set()
        await leaving
        assert stop.native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE

    asyncio.run(main())
    assert held_service.requests == 1


@pytest.mark.usefixtures("quiet")
def test_the_last_call_frees_the_client_if_closing_was_cancelled(stop: Stop, held_service: HeldService) -> None:
    async def main() -> None:
        client = client_of(held_service)
        sending = asyncio.ensure_future(send(client))
        await stop.is_reached()
        closing = asyncio.ensure_future(client.aclose())
        await some_turns_of_the_loop()
        await cancel(closing)
        assert not stop.freed

        stop.release.set()
        assert (await sending).status == "1001"
        await until(lambda: "so_free_client ends" in stop.native.journal)
        await some_turns_of_the_loop()  # The cancelled closing is told, too, and does not care.

    asyncio.run(main())
    assert stop.native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE


@pytest.mark.usefixtures("quiet")
def test_a_call_may_end_after_its_event_loop_has(stop: Stop, held_service: HeldService) -> None:
    client = client_of(held_service)
    loop = asyncio.new_event_loop()
    sending = loop.create_task(send(client))
    loop.run_until_complete(stop.is_reached())
    sending.cancel()
    loop.run_until_complete(asyncio.wait({sending}))
    loop.close()
    assert not stop.freed

    stop.release.set()
    asyncio.run(client.aclose())
    assert stop.native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE


# Closing


def test_closing_waits_for_calls_and_takes_no_new_ones(stop: Stop, held_service: HeldService) -> None:
    async def main() -> None:
        client = client_of(held_service, max_workers=1)
        sends = [asyncio.ensure_future(send(client)) for _ in range(2)]  # one of them in the queue
        await stop.is_reached()
        closings = [asyncio.ensure_future(client.aclose()) for _ in range(3)]
        await some_turns_of_the_loop()

        assert [closing.done() for closing in closings] == [False] * 3
        assert client.closed
        assert repr(client) == "<AsyncClient: closed>"
        with pytest.raises(ClientClosedError) as caught:
            await send(client)
        assert caught.value.delivery is Delivery.NOT_SENT

        stop.release.set()
        await asyncio.gather(*closings)
        assert stop.native.order_of("so_send_otp", "so_free_client") == [*SEND_THEN_FREE[:2], *SEND_THEN_FREE]
        assert [(await sending).status for sending in sends] == ["1001"] * 2
        await client.aclose()

    asyncio.run(main())
    assert held_service.requests == 2


def test_the_threads_end_with_the_client(library: Path, held_service: HeldService) -> None:
    held_service.release.set()

    async def main() -> list[threading.Thread]:
        closed, dropped = client_of(held_service, library=library), client_of(held_service, library=library)
        await asyncio.gather(send(closed), send(dropped))
        await closed.aclose()
        return [thread for client in (closed, dropped) for thread in client._executor._threads]

    threads = asyncio.run(main())
    gc.collect()
    assert len(threads) == 2
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.mark.usefixtures("quiet")
def test_a_client_that_only_a_running_call_refers_to_is_freed_after_that_call(
    stop: Stop, held_service: HeldService
) -> None:
    async def main() -> weakref.ref[AsyncClient]:
        client = client_of(held_service)
        sending = asyncio.ensure_future(send(client))
        await stop.is_reached()
        await cancel(sending)
        return weakref.ref(client)

    client = asyncio.run(main())
    gc.collect()
    assert not stop.freed

    def freed() -> bool:
        gc.collect()
        return "so_free_client ends" in stop.native.journal

    stop.release.set()
    asyncio.run(until(freed))
    assert client() is None
    assert stop.native.order_of("so_send_otp", "so_free_client") == SEND_THEN_FREE


PROGRAM_THAT_ENDS_WHILE_IT_SENDS = """
import asyncio, sys
from native import ObservedLibrary
from shoutout_otp import AsyncClient, _client
from shoutout_otp._library import load

class Loud(ObservedLibrary):
    def __getattr__(self, name):
        if name == "so_free_client":
            return lambda client: print("freed", flush=True)
        return super().__getattr__(name)

native = Loud(load())
native.during["so_send_otp"] = lambda: print("the call has ended", flush=True)
_client.load = lambda _: native

async def main():
    asyncio.ensure_future(client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}"))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print("end of the program", flush=True)

client = AsyncClient("test.test.test", base_url=sys.argv[1])
asyncio.run(main())
"""


def test_the_end_of_the_program_waits_for_a_running_call_and_does_not_free_under_it(
    library: Path, held_service: HeldService
) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM_THAT_ENDS_WHILE_IT_SENDS, held_service.base_url],
        env={"PYTHONPATH": ":".join(sys.path), "SHOUTOUT_OTP_LIBRARY": str(library)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    assert held_service.received.wait(PATIENCE)
    program.stdin.write("\n")
    program.stdin.flush()
    assert program.stdout.readline() == "end of the program\n"
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0.2)

    held_service.release.set()
    output, errors = program.communicate(timeout=PATIENCE)
    assert (program.returncode, output, errors) == (0, "the call has ended\n", "")


# Fork


@forks
def test_a_child_forked_while_calls_wait_and_run_sends_with_workers_of_its_own(
    library: Path, held_service: HeldService
) -> None:
    async def send_and_close(client: AsyncClient) -> str:
        status = (await send(client)).status
        await client.aclose()  # Would wait for ever for calls that exist in the parent only.
        return status

    async def main() -> str:
        async with client_of(held_service, library=library, max_workers=1) as client:
            sends = [asyncio.ensure_future(send(client)) for _ in range(2)]
            await until(held_service.received.is_set)
            child = Child(lambda: asyncio.run(send_and_close(client)))
            said = child.said()
            held_service.release.set()
            assert [(await sending).status for sending in sends] == ["1001"] * 2
        return said

    assert asyncio.run(main()) == "1001"
    assert held_service.requests == 3


@forks
def test_a_child_forked_while_another_thread_holds_the_locks_can_send(library: Path, held_service: HeldService) -> None:
    held_service.release.set()
    client = client_of(held_service, library=library)
    asyncio.run(send(client))
    held, let_go = threading.Event(), threading.Event()

    def hold_the_locks() -> None:
        with client._lock, client._executor._shutdown_lock:
            held.set()
            let_go.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold_the_locks)
        assert held.wait(PATIENCE)
        said = Child(lambda: asyncio.run(send(client)).status).said()
        let_go.set()
    asyncio.run(client.aclose())

    assert said == "1001"


# Options, threads that cannot be had, secrets


def test_the_options_are_those_of_the_client_and_one_more() -> None:
    options = dict(inspect.signature(AsyncClient).parameters)
    assert options.pop("max_workers").default == WORKERS
    assert options == dict(inspect.signature(Client).parameters)


def test_every_option_reaches_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(
        _async_client, "Client", lambda api_key, **options: given.append({**options, "api_key": api_key})
    )
    arguments: dict[str, Any] = {name: object() for name in inspect.signature(Client).parameters}
    AsyncClient(**arguments)
    assert given == [arguments]


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused_by_name(library: Path, workers: int) -> None:
    with pytest.raises(ConfigurationError, match="option max_workers"):
        AsyncClient("test.test.test", library=library, max_workers=workers)


@pytest.mark.parametrize("workers", [None, True, 1.0, "4"])
def test_workers_that_are_no_number_are_a_type_error(library: Path, workers: Any) -> None:
    with pytest.raises(TypeError, match="option max_workers must be int"):
        AsyncClient("test.test.test", library=library, max_workers=workers)


def test_a_call_without_a_thread_is_surely_not_sent(
    stop: Stop, held_service: HeldService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread() -> None:
        raise RuntimeError("can't start new thread")

    async def main() -> None:
        async with client_of(held_service, max_workers=2) as client:
            running = asyncio.ensure_future(send(client))
            await stop.is_reached()
            # submit() puts the call in the queue, and fails only then.
            monkeypatch.setattr(client._executor, "_adjust_thread_count", no_thread)
            with pytest.raises(InternalError, match=r"can't start new thread\. Nothing was sent") as caught:
                await send(client)
            assert caught.value.delivery is Delivery.NOT_SENT
            stop.release.set()
            await running

    asyncio.run(main())
    assert stop.sends == 1


def test_a_call_that_another_thread_has_begun_meanwhile_goes_on(
    stop: Stop, held_service: HeldService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread() -> None:
        assert stop.reached.acquire(timeout=PATIENCE)
        raise RuntimeError("can't start new thread")

    async def main() -> None:
        async with client_of(held_service, max_workers=2) as client:
            client._executor.submit(lambda: None).result(PATIENCE)  # leaves an idle thread
            monkeypatch.setattr(client._executor, "_adjust_thread_count", no_thread)
            sending = asyncio.ensure_future(send(client))
            await some_turns_of_the_loop()
            stop.release.set()
            assert (await sending).status == "1001"

    asyncio.run(main())
    assert stop.sends == 1


@pytest.mark.parametrize(
    "arguments",
    [
        SEND,
        VERIFY,
        {**SEND, "destination": f"{NUMBER}\0"},
        {**SEND, "destination": int(NUMBER)},
        {**SEND, "source": ""},
    ],
)
def test_a_call_that_fails_tells_no_secret(library: Path, held_service: HeldService, arguments: dict[str, Any]) -> None:
    held_service.release.set()
    held_service.answer = (400, {"message": f"no {KEY} {arguments.get('destination')} {arguments.get('code')}"})

    async def main() -> None:
        async with AsyncClient(KEY, base_url=held_service.base_url, library=library) as client:
            await (client.send_otp if "source" in arguments else client.verify_otp)(**arguments)

    assert_no_canary(all_that_is_shown(raised_by(lambda: asyncio.run(main()))))


def test_a_call_that_is_cancelled_or_times_out_tells_no_secret(stop: Stop, held_service: HeldService) -> None:
    errors: list[BaseException] = []

    async def note(call: Awaitable[object]) -> None:
        try:
            await call
        except BaseException as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    async def main() -> None:
        async with client_of(held_service, max_workers=1, timeout=0.5) as client:
            cancelled = asyncio.ensure_future(note(client.send_otp(**SEND)))
            await stop.is_reached()
            cancelled.cancel()
            await note(client.send_otp(**SEND))
            await cancelled
            assert_no_canary(f"{vars(client)} {vars(client._executor)}")
            stop.release.set()

    asyncio.run(main())
    assert sorted(type(error).__name__ for error in errors) == ["CancelledError", "RequestTimeoutError"]
    for error in errors:
        assert_no_canary(all_that_is_shown(error))


def test_a_client_shows_nothing_of_its_key(library: Path) -> None:
    client = AsyncClient(
        KEY, headers={"x-tenant": HEADER}, proxy=f"http://user:{PASSWORD}@127.0.0.1:3128", library=library
    )
    assert repr(client) == "<AsyncClient: open>"
    assert repr(AsyncClient.__new__(AsyncClient)) == "<AsyncClient: new>"
    assert_no_canary(f"{client} {client!r} {vars(client)}")


@pytest.mark.parametrize("take_apart", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_cannot_be_pickled_or_copied_and_says_why(
    library: Path, take_apart: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match="AsyncClient cannot be pickled or copied"):
        take_apart(AsyncClient("test.test.test", library=library))
