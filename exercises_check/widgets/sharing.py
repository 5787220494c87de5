"""One table of words for two texts, or one for each: which rows a training step moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exercises_check.language import N_, _, pgettext

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEXTS = ("where is my parcel", "my parcel is late", "refund my order", "money back please")
WORDS = tuple(sorted({word for text in TEXTS for word in text.split()}))
FEATURES = 4
LEARNING_RATE = 0.5
STEPS = ("first", "second", "both")
MOVED = {
    "both texts": N_("table of both texts: moved {words}"),
    "the first text": N_("table of the first text: moved {words}"),
    "the second text": N_("table of the second text: moved {words}"),
}
READS = (
    N_("the first text reads {count} words, {moved} of them moved"),
    N_("the second text reads {count} words, {moved} of them moved"),
)


def table_changes(first: str, second: str, shared: bool, step: str) -> dict[str, np.ndarray]:
    """How far one training step moves each number of each table, by the name of the table.

    A text is the mean of its words' rows, and each number of that mean is to become 1.

    Args:
        first, second: two of `TEXTS`.
        shared: one table for both texts, or one for each.
        step: the texts whose error counts, `"first"`, `"second"` or `"both"`.
    """
    names = ["both texts"] if shared else ["the first text", "the second text"]
    rows = np.random.default_rng(5).uniform(-0.5, 0.5, (len(names), len(WORDS), FEATURES))
    changes = np.zeros_like(rows)
    for number, (side, text) in enumerate(zip(STEPS, (first, second), strict=False)):
        if step in (side, "both"):
            table = 0 if shared else number
            places = [WORDS.index(word) for word in text.split()]
            error = rows[table, places].mean(axis=0) - 1
            changes[table, places] -= LEARNING_RATE * 2 * error / len(places)
    return dict(zip(names, changes, strict=True))


def sharing_picture(first: str, second: str, shared: bool, step: str) -> Figure:
    """Each table with how far its numbers move; a triangle stands where a text reads."""
    import matplotlib.pyplot as plt

    changes = table_changes(first, second, shared, step)
    with plt.style.context("exercises_check.course"):
        figure, axes = plt.subplots(1, len(changes), figsize=(3.6 * len(changes), 3.6))
        for axis, (name, change) in zip(np.atleast_1d(axes), changes.items(), strict=True):
            axis.imshow(change, cmap="Blues", vmin=0, vmax=0.8, aspect="auto")
            for word, feature in zip(*np.nonzero(change), strict=True):
                number = change[word, feature]
                ink = "white" if number > 0.45 else "black"
                written = f"{number:+.1f}"
                axis.text(feature, word, written, ha="center", va="center", color=ink, fontsize=8)
            axis.set(title=f"table of {name}", xticks=[], yticks=range(len(WORDS)))
            axis.set_yticklabels([_marked(word, name, first, second) for word in WORDS])
        figure.supxlabel("▸1 read by the first text, ▸2 by the second", fontsize=9)
    return figure


def sharing_text(first: str, second: str, shared: bool, step: str) -> str:
    """The same in words: parameters, the rows that move, and what each text notices of it."""
    changes = table_changes(first, second, shared, step)
    count = len(changes) * len(WORDS) * FEATURES
    size = _("One table, {count} parameters.") if shared else _("Two tables, {count} parameters.")
    lines = [size.format(count=count)]
    for name, change in changes.items():
        moved = [word for word, row in zip(WORDS, change, strict=True) if row.any()]
        words = _(", ").join(moved) or pgettext("a table", "nothing")
        lines.append("  " + _(MOVED[name]).format(words=words))
    for number, text in enumerate((first, second)):
        table = list(changes.values())[0 if shared else number]
        words = text.split()
        moved = [word for word in words if table[WORDS.index(word)].any()]
        lines.append("  " + _(READS[number]).format(count=len(words), moved=len(moved)))
    return "\n".join(lines)


def _marked(word: str, table: str, first: str, second: str) -> str:
    readers = {"the first text": [(1, first)], "the second text": [(2, second)]}
    readers = readers.get(table, [(1, first), (2, second)])
    marks = "".join(f" ▸{number}" for number, text in readers if word in text.split())
    return word + marks
