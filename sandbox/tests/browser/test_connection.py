"""The page says when it is not connected, and catches up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from inbox import Inbox
from proxy import Cable

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from servers import Sandbox
    from shoutout_otp import Client


def test_a_restart_shows_a_banner_and_then_what_came_meanwhile(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    expect(inbox.sms("+94 77 123 4567")).to_be_visible()
    expect(inbox.lost_banner).to_be_hidden()

    sandbox.stop()
    expect(inbox.lost_banner).to_be_visible()
    expect(inbox.sms("+94 77 123 4567")).to_be_visible()

    sandbox.start_again()
    client.send_otp(source="ShoutDEMO", destination="94712223334", content="{{code}}")
    expect(inbox.lost_banner).to_be_hidden()
    expect(inbox.sms("+94 71 222 3334")).to_be_visible()
    expect(inbox.sms("+94 77 123 4567")).to_have_count(0)

    client.send_otp(source="ShoutDEMO", destination="94765550000", content="{{code}}")
    expect(inbox.all_sms).to_have_count(2)


def test_a_lost_connection_to_the_same_sandbox_loses_and_doubles_nothing(
    context: BrowserContext, client: Client, sandbox: Sandbox
) -> None:
    with Cable(sandbox.port) as cable:
        inbox = Inbox(context.new_page(), cable.url)
        client.send_otp(source="ShoutDEMO", destination="94771234567", content="before {{code}}")
        expect(inbox.all_sms).to_have_count(1)
        cable.cut()
        expect(inbox.lost_banner).to_be_visible()
        client.send_otp(source="ShoutDEMO", destination="94771234567", content="meanwhile {{code}}")
        cable.mend()
        expect(inbox.lost_banner).to_be_hidden()
        expect(inbox.all_sms).to_contain_text(["meanwhile", "before"])
        expect(inbox.all_sms).to_have_count(2)
        assert cable.resumed_after


def test_a_hidden_tab_holds_no_connection_and_catches_up_when_shown(inbox: Inbox, client: Client) -> None:
    with inbox.page.expect_event("requestfailed", lambda request: request.url.endswith("/_sandbox/events")):
        inbox.hide()
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    expect(inbox.page).to_have_title("(1) ShoutOUT sandbox")
    expect(inbox.all_sms).to_have_count(0)
    inbox.show()
    expect(inbox.sms("+94 77 123 4567")).to_be_visible()
