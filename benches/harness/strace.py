"""System calls of one warm send, counted by strace as the difference of two runs."""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .peers import Peer
    from .server import Server

FEW = 100
MANY = 300


def system_calls_per_send(peer: Peer, server: Server, scheme: str, environment: dict[str, str]) -> dict[str, float]:
    few, many = (counted(peer.command(server.url(scheme), server.ca_file, sends), environment) for sends in (FEW, MANY))
    per_send = {name: (count - few[name]) / (MANY - FEW) for name, count in many.items()}
    # What falls on fewer than one send in twenty is the run's, such as more memory for the latencies.
    return {name: round(count, 2) for name, count in sorted(per_send.items()) if count >= 0.05}


def counted(command: list[str], environment: dict[str, str]) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "calls"
        strace = ["strace", "-f", "-c", "-U", "name,calls", "-o", str(table), *command]
        ran = subprocess.run(strace, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise RuntimeError(f"strace ended with {ran.returncode}; it said:\n{ran.stderr}")
        calls: Counter[str] = Counter()
        for line in table.read_text().splitlines():
            fields = line.split()
            if len(fields) == 2 and fields[1].isdigit() and fields[0] != "total":
                calls[fields[0]] = int(fields[1])
        return calls
