"""What each layer of a chain returns, drawn to scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
