"""What the class misunderstood: the same mistake is one, however a learner named things."""

from __future__ import annotations

import pytest
from made_up_results import LOST, graded, result, the_class

from exercises_check.classroom.misunderstood import hardest_first, outcomes, said
from exercises_check.classroom.result import Found
from exercises_check.classroom.status import STATUSES
from exercises_check.comparison import KINDS


def found(kind: str, place: str = "", expected: str = "", now: str = "", **more) -> Found:
    return Found(kind, more.pop("message", ""), place, expected, now, **more)


# Of each sort of difference what a teacher would say, in the order of `KINDS`.
HEADLINES = [
    (found("input", "", "2 inputs", "1 input"), "the model should have 2 inputs; it has 1 input"),
    (found("input", what="input order"), "the inputs come in another order"),
    (
        found("input", "", "a and b", "x and y", what="input names"),
        "the inputs are not named `a` and `b`",
    ),
    (
        found("input", "features", "(16,)", "(8,)", what="input shape"),
        "the input `features` should have shape `(16,)`, not `(8,)`",
    ),
    (
        found("output", "", "2 outputs", "1 output"),
        "the model should have 2 outputs; it has 1 output",
    ),
    (
        found("output", "add", "y", "x", what="output"),
        "the model does not return the result of `add`",
    ),
    (found("output", what="output order"), "the outputs come in another order"),
    (
        found("missing", "dropout", "Dropout(rate=0.5)", what="missing"),
        "`Dropout(rate=0.5)` is missing (`dropout`)",
    ),
    (
        found("missing", "add", "Add()", what="missing"),
        "branches are not joined: `Add()` is missing (`add`)",
    ),
    (
        found(
            "missing", "", "Dense(units=4) and Dropout(rate=0.5, seed=1)", what="missing several"
        ),
        "layers are missing: `Dense(units=4)` and `Dropout(rate=0.5, seed=1)`",
    ),
    (
        found("missing", "dense", "'relu'", "None", what="activation"),
        "no activation follows `dense`; `'relu'` is expected",
    ),
    (
        found("extra", "", "", "Flatten()", what="extra"),
        "there is a layer too many: `Flatten`",
    ),
    (
        found("extra", "add", "None", "'relu'", what="activation"),
        "there is one activation too many after `add`",
    ),
    (
        found("setting", "conv2d", "'same'", "'valid'", setting="padding"),
        "`padding='same'` is expected at `conv2d`, not `'valid'`",
    ),
    (
        found(
            "setting", "conv2d", "3", "5", message="`c` has kernel_size=5; expected kernel_size=3."
        ),
        "`kernel_size=3` is expected at `conv2d`, not `5`",
    ),
    (
        found("setting", "add", "Add", "Multiply", setting="operation"),
        "`Add` is expected at `add`, not `Multiply`",
    ),
    (
        found("setting", "dense_1", "None", "'relu'", setting="activation"),
        "no activation is expected at `dense_1`, not `'relu'`",
    ),
    (
        found("setting", "dense", "'relu'", "None", setting="activation"),
        "`activation='relu'` is expected at `dense`; there is none",
    ),
    (LOST, "the skip connection into `add` is lost or starts elsewhere"),
    (
        found("wiring", "concatenate_1", "a and b", "a and a", what="wiring"),
        "a branch into `concatenate_1` is lost or starts elsewhere",
    ),
    (found("wiring", "dense_1", "a", "b", what="wiring"), "`dense_1` is called on another tensor"),
    (
        found("wiring", "dropout", "a", "b", what="moved"),
        "the order of the layers differs at `dropout`",
    ),
    (
        found("sharing", "lstm", "one shared layer", "l and m", what="unshared"),
        "`lstm` should be shared; here each call has weights of its own",
    ),
    (
        found("sharing", "lstm", "separate layers", "l", what="shared"),
        "`lstm` should be a separate layer; here its weights are shared",
    ),
    (
        found("sharing", "dense", "one layer on a and b", "x and y"),
        "the shared layers at `dense` are paired the other way round",
    ),
    (
        found("nesting", "", "1 nested model", "no nested models"),
        "the model should contain 1 nested model; it contains no nested models",
    ),
    (
        found("frozen", "conv2d", "frozen (trainable=False)", "trainable"),
        "`conv2d` is not frozen; it should not learn",
    ),
    (found("frozen", "dense", "trainable", "frozen"), "`dense` is frozen; it should learn"),
    (
        found("dtype", "a", "int32", "float32"),
        "the dtype of `a` should be `int32`, not `float32`",
    ),
    (
        found("compile", "", "MeanSquaredError", message="The model has loss X; expected Y."),
        "the loss should be MeanSquaredError",
    ),
    (
        found("compile", message="The model is not compiled; expected `model.compile(...)`."),
        "the model is not compiled",
    ),
    (
        found(
            "contract",
            "",
            "8",
            message="`get_config` does not keep `units`; expected `units`: 8 in",
        ),
        "`get_config` does not keep `units`",
    ),
    (
        found("contract", message="This is a functional model. Expected a `keras.Sequential`."),
        "the model is not a `Sequential` model",
    ),
    (
        found(
            "value",
            "",
            "",
            "55000",
            message="Found 55,000: exactly the term 10 is left out.\nRule.",
        ),
        "answered `55,000`: exactly the term 10 is left out",
    ),
    (
        found("value", "", "", "(50, 64)", message="Found (50, 64). The batch is an axis too."),
        "answered `(50, 64)`: the batch is an axis too",
    ),
    (
        found(
            "value", "", "", "{}", message="2 of 3 entries are right. For `b`, 'no' is not. Why."
        ),
        "answered `'no'` for `b`",
    ),
    (
        found("value", "", "at least 0.9", "0.5", message="On held-out data the model reaches 0.5"),
        "the graph is right, but the trained model does not reach at least 0.9",
    ),
]


@pytest.mark.parametrize(("difference", "told"), HEADLINES, ids=lambda value: str(value)[:40])
def test_a_teacher_would_say_it_so(difference, told):
    assert "".join(said(difference)) == told


def test_every_kind_has_its_headline():
    assert {difference.kind for difference, _ in HEADLINES} == set(KINDS)
    for kind in (*KINDS, "a later one"):
        assert said(Found(kind, "Something."))[0]


def test_names_that_learners_chose_do_not_part_a_mistake():
    mine = Found("wiring", "`sum_up` receives `a` and `b`.", "add", "h and b", "a and b", "wiring")
    yours = Found("wiring", "`add_9` receives `x` and `x`.", "add", "s and x", "x and x", "wiring")
    (outcome,) = outcomes_of(result("failed", found=mine), result("failed", found=yours))
    (mistake,) = outcome.mistakes
    assert mistake.count == 2
    assert mistake.headline == "The skip connection into `add` is lost or starts elsewhere."


def outcomes_of(*results):
    """The outcome of `residual_block`, with one student for each result."""
    everyone = the_class(*(graded(f"student {n}", one) for n, one in enumerate(results)))
    return [o for o in outcomes(everyone) if o.exercise == "residual_block"]


def test_what_all_have_in_common_is_added_and_what_parts_them_is_not():
    def padded(now):
        return result("failed", found=found("setting", "conv", "'same'", now, setting="padding"))

    (alike,) = outcomes_of(padded("'valid'"), padded("'valid'"))
    assert alike.mistakes[0].headline == "`padding='same'` is expected at `conv`, not `'valid'`."
    (unlike,) = outcomes_of(padded("'valid'"), padded("'causal'"))
    assert [m.headline for m in unlike.mistakes] == ["`padding='same'` is expected at `conv`."]


def test_different_answers_to_a_prediction_are_different_mistakes():
    def value(n):
        return result("failed", found=found("value", "", "", str(n), message=f"Found {n}; small."))

    (outcome,) = outcomes_of(value(1), value(1), value(2))
    assert [(m.count, m.headline) for m in outcome.mistakes] == [
        (2, "Answered `1`: small."),
        (1, "Answered `2`: small."),
    ]


def test_a_missing_layer_is_a_mistake_and_no_missing_notebook():
    lost = found("missing", "dropout", "Dropout(rate=0.5)", what="missing")
    (outcome,) = outcomes_of(result("failed", found=lost))
    assert outcome.mistakes[0].status == "failed"


def test_the_example_is_the_answer_with_the_fewest_differences():
    two = result("failed", differences=(LOST, LOST))
    (outcome,) = outcomes_of(two, result("failed"))
    assert outcome.mistakes[0].example.student == "student 1"


def test_those_who_did_not_answer_are_not_counted():
    (outcome,) = outcomes_of(
        result(), result("failed"), result("not_attempted"), result("missing"), result("timeout")
    )
    assert (outcome.students, outcome.answered, outcome.not_passed) == (5, 3, 2)
    assert [m.headline for m in outcome.mistakes][1:] == ["Ran out of time."]


def test_errors_are_parted_by_their_class():
    error = result("error", message="Your code raised `ValueError`: shapes of `my_name` differ")
    (outcome,) = outcomes_of(error, error)
    assert [m.headline for m in outcome.mistakes] == ["The code raises `ValueError`."]


def test_the_exercise_that_most_failed_comes_first():
    everyone = the_class(
        graded("Ada", result(), result("failed", "toy_resnet")),
        graded("Alan", result("timeout"), result("failed", "toy_resnet")),
    )
    assert [o.exercise for o in hardest_first(outcomes(everyone))] == [
        "toy_resnet", "residual_block", "siamese_encoder",
    ]  # fmt: skip


def test_every_status_has_a_sign_and_a_word_of_its_own():
    assert len(STATUSES) == 10
    for attribute in ("sign", "short", "noun", "told"):
        assert len({getattr(status, attribute) for status in STATUSES.values()}) == 10
