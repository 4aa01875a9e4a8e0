"""The client for asyncio: the loop goes on, the deadline holds, what has not begun is not sent, and nothing is told."""

from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import pickle
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Callable

import pytest

from asynchronous import SEND_THEN_FREE, Stop, best_of_three, client_of, failure_of, send, some_turns_of_the_loop, until
from servers import PATIENCE, ROOT, CrowdedService, HeldService
from shoutout_otp import (
    AsyncClient,
    Client,
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
from test_secrets import HEADER, KEY, NUMBER, PASSWORD, SEND, VERIFY, all_that_is_shown, assert_no_canary, raised_by

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from native import ObservedLibrary
    from shoutout_otp.testing import Sandbox

SENDS = 200
WORKERS = 32


# The main path


def test_a_code_is_sent_and_verified(library: Path, sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncClient("test.test.test", base_url=sandbox.base_url, library=library) as client:
            sent = await send(client, "94714000001")
            wrong = await client.verify_otp(reference_id=sent.reference_id, code="wrong")
            assert not wrong
            assert wrong.outcome is VerifyOutcome.WRONG_CODE

            code = sandbox.last_code("94714000001")
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


def lag_while_all_workers_wait(library: Path) -> float:
    """Of two hundred sends; by how many seconds a beat of the event loop is late, but for the worst twentieth."""

    async def beat(lags: list[float]) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            lags.append(time.monotonic() - before - 0.01)

    async def main(service: CrowdedService) -> tuple[list[float], list[SendResult]]:
        lags: list[float] = []
        heart = asyncio.ensure_future(beat(lags))
        async with client_of(service, library=library, timeout=2 * PATIENCE) as client:
            sends = asyncio.gather(*(send(client, f"9477{number:07}") for number in range(SENDS)))
            await until(service.received.is_set)
            assert service.requests == WORKERS
            lags.clear()
            await until(lambda: len(lags) >= 50)
            heart.cancel()
            service.release.set()
            return lags, await sends

    service = CrowdedService(WORKERS)
    with service:
        lags, results = asyncio.run(main(service))

    assert [result.status for result in results] == ["1001"] * SENDS
    assert service.requests == SENDS
    assert service.most_at_once == WORKERS
    return quantiles(lags, n=20)[-1]


@pytest.mark.usefixtures("quiet")
def test_two_hundred_sends_at_once_leave_the_event_loop_its_time(library: Path) -> None:
    assert best_of_three(lambda: lag_while_all_workers_wait(library), good=0.05) < 0.05


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


async def end_of_a_call_that_queues_for_most_of_its_time(client: AsyncClient) -> tuple[RequestTimeoutError, float]:
    """How it ended, and how many seconds after its timeout nothing of it was left."""
    start = time.monotonic()
    busy = threading.Event()
    async with client:
        client._executor.submit(busy.wait, PATIENCE)
        sending = asyncio.ensure_future(failure_of(send(client)))
        await asyncio.sleep(0.75 * client._timeout)
        busy.set()
        error = await sending
    return error, time.monotonic() - start - client._timeout


def test_a_call_that_begins_late_has_what_is_left_of_its_time(library: Path) -> None:
    def attempt() -> float:
        with HeldService() as service:
            client = client_of(service, library=library, max_workers=1, timeout=1)
            error, too_long = asyncio.run(end_of_a_call_that_queues_for_most_of_its_time(client))
            assert service.requests == 1
        assert (error.status, error.delivery) == (Status.TIMEOUT, Delivery.UNKNOWN)
        return too_long

    assert best_of_three(attempt, good=0.1) < 0.1


def test_a_call_that_begins_late_and_cannot_connect_in_what_is_left_of_its_time_is_not_sent(library: Path) -> None:
    def attempt() -> float:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            client = AsyncClient(
                "test.test.test",
                base_url=f"https://127.0.0.1:{silent.getsockname()[1]}",
                library=library,
                max_workers=1,
                timeout=1,
            )
            error, too_long = asyncio.run(end_of_a_call_that_queues_for_most_of_its_time(client))
        assert (error.status, error.delivery) == (Status.TIMEOUT, Delivery.NOT_SENT)
        return too_long

    assert best_of_three(attempt, good=0.1) < 0.1


@pytest.mark.usefixtures("quiet")
def test_a_call_that_does_not_end_with_its_time_is_not_waited_for(stop: Stop, held_service: HeldService) -> None:
    async def measure() -> float:
        start = time.monotonic()
        async with client_of(held_service, timeout=0.5) as client:
            error = await failure_of(send(client))  # It is stopped on its way back.
            waited = time.monotonic() - start - 0.5
            assert not stop.release.is_set()

            assert (error.status, error.delivery) == (Status.TIMEOUT, Delivery.UNKNOWN)
            assert "It may have reached the service" in str(error)
            stop.release.set()
        stop.release.clear()
        return waited

    assert 0 < best_of_three(lambda: asyncio.run(measure()), good=0.1) < 0.1
    assert stop.native.order_of("so_send_otp", "so_free_options")[:4] == SEND_THEN_FREE


def test_each_call_has_a_client_of_its_own_and_frees_it(stop: Stop, held_service: HeldService) -> None:
    stop.release.set()

    async def main() -> None:
        async with client_of(held_service, max_workers=1) as client:
            await send(client)
            await send(client)

    asyncio.run(main())
    order = stop.native.order_of("so_client_new", "so_send_otp", "so_free_client")
    calls = [entry for entry in order if entry.endswith("begins")]
    one = ["so_client_new begins", "so_send_otp begins", "so_free_client begins"]
    assert calls == ["so_client_new begins", "so_free_client begins", *one, *one], "the first checks the options"


def test_the_options_belong_to_one_thread_at_a_time(native: ObservedLibrary) -> None:
    native.during["so_options_set_timeout_ms"] = lambda: time.sleep(0.001)  # Lets others try.

    async def main(service: CrowdedService) -> None:
        async with client_of(service) as client:
            native.journal.clear()
            sends = [asyncio.ensure_future(send(client)) for _ in range(8)]
            await until(service.received.is_set)
            service.release.set()
            await asyncio.gather(*sends)

    service = CrowdedService(8)
    with service:
        asyncio.run(main(service))
    functions = ("so_options_set_timeout_ms", "so_client_new")
    once = [f"{function} {what}" for function in functions for what in ("begins", "ends")]
    assert native.order_of(*functions) == once * 8


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


# Options, threads that cannot be had, secrets


def test_the_options_are_those_of_the_client_and_one_more() -> None:
    options = dict(inspect.signature(AsyncClient).parameters)
    assert options.pop("max_workers").default == WORKERS
    assert options == dict(inspect.signature(Client).parameters)


def test_every_option_is_understood_as_by_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[object, ...]] = []

    def recipe_of(*what: object) -> None:
        given.append(what)
        raise InterruptedError

    arguments: dict[str, Any] = {name: object() for name in inspect.signature(Client).parameters}
    for module, kind in ((_client, Client), (_async_client, AsyncClient)):
        monkeypatch.setattr(module, "recipe_of", recipe_of)
        with pytest.raises(InterruptedError):
            kind(**arguments)
    assert given[0] == given[1]


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
    assert_no_canary(f"{client} {client!r} {vars(client)} {vars(client._recipe)}")


def test_the_key_is_kept_in_memory_that_is_wiped_with_the_client(library: Path) -> None:
    closed, dropped = AsyncClient(KEY, library=library), AsyncClient(KEY, library=library)
    keys = [client._recipe._key for client in (closed, dropped)]
    assert [key.value for key in keys] == [KEY.encode()] * 2

    asyncio.run(closed.aclose())
    del dropped
    gc.collect()
    assert [key.raw for key in keys] == [bytes(len(KEY) + 1)] * 2


@pytest.mark.parametrize("take_apart", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_cannot_be_pickled_or_copied_and_says_why(
    library: Path, take_apart: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match="AsyncClient cannot be pickled or copied"):
        take_apart(AsyncClient("test.test.test", library=library))
