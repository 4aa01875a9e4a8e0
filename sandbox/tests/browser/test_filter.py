"""Search, and one number only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from inbox import Inbox
    from shoutout_otp import Client


@pytest.fixture
def filled(inbox: Inbox, client: Client) -> Inbox:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="Welcome {{code}}")
    client.send_otp(source="Lanka Bank", destination="94712223334", content="Transfer {{code}}")
    expect(inbox.all_sms).to_have_count(2)
    return inbox


@pytest.mark.parametrize("wanted", ["transfer", "LANKA", "0712223334", "+94 71 222", "071 222 3334"])
def test_search_finds_texts_masks_and_numbers_however_they_are_written(filled: Inbox, wanted: str) -> None:
    filled.page.get_by_role("searchbox").fill(wanted)
    expect(filled.all_sms).to_have_count(1)
    expect(filled.all_sms).to_contain_text(["Transfer"])


def test_what_finds_nothing_says_so_and_offers_all(filled: Inbox) -> None:
    filled.page.get_by_role("searchbox").fill("nowhere")
    expect(filled.page.get_by_text("Nothing here matches.")).to_be_visible()
    filled.button("Show all").click()
    expect(filled.all_sms).to_have_count(2)


def test_one_number_is_chosen_from_the_list_or_by_a_click_on_it(filled: Inbox) -> None:
    chosen = filled.page.get_by_role("combobox", name="Show only one number")
    chosen.select_option("+94 77 123 4567")
    expect(filled.all_sms).to_contain_text(["Welcome"])
    chosen.select_option("All numbers")
    filled.sms("+94 71 222 3334").get_by_role("button", name="+94 71 222 3334").click()
    expect(filled.all_sms).to_contain_text(["Transfer"])
    expect(chosen).to_have_value("94712223334")
