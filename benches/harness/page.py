"""The tables of docs/performance.md, renewed from what was measured, between the comments that mark their places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .fpm import COLUMNS, PEER
from .peers import OURS, ROOT, SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE = ROOT / "docs/performance.md"

# What benches/results/performance.json holds.
Data = dict[str, Any]


def renew(data: Data) -> None:
    page = PAGE.read_text()
    for name, lines in sections(data).items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not marked.search(page):
            raise RuntimeError(f"{PAGE} has no place marked <!-- {name} -->")
        text = "\n".join(lines)
        page = marked.sub(rf"\g<1>{text}\n\g<2>", page)
    PAGE.write_text(page)


def sections(data: Data) -> dict[str, list[str]]:
    return {
        "machine": machine(data),
        "counts": counts(data),
        **{language.lower(): timed(data, language) for language in data["microseconds"]},
        "fpm": fpm(data),
        "wrappers": wrappers(data),
        "load": load(data),
        "growth": growth(data),
        "threads": threads(data),
    }


def machine(data: Data) -> list[str]:
    named = {**data["machine"], **data["versions"]}
    return table(("What", "Which"), ((name, value) for name, value in named.items()))


def counts(data: Data) -> list[str]:
    heads = ("A warm send", "", OURS, "libcurl", "socket", "ours / libcurl")
    rows = [
        (
            unit,
            scheme,
            *(f"{round(of[peer]):,}" for peer in (OURS, "libcurl", "socket")),
            f"**{of[OURS] / of['libcurl']:.2f}**",
        )
        for unit, by_scheme in data["counts"].items()
        for scheme, of in by_scheme.items()
    ]
    return table(heads, rows)


def timed(data: Data, language: str) -> list[str]:
    heads = ("", "", "CPU", "p50", "p99", "ours / its CPU", "ours / its p50")
    rows = []
    for scheme in SCHEMES:
        for peer, of in data["microseconds"][language][scheme].items():
            cells = (spread(of["cpu_us"]), spread(of["p50_us"]), f"{of['p99_us']['median']:.0f}")
            ratios = (f"{of['ours'][column]:.2f}" for column in ("cpu_us", "p50_us"))
            rows.append((peer, scheme, *cells, *ratios))
    return table(heads, rows)


def spread(of: dict[str, float]) -> str:
    return f"{of['median']:.1f} ({of['min']:.1f} to {of['max']:.1f})"


def fpm(data: Data) -> list[str]:
    """Each recipe beside the peer that took turns with it."""
    names = ("CPU", "from first to last")
    heads = (OURS, "authorities", *(head for name in names for head in (name, PEER, "ratio")))
    rows = (
        (
            recipe,
            authorities,
            *(
                cell
                for column in COLUMNS
                for cell in (spread(of[OURS][column]), spread(of[PEER][column]), f"{of['ratio'][column]['median']:.3f}")
            ),
        )
        for authorities, by_recipe in data["requests in PHP-FPM"].items()
        for recipe, of in by_recipe.items()
    )
    return table(heads, rows)


def wrappers(data: Data) -> list[str]:
    rows = ((language, *(f"{of[scheme]:.1f}" for scheme in SCHEMES)) for language, of in data["wrapper_cpu_us"].items())
    return table(("CPU above the C call, µs", *SCHEMES), rows)


def load(data: Data) -> list[str]:
    of, size = data["process"]["load"], data["process"]["stripped_bytes"]
    rows = (
        ("`dlopen` and `so_client_new`", f"{of['load_ms']:.2f} ms", "1 ms"),
        ("first HTTPS send, handshake included", f"{of['first_send_ms']:.2f} ms", "3 ms"),
        ("resident memory after it", f"{of['resident_growth_kib']:,.0f} KiB more", "3 MB"),
        ("an idle TLS connection", f"{of['idle_connection_kib']:.0f} KiB", "64 KB"),
        ("stripped library", f"{size:,} bytes", "1,800,000 bytes"),
    )
    return table(("What", "Measured", "Target"), rows)


def growth(data: Data) -> list[str]:
    rows = (
        (f"{int(sends):,}", f"{of['cpu_us']:.1f}", f"{of['resident_growth_kib']:,.0f}")
        for sends, of in data["process"]["growth"].items()
    )
    return table(("Sends in a run", "CPU a send, µs", "More memory at the end, KiB"), rows)


def threads(data: Data) -> list[str]:
    slow = data["process"]["threads_at_a_slow_server"]
    rows = (
        (
            count,
            f"{of['shared']:,.0f}",
            f"{of['separate']:,.0f}",
            f"{of['shared'] / of['separate']:.2f}",
            f"{slow[count]['shared']:,.0f} of {slow[count]['possible']:,.0f}",
        )
        for count, of in data["process"]["threads"].items()
    )
    heads = ("Threads", "one client", "processes of their own", "ratio", "at a server that takes 50 ms")
    return table(heads, rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]
