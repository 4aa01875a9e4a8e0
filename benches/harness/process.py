"""What the library costs a process beside a warm send: to load, in memory, over many sends, and with many threads."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import TypedDict

from .peers import OURS
from .rounds import ON_THE_SERVERS_CORE, run
from .server import TLS_ADDRESSES, Server
from .slow_server import DELAY_SECONDS, slow_server

LOADS = 11
# A bounded soak: a minute or two at a server that answers at once.
GROWTH_SENDS = (10, 1_000, 100_000, 1_000_000)
THREADS = (1, 4, 16, 64)
THREAD_SENDS = 20_000
THREAD_ROUNDS = 3
SLOW_SENDS_PER_THREAD = 20


class Process(TypedDict):
    """The figures, as they are written."""

    stripped_bytes: int
    load: dict[str, float]
    growth: dict[str, dict[str, float]]
    threads: dict[str, dict[str, float]]
    threads_at_a_slow_server: dict[str, dict[str, float]]


def process_figures(library: Path, build_dir: Path, server: Server, environment: dict[str, str]) -> Process:
    print("loading, memory, threads", flush=True)
    return Process(
        stripped_bytes=stripped_bytes(library),
        load=load(library, build_dir, server, environment),
        growth=growth(build_dir, server, environment),
        threads=threads(build_dir, server, environment),
        threads_at_a_slow_server=threads_at_a_slow_server(build_dir, server, environment),
    )


def stripped_bytes(library: Path) -> int:
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "-o", stripped.name, str(library)], check=True)
        return Path(stripped.name).stat().st_size


def load(library: Path, build_dir: Path, server: Server, environment: dict[str, str]) -> dict[str, float]:
    """Medians of processes that each begin anew."""
    command = [str(build_dir / "load"), str(library), server.tls, str(server.ca_file), str(TLS_ADDRESSES)]
    runs = [run(command, environment) for _ in range(LOADS)]
    return {name: round(statistics.median(of[name] for of in runs), 3) for name in runs[0]}


def growth(build_dir: Path, server: Server, environment: dict[str, str]) -> dict[str, dict[str, float]]:
    """Time and memory of runs that are longer and longer."""
    command = [*ON_THE_SERVERS_CORE, str(build_dir / "send"), OURS, server.plain, str(server.ca_file)]
    return {str(sends): run([*command, str(sends)], environment) for sends in GROWTH_SENDS}


def threads(build_dir: Path, server: Server, environment: dict[str, str]) -> dict[str, dict[str, float]]:
    """Sends per second of threads that share one client, and of as many processes that share nothing."""
    return {str(count): throughput(build_dir, server.plain, server, count, environment) for count in THREADS}


def throughput(build_dir: Path, url: str, server: Server, count: int, environment: dict[str, str]) -> dict[str, float]:
    command = [str(build_dir / "threads"), url, str(server.ca_file)]
    sends = str(THREAD_SENDS // count)
    rates: dict[str, list[float]] = {"shared": [], "separate": []}
    for _ in range(THREAD_ROUNDS):
        for kind, measured in rates.items():
            measured.append(run([*command, kind, str(count), sends], environment)["sends_per_second"])
    return {kind: round(statistics.median(measured)) for kind, measured in rates.items()}


def threads_at_a_slow_server(
    build_dir: Path, server: Server, environment: dict[str, str]
) -> dict[str, dict[str, float]]:
    """Threads that wait must not wait for each other: what is reached, beside what the server's delay allows."""
    with slow_server() as url:
        command = [str(build_dir / "threads"), url, str(server.ca_file), "shared"]
        return {
            str(count): {
                "shared": run([*command, str(count), str(SLOW_SENDS_PER_THREAD)], environment)["sends_per_second"],
                "possible": count / DELAY_SECONDS,
            }
            for count in THREADS
        }
