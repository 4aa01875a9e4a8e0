"""The sandbox's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._control import Control


class Clock:
    """The clock by which codes expire: moved, so that no test has to wait for it."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def advance(self, seconds: float) -> None:
        """Lets time pass for the sandbox, and for nobody else."""
        self._control.post("clock", {"advance_seconds": seconds})

    def reset(self) -> None:
        """Back to this machine's time."""
        self._control.post("clock", {"reset": True})
