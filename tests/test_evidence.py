"""What is gathered of an answer and judged elsewhere gives the report that a notebook shows."""

from __future__ import annotations

import json
import re
import sys

import keras
import pytest
from keras import layers
from test_answers import RIGHT, WRONG

from exercises_check import check, plain
from exercises_check.classroom import assess
from exercises_check.classroom.child import _trying
from exercises_check.classroom.slot import Asking, Outcome
from exercises_check.contract import to_json
from exercises_check.evidence import LayerAnswer, ModelAnswer, asked, gather
from exercises_check.exercise import registry
from exercises_check.graph import Graph, Node, Operation, Port, Spec, Tensor

SEED = 20_261_130
FIRST = [(name, entries[0]) for name, entries in RIGHT.items() if entries]
WRONG_ONES = [(name, entries[0][0]) for name, entries in WRONG.items() if entries]


@pytest.fixture(autouse=True)
def as_in_a_fresh_kernel():
    keras.backend.clear_session()
    yield
    keras.config.set_dtype_policy("float32")


def sent(name, answer, seed=SEED):
    """What the grader has of an answer, as it comes out of JSON."""
    found = gather(asked(registry()[name]), answer, seed, _trying(seed))
    if isinstance(found, LayerAnswer):
        found = LayerAnswer(to_json(found.transcript.transcript()), seed)
    return Asking(seed, type(found).__name__, json.loads(json.dumps(plain.encode(found))))


def judged(name, answer):
    return assess.judged(name, [], Outcome("done", answers={name: answer}))


@pytest.mark.parametrize(("name", "answer"), FIRST, ids=[name for name, _ in FIRST])
def test_a_right_answer_passes_elsewhere_too(name, answer):
    report = judged(name, sent(name, answer()))
    assert report.status == "passed", report


@pytest.mark.parametrize(("name", "answer"), WRONG_ONES, ids=[name for name, _ in WRONG_ONES])
def test_a_wrong_answer_has_the_report_that_the_notebook_shows(name, answer):
    made = answer()
    here, there = check(name, made), judged(name, sent(name, made))
    assert there.status == here.status
    assert without_drawn_numbers(there) == without_drawn_numbers(here)


def without_drawn_numbers(report):
    """The text, without the numbers that follow from a seed, and without the solution."""
    text = repr(report).partition("\n  One way to write it")[0].rstrip()
    return re.sub(r"-?\d+\.\d+(?=;| with)", "…", text) if report.exercise.kind == "layer" else text


def test_what_is_gathered_leaves_the_model_as_it_is():
    model = keras.Sequential([keras.Input((16,)), layers.Dense(16, "relu"), layers.Dense(16)])
    before = [weight.numpy() for weight in model.weights]
    keras.utils.set_random_seed(3)
    expected = keras.random.normal((2,)).numpy().tolist()
    keras.utils.set_random_seed(3)
    gather(asked(registry()["residual_block"]), model, SEED, _trying(SEED))
    assert keras.random.normal((2,)).numpy().tolist() == expected
    assert all((a == w.numpy()).all() for a, w in zip(before, model.weights, strict=True))


# What may be a lie --------------------------------------------------------------------------------


def residual_block():
    inputs = keras.Input((16,))
    x = layers.Dense(16)(layers.Dense(16, activation="relu")(inputs))
    return keras.Model(inputs, layers.ReLU()(layers.Add()([inputs, x])))


def test_an_answer_given_for_another_seed_is_not_believed():
    answer = sent("residual_block", residual_block(), seed=1)
    report = judged("residual_block", Asking(2, answer.kind, answer.data))
    assert report.status == "failed"
    assert "computes what its graph says" in report.message or report.differences


def test_a_layer_tried_with_another_seed_is_not_believed():
    answer = sent("CustomDense", RIGHT["CustomDense"][0](), seed=1)
    report = judged("CustomDense", Asking(2, answer.kind, answer.data))
    assert report.status == "refused"
    assert "expected 2" in report.message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[""].pop(), "the 7 fields of a ModelAnswer"),
        (lambda data: data.update({"@": "Report"}), "expected a ModelAnswer"),
        (lambda data: data[""].__setitem__(4, "many"), "ModelAnswer.steps: expected int"),
        (lambda data: data[""].__setitem__(6, None), "it was not tried"),
        (lambda data: data[""][0][""][2].reverse(), "which is not before it"),
        (lambda data: data[""][0][""][5].clear(), "a model has inputs and outputs"),
        (lambda data: data[""][0].update({"@": "Path"}), "expected a Graph"),
    ],
)
def test_damaged_evidence_is_refused_and_says_what_is_wrong(change, words):
    answer = sent("residual_block", residual_block())
    change(answer.data)
    report = judged("residual_block", answer)
    assert report.status == "refused", report
    assert words in report.message


@pytest.mark.parametrize("kind", ["ValueAnswer", "Graph", "Report", "BlockAnswer", "x" * 1000])
def test_evidence_of_another_kind_is_refused(kind):
    answer = sent("residual_block", residual_block())
    report = judged("residual_block", Asking(SEED, kind, answer.data))
    assert report.status == "refused"
    assert len(report.message) < 300


def test_a_graph_whose_shapes_are_not_those_of_its_layers_is_not_believed():
    answer = sent("residual_block", residual_block())
    text = json.dumps(answer.data)
    narrow = json.loads(text.replace('"units": 16', '"units": 8'))
    report = judged("residual_block", Asking(SEED, answer.kind, narrow))
    assert report.status != "passed"


def test_a_graph_that_asks_for_a_huge_layer_costs_nothing():
    answer = sent("residual_block", residual_block())
    huge = json.loads(json.dumps(answer.data).replace('"units": 16', '"units": 100000000000'))
    assert judged("residual_block", Asking(SEED, answer.kind, huge)).status != "passed"


def nested(depth, calls):
    """Models in models, each of which calls the next ones: as text, few; written out, many."""
    spec = Spec((None, 16), "float32")
    first = Node("in", (), (spec,))
    inner = Graph("m", "Functional", (first,), {"in": Operation("in", "in", "InputLayer")},
                  (Port(Tensor(0), "in"),), (Port(Tensor(0), "out"),))  # fmt: skip
    for _ in range(depth):
        nodes = [Node("inner", (("inputs", Tensor(number)),), (spec,)) for number in range(calls)]
        operations = {
            "in": Operation("in", "in", "InputLayer"),
            "inner": Operation("inner", "inner", "Functional", graph=inner),
        }
        outputs = (Port(Tensor(calls), "out"),)
        inner = Graph("m", "Functional", (first, *nodes), operations, inner.inputs, outputs)
    return inner


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (nested(1, 5_000), "it has 35,004 calls"),
        (nested(30, 2), "15,032,"),
        (nested(300, 1), "nested"),
    ],
    ids=["wide", "exponential", "deep"],
)
def test_a_graph_too_large_to_be_looked_at_is_refused_at_once(graph, words):
    model = ModelAnswer(graph, "Functional", True, None, 0, (), {"outputs": None})
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # whoever sends it may
    data = plain.encode(model)
    sys.setrecursionlimit(limit)
    report = judged("residual_block", Asking(SEED, "ModelAnswer", data))
    assert report.status == "refused"
    assert words in report.message


def test_weights_that_are_not_those_of_the_model_are_refused():
    exercise = registry()["trained_digits"]
    answer = sent("trained_digits", exercise.reference())
    (tried,) = [
        field for field in answer.data[""] if isinstance(field, dict) and "weights" in field
    ]
    tried["weights"] = {key: ["AAAA"] for key in tried["weights"]}
    report = judged("trained_digits", answer)
    assert report.status == "refused", report
    assert "the weights do not fit" in report.message
