"""AsyncClient when things end: tasks cancelled, clients closed or dropped, a process forked."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from asynchronous import SEND_THEN_FREE, Stop, cancel, client_of, send, some_turns_of_the_loop, until
from servers import PATIENCE, HeldService
from shoutout_otp import AsyncClient, ClientClosedError, Delivery
from test_fork import Child, forks

if TYPE_CHECKING:
    from pathlib import Path

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
        assert stop.native.order_of("so_send_otp", "so_free_options") == SEND_THEN_FREE

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
        await until(lambda: "so_free_options ends" in stop.native.journal)
        await some_turns_of_the_loop()  # The cancelled closing is told, too, and does not care.

    asyncio.run(main())
    assert stop.native.order_of("so_send_otp", "so_free_options") == SEND_THEN_FREE


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
    assert stop.native.order_of("so_send_otp", "so_free_options") == SEND_THEN_FREE


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
        assert stop.native.order_of("so_send_otp", "so_free_options") == [*SEND_THEN_FREE[:2], *SEND_THEN_FREE]
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
        return "so_free_options ends" in stop.native.journal

    stop.release.set()
    asyncio.run(until(freed))
    assert client() is None
    assert stop.native.order_of("so_send_otp", "so_free_options") == SEND_THEN_FREE


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
        with client._lock, client._recipe_lock, client._executor._shutdown_lock:
            held.set()
            let_go.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold_the_locks)
        assert held.wait(PATIENCE)
        said = Child(lambda: asyncio.run(send(client)).status).said()
        let_go.set()
    asyncio.run(client.aclose())

    assert said == "1001"
