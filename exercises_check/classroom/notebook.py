"""The code cells of a notebook that somebody handed in.

Only sources are taken. What a notebook says that its cells printed is not looked at: anyone can
write there that all is well. The content is read with bounds and without trusting any of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exercises_check.classroom.plain_text import printable, quoted
from exercises_check.classroom.source import LARGEST_NOTEBOOK, megabytes

MOST_CELLS = 2_000
LARGEST_CODE = 5 * 2**20  # characters of all code cells
DEEPEST = 100  # a notebook of people is about 8 deep; Python's own parser gives up at 1,000
MOST_CONTAINERS = 1_000_000  # each takes 64 bytes and more of memory

_AGAIN = "open it in JupyterLab and save it again"
_LANGUAGES = {"r": "R", "ir": "R", "julia": "Julia", "javascript": "JavaScript", "c++": "C++"}

# A string, whole or unterminated. It can be matched in one way only, so the time is linear in the
# length, whatever the text.
_STRING = re.compile(r'"(?>[^"\\]+|\\.)*+(?:"|\\)?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ZEROS = {
    (True, True, True): "utf-32-be",
    (False, True, True): "utf-32-le",
    (True, False, True): "utf-16-be",
    (False, True, False): "utf-16-le",
}


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells of the notebook, from 0, and its text."""

    index: int
    source: str


@dataclass(frozen=True)
class Cells:
    """What is taken from a notebook.

    Attributes:
        code: the code cells in order.
        title: the first heading, without its `#`.
        notes: sentences about the file.
    """

    code: tuple[Cell, ...]
    title: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """The file is no notebook that can be run.

    Attributes:
        message: a sentence that says why.
        prose: whether it is a notebook, with nothing in it to be run.
    """

    message: str
    prose: bool = False


class _Refused(Exception):
    """The text is a sentence that says why."""


class _Prose(_Refused):
    """A notebook without code."""


def cells(content: bytes) -> Cells | Refusal:
    """The code cells of a notebook, of format 2, 3 or 4. It never raises."""
    try:
        return _cells(content)
    except _Refused as refused:
        return Refusal(str(refused), isinstance(refused, _Prose))


def _cells(content: bytes) -> Cells:
    if len(content) > LARGEST_NOTEBOOK:
        raise _Refused(f"The file is larger than {megabytes(LARGEST_NOTEBOOK)}; it is not read.")
    if not content.strip(b"\0 \t\r\n"):
        raise _Refused("The file is empty.")
    text, notes = _text(content)
    if not text.strip("\0 \t\r\n\ufeff"):
        raise _Refused("The file is empty.")
    notebook = _json(text)
    found = _all_cells(notebook)
    _refuse_other_language(notebook)
    code, title, size = [], "", 0
    for index, (kind, source) in enumerate(found):
        if kind == "code":
            size += len(source)
            code.append(Cell(index, source))
        elif kind == "markdown" and not title:
            title = _heading(source)
        if len(code) > MOST_CELLS:
            raise _Refused(f"The notebook has more than {MOST_CELLS:,} code cells; it is not run.")
        if size > LARGEST_CODE:
            raise _Refused(f"The notebook has more than {megabytes(LARGEST_CODE)} of code.")
    if not code:
        raise _Prose("The notebook has no code cell; expected the chapter with its answers.")
    return Cells(tuple(code), title, notes)


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file whose encoding is not known, and the encoding."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if not encoding:
        # Both begin with ASCII: JSON with a bracket, a table with its header.
        zeros = tuple(byte == 0 for byte in content[:3])
        encoding = _ZEROS.get(zeros, "utf-8")
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, what in (
        (b"pk\x03\x04", "a zip file"),
        (b"%pdf", "a PDF"),
        (b"<!doctype", "a web page"),
        (b"<html", "a web page"),
        (b"\x89png", "a picture"),
        (b"\x1f\x8b", "a compressed file"),
    ):
        if start.startswith(mark):
            raise _Refused(f"The file is {what}, not a notebook; expected the .ipynb file itself.")
    text, encoding = decoded(content)
    if encoding == "latin-1":
        return text, ("The file is not in UTF-8; it is read as Latin-1.",)
    if not encoding.startswith("utf-8"):
        return text, (f"The file is in {encoding[:6].upper()}; notebooks are in UTF-8.",)
    return text, ()


def _json(text: str) -> dict[str, Any]:
    _refuse_deep(text)
    try:
        value = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        raise _Refused(
            f"The file is not a notebook: it is not JSON ({what}, line {error.lineno})."
        ) from None
    except (ValueError, RecursionError):  # such as a number of more than 4,300 digits
        raise _Refused("The file is not a notebook: its JSON cannot be read.") from None
    if not isinstance(value, dict):
        raise _Refused(f"The file is not a notebook: it is {_kind(value)}; expected an object.")
    return value


def _refuse_deep(text: str) -> None:
    depth, count = 0, 0
    for match in _BRACKET.finditer(_STRING.sub("", text)):
        if match[0] in "]}":
            depth -= 1
            continue
        depth += 1
        count += 1
        if depth > DEEPEST:
            raise _Refused(
                f"The file is not a notebook: its JSON is nested more than {DEEPEST} deep."
            )
        if count > MOST_CONTAINERS:
            raise _Refused(
                f"The file has more than {MOST_CONTAINERS:,} lists and objects; it is not read."
            )


def _all_cells(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each cell's kind and source."""
    version = notebook.get("nbformat", 3 if "worksheets" in notebook else 4)
    if isinstance(version, bool) or not isinstance(version, int | float):
        raise _Refused(f"The file is not a notebook: its `nbformat` is {_kind(version)}; {_AGAIN}.")
    if not 2 <= version <= 4:
        raise _Refused(f"The notebook has format {printable(str(version))}; expected 4: {_AGAIN}.")
    if version >= 4:
        if "cells" not in notebook:
            raise _Refused("The file is JSON, but not a notebook: it has no `cells`.")
        return _sources(_list(notebook["cells"], "cells"), "source")
    sheets = _list(notebook.get("worksheets"), "worksheets")
    found = []
    for sheet in sheets:
        if not isinstance(sheet, dict):
            raise _Refused(f"The notebook has a worksheet that is {_kind(sheet)}; {_AGAIN}.")
        found += _list(sheet.get("cells", []), "cells")
    return _sources(found, "input")


def _sources(found: list[Any], code: str) -> Iterator[tuple[str, str]]:
    for index, cell in enumerate(found):
        if not isinstance(cell, dict):
            raise _Refused(
                f"Cell {index + 1} of the notebook is {_kind(cell)}; expected an object: {_AGAIN}."
            )
        kind = cell.get("cell_type")
        source = cell.get(code if kind == "code" else "source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise _Refused(
                f"Cell {index + 1} of the notebook has {_kind(source)} as its text; {_AGAIN}."
            )
        # Half of a character that takes two cannot be written to any file.
        source = source.encode("utf-8", "replace").decode("utf-8")
        if kind == "heading":
            kind, source = "markdown", f"# {source}"
        yield kind if isinstance(kind, str) else "", source


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise _Refused(f"The notebook's `{name}` is {_kind(value)}; expected a list: {_AGAIN}.")
    return value


def _refuse_other_language(notebook: dict[str, Any]) -> None:
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        entry = metadata.get(key)
        language = entry.get(name) if isinstance(entry, dict) else None
        if isinstance(language, str) and language.strip():
            language = language.strip()
            if re.fullmatch(r"(i|x)?python[0-9.]*", language, re.IGNORECASE):
                return
            known = _LANGUAGES.get(language.casefold(), printable(language, 40))
            raise _Refused(f"The notebook is written for {known}; expected Python.")


def _heading(source: str) -> str:
    for line in source.splitlines():
        if line.lstrip().startswith("#"):
            return line.strip().strip("#").strip()
    return ""


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    kinds = {
        dict: "an object", list: "a list", str: "a text", bool: "true or false",
        int: "a number", float: "a number",
    }  # fmt: skip
    return kinds.get(type(value), quoted(type(value).__name__))
