"""Measures ours and its peers side by side:  bench.py LIBRARY BUILD_DIR [--rounds N] [--sends N].

Everything is on loopback: one nginx with a static answer, and one program at a time that sends. What was measured goes
to the terminal, to benches/results, and into the tables of docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from harness import page
from harness.fpm import requests_in_fpm
from harness.machine import machine, versions
from harness.peers import ROOT, SCHEMES, all_peers, environment
from harness.plot import draw
from harness.process import process_figures
from harness.rounds import run_rounds
from harness.server import serving
from harness.strace import system_calls_per_send
from harness.tables import (
    as_data,
    print_counts,
    print_process,
    print_requests,
    print_rounds,
    print_wrapper_costs,
    wrapper_costs,
)
from harness.valgrind import allocations_per_send, instructions_per_send

RESULTS = ROOT / "benches/results"


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("build_dir", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sends", type=int, default=2000)
    arguments = parser.parse_args()
    library, build_dir = arguments.library.resolve(), arguments.build_dir.resolve()
    settings = environment(library)
    peers = all_peers(build_dir, arguments.sends)

    with serving() as server:
        measured = run_rounds(peers, server, arguments.rounds, settings)
        of_c = [peer for peer in peers if peer.language == "C"]
        units = {"instructions": instructions_per_send, "allocations": allocations_per_send}
        counts: dict[str, dict[str, dict[str, float]]] = {
            unit: {scheme: {peer.name: count(peer, server, scheme, settings) for peer in of_c} for scheme in SCHEMES}
            for unit, count in units.items()
        }
        calls = {
            scheme: {peer.name: system_calls_per_send(peer, server, scheme, settings) for peer in of_c}
            for scheme in SCHEMES
        }
        counts["system calls"] = {
            scheme: {name: sum(of.values()) for name, of in by_peer.items()} for scheme, by_peer in calls.items()
        }
        requests = requests_in_fpm(server, library)
        process = process_figures(library, build_dir, server, settings)

    print_rounds(measured)
    print_wrapper_costs(measured)
    print_requests(requests)
    print_counts(counts)
    print_process(process)
    data = {
        "machine": machine(),
        "versions": versions(),
        "rounds": arguments.rounds,
        "sends": {f"{peer.language}, {peer.name}": peer.sends for peer in peers},
        "microseconds": as_data(measured),
        "wrapper_cpu_us": wrapper_costs(measured),
        "requests in PHP-FPM": requests,
        "counts": counts,
        "system calls": calls,
        "process": process,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "performance.json").write_text(json.dumps(data, indent=1) + "\n")
    draw(measured, RESULTS / "performance.svg")
    page.renew(data)
    print("\nwritten: benches/results/performance.json and performance.svg, and the tables of docs/performance.md")


if __name__ == "__main__":
    main()
