"""A layer tried in one process and judged in another: the same verdict, and no trust."""

from __future__ import annotations

import base64
import contextlib
import copy
import json

import keras
import numpy as np
import pytest
from answers import chapter_09
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers, ops

from exercises_check.answer import AnswerError
from exercises_check.contract import (
    BadTranscript,
    contract_difference,
    from_json,
    probe,
    to_json,
    transcript_difference,
    trials_of,
)
from exercises_check.contract.strict_json import MOST_CHARACTERS
from exercises_check.exercise import registry

SEEDS = [1, 2026, 2**62 + 7]


class Dense(layers.Layer):
    """The reference."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias

    def get_config(self):
        return {**super().get_config(), "units": self.units}


CALLS = [([(4,)], {"units": 4})]
TRIALS = trials_of(Dense, CALLS)


def elsewhere(reference, answer, calls, seed=0):
    """The verdict of a process that gets nothing but text from the one that tried the answer."""
    trials = trials_of(reference, calls)
    text = to_json(probe(answer, trials, seed))
    return transcript_difference(reference, from_json(text), trials, seed)


def cases(table, names):
    return [
        pytest.param(registry()[name], entry if table is chapter_09.RIGHT else entry[0], id=f"{n}")
        for name in names
        for n, entry in enumerate(table[name])
    ]


LAYERS = [name for name in chapter_09.RIGHT if registry()[name].kind == "layer"]
QUICK = [name for name in LAYERS if name != "CustomRNN"]


# The same verdict ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("exercise", "make"), cases(chapter_09.RIGHT, QUICK))
def test_a_right_layer_passes_through_json_with_any_seed(exercise, make):
    for seed in SEEDS[:1] if exercise.name == "TreeRNN" else SEEDS:
        assert elsewhere(exercise.reference, make(), exercise.calls, seed) is None


def test_a_right_layer_passes_with_weights_that_are_made_by_its_sublayers():
    exercise = registry()["CustomRNN"]
    assert elsewhere(exercise.reference, chapter_09.rnn(), exercise.calls, seed=5) is None


@pytest.mark.parametrize(("exercise", "make"), cases(chapter_09.WRONG, QUICK))
def test_a_wrong_layer_is_told_with_the_same_sentence_here_and_elsewhere(exercise, make):
    here = contract_difference(exercise.reference, make(), exercise.calls)
    assert here is not None
    assert elsewhere(exercise.reference, make(), exercise.calls) == here


class Mean(layers.Layer):
    """A reference with a state, which it moves in training, and dropout."""

    def build(self, input_shape):
        shape = (input_shape[-1],)
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False)
        self.gain = self.add_weight(shape=shape, initializer="ones")
        self.offset = self.add_weight(shape=shape, initializer="zeros")
        self.drop = layers.Dropout(0.5)

    def call(self, inputs, training=False):
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(inputs, axis=0))
        return self.drop((inputs - self.mean) * self.gain + self.offset, training=training)


def test_a_state_and_what_is_random_are_judged_elsewhere():
    class Other(Mean):
        def build(self, input_shape):
            shape = (input_shape[-1],)
            self.offset = self.add_weight(shape=shape)
            self.gain = self.add_weight(shape=shape)
            self.mean = self.add_weight(shape=shape, trainable=False)
            self.drop = layers.Dropout(0.5)

    class Faster(Mean):
        def call(self, inputs, training=False):
            if training:
                self.mean.assign(0.8 * self.mean + 0.2 * ops.mean(inputs, axis=0))
            return (
                super().call(inputs, training=False)
                if not training
                else self.drop((inputs - self.mean) * self.gain + self.offset, training=True)
            )

    class Less(Mean):
        def build(self, input_shape):
            super().build(input_shape)
            self.drop = layers.Dropout(0.2)

    calls = [([(4,)], {})]
    for seed in SEEDS:
        assert elsewhere(Mean, Other, calls, seed) is None
        assert "After a call with training=True the weight" in (
            elsewhere(Mean, Faster, calls, seed).message
        )
        assert "With training=True the output moves by" in (
            elsewhere(Mean, Less, calls, seed).message
        )


def test_what_the_learners_code_raises_keeps_its_name_its_text_and_when():
    class TooMuch(Exception):
        pass

    class Raises(Dense):
        def call(self, inputs):
            raise TooMuch("three is too much")

    class NoSuper(Dense):
        def __init__(self, units):
            self.units = units

    with pytest.raises(AnswerError) as here:
        contract_difference(Dense, Raises, CALLS)
    with pytest.raises(AnswerError) as there:
        elsewhere(Dense, Raises, CALLS)
    for raised in (here.value, there.value):
        assert type(raised.cause).__name__ == "TooMuch"
        assert "three is too much" in str(raised.cause)
        assert raised.during == "calling the layer on data of shape (3, 4)"
    assert "does not call `super().__init__(**kwargs)`" in elsewhere(Dense, NoSuper, CALLS).message


def test_twelve_weights_of_one_shape_do_not_take_for_ever():
    class Many(layers.Layer):
        def build(self, input_shape):
            self.each = [self.add_weight(shape=()) for _ in range(12)]

        def call(self, x):
            return sum(n * weight * x for n, weight in enumerate(self.each, start=1))

    assert elsewhere(Many, Many, [([(2,)], {})]) is None


# Lies ---------------------------------------------------------------------------------------------


def test_a_class_that_computes_something_else_does_not_pass_whatever_it_says_of_itself():
    class Anything(str):
        """A name that equals every name."""

        def __eq__(self, other):
            return True

        def __ne__(self, other):
            return False

        __hash__ = str.__hash__

    class All(dict):
        """A config that has every key."""

        def __contains__(self, key):
            return True

    class OwnWeights(Dense):
        @property
        def weights(self):
            return [keras.Variable(np.ones(s, "float32")) for s in ((4, self.units), (self.units,))]

        def call(self, inputs):
            return ops.ones((ops.shape(inputs)[0], self.units))

    class Equal(Dense):
        __hash__ = Dense.__hash__

        def __eq__(self, other):
            return True

        def call(self, inputs):
            return 2 * super().call(inputs)

    class Named(Dense):
        @property
        def name(self):
            return Anything("other")

        @name.setter
        def name(self, value):
            pass

    class Pretends(Dense):
        @property
        def __class__(self):
            return Dense

        def call(self, inputs):
            return ops.relu(super().call(inputs))

    class Forgets(Dense):
        def __init__(self, units=4, **kwargs):
            super().__init__(units, **kwargs)

        def get_config(self):
            return All(layers.Layer.get_config(self))

    class Remembers(Dense):
        """Knows the data of seed 0."""

        def call(self, inputs):
            known = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
            right = super().call(inputs)
            return right if known[0, 0] == keras.ops.ravel(inputs)[0] else 0 * right

    for answer in (OwnWeights, Equal, Named, Pretends, Forgets):
        for seed in SEEDS:
            assert elsewhere(Dense, answer, CALLS, seed) is not None, answer
        assert contract_difference(Dense, answer, CALLS) is not None, answer
    with pytest.raises(AnswerError):  # by values it passes with seed 0, but has none on inputs
        elsewhere(Dense, Remembers, CALLS, 0)
    assert elsewhere(Dense, Remembers, CALLS, SEEDS[0]).kind == "value"


def test_an_object_that_says_it_is_a_class_is_none():
    class Pretends:
        @property
        def __class__(self):
            return type

    with pytest.raises(AnswerError):
        elsewhere(Dense, Pretends(), CALLS)


def test_a_transcript_of_another_seed_is_refused_and_forged_it_fails():
    old = probe(Dense, TRIALS, seed=1)
    assert transcript_difference(Dense, old, TRIALS, seed=1) is None
    with pytest.raises(BadTranscript, match="made with seed 1; expected 2"):
        transcript_difference(Dense, old, TRIALS, seed=2)
    found = transcript_difference(Dense, {**old, "seed": 2}, TRIALS, seed=2)
    assert found.kind == "value"
    assert "On random data, value [0, 0] of the output is" in found.message


def test_a_layer_that_returns_or_prints_very_much_has_a_small_transcript():
    class Large(Dense):
        def call(self, inputs):
            print("x" * 10_000)
            return ops.ones((3, 1_000, 100))

    class Long(Dense):
        def call(self, inputs):
            raise ValueError("y" * 1_000_000)

    assert len(to_json(probe(Large, TRIALS))) < 20_000
    assert len(to_json(probe(Long, TRIALS))) < 30_000
    assert "returns shape (3, 1000, 100); expected (3, 4)" in elsewhere(Dense, Large, CALLS).message


# Damaged transcripts ------------------------------------------------------------------------------

GOOD = probe(Dense, TRIALS)
WRONG = probe(type("Twice", (Dense,), {"call": lambda self, x: 2 * Dense.call(self, x)}), TRIALS)


def places(value, path=()):
    """Where something stands in a transcript."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, tuple):
        for n, each in enumerate(value):
            yield from places(each, (*path, n))


def replaced(value, path, new):
    if not path:
        return new(value)
    first, *rest = path
    if isinstance(value, dict):
        return {k: replaced(v, rest, new) if k == first else v for k, v in value.items()}
    return tuple(replaced(v, rest, new) if n == first else v for n, v in enumerate(value))


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        [
            (), {}, [], "layer", "a" * 1_000, "\ud800", 2**70, -1, (-1,), (None,), object(), type,
            np.float32(1), np.zeros((2, 2)), np.zeros(0), np.full((3, 4), np.nan),
            np.full((3, 4), np.inf, "float16"), np.array(["x"]), np.array([None]),
            np.zeros((3, 4), bool), np.ones((3, 4), complex), np.zeros((3, 4), ">f4"),
            (np.zeros((3, 4)),), (np.zeros((3, 4)),) * 3, tuple(range(2_000)),
            {"error": "x y", "text": "", "during": ""}, {"error": "E", "text": "", "during": ""},
        ]
    ),
)  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_transcript_is_judged_or_refused_and_nothing_else_happens(data):
    transcript = data.draw(st.sampled_from([GOOD, WRONG]))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(transcript))))
        how = data.draw(st.sampled_from(["junk", "drop", "twice", "scale"]))
        value = data.draw(junk) if how == "junk" else None

        def new(old, how=how, value=value):
            if how == "drop" and isinstance(old, (dict, tuple)) and old:
                return dict(list(old.items())[1:]) if isinstance(old, dict) else old[1:]
            if how == "twice" and isinstance(old, tuple):
                return old * 2
            if how == "scale" and isinstance(old, np.ndarray) and old.dtype.kind == "f":
                return old * 1e3
            return value

        transcript = replaced(transcript, path, new)
    with contextlib.suppress(BadTranscript, AnswerError):
        transcript_difference(Dense, transcript, TRIALS)


def test_a_transcript_that_ends_too_early_is_refused():
    for change, words in (
        ({"trials": ()}, "ends before trial 0"),
        ({"saving": None}, "ends before saving"),
        ({"sharing": None}, "ends before sharing"),
        ({"format": 7}, "has format 7; expected 1"),
        ({"trials": GOOD["trials"] * 2}, "has 2 trials; expected 1"),
        ({"answer": None}, "answer: expected a dict; received a NoneType"),
        ({"seed": True}, "seed: expected int; received a bool"),
    ):
        with pytest.raises(BadTranscript, match=words):
            transcript_difference(Dense, {**GOOD, **change}, TRIALS)


# JSON ---------------------------------------------------------------------------------------------


def equal(one, other):
    if isinstance(one, np.ndarray):
        return (
            type(other) is np.ndarray
            and (one.dtype, one.shape) == (other.dtype, other.shape)
            and one.tobytes() == other.tobytes()
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in one)
    return repr(one) == repr(other)


def test_a_transcript_survives_json():
    text = to_json(GOOD)
    assert text.isascii()
    assert equal(from_json(text), GOOD)
    assert equal(copy.deepcopy(GOOD), from_json(to_json(from_json(text))))


numbers = st.one_of(st.floats(), st.integers(-(2**63) + 1, 2**63 - 1), st.booleans(), st.none())
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
some_arrays = st.builds(
    lambda dtype, values: np.array(values).astype(dtype).reshape(2, -1),
    st.sampled_from(["float32", "float64", ">f4", "complex64", "float16"]),
    st.lists(st.floats(width=16), min_size=2, max_size=2),
) | st.sampled_from([np.zeros((0, 3), "int8"), np.array(7, "uint64"), np.array([True, False])])
plain_data = st.recursive(
    numbers | texts | some_arrays,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.lists(inside, max_size=3).map(tuple)
        | st.dictionaries(texts, inside, max_size=3)
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(texts, plain_data, max_size=3))
def test_all_plain_data_survives_json_and_arrays_come_in_the_machines_own_order(data):
    def native(value):
        if isinstance(value, np.ndarray):
            return value.astype(value.dtype.newbyteorder("="))
        if isinstance(value, dict):
            return {key: native(each) for key, each in value.items()}
        return type(value)(map(native, value)) if isinstance(value, (list, tuple)) else value

    assert equal(from_json(to_json(data)), native(data))


@pytest.mark.parametrize(
    "value",
    [object(), {1}, b"x", 1j, np.float32(1), {1: 2}, 2**63, "\udcff", np.array(["x"]), Dense],
)
def test_what_is_not_plain_is_not_written(value):
    with pytest.raises(BadTranscript):
        to_json({"x": value})


def array_text(dtype="float32", shape=(1,), content=b"\0\0\0\0"):
    return json.dumps({"array": [dtype, list(shape), base64.b64encode(content).decode()]})


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", '"x"', "{}", '{"dict": {}, "tuple": []}', '{"dict": []}', "\ufeff{}",
        '{"dict": {"x": NaN}}', '{"dict": {"x": Infinity}}', '{"dict": {"x": 1e999}}',
        '{"dict": {"x": 9223372036854775808}}', '{"dict": {"x": ' + "9" * 10_000 + "}}",
        '{"dict": {"x": 1, "x": 2}}', '{"dict": {"x": "\\ud800"}}', '{"dict": {"\\ud800": 1}}',
        '{"dict": {"x": {"float": "1"}}}', '{"dict": {"x": {"set": []}}}', "[" * 100_000,
        '{"dict": {"x": ' + "[" * 50 + "]" * 50 + "}}", '{"tuple": []}',
        *(
            '{"dict": {"x": ' + array + "}}"
            for array in (
                array_text("object"), array_text(shape=(2,)), array_text(shape=(-1,)),
                array_text(shape=(10**12,)), array_text(shape=(1,) * 40), array_text(">f4"),
                array_text("bool", content=b"\2"), '{"array": ["float32", [1], "AAAA AAA"]}',
                '{"array": ["float32", [1], null]}', '{"array": ["float32", [true], "AAAAAA=="]}',
                '{"array": {"dtype": "float32"}}', '{"array": ["float32", [0], "é"]}',
            )
        ),
    ],
)  # fmt: skip
def test_text_that_is_no_transcript_is_refused(text):
    with pytest.raises(BadTranscript):
        from_json(text)


def test_text_that_is_too_long_is_refused():
    with pytest.raises(BadTranscript, match="characters; expected at most"):
        from_json(" " * (MOST_CHARACTERS + 1))


@settings(deadline=None)
@given(st.data())
def test_damaged_text_is_read_or_refused(data):
    text = to_json(GOOD)
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 30)))
    damaged = text[:start] + data.draw(st.text('{}[]",:0e-naxé\\ ', max_size=5)) + text[end:]
    with contextlib.suppress(BadTranscript):
        assert isinstance(from_json(damaged), dict)
