"""What a learner gets back after class, in Chinese: the page, and why an answer was not judged."""

from __future__ import annotations

import re
import signal

import pytest
from chinese import english
from made_up_results import graded, result, run, the_class

from exercises_check.classroom import assess
from exercises_check.classroom.feedback import feedback_page
from exercises_check.classroom.limits import Limits
from exercises_check.classroom.sandbox import environment, sandbox
from exercises_check.classroom.slot import Asking, CellError, Failed, Outcome, Slot
from exercises_check.classroom.status import STATUSES
from exercises_check.classroom.submission import Student
from exercises_check.language import _, using

CHECK = [(0, 'check("residual_block", model)')]


@pytest.fixture(autouse=True)
def chinese():
    with using("zh"):
        yield


def page(*submissions, student: Student | None = None) -> str:
    (one,) = the_class(*submissions, students=(student,) if student else ())
    return feedback_page(one, submissions, run())


def words(html: str) -> str:
    """What a browser would show of a page."""
    shown = re.sub("<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub("<[^>]+>", " ", re.sub("<code>.*?</code>", "·", shown))


def test_the_page_says_that_it_is_in_chinese_and_is():
    html = page(graded("Ada", result(html="", text=""), result("timeout", "toy_resnet", html="")))
    assert '<html lang="zh-CN">' in html
    assert "<title>Ada：需要修改的地方</title>" in html
    assert "1 项通过、1 项超时、1 项缺少" in html
    assert "<b>1 / 4</b><span>分</span>" in html
    assert not english(words(html)), words(html)


@pytest.mark.parametrize("status", STATUSES)
def test_what_became_of_an_exercise_is_said_in_chinese(status):
    html = page(graded("Ada", result(status, html="", text="", message="", differences=())))
    assert not english(words(html)), words(html)
    assert _(STATUSES[status].noun) in html
    assert STATUSES[status].noun not in words(html).split()


def test_who_handed_in_nothing_reads_so_in_chinese():
    html = page(student=Student("Alan", "Alan Turing"))
    assert "这一章没有提交任何内容。" in html
    assert not english(words(html)), words(html)


OUTCOMES = {
    "no check": ([], Outcome("done")),
    "a check that was not called": (CHECK, Outcome("done", last=0)),
    "a cell that raised": (CHECK, Outcome("done", errors=(CellError(0, "TypeError", "x"),))),
    "no answer of this kind": (
        CHECK,
        Outcome("done", answers={"residual_block": Asking(1, "X", 0)}),
    ),
    "a reading that failed": (
        CHECK,
        Outcome("done", answers={"residual_block": Failed("KeyError", "x")}),
    ),
}


@pytest.mark.parametrize(("cells", "outcome"), OUTCOMES.values(), ids=OUTCOMES)
def test_why_an_answer_was_not_judged_is_said_in_chinese(cells, outcome):
    told = assess.judged("residual_block", cells, outcome)
    assert re.search("[\u4e00-\u9fff]", told.message)
    assert not english(told.message), told.message


ENDINGS = {
    "time": {"cpu": 1e6},
    "an end from within": {"ended": None},
    "a signal": {"ended": int(signal.SIGSEGV)},
    "a signal for want of memory": {"ended": int(signal.SIGABRT), "grown": 10**6},
    "a status": {"ended": 3 << 8},
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_how_python_ended_is_said_in_chinese(ending):
    _status, message = Slot(sandbox(), Limits())._how(ending)
    assert re.search("[\u4e00-\u9fff]", message)
    assert not english(message), message


def test_a_submission_answers_in_the_language_of_the_grading():
    assert environment()["EXERCISES_CHECK_LANG"] == "zh_CN"
