"""After a cell that failed, an older `model` is not checked as if it were the answer."""

import pytest

from exercises_check import check, leftovers
from exercises_check.exercise import registry
from exercises_check.leftovers import assigned_names

START = "from exercises_check import check, leftovers; leftovers.install(); import keras"
RIGHT = """
inputs = keras.Input((4,))
model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
"""


@pytest.fixture
def run(monkeypatch):
    """Runs a cell in a shell of its own and returns its last value."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    monkeypatch.setattr(leftovers, "_watch", None)

    def cell(source):
        return shell.run_cell(source).result

    cell(START)
    yield cell
    InteractiveShell.clear_instance()


def test_the_model_of_an_earlier_cell_is_not_judged(run):
    run(RIGHT)
    run("model = keras.Model(inputs, missing)")
    report = run("check('first_model', model)")
    assert report.status == "error"
    assert report.message == (
        "The cell that makes `model` ended with an error, `NameError`, so `model` is still that of "
        "an earlier cell. Mend the cell, run it, and run this one again."
    )


def test_after_the_mended_cell_the_answer_is_judged(run):
    run(RIGHT)
    run("model = keras.Model(inputs, missing)")
    run(RIGHT)
    assert run("check('first_model', model)").status == "passed"


def test_a_model_that_was_made_before_its_cell_failed_is_judged(run):
    run(RIGHT)
    run(RIGHT + "model.fit(missing)")
    assert run("check('first_model', model)").status == "passed"


def test_a_failed_cell_that_makes_something_else_changes_nothing(run):
    run(RIGHT)
    run("other = missing")
    assert run("check('first_model', model)").status == "passed"


def test_a_cell_that_cannot_be_read_leaves_its_names_too(run):
    run(RIGHT)
    run("model = keras.Model(inputs, ")
    assert run("check('first_model', model)").status == "error"


def test_without_a_notebook_nothing_is_left_over(monkeypatch):
    monkeypatch.setattr(leftovers, "_watch", None)
    assert leftovers.leftover(object()) is None


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("model = x = 1", {"model", "x"}),
        ("def block(x):\n    return x", {"block"}),
        ("class Layer:\n    pass", {"Layer"}),
        ("for units in (1, 2):\n    x = units", {"units", "x"}),
        ("%matplotlib inline\nmodel = 1", {"model"}),
        ("print(1)", set()),
    ],
)
def test_the_names_a_cell_assigns_are_known(source, names):
    assert assigned_names(source) == names


def test_an_answer_that_passed_another_exercise_is_told_to_be_that_one():
    model = registry()["mnist_mlp"].reference()
    assert not check("mnist_mlp", model).notes
    told = check("binary_mlp", model)
    assert told.status == "failed"
    assert told.notes[0].message == "This is the answer that passed `mnist_mlp`."
    assert "a new one: does the cell above" in repr(told)
    assert not check("binary_mlp", registry()["mnist_mlp"].reference()).notes
    assert check("mnist_mlp", model).status == "passed"
