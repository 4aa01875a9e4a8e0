"""What every test may ask for. A missing library or server is a failure, never a skip."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from servers import EchoService, GoldenService, HeldService, Sandbox
from shoutout_otp import Client

if TYPE_CHECKING:
    from collections.abc import Iterator


def file_from_environment(name: str, what: str) -> Path:
    value = os.environ.get(name)
    if not value or not Path(value).is_file():
        pytest.fail(f"{name} must be the path of {what}, and is {value!r}", pytrace=False)
    return Path(value)


@pytest.fixture(autouse=True)
def _nothing_of_the_developers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps a real key and the real service out of the tests."""
    monkeypatch.delenv("SHOUTOUT_API_KEY", raising=False)
    monkeypatch.delenv("SHOUTOUT_BASE_URL", raising=False)


@pytest.fixture(scope="session")
def library() -> Path:
    """The C library under test. Clients find it by its environment variable."""
    return file_from_environment("SHOUTOUT_OTP_LIBRARY", "libshoutout_otp.so")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox for all tests: each uses a number of its own."""
    with Sandbox(file_from_environment("SHOUTOUT_SANDBOX_BIN", "shoutout-sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def golden_service() -> Iterator[GoldenService]:
    """The service that plays the golden table; at the end it must have seen nothing unexpected."""
    with GoldenService(file_from_environment("SHOUTOUT_GOLDEN_SERVICE_BIN", "golden-service")) as running:
        yield running


@pytest.fixture
def held_service() -> Iterator[HeldService]:
    """A service that keeps its first request waiting."""
    with HeldService() as running:
        yield running


@pytest.fixture(params=["plain", "TLS"])
def echo_service(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EchoService]:
    """A service that answers each with its own destination; its base URL and authority are in the environment."""
    tls = None
    if request.param == "TLS":
        authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(tls)
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("CA_FILE", str(tmp_path / "ca.pem"))
    with EchoService(tls) as running:
        monkeypatch.setenv("SHOUTOUT_BASE_URL", running.base_url)
        yield running


@pytest.fixture
def client(library: Path, sandbox: Sandbox) -> Iterator[Client]:
    """A client of the sandbox."""
    with Client("test.test.test", base_url=sandbox.base_url, library=library) as open_client:
        yield open_client
