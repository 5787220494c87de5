"""Check cells: the exercise each shows a report of, what it answered and what it has to answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# nbval compares the outputs of cells with this tag, also under --nbval-lax.
COMPARED = "nbval-check-output"
# A check that fails on purpose, in the chapter and in the solution, has this tag.
FAILS = "check-fails"

# How the text of a report begins, for each of its outcomes.
SIGNS = {
    "passed": "✓ ",
    "failed": "✗ ",
    "not attempted": "○ ",
    "error in the answer": "! ",
    "error in the checker": "? ",
}
EXPECTED = {"chapters": "not attempted", "solutions": "passed"}


def folder_of(notebook: Path) -> str | None:
    """`chapters` or `solutions`, in which a notebook lies, perhaps in the folder of a language."""
    above = [folder.name for folder in list(notebook.parents)[:2]]
    return next((name for name in above if name in EXPECTED), None)


MAGIC_LINE = re.compile(r"^(\s*)[%!?].*$", re.MULTILINE)
PYTHON_CELL_MAGIC = re.compile(r"%%(capture|time)\b")


def shown_check(source: str) -> str | None:
    """The exercise whose report a cell shows: its last line is `check("name", ...)`."""
    try:
        body = python_tree(source).body
    except SyntaxError:
        return None
    return _checked(body[-1].value) if body and isinstance(body[-1], ast.Expr) else None


def checked_names(source: str) -> list[str]:
    """The exercises of all calls `check("name", ...)` in a code cell."""
    return [name for node in ast.walk(python_tree(source)) if (name := _checked(node))]


def _checked(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id="check"), args=[ast.Constant(value=str(name)), *_]):
            return name
    return None


def python_tree(source: str) -> ast.Module:
    """Parses a code cell; magics count as `pass`, a cell magic of another language as empty."""
    if source.startswith("%%") and not PYTHON_CELL_MAGIC.match(source):
        return ast.Module(body=[], type_ignores=[])
    return ast.parse(MAGIC_LINE.sub(r"\1pass", source))


def problem(folder: str, tags: Iterable[str], outputs: Iterable[Mapping[str, Any]]) -> str | None:
    """Says how the answer of a check cell in `folder` differs from what it has to be, or None."""
    expected = "failed" if FAILS in tags else EXPECTED[folder]
    text = report_text(outputs)
    if text.startswith(SIGNS[expected]):
        return None
    found = next((name for name, sign in SIGNS.items() if text.startswith(sign)), "no report")
    return f"The check answers: {found}; expected: {expected}.\n{text}"


def report_text(outputs: Iterable[Mapping[str, Any]]) -> str:
    """The text of the last thing a cell shows."""
    texts = [o["data"].get("text/plain", "") for o in outputs if "data" in o]
    return "".join(texts[-1]).strip() if texts else ""
