"""A lesson becomes a chapter without answers and a solution that was run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import checks
import lesson
import nbformat
import notebooks
import pytest

ROOT = Path(__file__).resolve().parent.parent

# A stand-in for the package: these tests are about notebooks, not about Keras.
PACKAGE = """
class Report:
    def __init__(self, name, sign):
        self.text = f"{sign} {name}"

    def __repr__(self):
        return self.text


def check(name, answer):
    return Report(name, "○" if answer is ... else "✓" if answer == 6 else "✗")
"""

FIRST = """\
# %% [markdown]
# # First

# %%
import sys
from answers import check

print("a log line", file=sys.stderr)

# %% tags=["nbval-check-output"]
print("two")
print("three")

# %%
factors = 2, 3
# BEGIN SOLUTION
product = factors[0] * factors[1]
# END SOLUTION

# %%
check("product", product)

# %% tags=["check-fails"]
check("product", 7)
"""

SECOND = """\
# %% [markdown]
# # Second

# %%
import ipywidgets

ipywidgets.IntSlider(description="units")
"""


def course_in(folder):
    """Writes the two small lessons, and what a run of nbval needs."""
    folder.joinpath("lessons").mkdir()
    folder.joinpath("chapters").mkdir()
    folder.joinpath("solutions").mkdir()
    folder.joinpath("lessons", "00_first.py").write_text(FIRST)
    folder.joinpath("lessons", "01_second.py").write_text(SECOND)
    for place in ("chapters", "solutions"):
        folder.joinpath(place, "answers.py").write_text(PACKAGE)
    return folder


def write(course, *arguments):
    return notebooks.main([*arguments, "--course", str(course)])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = course_in(tmp_path_factory.mktemp("course"))
    assert write(folder) == 0
    return folder


@pytest.fixture
def course(finished, tmp_path):
    """A finished course that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "course"))


def chapter_of(*cells):
    """The code of a chapter, cell by cell, for a lesson with these cells of code."""
    text = "\n\n".join(f"# %%\n{cell}" for cell in cells)
    return [cell.chapter for cell in lesson.parse(text, "lessons/01_x.py")]


def answer(code, indent=""):
    lines = ["# BEGIN SOLUTION", *code.splitlines(), "# END SOLUTION"]
    return "\n".join(indent + line for line in lines)


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# Answers ----------------------------------------------------------------------------------------


def test_an_answer_becomes_a_stub_for_each_name_that_a_later_cell_uses():
    chapter = chapter_of(answer("hidden = 1\nmodel = hidden + 1"), "print(model)")
    assert chapter[0] == "# YOUR CODE HERE\nmodel = ..."


def test_an_answer_that_nothing_uses_leaves_only_the_placeholder():
    assert chapter_of(answer("print(1)"))[0] == "# YOUR CODE HERE"


def test_the_solution_keeps_the_code_and_drops_the_markers():
    (cell,) = lesson.parse("# %%\na = 1\n" + answer("b = 2") + "\nc = 3", "lessons/01_x.py")
    assert cell.solution == "a = 1\nb = 2\nc = 3"


def test_several_answers_in_one_cell_are_replaced_one_by_one():
    cell = f"{answer('a = 1')}\nprint(a)\n{answer('b = 2')}\nprint(b)"
    assert chapter_of(cell)[0] == (
        "# YOUR CODE HERE\na = ...\nprint(a)\n# YOUR CODE HERE\nb = ...\nprint(b)"
    )


@pytest.mark.parametrize(
    ("later", "needed"),
    [
        ("print(x)", True),
        ("x = 2\nprint(x)", False),
        ("x = x + 1", True),
        ("x += 1", True),
        ("x, y = 1, 2\nprint(x)", False),
        ("del x", True),
        ("import x\nprint(x)", False),
        ("def x():\n    pass\nx()", False),
        ("def f():\n    return x\nf()", True),
        ("def f(x):\n    return x\nf(1)", False),
        ("def f(a=x):\n    return a", True),
        ("def f():\n    x = 1\n    return x", False),
        ("class A(x):\n    pass", True),
        ("class A:\n    x = 1\nprint(A.x)", False),
        ("[x for x in range(3)]", False),
        ("[a for a in range(x)]", True),
        ("(lambda x: x)(1)", False),
        ("for x in range(3):\n    print(x)", False),
        ("for i in range(3):\n    print(x)", True),
        ("with open(x) as y:\n    pass", True),
        ("with open('f') as x:\n    print(x)", False),
        ("try:\n    x = 1\nexcept ValueError:\n    pass\nprint(x)", False),
        ("if True:\n    x = 1\nprint(x)", True),
        ("if True:\n    x = 1\nelse:\n    x = 2\nprint(x)", False),
        ("print('x', y.x, f(x=1))", False),
        ("%matplotlib inline\nprint(x)", True),
        ("%%html\n<b>x</b>", False),
    ],
)
def test_a_stub_is_needed_only_where_the_answers_value_is_used(later, needed):
    stub = chapter_of(answer("x = 1"), later)[0]
    assert stub == ("# YOUR CODE HERE\nx = ..." if needed else "# YOUR CODE HERE")


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("a, (b, *c) = 1, (2, 3)", "a b c"),
        ("def a():\n    b = 1", "a"),
        ("class a:\n    b = 1", "a"),
        ("import a.b\nfrom d import e as c", "a c"),
        ("for a in range(3):\n    b = a", "a b"),
        ("with open('f') as a:\n    b = a", "a b"),
        ("if (a := 1) > 0:\n    b = 2", "a b"),
        ("a: int = 1\na = 2", "a"),
        ("b = [a for a in range(3)]", "b"),
        ("obj.a = 1\nobj['b'] = 2", ""),
    ],
)
def test_every_way_to_give_a_name_counts(code, names):
    first = chapter_of(answer(code), "print(a, b, c)")[0]
    assert re.findall(r"(\w+) = \.\.\.", first) == names.split()


def test_the_body_of_a_function_becomes_an_ellipsis():
    cell = f"def block(x):\n    '''Doc.'''\n{answer('y = x', '    ')}"
    assert chapter_of(cell)[0] == "def block(x):\n    '''Doc.'''\n    # YOUR CODE HERE\n    ..."


def test_the_body_of_a_class_becomes_an_ellipsis():
    chapter = chapter_of(f"class A:\n{answer('size = 1', '    ')}", "print(size)")
    assert chapter[0] == "class A:\n    # YOUR CODE HERE\n    ..."


def test_a_function_that_goes_on_after_the_answer_keeps_the_names_it_needs():
    cell = f"def f(x):\n{answer('y = x', '    ')}\n    return y\n"
    stub = "def f(x):\n    # YOUR CODE HERE\n    y = ...\n    return y"
    assert chapter_of(cell, "print(f)")[0] == stub


def test_an_answer_in_a_block_keeps_the_names_that_later_cells_need():
    cell = f"for i in range(3):\n{answer('last = i', '    ')}"
    stub = "for i in range(3):\n    # YOUR CODE HERE\n    last = ..."
    assert chapter_of(cell, "print(last)")[0] == stub


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %%\na = 1\n# BEGIN SOLUTION\nb = 2", "line 3: `# BEGIN SOLUTION` without an"),
        ("# %%\na = 1\n# END SOLUTION", "line 3: `# END SOLUTION` without a"),
        (
            "# %%\n# BEGIN SOLUTION\na = 1\n# BEGIN SOLUTION\nb = 1\n# END SOLUTION",
            "line 4: `# BEGIN SOLUTION` inside the answer that begins on line 2",
        ),
        ("# %%\n# BEGIN SOLUTION\na = 1\n\n# %%\n# END SOLUTION", "line 2: .* without an"),
        ("# %% [markdown]\n# # BEGIN SOLUTION", "line 2: .* is in a markdown cell"),
        ("# %% [markdown]\n# BEGIN SOLUTION", "line 2: .* is in a markdown cell"),
        ("# BEGIN SOLUTION\n\n# %%\na = 1", "line 1: .* is in a header cell"),
        ("# %%\n# BEGIN SOLUTION\n# END SOLUTION", "line 2: the answer is empty"),
        (
            "# %%\ndef f():\n    # BEGIN SOLUTION\n    pass\n# END SOLUTION",
            "line 5: `# END SOLUTION` is indented differently from its `# BEGIN SOLUTION` on",
        ),
        ("# %% [raw]\na = 1", "line 1: the cell is raw, expected markdown or code"),
        ("# %%\na = 1\nb = = 2", "line 3: the cell is not Python: invalid syntax"),
        ("a = 1\n# %%\nb = 1", "line 1: text before the first cell"),
        ("a = 1", "line 1: text before the first cell"),
        ("", "no cell found"),
    ],
)
def test_a_mistake_in_a_lesson_is_named_with_its_file_and_line(text, message):
    with pytest.raises(lesson.LessonError, match=rf"^lessons/01_x.py.*{message}"):
        lesson.parse(text, "lessons/01_x.py")


def test_the_header_of_a_lesson_is_no_cell():
    header = "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n\n"
    (cell,) = lesson.parse(header + '# %% tags=["a", "b"]\n1 + 1\n', "lessons/01_x.py")
    assert (cell.line, cell.tags, cell.solution) == (8, ("a", "b"), "1 + 1")


# Checks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('check("a", model)', "a"),
        ('model = 1\ncheck("a", model)', "a"),
        ('report = check("a", model)', None),
        ('print(check("a", model))', None),
        ("check(name, model)", None),
        ("not python", None),
    ],
)
def test_a_check_cell_is_one_that_ends_with_a_check(source, name):
    assert checks.shown_check(source) == name


def test_the_checks_of_a_notebook_are_told_apart_by_the_signs_of_real_reports():
    from exercises_check.report import STATUSES, Report

    assert [repr(Report("model", status))[:2] for status in STATUSES] == [*checks.SIGNS.values()]


# Notebooks --------------------------------------------------------------------------------------


def read(course, folder, name="00_first"):
    return nbformat.read(course / folder / f"{name}.ipynb", as_version=4)


def test_a_chapter_has_no_answers_and_no_outputs(finished):
    chapter = read(finished, "chapters")
    assert chapter.cells[3].source == "factors = 2, 3\n# YOUR CODE HERE\nproduct = ..."
    code = [cell for cell in chapter.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_a_solution_has_its_outputs_and_its_cells_are_counted(finished):
    solution = read(finished, "solutions")
    assert solution.cells[2].outputs[0].text == "two\nthree\n"
    assert solution.cells[4].outputs[0].data["text/plain"] == "✓ product"
    assert [c.execution_count for c in solution.cells[1:]] == [1, 2, 3, 4, 5]


def test_a_solution_holds_no_log_lines_and_nothing_that_is_new_at_each_run(finished):
    assert read(finished, "solutions").cells[1].outputs == []
    widget = read(finished, "solutions", "01_second")
    assert list(widget.cells[1].outputs[0].data) == ["text/plain"]
    assert set(widget.metadata) == {"course", "kernelspec", "language_info"}
    assert "version" not in widget.metadata.language_info


def test_both_notebooks_are_valid_and_name_their_cells_alike(finished):
    chapter, solution = read(finished, "chapters"), read(finished, "solutions")
    nbformat.validate(chapter)
    nbformat.validate(solution)
    assert [c.id for c in chapter.cells] == [c.id for c in solution.cells]


def test_the_id_of_a_cell_changes_only_with_its_own_text():
    path = Path("lessons/01_x.py")
    before = "# %%\na = 1\n\n# %%\nb = 1\n\n# %%\nb = 1\n"
    after = "# %% [markdown]\n# New.\n\n# %%\na = 2\n\n# %%\nb = 1\n\n# %%\nb = 1\n"
    old, new = (
        [cell.id for cell in notebooks.chapter(path, lesson.parse(text, "x")).cells]
        for text in (before, after)
    )
    assert old[1:] == new[2:]
    assert old[0] not in new
    assert len(set(old)) == 3


def test_the_reports_of_checks_are_compared_by_nbval(finished):
    for folder in ("chapters", "solutions"):
        tags = [cell.metadata.get("tags", []) for cell in read(finished, folder).cells]
        compared = [checks.COMPARED in of_cell for of_cell in tags]
        assert compared == [False, False, True, False, True, True]


def test_running_a_solution_again_gives_the_same_file(course):
    before = (course / "solutions" / "00_first.ipynb").read_bytes()
    assert write(course, "00", "--all") == 0
    assert (course / "solutions" / "00_first.ipynb").read_bytes() == before


# What is stale ----------------------------------------------------------------------------------


def test_a_finished_course_is_up_to_date(finished, capsys):
    # The stand-in package lies beside the notebooks.
    assert notebooks.stale(finished, ["00", "01"]) == []
    assert write(finished, "--check", "00", "01") == 0
    assert capsys.readouterr().err == ""


def test_a_changed_lesson_makes_both_notebooks_stale_and_the_command_is_named(course, capsys):
    edit(course / "lessons" / "00_first.py", "# # First", "# # The first")
    before = (course / "chapters" / "00_first.ipynb").read_bytes()
    assert write(course, "--check") == 1
    assert capsys.readouterr().err.splitlines() == [
        "chapters/00_first.ipynb: not what its lesson says",
        "solutions/00_first.ipynb: not what its lesson says",
        "chapters/answers.py: no lesson has this name",
        "solutions/answers.py: no lesson has this name",
        "Not up to date with lessons/. Run: make notebooks",
    ]
    assert (course / "chapters" / "00_first.ipynb").read_bytes() == before


def test_a_changed_answer_makes_only_the_solution_stale(course):
    edit(course / "lessons" / "00_first.py", "factors[0] * factors[1]", "6")
    assert notebooks.stale(course, ["00"]) == ["solutions/00_first.ipynb: not what its lesson says"]


@pytest.mark.parametrize(("old", "new"), [("three\\n", "four\\n"), ("✓ product", "✓ Product")])
def test_an_output_that_was_edited_makes_a_solution_stale(course, old, new):
    edit(course / "solutions" / "00_first.ipynb", old, new)
    (found,) = notebooks.stale(course, ["00"])
    assert found == "solutions/00_first.ipynb: its outputs were not made from its cells"


def test_a_tag_counts_as_much_as_the_text(course):
    edit(course / "lessons" / "00_first.py", ' tags=["nbval-check-output"]', "")
    assert len(notebooks.stale(course, ["00"])) == 2


def test_a_missing_or_broken_notebook_is_stale(course):
    course.joinpath("chapters", "00_first.ipynb").unlink()
    course.joinpath("solutions", "00_first.ipynb").write_text("<<<<<<< HEAD")
    assert notebooks.stale(course, ["00"]) == [
        "chapters/00_first.ipynb: missing",
        "solutions/00_first.ipynb: not a notebook",
    ]


def test_only_what_is_stale_is_run(course, capsys):
    edit(course / "lessons" / "01_second.py", "# # Second", "# # The second")
    capsys.readouterr()
    assert write(course) == 0
    run = [line for line in capsys.readouterr().out.splitlines() if " run in " in line]
    assert [line.split()[0] for line in run] == ["solutions/01_second.ipynb"]
    assert notebooks.stale(course, ["00", "01"]) == []


def test_an_unknown_chapter_is_named_with_the_known_ones(course, capsys):
    assert write(course, "07") == 1
    expected = "No lesson is called `07`, expected one of 00_first, 01_second.\n"
    assert capsys.readouterr().err == expected


def test_a_lesson_with_an_odd_name_is_refused(course, capsys):
    course.joinpath("lessons", "extra.py").write_text("# %%\n1")
    assert write(course) == 1
    assert capsys.readouterr().err.startswith("lessons/extra.py: a lesson is called like")


# What stops a solution --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('print("three")', "print(threee)", "NameError: name 'threee' is not defined"),
        ("factors[0] * factors[1]", "5", "The check answers: failed; expected: passed."),
        ('check("product", 7)', 'check("product", 6)', "answers: passed; expected: failed."),
        ('print("three")', "object()", "memory address"),
        ('print("three")', "import os; print(os.getcwd())", "names a folder of this machine"),
        ('print("three")', "import os; os._exit(1)", "Kernel died"),
    ],
)
def test_a_solution_that_is_not_right_stops_and_the_old_one_stays(course, capsys, old, new, reason):
    before = (course / "solutions" / "00_first.ipynb").read_bytes()
    edit(course / "lessons" / "00_first.py", old, new)
    assert write(course) == 1
    message = capsys.readouterr().err
    changed = new if "check" in new else new if "print" in old else "check("
    number = 3 if "print" in old else 6 if "check" in new else 5
    assert f": cell {number} of 6, answered and run, is not right." in message
    assert re.search(r"^lessons/00_first.py, line \d+", message, re.MULTILINE)
    assert f"    {changed}" in message
    assert reason in message
    assert "solutions/00_first.ipynb is left as it was." in message
    assert (course / "solutions" / "00_first.ipynb").read_bytes() == before


def test_a_chapter_in_which_someone_worked_is_not_overwritten(course, capsys):
    file = course / "chapters" / "00_first.ipynb"
    edit(file, "product = ...", "product = 1")
    assert write(course) == 1
    assert "chapters/00_first.ipynb: its cells were edited by hand" in capsys.readouterr().err
    assert "product = 1" in file.read_text()
    assert write(course, "--force", "00") == 0
    assert notebooks.stale(course, ["00"]) == []


def test_a_chapter_that_was_only_run_is_written_anew(course):
    file = course / "chapters" / "00_first.ipynb"
    edit(file, '"execution_count": null', '"execution_count": 7')
    assert len(notebooks.stale(course, ["00"])) == 1
    assert write(course, "00") == 0
    assert notebooks.stale(course, ["00"]) == []


# nbval ------------------------------------------------------------------------------------------


def test_nbval_refuses_what_a_check_must_not_answer_and_accepts_the_rest(course):
    edit(course / "chapters" / "00_first.ipynb", "product = ...", "product = 5")
    solution = course / "solutions" / "00_first.ipynb"
    edit(solution, "product = factors[0] * factors[1]", "product = 5")
    edit(solution, "✓ product", "✗ product")  # even where that is what the notebook says
    shutil.copy(ROOT / "conftest.py", course)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env", "--color=no"],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(ROOT / "tools"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 1
    assert "The check answers: failed; expected: not attempted." in run.stdout
    assert "The check answers: failed; expected: passed." in run.stdout
    assert "2 failed, 10 passed" in run.stdout
    failed = re.findall(r"^FAILED (\S+ \S+)", run.stdout, re.MULTILINE)
    assert failed == ["chapters/00_first.ipynb::Cell 3", "solutions/00_first.ipynb::Cell 3"]
