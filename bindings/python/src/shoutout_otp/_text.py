"""From Python strings to C strings, refusing what a C string cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import refusal

if TYPE_CHECKING:
    from ._status import Status


def encode(argument: str, value: object, status: Status) -> bytes:
    """The value in UTF-8, fit to be passed as ``const char *``.

    ctypes would pass a value with U+0000 in it cut short, without a word.

    Raises ``TypeError`` if the value is no ``str``, and the exception for ``status`` if C cannot
    express it. Both name the argument; neither shows the value.
    """
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be str, not {type(value).__name__}")
    if "\0" in value:
        raise refusal(status, f"{argument} holds U+0000")
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        pass  # Refused below, where this exception, which holds the whole value, is gone.
    raise refusal(status, f"{argument} holds a lone surrogate, which UTF-8 cannot express")
