"""What an examination gives."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """Whether something works; the value is what a reader sees."""

    OK = "ok"
    FACT = ""
    """Neither good nor bad."""
    DOUBTFUL = "DOUBTFUL"
    """It may well work; look at it first if anything does not."""
    NOT_CHECKED = "NOT CHECKED"
    FAULT = "FAULT"


class Finding(NamedTuple):
    """One line of the report, or a few. Its text holds no secret."""

    verdict: Verdict
    subject: str
    text: str

    def __str__(self) -> str:
        """A column for the verdict, one for the subject, and the text beside them."""
        head = f"{self.verdict.value:12} {self.subject:18} "
        return (head + self.text.replace("\n", "\n" + " " * len(head))).rstrip()
