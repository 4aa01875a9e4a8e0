"""Tests of the login in `login.py`, against a sandbox:  pytest test_login.py.

The fixture `shoutout_sandbox` comes with the package; `Client()` talks to it while a test has it.
"""

from __future__ import annotations

import json

from login import check_code, request_code
from shoutout_otp.testing import Sandbox

NUMBER = "+94771234567"


def test_the_code_of_the_sms_lets_the_user_in_once(shoutout_sandbox: Sandbox) -> None:
    session: dict[str, str] = {}
    assert request_code(session, NUMBER) == "We have sent you a code."
    code = shoutout_sandbox.last_code(NUMBER)

    assert check_code(session, "wrong") == "That code is wrong."
    assert "user" not in session

    assert check_code(session, code) == "Welcome!"
    assert "user" in session

    assert check_code(session, code) != "Welcome!"


def test_a_code_that_has_expired_lets_nobody_in(shoutout_sandbox: Sandbox) -> None:
    session: dict[str, str] = {}
    request_code(session, NUMBER)
    shoutout_sandbox.clock.advance(seconds=3600)

    assert "expired" in check_code(session, shoutout_sandbox.last_code(NUMBER))
    assert "user" not in session


def test_an_sms_whose_answer_was_lost_is_not_sent_again_and_the_user_is_told_to_wait(shoutout_sandbox: Sandbox) -> None:
    session: dict[str, str] = {}
    shoutout_sandbox.faults.answer_lost(to=NUMBER)

    assert "wait a minute" in request_code(session, NUMBER)
    assert len(shoutout_sandbox.messages(NUMBER)) == 1
    assert check_code(session, shoutout_sandbox.last_code(NUMBER)) == "Please ask for a new code."


def test_a_code_whose_answer_was_lost_is_not_checked_against_an_earlier_sms(shoutout_sandbox: Sandbox) -> None:
    session: dict[str, str] = {}
    request_code(session, NUMBER)
    shoutout_sandbox.faults.answer_lost(to=NUMBER)
    request_code(session, NUMBER)

    for sms in shoutout_sandbox.messages(NUMBER):
        assert check_code(session, sms.code) == "Please ask for a new code."
    assert "user" not in session


def test_a_code_lets_the_user_in_if_at_least_the_reference_id_came_through(shoutout_sandbox: Sandbox) -> None:
    session: dict[str, str] = {}
    request_code(session, NUMBER)
    shoutout_sandbox.faults.answer(status=500, body=json.dumps({"referenceId": session["otp"]}))

    assert "wait a minute" in request_code(session, NUMBER)
    assert check_code(session, shoutout_sandbox.last_code(NUMBER)) == "Welcome!"


def test_a_code_that_could_not_be_checked_lets_the_user_in_as_soon_as_it_can(shoutout_sandbox: Sandbox) -> None:
    session: dict[str, str] = {}
    request_code(session, NUMBER)
    code = shoutout_sandbox.last_code(NUMBER)
    shoutout_sandbox.faults.answer(status=503)

    assert "try again" in check_code(session, code)
    assert "user" not in session
    assert check_code(session, code) == "Welcome!"
