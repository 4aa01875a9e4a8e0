"""The real library, observed: what is called on it, in which order, and something to do in the middle of a call."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from shoutout_otp._native import Functions


class ObservedLibrary:
    """Passes every call on to the real library and keeps a journal of beginnings and ends."""

    def __init__(self, native: Functions) -> None:
        self._native = native
        self.journal: list[str] = []
        self.during: dict[str, Callable[[], None]] = {}
        """By function: what to do once the real call has returned, and before the caller gets to know."""
        self.instead: dict[str, Any] = {}
        """By function: what to return instead of calling it at all."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.journal.append(f"{name} begins")
            try:
                if name in self.instead:
                    return self.instead[name]
                result = getattr(self._native, name)(*arguments)
                self.during.get(name, lambda: None)()
                return result
            finally:
                self.journal.append(f"{name} ends")

        return call

    def order_of(self, *names: str) -> list[str]:
        """The journal, of these functions only."""
        return [entry for entry in self.journal if entry.split()[0] in names]


class ObservedCondition(threading.Condition):
    """Tells when somebody begins to wait, so that a test need not sleep to be safe."""

    def __init__(self, waiting: threading.Semaphore) -> None:
        super().__init__(threading.RLock())
        self._waiting = waiting

    def wait(self, timeout: float | None = None) -> bool:
        self._waiting.release()
        return super().wait(timeout)
