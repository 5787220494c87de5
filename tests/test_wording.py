"""What is said of a difference between two models: its sentence, its kind, its place."""

from __future__ import annotations

import keras
from keras import layers

from exercises_check.comparison import NO_DEMANDS, Demands, compare_graphs
from exercises_check.read import read

NAMED = Demands(names=True)


def differences(mine, wanted, demands=NO_DEMANDS):
    return compare_graphs(read(mine), read(wanted), demands).differences


def only(mine, wanted, demands=NO_DEMANDS):
    (difference,) = differences(mine, wanted, demands)
    return difference


# Names of inputs and outputs ----------------------------------------------------------------------


def heads(kind="kind", value="value", risk="risk", keys=None):
    x = keras.Input((8,), name="x")
    made = [
        layers.Dense(10, activation="softmax", name=kind)(x),
        layers.Dense(1, name=value)(x),
        layers.Dense(1, activation="sigmoid", name=risk)(x),
    ]
    return keras.Model(x, dict(zip(keys, made, strict=True)) if keys else made)


def two_inputs(left="left", right="right", keys=None):
    a, b = keras.Input((4,), name=left), keras.Input((4,), name=right)
    total = layers.Add(name="sum")([layers.Dense(3)(a), layers.Dense(3, activation="relu")(b)])
    return keras.Model(dict(zip(keys, (a, b), strict=True)) if keys else [a, b], total)


def test_two_outputs_whose_names_are_exchanged_are_told_so():
    said = only(heads(kind="value", value="kind"), heads(), NAMED)
    assert said.message == (
        "The names of the two outputs are exchanged: they are `value` and `kind`; expected `kind` "
        "and `value`."
    )
    assert (said.kind, said.found, said.expected) == ("output", "value and kind", "kind and value")


def test_three_names_that_went_round_are_told_as_three():
    message = only(heads("value", "risk", "kind"), heads(), NAMED).message
    assert message == (
        "The names of the 3 outputs are exchanged: they are `value`, `risk` and `kind`; expected "
        "`kind`, `value` and `risk`."
    )


def test_the_keys_of_a_dict_of_outputs_may_be_exchanged_too():
    wanted = heads(keys=("a", "b", "c"))
    message = only(heads(keys=("b", "a", "c")), wanted).message
    assert "two outputs are exchanged: they are `b` and `a`; expected `a` and `b`" in message


def test_outputs_in_another_order_under_the_right_names_are_no_difference():
    x = keras.Input((8,), name="x")
    risk = layers.Dense(1, activation="sigmoid", name="risk")(x)
    value, kind = layers.Dense(1, name="value")(x), layers.Dense(10, "softmax", name="kind")(x)
    assert not differences(keras.Model(x, [risk, kind, value]), heads(), NAMED)


def test_an_order_of_outputs_is_told_where_names_do_not_count():
    x = keras.Input((8,), name="x")
    risk = layers.Dense(1, activation="sigmoid", name="a")(x)
    value, kind = layers.Dense(1, name="b")(x), layers.Dense(10, "softmax", name="c")(x)
    message = only(keras.Model(x, [risk, kind, value]), heads()).message
    assert message == "The outputs are in the order `a`, `c`, `b`; expected `c`, `b`, `a`."


def test_two_inputs_whose_names_are_exchanged_are_told_so_once():
    said = only(two_inputs("right", "left"), two_inputs(), NAMED)
    assert said.kind == "input"
    assert said.message == (
        "The names of the two inputs are exchanged: they are `right` and `left`; expected `left` "
        "and `right`."
    )


def test_the_keys_of_a_dict_of_inputs_may_be_exchanged_too():
    message = only(two_inputs(keys=("b", "a")), two_inputs(keys=("a", "b"))).message
    assert "two inputs are exchanged: they are `b` and `a`; expected `a` and `b`" in message
