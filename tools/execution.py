"""Runs an answered notebook; its outputs are the same at every run, or it is refused."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from copy import deepcopy
from pathlib import Path

import checks
import kernels
from lesson import Cell, LessonError
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
from nbformat import NotebookNode

CELL_TIMEOUT = 300  # seconds, as in the tests
WIDGET = "application/vnd.jupyter.widget-view+json"
ADDRESS = re.compile(r"<[^<>\n]* at 0x[0-9a-fA-F]+[^<>\n]*>")


def run(notebook: NotebookNode, cells: Sequence[Cell], place: str, folder: Path) -> NotebookNode:
    """Runs `notebook`, made of `cells`, in `folder`; returns it with outputs.

    `place` is what error messages call the lesson.
    """
    done = deepcopy(notebook)
    position = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal position
        position = cell_index

    client = NotebookClient(
        done,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=True,  # nbclient needs it where a widget captures output
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=remember,
    )
    try:
        with kernels.environment() as variables:
            client.execute(env=variables, stderr=subprocess.DEVNULL)
    except (CellControlSignal, DeadKernelError) as error:
        raise LessonError(_failure(place, cells, position, _last_line(error))) from error
    done.metadata = notebook.metadata  # without what the kernel says of itself
    for index, node in enumerate(done.cells):
        if node.cell_type == "code":
            node.metadata = notebook.cells[index].metadata
            node.outputs = _without_noise(node.outputs)
            if problem := _problem(cells[index], node.outputs, folder.parent):
                raise LessonError(_failure(place, cells, index, problem))
    return done


def _without_noise(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Outputs without what differs from run to run."""
    kept = []
    for output in outputs:
        if output.get("name") == "stderr":  # the log lines of TensorFlow and Keras
            continue
        if output.output_type == "error":  # the rest of a traceback names folders of this machine
            output.traceback = [f"{output.ename}: {output.evalue}"]
        if "data" in output:  # a widget's view is an id that is new each time; its text stays
            output.data.pop(WIDGET, None)
        kept.append(output)
    return kept


def _problem(cell: Cell, outputs: Sequence[NotebookNode], course: Path) -> str | None:
    """What must not be in a stored solution."""
    if cell.checks and (problem := checks.problem("solutions", cell.tags, outputs)):
        return problem
    for text in _texts(outputs):
        if address := ADDRESS.search(text):
            return (
                f"The output holds a memory address, which is another one at each run: "
                f"{address[0]}\nShow what matters of the object, or end the last line with `;`."
            )
        for folder in {str(course.resolve()), str(Path.home()), tempfile.gettempdir()}:
            if len(folder) > 1 and f"{folder}{os.sep}" in text:
                return f"The output names a folder of this machine, `{folder}`: show a part of it."
    return None


def _texts(outputs: Iterable[NotebookNode]) -> list[str]:
    values = []
    for output in outputs:
        values += [output.get("text", ""), output.get("evalue", "")]
        data = output.get("data", {})
        values += [value for kind, value in data.items() if not kind.startswith("image/")]
    return [value for value in values if isinstance(value, str)]


def _failure(place: str, cells: Sequence[Cell], index: int, problem: str) -> str:
    cell = cells[index]
    source = "\n".join(f"    {line}" for line in cell.solution.splitlines())
    return (
        f"{place}, line {cell.line}: cell {index + 1} of {len(cells)}, answered and run, "
        f"is not right.\n\n{source}\n\n{problem}"
    )


def _last_line(error: Exception) -> str:
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    return str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
