"""``python -m shoutout_otp doctor``: what it finds, what it asks of the service, and what it never shows."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import shoutout_otp
from servers import PATIENCE, ROOT
from shoutout_otp import _library
from shoutout_otp._doctor import service
from shoutout_otp._doctor.command import main
from shoutout_otp.testing import Sandbox, _program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers import HeldService

PACKAGE = Path(shoutout_otp.__file__).parent

KEY = "keycanary1.keycanary2.keycanary3"


class Report(NamedTuple):
    exit_status: int
    text: str

    def verdict_on(self, subject: str) -> str:
        [verdict] = {line[:12].strip() for line in self.text.splitlines() if line[13:].startswith(f"{subject} ")}
        return verdict


class Doctor:
    """Called in this process, as from the command line."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *options: str) -> Report:
        exit_status = main(["doctor", *options])
        output, errors = self._capsys.readouterr()
        assert errors == ""
        return Report(exit_status, output)


@pytest.fixture
def doctor(library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """On a machine where all is there, and with a key."""
    monkeypatch.setenv("SHOUTOUT_OTP_LIBRARY", str(library))
    monkeypatch.setenv("SHOUTOUT_API_KEY", KEY)
    return Doctor(capsys)


@pytest.fixture
def own_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox that nobody else asks anything."""
    with Sandbox() as running:
        monkeypatch.setenv("SHOUTOUT_BASE_URL", running.base_url)
        yield running


class Listener:
    """Keeps what the first to connect sends until it hangs up."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE)
        self.port: int = self._socket.getsockname()[1]
        self.received: bytes | None = None
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.settimeout(PATIENCE)
            self.received = connection.recv(1)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._socket.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody listens, and that nobody else is given meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def requests_of(sandbox: Sandbox) -> list[dict[str, object]]:
    requests: list[dict[str, object]] = sandbox._control.get("requests")["requests"]
    return requests


@pytest.mark.usefixtures("own_sandbox")
def test_where_everything_works_it_says_what_was_loaded_from_where_and_that_all_is_well(
    doctor: Doctor, library: Path
) -> None:
    report = doctor()
    assert report.exit_status == 0, report.text
    assert report.text.endswith("\nAll is well.\n")
    assert f"{shoutout_otp.__version__}, in {PACKAGE}\n" in report.text
    assert f"0.1.0, ABI 0.1, {library.resolve()} (SHOUTOUT_OTP_LIBRARY)\n" in report.text
    assert f"shoutout-sandbox 0.1.0, {os.environ['SHOUTOUT_SANDBOX_BIN']}\n" in report.text
    for subject in ("C library", "sandbox", "API key", "service"):
        assert report.verdict_on(subject) == "ok"


def test_with_a_key_the_service_is_asked_for_one_verification_and_no_sms(doctor: Doctor, own_sandbox: Sandbox) -> None:
    assert doctor().exit_status == 0
    assert [request["path"] for request in requests_of(own_sandbox)] == ["/otpservice/verify"]
    assert own_sandbox.messages() == []


def test_without_a_key_a_connection_is_opened_and_nothing_is_sent(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOUTOUT_API_KEY")
    with Listener() as listener:
        monkeypatch.setenv("SHOUTOUT_BASE_URL", f"http://127.0.0.1:{listener.port}/otpservice")
        report = doctor()
    assert listener.received == b"", "nothing but the end"
    assert report.verdict_on("API key") == "NOT CHECKED"
    assert report.verdict_on("service") == "NOT CHECKED"
    assert f"127.0.0.1, port {listener.port}, accepts connections" in report.text
    assert report.exit_status == 0
    assert "not everything is known to work" in report.text


def test_without_a_key_and_with_a_proxy_the_connection_is_to_the_proxy(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOUTOUT_API_KEY")
    with Listener() as listener:
        report = doctor("--proxy", f"http://user:passwordcanary@127.0.0.1:{listener.port}")
    assert listener.received == b""
    assert f"127.0.0.1, port {listener.port}, accepts connections" in report.text
    assert "passwordcanary" not in report.text


def test_with_a_key_and_a_proxy_the_request_goes_through_the_proxy(
    doctor: Doctor, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUTOUT_BASE_URL", "https://127.0.0.1:9/otpservice")
    report = doctor("--proxy", f"http://user:passwordcanary@127.0.0.1:{closed_port}")
    assert report.exit_status == 1
    assert "Check the option proxy, and that it can be reached." in report.text
    assert "passwordcanary" not in report.text


@pytest.mark.parametrize("key", [KEY, ""], ids=["with a key", "without"])
def test_a_service_that_cannot_be_reached_is_a_fault_that_names_the_address(
    doctor: Doctor, closed_port: int, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("SHOUTOUT_API_KEY", key)
    monkeypatch.setenv("SHOUTOUT_BASE_URL", f"http://127.0.0.1:{closed_port}/otpservice")
    report = doctor()
    assert report.exit_status == 1
    assert report.verdict_on("service") == "FAULT"
    assert f"{closed_port}" in report.text.splitlines()[-3]
    assert "Connection refused" in report.text
    assert report.text.endswith("\nSomething does not work: see FAULT above.\n")


def test_a_service_that_never_answers_is_a_fault_when_the_time_is_over(
    doctor: Doctor, held_service: HeldService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUTOUT_BASE_URL", held_service.base_url)
    report = doctor("--timeout", "0.1")
    assert report.exit_status == 1
    assert "RequestTimeoutError" in report.text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((401, {"message": "Unauthorized"}), "did not accept the API key"),
        ((403, {"message": "Forbidden"}), "did not accept the API key"),
        ((404, {"message": "Not Found"}), "nothing at this address"),
        ((405, {"message": "Method Not Allowed"}), "HTTP 405"),
        ((429, {"message": "Too Many Requests"}), "RateLimitedError"),
        ((503, {"message": "Service Unavailable"}), "ServiceFailedError"),
        ((200, {"hello": "world"}), "UnexpectedResponseError"),
        (
            (200, {"referenceId": service.REFERENCE_ID, "code": service.CODE, "statusCode": "1000"}),
            "verified a code that was never sent",
        ),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else value,
)
def test_an_answer_that_no_working_service_gives_is_a_fault(
    doctor: Doctor,
    held_service: HeldService,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, dict[str, object]],
    told: str,
) -> None:
    held_service.answer = answer
    held_service.release.set()
    monkeypatch.setenv("SHOUTOUT_BASE_URL", held_service.base_url)
    report = doctor()
    assert report.exit_status == 1
    assert report.verdict_on("service") == "FAULT"
    assert told in report.text
    assert held_service.requests == 1


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"message": "unknown referenceId"}),
        (200, {"referenceId": service.REFERENCE_ID, "statusCode": "1001", "description": "invalid code"}),
    ],
    ids=["refused", "wrong code"],
)
def test_a_no_to_a_code_that_was_never_sent_is_what_a_working_service_says(
    doctor: Doctor,
    held_service: HeldService,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, dict[str, object]],
) -> None:
    held_service.answer = answer
    held_service.release.set()
    monkeypatch.setenv("SHOUTOUT_BASE_URL", held_service.base_url)
    report = doctor()
    assert report.exit_status == 0, report.text
    assert report.verdict_on("service") == "ok"


def test_offline_the_service_is_left_alone(doctor: Doctor, own_sandbox: Sandbox) -> None:
    report = doctor("--offline")
    assert report.exit_status == 0
    assert report.verdict_on("service") == "NOT CHECKED"
    assert requests_of(own_sandbox) == []


@pytest.mark.parametrize(
    ("key", "told"),
    [(f"Apikey {KEY}", "holds a space"), (f"{KEY}\n", "look for a line break at its end"), ("\udcff", "surrogate")],
    ids=["scheme", "line break", "not UTF-8"],
)
def test_a_key_that_cannot_be_one_is_a_fault_that_says_why_and_it_is_not_sent(
    doctor: Doctor, own_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, key: str, told: str
) -> None:
    monkeypatch.setenv("SHOUTOUT_API_KEY", key)
    report = doctor()
    assert report.exit_status == 1
    assert report.verdict_on("API key") == "FAULT"
    assert report.verdict_on("service") == "NOT CHECKED"
    assert told in report.text
    assert "canary" not in report.text
    assert requests_of(own_sandbox) == []


@pytest.mark.parametrize("key", [f'"{KEY}"', "keycanary1.keycanary2"], ids=["in quotes", "a part is missing"])
@pytest.mark.usefixtures("own_sandbox")
def test_a_key_unlike_the_providers_is_doubtful_for_it_may_be_one_all_the_same(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("SHOUTOUT_API_KEY", key)
    report = doctor()
    assert report.exit_status == 0
    assert report.verdict_on("API key") == "DOUBTFUL"
    assert "not everything is known to work" in report.text
    assert "canary" not in report.text


def test_a_missing_library_is_a_fault_with_every_path_tried_and_the_rest_is_told_all_the_same(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOUTOUT_OTP_LIBRARY")
    monkeypatch.setattr(_library, "_SHIPPED_PATH", str(PACKAGE / "not-shipped.so"))
    monkeypatch.setattr(_library, "_SYSTEM_NAME", "not-installed.so.0")
    report = doctor()
    assert report.exit_status == 1
    assert report.verdict_on("C library") == "FAULT"
    assert f"{PACKAGE / 'not-shipped.so'} (in this package)" in report.text
    assert "not-installed.so.0 (the system's loader)" in report.text
    assert report.verdict_on("sandbox") == "ok"
    assert report.verdict_on("API key") == "NOT CHECKED"
    assert report.verdict_on("service") == "NOT CHECKED"


def test_of_a_library_that_the_systems_loader_found_the_file_is_told(library: Path, tmp_path: Path) -> None:
    (tmp_path / "libshoutout_otp.so.0").write_bytes(library.read_bytes())
    told = subprocess.run(
        [sys.executable, "-m", "shoutout_otp", "doctor", "--offline"],
        env={"LD_LIBRARY_PATH": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert f"{tmp_path / 'libshoutout_otp.so.0'} (the system's loader)\n" in told.stdout


@pytest.mark.usefixtures("own_sandbox")
def test_a_sandbox_that_is_missing_is_no_fault_unless_somebody_named_it(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUTOUT_SANDBOX_BIN", "/nowhere/shoutout-sandbox")
    report = doctor()
    assert report.exit_status == 1
    assert report.verdict_on("sandbox") == "FAULT"
    assert "/nowhere/shoutout-sandbox (SHOUTOUT_SANDBOX_BIN): no such file" in report.text

    monkeypatch.delenv("SHOUTOUT_SANDBOX_BIN")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(_program, "SHIPPED_PATH", "/nowhere/shipped")
    report = doctor()
    assert report.exit_status == 0
    assert report.verdict_on("sandbox") == ""
    assert "/nowhere/shipped (in this package): no such file" in report.text


@pytest.mark.usefixtures("own_sandbox")
@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 3", "\177ELF of another machine"])
def test_a_sandbox_that_cannot_be_run_here_is_a_fault(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    program = tmp_path / "shoutout-sandbox"
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("SHOUTOUT_SANDBOX_BIN", str(program))
    report = doctor()
    assert report.exit_status == 1
    assert f"{program} cannot be run here" in report.text


def test_variables_are_told_and_no_value_that_may_hold_a_secret(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "SHOUTOUT_BASE_URL": "https://user:canary@127.0.0.1:9/otpservice?token=canary",
        "SHOUTOUT_APIKEY": "canary",
        "SHOUTOUT_SANDBOX_API_KEY": "canary",
        "HTTPS_PROXY": "http://user:canary@proxy",
    }.items():
        monkeypatch.setenv(name, value)
    report = doctor("--offline")
    assert "SHOUTOUT_API_KEY is set\n" in report.text
    assert "SHOUTOUT_BASE_URL is https://127.0.0.1:9/otpservice\n" in report.text
    assert "SHOUTOUT_APIKEY is set, and nothing here reads a variable of that name\n" in report.text
    assert "SHOUTOUT_SANDBOX_API_KEY is set, for the sandbox\n" in report.text
    assert "HTTPS_PROXY is set, and not read here" in report.text
    assert f"SHOUTOUT_OTP_LIBRARY is {os.environ['SHOUTOUT_OTP_LIBRARY']!r}\n" in report.text
    assert "canary" not in report.text


@pytest.mark.parametrize("variable", ["SHOUTOUT_BASE_URL", "SHOUTOUT_OTP_LIBRARY", "SHOUTOUT_SANDBOX_BIN"])
def test_a_key_in_the_wrong_variable_is_not_shown_either(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, KEY)
    report = doctor("--offline")
    assert report.exit_status == 1
    assert "canary" not in report.text


def test_an_option_that_the_library_refuses_is_a_fault_that_names_it(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUTOUT_BASE_URL", "http://192.0.2.1/otpservice")
    report = doctor("--offline")
    assert report.exit_status == 1
    assert "set allow_plain_http if that is really meant" in report.text
    assert doctor("--offline", "--allow-plain-http").exit_status == 0
    assert "option ca_file" in doctor("--offline", "--allow-plain-http", "--ca-file", "/nowhere.pem").text
    assert "option timeout" in doctor("--offline", "--allow-plain-http", "--timeout", "0").text


def test_over_tls_it_believes_whom_a_client_with_the_same_ca_file_would(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(None, "--tls") as sandbox:
        monkeypatch.setenv("SHOUTOUT_BASE_URL", sandbox.base_url)
        assert "TlsFailedError" in doctor().text
        assert sandbox.ca_file is not None
        assert doctor("--ca-file", sandbox.ca_file).exit_status == 0


@pytest.mark.parametrize("arguments", [["doctor", "--api-key", KEY], ["doctor", KEY], [KEY]])
def test_a_key_on_the_command_line_is_refused_and_not_repeated(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    output, errors = capsys.readouterr()
    assert "canary" not in output + errors


@pytest.mark.parametrize("option", ["--offline", "--help"])
def test_a_reader_that_has_read_enough_ends_it_without_a_traceback(option: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "shoutout_otp", "doctor", option],
        # Unbuffered, argparse itself would be told, and keep it to itself.
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONUNBUFFERED": ""},
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_the_default_address_is_the_librarys() -> None:
    header = (ROOT / "include" / "shoutout_otp.h").read_text("utf-8")
    assert f"Default: {service.PROVIDER}\n" in header
