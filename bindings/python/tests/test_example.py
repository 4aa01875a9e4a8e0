"""`examples/python/send_and_verify.py` does what it says: the code typed is the code in the SMS."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from servers import PATIENCE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from servers import HeldService
    from shoutout_otp.testing import Sandbox

EXAMPLE = ROOT / "examples" / "python" / "send_and_verify.py"


def start(library: Path, base_url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, EXAMPLE, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "bindings" / "python" / "src"),
            "SHOUTOUT_API_KEY": "test.test.test",
            "SHOUTOUT_BASE_URL": base_url,
            "SHOUTOUT_OTP_LIBRARY": str(library),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], typed: str) -> tuple[int, str, str]:
    output, errors = process.communicate(typed, timeout=PATIENCE)
    return process.returncode, output, errors


def test_the_code_of_the_sms_is_verified(library: Path, sandbox: Sandbox) -> None:
    process = start(library, sandbox.base_url, "94773000001", "ඔබේ කේතය {{code}}")
    sms = sandbox.wait_for_sms("94773000001", timeout=PATIENCE)

    assert finish(process, sms.code + "\n") == (0, f"sent {sms.reference_id}\ncode: verified\n", "")
    assert sms.text == f"ඔබේ කේතය {sms.code}"


def test_a_wrong_code_is_not_verified(library: Path, sandbox: Sandbox) -> None:
    process = start(library, sandbox.base_url, "94773000002")
    sms = sandbox.wait_for_sms("94773000002", timeout=PATIENCE)
    status, output, errors = finish(process, "wrong\n")

    assert (status, errors) == (1, "")
    assert output == f"sent {sms.reference_id}\ncode: not verified: wrong code, try again\n"


def test_a_local_number_is_an_error_with_what_would_be_right(library: Path, sandbox: Sandbox) -> None:
    status, output, errors = finish(start(library, sandbox.base_url, "0771234567"), "")

    assert (status, output) == (2, "")
    assert "E.164" in errors
    assert "wait" not in errors


def test_an_sms_that_may_be_on_its_way_is_told(library: Path, held_service: HeldService) -> None:
    held_service.release.set()
    held_service.answer = (502, {"message": "Bad Gateway"})
    status, output, errors = finish(start(library, held_service.base_url, "94773000003"), "")

    assert (status, output) == (2, "")
    assert "wait a minute before you send another" in errors
    assert held_service.requests == 1
