"""Light, dark, wide and narrow; and the pictures of it.

With SHOUTOUT_RENEW_SCREENSHOTS=1 the pictures in the repository are made anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from shoutout_otp import ShoutoutError

if TYPE_CHECKING:
    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client

PICTURES = Path(__file__).parents[2] / "screenshots"


def lightness(inbox: Inbox, selector: str, which: str) -> float:
    """Of a colour as it is drawn: 0 is black, 1 is white."""
    value: float = inbox.page.evaluate(
        """([selector, which]) => {
            const [red, green, blue] = getComputedStyle(document.querySelector(selector))[which].match(/[\\d.]+/g);
            return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
        }""",
        [selector, which],
    )
    return value


def test_the_page_is_dark_where_the_system_is(inbox: Inbox) -> None:
    inbox.page.emulate_media(color_scheme="dark")
    assert lightness(inbox, "html", "backgroundColor") < 0.2
    assert lightness(inbox, "html", "color") > 0.8
    inbox.page.emulate_media(color_scheme="light")
    assert lightness(inbox, "html", "backgroundColor") > 0.8
    assert lightness(inbox, "html", "color") < 0.2


def test_a_phone_needs_no_sideways_scrolling_and_reaches_everything(inbox: Inbox, client: Client) -> None:
    inbox.page.set_viewport_size({"width": 360, "height": 740})
    width = "document.documentElement.scrollWidth"
    assert inbox.page.evaluate(width) == 360
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}} " + "long" * 60)
    expect(inbox.all_sms).to_have_count(1)
    assert inbox.page.evaluate(width) == 360
    for tab in ("Requests", "Faults", "Magic numbers", "Settings"):
        inbox.button("Tools").click()
        expect(inbox.tab(tab)).to_be_visible()
        assert inbox.page.evaluate(width) == 360
    inbox.press("j")
    expect(inbox.selected).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures(
    inbox: Inbox, client: Client, sandbox: Sandbox, tmp_path: Path, theme: Literal["light", "dark"]
) -> None:
    folder = PICTURES if os.environ.get("SHOUTOUT_RENEW_SCREENSHOTS") == "1" else tmp_path
    folder.mkdir(exist_ok=True)
    inbox.page.emulate_media(color_scheme=theme)
    inbox.page.screenshot(path=folder / f"empty-{theme}.png")
    fill(inbox, client, sandbox)
    inbox.page.screenshot(path=folder / f"inbox-{theme}.png")
    inbox.tab("Faults").get_by_role("button", name="Answer lost").click()
    expect(inbox.page.get_by_role("button", name="Remove fault")).to_be_visible()
    inbox.page.screenshot(path=folder / f"faults-{theme}.png")
    inbox.page.set_viewport_size({"width": 390, "height": 844})
    inbox.page.screenshot(path=folder / f"phone-{theme}.png")
    assert {path.stem for path in folder.glob(f"*-{theme}.png")} == {
        f"{name}-{theme}" for name in ("empty", "inbox", "faults", "phone")
    }


def fill(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    """What an hour with a login looks like."""
    client.send_otp(source="Kade", destination="94765550000", content="{{code}} is your Kade code.")
    inbox.button("+5 min").click()
    expect(inbox.all_sms.get_by_text("Expired", exact=True)).to_be_visible()
    bank = client.send_otp(
        source="Lanka Bank", destination="94712223334", content="ඔබගේ කේතය {{code}} වේ. உங்கள் குறியீடு {{code}}."
    )
    client.verify_otp(reference_id=bank.reference_id, code="00000")
    client.verify_otp(reference_id=bank.reference_id, code=sandbox.code_for("94712223334"))
    sandbox.ask("faults", "POST", path="send", do={"kind": "rate_limited", "retry_after": "7"})
    with pytest.raises(ShoutoutError):
        client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    client.send_otp(
        source="ShoutDEMO",
        destination="94771234567",
        content="{{code}} is your login code. It is valid for 4 minutes. Never tell it to anybody.",
    )
    expect(inbox.all_sms).to_have_count(3)
    expect(inbox.page.get_by_role("tab", name="Requests")).to_contain_text("6")
    inbox.press("j")
