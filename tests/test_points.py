"""Points and weights: what they make of a result, and what is said of an odd file."""

from __future__ import annotations

import pytest
from made_up_results import SCHEME, SHARED, SKIPS, graded, result, the_class

from exercises_check.classroom.points import scheme, shown
from exercises_check.classroom.standing import standings
from exercises_check.classroom.submission import CannotGrade


@pytest.fixture
def changed(tmp_path):
    def read(text: str):
        file = tmp_path / "points.toml"
        file.write_text(text, "utf-8")
        return scheme(SCHEME.exercises, file)

    return read


def test_points_of_the_registry_count_where_nothing_is_said():
    assert scheme(SCHEME.exercises).counted() == dict(SCHEME.exercises)


def test_points_and_weights_are_multiplied(changed):
    counted = changed('[points]\nresidual_block = 3\n[weights]\n"06" = 2').counted()
    assert counted == {
        "siamese_encoder": (SHARED, 2.0),
        "residual_block": (SKIPS, 6),
        "toy_resnet": (SKIPS, 2.0),
    }


def test_a_chapter_is_named_by_its_number_or_in_full(changed):
    for name in ('"06"', '"6"', '"06_skip_connections"'):
        assert changed(f"[weights]\n{name} = 0.5").weights == {SKIPS: 0.5}


def test_a_weight_of_0_leaves_a_chapter_out(changed):
    without = changed('[weights]\n"06" = 0')
    assert without.chapters == (SHARED,)
    (ada,) = standings([graded("Ada", result())], (), without)
    assert [r.exercise for r in ada.results] == ["siamese_encoder"]
    assert ada.others == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[points]\nresidual_blok = 3", "no exercise of that name. Did you mean `residual_block`?"),
        ('[weights]\n"16" = 1', "no chapter of that name"),
        ("[weight]\nx = 1", "no table of that name. Did you mean `weights`?"),
        ("[points]\nresidual_block = -1", "is -1; expected a number that is 0 or more"),
        ("[points]\nresidual_block = nan", "expected a number"),
        ("[points]\nresidual_block = true", "is True; expected a number"),
        ('[points]\nresidual_block = "3"', "is '3'; expected a number"),
        ('[weights]\n"06" = 1\n"6" = 2', "weighs chapter `06_skip_connections` twice"),
        ("points = 3", "expected two tables, [points] and [weights]"),
        ("points", "is not TOML"),
    ],
)
def test_what_can_not_be_meant_is_said(changed, text, said):
    with pytest.raises(CannotGrade) as error:
        changed(text)
    assert said in str(error.value)


def test_a_file_that_is_not_there_or_no_text_is_said(tmp_path):
    with pytest.raises(CannotGrade, match="cannot be read"):
        scheme(SCHEME.exercises, tmp_path / "none.toml")
    (tmp_path / "points.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CannotGrade, match="not a text in UTF-8"):
        scheme(SCHEME.exercises, tmp_path / "points.toml")


def test_a_share_of_an_exercise_gets_a_share_of_its_points(changed):
    half = result("failed", points=1.0, out_of=2.0)
    scored = changed("[points]\nresidual_block = 3").scored(half)
    assert (scored.points, scored.out_of) == (1.5, 3)


def test_a_score_is_the_sum_and_what_is_missing_counts_nothing():
    (ada,) = the_class(graded("Ada", result(), result("failed", "toy_resnet")))
    assert (ada.score, ada.out_of) == (1, 4)
    assert ada.status == "1 passed, 1 failed, 1 missing"
    assert ada.results[0].message == "Nothing was handed in for this chapter."


def test_points_are_written_without_needless_zeros():
    assert [shown(p) for p in (3.0, 1.5, 1 / 3, 0)] == ["3", "1.5", "0.33", "0"]
