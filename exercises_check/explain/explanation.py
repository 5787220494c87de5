"""An explanation, as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from exercises_check.look import framed, marked, paragraph

TITLE = "This error in plain words"
LINE = 96

_COLOUR = "#cc79a7"


@dataclass(frozen=True)
class Explanation:
    """A Keras error in plain words. Code in the sentences stands in backticks.

    Attributes:
        what: what happened.
        where: the line, and the layers and tensors by the learner's own names.
        try_this: what to try.
    """

    what: str
    where: str
    try_this: str

    def _parts(self) -> list[tuple[str, str]]:
        parts = [
            ("What happened", self.what),
            ("Where", self.where),
            ("What to try", self.try_this),
        ]
        return [(title, text) for title, text in parts if text]

    def __repr__(self) -> str:
        lines = [TITLE]
        for title, text in self._parts():
            margin = f"  {title:<13}  "
            lines += textwrap.wrap(
                text,
                LINE,
                initial_indent=margin,
                subsequent_indent=" " * len(margin),
                break_long_words=False,
                break_on_hyphens=False,
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [f"<strong>{title}:</strong> {marked(text)}" for title, text in self._parts()]
        return framed(_COLOUR, "".join(map(paragraph, [f"<strong>{TITLE}</strong>", *rows])))
