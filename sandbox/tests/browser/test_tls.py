"""The page of a sandbox that is on https, in a browser that was told to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shoutout_otp import Delivery, ShoutoutError

if TYPE_CHECKING:
    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client


@pytest.fixture
def flags() -> list[str]:
    return ["--tls"]


def test_an_sms_arrives_and_its_code_can_be_copied(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    assert inbox.page.url.startswith("https://")
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    sms = inbox.sms("+94 77 123 4567")
    sms.get_by_role("button", name="Copy the code").click()
    expect(sms.get_by_role("button", name="Copied")).to_be_visible()
    assert inbox.clipboard() == sandbox.code_for("94771234567")


def test_a_fault_set_in_the_page_is_what_the_library_meets(inbox: Inbox, client: Client) -> None:
    inbox.tab("Faults").get_by_role("button", name="Answer lost").click()
    expect(inbox.page.get_by_role("button", name="Remove fault")).to_be_visible()
    with pytest.raises(ShoutoutError) as failure:
        client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    assert failure.value.delivery is Delivery.UNKNOWN
    expect(inbox.sms("+94 77 123 4567")).to_be_visible()


def test_what_the_page_offers_to_copy_is_for_https(inbox: Inbox, sandbox: Sandbox) -> None:
    expect(inbox.page.get_by_text(sandbox.base_url, exact=True).first).to_be_visible()
    line = inbox.page.get_by_label("A send with curl")
    expect(line).to_contain_text(f'--cacert "$CA_FILE" {sandbox.base_url}/send')


def test_a_restart_with_another_authority_is_a_lost_connection_that_comes_back(inbox: Inbox, sandbox: Sandbox) -> None:
    sandbox.stop()
    expect(inbox.lost_banner).to_be_visible()
    sandbox.start_again()
    expect(inbox.lost_banner).to_be_hidden()
