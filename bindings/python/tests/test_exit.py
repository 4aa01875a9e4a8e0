"""The end of a program in the middle of a send: nothing is freed under it, and whoever waits gets its result."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from servers import PATIENCE, HeldService

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRELUDE = """
import asyncio, sys, threading
from native import ObservedLibrary
from shoutout_otp import AsyncClient, Client, _client
from shoutout_otp._library import load

class Loud(ObservedLibrary):
    def __getattr__(self, name):
        if name == "so_free_client":
            return lambda client: print("freed", flush=True)
        return super().__getattr__(name)

native = Loud(load())
native.during["so_send_otp"] = lambda: print("the call has ended", flush=True)
_client.load = lambda _: native
arguments = {"source": "ShoutDEMO", "destination": "94771234567", "content": "{{code}}"}

def end():
    sys.stdin.readline()
    print("end of the program", flush=True)

def send():
    print(client.send_otp(**arguments).status, flush=True)
"""

A_DAEMON_SENDS = """
client = Client("test.test.test", base_url=sys.argv[1])
threading.Thread(target=send, daemon=True).start()
end()
"""

A_THREAD_SENDS = """
client = Client("test.test.test", base_url=sys.argv[1])
threading.Thread(target=send).start()
end()
"""

A_TASK_SENDS = """
async def main():
    asyncio.ensure_future(client.send_otp(**arguments))
    await asyncio.get_running_loop().run_in_executor(None, end)

client = AsyncClient("test.test.test", base_url=sys.argv[1])
asyncio.run(main())
"""


class Program:
    """A program that is sending, and ends when it is told to."""

    def __init__(self, source: str, library: Path, service: HeldService) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-c", PRELUDE + source, service.base_url],
            env={"PYTHONPATH": ":".join(sys.path), "SHOUTOUT_OTP_LIBRARY": str(library), "PYTHONMALLOC": "debug"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert service.received.wait(PATIENCE)

    def end(self) -> None:
        """Returns when its last line has run, and the interpreter is about to end."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "end of the program\n"

    def rest(self) -> tuple[int, str, str]:
        """Exit status and what else it wrote."""
        output, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output, errors


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Those that are put here do not outlive the test."""
    started: list[Program] = []
    yield started
    for program in started:
        program.process.kill()
        program.process.communicate()


def test_a_daemon_thread_is_left_behind_in_its_send_with_the_client_it_uses(
    library: Path, held_service: HeldService, programs: list[Program]
) -> None:
    programs.append(Program(A_DAEMON_SENDS, library, held_service))
    programs[0].end()

    assert programs[0].rest() == (0, "", "")
    assert not held_service.release.is_set()


@pytest.mark.parametrize(
    ("source", "said"),
    [(A_THREAD_SENDS, "the call has ended\n1001\n"), (A_TASK_SENDS, "the call has ended\n")],
    ids=["thread", "task"],
)
def test_the_end_waits_for_a_send_that_somebody_waits_for(
    library: Path, held_service: HeldService, programs: list[Program], source: str, said: str
) -> None:
    programs.append(Program(source, library, held_service))
    programs[0].end()
    with pytest.raises(subprocess.TimeoutExpired):
        programs[0].process.wait(0.2)

    held_service.release.set()
    status, output, errors = programs[0].rest()
    assert (status, errors) == (0, "")
    assert output in (said, said + "freed\n"), "freed after the call, or left to the end of the process"
