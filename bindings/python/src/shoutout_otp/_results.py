"""What a call gives back: immutable values whose ``repr`` is safe to log."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from ._status import VerifyOutcome

_Result = TypeVar("_Result")

# Past the __init__ and the __setattr__ of a frozen dataclass.
_new, _set = object.__new__, object.__setattr__


@dataclass(frozen=True)
class SendResponse:
    """What the service said about one destination of a send."""

    destination: str
    """The full number. ``repr`` shows its last two digits only."""
    reference_id: str
    """The service's id of this SMS. Not the one that :meth:`Client.verify_otp` wants."""
    status: str
    """The service's own status."""
    cost: float | None
    """Credits; ``None`` if the service named none."""

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(destination={masked(self.destination)!r}, "
            f"reference_id={self.reference_id!r}, status={self.status!r}, cost={self.cost!r})"
        )


class _ReadWhenAsked:
    """For a dataclass that reads its values from the library once somebody asks for one that is not there yet.

    Its fields are slots, so that serialisers ask for them by name. What stands in a ``__dict__`` they would take for
    all that there is.
    """

    __slots__ = ("__weakref__", "_read_others")

    _read_others: Callable[[], dict[str, Any]] | None

    if not TYPE_CHECKING:  # which would let every name pass

        def __getattr__(self, name: str) -> Any:
            if name in self.__dataclass_fields__:
                self._fill()
            return object.__getattribute__(self, name)

    def _fill(self) -> None:
        # Threads may do this at once: each reads the same values, and the function goes when all of them are there.
        read_others = self._read_others
        if read_others is not None:
            for name, value in read_others().items():
                _set(self, name, value)
            _set(self, "_read_others", None)


@dataclass(frozen=True, repr=False)
class SendResult(_ReadWhenAsked):
    """The service accepted the SMS. Keep :attr:`reference_id`: verifying needs nothing else."""

    __slots__ = (
        "attempts",
        "cost",
        "description",
        "elapsed",
        "http_status",
        "json",
        "reference_id",
        "request_id",
        "responses",
        "status",
    )

    reference_id: str
    """What :meth:`Client.verify_otp` wants; never empty."""
    status: str
    """The service's own status, ``"1001"``."""
    description: str
    """The service's own words."""
    cost: float | None
    """Credits in total; ``None`` if the service named none."""
    responses: tuple[SendResponse, ...]
    """One per destination; may be empty."""
    http_status: int
    attempts: int
    """How often the request was tried: more than 1 if connecting failed at first."""
    elapsed: float
    """How many seconds the whole call took."""
    json: str
    """The whole answer as received, scrubbed of nothing; it holds the full number."""
    request_id: str
    """The request's id in the service's own logs, for a support ticket; empty if the answer named none."""

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(reference_id={self.reference_id!r}, status={self.status!r}, cost={self.cost!r}, "
            f"responses={self.responses!r}, http_status={self.http_status!r}, attempts={self.attempts!r}, "
            f"elapsed={self.elapsed!r}, request_id={self.request_id!r})"
        )

    def __reduce__(self) -> tuple[type[SendResult], tuple[Any, ...]]:
        """With all values: pickles and copies need no library."""
        return type(self), tuple([getattr(self, field.name) for field in fields(self)])


@dataclass(frozen=True)
class VerifyResult:
    """The service's word on a code. A wrong code is a result, not an exception.

    True in a condition exactly if the code is verified, so that ``if client.verify_otp(...):``
    never lets a wrong code pass.
    """

    verified: bool
    outcome: VerifyOutcome
    """Why, or why not."""
    status: str
    """The service's own status code, such as ``"1000"``."""
    description: str = field(repr=False)
    """The service's own words."""
    reference_id: str
    """The send that was asked about."""
    http_status: int
    elapsed: float
    """How many seconds the whole call took."""
    request_id: str
    """The request's id in the service's own logs, for a support ticket; empty if the answer named none."""

    def __bool__(self) -> bool:
        return self.verified


def masked(number: str) -> str:
    shown = number[-2:] if len(number) > 4 else ""
    return "*" * (len(number) - len(shown)) + shown


def send_result(reference_id: str, read_others: Callable[[], dict[str, Any]]) -> SendResult:
    """One that reads its other values when it is asked for them.

    Most applications want the reference id and no more, and to read the others takes half as long as the send.
    """
    result = _new(SendResult)
    _set(result, "reference_id", reference_id)
    _set(result, "_read_others", read_others)
    return result


def frozen(cls: type[_Result], values: dict[str, Any]) -> _Result:
    """``cls(**values)`` for one of the above, in a third of the time.

    The ``__init__`` of a frozen dataclass sets one attribute after the other past its own ``__setattr__``. This hands
    over all at once: the dictionary becomes the object's own. It must have every field, which a test sees to.
    """
    result = _new(cls)
    _set(result, "__dict__", values)
    return result
