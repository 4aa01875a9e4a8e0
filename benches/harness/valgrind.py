"""Instructions and allocations of one warm send, as valgrind counts them: the same however busy the machine is.

Two runs that differ only in how often they send are subtracted, so that loading, connecting and warming up fall out.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .peers import Peer
    from .server import Server

FEW = 200
MANY = 600


@dataclass(frozen=True)
class Counter:
    """A tool of valgrind, and where it says what it counted."""

    tool: tuple[str, ...]
    pattern: str


CALLGRIND = Counter(("--tool=callgrind", "--callgrind-out-file=/dev/null"), r"Collected : (\d+)")
MEMCHECK = Counter(
    ("--tool=memcheck", "--leak-check=no", "--undef-value-errors=no", "--run-libc-freeres=no"),
    r"total heap usage: ([\d,]+) allocs",
)


def instructions_per_send(peer: Peer, server: Server, scheme: str, environment: dict[str, str]) -> int:
    """Of the process, libraries included; the kernel's are not counted."""
    return difference(CALLGRIND, peer, server, scheme, environment)


def allocations_per_send(peer: Peer, server: Server, scheme: str, environment: dict[str, str]) -> int:
    """Calls of malloc, calloc and realloc."""
    return difference(MEMCHECK, peer, server, scheme, environment)


def difference(counter: Counter, peer: Peer, server: Server, scheme: str, environment: dict[str, str]) -> int:
    few, many = (
        count(counter, peer.command(server.url(scheme), server.ca_file, sends), environment) for sends in (FEW, MANY)
    )
    return round((many - few) / (MANY - FEW))


def count(counter: Counter, command: list[str], environment: dict[str, str]) -> int:
    ran = subprocess.run(
        ["valgrind", *counter.tool, *command], env=environment, capture_output=True, text=True, check=False
    )
    found = re.search(counter.pattern, ran.stderr)
    if ran.returncode != 0 or found is None:
        program = Path(command[0]).name
        raise RuntimeError(f"valgrind {counter.tool[0]} {program} ended with {ran.returncode}; it said:\n{ran.stderr}")
    return int(found[1].replace(",", ""))
