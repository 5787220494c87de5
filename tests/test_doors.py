"""Other doors to the course: a chapter opened alone finds the checker, or fetches it, or asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import checks
import door
import kernels
import lesson
import nbformat
import notebooks
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = [path for path in notebooks.lessons(ROOT) if path.stem[0].isdigit()]
NAME = "06_skip_connections.ipynb"
# What a kernel runs first that knows nothing of the course.
HIDDEN = """
import sys

sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder)]
sys.path = [path for path in sys.path if path != {root!r} and "editable" not in path]
"""


def first_code_cell(path):
    cells = nbformat.read(path, as_version=4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


def run_alone(folder, source):
    """What the first cell of a notebook in `folder` shows: the text of its outputs."""
    hidden = nbformat.v4.new_code_cell(HIDDEN.format(root=str(ROOT)))
    notebook = nbformat.v4.new_notebook(cells=[hidden, nbformat.v4.new_code_cell(source)])
    with kernels.environment() as variables:
        variables = {key: value for key, value in variables.items() if key != "PYTHONPATH"}
        NotebookClient(
            notebook, timeout=120, kernel_name="python3", allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
        ).execute(env=variables, stderr=subprocess.DEVNULL)  # fmt: skip
    outputs = notebook.cells[1].outputs
    return "\n".join(
        output.get("evalue", "") + output.get("data", {}).get("text/plain", "")
        for output in outputs
    )


def without_setup(source):
    """The door, the first import and `progress`: what is about finding the checker."""
    lines = source.splitlines()
    end = next(n for n, line in enumerate(lines) if line.startswith("from exercises_check import"))
    return "\n".join([*lines[: end + 1], lines[-1]])


@pytest.fixture
def course(tmp_path):
    """A copy of the course that is not installed, with one chapter."""
    shutil.copytree(ROOT / "exercises_check", tmp_path / "exercises_check")
    (tmp_path / "chapters" / "mine").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("place", [".", "chapters/mine"])
def test_a_chapter_finds_the_checker_beside_it_and_above_it(course, place):
    source = without_setup(first_code_cell(ROOT / "chapters" / NAME))
    said = run_alone(
        course / place, f"import os\n{source}, os.path.realpath(check.__code__.co_filename)"
    )
    assert said.startswith("(○ 06 Skip connections: 6 exercises, about ")
    assert str(course / "exercises_check") in said


def test_a_chapter_alone_says_which_folder_to_put_beside_it(tmp_path):
    door_lines = door.FIND + door.ASK
    said = run_alone(tmp_path, f"{door_lines}\nfrom exercises_check import check")
    assert said == "Put the course's folder exercises_check beside this notebook."


def test_a_chapter_alone_fetches_the_checker_and_the_keras_of_the_course(tmp_path):
    lines = with_address(tmp_path, "https://example.org/course.git")
    asked = []
    namespace = {"pip": lambda line: asked.append(line)}
    plain = lines.replace("%pip install", "pip('install").replace(".git\n", ".git')\n")
    plain = plain.replace('"exercises_check"', '"not_there_at_all"')
    path = sys.path.copy()
    try:
        exec(plain, namespace)
    finally:
        sys.path[:] = path
    (keras,) = (need for need in needs() if need.startswith("keras"))
    assert asked == [f'install -q --no-deps "{keras}" git+https://example.org/course.git']


def test_where_the_checker_is_nothing_is_fetched(tmp_path):
    lines = with_address(tmp_path, "https://example.org/course.git")
    said = run_alone(
        ROOT / "chapters", f"{lines}\nfrom exercises_check import check\ncheck.__name__"
    )
    assert said == "'check'"


def needs():
    return tomllib.loads(door.PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]


def with_address(folder, address):
    text = door.PYPROJECT.read_text(encoding="utf-8")
    urls = f'[project.urls]\nRepository = "{address}"\n\n[project.optional-dependencies]'
    path = folder / "pyproject.toml"
    before, _, after = text.partition("[project.optional-dependencies]")
    path.write_text(before.partition("[project.urls]")[0] + urls + after, encoding="utf-8")
    return door.door(path)


@pytest.mark.parametrize("address", ["", "https://example.org/course.git"])
def test_the_door_is_four_short_lines_of_python(tmp_path, address):
    lines = with_address(tmp_path, address)
    assert len(lines.splitlines()) == 4
    assert max(map(len, lines.splitlines())) <= 100
    assert len(checks.python_tree(lines).body) == 3


def test_every_chapter_begins_with_the_door_and_shows_its_progress():
    for path in CHAPTERS:
        for folder in ("chapters", "solutions"):
            source = first_code_cell(ROOT / folder / f"{path.stem}.ipynb")
            assert source.startswith(door.door()), path.stem
            assert source.count("find_spec") == 1
            if path.stem != "00_start_here":
                assert source.splitlines()[-1] == f"progress({int(path.stem[:2])})"


def test_a_solution_holds_the_page_of_a_learner_who_has_just_begun():
    for path in CHAPTERS[1:]:
        cells = nbformat.read(ROOT / "solutions" / f"{path.stem}.ipynb", as_version=4).cells
        first = next(cell for cell in cells if cell.cell_type == "code")
        texts = [output["data"]["text/plain"] for output in first.outputs if "data" in output]
        assert len(texts) == 1
        assert texts[0].startswith(f"○ {path.stem[:2]} "), path.stem


def test_only_the_first_cell_that_imports_the_checker_gets_the_door():
    text = (
        "# %%\n1\n\n# %%\nfrom exercises_check import check\n\n# %%\nfrom exercises_check import x"
    )
    cells = list(door.with_door(lesson.parse(text, "lesson"), "found = True\n"))
    assert [cell.chapter for cell in cells] == [
        "1",
        "found = True\n\nfrom exercises_check import check",
        "from exercises_check import x",
    ]
    assert [cell.chapter for cell in cells] == [cell.solution for cell in cells]


def test_the_folder_that_holds_the_record_is_none_of_the_course():
    """A learner who replaces the folder of the course by a newer one keeps the progress."""
    variables = {key: value for key, value in os.environ.items() if key != "KERAS_COURSE_DATA"}
    code = "from exercises_check import record; print(record.folder())"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert not Path(done.stdout.strip()).is_relative_to(ROOT)
