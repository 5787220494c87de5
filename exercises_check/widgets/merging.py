"""Which tensors `Add` and `Concatenate` join, and what comes out of it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from exercises_check.language import _, pgettext
from exercises_check.wrapping import padded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIRST, SECOND, BOTH = "#9CC9E3", "#F2C18D", "#B5DCC8"


def added_shape(first: tuple, second: tuple) -> tuple | None:
    """The shape that `Add` makes of two tensors with the same number of axes, `None` for an error.

    Shapes are those of one row, without the batch: a size 1 is repeated, other sizes are equal.
    """
    if all(1 in pair or pair[0] == pair[1] for pair in zip(first, second, strict=True)):
        return tuple(map(max, zip(first, second, strict=True)))
    return None


def concatenated_shape(first: tuple, second: tuple, axis: int = -1) -> tuple | None:
    """The shape that `Concatenate(axis)` makes, `None` for an error; axis 0 is the batch."""
    place = axis % (len(first) + 1) - 1
    sizes = list(zip(first, second, strict=True))
    if any(a != b for where, (a, b) in enumerate(sizes) if where != place):
        return None
    return tuple(a + b if where == place else a for where, (a, b) in enumerate(sizes))


def merge_text(first: tuple, second: tuple, axis: int = -1) -> str:
    """What `merge_picture` shows, as text."""
    added, joined = added_shape(first, second), concatenated_shape(first, second, axis)
    stretched = added is not None and first != second
    both = _("{first} and {last}").format(first=_written(first), last=_written(second))
    repeated = "    " + _("a size 1 is repeated")
    rows = {
        pgettext("a table", "tensors"): both,
        "Add": _written(added) + repeated * stretched,
        f"Concatenate(axis={axis})": _written(joined),
    }
    return "\n".join(padded(name, 23) + what for name, what in rows.items())


def show_merge(
    steps: int = 3, features: int = 4, other_steps: int = 3, other_features: int = 1, axis: int = -1
) -> None:
    """Shows `merge_picture` and prints `merge_text` of (steps, features) and the other two."""
    from exercises_check.figures import show

    first, second = (steps, features), (other_steps, other_features)
    text = merge_text(first, second, axis)
    show(merge_picture(first, second, axis), alt=text)
    print(text)


def shape_or_error(layer, tensors) -> tuple | str:
    """The shape that a layer makes of these tensors, or the name of the error that it raises."""
    try:
        return layer(tensors).shape
    except (ValueError, TypeError) as error:
        return type(error).__name__


def merge_picture(first: tuple, second: tuple, axis: int = -1) -> Figure:
    """Two tensors of shape (steps, features), and what `Add` and `Concatenate` make of them.

    A row is a step, a column a feature. In the sum, the cells are hatched for which a number of a
    tensor is used more than once. In the concatenation, each cell has the colour of its origin.
    """
    import matplotlib.pyplot as plt

    added, joined = added_shape(first, second), concatenated_shape(first, second, axis)
    panels = {"first": first, "second": second, "Add": added, f"Concatenate({axis})": joined}
    with plt.style.context("exercises_check.course"):
        unit, gap = 0.24, 1.6
        widths = [max(shape[1] if shape else 0, 1.55 / unit) for shape in panels.values()]
        height = max(shape[0] for shape in panels.values() if shape)
        figure, axes = plt.subplots(
            1,
            4,
            figsize=(sum(widths) * unit + 4 * gap * unit, height * unit + 0.75),
            width_ratios=widths,
        )
        for panel, (title, shape), width in zip(axes, panels.items(), widths, strict=True):
            panel.set(xlim=(-0.1, width + 0.1), ylim=(height + 0.1, -0.1))
            panel.set_title(f"{title}\n{_written(shape, 'ValueError')}", fontsize=10)
            panel.set_aspect("equal", anchor="NW")
            panel.axis("off")
            for step, feature in product(*map(range, shape or (0, 0))):
                colour, hatch = _look(title, first, second, added, axis, step, feature)
                _cell(panel, feature, step, colour, hatch)
    return figure


def _look(title, first, second, added, axis, step, feature) -> tuple[str, str | None]:
    """The colour and the hatching of a cell."""
    if title == "Add":
        return BOTH, "////" if first != second else None
    if title == "first" or title == "second":
        return (FIRST if title == "first" else SECOND), None
    along, size = (step, first[0]) if axis == 1 else (feature, first[1])
    return (FIRST if along < size else SECOND), None


def _cell(axis, x: int, y: int, colour: str, hatch: str | None) -> None:
    from matplotlib.patches import Rectangle

    look = {"ec": "#595959", "linewidth": 0.8, "hatch": hatch}
    axis.add_patch(Rectangle((x, y), 1, 1, fc=colour, **look))


def _written(shape: tuple | None, error: str = "") -> str:
    if shape is None:
        return error or _("ValueError: these sizes do not fit")
    return f"({', '.join(['None', *map(str, shape)])})"
