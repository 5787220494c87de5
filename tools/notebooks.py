"""Writes chapters/ and solutions/ from lessons/.

    python tools/notebooks.py            every chapter and solution that is not up to date
    python tools/notebooks.py 01 02      of these chapters only
    python tools/notebooks.py --all      every solution is run again
    python tools/notebooks.py --check    writes nothing; exits with 1 and names what is stale
    python tools/notebooks.py --translated 01   the texts of chapter 01 in other languages are up to
                                                date: notes it in the lesson, then writes

A chapter is its lesson without the answers and without outputs. A solution is its lesson with the
answers, run from top to bottom. Both are for reading and running: edit the lesson. A lesson without
code, such as the glossary, has no solution. What a lesson says in another language as well, such as
`zh`, is written to chapters/zh and solutions/zh.
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
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import execution
import nbformat
import translation
from checks import COMPARED, EXPECTED
from door import with_door
from lesson import Cell, LessonError, languages, read
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


@dataclass(frozen=True)
class Edition:
    """A lesson in one language.

    Attributes:
        lesson: its file.
        cells: its cells, with texts in this language.
        language: the language's code, or "" for English.
    """

    lesson: Path
    cells: tuple[Cell, ...]
    language: str = ""

    @property
    def chapter_file(self) -> Path:
        return self._course / "chapters" / self.language / f"{self.lesson.stem}.ipynb"

    @property
    def solution_file(self) -> Path:
        return self._course / "solutions" / self.language / f"{self.lesson.stem}.ipynb"

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.chapter_file, self.solution_file) if self.has_code else (self.chapter_file,)

    @property
    def has_code(self) -> bool:
        return any(cell.kind == "code" for cell in self.cells)

    @property
    def _course(self) -> Path:
        return self.lesson.parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Writes chapters/ and solutions/ from lessons/.")
    parser.add_argument("names", nargs="*", metavar="NN", help="chapters, such as 01; all of them")
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    parser.add_argument("--all", action="store_true", help="run every solution again")
    parser.add_argument("--force", action="store_true", help="overwrite chapters edited by hand")
    parser.add_argument(
        "--translated", action="store_true", help="note that the translations are up to date"
    )
    parser.add_argument("--course", type=Path, default=ROOT, help="the folder with lessons/")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            return _report_stale(options.course, options.names)
        if options.translated:
            _note_translated(options.course, options.names)
        return _write(options.course, options.names, everything=options.all, force=options.force)
    except LessonError as error:
        print(error, file=sys.stderr)
        return 1


def stale(course: Path, names: Sequence[str] = ()) -> list[str]:
    """The files of `course` that are not what its lessons say, each with the reason."""
    found = []
    for path in lessons(course, names):
        cells = read(path)
        found += translation.complaints(path, cells)
        for edition in _editions(path, cells):
            for file, reason in (
                (edition.chapter_file, _chapter_is_stale(edition)),
                (edition.solution_file, _solution_is_stale(edition)),
            ):
                if reason:
                    found.append(f"{_short(file)}: {reason}")
    if not names:
        found += [f"{_short(file)}: no lesson has this name" for file in strays(course)]
    return found


def editions(course: Path, names: Sequence[str] = ()) -> list[Edition]:
    """The lessons of `course` in each of their languages, English first."""
    return [edition for path in lessons(course, names) for edition in _editions(path, read(path))]


def _editions(path: Path, cells: tuple[Cell, ...]) -> list[Edition]:
    others = [
        Edition(path, translation.translated(path, cells, language), language)
        for language in languages(cells)
    ]
    return [Edition(path, cells), *others]


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
    known = {file for edition in editions(course) for file in edition.files}
    return [file for folder in EXPECTED for file in _strays(course / folder, known)]


def _strays(folder: Path, known: set[Path]) -> list[Path]:
    found: list[Path] = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.name in LEFT_BEHIND or file in known:
            continue
        holds_known = any(file in other.parents for other in known)
        found += _strays(file, known) if holds_known else [file]
    return found


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
    every, outdated = [], []
    for path in lessons(course, names):
        cells = read(path)
        every += _editions(path, cells)
        outdated += translation.complaints(path, cells)
    edited = []
    for edition in every:
        if _chapter_is_stale(edition):
            file = edition.chapter_file
            if not force and _was_edited(file):
                edited.append(file)
                continue
            _replace(file, text_of(chapter(edition.lesson, edition.cells)))
            print(f"{_short(file):<44} written")

    to_run = [
        edition
        for edition in every
        if edition.has_code and (everything or _solution_is_stale(edition))
    ]
    failures = []
    # Not threads: two clients of kernels in one process miss messages of theirs now and then.
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        for said, failure in pool.map(_run, to_run):
            print(said, end="", flush=True)
            failures += [failure] if failure else []

    for file in edited:
        print(
            f"{_short(file)}: its cells were edited by hand and would be lost. Keep a copy "
            f"elsewhere, then: python tools/notebooks.py --force {file.name[:2]}",
            file=sys.stderr,
        )
    for message in failures:
        print(f"\n{message}", file=sys.stderr)
    for message in outdated:
        print(message, file=sys.stderr)
    for file in [] if names else strays(course):
        print(f"{_short(file)}: no lesson has this name; delete it or rename it.", file=sys.stderr)
    return 1 if edited or failures or outdated else 0


def _run(edition: Edition) -> tuple[str, str]:
    """Runs and writes one solution; returns what to print, and what went wrong."""
    path, file, started = edition.lesson, edition.solution_file, time.perf_counter()
    try:
        not_run, folder = solution(path, edition.cells), edition.chapter_file.parent
        done = execution.run(not_run, edition.cells, _short(path), folder)
        done.metadata["course"] = {"digest": _digest(done)}
    except LessonError as error:
        return "", f"{error}\n{_short(file)} is left as it was."
    _replace(file, text_of(done))
    return f"{_short(file):<44} run in {time.perf_counter() - started:.1f} s\n", ""


def _note_translated(course: Path, names: Sequence[str]) -> None:
    if not names:
        raise LessonError("--translated: expected the chapters that it holds for, such as 01.")
    for path in lessons(course, names):
        for line in translation.note(path):
            print(f"{_short(path)}, line {line}: noted as up to date")


def _report_stale(course: Path, names: Sequence[str]) -> int:
    found = stale(course, names)
    if found:
        print("\n".join(found), file=sys.stderr)
        print(f"Not up to date with lessons/. Run: {COMMAND}", file=sys.stderr)
    return 1 if found else 0


def _short(file: Path) -> str:
    """The path from the folder of the course on."""
    inside = 3 if file.parent.parent.name in EXPECTED else 2
    return "/".join(file.parts[-inside:])


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


def _chapter_is_stale(edition: Edition) -> str | None:
    file = edition.chapter_file
    if not file.exists():
        return "missing"
    if file.read_text(encoding="utf-8") == text_of(chapter(edition.lesson, edition.cells)):
        return None
    return "edited by hand or run" if _was_edited(file) else "not what its lesson says"


def _solution_is_stale(edition: Edition) -> str | None:
    file = edition.solution_file
    if not edition.has_code:
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
    if text_of(notebook) != text_of(solution(edition.lesson, edition.cells)):
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
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(file)


if __name__ == "__main__":
    sys.exit(main())
