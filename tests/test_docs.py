"""What the documentation says is there: links, commands, and examples that do what they promise."""

from __future__ import annotations

import argparse
import importlib
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import keras
import lesson
import notebooks
import pairs
import pytest
import run
import yaml
from test_equivalences import compute_the_same

import exercises_check.__main__ as command_line
from exercises_check import check, compare, exercise, rules
from exercises_check.rules import shapes

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *sorted(ROOT.joinpath("docs").glob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
]
TEXT = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PYTHON = re.compile(r"\.venv(?:/bin/|\\bin\\|\\Scripts\\)python ")

each_page = pytest.mark.parametrize("page", TEXT)


def prose(page):
    """A page without its blocks of code."""
    return FENCE.sub("", TEXT[page])


def headings(page):
    """What a link may name within a page, as GitHub makes it of a heading."""
    found = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found]


def examples(page):
    """The blocks of Python of a page, in order."""
    return [code for language, code in FENCE.findall(TEXT[page]) if language == "python"]


def commands(page):
    """Each command that a page names, as words, without what is said about it."""
    blocks = [code for language, code in FENCE.findall(TEXT[page]) if not language]
    lines = [line for block in blocks for line in block.splitlines()]
    for text in (*lines, *CODE.findall(prose(page))):
        words = text.partition(" # ")[0].strip()
        words = re.sub(r"^(?:[A-Z_]+=\S+ )+", "", words)
        if re.match(r"make \w|python -m |\.venv[/\\]", words):
            yield words.split()


EVERY_COMMAND = [(page, words) for page in TEXT for words in commands(page)]


def all_commands():
    return [pytest.param(words, id=f"{page}: {' '.join(words)}") for page, words in EVERY_COMMAND]


# Links and commands -----------------------------------------------------------------------------


@each_page
def test_every_link_leads_somewhere(page):
    for target in LINK.findall(CODE.sub("", prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = ((ROOT / page).parent / file).resolve() if file else ROOT / page
        assert path.exists(), target
        if anchor:
            assert anchor in headings(path.relative_to(ROOT).as_posix()), target


@each_page
def test_every_file_that_is_named_exists(page):
    """Names of files of the course in backticks; what a command is to write is no such name."""
    folders = "benchmarks|chapters|docs|exercises_check|lessons|solutions|tests|tools"
    for name in CODE.findall(prose(page)):
        made_up = any(word in name for word in ("NN", "13", "gradebook"))
        if re.fullmatch(rf"(?:{folders})/[\w./*-]*", name) and not made_up:
            assert list(ROOT.glob(name.rstrip("/"))), name


def test_the_table_of_tests_and_the_way_of_a_check_name_files_that_exist():
    for page, folders in (
        ("docs/tests.md", ["tests", "browser_tests"]),
        ("docs/authors.md", ["exercises_check", "exercises_check/classroom"]),
    ):
        for name in CODE.findall(prose(page)):
            if re.fullmatch(r"[\w*/]+(?:\.py|/)", name):
                found = [
                    path for f in (".", *folders) for path in (ROOT / f).glob(name.rstrip("/"))
                ]
                assert found, f"{page}: {name}"


@pytest.mark.parametrize("words", all_commands())
def test_every_command_exists(words):
    program, *rest = words
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert rest[0] in targets
        return
    if rest[:2] == ["-m", "exercises_check"]:
        known(rest[2:])
    elif rest[:2] == ["-m", "pytest"] or program.endswith("pytest"):
        files = [word for word in rest if word.startswith(("tests", "chapters", "solutions"))]
        assert all((ROOT / f).exists() for f in files if "13" not in f), words
    elif rest and rest[0] in ("tests/run.py", "tools/notebooks.py"):
        flags = {"--check", "--all", "--force", "--translated"}
        accepted = run.PARTS if "run" in rest[0] else flags
        for word in rest[1:]:
            assert word in accepted or re.fullmatch(r"\d\d", word), words
    else:
        assert program.endswith(("python", "jupyter")), words


def known(words):
    """Whether `python -m exercises_check` has this command, and the command these flags."""
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    for command in command_line.COMMANDS:
        command.add_command(subparsers)
    if words and words[0] in subparsers.choices:
        flags = subparsers.choices[words[0]]._option_string_actions
        assert [w for w in words[1:] if w.startswith("--") and w not in flags] == []
        return
    assert not words or not re.match(r"[a-z]", words[0]), f"no command {words[0]}"


def test_the_flags_of_the_readme_are_flags_of_grade():
    """Those of its table, which names no command beside them."""
    table = re.search(r"^\| flag .*?\n\n", TEXT["README.md"], re.MULTILINE | re.DOTALL)[0]
    first = [row.split("|")[1] for row in table.splitlines()[2:] if row]
    flags = [flag for cell in first for flag in re.findall(r"--[\w-]+", cell)]
    assert len(flags) > 5
    known(["grade", *flags])


def test_the_readme_lists_every_chapter():
    listed = re.findall(r"\(chapters/(\d\d_\w+)\.ipynb\) \|", TEXT["README.md"])
    assert listed == [p.stem for p in notebooks.lessons(ROOT) if p.stem[0].isdigit()]


# Examples ---------------------------------------------------------------------------------------


@pytest.fixture
def reference(monkeypatch):
    """The exercise of docs/exercises.md, known as if it were in chapter 06, for one test."""
    code = examples("docs/exercises.md")[0]
    name = re.search(r"^def (\w+)", code, re.MULTILINE)[1]
    others = {key: each for key, each in exercise.registry().items() if key != name}
    monkeypatch.setattr(exercise, "_REGISTRY", others)
    chapter = importlib.import_module("exercises_check.references.chapter_06")
    exec(code, dict(vars(chapter)))
    return exercise.registry()[name]


def test_the_shown_exercise_passes_its_own_check_and_the_lesson_agrees_with_it(reference):
    assert reference.kind == "model"
    assert reference.chapter == 6
    assert check(reference.name, reference.reference()).status == "passed"
    cells = lesson.parse(examples("docs/exercises.md")[1], "docs/exercises.md")
    assert [cell.checks for cell in cells if cell.checks] == [reference.name]
    heading = f"### Exercise: `{reference.name}` · ●○○ · {reference.minutes} minutes"
    assert heading in cells[0].chapter
    for source, status in (("solution", "passed"), ("chapter", "not_attempted")):
        names = {"keras": keras, "layers": keras.layers, "check": check}
        code = [getattr(cell, source) for cell in cells if cell.kind == "code"]
        exec("\n".join(code[:-1]), names)
        assert eval(code[-1], names).status == status


def test_the_shown_exercise_is_ten_lines(reference):
    first = [line for line in examples("docs/exercises.md")[0].splitlines() if line]
    answer = re.search(r"# BEGIN.*\n((?:.*\n)*?)# END", examples("docs/exercises.md")[1])[1]
    # The Input and the check are the notebook's, which the learner gets too.
    assert len(first) + len(answer.splitlines()) + 2 == 10


def test_the_shown_answers_are_judged_as_the_page_says(reference):
    chapter = importlib.import_module("answers.chapter_06")
    names = {**vars(chapter), "RIGHT": {}, "WRONG": {}}
    exec(examples("docs/exercises.md")[2], names)
    assert len(names["RIGHT"][reference.name]) >= 2
    assert len(names["WRONG"][reference.name]) >= 3
    for answer in names["RIGHT"][reference.name]:
        assert check(reference.name, answer()).status == "passed"
    for answer, kind, words in names["WRONG"][reference.name]:
        keras.backend.clear_session()  # as in a fresh kernel, so are the names of layers
        first = check(reference.name, answer()).differences[0]
        assert first.kind == kind
        assert words in first.message


def test_the_shown_files_of_a_chapter_parse():
    shown = examples("docs/exercises.md")
    cells = lesson.parse(shown[3], "docs/exercises.md")
    assert cells[0].chapter.startswith("# 13 ")
    assert [cell.checks for cell in cells if cell.checks] == ["made_up_head"]
    for code in shown[4:]:
        compile(code, "docs/exercises.md", "exec")
    assert len(shown) == 6


def test_the_kinds_of_exercises_have_the_examples_that_are_named():
    exercises = exercise.registry()
    table = re.search(r"^\| the reference .*?\n\n", TEXT["docs/exercises.md"], re.M | re.S)[0]
    named = [CODE.findall(row.split("|")[3])[0] for row in table.splitlines()[2:] if row]
    kinds = ["model", "block", "layer", "model", "model", "value"]
    assert [exercises[name].kind for name in named] == kinds
    assert exercises[named[3]].reference().compiled
    assert exercises[named[4]].learned is not None


def test_the_shown_rule_makes_its_pair_the_same_and_the_other_stays_different(monkeypatch):
    shown_pairs, rule, entry = examples("docs/rules.md")
    found = {**vars(pairs), "SAME": (), "DIFFERENT": ()}
    exec(shown_pairs, found)
    names = dict(vars(shapes))
    exec(rule, names)
    for class_name, function in eval(f"dict({{{entry}}})", names).items():
        monkeypatch.setitem(rules._RULES, class_name, function)
    (same,), (different,) = found["SAME"], found["DIFFERENT"]
    assert compute_the_same(same.one(), same.other())
    assert compare(same.one(), same.other())
    assert not compute_the_same(different.one(), different.other())
    comparison = compare(different.one(), different.other())
    first = comparison.differences[0]
    assert first.kind == different.kind
    assert all(words in first.message for words in different.words)


def test_the_picture_of_the_way_of_a_check_says_what_it_shows():
    root = ElementTree.parse(ROOT / "docs" / "check_flow.svg").getroot()
    name = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.find(f"{name}title").text
    assert len(root.find(f"{name}desc").text.split()) > 30
    classroom = "exercises_check/classroom"
    words = " ".join(text.text or "" for text in root.iter(f"{name}text"))
    for module in re.findall(r"\w+\.py|\w+/(?!\w)|\w+/\w+\.py", words):
        folders = (ROOT / "exercises_check", ROOT / classroom)
        assert any((folder / module).exists() for folder in folders), module


# Licences and citation --------------------------------------------------------------------------


def test_the_licences_are_whole():
    apache = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in apache
    assert "END OF TERMS AND CONDITIONS" in apache
    text = (ROOT / "LICENSES" / "CC-BY-4.0.txt").read_text(encoding="utf-8")
    assert "Creative Commons Attribution 4.0 International Public License" in text
    sections = re.findall(r"^Section (\d) -- ", text, re.MULTILINE)
    assert sections == [str(number) for number in range(1, 9)]


def test_the_citation_has_what_it_needs():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "version", "license"} <= set(cited)
    assert cited["authors"] == [{"name": "The course's authors"}]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{cited["version"]}"' in project


def test_the_changelog_keeps_its_form():
    titles = re.findall(r"^## (.+)$", TEXT["CHANGELOG.md"], re.MULTILINE)
    assert titles[0] == "[Unreleased]"
    for title in titles[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", title)
    kinds = set(re.findall(r"^### (.+)$", TEXT["CHANGELOG.md"], re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
