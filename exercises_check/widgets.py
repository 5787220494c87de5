"""What the chapters' sliders show: for each, a plain function of the knobs."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def parameter_table(*widths: int) -> str:
    """The parameters of `Dense` layers in a chain, as text: `parameter_table(784, 64, 10)`."""
    rows = [(f"{a} × {b} + {b}", a * b + b) for a, b in pairwise(widths)]
    lines = [f"{term:<18}{count:>9,}" for term, count in rows]
    return "\n".join([*lines, f"{'together':<18}{sum(count for _, count in rows):>9,}"])


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


def convolution_text(
    size: int = 7, kernel: int = 3, strides: int = 1, padding: str = "valid", pool: int = 2
) -> str:
    """The shapes that `convolution_picture` draws, and the arithmetic behind them."""
    maps, pooled = _convolution_sizes(size, kernel, strides, padding, pool)
    rule = f"({size} - {kernel}) // {strides} + 1 = {maps}"
    if padding == "same":
        rule = f"{size} / {strides}, rounded up = {maps}"
    left = f", {maps % pool} left over" if maps % pool else ""
    lines = [
        f"image        {size} × {size}",
        f"feature map  {maps} × {maps}    {rule}",
        f"pooled map   {pooled} × {pooled}    {maps} // {pool} = {pooled}{left}",
    ]
    if not maps:
        lines[1:] = ["feature map  ValueError: the window is larger than the image"]
    elif not pooled:
        lines[2] = "pooled map   ValueError: the window is larger than the feature map"
    return "\n".join(lines)


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


def receptive_fields(size: int, kernel: int = 3, pool: int = 2, blocks: int = 2) -> list[tuple]:
    """What one number in the middle can see, after each layer of blocks of `Conv2D` and pooling.

    Returns:
        `(layer, first, width)` for each layer that fits: its name, and the first pixel and the
        number of pixels, in each direction, that can change the number in the middle of its map.
    """
    fields, width, step = [], 1, 1
    for _ in range(blocks):
        for layer, window, strides in (("conv", kernel, 1), ("pool", pool, pool)):
            size = (size - window) // strides + 1
            if size < 1:
                return fields
            width, step = width + (window - 1) * step, step * strides
            fields.append((layer, size // 2 * step, width))
    return fields


def receptive_field_picture(image, kernel: int = 3, pool: int = 2, blocks: int = 2) -> Figure:
    """The `receptive_fields` of one number in the middle, each as a frame on the image."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    fields = receptive_fields(len(image), kernel, pool, blocks)
    with plt.style.context("exercises_check.course"):
        figure, axes = plt.subplots(1, len(fields), figsize=(7.5, 2.1), squeeze=False)
        for axis, (layer, first, width) in zip(axes[0], fields, strict=True):
            axis.imshow(image, cmap="Greys")
            corner = (first - 0.5, first - 0.5)
            axis.add_patch(Rectangle(corner, width, width, fill=False, ec="#D55E00", linewidth=2.5))
            axis.set(title=f"{layer}: {width} × {width}", xticks=[], yticks=[])
            axis.spines[:].set_visible(True)
    return figure


def shape_flow_picture(model) -> Figure:
    """What each layer of a chain returns, to scale: maps as stacked sheets, rows as bars.

    The side of a sheet is the height and width of a map; the number of sheets and the height of a
    bar grow with the number of maps and of units. Below stand the shape and the parameters.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    column, tallest = 1.3, max(max(layer.output.shape[1:3]) for layer in model.layers[:1])
    with plt.style.context("exercises_check.course"):
        figure, axis = plt.subplots(figsize=(8.4, 2.4))
        for place, layer in enumerate(model.layers):
            shape, middle = layer.output.shape[1:], place * column
            deep = shape[-1].bit_length()  # 1 for 1, 6 for 32, 7 for 64, 14 for 12,544
            if len(shape) == 3:
                side, aside = shape[0] / tallest, [0.03 * (i - deep / 2) for i in range(deep)]
                boxes = [(middle + a - side / 2, -a - side / 2, side, side) for a in aside]
            else:
                boxes = [(middle - 0.06, -0.05 * deep, 0.12, 0.1 * deep)]
            for x, y, width, height in boxes:
                axis.add_patch(Rectangle((x, y), width, height, fc="#D5E8F3", ec="#0072B2"))
            words = (type(layer).__name__, str(shape), f"{layer.count_params():,}")
            for line, word in enumerate(words):
                style = {"weight": "bold"} if line == 0 else {}
                axis.text(middle, -1.0 - 0.2 * line, word, ha="center", fontsize=8.5, **style)
        axis.set(xlim=(-0.6, column * len(model.layers) - 0.8), ylim=(-1.5, 0.75))
        axis.set_title("What each layer returns, and its number of parameters")
        axis.set_aspect("equal")
        axis.axis("off")
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
