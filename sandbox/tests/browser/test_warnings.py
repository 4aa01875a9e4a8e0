"""What the sandbox warns about stands above everything, and stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from keys import like_a_real_key
from shoutout_otp import ShoutoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client


def test_a_key_that_looks_real_is_warned_about_at_once_and_still_after_a_reload(
    inbox: Inbox, client_with: Callable[[str], Client]
) -> None:
    expect(inbox.warnings).to_have_count(0)
    client_with(like_a_real_key()).send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    expect_the_warning(inbox)
    inbox.page.reload()
    expect_the_warning(inbox)


def test_a_second_warning_comes_below_the_first_which_is_not_said_again(
    inbox: Inbox, client_with: Callable[[str], Client]
) -> None:
    refuse_one(client_with(like_a_real_key(1)))
    expect(inbox.warnings).to_have_count(1)
    first = inbox.warnings.element_handle()
    refuse_one(client_with(like_a_real_key(2)))
    refuse_one(client_with(like_a_real_key(1)))
    expect(inbox.warnings).to_have_count(2)
    assert inbox.page.evaluate("shown => shown === document.querySelector('[role=log] p')", first), "not a new element"


def test_a_restart_ends_the_warnings_of_the_earlier_run(
    inbox: Inbox, client_with: Callable[[str], Client], sandbox: Sandbox
) -> None:
    refuse_one(client_with(like_a_real_key()))
    expect(inbox.warnings).to_have_count(1)
    sandbox.stop()
    sandbox.start_again()
    expect(inbox.warnings).to_have_count(0)


def test_as_many_warnings_as_there_can_be_leave_the_inbox_its_room(
    inbox: Inbox, client_with: Callable[[str], Client]
) -> None:
    for number in range(20):
        refuse_one(client_with(like_a_real_key(number)))
    expect(inbox.warnings).to_have_count(20)
    client_with("made-up-key").send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    expect(inbox.sms("+94 77 123 4567")).to_be_in_viewport(ratio=1)
    inbox.warnings.last.scroll_into_view_if_needed()
    expect(inbox.warnings.last).to_be_in_viewport(ratio=1)


def expect_the_warning(inbox: Inbox) -> None:
    expect(inbox.warnings).to_contain_text(["looks like a real provider key"])
    expect(inbox.warnings).to_be_in_viewport()


def refuse_one(client: Client) -> None:
    """A request that leaves no SMS."""
    with pytest.raises(ShoutoutError):
        client.verify_otp(reference_id="unknown", code="00000")
