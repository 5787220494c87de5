"""Writes notebooks as students hand them in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

IMPORTS = "import keras\nfrom keras import layers\nfrom exercises_check import check"
RESIDUAL_BLOCK = """inputs = keras.Input(shape=(16,))
x = layers.Dense(16, activation="relu")(inputs)
x = layers.Dense(16)(x)
outputs = layers.ReLU()(layers.Add()([inputs, x]))
model = keras.Model(inputs, outputs)"""
CHECK = 'check("residual_block", model)'
RIGHT = (IMPORTS, RESIDUAL_BLOCK, CHECK)
CHAPTER = "06_skip_connections"


def submit(folder: Path, student: str, cells: Sequence[str], chapter: str = CHAPTER) -> Path:
    """Writes a notebook of these cells into the student's folder."""
    path = folder / student / f"{chapter}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    code = [new_code_cell(source) for source in cells]
    notebook = new_notebook(cells=[new_markdown_cell(f"# {chapter}"), *code])
    nbformat.write(notebook, path)
    return path


def claiming_success(folder: Path, student: str) -> Path:
    """Hands in an untouched exercise with an output that says that it passed."""
    path = submit(folder, student, (IMPORTS, "model = ...", CHECK))
    notebook = nbformat.read(path, as_version=4)
    said = {"text/plain": "✓ residual_block: Passed.", "text/html": "<b>✓ Passed.</b>"}
    notebook.cells[-1].outputs = [new_output("execute_result", said, execution_count=1)]
    nbformat.write(notebook, path)
    return path
