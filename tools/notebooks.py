"""Writes chapters/ and solutions/ from lessons/.

    python tools/notebooks.py            every chapter and solution that is not up to date
    python tools/notebooks.py 01 02      of these chapters only
    python tools/notebooks.py --all      every solution is run again
    python tools/notebooks.py --check    writes nothing; exits with 1 and names what is stale

A chapter is its lesson without the answers and without outputs. A solution is its lesson with the
answers, run from top to bottom. Both are for reading and running: edit the lesson. A lesson without
code, such as the glossary, has no solution.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path

import execution
import nbformat
from checks import COMPARED
from door import with_door
from lesson import Cell, LessonError, read
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
LESSON_NAME = re.compile(r"(\d\d_[a-z0-9_]+|glossary)\.py")
COMMAND = "make notebooks"

# What a kernel says about itself names the patch version of Python: left out.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Writes chapters/ and solutions/ from lessons/.")
    parser.add_argument("names", nargs="*", metavar="NN", help="chapters, such as 01; all of them")
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    parser.add_argument("--all", action="store_true", help="run every solution again")
    parser.add_argument("--force", action="store_true", help="overwrite chapters edited by hand")
    parser.add_argument("--course", type=Path, default=ROOT, help="the folder with lessons/")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            return _report_stale(options.course, options.names)
        return _write(options.course, options.names, everything=options.all, force=options.force)
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1


def stale(course: Path, names: Sequence[str] = ()) -> list[str]:
    """The files of `course` that are not what its lessons say, each with the reason."""
    found = []
    for path in lessons(course, names):
        cells = read(path)
        for file, reason in (
            (_chapter_file(path), _chapter_is_stale(path, cells)),
            (_solution_file(path), _solution_is_stale(path, cells)),
        ):
            if reason:
                found.append(f"{_short(file)}: {reason}")
    if not names:
        found += [f"{_short(file)}: no lesson has this name" for file in strays(course)]
    return found


def lessons(course: Path, names: Sequence[str] = ()) -> list[Path]:
    """The lessons of `course`, or those whose name begins with one of `names`."""
    paths = sorted(course.joinpath("lessons").glob("*.py"))
    for path in paths:
        if not LESSON_NAME.fullmatch(path.name):
            raise LessonError(
                f"{_short(path)}: a lesson is called like 01_first_model.py, two digits first."
            )
    if not paths:
        raise LessonError(f"No lesson in {course / 'lessons'}, expected files like 01_topic.py.")
    if not names:
        return paths
    chosen = []
    for name in names:
        matching = [path for path in paths if path.name.startswith(Path(name).stem)]
        if not matching:
            known = ", ".join(path.stem for path in paths)
            raise LessonError(f"No lesson is called `{name}`, expected one of {known}.")
        chosen += matching
    return sorted(set(chosen))


# What Python and Jupyter leave beside a notebook that runs.
LEFT_BEHIND = {".ipynb_checkpoints", ".virtual_documents", "__pycache__"}


def strays(course: Path) -> list[Path]:
    """What lies in chapters/ and solutions/ and comes from no lesson."""
    known = {f"{path.stem}.ipynb" for path in lessons(course)} | LEFT_BEHIND
    folders = [course / "chapters", course / "solutions"]
    files = [file for folder in folders if folder.is_dir() for file in sorted(folder.iterdir())]
    return [file for file in files if file.name not in known]


def chapter(path: Path, cells: Sequence[Cell]) -> NotebookNode:
    """The notebook a learner opens."""
    cells = tuple(with_door(cells))
    return _notebook(path, cells, [cell.chapter for cell in cells])


def solution(path: Path, cells: Sequence[Cell]) -> NotebookNode:
    """The notebook with the answers, not yet run."""
    cells = tuple(with_door(cells))
    return _notebook(path, cells, [cell.solution for cell in cells])


def text_of(notebook: NotebookNode) -> str:
    """A notebook as it is written to its file, the same text for the same notebook."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def _write(course: Path, names: Sequence[str], *, everything: bool, force: bool) -> int:
    read_lessons = {path: read(path) for path in lessons(course, names)}
    for folder in ("chapters", "solutions"):
        course.joinpath(folder).mkdir(exist_ok=True)
    edited = []
    for path, cells in read_lessons.items():
        if _chapter_is_stale(path, cells):
            file = _chapter_file(path)
            if not force and _was_edited(file):
                edited.append(file)
                continue
            _replace(file, text_of(chapter(path, cells)))
            print(f"{_short(file):<44} written")

    to_run = [
        (path, cells)
        for path, cells in read_lessons.items()
        if _has_code(cells) and (everything or _solution_is_stale(path, cells))
    ]
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        failures = [message for message in pool.map(_run, to_run) if message]

    for file in edited:
        print(
            f"{_short(file)}: its cells were edited by hand and would be lost. Keep a copy "
            f"elsewhere, then: python tools/notebooks.py --force {file.name[:2]}",
            file=sys.stderr,
        )
    for message in failures:
        print(f"\n{message}", file=sys.stderr)
    for file in [] if names else strays(course):
        print(f"{_short(file)}: no lesson has this name; delete it or rename it.", file=sys.stderr)
    return 1 if edited or failures else 0


def _run(job: tuple[Path, Sequence[Cell]]) -> str | None:
    """Runs and writes one solution; returns what went wrong."""
    path, cells = job
    file, started = _solution_file(path), time.perf_counter()
    try:
        done = execution.run(solution(path, cells), cells, _short(path), _chapter_file(path).parent)
        done.metadata["course"] = {"digest": _digest(done)}
    except LessonError as error:
        return f"{error}\n{_short(file)} is left as it was."
    _replace(file, text_of(done))
    print(f"{_short(file):<44} run in {time.perf_counter() - started:.1f} s", flush=True)
    return None


def _report_stale(course: Path, names: Sequence[str]) -> int:
    found = stale(course, names)
    if found:
        print("\n".join(found), file=sys.stderr)
        print(f"Not up to date with lessons/. Run: {COMMAND}", file=sys.stderr)
    return 1 if found else 0


def _has_code(cells: Sequence[Cell]) -> bool:
    return any(cell.kind == "code" for cell in cells)


def _chapter_file(path: Path) -> Path:
    return path.parent.parent / "chapters" / f"{path.stem}.ipynb"


def _solution_file(path: Path) -> Path:
    return path.parent.parent / "solutions" / f"{path.stem}.ipynb"


def _short(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _notebook(path: Path, cells: Sequence[Cell], sources: Sequence[str]) -> NotebookNode:
    notebook = nbformat.v4.new_notebook(metadata=deepcopy(METADATA))
    ids = _ids(path, [cell.chapter for cell in cells])
    for cell, source, name in zip(cells, sources, ids, strict=True):
        # The report of a check is always compared, so that a wrong answer fails the tests.
        tags = list(dict.fromkeys([*cell.tags, *([COMPARED] if cell.checks else [])]))
        make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
        metadata = {"tags": tags} if tags else {}
        notebook.cells.append(make[cell.kind](source, id=name, metadata=metadata))
    return notebook


def _ids(path: Path, sources: Iterable[str]) -> list[str]:
    """An id for each cell that only changes with its text: both notebooks of a lesson share it."""
    found: list[str] = []
    for source in sources:
        plain = _cell_id(path, source)
        repeats = sum(1 for name in found if name.startswith(plain))
        found.append(f"{plain}-{repeats + 1}" if repeats else plain)
    return found


def _cell_id(path: Path, source: str) -> str:
    return f"{path.name[:2]}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"


def _was_edited(file: Path) -> bool:
    """Whether a chapter holds work of a person: a cell whose id is not the one of its text."""
    if not file.exists():
        return False
    try:
        cells = nbformat.read(file, as_version=4).cells
    except (ValueError, nbformat.ValidationError):
        return True
    texts = [cell for cell in cells if cell.source.strip()]
    return any(not cell.id.startswith(_cell_id(file, cell.source)) for cell in texts)


def _chapter_is_stale(path: Path, cells: Sequence[Cell]) -> str | None:
    file = _chapter_file(path)
    if not file.exists():
        return "missing"
    if file.read_text(encoding="utf-8") == text_of(chapter(path, cells)):
        return None
    return "edited by hand or run" if _was_edited(file) else "not what its lesson says"


def _solution_is_stale(path: Path, cells: Sequence[Cell]) -> str | None:
    file = _solution_file(path)
    if not _has_code(cells):
        return None
    if not file.exists():
        return "missing"
    try:
        notebook = nbformat.read(file, as_version=4)
    except (ValueError, nbformat.ValidationError):
        return "not a notebook"
    course = notebook.metadata.pop("course", None)
    if not course or course.get("digest") != _digest(notebook):
        return "its outputs were not made from its cells"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if text_of(notebook) != text_of(solution(path, cells)):
        return "not what its lesson says"
    return None


def _digest(notebook: NotebookNode) -> str:
    """Binds the outputs of a solution to its cells."""
    cells = [
        (cell.source, cell.metadata, cell.get("outputs", []), cell.get("execution_count"))
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:16]


def _replace(file: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(file)


if __name__ == "__main__":
    sys.exit(main())
