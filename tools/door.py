"""The first lines of a chapter: they find the checker also where a notebook is opened alone.

In the course's folder the checker is installed and nothing happens. Elsewhere, as in VS Code with
another kernel, it is looked for beside the notebook and above it. Where it is nowhere, as in Colab,
it is fetched from the address `Repository` in `pyproject.toml`; without one, the cell says what to
do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lesson import Cell

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
FIND = """\
import importlib.util, sys
sys.path += ["..", "../.."]  # the checker may lie above this notebook
if not importlib.util.find_spec("exercises_check"):
"""
# With its own NumPy and TensorFlow Colab is ready at once; the checker needs the course's Keras.
FETCH = '    %pip install -q --no-deps "{keras}" git+{address}\n'
ASK = '    raise ImportError("Put the course\'s folder exercises_check beside this notebook.")\n'


def door(pyproject: Path = PYPROJECT) -> str:
    """The lines, with what to fetch if the project has an address."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    address = project.get("urls", {}).get("Repository", "")
    (keras,) = (need for need in project["dependencies"] if need.startswith("keras"))
    return FIND + (FETCH.format(keras=keras, address=address) if address else ASK)


def with_door(cells: Sequence[Cell], lines: str | None = None) -> Iterator[Cell]:
    """The cells of a lesson, with the door before the first import of the checker."""
    lines = door() if lines is None else lines
    for cell in cells:
        if lines and cell.kind == "code" and "from exercises_check" in cell.solution:
            cell = replace(
                cell, chapter=f"{lines}\n{cell.chapter}", solution=f"{lines}\n{cell.solution}"
            )
            lines = ""
        yield cell
