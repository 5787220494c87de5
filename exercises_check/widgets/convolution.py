"""A convolution and the pooling after it, step by step: sizes and windows."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from exercises_check.language import _, pgettext
from exercises_check.wrapping import columns, padded

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def convolution_text(
    size: int = 7, kernel: int = 3, strides: int = 1, padding: str = "valid", pool: int = 2
) -> str:
    """The shapes that `convolution_picture` draws, and the arithmetic behind them."""
    maps, pooled = _convolution_sizes(size, kernel, strides, padding, pool)
    rule = f"({size} - {kernel}) // {strides} + 1 = {maps}"
    if padding == "same":
        rule = _("{size} / {strides}, rounded up = {maps}")
        rule = rule.format(size=size, strides=strides, maps=maps)
    left = _(", {count} left over").format(count=maps % pool) if maps % pool else ""
    image, feature_map, pooled_map = (
        pgettext("a table", "image"),
        pgettext("a table", "feature map"),
        pgettext("a table", "pooled map"),
    )
    rows = {
        image: f"{size} × {size}",
        feature_map: f"{maps} × {maps}    {rule}",
        pooled_map: f"{pooled} × {pooled}    {maps} // {pool} = {pooled}{left}",
    }
    width = max(map(columns, rows)) + 2
    if not maps:
        rows[feature_map] = _("ValueError: the window is larger than the image")
        del rows[pooled_map]
    elif not pooled:
        rows[pooled_map] = _("ValueError: the window is larger than the feature map")
    return "\n".join(padded(name, width) + what for name, what in rows.items())


def convolution_picture(
    size: int = 7,
    kernel: int = 3,
    strides: int = 1,
    padding: str = "valid",
    pool: int = 2,
    step: int = 0,
) -> Figure:
    """One step of a convolution: the window on the image, and the number that it writes.

    Args:
        size: height and width of the image.
        kernel: `kernel_size` of the `Conv2D`, for both axes, like `strides` and `padding`.
        strides: how many pixels the window moves in a step.
        padding: `"valid"` or `"same"`.
        pool: `pool_size` of the `MaxPooling2D` after it.
        step: the place of the window, from 0 at the top left; after the last it starts again.
    """
    import matplotlib.pyplot as plt

    maps, pooled = _convolution_sizes(size, kernel, strides, padding, pool)
    zeros = max((maps - 1) * strides + kernel - size, 0) if padding == "same" else 0
    first, end = -(zeros // 2), size + zeros - zeros // 2
    seen = {first + place * strides + i for place in range(maps) for i in range(kernel)}
    row, column = divmod(step % max(maps * maps, 1), max(maps, 1))
    with plt.style.context("exercises_check.course"):
        unit = min(0.42, 3.4 / (end - first))  # inches a cell; a panel is wide enough for its title
        widths = [max(cells, 1.2 / unit) for cells in (end - first, maps, pooled)]
        inches = (sum(widths) * unit + 0.4, (end - first) * unit + 0.5)
        figure, axes = plt.subplots(1, 3, figsize=inches, width_ratios=widths)
        image, feature_map, smaller = axes
        titles = ("image", "feature map", "pooled map")
        for axis, title, width, low in zip(axes, titles, widths, (first, 0, 0), strict=True):
            high = low + width + 0.1
            axis.set(xlim=(low - 0.1, high), ylim=(high, low - 0.1), title=title)
            axis.set_aspect("equal", anchor="NW")
            axis.axis("off")
        for y, x in product(range(first, end), repeat=2):
            zero = not (0 <= x < size and 0 <= y < size)
            _cell(image, x, y, unused=not {x, y} <= seen, text="0" if zero else "")
        for y, x in product(range(maps), repeat=2):
            unused = max(x, y) >= pooled * pool
            _cell(feature_map, x, y, full=(y, x) <= (row, column), unused=unused)
        for y, x in product(range(pooled), repeat=2):
            corner = (y * pool + pool - 1, x * pool + pool - 1)
            _cell(smaller, x, y, full=corner <= (row, column))
        if maps:
            _window(image, first + column * strides, first + row * strides, kernel)
            _window(feature_map, column, row, 1)
        if max(row, column) < pooled * pool:
            _window(feature_map, column // pool * pool, row // pool * pool, pool, dashed=True)
            _window(smaller, column // pool, row // pool, 1, dashed=True)
    return figure


def _convolution_sizes(size, kernel, strides, padding, pool) -> tuple[int, int]:
    """The width of the feature map and of the pooled map; 0 where a window does not fit."""
    maps = (size - kernel) // strides + 1 if padding == "valid" else -(-size // strides)
    return max(maps, 0), max(maps, 0) // pool


def _cell(axis, x: int, y: int, *, full: bool = False, unused: bool = False, text: str = ""):
    from matplotlib.patches import Rectangle

    face, line = ("#9CC9E3" if full else "none"), (":" if text else "-")
    hatch = "////" if unused else None
    axis.add_patch(
        Rectangle((x, y), 1, 1, fc=face, ec="#8C8C8C", linewidth=0.8, linestyle=line, hatch=hatch)
    )
    axis.text(x + 0.5, y + 0.5, text, ha="center", va="center", color="#595959", fontsize=9)


def _window(axis, x: int, y: int, size: int, *, dashed: bool = False):
    from matplotlib.patches import Rectangle

    line = "--" if dashed else "-"
    axis.add_patch(
        Rectangle((x, y), size, size, fill=False, ec="#D55E00", linewidth=2.5, linestyle=line)
    )
