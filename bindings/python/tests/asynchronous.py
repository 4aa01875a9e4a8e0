"""What the tests of AsyncClient share: calls stopped on their way back, and waiting without a guess how long."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any, Callable

import pytest

from servers import PATIENCE, HeldService
from shoutout_otp import AsyncClient, RequestTimeoutError, SendResult

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from native import ObservedLibrary

SEND_THEN_FREE = ["so_send_otp begins", "so_send_otp ends", "so_free_options begins", "so_free_options ends"]


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
        return "so_free_options begins" in self.native.journal


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)


def best_of_three(measure: Callable[[], float], good: float) -> float:
    """Measures seconds until they are good, for a busy machine only ever adds to them."""
    for _ in range(2):
        seconds = measure()
        if seconds < good:
            return seconds
    return measure()


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
