"""Delete all asks nothing, and for a few seconds it can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client


def send(client: Client, *numbers: str) -> None:
    for number in numbers:
        client.send_otp(source="ShoutDEMO", destination=number, content="{{code}}")


def delete_all(inbox: Inbox, button: str = "Delete all") -> None:
    inbox.button(button).click()


def test_undo_brings_back_what_the_sandbox_never_deleted(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    send(client, "94771234567", "94712223334")
    expect(inbox.all_sms).to_have_count(2)
    delete_all(inbox)
    expect(inbox.all_sms).to_have_count(0)
    expect(inbox.page.get_by_text("2 SMS deleted.")).to_be_visible()
    assert len(sandbox.messages()) == 2
    inbox.button("Undo").click()
    expect(inbox.all_sms).to_have_count(2)
    expect(inbox.button("Undo")).to_have_count(0)
    assert len(sandbox.messages()) == 2


def test_without_undo_they_are_deleted_but_for_what_came_later(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    send(client, "94771234567", "94712223334")
    expect(inbox.all_sms).to_have_count(2)
    with inbox.page.expect_response(lambda answer: answer.request.method == "DELETE"):
        delete_all(inbox)
        expect(inbox.button("Undo")).to_be_visible()
        send(client, "94771234567")
        expect(inbox.all_sms).to_have_count(1)
    assert [sms["seq"] for sms in sandbox.messages()] == [3]
    expect(inbox.all_sms).to_have_count(1)
    expect(inbox.button("Undo")).to_have_count(0)


def test_with_a_number_chosen_only_its_sms_are_deleted(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    send(client, "94771234567", "94712223334")
    inbox.sms("+94 77 123 4567").get_by_role("button", name="+94 77 123 4567").click()
    expect(inbox.all_sms).to_have_count(1)
    delete_all(inbox, "Delete these")
    expect(inbox.button("Undo")).to_be_visible()
    inbox.page.goto(sandbox.url)  # Whoever leaves has decided.
    expect(inbox.all_sms).to_have_count(1)
    assert [sms["destination"] for sms in sandbox.messages()] == ["94712223334"]


def test_what_another_program_deletes_goes_from_the_page(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    send(client, "94771234567", "94712223334")
    expect(inbox.all_sms).to_have_count(2)
    sandbox.ask("messages?to=94771234567", "DELETE")
    expect(inbox.all_sms).to_have_count(1)
    sandbox.ask("reset", "POST")
    expect(inbox.page.get_by_text("Waiting for the first SMS")).to_be_visible()
