"""The client: what an application makes one of, and calls."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from . import _options, _read
from ._errors import refusal
from ._library import LibraryPath, load, version_of
from ._native import SoError, SoSendResult, SoVerifyResult
from ._recipe import Recipe
from ._secrets import without_locals
from ._status import Status
from ._text import Argument

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from ._options import Headers
    from ._results import SendResult, VerifyResult

_API_KEY = Argument("api_key", Status.INVALID_API_KEY)
_SOURCE = Argument("source", Status.INVALID_SOURCE)
_DESTINATION = Argument("destination", Status.INVALID_DESTINATION)
_CONTENT = Argument("content", Status.INVALID_CONTENT)
_REFERENCE_ID = Argument("reference_id", Status.INVALID_REFERENCE_ID)
_CODE = Argument("code", Status.INVALID_CODE)

# By a name of its own, for Python 3.11 takes its time to find the member of an enum.
_OK = Status.OK


class Client:
    """Sends one-time passcodes by SMS and verifies them.

    Any number of threads may use one client at once, and other Python threads run meanwhile.
    Making a client is cheap: it opens no connection, and all clients of a process share theirs.
    It survives ``fork()``. An exception or Ctrl-C is raised only after a running call has ended,
    at the latest when its timeout has passed.

    Use it as a context manager, or call :meth:`close`.
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
    ) -> None:
        """Checks the key and the options. Nothing leaves the machine.

        ``None`` means the default.

        Args:
            api_key: By default the environment variable ``SHOUTOUT_API_KEY``.
            base_url: By default the environment variable ``SHOUTOUT_BASE_URL``, or the
                provider's. ``/send`` and ``/verify`` are appended.
            auth_scheme: The word before the key, by default ``Apikey``.
            headers: More headers on every request. Treated as secrets.
            timeout: Seconds for a whole call, retries and all: 0.001 to 600, by default 30.
            connect_timeout: Seconds for one attempt to connect, by default 5.
            max_retries: How often a request is tried again that surely was not sent, by default 2.
            ca_file: PEM file of the authorities to trust instead of the bundled ones.
            proxy: ``http://`` URL, by default none. No environment variable is read for it.
            allow_plain_http: Accepts an ``http://`` base URL beyond this machine.
            user_agent_suffix: What to append to the user agent, such as ``my-shop/2.1``.
            library: Path of the C library. By default ``SHOUTOUT_OTP_LIBRARY``, the file in this
                package, the system's.

        Raises:
            InvalidApiKeyError: There is no key, or it cannot be one.
            ConfigurationError: An option was refused; the message names it.
            LibraryNotLoadedError: The C library is missing or does not fit.
            TypeError: An argument has the wrong type; the message names it.
        """
        recipe = recipe_of(
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
        try:
            self._native = recipe.native
            self._handle = recipe.client()
        finally:
            recipe.forget()

    @without_locals
    def send_otp(self, *, source: str, destination: str, content: str) -> SendResult:
        """Has the service make a code, put it in the place of ``{{code}}``, and send that by SMS.

        Args:
            source: The sender mask, registered with the provider, such as ``ShoutDEMO``.
            destination: The number in E.164 format. ``+94 77 123 4567`` and ``0094771234567`` are
                understood; a local number such as ``0771234567`` is refused.
            content: The SMS with ``{{code}}`` in it; any language.

        Raises:
            InvalidInputError: An argument was refused; one subclass per argument.
            NetworkError: No answer came.
            ServiceError: The answer was not a yes.
            ClientClosedError: The client is closed.
            TypeError: An argument is no ``str``.

        Before you send again, look at :attr:`ShoutoutError.delivery`: with ``Delivery.UNKNOWN``
        the first SMS may be on its way.
        """
        arguments = _SOURCE.encode(source), _DESTINATION.encode(destination), _CONTENT.encode(content)
        native = self._native
        result, error = SoSendResult(native.so_free_send_result), SoError(native.so_free_error)
        status = self._handle.call(native.so_send_otp, *arguments, result, error)
        if status != _OK:
            raise _read.failure(native, status, error)
        return _read.send_result(native, result)

    @without_locals
    def verify_otp(self, *, reference_id: str, code: str) -> VerifyResult:
        """Asks the service whether this is the code that it sent.

        A wrong code is no exception: the result is false, and its ``outcome`` says why.

        Args:
            reference_id: :attr:`SendResult.reference_id` of the send.
            code: What the user typed. A string, since leading zeros count.

        Raises:
            InvalidInputError: An argument was refused; one subclass per argument.
            NetworkError: No answer came.
            ServiceError: The answer was neither a yes nor a no.
            ClientClosedError: The client is closed.
            TypeError: An argument is no ``str``.

        With ``Delivery.UNKNOWN`` the attempt may have been counted, or the code used up.
        """
        arguments = _REFERENCE_ID.encode(reference_id), _CODE.encode(code)
        native = self._native
        result, error = SoVerifyResult(native.so_free_verify_result), SoError(native.so_free_error)
        status = self._handle.call(native.so_verify_otp, *arguments, result, error)
        if status != _OK:
            raise _read.failure(native, status, error)
        return _read.verify_result(native, result)

    @property
    def library_version(self) -> str:
        """The version of the C library in use, such as ``0.1.0``."""
        return version_of(self._native)

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._handle.closed

    def close(self) -> None:
        """Refuses further calls, and waits for those that other threads are still making.

        May be called again, and by any thread. In a signal handler that interrupted a call of the
        same thread it does not wait.
        """
        self._handle.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        # The debugger may ask while __init__ is still running.
        handle = getattr(self, "_handle", None)
        state = "new" if handle is None else "closed" if handle.closed else "open"
        return f"<{type(self).__name__}: {state}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied: it holds the API key. "
            "Share it between threads, keep it over fork(), or make another where it is needed."
        )


class BriefClient(Client):
    """A client for a single call that may take no longer than this. To be closed after it."""

    def __init__(self, recipe: Recipe, timeout: float) -> None:
        self._native = recipe.native
        self._handle = recipe.client(timeout)


def recipe_of(api_key: str | None, options: Mapping[str, object], library: LibraryPath | None) -> Recipe:
    """What :class:`Client` is made with, checked as far as this package checks it."""
    if api_key is None:
        api_key = _environment("SHOUTOUT_API_KEY")
    if api_key is None:
        raise refusal(Status.INVALID_API_KEY, "api_key is missing; pass it or set SHOUTOUT_API_KEY")
    if options["base_url"] is None:
        options = {**options, "base_url": _environment("SHOUTOUT_BASE_URL")}
    settings = _options.settings(options)
    key = _API_KEY.encode(api_key)
    return Recipe(load(library), key, settings)


def _environment(name: str) -> str | None:
    """The variable's value; ``None`` if it is unset or empty, as ``NAME= program`` makes it."""
    return os.environ.get(name) or None
