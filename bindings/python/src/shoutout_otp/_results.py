"""What a call gives back: immutable values whose ``repr`` is safe to log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from ._status import VerifyOutcome

_Result = TypeVar("_Result")


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


@dataclass(frozen=True)
class SendResult:
    """The service accepted the SMS. Keep :attr:`reference_id`: verifying needs nothing else."""

    reference_id: str
    """What :meth:`Client.verify_otp` wants; never empty."""
    status: str
    """The service's own status, ``"1001"``."""
    description: str = field(repr=False)
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
    json: str = field(repr=False)
    """The whole answer as received, scrubbed of nothing; it holds the full number."""


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

    def __bool__(self) -> bool:
        return self.verified


def masked(number: str) -> str:
    shown = number[-2:] if len(number) > 4 else ""
    return "*" * (len(number) - len(shown)) + shown


def frozen(cls: type[_Result], values: dict[str, Any]) -> _Result:
    """``cls(**values)`` for one of the above, in a third of the time.

    The ``__init__`` of a frozen dataclass sets one attribute after the other past its own ``__setattr__``. This hands
    over all at once: the dictionary becomes the object's own. It must have every field, which a test sees to.
    """
    result = object.__new__(cls)
    object.__setattr__(result, "__dict__", values)
    return result
