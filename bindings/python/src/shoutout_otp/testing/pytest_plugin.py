"""The fixtures for pytest, which finds them by the entry point ``pytest11`` of this package.

Nothing here looks for the sandbox before a test asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ._errors import SandboxError
from ._sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture(scope="session")
def shoutout_sandbox_options() -> Sequence[str]:
    """More of the sandbox's command line. Override it in your ``conftest.py``."""
    return ()


@pytest.fixture(scope="session")
def shoutout_sandbox_process(shoutout_sandbox_options: Sequence[str]) -> Iterator[Sandbox]:
    """The one sandbox of the session, with whatever the tests before have left in it."""
    try:
        sandbox = Sandbox(None, *shoutout_sandbox_options)
    except SandboxError as error:
        # A failure, not a skip; and its text, not the trace of how it was found out.
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    with sandbox:
        yield sandbox


@pytest.fixture
def shoutout_sandbox(shoutout_sandbox_process: Sandbox) -> Iterator[Sandbox]:
    """A sandbox as good as new; ``SHOUTOUT_BASE_URL`` and ``SHOUTOUT_API_KEY`` name it meanwhile."""
    shoutout_sandbox_process.reset()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SHOUTOUT_BASE_URL", shoutout_sandbox_process.base_url)
        environment.setenv("SHOUTOUT_API_KEY", Sandbox.API_KEY)
        yield shoutout_sandbox_process
