"""A fault set in the page is what the library meets, and the journal tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from shoutout_otp import Delivery, ShoutoutError, Status

if TYPE_CHECKING:
    from inbox import Inbox
    from shoutout_otp import Client


def failure_of_a_send(client: Client) -> ShoutoutError:
    with pytest.raises(ShoutoutError) as failure:
        client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    return failure.value


@pytest.mark.parametrize(
    ("kind", "status", "delivery"),
    [
        ("an answer of your choice", Status.SERVICE_FAILED, Delivery.UNKNOWN),
        ("429 with Retry-After", Status.RATE_LIMITED, Delivery.NOT_SENT),
        ("a connection closed without an answer", Status.CONNECTION_LOST, Delivery.UNKNOWN),
        ("a connection reset without an answer", Status.CONNECTION_LOST, Delivery.UNKNOWN),
        ("an answer that breaks off", Status.CONNECTION_LOST, Delivery.UNKNOWN),
        ("an answer that is not JSON", Status.UNEXPECTED_RESPONSE, Delivery.UNKNOWN),
        ("the HTML page of a gateway", Status.SERVICE_FAILED, Delivery.UNKNOWN),
        ("no answer, although it was delivered", Status.CONNECTION_LOST, Delivery.UNKNOWN),
    ],
)
def test_a_fault_of_the_form_makes_the_library_return_the_documented_status(
    inbox: Inbox, client: Client, kind: str, status: Status, delivery: Delivery
) -> None:
    panel = inbox.tab("Faults")
    panel.get_by_label("get", exact=True).select_option(kind)
    panel.get_by_role("button", name="Set this fault").click()
    expect(panel.get_by_role("listitem")).to_have_count(1)

    failure = failure_of_a_send(client)
    assert (failure.status, failure.delivery) == (status, delivery)

    expect(panel.get_by_text("None: the service behaves.")).to_be_visible()
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")


def test_after_a_lost_answer_exactly_one_sms_is_there(inbox: Inbox, client: Client) -> None:
    panel = inbox.tab("Faults")
    panel.get_by_role("button", name="Answer lost").click()
    expect(panel.get_by_role("listitem")).to_contain_text(["no answer, although it was delivered"])
    assert failure_of_a_send(client).delivery is Delivery.UNKNOWN
    expect(inbox.sms("+94 77 123 4567")).to_have_count(1)
    requests = inbox.tab("Requests").get_by_role("listitem")
    expect(requests).to_have_count(1)
    expect(requests).to_contain_text("fault: answer lost")


def test_a_fault_for_one_number_spares_the_others_and_counts_down(inbox: Inbox, client: Client) -> None:
    panel = inbox.tab("Faults")
    panel.get_by_label("How many requests").fill("2")
    panel.get_by_label("For which number").fill("+94 77 123 4567")
    panel.get_by_role("button", name="Set this fault").click()
    expect(panel.get_by_text("next 2 sends for +94 77 123 4567")).to_be_visible()

    client.send_otp(source="ShoutDEMO", destination="94712223334", content="{{code}}")
    failure_of_a_send(client)
    expect(panel.get_by_text("next send for +94 77 123 4567")).to_be_visible()


def test_faults_are_taken_back_one_by_one_or_all_at_once(inbox: Inbox) -> None:
    panel = inbox.tab("Faults")
    for preset in ("500 once", "3 s late", "502 page"):
        panel.get_by_role("button", name=preset).click()
    expect(panel.get_by_role("listitem")).to_have_count(3)
    panel.get_by_role("button", name="Remove fault").nth(1).click()
    expect(panel.get_by_role("listitem")).to_contain_text(["HTTP status 500", "HTTP status 502"])
    panel.get_by_role("button", name="Clear all").click()
    expect(panel.get_by_role("listitem")).to_have_count(0)


def test_a_fault_that_the_sandbox_refuses_says_why(inbox: Inbox) -> None:
    panel = inbox.tab("Faults")
    panel.get_by_label("get", exact=True).select_option("429 with Retry-After")
    panel.get_by_label("Retry-After", exact=True).fill("\N{SNOWMAN}")
    panel.get_by_role("button", name="Set this fault").click()
    expect(panel.get_by_role("alert")).not_to_be_empty()
    expect(panel.get_by_role("listitem")).to_have_count(0)


def test_the_journal_says_why_a_request_was_refused(inbox: Inbox, client: Client) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    with pytest.raises(ShoutoutError):
        client.verify_otp(reference_id="nobody-gave-this", code="12345")
    panel = inbox.tab("Requests")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    panel.get_by_label("Only refused").check()
    refused = panel.get_by_role("listitem")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text(["400"])
    expect(refused.get_by_role("paragraph")).not_to_be_empty()


def test_magic_numbers_are_listed_and_do_what_their_row_says(inbox: Inbox, client: Client) -> None:
    rows = inbox.tab("Magic numbers").get_by_role("row").filter(has_text="94700000006")
    expect(rows).to_contain_text(["RATE_LIMITED"])
    with pytest.raises(ShoutoutError) as failure:
        client.send_otp(source="ShoutDEMO", destination="94700000006", content="{{code}}")
    assert failure.value.status is Status.RATE_LIMITED
    assert failure.value.retry_after == 7
