"""A trap and a list of traps, in text and in HTML."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from exercises_check.language import _, ngettext
from exercises_check.look import framed, marked, paragraph, sign
from exercises_check.wrapping import wrapped

MOST_ALIKE = 5  # traps with the same reason are cut after so many
WIDTH = 96


@dataclass(frozen=True)
class Trap:
    """Something that Keras accepts in silence.

    Attributes:
        kind: a short word, such as `"broadcast"`.
        message: the fact, with the names of the learner's model.
        why: why it matters, and what to write instead.
        name: the layer or tensor it is about, `""` for the whole model.
        path: where that call stands in the graph, `None` where it has no place.
    """

    kind: str
    message: str
    why: str
    name: str = ""
    path: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Traps:
    """The traps of a model, the most harmful first. True when there are any."""

    found: tuple[Trap, ...] = ()

    def __iter__(self) -> Iterator[Trap]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, number):
        return self.found[number]

    def __repr__(self) -> str:
        return traps_text(self)

    def _repr_html_(self) -> str:
        return traps_html(self)


def traps_text(traps: Traps) -> str:
    """A list of traps for a terminal."""
    if not traps:
        return f"✓ {_headline(traps)}"
    lines = [f"⚠ {_headline(traps)}"]
    for shown, rest, why in _groups(traps):
        lines.append("")
        for trap in shown:
            lines += _wrapped(trap.message, "  - ")
        if rest:
            lines.append(f"    {_more(rest)}")
        lines += _wrapped(why, "    ")
    return "\n".join(lines)


def _wrapped(text: str, start: str) -> list[str]:
    """`text` in lines, which do not break within code."""
    whole = re.sub("`[^`]*`", lambda code: code[0].replace(" ", _KEPT), text)
    lines = wrapped(
        whole,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_KEPT, " ") for line in lines]


_KEPT = "\N{NO-BREAK SPACE}"


def traps_html(traps: Traps) -> str:
    """A list of traps for a notebook, in the look of a report."""
    if not traps:
        return framed(_NOTHING, paragraph(f"<strong>{sign('✓')} {_headline(traps)}</strong>"))
    parts = [paragraph(f"<strong>{sign('⚠')} {_headline(traps)}</strong>")]
    for shown, rest, why in _groups(traps):
        messages = "<br>".join(f"<strong>{marked(trap.message)}</strong>" for trap in shown)
        more = f"<br>{_more(rest)}" if rest else ""
        parts.append(f'<li style="margin:4px 0">{messages}{more}<br>{marked(why)}</li>')
    body = f'{parts[0]}<ul style="margin:4px 0">{"".join(parts[1:])}</ul>'
    return framed(_SOMETHING, body)


_NOTHING, _SOMETHING = "#009e73", "#e69f00"


def _headline(traps: Traps) -> str:
    if not traps:
        return _("No traps found.")
    return ngettext(
        "1 trap: Keras accepts this without an error.",
        "{count} traps: Keras accepts these without an error.",
        len(traps),
    ).format(count=len(traps))


def _more(count: int) -> str:
    return _("… and {count} more like these.").format(count=count)


def _groups(traps: Traps) -> Iterator[tuple[list[Trap], int, str]]:
    """Traps with one reason together, that reason once: `(shown, how many more, why)`."""
    for why, group in itertools.groupby(traps, key=lambda trap: trap.why):
        alike = list(group)
        yield alike[:MOST_ALIKE], len(alike[MOST_ALIKE:]), why
