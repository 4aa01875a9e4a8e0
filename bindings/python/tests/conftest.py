"""What every test may ask for. A missing library or server is a failure, never a skip."""

from __future__ import annotations

import gc
import logging
import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from asynchronous import Stop
from native import ObservedLibrary
from servers import EchoService, GoldenService, HeldService
from shoutout_otp import Client, _client
from shoutout_otp._library import load
from shoutout_otp.testing import Sandbox

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
    assert running._process._process.returncode == 0


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


@pytest.fixture
def native(library: Path, monkeypatch: pytest.MonkeyPatch) -> ObservedLibrary:
    """The library under test, observed; every client of the test uses it."""
    observed = ObservedLibrary(load(library))
    monkeypatch.setattr(_client, "load", lambda _: observed)
    return observed


@pytest.fixture
def stop(native: ObservedLibrary, held_service: HeldService) -> Iterator[Stop]:
    """Every send reaches the service, which answers at once, and is then stopped on its way back."""
    held_service.release.set()
    made = Stop(native)
    yield made
    made.release.set()


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No error is logged, as asyncio does with an exception that nobody retrieved.

    Its warnings are about slow callbacks, where `python -X dev` meets a busy machine.
    """
    caplog.set_level(logging.ERROR)
    yield
    gc.collect()
    records = [*caplog.get_records("call"), *caplog.records]  # The latter are of the teardown only.
    assert [record.getMessage() for record in records] == []
