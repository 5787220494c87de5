"""What a decoder makes of codes of two numbers: a whole map of them, or one that sliders choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exercises_check.language import _

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

INK = " .:-=+*#%@"  # from background to full ink


def code_text(decoder: keras.Model, codes: Any, labels: Any, first: float, second: float) -> str:
    """One code in words, and the picture that the decoder makes of it in characters.

    Args:
        decoder: turns codes of two numbers into pictures with pixels from 0 to 1.
        codes: codes of known digits, (digits, 2).
        labels: which digits they are.
        first: the first number of the code.
        second: the second number.
    """
    distances = np.hypot(*(np.asarray(codes) - (first, second)).T)
    nearest = np.asarray(labels)[distances.argmin()]
    told = _("Code {code}: the nearest known code is that of a {digit}.")
    told = told.format(code=f"({first:.1f}, {second:.1f})", digit=nearest)
    picture = _decoded(decoder, [(first, second)])[0]
    shades = np.clip(picture * len(INK), 0, len(INK) - 1).astype(int)
    # Two characters for a pixel: a character is about twice as high as it is wide.
    rows = ["".join(2 * INK[shade] for shade in row) for row in shades]
    return "\n".join([told, *rows])


def code_picture(
    decoder: keras.Model, codes: Any, labels: Any, first: float, second: float
) -> Figure:
    """One code among those of known digits, and the picture that the decoder makes of it.

    Args:
        decoder: turns codes of two numbers into pictures with pixels from 0 to 1.
        codes: codes of known digits, (digits, 2).
        labels: which digits they are; each is written at its code.
        first: the first number of the code.
        second: the second number.
    """
    import matplotlib.pyplot as plt

    with plt.style.context("exercises_check.course"):
        figure, (known, decoded) = plt.subplots(1, 2, figsize=(6.8, 3.4), width_ratios=(1.4, 1))
        known.plot(*np.asarray(codes).T, linestyle="none")  # sets the limits of both axes
        for (x, y), label in zip(codes, labels, strict=True):
            style = {"ha": "center", "va": "center", "fontsize": 8, "color": "#595959"}
            known.text(x, y, str(label), **style)
        known.axvline(first, color="#D55E00", linewidth=1.5)
        known.axhline(second, color="#D55E00", linewidth=1.5)
        known.set(xlabel="first", ylabel="second", title="codes of known digits")
        decoded.imshow(_decoded(decoder, [(first, second)])[0], cmap="gray", vmin=0, vmax=1)
        decoded.set(xticks=[], yticks=[], title=f"({first:.1f}, {second:.1f}) decoded")
    return figure


def code_map_picture(decoder: keras.Model, codes: Any, rows: int = 10, columns: int = 16) -> Figure:
    """The pictures that a decoder makes of a grid of codes.

    Args:
        decoder: turns codes of two numbers into pictures with pixels from 0 to 1.
        codes: of known digits, (digits, 2): the grid covers nearly all of them.
        rows: how many values the second number of a code takes, the largest on top.
        columns: how many the first takes.
    """
    import matplotlib.pyplot as plt

    (left, low), (right, high) = np.percentile(codes, (2, 98), axis=0)
    across, down = np.linspace(left, right, columns), np.linspace(high, low, rows)
    pictures = _decoded(decoder, np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2))
    pictures = np.pad(pictures, ((0, 0), (0, 1), (0, 1)), constant_values=1)  # a line between them
    height, width = pictures.shape[1:]
    tiles = pictures.reshape(rows, columns, height, width).transpose(0, 2, 1, 3)
    with plt.style.context("exercises_check.course"):
        figure, axis = plt.subplots(figsize=(6.8, 6.8 * rows / columns))
        whole = tiles.reshape(rows * height, columns * width)
        axis.imshow(whole, cmap="gray", vmin=0, vmax=1)
        for ticks, values, size in (
            (axis.set_xticks, across, width),
            (axis.set_yticks, down, height),
        ):
            shown = range(0, len(values), 3)
            ticks([(n + 0.5) * size - 1 for n in shown], [f"{values[n]:.1f}" for n in shown])
        axis.set(xlabel="first", ylabel="second")
    return figure


def _decoded(decoder: keras.Model, codes: Any) -> np.ndarray:
    """The pictures of these codes, (codes, height, width)."""
    return np.asarray(decoder(np.asarray(codes, dtype="float32"))).squeeze(-1)
