"""The exceptions: one base, one class per range of statuses, one per status.

Built-in exceptions are second bases where they fit: :class:`ValueError` for refused input,
:class:`TimeoutError` for a deadline that passed. ``ConnectionError`` is deliberately not among
them, because general retry helpers repeat whatever raises it, and a repeated send may be a second
SMS.
"""

from __future__ import annotations

from ._status import Delivery, Status


class ShoutoutError(Exception):
    """A call failed. Every exception of this package that is about a call is one of these.

    Its texts hold no API key, no code and no full phone number. It can be pickled.
    """

    status: Status
    """What happened."""
    delivery: Delivery
    """Whether an SMS may be on its way. Ask this before a resend."""
    http_status: int
    """HTTP status of the answer; 0 if there was none."""
    service_status: str
    """The service's own code, such as ``"1007"``; empty if it gave none."""
    service_message: str
    """The service's own words; empty if it gave none."""
    retry_after: float | None
    """How many seconds the service asked to wait; ``None`` if it did not."""
    attempts: int
    """How often the request was tried; 0 if the input was refused."""
    elapsed: float
    """How many seconds the call took."""
    reference_id: str
    """Empty, or what an answer named that could not be trusted: with it a send whose delivery is
    unknown can still be verified."""
    request_id: str
    """The request's id in the service's own logs, for a support ticket; empty if there was none."""

    # Everything but the message is optional, because unpickling calls the class with the message
    # alone and restores the attributes afterwards.
    def __init__(
        self,
        message: str,
        *,
        status: Status = Status.INTERNAL_ERROR,
        delivery: Delivery = Delivery.UNKNOWN,
        http_status: int = 0,
        service_status: str = "",
        service_message: str = "",
        retry_after: float | None = None,
        attempts: int = 0,
        elapsed: float = 0.0,
        reference_id: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.delivery = delivery
        self.http_status = http_status
        self.service_status = service_status
        self.service_message = service_message
        self.retry_after = retry_after
        self.attempts = attempts
        self.elapsed = elapsed
        self.reference_id = reference_id
        self.request_id = request_id


class InvalidInputError(ShoutoutError, ValueError):
    """1 to 19: an argument was refused, and nothing left the machine."""


class ConfigurationError(InvalidInputError):
    """An option of the client was refused; the message names it."""


class InvalidApiKeyError(InvalidInputError):
    """There is no API key, or it cannot be one."""


class InvalidSourceError(InvalidInputError):
    """The source cannot be a sender mask."""


class InvalidDestinationError(InvalidInputError):
    """The destination is not a phone number in E.164 format, such as ``+94771234567``."""


class InvalidContentError(InvalidInputError):
    """The content lacks ``{{code}}``, is too long, or is not text."""


class InvalidCodeError(InvalidInputError):
    """What the user typed cannot be a code."""


class InvalidReferenceIdError(InvalidInputError):
    """The reference id cannot be one that a send gave."""


class NetworkError(ShoutoutError):
    """20 to 39: no answer came. Ask :attr:`~ShoutoutError.delivery` before a resend."""


class ResolveFailedError(NetworkError):
    """The name of the host could not be looked up."""


class ConnectFailedError(NetworkError):
    """No connection to the host."""


class TlsFailedError(NetworkError):
    """The TLS handshake failed: certificate, host name or protocol."""


class RequestTimeoutError(NetworkError, TimeoutError):
    """The deadline of the whole call passed."""


class ConnectionLostError(NetworkError):
    """The connection ended too early."""


class ProxyFailedError(NetworkError):
    """The proxy refused, or does not speak HTTP."""


class CallCancelledError(NetworkError):
    """The call was cancelled. Ask :attr:`~ShoutoutError.delivery` before a resend."""


class ServiceError(ShoutoutError):
    """40 to 59: the service answered, and it was not a yes."""


class UnauthorizedError(ServiceError):
    """HTTP 401 or 403: the service does not accept the API key."""


class RejectedError(ServiceError):
    """The service refused the request; see :attr:`~ShoutoutError.service_message`."""


class RateLimitedError(ServiceError):
    """HTTP 429: wait, for :attr:`~ShoutoutError.retry_after` seconds if that is given."""


class ServiceFailedError(ServiceError):
    """The service has a fault of its own, such as HTTP 5xx."""


class UnexpectedResponseError(ServiceError):
    """The answer cannot be trusted: not JSON, incomplete, a redirect, too large."""


class LibraryError(ShoutoutError):
    """60 and up: the fault lies with the library itself."""


class InternalError(LibraryError):
    """A fault in the library, contained by it. Please report it."""


class LibraryNotLoadedError(LibraryError, OSError):
    """The C library was not found or does not fit; the message lists every path tried."""


class ClientClosedError(ShoutoutError, RuntimeError):
    """The client was used after ``close()``. A mistake in the program; nothing was sent."""


_CLASSES: dict[Status, type[ShoutoutError]] = {
    Status.INVALID_ARGUMENT: ConfigurationError,
    Status.INVALID_API_KEY: InvalidApiKeyError,
    Status.INVALID_SOURCE: InvalidSourceError,
    Status.INVALID_DESTINATION: InvalidDestinationError,
    Status.INVALID_CONTENT: InvalidContentError,
    Status.INVALID_CODE: InvalidCodeError,
    Status.INVALID_REFERENCE_ID: InvalidReferenceIdError,
    Status.RESOLVE_FAILED: ResolveFailedError,
    Status.CONNECT_FAILED: ConnectFailedError,
    Status.TLS_FAILED: TlsFailedError,
    Status.TIMEOUT: RequestTimeoutError,
    Status.CONNECTION_LOST: ConnectionLostError,
    Status.PROXY_FAILED: ProxyFailedError,
    Status.CANCELLED: CallCancelledError,
    Status.UNAUTHORIZED: UnauthorizedError,
    Status.REJECTED: RejectedError,
    Status.RATE_LIMITED: RateLimitedError,
    Status.SERVICE_FAILED: ServiceFailedError,
    Status.UNEXPECTED_RESPONSE: UnexpectedResponseError,
    Status.INTERNAL_ERROR: InternalError,
}

_RANGES: tuple[tuple[range, type[ShoutoutError]], ...] = (
    (range(1, 20), InvalidInputError),
    (range(20, 40), NetworkError),
    (range(40, 60), ServiceError),
)


def class_of(status: Status) -> type[ShoutoutError]:
    """The class for a status; for one that only a newer library knows, that of its range."""
    exact = _CLASSES.get(status)
    if exact is not None:
        return exact
    return next((cls for numbers, cls in _RANGES if status in numbers), LibraryError)


def refusal(status: Status, message: str) -> ShoutoutError:
    """The exception for input that this package refuses before the library sees it."""
    return class_of(status)(f"{message}. Nothing was sent.", status=status, delivery=Delivery.NOT_SENT)
