"""Whether the service is reachable, found out without an SMS and without cost.

With a key, a code is verified that was never sent: that is the library's own way to the service, with its roots, its
proxy and its deadline, and the service looks at the key, but there is no SMS in it and nobody's attempt is used up.
Without a key nothing is asked of the service at all.
"""

from __future__ import annotations

import os
import re
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from shoutout_otp._client import Client
from shoutout_otp._errors import InvalidApiKeyError, LibraryNotLoadedError, RejectedError, ShoutoutError

from .finding import Finding, Verdict
from .installation import without_secrets

PROVIDER = "https://api.getshoutout.com/otpservice"
"""The C library's default."""

REFERENCE_ID = "shoutout-otp-doctor"
"""No send gives this."""
CODE = "00000"

_PLACEHOLDER = "no.key.set"
"""For a client that checks its options and sends nothing."""

_NOTHING_THERE = (404, 405)
"""HTTP statuses of an address at which nothing is, or something else."""


class Settings(NamedTuple):
    """How the application reaches the service, as far as that is not in the environment."""

    timeout: float = 10.0
    ca_file: str | None = None
    proxy: str | None = None
    allow_plain_http: bool = False
    offline: bool = False


def api_key() -> Finding:
    """The key in the environment, judged by its form: nothing leaves the machine, and no part of it is shown."""
    key = _key()
    if not key:
        return Finding(
            Verdict.NOT_CHECKED,
            "API key",
            "SHOUTOUT_API_KEY is not set.\n"
            "If your application has its key from elsewhere, set it for this command alone.",
        )
    try:
        Client(key, base_url=PROVIDER).close()
    except InvalidApiKeyError as error:
        return Finding(Verdict.FAULT, "API key", f"SHOUTOUT_API_KEY is set, and cannot be a key: {error}")
    except ShoutoutError:
        return Finding(Verdict.NOT_CHECKED, "API key", "SHOUTOUT_API_KEY is set; the C library would judge it.")
    if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", key, re.ASCII):
        return Finding(
            Verdict.DOUBTFUL,
            "API key",
            "SHOUTOUT_API_KEY is set, and unlike the provider's keys: three parts of letters, digits, - and _, with\n"
            "dots between. Is a part missing, or are there quotation marks around it?",
        )
    return Finding(Verdict.OK, "API key", "SHOUTOUT_API_KEY is set, and looks well-formed.")


def service(settings: Settings) -> Finding:
    """Whether the service answers; see above for what it is asked."""
    url = os.environ.get("SHOUTOUT_BASE_URL") or PROVIDER
    key = _key()
    try:
        client = Client(
            key or _PLACEHOLDER,
            base_url=url,
            timeout=settings.timeout,
            ca_file=settings.ca_file,
            proxy=settings.proxy,
            allow_plain_http=settings.allow_plain_http,
        )
    except (InvalidApiKeyError, LibraryNotLoadedError):
        return _finding(Verdict.NOT_CHECKED, "Mend the faults above first.")
    except ShoutoutError as error:
        return _finding(Verdict.FAULT, str(error))
    with client:
        if settings.offline:
            return _finding(Verdict.NOT_CHECKED, f"{without_secrets(url)} is left alone, as --offline says.")
        if not key:
            return _connect(settings.proxy or url, settings.timeout)
        return _ask(client, without_secrets(url))


def _ask(client: Client, url: str) -> Finding:
    try:
        answer = client.verify_otp(reference_id=REFERENCE_ID, code=CODE)
    except RejectedError as error:
        if error.http_status in _NOTHING_THERE:
            return _finding(Verdict.FAULT, f"{url}: {error}")
        said = f"HTTP {error.http_status}: {error.service_message or error.service_status}"
        elapsed = error.elapsed
    except ShoutoutError as error:
        return _finding(Verdict.FAULT, f"{url}: {type(error).__name__}: {error}")
    else:
        said, elapsed = f"{answer.status} {answer.description}", answer.elapsed
        if answer.verified:
            return _finding(
                Verdict.FAULT,
                f"{url} verified a code that was never sent. Whatever answers there, do not let it decide who is who.",
            )
    return _finding(
        Verdict.OK,
        f"{url} answered in {elapsed:.2f} s, and did not object to the key.\n"
        f"To a code that was never sent it said, as it should, no ({said}).",
    )


def _connect(url: str, timeout: float) -> Finding:
    """Opens a connection and sends nothing; the URL is one that a client took."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
    try:
        socket.create_connection((host, port), timeout).close()
    except (OSError, UnicodeError) as error:  # UnicodeError: of a name that is too long for one
        text = f"no connection to {host}, port {port}: {error}. Does a firewall or a proxy stand between?"
        return _finding(Verdict.FAULT, text)
    return _finding(
        Verdict.NOT_CHECKED,
        f"{host}, port {port}, accepts connections (TCP; closed again at once). Without a key nothing was sent,\n"
        "so TLS, the key and the service itself are not checked.",
    )


def _finding(verdict: Verdict, text: str) -> Finding:
    return Finding(verdict, "service", text)


def _key() -> str | None:
    return os.environ.get("SHOUTOUT_API_KEY") or None
