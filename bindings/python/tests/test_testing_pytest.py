"""The fixture `shoutout_sandbox` in the pytest of somebody who has installed this package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from servers import PATIENCE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "bindings" / "python"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of packages, in which this one is as pip would install it."""
    folder = tmp_path / "installed"
    metadata = folder / "shoutout_otp-0.1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: shoutout-otp\nVersion: 0.1.0\n")
    project = (PACKAGE / "pyproject.toml").read_text("utf-8")
    entry_points = re.search(r"^\[project\.entry-points\.pytest11\]\n((?:.+\n)+)", project, re.MULTILINE)
    assert entry_points is not None
    (metadata / "entry_points.txt").write_text("[pytest11]\n" + entry_points[1].replace('"', ""))
    (folder / "shoutout_otp").symlink_to(PACKAGE / "src" / "shoutout_otp")
    return folder


def run_pytest(installed: Path, tests: str, **environment: str) -> tuple[dict[str, int], str]:
    """The counts of the last line, and all that pytest wrote."""
    project = installed.parent / "project"
    project.mkdir()
    (project / "test_it.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        timeout=PATIENCE,
        check=False,
        capture_output=True,
        text=True,
    )
    counts = re.findall(r"(\d+) (passed|failed|errors?|skipped)", done.stdout.splitlines()[-1])
    return {what: int(count) for count, what in counts}, done.stdout + done.stderr


TESTS_THAT_SHARE_A_SANDBOX = """
import os
import pytest
from shoutout_otp import Client

urls = set()

def send():
    with Client() as client:
        return client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")

@pytest.mark.parametrize("time", [1, 2])
def test_each_has_an_inbox_of_its_own(shoutout_sandbox, time):
    urls.add(shoutout_sandbox.url)
    assert shoutout_sandbox.messages() == []
    assert send().reference_id == shoutout_sandbox.messages()[0].reference_id
    shoutout_sandbox.faults.close(times=100)
    shoutout_sandbox.clock.advance(1000)

def test_all_have_the_same_process():
    assert len(urls) == 1

def test_the_environment_is_as_it_was():
    assert os.environ["SHOUTOUT_BASE_URL"] == "https://real.example"
    assert os.environ["SHOUTOUT_API_KEY"] == "a.real.key"

def test_a_real_key_is_not_used(shoutout_sandbox):
    assert os.environ["SHOUTOUT_API_KEY"] == shoutout_sandbox.API_KEY
"""


def test_installing_the_package_is_enough(installed: Path, library: Path) -> None:
    counts, output = run_pytest(
        installed,
        TESTS_THAT_SHARE_A_SANDBOX,
        SHOUTOUT_OTP_LIBRARY=str(library),
        SHOUTOUT_BASE_URL="https://real.example",
        SHOUTOUT_API_KEY="a.real.key",
    )
    assert counts == {"passed": 5}, output


def test_without_a_sandbox_only_who_asks_for_one_fails_and_is_told_where_it_was_looked_for(installed: Path) -> None:
    counts, output = run_pytest(
        installed,
        "def test_that_does_not_ask(): pass\ndef test_that_asks(shoutout_sandbox): pass\n",
        SHOUTOUT_SANDBOX_BIN="/nowhere/shoutout-sandbox",
    )
    assert counts == {"passed": 1, "error": 1}, output
    reports, _, _ = output.partition("short test summary info")  # which repeats a whole message where CI is set
    assert reports.count("/nowhere/shoutout-sandbox (SHOUTOUT_SANDBOX_BIN): no such file") == 1
    assert "Traceback" not in output
    assert "_program.py" not in output
    assert "another exception" not in output


def test_a_project_can_give_the_sandbox_options(installed: Path) -> None:
    counts, output = run_pytest(
        installed,
        """
import pytest

@pytest.fixture(scope="session")
def shoutout_sandbox_options():
    return ["--seed", "4711"]

def test_it(shoutout_sandbox):
    assert shoutout_sandbox._control.get("faults")["seed"] == 4711
""",
    )
    assert counts == {"passed": 1}, output


def test_the_helpers_work_where_there_is_no_pytest() -> None:
    program = """
import sys
sys.modules["pytest"] = None  # Whoever imports it gets an ImportError.
from shoutout_otp.testing import Sandbox
with Sandbox() as sandbox:
    assert sandbox.messages() == []
"""
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(PACKAGE / "src")},
        timeout=PATIENCE,
        check=True,
    )
