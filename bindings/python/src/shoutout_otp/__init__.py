"""Send one-time passcodes by SMS through ShoutOUT, and verify them.

    from shoutout_otp import Client, Delivery, ShoutoutError

    with Client() as client:  # the key from SHOUTOUT_API_KEY
        sent = client.send_otp(
            source="ShoutDEMO", destination="+94771234567", content="Your code is {{code}}"
        )
        if client.verify_otp(reference_id=sent.reference_id, code=input("code: ")):
            ...

:class:`AsyncClient` is the same for asyncio.

The work is done by the C library ``libshoutout_otp``; this package loads it, converts values and
raises exceptions. A request is never repeated once it may have reached the service, and every
exception says whether an SMS may be on its way: see :class:`Delivery`.
"""

from ._async_client import AsyncClient
from ._client import Client
from ._errors import (
    CallCancelledError,
    ClientClosedError,
    ConfigurationError,
    ConnectFailedError,
    ConnectionLostError,
    InternalError,
    InvalidApiKeyError,
    InvalidCodeError,
    InvalidContentError,
    InvalidDestinationError,
    InvalidInputError,
    InvalidReferenceIdError,
    InvalidSourceError,
    LibraryError,
    LibraryNotLoadedError,
    NetworkError,
    ProxyFailedError,
    RateLimitedError,
    RejectedError,
    RequestTimeoutError,
    ResolveFailedError,
    ServiceError,
    ServiceFailedError,
    ShoutoutError,
    TlsFailedError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from ._results import SendResponse, SendResult, VerifyResult
from ._status import Delivery, Status, VerifyOutcome

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "CallCancelledError",
    "Client",
    "ClientClosedError",
    "ConfigurationError",
    "ConnectFailedError",
    "ConnectionLostError",
    "Delivery",
    "InternalError",
    "InvalidApiKeyError",
    "InvalidCodeError",
    "InvalidContentError",
    "InvalidDestinationError",
    "InvalidInputError",
    "InvalidReferenceIdError",
    "InvalidSourceError",
    "LibraryError",
    "LibraryNotLoadedError",
    "NetworkError",
    "ProxyFailedError",
    "RateLimitedError",
    "RejectedError",
    "RequestTimeoutError",
    "ResolveFailedError",
    "SendResponse",
    "SendResult",
    "ServiceError",
    "ServiceFailedError",
    "ShoutoutError",
    "Status",
    "TlsFailedError",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "VerifyOutcome",
    "VerifyResult",
    "__version__",
]
