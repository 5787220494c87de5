"""What an exercise says besides its report: hints, rules, slips and terms, each in Chinese too."""

from __future__ import annotations

import re

import messages
import pytest
from chinese import english

from exercises_check.exercise import registry
from exercises_check.language import _, using


def texts(exercise) -> list[str]:
    """All that an author wrote for the learner of one exercise."""
    hints = [hint for ladder in exercise.hints.values() for hint in ladder]
    label = exercise.learned.label if exercise.learned else ""
    every = [*hints, exercise.rule, *exercise.terms, *exercise.slips.values(), label]
    return [text for text in every if text]


def of_the_course():
    return [exercise for exercise in registry().values() if exercise.chapter >= 0]


def by_name(exercise) -> str:
    return exercise.name


@pytest.fixture(scope="module")
def collected() -> set[str]:
    return {message.text for message in messages.messages()}


@pytest.mark.parametrize("exercise", of_the_course(), ids=by_name)
def test_every_text_of_an_exercise_is_collected_for_translators(exercise, collected):
    hidden = [text for text in texts(exercise) if text not in collected]
    assert not hidden, "Write it as a literal, or mark it with N_."


@pytest.mark.parametrize("exercise", of_the_course(), ids=by_name)
def test_every_text_of_an_exercise_is_in_chinese(exercise):
    with using("zh"):
        for text in texts(exercise):
            told = _(text)
            assert not english(told), told
            words = re.sub("`[^`]*`", "", text)
            assert told != text or not re.search("[a-z]{2}", words), "Not translated."


@pytest.mark.parametrize("exercise", of_the_course(), ids=by_name)
def test_a_translation_keeps_the_code_of_its_text(exercise):
    for text in texts(exercise):
        with using("zh"):
            told = _(text)
        assert set(re.findall("`[^`]*`", text)) <= set(re.findall("`[^`]*`", told)), told


def test_hints_are_shown_in_the_readers_language():
    first = registry()["first_model"]
    with using("zh"):
        (nudge, *_rest) = first.hints_for("contract")
    assert nudge == "`keras.Model` 需要两个张量。哪一个进入模型，哪一个离开模型？"
    with using("en"):
        (nudge, *_rest) = first.hints_for("contract")
    assert nudge.startswith("`keras.Model` takes two tensors.")
