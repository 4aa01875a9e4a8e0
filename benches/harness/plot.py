"""The picture of docs/performance.md: CPU per send of each peer, plain and over TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from .peers import OURS, SCHEMES
from .rounds import Rounds, summary

if TYPE_CHECKING:
    from pathlib import Path

# The same text and numbers give the same bytes, so that the picture changes only with what was measured.
STABLE: Any = {"svg.hashsalt": "libshoutout_otp", "svg.fonttype": "none", "font.family": "sans-serif"}
OUR_COLOUR = {"plain": "#7fb3d5", "tls": "#1f618d"}
THEIR_COLOUR = {"plain": "#d5d8dc", "tls": "#839192"}


def draw(measured: Rounds, path: Path) -> None:
    languages = list(dict.fromkeys(language for language, _, _ in measured))
    with mpl.rc_context(STABLE):
        figure = Figure(figsize=(9, 8.5), layout="constrained")
        rows = [len({name for of, _, name in measured if of == language}) for language in languages]
        axes = figure.subplots(len(languages), 1, height_ratios=rows, squeeze=False)[:, 0]
        for axis, language in zip(axes, languages, strict=False):
            draw_language(axis, measured, language)
        figure.suptitle("CPU per send on a kept connection, in microseconds (upper bar plain, lower bar TLS)")
        figure.savefig(path, format="svg", metadata={"Date": None})


def draw_language(axis: mpl.axes.Axes, measured: Rounds, language: str) -> None:
    names = list(dict.fromkeys(name for of, _, name in measured if of == language))
    for row, name in enumerate(names):
        for offset, scheme in zip((-0.2, 0.2), SCHEMES, strict=False):
            of = summary(measured[language, scheme, name]["cpu_us"])
            colour = (OUR_COLOUR if name.startswith(OURS) else THEIR_COLOUR)[scheme]
            spread = [[of["median"] - of["min"]], [of["max"] - of["median"]]]
            axis.barh(row + offset, of["median"], height=0.38, color=colour, xerr=spread, ecolor="#555555")
            axis.text(of["max"], row + offset, f"  {of['median']:.0f}", va="center", fontsize=8)
    axis.set_yticks(range(len(names)), names)
    axis.invert_yaxis()
    axis.set_title(language, loc="left")
    axis.margins(x=0.1)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
