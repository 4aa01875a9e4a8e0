"""What the library's clients are made of: the key and the options."""

from __future__ import annotations

import ctypes
import weakref
from typing import TYPE_CHECKING

from . import _read
from ._errors import refusal
from ._handle import Handle
from ._native import SoClient, SoError
from ._status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._native import Functions, SoOptions
    from ._options import Setting


class Recipe:
    """Makes clients that differ in nothing but their timeouts. One thread at a time may use it.

    Key and options are kept where they can be wiped, and are, by :meth:`forget` or with this
    object.
    """

    def __init__(self, native: Functions, key: bytes, settings: Iterable[Setting]) -> None:
        self.native = native
        self._key = ctypes.create_string_buffer(key)  # Bytes could not be wiped.
        self._options = native.so_options_new()
        self._forget = weakref.finalize(self, _forget, native, self._key, self._options)
        for function, arguments in settings:
            self._set(function, *arguments)

    def _set(self, function: str, *arguments: object) -> None:
        # The options remember a refusal, and so_client_new reports the first, with the name of the
        # option. What they cannot remember is a fault in the setter, or that they are NULL.
        status = getattr(self.native, function)(self._options, *arguments)
        if status == Status.INTERNAL_ERROR or not self._options:
            raise refusal(Status.INTERNAL_ERROR, f"{function} failed inside the library")

    def client(self, timeout: float | None = None) -> Handle:
        """A new client, with this timeout in seconds or that of the settings."""
        if timeout is not None:
            self._set("so_options_set_timeout_ms", int(timeout * 1000))
        client, error = SoClient(), SoError(self.native.so_free_error)
        status = self.native.so_client_new(self._key, self._options, client, error)
        if status != Status.OK:
            raise _read.failure(self.native, status, error)
        return Handle(self.native, client)

    def forget(self) -> None:
        """Wipes the key and frees the options, after which no client can be made any more."""
        self._forget()


def _forget(native: Functions, key: ctypes.Array[ctypes.c_char], options: SoOptions) -> None:
    ctypes.memset(key, 0, len(key))
    native.so_free_options(options)
