"""The end of a program in the middle of a send: nothing is freed under it, and whoever waits gets its result."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from servers import PATIENCE, HeldService

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRELUDE = """
import asyncio, atexit, sys, threading, time
from native import ObservedLibrary
from shoutout_otp import AsyncClient, Client, _client
from shoutout_otp._library import load

class Loud(ObservedLibrary):
    def __getattr__(self, name):
        if name == "so_free_client":
            return lambda client: "so_send_otp begins" in self.journal and print("freed", flush=True)
        return super().__getattr__(name)

def tell():
    for _ in range(1000):
        time.sleep(0)  # Lets an interpreter that does not wait for this thread end.
    print("the call has ended", flush=True)

native = Loud(load())
native.during["so_send_otp"] = tell
_client.load = lambda _: native
arguments = {"source": "ShoutDEMO", "destination": "94771234567", "content": "{{code}}"}

# Runs after the interpreter has waited for its threads.
atexit.register(print, "the interpreter ends", flush=True)

def send():
    print(client.send_otp(**arguments).status, flush=True)
"""

INTERPRETER_ENDS = "the interpreter ends\n"

LAST_LINE = """
print("end of the program", flush=True)
"""

A_DAEMON_SENDS = """
client = Client("test.test.test", base_url=sys.argv[1])
threading.Thread(target=send, daemon=True).start()
sys.stdin.readline()
"""

A_THREAD_SENDS = """
client = Client("test.test.test", base_url=sys.argv[1])
threading.Thread(target=send).start()
sys.stdin.readline()
"""

A_TASK_SENDS = """
async def main():
    asyncio.ensure_future(client.send_otp(**arguments))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)

client = AsyncClient("test.test.test", base_url=sys.argv[1])
asyncio.run(main())
"""


class Program:
    """A program that is sending, and ends when it is told to."""

    def __init__(self, source: str, library: Path, service: HeldService) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-c", PRELUDE + source + LAST_LINE, service.base_url],
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
        # Not readline(), which may take what comes next, too, and keep it from rest().
        line = b"end of the program\n"
        assert os.read(self.process.stdout.fileno(), len(line)) == line

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

    assert programs[0].rest() == (0, INTERPRETER_ENDS, "")
    assert not held_service.release.is_set()


@pytest.mark.parametrize(
    ("source", "said"),
    [(A_THREAD_SENDS, "the call has ended\n1001\n"), (A_TASK_SENDS, "the call has ended\nfreed\n")],
    ids=["thread", "task"],
)
def test_the_end_waits_for_a_send_that_somebody_waits_for(
    library: Path, held_service: HeldService, programs: list[Program], source: str, said: str
) -> None:
    programs.append(Program(source, library, held_service))
    programs[0].end()
    held_service.release.set()
    status, output, errors = programs[0].rest()
    assert (status, errors) == (0, "")
    waited = said + INTERPRETER_ENDS
    assert output in (waited, waited + "freed\n"), "freed after the call, or left to the end of the process"
