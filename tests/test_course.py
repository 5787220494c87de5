"""What holds for every chapter: up to date, short enough to read, its exercises right."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import checks
import lesson
import nbformat
import notebooks
import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = notebooks.lessons(ROOT)
CELLS = {path.stem: lesson.read(path) for path in LESSONS if path.stem[0].isdigit()}
GLOSSARY = lesson.read(ROOT / "lessons" / "glossary.py")

EXERCISE_HEADING = re.compile(
    r"Exercise: `(?P<name>\w+)` · (?P<dots>●{1,3}○{0,2}) · (?P<minutes>\d+) minutes?"
)
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)[^)]*\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
ENTRY = re.compile(r"^- \*\*(?P<term>[^*]+)\*\*[^:\n]*: (?P<text>.+?)$", re.MULTILINE)
ADDRESS = re.compile(r"""\b(?:src|href)=["'](?P<target>[^"']+)["']""")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`]*`")

each_lesson = pytest.mark.parametrize("name", list(CELLS))


def prose(name):
    """The markdown cells of a lesson without their blocks of code, each with its line."""
    return [(c.line, FENCE.sub("", c.chapter)) for c in CELLS[name] if c.kind == "markdown"]


def headings(name):
    """The headings of a lesson, each with its line, without the number signs."""
    return [
        (line, heading.strip())
        for line, text in prose(name)
        for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    ]


def code_cells(name):
    return [cell for cell in CELLS[name] if cell.kind == "code"]


def shown_exercises(name):
    """The exercises of a lesson, each once, in order."""
    return list(dict.fromkeys(cell.checks for cell in CELLS[name] if cell.checks))


def stored(folder, name):
    return nbformat.read(ROOT / folder / f"{name}.ipynb", as_version=4)


def pictures_without_text(html):
    """The `img` without `alt` and the `svg` without a title or label in a piece of HTML."""
    found = [
        tag for tag in re.findall(r"<img\b[^>]*>", html) if not re.search(r"""alt=["'][^"']""", tag)
    ]
    for picture in re.finditer(r"<svg\b[^>]*>", html):
        named = re.search(r"""aria-label(ledby)?=["'][^"']|aria-hidden=["']true""", picture[0])
        if not named and not re.match(r"\s*<title\b[^>]*>[^<]", html[picture.end() :]):
            found.append(picture[0])
    return found


@pytest.fixture(scope="module")
def registry():
    from exercises_check.exercise import registry

    return registry()


# Files ------------------------------------------------------------------------------------------


@each_lesson
def test_a_chapter_and_its_solution_are_up_to_date(name):
    stale = notebooks.stale(ROOT, [name])
    assert not stale, f"{'; '.join(stale)}. Run: {notebooks.COMMAND}"


def test_nothing_lies_in_chapters_and_solutions_that_no_lesson_makes():
    assert notebooks.strays(ROOT) == []


def test_the_chapters_are_numbered_from_00_without_a_gap():
    assert [name[:2] for name in CELLS] == [f"{number:02}" for number in range(len(CELLS))]


@each_lesson
def test_a_chapter_has_no_outputs(name):
    for cell in stored("chapters", name).cells:
        assert cell.get("execution_count") is None
        assert not cell.get("outputs")


@each_lesson
def test_the_checks_of_a_solution_pass(name):
    cells = stored("solutions", name).cells
    shown = [cell for cell in cells if cell.cell_type == "code" and checks.shown_check(cell.source)]
    assert shown
    for cell in shown:
        tags = cell.metadata.get("tags", [])
        assert checks.COMPARED in tags
        assert not checks.problem("solutions", tags, cell.outputs)


# How a chapter reads ----------------------------------------------------------------------------


@each_lesson
def test_a_chapter_has_one_title_and_no_two_equal_headings(name):
    titles = [text for _, text in prose(name) if text.startswith("# ")]
    assert len(titles) == 1
    assert prose(name)[0][1].startswith("# ")
    texts = [heading for _, heading in headings(name)]
    assert sorted(set(texts)) == sorted(texts)


def test_no_two_chapters_have_the_same_title():
    titles = [headings(name)[0][1] for name in CELLS]
    assert len(set(titles)) == len(titles)


@each_lesson
def test_a_chapter_has_30_to_60_cells(name):
    least = 15 if name.startswith("00") else 30
    assert least <= len(CELLS[name]) <= 60


@each_lesson
def test_a_code_cell_has_at_most_15_lines_and_half_of_them_at_most_5(name):
    lengths = {cell.line: len(cell.solution.splitlines()) for cell in code_cells(name)}
    too_long = [f"line {line}: {length} lines" for line, length in lengths.items() if length > 15]
    assert not too_long
    assert statistics.median(lengths.values()) <= 5


@each_lesson
def test_a_prose_cell_has_at_most_80_words(name):
    lengths = {line: word_count(text) for line, text in prose(name)}
    too_long = [f"line {line}: {length} words" for line, length in lengths.items() if length > 80]
    assert not too_long


def word_count(text):
    """The words a reader reads in a row: tables and addresses of links are looked up, not read."""
    running = [line for line in text.splitlines() if not line.startswith("|")]
    plain = LINK.sub(lambda link: link["text"], re.sub(r"<[^>]+>", " ", "\n".join(running)))
    return sum(bool(re.search(r"\w", word)) for word in plain.split())


@each_lesson
def test_every_picture_has_a_text(name):
    for line, text in prose(name):
        images = [link for link in LINK.finditer(text) if link["image"]]
        assert all(link["text"].strip() for link in images), f"line {line}"
        assert not pictures_without_text(text), f"line {line}"
    for cell in stored("solutions", name).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            bare = [kind for kind in data if kind in ("image/png", "image/jpeg")]
            # exercises_check.figures.show puts a picture into the page with its text.
            assert not bare, f"{cell.id}: {bare[0]} without a text\n{cell.source}"
            for kind in ("text/html", "image/svg+xml", "text/markdown"):
                assert not pictures_without_text(data.get(kind, "")), f"{cell.id}\n{cell.source}"


@each_lesson
def test_every_link_leads_somewhere(name):
    anchors = {heading.replace(" ", "-") for _, heading in headings(name)}
    for line, text in prose(name):
        text = CODE.sub("", text)
        for link in [*LINK.finditer(text), *ADDRESS.finditer(text)]:
            target, _, anchor = link["target"].partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            if target:
                assert (ROOT / "chapters" / target).exists(), f"line {line}: {target}"
            else:
                assert anchor in anchors, f"line {line}: #{anchor}"


@each_lesson
def test_a_chapter_links_to_the_one_before_and_the_one_after(name):
    names = list(CELLS)
    place = names.index(name)
    targets = {link["target"] for _, text in prose(name) for link in LINK.finditer(text)}
    for neighbour in names[max(0, place - 1) : place] + names[place + 1 : place + 2]:
        assert f"{neighbour}.ipynb" in targets


@each_lesson
def test_a_chapter_says_how_long_it_takes_and_that_covers_its_exercises(name, registry):
    exercises = sum(registry[exercise].minutes for exercise in shown_exercises(name))
    assert exercises <= minutes(name) <= exercises + 45


def test_the_course_takes_12_to_16_hours():
    assert 12 <= sum(map(minutes, CELLS)) / 60 <= 16


def minutes(name):
    (found,) = re.findall(r"^Time: (\d+) minutes", prose(name)[0][1], re.MULTILINE)
    return int(found)


# Words ------------------------------------------------------------------------------------------


def terms(name):
    """What a lesson prints in bold: the terms that it defines, on one line each."""
    texts = [CODE.sub("", text) for _, text in prose(name)]
    bold = [" ".join(words.split()) for text in texts for words in BOLD.findall(text)]
    return [words for words in bold if words != "Predict"]


def key(term):
    """The same for a term at the start of a sentence and for its plural."""
    return term.lower().removesuffix("s")


def glossary():
    """The glossary's entries: the chapters that each term's entry links to."""
    text = "\n".join(cell.chapter for cell in GLOSSARY).replace("\n  ", " ")
    return {
        entry["term"]: [link["target"].removesuffix(".ipynb") for link in LINK.finditer(entry[0])]
        for entry in ENTRY.finditer(text)
    }


def test_a_term_is_defined_once_in_the_course():
    every = [key(term) for name in CELLS for term in terms(name)]
    assert sorted({term for term in every if every.count(term) > 1}) == []


def test_the_glossary_has_each_term_with_the_chapter_that_defines_it():
    defined = {key(term): name for name in CELLS for term in terms(name)}
    entries = {key(term): chapters for term, chapters in glossary().items()}
    assert sorted(set(defined) - set(entries)) == []
    assert sorted(set(entries) - set(defined)) == []
    assert {term: name for term, name in defined.items() if name not in entries[term]} == {}


def test_the_glossary_is_in_alphabetical_order():
    entries = [term.lower() for term in glossary()]
    assert entries == sorted(entries)


@each_lesson
def test_a_chapter_links_to_the_glossary(name):
    assert any("glossary.ipynb" in text for _, text in prose(name))


# Exercises --------------------------------------------------------------------------------------


@each_lesson
def test_a_chapter_has_4_to_7_exercises(name):
    exercises = shown_exercises(name)
    least, most = (2, 2) if name.startswith("00") else (4, 7)
    assert least <= len(exercises) <= most, exercises


@each_lesson
def test_a_check_is_alone_in_its_cell(name):
    for cell in code_cells(name):
        if checks.checked_names(cell.solution):
            assert len(checks.python_tree(cell.solution).body) == 1, f"line {cell.line}"
            assert cell.checks, f"line {cell.line}: the report is not shown"


@each_lesson
def test_the_last_report_stays_what_the_notebook_calls_an_underscore(name):
    """A report in words says `print(_.hint(1))`; after `_ = ...`, IPython leaves `_` alone."""
    for cell in code_cells(name):
        for node in ast.walk(outside_functions(checks.python_tree(cell.solution))):
            stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            assert not (stored and node.id == "_"), f"line {cell.line}"


def outside_functions(tree):
    """The statements of a cell without those that have names of their own."""

    class Shallow(ast.NodeTransformer):
        def leave_out(self, node):
            return ast.Pass() if isinstance(node, ast.stmt) else ast.Constant(None)

        visit_FunctionDef = visit_ClassDef = visit_Lambda = leave_out
        visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = leave_out

    return Shallow().visit(tree)


@each_lesson
def test_each_exercise_has_one_heading_before_its_check(name):
    exercises, seen = [], set()
    for cell in CELLS[name]:
        for heading in re.findall(r"^#+ (Exercise.*)$", cell.chapter, re.MULTILINE):
            match = EXERCISE_HEADING.fullmatch(heading)
            assert match, f"line {cell.line}: {heading}"
            assert len(match["dots"]) == 3, f"line {cell.line}: {heading}"
            exercises.append(match["name"])
        if cell.checks and checks.FAILS not in cell.tags:
            assert cell.checks == exercises[-1], f"line {cell.line}"
            seen.add(cell.checks)
    assert len(set(exercises)) == len(exercises)
    assert set(exercises) == seen


def test_every_exercise_is_used_in_one_lesson_and_every_used_one_exists(registry):
    used = [exercise for name in CELLS for exercise in shown_exercises(name)]
    assert sorted(used) == sorted(registry)


def test_every_exercise_belongs_to_the_chapter_that_uses_it(registry):
    for name in CELLS:
        for exercise in shown_exercises(name):
            assert registry[exercise].chapter == int(name[:2]), exercise


def test_every_exercise_has_a_hint(registry):
    assert [name for name, exercise in registry.items() if not exercise.hints_for(None)] == []


def test_a_heading_says_the_minutes_and_the_difficulty_of_its_exercise(registry):
    for name in CELLS:
        for _, heading in headings(name):
            if match := EXERCISE_HEADING.fullmatch(heading):
                exercise = registry[match["name"]]
                assert int(match["minutes"]) == exercise.minutes, heading
                assert match["dots"].count("●") == exercise.difficulty, heading


def test_every_reference_is_accepted_by_its_own_check(registry):
    from exercises_check import check

    for name, exercise in registry.items():
        built = [exercise.reference, *exercise.others]
        answers = [make() for make in built] if exercise.kind == "model" else built
        if exercise.learned:  # test_answers.py trains them
            continue
        for answer in answers:
            report = check(name, answer)
            assert report.status == "passed", f"{name}: {report!r}"


@pytest.mark.parametrize("untouched", [..., None])
def test_an_untouched_stub_is_not_attempted(registry, untouched):
    from exercises_check import check

    assert {name: check(name, untouched).status for name in registry} == dict.fromkeys(
        registry, "not_attempted"
    )
