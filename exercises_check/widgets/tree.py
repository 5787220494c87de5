"""Trees of numbers: nested pairs, each worth what stands on its left minus what stands right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Tree = float | tuple


def bracketings(*leaves: float) -> list[Tree]:
    """Every tree of pairs with these leaves in this order."""
    if len(leaves) == 1:
        return [leaves[0]]
    return [
        (left, right)
        for split in reversed(range(1, len(leaves)))
        for left in bracketings(*leaves[:split])
        for right in bracketings(*leaves[split:])
    ]


def tree_text(tree: Tree) -> str:
    """A tree as a sum with brackets, and what it is worth: `8 − (3 − 2) = 7`."""
    return f"{_terms(tree)} = {_value(tree):g}"


def tree_picture(*trees: Tree) -> Figure:
    """Trees side by side: leaves in squares, pairs in circles with what they are worth."""
    import matplotlib.pyplot as plt

    with plt.style.context("exercises_check.course"):
        figure, axes = plt.subplots(1, len(trees), squeeze=False, figsize=(3.2 * len(trees), 2.6))
        for axis, tree in zip(axes[0], trees, strict=True):
            _draw(axis, tree, 0, 0)
            axis.set_title(tree_text(tree), fontsize=11)
            axis.margins(0.15)
            axis.axis("off")
    return figure


def _value(tree: Tree) -> float:
    if not isinstance(tree, tuple):
        return tree
    left, right = tree
    return _value(left) - _value(right)


def _terms(tree: Tree, inner: bool = False) -> str:
    if not isinstance(tree, tuple):
        return f"{tree:g}"
    text = " − ".join(_terms(side, inner=True) for side in tree)
    return f"({text})" if inner else text


def _leaves(tree: Tree) -> int:
    return sum(map(_leaves, tree)) if isinstance(tree, tuple) else 1


def _draw(axis: Axes, tree: Tree, start: int, depth: int) -> float:
    """Draws a tree whose first leaf is number `start`; returns where its root is."""
    middle, form = float(start), {"boxstyle": "square,pad=0.35", "fc": "white", "ec": "#595959"}
    if isinstance(tree, tuple):
        left, right = tree
        places = [
            _draw(axis, left, start, depth + 1),
            _draw(axis, right, start + _leaves(left), depth + 1),
        ]
        middle = sum(places) / 2
        axis.plot([places[0], middle, places[1]], [-depth - 1, -depth, -depth - 1], "#595959", lw=1)
        form = {"boxstyle": "circle,pad=0.3", "fc": "#D5E8F3", "ec": "#0072B2"}
    axis.text(middle, -depth, f"{_value(tree):g}", ha="center", va="center", bbox=form)
    return middle
