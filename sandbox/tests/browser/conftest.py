"""What every test may ask for. A missing browser, library or server is a failure, never a skip."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from inbox import Inbox
from servers import Sandbox
from shoutout_otp import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=10_000)


def file_from_environment(name: str, what: str) -> Path:
    value = os.environ.get(name)
    if not value or not Path(value).is_file():
        pytest.fail(f"{name} must be the path of {what}, and is {value!r}", pytrace=False)
    return Path(value).resolve()


@pytest.fixture(autouse=True)
def _nothing_of_the_developers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps a real key and the real service out of the tests."""
    monkeypatch.delenv("SHOUTOUT_API_KEY", raising=False)
    monkeypatch.delenv("SHOUTOUT_BASE_URL", raising=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The chromium of the system, with a profile of its own that is removed at the end."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.fail("chromium is not installed; CHROMIUM may name another one", pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def flags() -> list[str]:
    """How the sandbox is started; a test may want it otherwise."""
    return []


@pytest.fixture
def sandbox(flags: list[str]) -> Iterator[Sandbox]:
    with Sandbox(file_from_environment("SHOUTOUT_SANDBOX_BIN", "shoutout-sandbox"), *flags) as running:
        yield running


@pytest.fixture
def context(browser: Browser, sandbox: Sandbox) -> Iterator[BrowserContext]:
    """A window of a developer in Colombo who has no need of animations."""
    made = browser.new_context(
        locale="en-GB",
        timezone_id="Asia/Colombo",
        viewport={"width": 1360, "height": 860},
        reduced_motion="reduce",
        # As the developer does who goes past the warning of the browser.
        ignore_https_errors=sandbox.ca_file is not None,
    )
    made.grant_permissions(["clipboard-read", "clipboard-write"], origin=sandbox.url)
    yield made
    made.close()


@pytest.fixture
def inbox(context: BrowserContext, sandbox: Sandbox) -> Iterator[Inbox]:
    """The page, open and connected. At the end nothing must have gone wrong in it."""
    opened = Inbox(context.new_page(), sandbox.url)
    yield opened
    assert opened.complaints == []


@pytest.fixture
def client_with(sandbox: Sandbox) -> Iterator[Callable[[str], Client]]:
    """Makes clients by their keys. They are the real library, which tries nothing twice: each test counts requests."""
    library = file_from_environment("SHOUTOUT_OTP_LIBRARY", "libshoutout_otp.so")
    with contextlib.ExitStack() as made:

        def make(key: str) -> Client:
            client = Client(key, base_url=sandbox.base_url, library=library, max_retries=0, ca_file=sandbox.ca_file)
            return made.enter_context(client)

        yield make


@pytest.fixture
def client(client_with: Callable[[str], Client]) -> Client:
    return client_with("made-up-key")
