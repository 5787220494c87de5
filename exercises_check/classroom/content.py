"""What the content of a handed-in notebook says: whether it can be run, and which chapter it is."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from exercises_check.classroom.notebook import Refusal, cells
from exercises_check.classroom.source import LARGEST_NOTEBOOK, CannotRead, Source

# It begins with plain letters, so that long texts without them are passed over quickly.
_CHECK = re.compile(r"""check(?<!\wcheck)\(\s*\\?["']([A-Za-z_]\w{0,99})\\?["']""")
_TITLE = re.compile(r"(?:chapter\s*)?0?(\d{1,2})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Content:
    """A notebook that was read.

    Attributes:
        digest: SHA-256 as hex digits; empty if it cannot be read.
        problem: a sentence why it cannot be run, or nothing.
        notes: sentences about the file.
        checked: the names of exercises in its calls of `check`.
        title: its first heading.
        size: in bytes.
        prose: whether it is a notebook without code, as a glossary is.
    """

    digest: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()
    checked: frozenset[str] = frozenset()
    title: str = ""
    size: int = 0
    prose: bool = False


def read(source: Source, limit: int = LARGEST_NOTEBOOK) -> Content:
    """Read a notebook and forget it again, but for what it says of itself."""
    try:
        content = source.read(limit)
    except CannotRead as error:
        return Content(problem=str(error))
    digest, size = hashlib.sha256(content).hexdigest(), len(content)
    found = cells(content)
    if isinstance(found, Refusal):
        # A damaged notebook still says whose chapter it is.
        checked = frozenset(_CHECK.findall(content.decode("latin-1")))
        return Content(digest, found.message, checked=checked, size=size, prose=found.prose)
    checked = frozenset(name for cell in found.code for name in _CHECK.findall(cell.source))
    return Content(digest, "", found.notes, checked, found.title, size)


@functools.cache
def untouched() -> frozenset[str]:
    """The digests of the chapters as the course hands them out, in every language."""
    folder = Path(__file__).resolve().parent.parent.parent / "chapters"
    files = folder.rglob("[0-9][0-9]_*.ipynb")
    return frozenset(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)


def chapter(content: Content, chapters: Mapping[str, Collection[str]]) -> str:
    """The chapter whose exercises are checked most, else the one the title names, else nothing."""
    votes = {stem: len(content.checked & set(names)) for stem, names in chapters.items()}
    most = max(votes.values(), default=0)
    leading = [stem for stem, count in votes.items() if count == most]
    if most:
        return leading[0] if len(leading) == 1 else ""
    if match := _TITLE.match(content.title):
        for stem in chapters:
            number = re.match(r"\d+", stem)
            if number and int(number[0]) == int(match[1]):
                return stem
        return ""
    words = _words(content.title)
    return next(
        (stem for stem in chapters if words and _words(stem.lstrip("0123456789")) == words), ""
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
