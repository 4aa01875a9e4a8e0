"""An SMS in the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from shoutout_otp._results import masked

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Sms:
    """An SMS as it was when the sandbox was asked; ``repr`` shows neither its code nor the full number."""

    seq: int
    """Its place in the order of arrival."""
    destination: str
    """The full number, digits only."""
    source: str
    """The sender mask."""
    text: str
    """As the phone shows it, code and all."""
    code: str
    """What :meth:`~shoutout_otp.Client.verify_otp` wants. A string, since leading zeros count."""
    reference_id: str
    """What :meth:`~shoutout_otp.Client.verify_otp` wants, too."""
    encoding: str
    """``"GSM-7"`` or ``"UCS-2"``."""
    segments: int
    """How many SMS the text takes, which the provider may charge for."""
    cost: float
    received_at: datetime
    """By the sandbox's clock, in UTC."""
    expires_at: datetime
    """When the code does, by the same clock."""
    state: str
    """``"pending"``, ``"verified"``, ``"expired"``, ``"locked"`` or ``"superseded"``."""
    attempts: int
    """How many codes were tried, the right one included."""

    @property
    def verified(self) -> bool:
        """Whether its code was verified."""
        return self.state == "verified"

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(seq={self.seq}, destination={masked(self.destination)!r}, "
            f"source={self.source!r}, reference_id={self.reference_id!r}, state={self.state!r})"
        )


def sms_from(view: Mapping[str, Any]) -> Sms:
    """The SMS that the control API shows so. What a newer sandbox adds is left out."""
    return Sms(
        seq=view["seq"],
        destination=view["destination"],
        source=view["source"],
        text=view["text"],
        code=view["code"],
        reference_id=view["reference_id"],
        encoding=view["encoding"],
        segments=view["segments"],
        cost=float(view["cost"]),
        received_at=_time(view["received_at"]),
        expires_at=_time(view["expires_at"]),
        state=view["state"],
        attempts=view["attempts"],
    )


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
