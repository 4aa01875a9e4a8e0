"""axe finds nothing serious, in light and dark, empty and full, wide and narrow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from keys import like_a_real_key
from shoutout_otp import ShoutoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from inbox import Inbox
    from servers import Sandbox
    from shoutout_otp import Client

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

Theme = Literal["light", "dark"]
themes = pytest.mark.parametrize("theme", ["light", "dark"])


def assert_nothing_serious(inbox: Inbox) -> None:
    if not AXE.is_file():
        pytest.fail(f"{AXE} is missing: npm ci --prefix {AXE.parents[2]}", pytrace=False)
    inbox.page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = inbox.page.evaluate("axe.run().then(({ violations }) => violations)")
    assert [
        f"{found['id']}: {node['target']}"
        for found in violations
        if found["impact"] in {"serious", "critical"}
        for node in found["nodes"]
    ] == []


@themes
def test_the_empty_inbox(inbox: Inbox, theme: Theme) -> None:
    inbox.page.emulate_media(color_scheme=theme)
    assert_nothing_serious(inbox)


@themes
@pytest.mark.parametrize("flags", [["--new-send-voids-old"]])
def test_an_inbox_with_every_state_a_toast_and_a_banner(
    inbox: Inbox, client: Client, sandbox: Sandbox, theme: Theme
) -> None:
    inbox.page.emulate_media(color_scheme=theme)
    client.send_otp(source="ShoutDEMO", destination="94765550000", content="expired {{code}}")
    inbox.button("+5 min").click()
    expect(inbox.all_sms.get_by_text("Expired", exact=True)).to_be_visible()
    verified = client.send_otp(source="Kade", destination="94771234567", content="කේතය {{code}}")
    client.verify_otp(reference_id=verified.reference_id, code="wrong")
    client.verify_otp(reference_id=verified.reference_id, code=sandbox.code_for("94771234567"))
    locked = client.send_otp(source="Lanka Bank", destination="94712223334", content="{{code}}")
    for _ in range(5):
        client.verify_otp(reference_id=locked.reference_id, code="wrong")
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="pending {{code}}")
    for _ in ("superseded", "pending"):
        client.send_otp(source="Kade", destination="94760000000", content="{{code}}")
    expect(inbox.all_sms.get_by_text("Superseded", exact=True)).to_be_visible()
    expect(inbox.all_sms.get_by_text("Locked", exact=True)).to_be_visible()
    inbox.press("j")
    assert_nothing_serious(inbox)
    inbox.button("Delete all").click()
    sandbox.stop()
    expect(inbox.lost_banner).to_be_visible()
    assert_nothing_serious(inbox)


@themes
@pytest.mark.parametrize("count", [1, 20])
def test_warnings(inbox: Inbox, client_with: Callable[[str], Client], theme: Theme, count: int) -> None:
    inbox.page.emulate_media(color_scheme=theme)
    for number in range(count):
        client = client_with(like_a_real_key(number))
        client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    expect(inbox.warnings).to_have_count(count)
    assert_nothing_serious(inbox)
    inbox.page.set_viewport_size({"width": 390, "height": 844})
    assert_nothing_serious(inbox)


@themes
@pytest.mark.parametrize("tab", ["Requests", "Faults", "Magic numbers", "Settings"])
def test_each_of_the_tools(inbox: Inbox, client: Client, theme: Theme, tab: str) -> None:
    inbox.page.emulate_media(color_scheme=theme)
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    inbox.tab("Faults").get_by_role("button", name="500 once").click()
    expect(inbox.page.get_by_role("button", name="Remove fault")).to_be_visible()
    with pytest.raises(ShoutoutError):
        client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    inbox.page.get_by_role("button", name="Answer lost").click()
    expect(inbox.page.get_by_role("button", name="Remove fault")).to_be_visible()
    inbox.tab(tab)
    assert_nothing_serious(inbox)


@themes
def test_a_phone(inbox: Inbox, client: Client, theme: Theme) -> None:
    inbox.page.set_viewport_size({"width": 390, "height": 844})
    inbox.page.emulate_media(color_scheme=theme)
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    expect(inbox.all_sms).to_have_count(1)
    assert_nothing_serious(inbox)
    inbox.button("Tools").click()
    assert_nothing_serious(inbox)


def test_arrivals_are_told_to_those_who_do_not_see_them(inbox: Inbox, client: Client, sandbox: Sandbox) -> None:
    client.send_otp(source="ShoutDEMO", destination="94771234567", content="{{code}}")
    spoken = " ".join(sandbox.code_for("94771234567"))
    expect(inbox.page.get_by_text(f"New SMS to +94 77 123 4567, code {spoken}")).to_be_attached()
