"""An explanation, as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

from dataclasses import dataclass

from exercises_check.language import _
from exercises_check.look import framed, marked, paragraph
from exercises_check.wrapping import columns, wrapped

LINE = 96
TITLES = 13  # columns for the title of a part

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
            (_("What happened"), self.what),
            (_("Where"), self.where),
            (_("What to try"), self.try_this),
        ]
        return [(title, text) for title, text in parts if text]

    def __repr__(self) -> str:
        lines = [_("This error in plain words")]
        for title, text in self._parts():
            margin = f"  {title}{' ' * (TITLES - columns(title))}  "
            lines += wrapped(
                text,
                LINE,
                initial_indent=margin,
                subsequent_indent=" " * columns(margin),
                break_long_words=False,
                break_on_hyphens=False,
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        headline, row = _("This error in plain words"), _("<strong>{title}:</strong> {text}")
        rows = [f"<strong>{headline}</strong>"]
        rows += [row.format(title=title, text=marked(text)) for title, text in self._parts()]
        return framed(_COLOUR, "".join(map(paragraph, rows)))
