"""The client's C handle: any number of calls at once, and freed only when none is running."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Callable

from ._errors import ClientClosedError
from ._status import Delivery, Status

if TYPE_CHECKING:
    from ._native import Functions, SoClient


class Handle:
    """Owns a ``so_client``. Freeing it is the one call that must be alone, and this sees to it."""

    def __init__(self, native: Functions, client: SoClient) -> None:
        self._client = client
        # Frees once, by close() or when this object goes, which it cannot while a call runs on it;
        # but not when the interpreter ends, since a daemon thread may still be in a call then.
        self._free = weakref.finalize(self, native.so_free_client, client)
        self._free.atexit = False
        self._closed = False
        # Each running call and its thread. An entry of its own for each call, rather than a
        # number, so that removing it is right however far an interrupted call has come.
        self._running: dict[object, int] = {}
        # For close() and those that it waits for. A call takes no lock: it enters itself before it
        # looks whether the client is closed, and close() says so before it looks who has entered,
        # so one of the two always sees the other. Each of these steps is atomic in Python.
        self._changed = _new_condition()
        _handles.add(self)

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    def call(self, function: Callable[..., int], *arguments: Any) -> int:
        """``function(client, *arguments)``, during which the client is not freed.

        Raises :class:`ClientClosedError`, and calls nothing, after :meth:`close`.
        """
        call = object()
        try:
            self._running[call] = threading.get_ident()
            if self._closed:
                raise ClientClosedError(
                    "the client is closed. Nothing was sent.",
                    status=Status.INVALID_ARGUMENT,
                    delivery=Delivery.NOT_SENT,
                )
            return function(self._client, *arguments)
        finally:
            self._running.pop(call, None)
            if self._closed:
                self._tell_those_who_close()

    def close(self) -> None:
        """Refuses further calls, waits for those that are running, and frees the client.

        Any thread may close, any number of times. Only a signal handler that interrupted a call
        of its own thread does not wait, as it would for ever; that call then frees the client.
        """
        with self._changed:
            self._closed = True
            # A copy, for calls begin and end meanwhile.
            if threading.get_ident() in list(self._running.values()):
                return
            while self._running:
                self._changed.wait()
            self._free()

    def _tell_those_who_close(self) -> None:
        with self._changed:
            if not self._running:
                self._free()
            self._changed.notify_all()

    def after_fork_in_child(self) -> None:
        """Forgets the threads that the child does not have, and the lock that one may have held.

        A call of the thread that forked, from within a signal handler, goes on in the child.
        """
        self._changed = _new_condition()
        forker = threading.get_ident()
        self._running = {call: thread for call, thread in self._running.items() if thread == forker}


def _new_condition() -> threading.Condition:
    # Re-entrant: a signal handler may use the client while its own thread holds the lock.
    return threading.Condition(threading.RLock())


_handles: weakref.WeakSet[Handle] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for handle in list(_handles):
        handle.after_fork_in_child()


# A pid compared at each call would do, too, but would let two threads of the child meet while
# one of them makes the new lock. Here the child still has a single thread.
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
