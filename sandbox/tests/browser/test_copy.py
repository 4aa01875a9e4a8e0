"""The code goes to the clipboard with one click or one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client


def test_one_click_copies_the_code(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    sms = inbox.sms("+94 77 123 4567")
    sms.get_by_role("button", name="Copy the code").click()
    expect(sms.get_by_role("button", name="Copied the code")).to_be_visible()
    assert inbox.clipboard() == sandbox.code_for("94771234567")


def test_without_a_selection_the_key_copies_the_newest_code(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    client.send_otp(source="ShoutDEMO", destination="94712223334", content="{{code}}")
    expect(inbox.all_sms).to_have_count(2)
    inbox.press("c")
    expect(inbox.button("Copied the code")).to_be_visible()
    assert inbox.clipboard() == sandbox.code_for("94712223334")
