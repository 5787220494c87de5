"""The parameters of `Dense` layers in a chain, as a table and as bars."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from exercises_check.language import pgettext
from exercises_check.wrapping import padded

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def parameter_table(*widths: int) -> str:
    """The parameters of `Dense` layers in a chain, as text: `parameter_table(784, 64, 10)`."""
    rows = [(f"{a} × {b} + {b}", a * b + b) for a, b in pairwise(widths)]
    lines = [f"{term:<18}{count:>9,}" for term, count in rows]
    together = padded(pgettext("a table", "together"), 18)
    return "\n".join([*lines, f"{together}{sum(count for _term, count in rows):>9,}"])


def parameter_bars(*widths: int, limit: int | None = None) -> Figure:
    """The parameters of `Dense` layers in a chain, as a bar for each layer.

    With `limit`, the bars of several pictures have one scale, from 0 to `limit` parameters.
    """
    import matplotlib.pyplot as plt

    terms = [f"{a} × {b} + {b}" for a, b in pairwise(widths)]
    counts = [a * b + b for a, b in pairwise(widths)]
    with plt.style.context("exercises_check.course"):
        figure, axes = plt.subplots(figsize=(6.5, 0.9 + 0.5 * len(terms)))
        bars = axes.barh(range(len(terms)), counts, tick_label=terms)
        axes.bar_label(bars, [f"{count:,}" for count in counts], padding=4)
        axes.set(title=f"{sum(counts):,} parameters together", xticks=[])
        axes.set_xlim(0, 1.2 * (limit or max(counts)))
        axes.invert_yaxis()
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(length=0)
    return figure
