"""What people write: right answers pass, however they are spelt; typical mistakes are told.

`SEEDS=10` trains each answer that has to learn something with ten seeds instead of one.
"""

from __future__ import annotations

import importlib
import os
import pkgutil

import answers
import keras
import pytest
from chinese import english

from exercises_check import check
from exercises_check.exercise import registry
from exercises_check.language import using
from exercises_check.learned import measure

SEEDS = range(int(os.environ.get("SEEDS", "1")))
MODULES = [
    importlib.import_module(f"answers.{module.name}")
    for module in pkgutil.iter_modules(answers.__path__)
]


def gathered(table: str) -> dict:
    """All of `RIGHT`, `WRONG` or `TRAINED`, by the name of the exercise."""
    return {name: entry for module in MODULES for name, entry in getattr(module, table, {}).items()}


RIGHT, WRONG, TRAINED = gathered("RIGHT"), gathered("WRONG"), gathered("TRAINED")


def each(table: dict) -> list:
    return [
        pytest.param(name, entry, id=f"{name}-{number}")
        for name, entries in table.items()
        for number, entry in enumerate(entries)
    ]


@pytest.fixture(autouse=True)
def as_in_a_fresh_kernel():
    """No names of layers, policies or variables are left by the answer before."""
    keras.backend.clear_session()
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(("name", "answer"), each(RIGHT))
def test_a_right_answer_passes_in_another_spelling(name, answer):
    report = check(name, answer())
    assert report.status == "passed", report


@pytest.mark.parametrize(("name", "mistake"), each(WRONG))
def test_a_typical_mistake_is_told_by_its_cause(name, mistake):
    answer, kind, words = mistake
    made = answer()
    report = check(name, made)
    assert report.status == "failed", report
    (first, *_) = report.differences
    assert first.kind == kind, report
    assert words in (repr(report) if kind == "value" else first.message), report
    # Of each exercise one, and none that would be measured once more.
    if mistake is WRONG[name][0] and registry()[name].learned is None:
        with using("zh"):
            assert not english_in(check(name, made))


def english_in(report) -> list[str]:
    """English left in a report in another language; code and names are the same in all."""
    said = [*(d.message for d in report.differences), repr(report).split("\n")[0]]
    said += [f"{note.message} {note.why}" for note in report.notes]
    return [found for text in said for found in english(text)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", TRAINED)
def test_a_right_training_reaches_what_is_asked_for_and_the_typical_wrong_one_does_not(
    name, seed, record_property
):
    learned = registry()[name].learned
    right, wrong = TRAINED[name].right(seed), TRAINED[name].wrong(seed)
    bound = f"≥ {learned.at_least:g}" if learned.at_most is None else f"≤ {learned.at_most:g}"
    values = {"right": measure(right, learned), "wrong": measure(wrong, learned)}
    record_property("learned", {"exercise": name, "seed": seed, "asked": bound, **values})
    report = check(name, right)
    assert report.status == "passed", report
    report = check(name, wrong)
    assert report.status == "failed", report
    assert report.differences[0].kind == "value", report


def test_every_exercise_has_right_and_wrong_answers_that_people_write():
    exercises = registry()
    trained = {name for name, exercise in exercises.items() if exercise.learned}
    too_few = [
        name
        for name in exercises
        if len(WRONG.get(name, ())) < 3 or (name not in trained and len(RIGHT.get(name, ())) < 2)
    ]
    assert not too_few
    assert set(TRAINED) == trained


def test_no_answer_is_for_an_exercise_that_does_not_exist():
    assert sorted({*RIGHT, *WRONG, *TRAINED} - set(registry())) == []
