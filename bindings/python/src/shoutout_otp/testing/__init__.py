"""Tests of your login, against a local sandbox: no SMS is paid for, and every failure can be had.

    def test_login(shoutout_sandbox, client):  # the fixture for pytest; installing this package is enough
        client.post("/login", data={"number": "+94771234567"})
        code = shoutout_sandbox.last_code("+94771234567")
        assert client.post("/login/code", data={"code": code}).status_code == 200

While a test has the fixture, ``SHOUTOUT_BASE_URL`` and ``SHOUTOUT_API_KEY`` name the sandbox, so that
``Client()`` talks to it. Without pytest, :class:`Sandbox` is a context manager.

Needs the program ``shoutout-sandbox``, and nothing else: see :class:`Sandbox`.
"""

from ._clock import Clock
from ._errors import NoSmsError, SandboxError, SandboxNotFoundError
from ._faults import Fault, Faults
from ._sandbox import Sandbox
from ._sms import Sms

__all__ = [
    "Clock",
    "Fault",
    "Faults",
    "NoSmsError",
    "Sandbox",
    "SandboxError",
    "SandboxNotFoundError",
    "Sms",
]
