"""The learner's record and the pages of progress: kept, merged, never in the way of a check."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_course import CELLS, headings, pictures_without_text

import exercises_check.__main__ as command_line
from exercises_check import check, progress, record
from exercises_check.chapters import CHAPTERS
from exercises_check.exercise import registry

ROOT = Path(__file__).resolve().parent.parent
NAMES = list(registry())
FIRST, SECOND = NAMES[:2]  # chapter 00 has these two


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """An empty record of its own for each test, which runs where a chapter does."""
    monkeypatch.chdir(ROOT / "chapters")
    monkeypatch.setenv(record.VARIABLE, str(tmp_path / "data"))
    for kept in (record._unwritten, record._notices, record._said):
        kept.clear()
    return tmp_path / "data"


def stored():
    return json.loads(record.file().read_text(encoding="utf-8"))


def solve(names, attempts=1, day="2026-11-30"):
    """Writes a record in which these passed."""
    entry = {"status": "passed", "attempts": attempts, "passed": day}
    record.folder().mkdir(parents=True, exist_ok=True)
    data = {"format": 1, "exercises": dict.fromkeys(names, entry)}
    record.file().write_text(json.dumps(data), encoding="utf-8")


def solution(name):
    return registry()[name].reference()


# What is recorded ---------------------------------------------------------------------------------


def test_a_check_is_recorded_with_its_outcome_its_attempts_and_the_day(data):
    assert check(FIRST, 3).status == "failed"
    assert stored()["exercises"][FIRST] == {"status": "failed", "attempts": 1, "passed": ""}
    assert check(FIRST, solution(FIRST))
    entry = stored()["exercises"][FIRST]
    assert (entry["status"], entry["attempts"]) == ("passed", 2)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["passed"])
    assert stored()["format"] == 1


def test_a_solved_exercise_stays_solved_when_a_later_attempt_fails():
    check(FIRST, solution(FIRST))
    before = stored()
    assert check(FIRST, 3).status == "failed"
    assert stored() == before
    assert progress().solved == (FIRST,)
    assert "stays solved, whatever you try later" in progress()._repr_html_()


def test_what_is_no_attempt_leaves_no_file(data, monkeypatch):
    assert check(FIRST, ...).status == "not_attempted"
    assert check("no_such_exercise", 3).status == "error"
    monkeypatch.setattr("exercises_check.judging.judge", lambda *a, **k: 1 / 0)
    assert check(FIRST, 3).status == "checker_error"
    repr(progress()), repr(progress(4))
    assert not data.exists()


def test_the_folder_is_that_of_the_system_where_none_is_set(monkeypatch):
    monkeypatch.delenv(record.VARIABLE)
    assert record.folder().name == "keras-functional-course"
    assert record.folder().is_absolute()


WRITER = """
import sys
from exercises_check import record

for number in range(300):
    record.add(f"{sys.argv[1]}_{number}", "failed")
    record.add("both", "failed")
assert not record.notices()
"""


def test_two_programs_that_write_at_once_lose_nothing_of_each_other():
    running = [subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=ROOT) for name in "ab"]
    assert [program.wait(120) for program in running] == [0, 0]
    found = record.read()
    assert {f"{name}_{number}" for name in "ab" for number in range(300)} <= set(found)
    assert found["both"].attempts == 600


def test_exercises_and_fields_of_another_version_of_the_course_are_kept():
    solve(["of_next_year"])
    data = stored()
    data["written_by"] = "somebody"
    data["exercises"]["of_next_year"]["seconds"] = 40
    data["exercises"]["unreadable"] = ["?"]
    data["exercises"][FIRST] = {"status": "failed", "attempts": 1, "passed": "", "seconds": 5}
    record.file().write_text(json.dumps(data))
    record.add(FIRST, "passed")
    after = stored()
    assert after["written_by"] == "somebody"
    assert after["exercises"]["of_next_year"] == data["exercises"]["of_next_year"]
    assert after["exercises"]["unreadable"] == ["?"]
    assert after["exercises"][FIRST]["seconds"] == 5
    assert after["exercises"][FIRST]["attempts"] == 2
    assert progress().solved == (FIRST,)


# What goes wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['{"format": 1, "exer', "[]", '{"exercises": 3}', "\x00", ""])
def test_a_damaged_file_is_set_aside_said_once_and_a_new_one_begins(data, text):
    data.mkdir()
    record.file().write_text(text)
    check(FIRST, solution(FIRST))
    (aside,) = data.glob("progress.damaged-*.json")
    assert aside.read_text() == text
    assert list(stored()["exercises"]) == [FIRST]
    page = progress()
    assert page.said == (
        f"The record of your progress was damaged. It is now `{aside}`, and a new one begins.",
    )
    assert page.said[0].replace("`", "") in re.sub("<[^>]+>", "", page._repr_html_())
    assert progress().said == ()


def test_where_nothing_can_be_written_a_check_is_as_ever_and_the_page_says_it_once(
    tmp_path, monkeypatch
):
    file = tmp_path / "a_file"
    file.write_text("")
    monkeypatch.setenv(record.VARIABLE, str(file / "data"))
    assert check(FIRST, 3).status == "failed"
    assert check(FIRST, solution(FIRST)).status == "passed"
    page = progress()
    (said,) = page.said
    assert re.search(r"What you solve cannot be kept: `.*progress\.json` cannot be written", said)
    assert "Set KERAS_COURSE_DATA to a folder that can be written." in said
    assert page.solved == (FIRST,)  # until the kernel ends
    assert page.attempts == 2
    assert progress().said == ()


def test_what_could_not_be_written_is_written_as_soon_as_it_can_be(tmp_path, monkeypatch, data):
    file = tmp_path / "a_file"
    file.write_text("")
    with monkeypatch.context() as inner:
        inner.setenv(record.VARIABLE, str(file / "data"))
        record.add(FIRST, "passed")
    record.add(SECOND, "failed")
    assert {name: fields["status"] for name, fields in stored()["exercises"].items()} == {
        FIRST: "passed", SECOND: "failed",
    }  # fmt: skip


def test_a_file_of_a_newer_course_is_left_alone(data):
    data.mkdir()
    record.file().write_text('{"format": 2, "exercises": {}}')
    assert check(FIRST, solution(FIRST)).status == "passed"
    assert record.file().read_text() == '{"format": 2, "exercises": {}}'
    assert "written by a newer version of the course" in progress().said[0]


def test_a_record_that_fails_in_any_way_does_not_disturb_a_check(monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("no home")

    monkeypatch.setattr(record, "folder", fail)
    assert check(FIRST, solution(FIRST)).status == "passed"


# Counting -----------------------------------------------------------------------------------------


def test_progress_counts_by_chapter_and_in_all():
    solve([FIRST])
    record.add(SECOND, "error")
    everything, chapter = progress(), progress(0)
    assert everything.solved == chapter.solved == (FIRST,)
    assert everything.attempted == chapter.attempted == (SECOND,)
    assert chapter.left == (SECOND,)
    assert len(everything.left) == len(NAMES) - 1
    assert everything.next == chapter.next == SECOND
    assert chapter.minutes_left == registry()[SECOND].minutes
    assert everything.minutes_left == sum(e.minutes for e in registry().values()) - 3
    assert everything.chapters[0].solved == (FIRST,)
    assert everything.chapters[1].solved == ()


def test_the_next_exercise_is_the_first_that_is_not_solved_in_the_order_of_the_lessons():
    in_lessons = [c.checks for cells in CELLS.values() for c in cells if c.checks]
    assert list(dict.fromkeys(in_lessons)) == NAMES
    solve(NAMES[1:])
    assert progress().next == FIRST


def test_the_chapters_are_those_of_the_lessons():
    assert [chapter.stem for chapter in CHAPTERS] == list(CELLS)
    for chapter in CHAPTERS:
        title = headings(chapter.stem)[0][1]
        assert title == (chapter.title if chapter.number == 0 else chapter.label)


def test_what_a_learner_can_do_is_what_the_readme_promises():
    rows = re.findall(
        r"^\| \[\d\d [^\]]+\]\(chapters/(\w+)\.ipynb\) \| (.+) \|$",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert dict(rows) == {chapter.stem: chapter.ability for chapter in CHAPTERS}


# Reset --------------------------------------------------------------------------------------------


def test_one_exercise_is_reset_by_its_name():
    solve([FIRST, SECOND])
    page = progress(reset=FIRST)
    assert page.said == (f"`{FIRST}` counts as not attempted again.",)
    assert page.solved == (SECOND,)
    assert progress(reset=FIRST).said == (
        f"`{FIRST}` was not attempted, so there was nothing to reset.",
    )


def test_a_reset_of_all_keeps_a_copy_and_says_where(data):
    solve([FIRST, SECOND])
    before = stored()
    page = progress(reset="all")
    (copy,) = data.glob("progress.before-reset-*.json")
    assert page.said == (f"Your progress begins anew. The record until now is kept in `{copy}`.",)
    assert json.loads(copy.read_text()) == before
    assert page.solved == ()
    assert progress(reset="all").said == ("There was nothing to reset.",)
    assert len(list(data.glob("progress.before-reset-*"))) == 1


def test_an_unknown_name_or_chapter_is_told_and_changes_nothing():
    solve([FIRST])
    (said,) = progress(reset="first_modle").said
    assert said == (
        'There is no exercise named `first_modle`; expected an exercise, or "all". Did you mean '
        "`first_model`?"
    )
    page = progress(99)
    assert page.said == ("There is no chapter 99; expected a number from 0 to 12.",)
    assert page.solved == (FIRST,)


# Pages --------------------------------------------------------------------------------------------


def pages():
    """The pages there are, each with the record they tell of."""
    yield "welcome", progress(), progress(6)
    solve(NAMES[:12])
    record.add(NAMES[12], "failed")
    yield "under way", progress(), progress(1)
    solve(NAMES, attempts=2)
    yield "finished", progress(), progress(6)


def test_pages_are_self_contained_and_their_pictures_have_words():
    for _name, *shown in pages():
        for page in shown:
            html = page._repr_html_()
            assert "<script" not in html
            assert "<style" not in html
            assert "<svg" not in html
            assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
            assert not pictures_without_text(html)


def test_links_lead_to_the_chapters_from_a_notebook_beside_them():
    for _name, page, _chapter in pages():
        links = re.findall(r'href="([^"]+)"', page._repr_html_())
        assert set(links) == {chapter.notebook for chapter in CHAPTERS}


def test_a_chapter_that_is_not_translated_is_linked_to_from_the_translated_ones(
    tmp_path, monkeypatch
):
    first, second, third = (chapter.notebook for chapter in CHAPTERS[:3])
    folder = tmp_path / "zh"
    folder.mkdir()
    for path in (folder / first, tmp_path / first, tmp_path / second):
        path.write_text("")
    monkeypatch.chdir(folder)
    solve([FIRST])
    html = progress()._repr_html_()
    assert f'<a href="{first}">' in html
    assert f'<a href="../{second}">' in html
    assert third not in html


def test_an_untouched_course_welcomes_and_says_where_to_begin():
    html = progress()._repr_html_()
    assert "Welcome." in html
    assert 'Begin with <a href="00_start_here.ipynb">00 Start here</a>.' in html
    assert "on this machine only" in html
    text = repr(progress()).splitlines()
    minutes = sum(exercise.minutes for exercise in registry().values())
    assert (
        text[0] == f"Welcome. {len(NAMES)} exercises, about {minutes // 60} h {minutes % 60} min."
    )
    assert text[1] == "Begin with 00 Start here."


def test_a_course_under_way_has_a_bar_for_each_chapter_and_what_comes_next():
    solve(NAMES[:4])
    record.add(NAMES[4], "failed")
    html = progress()._repr_html_()
    assert html.count("<img") == len(CHAPTERS)
    assert 'alt="2 of 2 solved"' in html
    assert 'alt="2 of 7 solved"' in html
    name, chapter = NAMES[4], CHAPTERS[1]
    link = f'<a href="{chapter.notebook}">{chapter.label}</a>'
    assert f"Next: <code>{name}</code> in {link}" in html
    text = repr(progress())
    assert text.startswith(f"4 of {len(NAMES)} exercises solved, 1 begun, about ")
    assert f"Next: `{name}` in {chapter.label}" in text
    assert re.search(r"^00 Start here +█{12}  2 of 2  ✓ solved$", text, re.MULTILINE)
    assert re.search(r"^01 Your first .* +███░{9}  2 of 7  about \d+ min left$", text, re.MULTILINE)


def test_a_chapter_is_one_line_at_first_then_its_exercises_then_what_one_can_do():
    assert repr(progress(0)) == (
        "○ 00 Start here: 2 exercises, about 7 min. The first is `first_model`."
    )
    solve([FIRST])
    assert repr(progress(0)) == (
        "00 Start here: 1 of 2 exercises solved, about 4 min left.\n"
        "  ✓ first_model\n"
        "  ○ first_report\n"
        "Next: `first_report`"
    )
    solve([FIRST, SECOND])
    assert repr(progress(0)) == (
        "✓ 00 Start here: All 2 exercises solved.\n"
        "You can run a chapter, read a report, find hints.\n"
        "Next: 01 Your first functional model"
    )
    assert "You can run a chapter" in progress(0)._repr_html_()


def test_progress_in_chinese_has_the_marks_of_chinese(monkeypatch):
    monkeypatch.setenv("EXERCISES_CHECK_LANG", "zh")
    assert repr(progress(0)) == "○ 00 从这里开始：2 道练习，约 7 分钟。第一道是 `first_model`。"
    solve([FIRST])
    record.add(SECOND, "failed")
    counted = "2 道练习中已解出 1 道，1 道已开始，还需约 4 分钟。"
    assert repr(progress(0)).splitlines()[0] == f"00 从这里开始：{counted}"
    assert f"{counted}下一道：<code>{SECOND}</code>" in progress(0)._repr_html_()
    assert "分钟。</strong>下一道：" in progress()._repr_html_()
    solve([FIRST, SECOND])
    assert repr(progress(0)).startswith("✓ 00 从这里开始：2 道练习全部解出。\n")


def test_a_finished_course_says_what_one_can_do_when_and_in_how_many_attempts():
    solve(NAMES, attempts=2, day="2026-11-30")
    record.forget(FIRST)
    record.add(FIRST, "passed")
    today = record.read()[FIRST].passed
    html, text = progress()._repr_html_(), repr(progress())
    first, last = sorted(["2026-11-30", today])
    said = f"All {len(NAMES)} exercises solved, in {len(NAMES) * 2 - 1} attempts, from {first} to"
    assert f"{said} {last}." in html
    assert f"{said} {last}." in text
    assert 'alt="A column for each exercise: the higher, the more attempts it took."' in html
    for chapter in CHAPTERS:
        assert f"You can {chapter.ability}." in html
        assert f"You can {chapter.ability}." in text


def test_the_command_line_prints_the_same_text(capsys):
    solve([FIRST])
    assert command_line.main(["progress", "0"]) == 0
    assert capsys.readouterr().out == f"{progress(0)!r}\n"
    assert command_line.main(["progress", "--reset", "all"]) == 0
    assert "Your progress begins anew." in capsys.readouterr().out


def test_neither_tests_nor_the_generator_write_into_the_record_of_whoever_runs_them(monkeypatch):
    import kernels

    monkeypatch.setenv(record.VARIABLE, "mine")
    with kernels.environment() as variables:
        assert variables[record.VARIABLE] != "mine"


def test_pytest_begins_with_a_record_of_its_own():
    code = f"import conftest, os; print(os.path.isdir(os.environ[{record.VARIABLE!r}]))"
    path = os.pathsep.join([str(ROOT), str(ROOT / "tools")])
    variables = {**os.environ, "PYTHONPATH": path, record.VARIABLE: "mine"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=variables)
    assert done.stdout == "True\n", done.stderr


GRADED = """
import sys
from exercises_check.classroom import child

child._replace_words(print)
from exercises_check import progress
progress(6)
print([name for name in sys.modules if "exercises_check.references" in name])
"""


def test_while_a_class_is_graded_progress_reads_neither_record_nor_references(data):
    command = [sys.executable, "-c", GRADED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
    assert not data.exists()
