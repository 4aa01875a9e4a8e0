"""SMS arrive by themselves, and show what became of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client

SINHALA = "ඔබගේ කේතය {{code}} වේ. எண்: {{code}}"


def test_a_send_of_the_library_shows_within_a_second_and_without_a_reload(inbox: Inbox, client: Client) -> None:
    inbox.page.evaluate("window.sameDocument = true")
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="Your code is {{code}}")
    sent = time.monotonic()
    inbox.sms("+94 77 123 4567").wait_for(timeout=1000)
    assert time.monotonic() - sent < 1
    assert inbox.page.evaluate("window.sameDocument")


def test_an_sms_shows_what_the_phone_shows_and_what_it_cost(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    sent = client.send_otp(source="Lanka Bank", destination="94712223334", content=SINHALA)
    sms = inbox.sms("+94 71 222 3334")
    code = sandbox.code_for("94712223334")
    expect(sms.get_by_role("paragraph").first).to_have_text(SINHALA.replace("{{code}}", code))
    expect(sms.get_by_role("heading")).to_contain_text("Lanka Bank")
    facts = sms.get_by_role("list", name="About this SMS").get_by_role("listitem")
    expect(facts).to_have_text(["UCS-2", "1 segment", "cost 1", sent.reference_id])


def test_the_newest_sms_comes_first(inbox: Inbox, client: Client) -> None:
    for content in ("first {{code}}", "second {{code}}", "third {{code}}"):
        client.send_otp(source="ShoutDEMO", destination="94771234567", content=content)
    expect(inbox.all_sms).to_contain_text(["third", "second", "first"])


def test_what_came_before_the_page_was_opened_is_there(client: Client, inbox: Inbox, sandbox: Sandbox) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    inbox.page.goto(sandbox.url)
    expect(inbox.sms("+94 77 123 4567")).to_be_visible()


def test_each_attempt_to_verify_is_told_with_its_outcome(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    sent = client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    sms = inbox.sms("+94 77 123 4567")
    expect(sms.get_by_text("Pending")).to_be_visible()
    client.verify_otp(reference_id=sent.reference_id, code="wrong")
    client.verify_otp(reference_id=sent.reference_id, code=sandbox.code_for("94771234567"))
    attempts = sms.get_by_role("list", name="Verification attempts").get_by_role("listitem")
    expect(attempts).to_contain_text(["wrong", "verified"])
    expect(sms.get_by_text("Verified", exact=True)).to_be_visible()


def test_the_time_that_is_left_is_seen_to_fall(inbox: Inbox, client: Client) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    countdown = inbox.sms("+94 77 123 4567").get_by_text("expires in")
    texts = [countdown.inner_text()]
    for _ in range(2):
        expect(countdown).not_to_have_text(texts[-1])
        texts.append(countdown.inner_text())
    first, second, third = map(seconds, texts)
    assert 240 >= first > second > third > 200, texts


def seconds(countdown: str) -> int:
    """Of a text such as "expires in 3:59"."""
    minutes, rest = countdown.removeprefix("expires in ").split(":")
    return int(minutes) * 60 + int(rest)


def test_a_code_expires_by_the_clock_of_the_sandbox(inbox: Inbox, client: Client) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    sms = inbox.sms("+94 77 123 4567")
    expect(sms.get_by_text("expires in")).to_be_visible()
    inbox.button("+5 min").click()
    expect(sms.get_by_text("Expired", exact=True)).to_be_visible()
    inbox.button("5:00 ahead: reset").click()
    expect(sms.get_by_text("Pending", exact=True)).to_be_visible()


def test_the_empty_inbox_says_where_to_send_and_how(inbox: Inbox, sandbox: Sandbox) -> None:
    expect(inbox.page.get_by_text("Waiting for the first SMS")).to_be_visible()
    inbox.button("Copy the base URL").click()
    expect(inbox.button("Copied the base URL")).to_be_visible()
    assert inbox.clipboard() == sandbox.base_url
    inbox.button("Copy the curl line").click()
    expect(inbox.button("Copied the curl line")).to_be_visible()
    assert inbox.clipboard().startswith(f"curl {sandbox.base_url}/send ")
