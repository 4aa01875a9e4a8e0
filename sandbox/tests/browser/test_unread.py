"""The title counts what nobody has looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from inbox import Inbox
    from shoutout_otp import Client


def test_the_title_counts_until_somebody_looks(inbox: Inbox, client: Client) -> None:
    expect(inbox.page).to_have_title("ShoutOUT sandbox")
    inbox.lose_focus()
    for number in ("94771234567", "94712223334"):
        client.send_otp(source="ShoutDEMO", destination=number, content="{{code}}")
    expect(inbox.page).to_have_title("(2) ShoutOUT sandbox")
    expect(inbox.all_sms.get_by_text("New", exact=True)).to_have_count(2)
    inbox.regain_focus()
    expect(inbox.page).to_have_title("ShoutOUT sandbox")


def test_what_is_selected_or_copied_counts_as_read(inbox: Inbox, client: Client) -> None:
    inbox.lose_focus()
    for number in ("94771234567", "94712223334"):
        client.send_otp(source="ShoutDEMO", destination=number, content="{{code}}")
    expect(inbox.all_sms).to_have_count(2)
    expect(inbox.page).to_have_title("(2) ShoutOUT sandbox")
    inbox.press("j")
    expect(inbox.page).to_have_title("(1) ShoutOUT sandbox")
    inbox.sms("+94 77 123 4567").get_by_role("button", name="Copy the code").click()
    expect(inbox.page).to_have_title("ShoutOUT sandbox")


def test_what_is_deleted_does_not_count(inbox: Inbox, client: Client) -> None:
    inbox.lose_focus()
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    expect(inbox.page).to_have_title("(1) ShoutOUT sandbox")
    inbox.button("Delete all").click()
    expect(inbox.page).to_have_title("ShoutOUT sandbox")
    inbox.button("Undo").click()
    expect(inbox.page).to_have_title("(1) ShoutOUT sandbox")
