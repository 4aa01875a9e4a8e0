"""Whatever an SMS holds is text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from inbox import Inbox
    from shoutout_otp import Client

HOSTILE = [
    "<script>window.ran = true</script>{{code}}",
    "<img src=x onerror='window.ran = true'>{{code}}",
    "<a href='javascript:window.ran = true'>{{code}}</a>",
    "</p></article><style>body { display: none }</style>{{code}}",
]


@pytest.mark.parametrize("content", HOSTILE)
def test_markup_in_an_sms_is_shown_as_text_and_nothing_runs(inbox: Inbox, client: Client, content: str) -> None:
    before, after = content.split("{{code}}")
    client.send_otp(source="ShoutDEMO", destination="94771234567", content=content)
    text = inbox.sms("+94 77 123 4567").get_by_role("paragraph").first
    expect(text).to_contain_text(before)
    expect(text).to_contain_text(after)
    assert text.evaluate("text => [...text.querySelectorAll('*')].map((element) => element.localName)") == ["mark"]
    assert inbox.page.evaluate("window.ran") is None


def test_a_text_that_turns_the_writing_around_leaves_the_rest_of_the_page_alone(inbox: Inbox, client: Client) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="\u202e{{code}} drawkcab")
    sms = inbox.sms("+94 77 123 4567")
    assert sms.get_by_role("paragraph").first.evaluate("text => getComputedStyle(text).unicodeBidi") == "isolate"
