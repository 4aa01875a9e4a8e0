"""From Python strings to C strings, refusing what a C string cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ._errors import refusal

if TYPE_CHECKING:
    from ._status import Status


class Argument(NamedTuple):
    """A text that the caller gives: what messages call it, and the status if it is refused."""

    name: str
    status: Status

    def encode(self, value: object) -> bytes:
        """The value in UTF-8, fit to be passed as ``const char *``.

        ctypes would pass a value with U+0000 in it cut short, without a word.

        Raises ``TypeError`` if the value is no ``str``, and the exception for the status if C cannot
        express it. Both name the argument; neither shows the value.
        """
        if not isinstance(value, str):
            raise TypeError(f"{self.name} must be str, not {type(value).__name__}")
        if "\0" in value:
            raise refusal(self.status, f"{self.name} holds U+0000")
        try:
            return value.encode()
        except UnicodeEncodeError:
            pass  # Refused below, where this exception, which holds the whole value, is gone.
        raise refusal(self.status, f"{self.name} holds a lone surrogate, which UTF-8 cannot express")
