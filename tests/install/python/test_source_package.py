"""The source package, installed without a bundle: the environment says where library and sandbox are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import shoutout_otp
from shoutout_otp import Client, LibraryNotLoadedError
from shoutout_otp.testing import Sandbox, SandboxNotFoundError

PACKAGE = Path(shoutout_otp.__file__).parent
BUNDLE = Path(os.environ["SHOUTOUT_TEST_BUNDLE"])

NUMBER = "+94771234567"


def test_nothing_in_it_is_for_one_platform() -> None:
    suffixes = {path.suffix for path in PACKAGE.rglob("*") if path.is_file()}
    assert suffixes - {".pyc"} == {".py", ".typed"}
    assert not (Path(sys.prefix) / "bin" / "shoutout-sandbox").exists()


def test_without_a_library_it_says_where_it_looked_and_which_wheel_has_one() -> None:
    with pytest.raises(LibraryNotLoadedError) as missing:
        Client("made-up.for.tests")
    assert f"{PACKAGE / 'libshoutout_otp.so'} (in this package)" in str(missing.value)
    assert "A wheel made for this platform has it inside." in str(missing.value)


def test_without_a_sandbox_it_says_where_it_looked_and_which_wheel_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxNotFoundError) as missing:
        Sandbox()
    assert f"{PACKAGE / 'shoutout-sandbox'} (in this package)" in str(missing.value)
    assert "A wheel made for this platform has it inside." in str(missing.value)


def test_with_both_named_an_otp_is_sent_and_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUTOUT_OTP_LIBRARY", str(BUNDLE / "libshoutout_otp.so"))
    monkeypatch.setenv("SHOUTOUT_SANDBOX_BIN", str(BUNDLE / "shoutout-sandbox"))
    with Sandbox() as sandbox, Client(Sandbox.API_KEY, base_url=sandbox.base_url) as client:
        sent = client.send_otp(source="ShoutDEMO", destination=NUMBER, content="Your code is {{code}}")
        assert client.verify_otp(reference_id=sent.reference_id, code=sandbox.last_code(NUMBER))
        monkeypatch.setenv("SHOUTOUT_BASE_URL", sandbox.base_url)
        monkeypatch.setenv("SHOUTOUT_API_KEY", Sandbox.API_KEY)
        subprocess.run([sys.executable, "-I", "-m", "shoutout_otp", "doctor"], check=True)
