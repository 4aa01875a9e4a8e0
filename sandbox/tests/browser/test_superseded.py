"""A sandbox in which a new send voids the older codes of its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client


@pytest.fixture
def flags() -> list[str]:
    return ["--new-send-voids-old"]


def in_state(inbox: Inbox, state: str) -> Locator:
    return inbox.all_sms.filter(has=inbox.page.get_by_text(state, exact=True))


def test_the_older_code_of_the_number_is_superseded_at_once_and_still_after_a_reload(
    inbox: Inbox, client: Client
) -> None:
    for number, word in (("94771234567", "older"), ("94712223334", "another number")):
        client.send_otp(source="ShoutDEMO", destination=number, content=word + " {{code}}")
    expect(in_state(inbox, "Pending")).to_have_count(2)
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="newer {{code}}")
    expect_the_older_superseded(inbox)
    inbox.page.reload()
    expect_the_older_superseded(inbox)


def expect_the_older_superseded(inbox: Inbox) -> None:
    expect(in_state(inbox, "Superseded")).to_contain_text(["older"])
    expect(in_state(inbox, "Pending")).to_contain_text(["newer", "another number"])


def test_a_superseded_code_is_crossed_out_and_no_longer_counts_down(
    inbox: Inbox, client: Client, sandbox: Sandbox
) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    # After the text, in which it is marked, the code by itself.
    code = inbox.all_sms.get_by_text(sandbox.code_for("94771234567"), exact=True).last
    decoration = "code => getComputedStyle(code).textDecorationLine"
    assert code.evaluate(decoration) == "none"
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    superseded = in_state(inbox, "Superseded")
    expect(superseded).to_have_count(1)
    assert code.evaluate(decoration) == "line-through"
    expect(superseded).not_to_contain_text("expires in")


def test_an_attempt_with_a_superseded_code_is_told_as_one(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    older = client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    code = sandbox.code_for("94771234567")
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    client.verify_otp(reference_id=older.reference_id, code=code)
    attempts = in_state(inbox, "Superseded").get_by_role("list", name="Verification attempts")
    expect(attempts.get_by_role("listitem")).to_contain_text(["superseded"])
    expect(inbox.tab("Requests").get_by_role("listitem").first).to_contain_text("superseded")
