"""Holds the instructions of a warm send to a budget:  instructions.py LIBRARY BUILD_DIR [--renew].

The budget is a count, not a ratio: ours must not become dearer because libcurl did. A count depends on what compiled
and what runs it, so the budget names that, and elsewhere it is not held, which is said. libcurl is counted beside it.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path

from harness.machine import said
from harness.peers import OURS, ROOT, SCHEMES, all_peers, environment
from harness.server import serving
from harness.valgrind import instructions_per_send

BUDGET = ROOT / "benches/instructions.json"
# A change of 3 % is no accident of the layout; callgrind itself repeats to a few instructions.
TOLERANCE = 0.03

Counts = dict[str, dict[str, int]]


def main() -> int:
    """Exit status 1 when a send costs more than the budget allows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("build_dir", type=Path)
    parser.add_argument("--renew", action="store_true", help="write what was counted as the new budget")
    arguments = parser.parse_args()
    counts = count(arguments.library.resolve(), arguments.build_dir.resolve())
    ours = {scheme: counts[scheme][OURS] for scheme in SCHEMES}
    for scheme in SCHEMES:
        theirs = counts[scheme]["libcurl"]
        print(f"{scheme:6} {ours[scheme]:,} instructions a send, {ours[scheme] / theirs:.2f} of libcurl's {theirs:,}")
    if arguments.renew:
        BUDGET.write_text(json.dumps({"counted_with": counted_with(), "instructions": ours}, indent=1) + "\n")
        return 0
    return judge(ours, json.loads(BUDGET.read_text()))


def count(library: Path, build_dir: Path) -> Counts:
    settings = environment(library)
    peers = [peer for peer in all_peers(build_dir, 0) if peer.language == "C" and peer.name in (OURS, "libcurl")]
    with serving() as server:
        return {
            scheme: {peer.name: instructions_per_send(peer, server, scheme, settings) for peer in peers}
            for scheme in SCHEMES
        }


def counted_with() -> dict[str, str]:
    """What changes the count without a change of ours: the compiler, and libc's memcpy and malloc."""
    rustc = " ".join(said("rustc", "--version").split()[:2])
    return {"machine": platform.machine(), "glibc": platform.libc_ver()[1], "rustc": rustc}


def judge(ours: dict[str, int], budget: dict[str, dict[str, str] | dict[str, int]]) -> int:
    if budget["counted_with"] != counted_with():
        print(
            f"the budget is NOT HELD here: it was counted with {budget['counted_with']}, and this is {counted_with()}"
        )
        return 0
    dearer = 0
    for scheme, allowed in budget["instructions"].items():
        change = ours[scheme] / int(allowed) - 1
        if change > TOLERANCE:
            print(
                f"{scheme}: {change:+.1%} beyond the budget of {allowed:,}: see what grew (valgrind --tool=callgrind)"
            )
            dearer += 1
        elif change < -TOLERANCE:
            print(f"{scheme}: {change:+.1%}, better than the budget of {allowed:,}: make bench-instructions-renew")
    return 1 if dearer else 0


if __name__ == "__main__":
    sys.exit(main())
