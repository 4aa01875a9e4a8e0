"""The keyboard alone is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client


@pytest.fixture
def three(inbox: Inbox, client: Client) -> Inbox:
    """Three SMS, the newest of which says `gamma`."""
    for number, word in (("94771234567", "alpha"), ("94712223334", "beta"), ("94765550000", "gamma")):
        client.send_otp(source="ShoutDEMO", destination=number, content=word + " {{code}}")
    expect(inbox.all_sms).to_have_count(3)
    return inbox


def test_j_and_k_go_down_and_up_and_stop_at_the_ends(three: Inbox) -> None:
    expect(three.selected).to_have_count(0)
    for key, word in (("j", "gamma"), ("j", "beta"), ("j", "alpha"), ("j", "alpha"), ("k", "beta"), ("k", "gamma")):
        three.press(key)
        expect(three.selected).to_contain_text(word)
        expect(three.selected).to_be_focused()


def test_the_selection_can_be_seen(three: Inbox) -> None:
    three.press("j")
    selected, other = (three.all_sms.nth(at).evaluate("sms => getComputedStyle(sms).borderTopColor") for at in (0, 1))
    assert selected != other
    assert three.selected.evaluate("sms => getComputedStyle(sms).outlineStyle") == "solid"


def test_c_copies_the_selected_code(three: Inbox, sandbox: Sandbox) -> None:
    three.press("j", "j", "c")
    expect(three.selected.get_by_role("button", name="Copied")).to_be_visible()
    assert three.clipboard() == sandbox.code_for("94712223334")


def test_slash_searches_while_typed_keys_are_text_and_escape_ends_it(three: Inbox) -> None:
    three.press("/")
    search = three.page.get_by_role("searchbox")
    expect(search).to_be_focused()
    three.page.keyboard.type("alpha")
    expect(search).to_have_value("alpha")
    expect(three.all_sms).to_contain_text(["alpha"])
    three.press("Escape")
    expect(three.all_sms).to_have_count(3)
    expect(search).not_to_be_focused()
    three.press("j")
    expect(three.selected).to_contain_text("gamma")


def test_escape_ends_the_selection(three: Inbox) -> None:
    three.press("j", "Escape")
    expect(three.selected).to_have_count(0)


def test_an_arrival_leaves_the_selection_where_it_is(three: Inbox, client: Client) -> None:
    three.press("j", "j")
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="delta {{code}}")
    expect(three.all_sms).to_have_count(4)
    expect(three.selected).to_contain_text("beta")
    expect(three.selected).to_be_focused()


def test_keys_with_a_modifier_belong_to_the_browser(three: Inbox) -> None:
    three.press("Control+j", "Alt+j")
    expect(three.selected).to_have_count(0)


def test_everything_can_be_deleted_and_brought_back_without_a_mouse(three: Inbox) -> None:
    three.button("Delete all").focus()
    three.press("Enter")
    expect(three.all_sms).to_have_count(0)
    three.press("u")
    expect(three.all_sms).to_have_count(3)


def test_a_fault_can_be_set_without_a_mouse(inbox: Inbox) -> None:
    inbox.page.get_by_role("tab", name="Requests").focus()
    inbox.press("ArrowRight", "Tab", "Tab", "Enter")
    expect(inbox.page.get_by_role("tabpanel", name="Faults").get_by_role("listitem")).to_contain_text(["500"])
