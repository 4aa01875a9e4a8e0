"""All peers in turn, again and again: what disturbs the machine then disturbs all of them, and the ratios stay.

Peer and server share one core. On two, a send is a matter of how the other core is woken up, which on a virtual machine
costs more than the send, and now and then nothing.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path

from .peers import SCHEMES, Peer
from .server import SHARED_CORE, Server

ON_THE_SERVERS_CORE = ("taskset", "--cpu-list", str(SHARED_CORE))

Costs = dict[str, list[float]]
# By scheme and peer, the costs of each round.
Rounds = dict[tuple[str, str, str], Costs]


def run_rounds(peers: list[Peer], server: Server, rounds: int, environment: dict[str, str]) -> Rounds:
    measured: Rounds = {}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", flush=True)
        for scheme in SCHEMES:
            for peer in peers:
                command = peer.command(server.url(scheme), server.ca_file, peer.sends)
                costs = run([*ON_THE_SERVERS_CORE, *command], environment)
                of_peer = measured.setdefault((peer.language, scheme, peer.name), {})
                for name, value in costs.items():
                    of_peer.setdefault(name, []).append(value)
    return measured


def run(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """What a program says in JSON, in its last line."""
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        program = Path(command[0]).name
        raise RuntimeError(f"{program} {' '.join(command[1:])} ended with {ran.returncode}; it said:\n{ran.stderr}")
    costs: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return costs


def summary(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios of each round, in which both met the same machine."""
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=False))
