"""What goes wrong next, on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ._control import Control

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    Endpoint = Literal["send", "verify", "any"]

LONGEST_DELAY = 120
"""Seconds; the sandbox takes no more."""


@dataclass(frozen=True)
class Fault:
    """A fault that waits for its requests. As a context manager, it is removed at the end of the block."""

    id: int
    kind: str
    _control: Control = field(repr=False, compare=False)

    def remove(self) -> None:
        """Takes away what is left of it, if anything is."""
        self._control.delete("faults", id=self.id)

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_traceback: TracebackType | None,
    ) -> None:
        self.remove()


class Faults:
    """Faults strike the next requests that match, in the order in which they were added; then all is well again.

    Every method that adds one takes:

        times: How many requests it strikes.
        to: Only those about this number; a verification is about the one that its code was sent to.
        path: Only ``"send"`` or ``"verify"``.
        probability: Chance that it strikes a request that matches; the dice are the same at each run.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def answer(
        self,
        status: int = 500,
        body: str = "",
        *,
        content_type: str = "application/json",
        times: int = 1,
        to: str = "",
        path: Endpoint = "any",
        probability: float = 1.0,
    ) -> Fault:
        """This answer, and the request is not processed."""
        action = {"kind": "answer", "status": status, "body": body, "content_type": content_type}
        return self._add(action, times, to, path, probability)

    def rate_limited(
        self,
        retry_after: int | str = 7,
        *,
        times: int = 1,
        to: str = "",
        path: Endpoint = "any",
        probability: float = 1.0,
    ) -> Fault:
        """429 with ``Retry-After`` in seconds or as a date, and the request is not processed."""
        action = {"kind": "rate_limited", "retry_after": str(retry_after)}
        return self._add(action, times, to, path, probability)

    def gateway_html(
        self, status: int = 502, *, times: int = 1, to: str = "", path: Endpoint = "any", probability: float = 1.0
    ) -> Fault:
        """The HTML page of a proxy that cannot reach the service: the request is not processed."""
        return self._add({"kind": "gateway_html", "status": status}, times, to, path, probability)

    def close(self, *, times: int = 1, to: str = "", path: Endpoint = "any", probability: float = 1.0) -> Fault:
        """The connection closes without an answer, and the request is not processed."""
        return self._add({"kind": "close"}, times, to, path, probability)

    def reset(self, *, times: int = 1, to: str = "", path: Endpoint = "any", probability: float = 1.0) -> Fault:
        """The connection is reset without an answer, and the request is not processed."""
        return self._add({"kind": "reset"}, times, to, path, probability)

    def delay(
        self,
        seconds: float,
        *,
        before: Literal["head", "body"] = "head",
        times: int = 1,
        to: str = "",
        path: Endpoint = "any",
        probability: float = 1.0,
    ) -> Fault:
        """The request is processed at once and answered so much later; before ``"body"``, half of that comes early.

        Raises:
            ValueError: That is less than nothing or more than 120 seconds.
        """
        if not 0 <= seconds <= LONGEST_DELAY:
            raise ValueError(f"a delay takes at most {LONGEST_DELAY} seconds, and no less than 0: {seconds:g}")
        action = {"kind": "delay", "ms": round(seconds * 1000), "before": before}
        return self._add(action, times, to, path, probability)

    def truncated(self, *, times: int = 1, to: str = "", path: Endpoint = "any", probability: float = 1.0) -> Fault:
        """The request is processed, and the connection closes in the middle of the answer."""
        return self._add({"kind": "truncated"}, times, to, path, probability)

    def invalid_json(self, *, times: int = 1, to: str = "", path: Endpoint = "any", probability: float = 1.0) -> Fault:
        """The request is processed, and half of its JSON is the whole answer."""
        return self._add({"kind": "invalid_json"}, times, to, path, probability)

    def answer_lost(self, *, times: int = 1, to: str = "", path: Endpoint = "any", probability: float = 1.0) -> Fault:
        """The request is processed, and the connection closes without an answer.

        A send is in the inbox then, once: whoever sends again without a word to the user has sent two SMS.
        """
        return self._add({"kind": "answer_lost"}, times, to, path, probability)

    def clear(self) -> None:
        """Removes all that wait."""
        self._control.delete("faults")

    def _add(self, action: Mapping[str, object], times: int, to: str, path: Endpoint, probability: float) -> Fault:
        added = self._control.post(
            "faults", {"path": path, "to": to, "times": times, "probability": probability, "do": action}
        )
        return Fault(added["id"], str(action["kind"]), self._control)
