"""The page as its user sees it: by role and by name, never by the classes of its style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Error, Locator, Page

ABOUT_AN_ANSWER = "Failed to load resource"
"""How the browser reports what the page itself deals with: no answer, or a refusal."""


class Inbox:
    """An open inbox page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        """Errors in the console, refusals by the content policy among them, and uncaught exceptions."""
        page.on("console", self._note)
        page.on("pageerror", self._note_exception)
        page.goto(url)
        self.expect_connected()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and ABOUT_AN_ANSWER not in message.text:
            self.complaints.append(message.text)

    def _note_exception(self, error: Error) -> None:
        self.complaints.append(error.message)

    @property
    def all_sms(self) -> Locator:
        """Every SMS shown, newest first."""
        return self.page.get_by_role("article")

    def sms(self, number: str) -> Locator:
        """The SMS to a number, written as the page does."""
        return self.all_sms.filter(has=self.page.get_by_role("button", name=number, exact=True))

    @property
    def selected(self) -> Locator:
        return self.page.locator("article[aria-current=true]")

    @property
    def warnings(self) -> Locator:
        return self.page.get_by_role("log", name="Warnings").get_by_role("paragraph")

    @property
    def lost_banner(self) -> Locator:
        return self.page.get_by_text("The connection to the sandbox is lost.")

    def tab(self, name: str) -> Locator:
        """Opens one of the tools and gives its panel."""
        self.page.get_by_role("tab", name=name).click()
        return self.page.get_by_role("tabpanel", name=name)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def clipboard(self) -> str:
        copied: str = self.page.evaluate("navigator.clipboard.readText()")
        return copied

    def expect_connected(self) -> None:
        expect(self.page.get_by_text("Live", exact=True)).to_be_visible()

    def hide(self) -> None:
        """Puts the page into the background, as far as the page can tell."""
        self._set_hidden("true")

    def show(self) -> None:
        self._set_hidden("false")

    def _set_hidden(self, hidden: str) -> None:
        self.page.evaluate(
            f"""Object.defineProperty(document, "hidden", {{ configurable: true, value: {hidden} }});
            document.dispatchEvent(new Event("visibilitychange"));"""
        )

    def lose_focus(self) -> None:
        """Gives the focus to another window, as far as the page can tell."""
        self.page.evaluate("document.hasFocus = () => false")

    def regain_focus(self) -> None:
        self.page.evaluate('delete document.hasFocus; dispatchEvent(new Event("focus"))')
