"""The numbers of the C ABI by name: status, delivery, outcome of a verification.

The header ``shoutout_otp.h`` is where they come from; a test holds the two equal. A newer library
may know numbers that this package does not. Each enum then gives a member that is safe to act on.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class Status(IntEnum):
    """What became of a call.

    The ranges have a meaning: 1 to 19 the input, 20 to 39 the network, 40 to 59 the service,
    60 and up the library.
    """

    OK = 0

    INVALID_ARGUMENT = 1
    INVALID_API_KEY = 2
    INVALID_SOURCE = 3
    INVALID_DESTINATION = 4
    INVALID_CONTENT = 5
    INVALID_CODE = 6
    INVALID_REFERENCE_ID = 7

    RESOLVE_FAILED = 20
    CONNECT_FAILED = 21
    TLS_FAILED = 22
    TIMEOUT = 23
    CONNECTION_LOST = 24
    PROXY_FAILED = 25
    CANCELLED = 26

    UNAUTHORIZED = 40
    REJECTED = 41
    RATE_LIMITED = 42
    SERVICE_FAILED = 43
    UNEXPECTED_RESPONSE = 44

    INTERNAL_ERROR = 60

    @classmethod
    def _missing_(cls, value: object) -> Status | None:
        """A number that only a newer library knows keeps its value, and so its range."""
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"STATUS_{value}"
        member._value_ = value
        return member

    def __reduce_ex__(self, protocol: object) -> tuple[type[Status], tuple[int]]:
        """By value: early Python 3.11 pickles by name, which a newer library's number has none of."""
        return type(self), (self._value_,)


class Delivery(Enum):
    """Whether an SMS may be on its way although the call failed.

    For a verification: whether the attempt may have been counted, or the code used up.
    """

    NOT_SENT = 1
    """Surely no SMS. Sending again is safe."""

    UNKNOWN = 2
    """An SMS may be on its way. Ask the user to wait before a resend: it would be a second SMS."""

    @classmethod
    def _missing_(cls, value: object) -> Delivery | None:
        return cls.UNKNOWN if isinstance(value, int) else None


class VerifyOutcome(Enum):
    """What the service said about a code."""

    VERIFIED = 1
    """It is the right code."""

    WRONG_CODE = 2
    """It is another code than the one that was sent."""

    EXPIRED = 3
    """Too late. (The service's codes 1002 and 1003, whose meaning is not confirmed.)"""

    REFUSED = 4
    """Not verified for any other reason."""

    @classmethod
    def _missing_(cls, value: object) -> VerifyOutcome | None:
        return cls.REFUSED if isinstance(value, int) else None
