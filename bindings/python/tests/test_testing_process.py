"""Where `shoutout_otp.testing` finds the sandbox, and that it never outlives whoever started it."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import shoutout_otp
from servers import PATIENCE, ROOT
from shoutout_otp.testing import Sandbox, SandboxError, SandboxNotFoundError, _process, _program

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(shoutout_otp.__file__).parent


@pytest.fixture
def binary(monkeypatch: pytest.MonkeyPatch) -> str:
    """The sandbox, which nothing in the environment names any more."""
    path = os.environ["SHOUTOUT_SANDBOX_BIN"]
    monkeypatch.delenv("SHOUTOUT_SANDBOX_BIN")
    monkeypatch.setattr(_program, "SHIPPED_PATH", str(PACKAGE / "not-shipped"))
    monkeypatch.setenv("PATH", "/nowhere")
    return path


def script(path: Path, text: str, interpreter: str = "/bin/sh") -> Path:
    path.write_text(f"#!{interpreter}\n{text}\n")
    path.chmod(0o755)
    return path


def told(path: object = None) -> str:
    with pytest.raises(SandboxNotFoundError) as missing:
        _program.find(path)  # type: ignore[arg-type]
    return str(missing.value)


def test_without_a_sandbox_every_place_that_was_tried_is_told(binary: str) -> None:
    assert Path(binary).exists()
    lines = told().splitlines()

    assert lines[1:4] == [
        "  SHOUTOUT_SANDBOX_BIN: not set",
        f"  {PACKAGE / 'not-shipped'} (in this package): no such file",
        "  shoutout-sandbox (on the PATH): not found in /nowhere",
    ]


@pytest.mark.usefixtures("binary")
def test_without_a_sandbox_it_is_told_which_wheel_has_one_how_to_build_one_and_where_to_name_it() -> None:
    how = told().splitlines()[-1]

    assert how.startswith("A wheel made for this platform has it inside. ")
    assert "name the program shoutout-sandbox in SHOUTOUT_SANDBOX_BIN;" in how
    [build] = re.findall("`(.+)`", how)
    assert f"\t{build}\n" in (ROOT / "Makefile").read_text("utf-8")


def test_it_is_looked_for_as_named_then_in_the_package_then_on_the_path(
    binary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_the_path = tmp_path / "shoutout-sandbox"
    on_the_path.symlink_to(binary)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _program.find() == str(on_the_path)

    shipped = tmp_path / "shipped"
    shipped.symlink_to(binary)
    monkeypatch.setattr(_program, "SHIPPED_PATH", str(shipped))
    assert _program.find() == str(shipped)

    monkeypatch.setenv("SHOUTOUT_SANDBOX_BIN", binary)
    assert _program.find() == binary
    assert _program.find(shipped) == str(shipped)


def test_it_ships_beside_the_c_library() -> None:
    assert Path(_program.SHIPPED_PATH) == PACKAGE / "shoutout-sandbox"


@pytest.mark.usefixtures("binary")
def test_one_that_somebody_named_is_the_only_one_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "shoutout-sandbox", "")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert f"  {tmp_path / 'typo'} (the binary argument): no such file\n" in told(tmp_path / "typo")
    monkeypatch.setenv("SHOUTOUT_SANDBOX_BIN", "shoutout-sandbox")
    monkeypatch.chdir("/")
    assert "  shoutout-sandbox (SHOUTOUT_SANDBOX_BIN): no such file\n" in told()
    (tmp_path / "text").touch()
    assert "not an executable file" in told(tmp_path / "text")


def test_a_sandbox_that_cannot_start_says_why() -> None:
    with pytest.raises(SandboxError, match=r"ended with status 2 and was never ready\. .*--nonsense"):
        Sandbox(None, "--nonsense")


def test_options_reach_the_sandbox() -> None:
    with Sandbox(None, "--seed", "4711") as sandbox:
        assert sandbox._control.get("faults")["seed"] == 4711


def test_the_settings_of_the_developers_own_sandbox_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUTOUT_SANDBOX_SEED", "4711")
    with Sandbox() as sandbox:
        assert sandbox._control.get("faults")["seed"] == 1


def test_a_program_of_another_kind_is_told_and_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SandboxError, match="cannot be run"):
        Sandbox(script(tmp_path / "broken", "", interpreter="/nowhere/sh"))
    with pytest.raises(SandboxError, match=r"was never ready\. hello"):
        Sandbox(script(tmp_path / "talks", "echo hello"))
    monkeypatch.setattr(_process, "PATIENCE", 0.2)
    for name, text in (("silent", "exec cat"), ("talks-on", "echo hello; exec sleep 60")):
        with pytest.raises(SandboxError, match=r"did not end within 0\.2 seconds and was never ready"):
            Sandbox(script(tmp_path / name, text))


def test_a_program_that_ends_instead_is_told_with_its_own_status_and_all_that_it_said(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"ended with status 0 and was never ready\. (?s:.*)--exit-with-stdin"):
        Sandbox(None, "--help")
    talks = script(tmp_path / "talks", "echo one; echo two >&2; read -r line; echo three; exit 7")
    with pytest.raises(SandboxError, match=r"talks ended with status 7 and was never ready\. one\nthree\ntwo$"):
        Sandbox(talks)


def test_after_the_block_it_has_ended_also_if_that_failed() -> None:
    sandbox = Sandbox()
    with pytest.raises(ZeroDivisionError), sandbox:
        raise ZeroDivisionError
    assert sandbox._process._process.returncode == 0
    sandbox.stop()
    with pytest.raises(SandboxError, match="does not answer"):
        sandbox.messages()


def test_one_that_does_not_end_by_itself_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = script(tmp_path / "stubborn", """echo '{"url":"http://x","base_url":"http://x"}'; exec sleep 60""")
    sandbox = Sandbox(stubborn)
    monkeypatch.setattr(_process, "PATIENCE", 0.2)
    sandbox.stop()
    assert sandbox._process._process.returncode == -signal.SIGKILL


KILLED_WITH_A_SANDBOX = """
import sys
from shoutout_otp.testing import Sandbox
print(Sandbox()._process.ready["pid"], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def killed() -> Iterator[subprocess.Popen[str]]:
    """A process that has a sandbox, to be killed."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WITH_A_SANDBOX],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_it_ends_with_a_test_process_that_is_killed(killed: subprocess.Popen[str]) -> None:
    assert killed.stdout is not None
    sandbox = os.pidfd_open(int(killed.stdout.readline()))
    try:
        killed.kill()
        ended, _, _ = select.select([sandbox], [], [], PATIENCE)
        assert ended == [sandbox]
    finally:
        os.close(sandbox)
