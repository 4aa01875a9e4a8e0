"""The wheel, installed in an environment of its own; the sources cannot be reached."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import shoutout_otp
from shoutout_otp import AsyncClient, Client
from shoutout_otp.testing import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(shoutout_otp.__file__).parent
ENVIRONMENT = Path(sys.prefix)
LIBRARY = PACKAGE / "libshoutout_otp.so"
PROGRAM = PACKAGE / "shoutout-sandbox"
COMMAND = ENVIRONMENT / "bin" / "shoutout-sandbox"

NUMBER = "+94771234567"
SEND = {"source": "ShoutDEMO", "destination": NUMBER, "content": "Your code is {{code}}"}


def doctor(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-m", "shoutout_otp", "doctor", *options], capture_output=True, text=True, check=False
    )


@pytest.fixture
def _no_library() -> Iterator[None]:
    """An installation that somebody took the library out of."""
    aside = LIBRARY.with_suffix(".aside")
    LIBRARY.rename(aside)
    yield
    aside.rename(LIBRARY)


def test_the_sources_cannot_be_reached_and_nothing_points_anywhere_else() -> None:
    assert os.listdir(os.environ["SHOUTOUT_HIDDEN_SOURCES"]) == []  # noqa: PTH208 - the same in fewer words
    assert "SHOUTOUT_OTP_LIBRARY" not in os.environ
    assert "SHOUTOUT_SANDBOX_BIN" not in os.environ
    assert PACKAGE.is_relative_to(ENVIRONMENT)


def test_an_otp_is_sent_and_verified_with_what_the_wheel_brought(shoutout_sandbox: Sandbox) -> None:
    with Client() as client:
        assert client.library_version == shoutout_otp.__version__
        sent = client.send_otp(**SEND)
        assert not client.verify_otp(reference_id=sent.reference_id, code="wrong")
        assert client.verify_otp(reference_id=sent.reference_id, code=shoutout_sandbox.last_code(NUMBER))
    loaded = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "shoutout" in line}
    assert loaded == {str(LIBRARY)}
    assert Path(f"/proc/{shoutout_sandbox._process._process.pid}/exe").resolve() == PROGRAM.resolve()


def test_an_otp_is_sent_and_verified_from_asyncio(shoutout_sandbox: Sandbox) -> None:
    async def login() -> bool:
        async with AsyncClient() as client:
            sent = await client.send_otp(**SEND)
            code = shoutout_sandbox.last_code(NUMBER)
            return bool(await client.verify_otp(reference_id=sent.reference_id, code=code))

    assert asyncio.run(login())


def test_the_command_is_the_program_in_the_package_and_serves_until_its_input_ends() -> None:
    with subprocess.Popen(
        [COMMAND, "--port", "0", "--exit-with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        ready = json.loads(command.stdout.readline())
        assert Path(f"/proc/{command.pid}/exe").resolve() == PROGRAM.resolve()
        with Client(Sandbox.API_KEY, base_url=ready["base_url"]) as client:
            client.send_otp(**SEND)
        waiting = [COMMAND, "wait", "--to", NUMBER, "--url", ready["url"], "--print", "code"]
        told = subprocess.run(waiting, capture_output=True, text=True, check=True)
        assert told.stdout.strip()
        command.communicate()
    assert command.returncode == 0


@pytest.mark.usefixtures("shoutout_sandbox")
def test_the_doctor_says_that_all_is_well_and_where_it_is() -> None:
    told = doctor()
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.endswith("\nAll is well.\n")
    assert f"{LIBRARY} (in this package)\n" in told.stdout
    assert f", {PROGRAM}\n" in told.stdout


@pytest.mark.usefixtures("shoutout_sandbox")
def test_the_doctor_names_the_address_that_nothing_answers_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        monkeypatch.setenv("SHOUTOUT_BASE_URL", f"http://{address}/otpservice")
        told = doctor()
    assert told.returncode == 1
    assert f"service {address}" in told.stdout
    assert "Connection refused" in told.stdout


@pytest.mark.usefixtures("shoutout_sandbox")
def test_the_doctor_says_of_a_key_that_it_cannot_be_one_and_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUTOUT_API_KEY", "Apikey keycanary.keycanary.keycanary")
    told = doctor()
    assert told.returncode == 1
    assert 'without "Apikey " before it' in told.stdout
    assert "canary" not in told.stdout + told.stderr


@pytest.mark.usefixtures("shoutout_sandbox", "_no_library")
def test_the_doctor_says_where_a_library_that_is_missing_was_looked_for() -> None:
    told = doctor()
    assert told.returncode == 1
    assert f"{LIBRARY} (in this package)" in told.stdout
    assert "libshoutout_otp.so.0 (the system's loader)" in told.stdout
