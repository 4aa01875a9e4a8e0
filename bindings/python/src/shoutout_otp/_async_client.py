"""The client for asyncio: the calls of :class:`Client`, made in threads of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Callable, NoReturn, TypeVar

from ._client import BriefClient, Client, recipe_of
from ._errors import ClientClosedError, RequestTimeoutError, refusal
from ._library import version_of
from ._secrets import without_locals, without_locals_async
from ._status import Delivery, Status

if TYPE_CHECKING:
    from types import TracebackType

    from ._library import LibraryPath
    from ._options import Headers
    from ._results import SendResult, VerifyResult

_Result = TypeVar("_Result")

# The library's own
_DEFAULT_TIMEOUT = 30.0
_SHORTEST_TIMEOUT = 0.001

# A call ends by itself when its time is over, or a moment later. This long it is waited for, because
# it knows best what became of it: the caller is to have an answer within a tenth of a second.
_GRACE = 0.08


class AsyncClient:
    """Sends one-time passcodes by SMS and verifies them, for asyncio.

    A call runs in one of ``max_workers`` threads, and the event loop goes on meanwhile; more
    calls than that wait in a queue, first come, first served.

    **Time in the queue counts against the timeout.** A call that no thread began in time raises
    :class:`RequestTimeoutError` with ``Delivery.NOT_SENT``, and is never sent. One that begins
    late has what is left of its time, and ends with it, as a call of :class:`Client` does with
    its timeout. Should it fail to, because the machine is too busy, the caller is not kept: a
    tenth of a second after the timeout it raises :class:`RequestTimeoutError` with
    ``Delivery.UNKNOWN``, and may end behind the scenes, as after being cancelled.

    **Cancelling** a task, as ``asyncio.wait_for`` does, too, drops a call from the queue, but
    cannot stop one that has begun: that goes on in its thread until it ends, at the latest when
    its timeout has passed, and its result is lost. Nothing tells which it was: treat a
    cancelled send as ``Delivery.UNKNOWN``.

    Use it as an asynchronous context manager, or await :meth:`aclose`. It may be made anywhere,
    and used by any number of event loops in any threads, also one after the other. It survives
    ``fork()``: the child has threads of its own, and an event loop of its own must call it there.
    A program that ends without :meth:`aclose` waits for the calls it has left, at the latest
    until their timeouts have passed.
    """

    @without_locals
    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        auth_scheme: str | None = None,
        headers: Headers | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        max_retries: int | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        proxy: str | None = None,
        allow_plain_http: bool = False,
        user_agent_suffix: str | None = None,
        library: LibraryPath | None = None,
        max_workers: int = 32,
    ) -> None:
        """Checks the key and the options, as :class:`Client` does. Starts no thread yet.

        Args:
            api_key: This and what follows is as for :class:`Client`.
            base_url: See there.
            auth_scheme: See there.
            headers: See there.
            timeout: Seconds for a whole call, its time in the queue and retries and all: 0.001 to
                600, by default 30.
            connect_timeout: See there.
            max_retries: See there.
            ca_file: See there.
            proxy: See there.
            allow_plain_http: See there.
            user_agent_suffix: See there.
            library: See there.
            max_workers: How many calls may run at once. Threads are started as calls need them.

        Raises:
            InvalidApiKeyError: There is no key, or it cannot be one.
            ConfigurationError: An option was refused; the message names it.
            LibraryNotLoadedError: The C library is missing or does not fit.
            TypeError: An argument has the wrong type; the message names it.
        """
        if isinstance(max_workers, bool) or not isinstance(max_workers, int):
            raise TypeError(f"option max_workers must be int, not {type(max_workers).__name__}")
        if max_workers < 1:
            raise refusal(Status.INVALID_ARGUMENT, "option max_workers is out of range; 1 or more are possible")
        self._recipe = recipe_of(
            api_key,
            {
                "base_url": base_url,
                "auth_scheme": auth_scheme,
                "headers": headers,
                "timeout": timeout,
                "connect_timeout": connect_timeout,
                "max_retries": max_retries,
                "ca_file": ca_file,
                "proxy": proxy,
                "allow_plain_http": allow_plain_http,
                "user_agent_suffix": user_agent_suffix,
            },
            library,
        )
        self._recipe.client().close()  # Refuses now what it would refuse at the first call.
        self._timeout = _DEFAULT_TIMEOUT if timeout is None else timeout
        self._max_workers = max_workers
        self._closed = False
        self._start_afresh()
        _clients.add(self)

    def _start_afresh(self) -> None:
        self._lock = threading.RLock()
        self._recipe_lock = threading.Lock()  # Never taken by an event loop.
        # Every call in the queue or running, also those that nobody waits for any more.
        self._jobs: set[Future[Any]] = set()
        # Its threads are no daemons: the interpreter, when it ends, waits for them. Daemons would
        # be stopped at any point after their C call, with an SMS sent that nobody ever hears of.
        # They end with this object, too, since the executor does: no finalizer is needed.
        self._executor = ThreadPoolExecutor(self._max_workers, thread_name_prefix="shoutout-otp")

    @without_locals_async
    async def send_otp(self, *, source: str, destination: str, content: str) -> SendResult:
        """:meth:`Client.send_otp`, without blocking the event loop.

        ``elapsed`` does not count the time in the queue.

        If the task is cancelled, treat the send as ``Delivery.UNKNOWN``: an SMS may be on its way.

        Raises:
            RequestTimeoutError: Also if the call spent its time in the queue.
            ShoutoutError: All others are as for :meth:`Client.send_otp`.
            TypeError: An argument is no ``str``.
        """
        return await self._call(Client.send_otp, {"source": source, "destination": destination, "content": content})

    @without_locals_async
    async def verify_otp(self, *, reference_id: str, code: str) -> VerifyResult:
        """:meth:`Client.verify_otp`, without blocking the event loop.

        A wrong code is no exception: the result is false, and its ``outcome`` says why.

        If the task is cancelled, the attempt may have been counted, or the code used up.

        Raises:
            RequestTimeoutError: Also if the call spent its time in the queue.
            ShoutoutError: All others are as for :meth:`Client.verify_otp`.
            TypeError: An argument is no ``str``.
        """
        return await self._call(Client.verify_otp, {"reference_id": reference_id, "code": code})

    async def _call(self, function: Callable[..., _Result], arguments: dict[str, str]) -> _Result:
        start = time.monotonic()
        deadline = start + self._timeout
        # A future of our own and not the executor's, which is lost if submit() fails half-way. Its
        # state decides between the two sides: either cancel() succeeds or the call begins.
        job: Future[_Result] = Future()
        try:
            self._submit(job, start, function, arguments)
            ended = _end_of(job)
            await _wait(ended, deadline)
            if not job.cancel():
                await _wait(ended, deadline + _GRACE)
        finally:
            never_began = job.cancel()
        if not never_began and job.done():
            return job.result()
        raise _timeout_in_queue(start) if never_began else _timeout_while_running(start)

    def _submit(
        self, job: Future[_Result], start: float, function: Callable[..., _Result], arguments: dict[str, str]
    ) -> None:
        with self._lock:
            if self._closed:
                raise ClientClosedError(
                    "the client is closed. Nothing was sent.",
                    status=Status.INVALID_ARGUMENT,
                    delivery=Delivery.NOT_SENT,
                )
            self._jobs.add(job)
            job.add_done_callback(self._forget)
            try:
                self._executor.submit(self._run, job, start, function, arguments)
            except RuntimeError as error:  # No more threads, or the interpreter is ending.
                # The executor may have put it in the queue all the same, and run it already.
                if job.cancel():
                    raise refusal(Status.INTERNAL_ERROR, f"no thread for the call: {error}") from None

    def _run(
        self, job: Future[_Result], start: float, function: Callable[..., _Result], arguments: dict[str, str]
    ) -> None:
        """What a worker does with a call."""
        if not job.set_running_or_notify_cancel():
            return
        try:
            with self._client_for_the_rest_of(start) as client:
                result = function(client, **arguments)
        except BaseException as error:  # noqa: BLE001 - raised where the call is awaited
            # Out of this frame, which is in the traceback and cannot be cleared while it still runs.
            del function, arguments
            job.set_exception(error)
        else:
            job.set_result(result)
        finally:
            del job  # Or it would keep itself alive, by way of the traceback of its exception.

    def _client_for_the_rest_of(self, start: float) -> Client:
        """A client whose timeout is what is left of a call that started then."""
        left = start + self._timeout - time.monotonic()
        # The event loop drops calls from the queue in time, unless it was busy itself.
        if left < _SHORTEST_TIMEOUT:
            raise _timeout_in_queue(start)
        with self._recipe_lock:
            return BriefClient(self._recipe, left)

    def _forget(self, job: Future[Any]) -> None:
        """Runs at the end of each call, in whatever thread, and frees the client if that was left to it."""
        with self._lock:
            self._jobs.discard(job)
            last = self._closed and not self._jobs
        if last:
            self._recipe.forget()

    @property
    def library_version(self) -> str:
        """The version of the C library in use, such as ``0.1.0``."""
        return version_of(self._recipe.native)

    @property
    def closed(self) -> bool:
        """Whether :meth:`aclose` was called."""
        return self._closed

    async def aclose(self) -> None:
        """Refuses further calls, and waits for those in the queue and those that are running.

        That includes calls that have begun and were cancelled. May be called again, and by any
        event loop. If it is cancelled itself, the last of the calls finishes its work.
        """
        with self._lock:
            self._closed = True
            jobs = list(self._jobs)
            self._executor.shutdown(wait=False)
        for job in jobs:
            await _end_of(job)
        self._recipe.forget()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        # The debugger may ask while __init__ is still running.
        closed = getattr(self, "_closed", None)
        state = "new" if closed is None else "closed" if closed else "open"
        return f"<{type(self).__name__}: {state}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied: it holds the API key. "
            "Share it between tasks, keep it over fork(), or make another where it is needed."
        )

    def after_fork_in_child(self) -> None:
        """Forgets the threads and calls that the child does not have, and the locks they may have held."""
        self._start_afresh()


def _end_of(job: Future[Any]) -> asyncio.Future[None]:
    """Done, in the running event loop, when the job is. Cancelling it does not touch the job."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def set_ended() -> None:
        if not ended.done():
            ended.set_result(None)

    def tell(_: Future[Any]) -> None:
        with contextlib.suppress(RuntimeError):  # The loop is closed, so that nobody waits any more.
            loop.call_soon_threadsafe(set_ended)

    job.add_done_callback(tell)
    return ended


async def _wait(ended: asyncio.Future[None], deadline: float) -> None:
    # Not wait_for, which before Python 3.12 may swallow a cancellation that comes with the end.
    if not ended.done():
        await asyncio.wait({ended}, timeout=deadline - time.monotonic())


def _timeout_in_queue(start: float) -> RequestTimeoutError:
    return RequestTimeoutError(
        "the timeout passed while the call waited for one of max_workers threads. Nothing was sent.",
        status=Status.TIMEOUT,
        delivery=Delivery.NOT_SENT,
        elapsed=time.monotonic() - start,
    )


def _timeout_while_running(start: float) -> RequestTimeoutError:
    return RequestTimeoutError(
        "the timeout passed, time in the queue included, while the call was running. "
        "It may have reached the service, or still reach it.",
        status=Status.TIMEOUT,
        delivery=Delivery.UNKNOWN,
        attempts=1,  # at least
        elapsed=time.monotonic() - start,
    )


_clients: weakref.WeakSet[AsyncClient] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for client in list(_clients):
        client.after_fork_in_child()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
