"""Whether a text for a Chinese reader is in Chinese."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[A-Za-z][A-Za-z'’]+(?:[ ,]+[A-Za-z][A-Za-z'’]*){2,}")


def english(text: str) -> list[str]:
    """The runs of three English words in a text; code in backticks is in no language."""
    return _SENTENCE.findall(re.sub("`[^`]*`", "·", text))
