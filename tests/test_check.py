"""`check`: one outcome for each kind of answer, said in its own words, leaving no trace."""

from __future__ import annotations

import pkgutil
import random
from collections import defaultdict

import keras
import numpy as np
import pytest
from keras import layers

import exercises_check.exercise as registry_module
import exercises_check.solution as solution
from exercises_check import check, compare
from exercises_check.exercise import exercise, registry, value


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(solution, "_failed", defaultdict(set))
    registry()  # load the course's own, then add to a copy
    monkeypatch.setattr(registry_module, "_REGISTRY", dict(registry_module._REGISTRY))

    @exercise(
        hints={"wiring": ["Which two tensors meet?"], "": ["Start at the input.", "Use Add."]}
    )
    def residual():
        inputs = keras.Input((16,), name="features")
        x = layers.Dense(16, activation="relu")(inputs)
        x = layers.Dense(16)(x)
        return keras.Model(inputs, layers.Add()([inputs, x]))

    @exercise(hints=["A chain."], type="Sequential")
    def chain():
        return keras.Sequential([keras.Input((4,)), layers.Dense(2)])

    @exercise(hints=["Two layers."], calls=[([(8,)], {"units": 8}), ([(4,)], {"units": 4})])
    def block(x, units):
        return layers.Add()([x, layers.Dense(units)(x)])

    def minus(a, b):
        return a - b

    @exercise(hints=["Add or subtract."], calls=[([(4,), (4,)], {})] * 2, references=[minus])
    def plus_or_minus(a, b):
        return a + b

    @exercise(hints=["Name them."], names=True)
    def named():
        a, b = keras.Input((2,), name="left"), keras.Input((2,), name="right")
        return keras.Model([a, b], layers.Add(name="sum")([a, b]))

    @exercise(hints=["Nest."], nested=True)
    def nested():
        inner = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dense(1)(inner(inputs)))

    @exercise(hints=["Any width."], free=["Dense.units"])
    def any_width():
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dense(3, activation="relu")(inputs))

    @exercise(hints=["Two layers without an activation: the point of the task."])
    def chain_of_two():
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dense(1)(layers.Dense(2)(inputs)))

    @exercise(hints=["This one is broken."])
    def broken():
        raise RuntimeError("no such luck")

    value(
        "parameters",
        55,
        rule="A Dense layer has inputs × units weights and units biases.",
        terms={"10 × 5": 50, "5 biases": 5},
        slips={40: "That is for four units."},
        hints=["Multiply."],
    )
    value("shape", (None, 26, 26, 8), rule="26 = 28 - 3 + 1.", hints=["Slide the kernel."])
    value(
        "faults",
        {"a": 1, "b": 2},
        rule="An error says it.",
        slips={("b", 1): "Its shapes fit."},
        hints=["Run them."],
    )
    value("can_it", False, rule="A Sequential has one input.", hints=["Count inputs."])
    value("share", 0.9, rule="Nine of ten.", hints=["Count them."])


def residual_model(skip_from_inputs=True, units=16):
    inputs = keras.Input((16,), name="features")
    h = layers.Dense(units, activation="relu")(inputs)
    x = layers.Dense(16)(h)
    return keras.Model(inputs, (inputs if skip_from_inputs else h) + x)


def test_a_right_model_passes_and_the_report_is_true():
    report = check("residual", residual_model())
    assert report
    assert (report.status, report.differences) == ("passed", ())
    assert repr(report) == "✓ residual: Passed."


def test_a_wrong_model_fails_with_the_listing_and_the_arrow():
    keras.utils.clear_session()
    report = check("residual", residual_model(skip_from_inputs=False))
    assert not report
    assert report.status == "failed"
    assert repr(report).split("\n") == [
        "✗ residual: Not yet.",
        "",
        "  features = Input((16,))                                  (None, 16)",
        "  dense    = Dense(units=16, activation='relu')(features)  (None, 16)",
        "  dense_1  = Dense(units=16)(dense)                        (None, 16)",
        "▶ add      = dense + dense_1                               (None, 16)",
        "             ╰─ `add` receives `dense` and `dense_1`; expected `features` and `dense_1`.",
        "  model    = Model(features, add)",
        "",
        "  Hints: 3. Read one: print(_.hint(1))",
    ]


def test_the_hint_that_fits_the_mistake_comes_first():
    report = check("residual", residual_model(skip_from_inputs=False))
    assert report.hint(1) == "Which two tensors meet?"
    assert check("residual", residual_model(units=8)).hint(1) == "Start at the input."
    assert report.hint(9) == "There are 3 hints here; there is no hint 9."


@pytest.mark.parametrize("stub", [..., None])
def test_an_untouched_stub_is_not_attempted(stub):
    for name in ("residual", "block", "parameters"):
        report = check(name, stub)
        assert report.status == "not_attempted"
        assert "Not attempted yet" in repr(report)


def stub_of_dots(x, units):
    """A docstring does not make it an attempt."""
    ...


def stub_of_pass(x, units):
    pass


@pytest.mark.parametrize("stub", [stub_of_dots, stub_of_pass])
def test_an_empty_function_is_not_attempted(stub):
    assert check("block", stub).status == "not_attempted"


def test_a_wrong_type_of_answer_is_said():
    for answer, words in [
        (3, "This is a `int`, not a model."),
        (layers.Dense(2), "This is a layer (`Dense`), not a model."),
        (keras.Input((2,)), "This is a tensor, not a model."),
        (keras.Sequential([layers.Dense(2)]), "does not know its input shape yet"),
    ]:
        report = check("residual", answer)
        assert report.status == "failed"
        assert words in repr(report)


def test_a_slip_in_the_name_is_met_with_the_name_meant():
    report = check("residul", residual_model())
    assert report.status == "error"
    assert "There is no exercise named `residul`. Did you mean `residual`" in repr(report)


def test_a_name_that_is_no_text_is_not_a_fault_of_the_checker():
    assert check(3, residual_model()).status == "error"


def test_a_reference_that_fails_is_the_checkers_fault_and_says_what_to_send():
    text = repr(check("broken", residual_model()))
    assert "The checker failed. This is not your mistake." in text
    assert "RuntimeError" in text
    assert "no such luck" in text
    assert "send the text below" in text


def test_a_fault_inside_the_comparison_is_the_checkers_fault(monkeypatch):
    import exercises_check.judging as judging

    monkeypatch.setattr(judging, "compare_graphs", lambda *a: 1 / 0)
    report = check("residual", residual_model())
    assert report.status == "checker_error"
    assert "ZeroDivisionError" in repr(report)


def test_a_functional_model_is_not_a_sequential_one():
    inputs = keras.Input((4,))
    report = check("chain", keras.Model(inputs, layers.Dense(2)(inputs)))
    assert report.status == "failed"
    assert "This is a functional model. Expected a `keras.Sequential`." in repr(report)
    assert check("chain", keras.Sequential([keras.Input((4,)), layers.Dense(2)]))


def test_a_block_is_called_on_every_shape():
    assert check("block", lambda x, units: x + layers.Dense(units)(x))
    report = check("block", lambda x, units: x + layers.Dense(8)(x) if units == 8 else x)
    assert report.status == "failed"


def test_a_block_may_have_several_right_answers_and_the_nearest_is_reported():
    assert check("plus_or_minus", lambda a, b: layers.Add()([a, b]))
    assert check("plus_or_minus", lambda a, b: a - b)
    calls = iter("+-")
    report = check("plus_or_minus", lambda a, b: a + b if next(calls) == "+" else a - b)
    assert report.status == "failed"
    report = check("plus_or_minus", lambda a, b: b - a)
    assert len(report.differences) == 1


def test_a_block_that_raises_is_an_error_in_the_answers_code():
    report = check("block", lambda x, units: x + layers.Dense(units + 1)(x))
    assert report.status == "error"
    assert "Your code raised `ValueError`" in repr(report)


def test_a_block_that_returns_no_tensor_is_told_so():
    assert "does not return a tensor" in repr(check("block", lambda x, units: 3))


def test_names_count_only_where_the_task_names_them():
    def model(*names):
        a, b = (keras.Input((2,), name=name) for name in names)
        return keras.Model([a, b], layers.Add(name="sum")([a, b]))

    assert check("named", model("left", "right"))
    assert check("named", model("right", "left"))  # they are told apart by name
    report = check("named", model("a", "b"))
    assert report.differences[0].kind == "input"
    assert "named `a` and `b`; expected `left` and `right`" in report.differences[0].message


def test_a_nested_model_is_asked_for_only_where_the_task_says_so():
    inputs = keras.Input((4,))
    flat = keras.Model(inputs, layers.Dense(1)(layers.Dense(3)(inputs)))
    report = check("nested", flat)
    assert report.differences[0].kind == "nesting"
    assert "no nested models; expected 1 nested model" in report.differences[0].message


def test_a_setting_that_the_task_leaves_open_may_be_anything():
    inputs = keras.Input((4,))
    assert check("any_width", keras.Model(inputs, layers.Dense(7, activation="relu")(inputs)))
    assert not check("any_width", keras.Model(inputs, layers.Dense(3)(inputs)))


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("parameters", 50, "exactly the term 5 biases is left out"),
        ("parameters", 105, "exactly the term 10 × 5 is counted twice"),
        ("parameters", 40, "That is for four units."),
        ("parameters", 41, "too small"),
        ("parameters", "55", "Found '55'; expected a number."),
        ("share", "0.9", "Found '0.9'; expected a number."),
        ("share", True, "Found True; expected a number."),
        ("share", 0.8, "Found 0.8; the rule gives something else."),
        ("shape", (None, "26", 26, 8), "Axis 1 is '26'; expected a number."),
        ("faults", {"a": "1", "b": 2}, "For `a`, '1' is not. Expected a number."),
        ("shape", (None, 28, 28, 8), "Axis 1 is 28; the rule gives something else."),
        ("shape", (32, 26, 26, 8), "Axis 0 (the batch) is 32"),
        ("shape", (26, 26, 8), "Found 3 axes"),
        ("shape", 26, "expected a tuple of 4 axes"),
        ("parameters", np.array([1, 2]), "expected a number"),
        ("parameters", keras.Sequential(), "This is a model"),
        (
            "faults",
            {"a": 1, "b": 1},
            "1 of 2 entries are right. For `b`, 1 is not. Its shapes fit.",
        ),
        ("faults", {"a": 3, "b": 1}, "0 of 2 entries are right. For `a`, 3 is not."),
        ("faults", {"a": 1}, "`b` has no entry."),
        ("faults", {"a": 1, "b": 2, "c": 3}, "Nothing is asked for `c`."),
        ("faults", (1, 2), "expected a dict with 2 entries"),
        ("can_it", True, "Found True"),
        ("can_it", "no", "expected True or False"),
    ],
)
def test_a_wrong_prediction_is_told_where_and_the_rule(name, answer, words):
    report = check(name, answer)
    assert report.status == "failed"
    assert words in repr(report)
    assert report.exercise.rule in repr(report)


def test_a_right_prediction_passes_in_any_numeric_type():
    assert check("parameters", np.int64(55))
    assert check("parameters", 55.0)
    assert check("shape", [None, 26, 26, 8])
    assert check("faults", {"b": np.int64(2), "a": 1.0})
    assert check("can_it", False)
    assert not check("can_it", 0)


def test_check_prints_nothing_and_leaves_no_trace(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = residual_model()
    config, weights = model.get_config(), [w.copy() for w in model.get_weights()]
    number = int(layers.Dense(1).name.partition("_")[2] or 0)
    keras.utils.set_random_seed(5)
    states = random.getstate(), np.random.get_state()[1].tolist()
    capfd.readouterr()
    for answer in (model, residual_model(units=8), 3):
        repr(check("residual", answer)), check("residual", answer)._repr_html_()
    assert capfd.readouterr() == ("", "")
    assert int(layers.Dense(1).name.partition("_")[2] or 0) > number
    assert model.get_config() == config
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))
    assert list(tmp_path.iterdir()) == []
    assert states[1] == np.random.get_state()[1].tolist()


def test_a_check_does_not_move_keras_name_counters():
    model = residual_model()
    before = int(layers.Dense(1).name.partition("_")[2] or 0)
    check("residual", model)
    check("block", lambda x, units: x + layers.Dense(units)(x))
    assert int(layers.Dense(1).name.partition("_")[2] or 0) == before + 1


def test_an_exercise_without_a_hint_or_with_wrong_terms_is_refused():
    with pytest.raises(ValueError, match="no hint"):
        exercise(hints=[])(lambda: None)
    with pytest.raises(ValueError, match="hints for wirring"):
        exercise(hints={"wirring": ["x"]})(lambda: None)
    with pytest.raises(ValueError, match="add up to 3; expected 4"):
        value("sum", 4, rule="", terms={"a": 3}, hints=["x"])


def test_no_module_hides_a_public_word():
    """`import exercises_check.compare` would replace the function `compare` by a module."""
    import exercises_check

    modules = {module.name for module in pkgutil.iter_modules(exercises_check.__path__)}
    assert not modules & {"check", "compare", "draw", "progress", "traps"}


def test_the_solution_is_shown_after_passing():
    report = check("residual", residual_model())
    assert report.solution.startswith("def residual():")
    assert "@exercise" not in report.solution
    assert "One way to write it" in report._repr_html_()
    assert "One way to write it:" in repr(check("residual", residual_model(), reveal=True))


def test_the_solution_is_shown_after_three_different_failed_attempts():
    for units in (8, 8, 9):
        report = check("residual", residual_model(units=units), reveal=True)
        assert report.solution == ""
        assert "def residual" not in report._repr_html_()
    assert "or after one more different attempt." in repr(report)
    report = check("residual", residual_model(units=10))
    assert "return keras.Model" in report.solution
    assert "One way to write it: print(_.solution)" in repr(report)
    assert "return keras.Model" in report._repr_html_()


def test_an_untouched_stub_is_no_attempt_and_shows_no_solution():
    for _ in range(5):
        report = check("residual", ..., reveal=True)
    assert report.solution == ""
    assert check("residual", residual_model(units=8)).solution == ""


def test_the_solution_of_a_prediction_is_its_value_with_the_rule_and_the_terms():
    assert check("parameters", 55).solution == (
        "55\n# A Dense layer has inputs × units weights and units biases.\n"
        "# (10 × 5 = 50) + (5 biases = 5)"
    )


def test_what_keras_accepts_in_silence_is_a_note_and_no_difference():
    inputs = keras.Input((4,))
    narrow = layers.Dense(1)(inputs)
    answer = keras.Model(inputs, layers.Dense(1)(layers.Add()([inputs, narrow])))
    report = check("chain_of_two", answer)
    assert report.notes
    assert f"Note: {report.notes[0].message[:40]}" in repr(report)
    assert "<strong>Note:</strong>" in report._repr_html_()


def test_a_trap_that_the_task_asks_for_is_no_note():
    inputs = keras.Input((4,))
    two = keras.Model(inputs, layers.Dense(1)(layers.Dense(2)(inputs)))
    assert check("chain_of_two", two).notes == ()


def test_traps_is_a_public_word_that_shows_itself():
    from exercises_check import traps

    assert "No traps found" in repr(traps(residual_model()))
    assert "<div" in traps(residual_model())._repr_html_()


def test_a_setting_that_is_written_alike_is_not_told_beside_the_one_that_differs():
    """`padding="same"` adds nothing to a kernel of 1: in normal form it is not there."""

    def conv(kernel):
        inputs = keras.Input((9, 9, 4))
        return keras.Model(inputs, layers.Conv2D(16, kernel, padding="same")(inputs))

    messages = [difference.message for difference in compare(conv(3), conv(1)).differences]
    (message,) = messages
    assert message.endswith("has kernel_size=3; expected kernel_size=1.")


def test_a_setting_is_told_as_it_was_written():
    def normalised(axis):
        inputs = keras.Input((9, 9, 4))
        return keras.Model(inputs, layers.BatchNormalization(axis=axis)(inputs))

    (difference,) = compare(normalised(1), normalised(-1)).differences
    assert difference.message.endswith("has axis=1; expected the default, axis=-1.")


def test_a_block_that_passes_has_a_note_where_keras_accepts_what_one_regrets():
    def conv_block(x, filters):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x, training=True)
        return layers.MaxPooling2D()(layers.ReLU()(x))

    report = check("conv_block", conv_block)
    assert report
    assert [trap.kind for trap in report.notes] == ["training"]


def test_an_error_in_a_block_says_for_which_call():
    def projected_block(x, filters, strides=1):
        y = layers.Conv2D(filters, 3, strides=strides, padding="same", activation="relu")(x)
        y = layers.Conv2D(filters, 3, padding="same")(y)
        if x.shape[-1] != filters:
            x = layers.Conv2D(filters, 1, strides=strides)(x)
        return layers.ReLU()(layers.Add()([x, y]))

    report = check("projected_block", projected_block)
    assert report.status == "error"
    assert "calling `projected_block(x, filters=16, strides=2)`" in report.message


def test_a_typical_wrong_number_is_written_like_any_other():
    assert "Found 1,329,537. " in check("separate_parameters", 1_329_537).message
