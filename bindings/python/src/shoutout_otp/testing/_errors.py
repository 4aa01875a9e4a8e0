"""What goes wrong with the sandbox itself. None of it is what an application meets."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox could not be started, or did not do what it was told; the message has its words."""


class SandboxNotFoundError(SandboxError, FileNotFoundError):
    """There is no sandbox program; the message lists every place tried."""


class NoSmsError(SandboxError, AssertionError):
    """A test counted on an SMS that is not there. An ``AssertionError``: it is the test that failed."""
