"""What was measured, as tables for the terminal."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from .peers import OURS, SCHEMES
from .rounds import Rounds, ratio, summary

if TYPE_CHECKING:
    from .fpm import Requests
    from .process import Process

COLUMNS = ("cpu_us", "wall_us", "p50_us", "p99_us")


def print_rounds(measured: Rounds) -> None:
    """One table per language: medians, minimum and maximum, and what ours is of each peer."""
    languages = dict.fromkeys(language for language, _, _ in measured)
    for language in languages:
        for scheme in SCHEMES:
            print(f"\n{language}, {scheme}: microseconds a send, median (minimum to maximum)")
            print(f"{'':24}{'CPU':>24}{'p50':>24}{'p99':>10}{'ours / its CPU':>16}{'ours / its p50':>16}")
            peers = [name for of, over, name in measured if (of, over) == (language, scheme)]
            ours = measured[language, scheme, OURS]
            for name in peers:
                costs = measured[language, scheme, name]
                ratios = [ratio(ours[column], costs[column]) for column in ("cpu_us", "p50_us")]
                shown = f"{name:24}{spread(costs['cpu_us'])}{spread(costs['p50_us'])}"
                p99 = summary(costs["p99_us"])["median"]
                print(f"{shown}{p99:10.0f}{ratios[0]:16.2f}{ratios[1]:16.2f}")


def spread(values: list[float]) -> str:
    of = summary(values)
    return f"{of['median']:.0f} ({of['min']:.0f} to {of['max']:.0f})".rjust(24)


def print_wrapper_costs(measured: Rounds) -> None:
    print("\nCPU of a send above that of the C call, in microseconds")
    for language, costs in wrapper_costs(measured).items():
        print(f"  {language:8}" + "   ".join(f"{scheme} {cost:.1f}" for scheme, cost in costs.items()))


def print_counts(counts: dict[str, dict[str, dict[str, float]]]) -> None:
    """What is counted rather than timed: by unit, scheme and peer."""
    for unit, by_scheme in counts.items():
        print(f"\n{unit} a send")
        for scheme, by_peer in by_scheme.items():
            shown = "   ".join(f"{name} {value:,.0f}" for name, value in by_peer.items())
            print(f"  {scheme:8}{shown}   ours / libcurl {by_peer[OURS] / by_peer['libcurl']:.2f}")


def print_requests(requests: Requests) -> None:
    print("\na request in PHP-FPM that sends an OTP over TLS: microseconds, and ours / curl with a new handle")
    for authorities, by_recipe in requests.items():
        print(f"  authorities trusted: {authorities}")
        for recipe, of in by_recipe.items():
            shown = "   ".join(
                f"{column} {of[OURS][column]['median']:.0f} ({of['ratio'][column]['median']:.3f})"
                for column in of[OURS]
            )
            print(f"    {recipe:34}{shown}")


def print_process(process: Process) -> None:
    """What is neither of one send nor of a peer."""
    print(f"\nstripped library: {process['stripped_bytes']:,} bytes")
    for name, value in process["load"].items():
        print(f"{name}: {value:,.3f}")
    print("\nsends in a run: CPU a send in microseconds, and how much more memory at the end, in KiB")
    for sends, of in process["growth"].items():
        print(f"  {int(sends):>9,}{of['cpu_us']:10.1f}{of['resident_growth_kib']:10.0f}")
    print("\nthreads: sends per second with one client; of as many processes; at a slow server, and what it allows")
    for threads, of in process["threads"].items():
        slow = process["threads_at_a_slow_server"][threads]
        print(f"  {threads:>3}{of['shared']:10.0f}{of['separate']:10.0f}{slow['shared']:10.0f}{slow['possible']:10.0f}")


def wrapper_costs(measured: Rounds) -> dict[str, dict[str, float]]:
    """CPU of a send through a wrapper above that of the C call, in microseconds."""
    return {
        language: {
            scheme: round(
                statistics.median(
                    wrapped - bare
                    for wrapped, bare in zip(
                        measured[language, scheme, OURS]["cpu_us"], measured["C", scheme, OURS]["cpu_us"], strict=False
                    )
                ),
                1,
            )
            for scheme in SCHEMES
        }
        for language in ("Python", "PHP")
    }


def as_data(measured: Rounds) -> dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]:
    """By language, scheme, peer and cost."""
    data: dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]] = {}
    for (language, scheme, name), costs in measured.items():
        by_peer = data.setdefault(language, {}).setdefault(scheme, {})
        by_peer[name] = {
            column: {figure: round(value, 2) for figure, value in summary(costs[column]).items()} for column in COLUMNS
        }
        ours = measured[language, scheme, OURS]
        by_peer[name]["ours"] = {
            column: round(ratio(ours[column], costs[column]), 3) for column in ("cpu_us", "p50_us")
        }
    return data
