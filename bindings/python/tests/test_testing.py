"""`shoutout_otp.testing.Sandbox`: the SMS that a test sees, the faults that it sets, the clock that it moves."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

import shoutout_otp
from servers import PATIENCE
from shoutout_otp import (
    Client,
    ConnectionLostError,
    Delivery,
    RateLimitedError,
    RequestTimeoutError,
    ServiceFailedError,
    ShoutoutError,
    UnexpectedResponseError,
    VerifyOutcome,
)
from shoutout_otp.testing import Fault, NoSmsError, Sandbox, SandboxError
from shoutout_otp.testing._control import Control

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers import HeldService

PACKAGE = Path(shoutout_otp.__file__).parent

NUMBER = "94771234567"
OTHER = "94777654321"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def box(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def login(library: Path, box: Sandbox) -> Iterator[Client]:
    with Client(box.API_KEY, base_url=box.base_url, library=library, timeout=PATIENCE) as client:
        yield client


def send(client: Client, number: str = NUMBER) -> str:
    return client.send_otp(source="ShoutDEMO", destination=number, content="Your code is {{code}}").reference_id


def test_the_last_code_is_that_of_the_newest_sms_to_the_number(box: Sandbox, login: Client) -> None:
    send(login)
    newest = send(login)
    send(login, OTHER)

    assert login.verify_otp(reference_id=newest, code=box.last_code("+94 77 123 4567"))


def test_a_number_without_an_sms_is_a_failed_test_that_says_what_came_instead(box: Sandbox, login: Client) -> None:
    with pytest.raises(NoSmsError, match=r"^there is no SMS to 94771234567\. The inbox is empty\.$"):
        box.last_code(NUMBER)
    send(login, OTHER)
    with pytest.raises(AssertionError, match=f"The inbox holds 1, newest first to: {OTHER}"):
        box.last_code(NUMBER)


def test_an_sms_is_told_in_full(box: Sandbox, login: Client) -> None:
    reference_id = login.send_otp(source="ShoutDEMO", destination=NUMBER, content="කේතය {{code}}").reference_id
    [sms] = box.messages()

    assert sms.text == f"කේතය {sms.code}"
    assert (sms.destination, sms.source, sms.reference_id) == (NUMBER, "ShoutDEMO", reference_id)
    assert (sms.encoding, sms.segments, sms.cost) == ("UCS-2", 1, 1.0)
    assert (sms.state, sms.attempts, sms.verified) == ("pending", 0, False)
    assert sms.expires_at - sms.received_at == timedelta(seconds=240)
    assert round(sms.received_at.timestamp() * 1000) == box._control.get("messages")["messages"][0]["received_at"]
    assert login.verify_otp(reference_id=reference_id, code="wrong").outcome is VerifyOutcome.WRONG_CODE
    assert login.verify_otp(reference_id=reference_id, code=sms.code)
    [sms] = box.messages(NUMBER)
    assert (sms.state, sms.attempts, sms.verified) == ("verified", 2, True)


def test_the_repr_of_an_sms_shows_neither_its_code_nor_the_whole_number(box: Sandbox, login: Client) -> None:
    send(login)
    [sms] = box.messages()

    assert sms.code not in repr(sms).replace(sms.reference_id, "")
    assert NUMBER not in repr(sms)
    assert "destination='*********67'" in repr(sms)


def test_an_sms_cannot_be_changed(box: Sandbox, login: Client) -> None:
    send(login)
    with pytest.raises(dataclasses.FrozenInstanceError):
        box.messages()[0].code = "00000"  # type: ignore[misc]


def test_messages_come_oldest_first_and_for_one_number_if_asked(box: Sandbox, login: Client) -> None:
    sent = [send(login), send(login, OTHER), send(login)]

    assert [sms.reference_id for sms in box.messages()] == sent
    assert [sms.reference_id for sms in box.messages("+" + NUMBER)] == [sent[0], sent[2]]


def test_a_wait_ends_with_the_sms(box: Sandbox, login: Client) -> None:
    arrived = []
    waiter = threading.Thread(target=lambda: arrived.append(box.wait_for_sms(NUMBER, timeout=PATIENCE)))
    waiter.start()
    while box._control.get("ready")["waiting"] == 0:
        assert waiter.is_alive()
    reference_id = send(login)
    waiter.join(PATIENCE)

    assert [sms.reference_id for sms in arrived] == [reference_id]


def test_an_sms_that_came_before_the_wait_counts_and_after_another_only_later_ones_do(
    box: Sandbox, login: Client
) -> None:
    sent = [send(login), send(login)]
    first = box.wait_for_sms(NUMBER)
    second = box.wait_for_sms(NUMBER, after=first)

    assert [first.reference_id, second.reference_id] == sent
    assert box.wait_for_sms(NUMBER, after=first.seq) == second
    with pytest.raises(NoSmsError, match=f"came within 0 seconds after SMS {second.seq}"):
        box.wait_for_sms(NUMBER, timeout=0, after=second)


def test_a_wait_in_vain_is_a_failed_test_that_says_what_came_instead(box: Sandbox, login: Client) -> None:
    send(login, OTHER)
    with pytest.raises(NoSmsError) as vain:
        box.wait_for_sms(NUMBER, timeout=0.01)
    assert str(vain.value) == (
        f"no SMS to {NUMBER} came within 0.01 seconds. The inbox holds 1, newest first to: {OTHER}"
    )


@dataclasses.dataclass(frozen=True)
class Row:
    """What a client makes of a fault, and how many SMS are in the inbox afterwards."""

    add: Callable[[Sandbox], Fault]
    raises: type[ShoutoutError]
    http_status: int
    sms: int
    delivery: Delivery = Delivery.UNKNOWN
    timeout: float = PATIENCE


FAULTS = {
    "answer": Row(lambda box: box.faults.answer(status=503, body="{}"), ServiceFailedError, 503, sms=0),
    "rate_limited": Row(
        lambda box: box.faults.rate_limited(retry_after=7), RateLimitedError, 429, sms=0, delivery=Delivery.NOT_SENT
    ),
    "gateway_html": Row(lambda box: box.faults.gateway_html(status=504), ServiceFailedError, 504, sms=0),
    "close": Row(lambda box: box.faults.close(), ConnectionLostError, 0, sms=0),
    "reset": Row(lambda box: box.faults.reset(), ConnectionLostError, 0, sms=0),
    "delay of the head": Row(lambda box: box.faults.delay(60), RequestTimeoutError, 0, sms=1, timeout=0.5),
    "delay of the body": Row(
        lambda box: box.faults.delay(60, before="body"), RequestTimeoutError, 200, sms=1, timeout=0.5
    ),
    "truncated": Row(lambda box: box.faults.truncated(), ConnectionLostError, 200, sms=1),
    "invalid_json": Row(lambda box: box.faults.invalid_json(), UnexpectedResponseError, 200, sms=1),
    "answer_lost": Row(lambda box: box.faults.answer_lost(), ConnectionLostError, 0, sms=1),
}


@pytest.mark.parametrize("row", FAULTS.values(), ids=FAULTS)
def test_a_fault_strikes_once_as_its_name_says_and_then_all_is_well(box: Sandbox, library: Path, row: Row) -> None:
    row.add(box)
    with Client(box.API_KEY, base_url=box.base_url, library=library, timeout=row.timeout) as client:
        with pytest.raises(row.raises) as failed:
            send(client)
        assert (failed.value.http_status, failed.value.delivery) == (row.http_status, row.delivery)
        assert len(box.messages()) == row.sms
    with Client(box.API_KEY, base_url=box.base_url, library=library) as client:
        send(client)


def test_the_wait_that_a_rate_limit_asks_for_is_the_one_given(box: Sandbox, login: Client) -> None:
    box.faults.rate_limited(retry_after=7)
    with pytest.raises(RateLimitedError) as failed:
        send(login)
    assert failed.value.retry_after == 7


def test_the_body_of_an_answer_is_the_one_given(box: Sandbox, login: Client) -> None:
    box.faults.answer(status=400, body='{"message":"insufficient credits"}')
    with pytest.raises(ShoutoutError) as failed:
        send(login)
    assert failed.value.service_message == "insufficient credits"


EVERY_FAULT: dict[str, Callable[..., Fault]] = {
    "answer": lambda box, **which: box.faults.answer(**which),
    "rate_limited": lambda box, **which: box.faults.rate_limited(**which),
    "gateway_html": lambda box, **which: box.faults.gateway_html(**which),
    "close": lambda box, **which: box.faults.close(**which),
    "reset": lambda box, **which: box.faults.reset(**which),
    "delay": lambda box, **which: box.faults.delay(1, **which),
    "truncated": lambda box, **which: box.faults.truncated(**which),
    "invalid_json": lambda box, **which: box.faults.invalid_json(**which),
    "answer_lost": lambda box, **which: box.faults.answer_lost(**which),
}


@pytest.mark.parametrize("kind", EVERY_FAULT)
def test_every_fault_can_be_told_whom_to_strike_how_often_and_by_what_chance(box: Sandbox, kind: str) -> None:
    fault = EVERY_FAULT[kind](box, times=3, to="+" + NUMBER, path="verify", probability=0.5)
    [waiting] = box._control.get("faults")["faults"]

    assert (fault.id, fault.kind, waiting["do"]["kind"]) == (waiting["id"], kind, kind)
    assert {name: waiting[name] for name in ("times", "to", "path", "probability")} == {
        "times": 3,
        "to": NUMBER,
        "path": "verify",
        "probability": 0.5,
    }


def test_a_fault_strikes_only_the_number_and_the_call_that_it_is_for(box: Sandbox, login: Client) -> None:
    box.faults.answer(to=NUMBER, path="verify")
    other, reference_id = send(login, OTHER), send(login)

    assert login.verify_otp(reference_id=other, code=box.last_code(OTHER))
    with pytest.raises(ServiceFailedError):
        login.verify_otp(reference_id=reference_id, code=box.last_code(NUMBER))


def test_a_fault_in_a_with_block_ends_with_the_block(box: Sandbox, login: Client) -> None:
    box.faults.answer(status=400, to=OTHER)
    with box.faults.answer(status=503, times=100):
        for _ in range(2):
            with pytest.raises(ServiceFailedError):
                send(login)
    send(login)
    with pytest.raises(ShoutoutError, match="400"):  # The other fault still waits.
        send(login, OTHER)


def test_cleared_faults_strike_nobody(box: Sandbox, login: Client) -> None:
    box.faults.close()
    box.faults.answer()
    box.faults.clear()

    assert send(login)


def test_a_code_expires_when_the_clock_is_moved_and_a_reset_sets_it_right(box: Sandbox, login: Client) -> None:
    before = send(login)
    box.clock.advance(239)
    assert box.messages()[0].state == "pending"
    box.clock.advance(1.5)
    assert box._control.get("clock")["moved_ms"] == 240_500

    assert box.messages()[0].state == "expired"
    assert login.verify_otp(reference_id=before, code=box.last_code(NUMBER)).outcome is VerifyOutcome.EXPIRED
    box.clock.reset()
    assert box._control.get("clock")["moved_ms"] == 0


def test_after_a_reset_nothing_of_what_was_is_left(box: Sandbox, login: Client) -> None:
    send(login)
    box.faults.close(times=100)
    box.clock.advance(1000)
    box.reset()

    assert box.messages() == []
    assert box._control.get("clock")["moved_ms"] == 0
    assert send(login)


def test_a_proxy_of_the_environment_is_not_asked() -> None:
    nowhere = "http://127.0.0.1:9"
    told = subprocess.run(
        # In a process of its own, since the proxies may be read on import.
        [sys.executable, "-c", "from shoutout_otp.testing import Sandbox; print(Sandbox().messages())"],
        env={
            **os.environ,
            "PYTHONPATH": str(PACKAGE.parent),
            "http_proxy": nowhere,
            "all_proxy": nowhere,
            "no_proxy": "",
        },
        timeout=PATIENCE,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert told.stdout == "[]\n"


@pytest.mark.parametrize("seconds", [-0.001, 120.001, 200, float("inf"), float("nan")])
def test_a_delay_that_the_sandbox_would_not_take_is_refused_in_seconds(box: Sandbox, seconds: float) -> None:
    with pytest.raises(ValueError, match=rf"^a delay takes at most 120 seconds, and no less than 0: {seconds:g}$"):
        box.faults.delay(seconds)
    assert box._control.get("faults")["faults"] == []


def test_the_longest_and_the_shortest_delay_are_taken(box: Sandbox) -> None:
    box.faults.delay(120)
    box.faults.delay(0)

    assert [fault["do"]["ms"] for fault in box._control.get("faults")["faults"]] == [120_000, 0]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"error": "in its own words", "message": "in others"}, "in its own words"),
        ({"message": "in those of a guard"}, "in those of a guard"),
        ({}, "HTTP 403"),
    ],
)
def test_whoever_refuses_a_request_the_reason_is_told(
    held_service: HeldService, answer: dict[str, str], told: str
) -> None:
    held_service.release.set()
    held_service.answer = (403, answer)
    with pytest.raises(SandboxError, match=f"^the sandbox refused POST /_sandbox/reset: {told}$"):
        Control(held_service.base_url, None).post("reset")


def test_what_the_sandbox_refuses_is_told_in_its_words(box: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"^the sandbox refused GET /_sandbox/messages: .*digits"):
        box.messages("not a number")
    with pytest.raises(SandboxError, match=r"^the sandbox refused POST /_sandbox/faults: "):
        box.faults.answer(status=7)
