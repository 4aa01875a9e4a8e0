"""The main path, against a stateful service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shoutout_otp import Client, RejectedError, VerifyOutcome

if TYPE_CHECKING:
    from shoutout_otp.testing import Sandbox

SINHALA = "ඔබගේ කේතය {{code}} වේ. எண்: {{code}}"


def test_a_sinhala_text_arrives_and_its_code_is_verified(client: Client, sandbox: Sandbox) -> None:
    sent = client.send_otp(source="ShoutDEMO", destination="+94 71 000 0001", content=SINHALA)
    [sms] = sandbox.messages("94710000001")
    assert sms.text == SINHALA.replace("{{code}}", sms.code)
    assert sms.source == "ShoutDEMO"
    assert sent.reference_id == sms.reference_id
    assert [response.destination for response in sent.responses] == ["94710000001"]

    checked = client.verify_otp(reference_id=sent.reference_id, code=sms.code)
    assert checked
    assert checked.verified
    assert checked.outcome is VerifyOutcome.VERIFIED
    assert checked.reference_id == sent.reference_id


def test_a_wrong_code_is_a_false_result_and_the_right_one_still_counts(client: Client, sandbox: Sandbox) -> None:
    sent = client.send_otp(source="ShoutDEMO", destination="94710000002", content="{{code}}")
    wrong = client.verify_otp(reference_id=sent.reference_id, code="wrong")
    assert not wrong
    assert not wrong.verified
    assert wrong.outcome is VerifyOutcome.WRONG_CODE

    right = sandbox.last_code("94710000002")
    assert client.verify_otp(reference_id=sent.reference_id, code=right)


def test_a_reference_id_that_nobody_gave_is_rejected(client: Client) -> None:
    with pytest.raises(RejectedError) as rejected:
        client.verify_otp(reference_id="no-such-send", code="12345")
    assert rejected.value.http_status == 400
    assert rejected.value.attempts == 1


def test_key_and_address_come_from_the_environment_unless_given(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUTOUT_API_KEY", "key of the environment with spaces, refused if used")
    monkeypatch.setenv("SHOUTOUT_BASE_URL", "refused:if-used")
    with Client("test.key", base_url=sandbox.base_url) as given:
        given.send_otp(source="ShoutDEMO", destination="94710000003", content="{{code}}")

    monkeypatch.setenv("SHOUTOUT_API_KEY", "test.key")
    monkeypatch.setenv("SHOUTOUT_BASE_URL", sandbox.base_url)
    with Client() as found:
        found.send_otp(source="ShoutDEMO", destination="94710000004", content="{{code}}")
    assert sandbox.messages("94710000004")


def test_an_empty_address_in_the_environment_counts_as_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHOUTOUT_BASE_URL", "")
    Client("test.key").close()


def test_times_are_in_seconds(client: Client) -> None:
    sent = client.send_otp(source="ShoutDEMO", destination="94710000005", content="{{code}}")
    assert 0 < sent.elapsed < 30
