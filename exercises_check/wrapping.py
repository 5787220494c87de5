"""Text in lines for a terminal or a box, Chinese too: its letters are two columns wide, and a line
may end after each of them but not before a full stop or a closing bracket."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import Any

_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6“”…—]"
_NEVER_FIRST = "[，。；：、！？）》」』”…]"
_PAD = "\ue000"  # for the second column of a wide letter: nobody's own
_PIECE = re.compile(f"{_WIDE}{_PAD}(?:{_NEVER_FIRST}{_PAD})*|(?:(?!{_WIDE}{_PAD}).)+", re.DOTALL)
_HAS_WIDE = re.compile("[\u2e80-\u9fff\uff00-\uff60]")


def columns(text: str) -> int:
    """How many columns a text fills in a font where all letters are equally wide."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    marks = sum(unicodedata.combining(c) > 0 for c in text)
    return len(text) + wide - marks


def padded(text: str, width: int, *, right: bool = False) -> str:
    """The text with spaces after it, or before it, that fills this many columns."""
    space = " " * (width - columns(text))
    return space + text if right else text + space


def wrapped(text: str, width: int, **options: Any) -> list[str]:
    """Lines of at most `width` columns; `options` are those of `textwrap.wrap`."""
    if not _HAS_WIDE.search(text):
        return textwrap.wrap(text, width, **options)
    doubled = re.sub(f"({_WIDE})", rf"\1{_PAD}", text)
    lines = _Wrapper(width, **{"break_long_words": False, **options}).wrap(doubled)
    return [line.replace(_PAD, "") for line in lines]


class _Wrapper(textwrap.TextWrapper):
    def _split(self, text: str) -> list[str]:
        return [piece for chunk in super()._split(text) for piece in _PIECE.findall(chunk)]
