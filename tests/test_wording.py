"""What is said of a difference between two models: its sentence, its kind, its place."""

from __future__ import annotations

import keras
import pytest
from keras import layers

from exercises_check import compare
from exercises_check.comparison import NO_DEMANDS, Demands, compare_graphs
from exercises_check.listing import constructor
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


# Activations --------------------------------------------------------------------------------------


def attention(softmax):
    questions, words = keras.Input((5, 8), name="questions"), keras.Input((7, 8), name="words")
    scores = layers.Dot(axes=2, name="scores")([questions, words])
    return keras.Model([questions, words], layers.Dot((2, 1))([softmax(scores), words]))


def test_another_axis_of_a_softmax_is_said_of_the_softmax_with_the_axis_that_is_expected():
    mine = attention(layers.Softmax(axis=1, name="weights"))
    said = only(mine, attention(layers.Softmax(name="share")))
    assert said.message == "`weights` has axis=1; expected the default, axis=-1."
    assert (said.kind, said.setting, said.name, said.place) == (
        "setting", "axis", "weights", "share",
    )  # fmt: skip
    assert only(attention(layers.Softmax()), mine).message.endswith("axis=-1; expected axis=1.")


def test_the_axis_is_told_alike_for_a_softmax_of_what_is_used_twice():
    def weighed(axis):
        x = keras.Input((5, 8), name="x")
        return keras.Model(x, layers.Multiply()([x, layers.Softmax(axis, name="weights")(x)]))

    assert (
        only(weighed(1), weighed(-1)).message
        == "`weights` has axis=1; expected the default, axis=-1."
    )
    assert only(weighed(-1), weighed(1)).message == "`weights` has axis=-1; expected axis=1."


def activated(*activations, argument=None):
    x = keras.Input((5, 8), name="x")
    y = layers.Dense(4, activation=argument, name="dense")(x)
    for activation in activations:
        y = activation(y)
    return keras.Model(x, y)


def test_a_layer_that_applies_another_activation_is_named_itself():
    mine = activated(layers.ReLU(name="bend"))
    said = only(mine, activated(layers.Activation("sigmoid")))
    assert said.message == "`bend` applies 'relu'; expected 'sigmoid'."
    assert (said.kind, said.setting, said.name) == ("setting", "activation", "bend")


def test_an_argument_that_is_another_activation_is_said_of_its_layer():
    said = only(activated(argument="relu"), activated(argument="sigmoid"))
    assert said.message == "`dense` has activation 'relu'; expected activation 'sigmoid'."


def test_the_slope_of_an_activation_is_told_wherever_it_is_written():
    wanted = activated(layers.LeakyReLU(0.1))
    mine = activated(layers.LeakyReLU(name="bend"))
    expected = "expected negative_slope=0.1."
    assert only(mine, wanted).message == f"`bend` has negative_slope=0.3; {expected}"
    mine = activated(argument="leaky_relu")
    assert only(mine, wanted).message == f"`dense` has negative_slope=0.2; {expected}"


def test_of_two_activations_the_one_that_differs_is_named():
    mine = activated(layers.ReLU(), layers.Softmax(axis=1, name="weights"))
    said = only(mine, activated(layers.ReLU(), layers.Softmax()))
    assert said.message == "`weights` has axis=1; expected the default, axis=-1."


# Settings that Keras fills in ---------------------------------------------------------------------


def attending(shape=(6, 32), **settings):
    x = keras.Input(shape, name="x")
    return keras.Model(x, layers.MultiHeadAttention(2, name="attend", **settings)(x, x))


def test_settings_that_keras_fills_in_are_not_shown():
    assert maker(attending(key_dim=16)) == "MultiHeadAttention(num_heads=2, key_dim=16)"
    assert maker(attending((3, 6, 32), key_dim=16)).endswith("key_dim=16)")
    assert maker(attending(key_dim=16, value_dim=8)).endswith("key_dim=16, value_dim=8)")
    across = attending((3, 6, 32), key_dim=16, attention_axes=(2,))
    assert maker(across).endswith("key_dim=16, attention_axes=(2,))")


def maker(model):
    graph = read(model)
    return constructor(next(o for o in graph.operations.values() if o.name == "attend"))


def test_what_keras_fills_in_from_another_setting_is_no_difference_of_its_own():
    said = only(attending(key_dim=32), attending(key_dim=16))
    assert said.message == "`attend` has key_dim=32; expected key_dim=16."


def test_a_size_of_the_values_that_was_chosen_is_told():
    said = only(attending(key_dim=16, value_dim=8), attending(key_dim=16))
    assert said.message == "`attend` has value_dim=8; expected the default, value_dim=16."
    said = only(attending(key_dim=16), attending(key_dim=16, value_dim=8))
    assert said.message == "`attend` has value_dim=16; expected value_dim=8."
    both = differences(attending(key_dim=32), attending(key_dim=16, value_dim=8))
    assert [difference.setting for difference in both] == ["key_dim", "value_dim"]
    both = differences(attending(key_dim=32, value_dim=8), attending(key_dim=16))
    assert [difference.setting for difference in both] == ["key_dim", "value_dim"]


def test_a_size_of_the_values_that_is_right_though_the_keys_differ_is_not_told():
    said = only(attending(key_dim=32, value_dim=16), attending(key_dim=16))
    assert said.setting == "key_dim"


def test_a_padding_as_it_is_by_default_is_not_shown():
    def padded(*arguments):
        x = keras.Input((4, 4, 2))
        return keras.Model(x, layers.ZeroPadding2D(*arguments, name="attend")(x))

    assert maker(padded()) == maker(padded(1)) == "ZeroPadding2D()"
    assert "padding=" in maker(padded(2))
    assert "padding=" in maker(padded(((1, 0), (1, 1))))


# Masks --------------------------------------------------------------------------------------------


def plus(one, other):
    return one + other


def add(one, other):
    return layers.Add(name="total")([one, other])


def reading(join, last, second=False):
    """Words, joined with what a layer makes of them, or with other words, and read by `last`."""
    ids = keras.Input((6,), dtype="int32", name="ids")
    words = layers.Embedding(9, 4, mask_zero=True, name="words")(ids)
    other = layers.Embedding(7, 4, mask_zero=True, name="other")(ids)
    joined = join(words, other if second else layers.Dense(4, name="dense")(words))
    return keras.Model(ids, last(layers.Dropout(0.5)(joined)))


LAST = [
    layers.LSTM,
    layers.GlobalAveragePooling1D,
    lambda *args, **more: layers.Bidirectional(layers.GRU(3), **more),
    lambda *args, **more: layers.TimeDistributed(layers.Dense(3), **more),
    lambda *args, **more: lambda x: layers.Attention(**more)([x, x]),
    lambda *args, **more: lambda x: layers.MultiHeadAttention(2, 4, **more)(x, x),
    lambda *args, **more: layers.Softmax(axis=1, **more),
]


def last(make):
    return make(3, name="last") if make is layers.LSTM else make(name="last")


@pytest.mark.parametrize("make", LAST)
def test_a_lost_mask_is_told_in_one_way_whatever_needs_it(make):
    said = only(reading(plus, last(make)), reading(add, last(make)))
    dropper = said.message.split("`")[3]
    assert dropper.startswith("add")
    assert said.message == (
        f"`last` receives no mask, as `{dropper}` hands none on; expected the mask of `words`."
    )
    assert (said.kind, said.name, said.place) == ("wiring", "last", "last")
    assert (said.found, said.expected) == ("no mask", "the mask of words")


@pytest.mark.parametrize("make", LAST)
def test_a_mask_too_many_is_told_in_one_way_whatever_uses_it(make):
    said = only(reading(add, last(make)), reading(plus, last(make)))
    assert said.message == "`last` receives the mask of `words`; expected no mask."
    assert said.kind == "wiring"


def test_a_mask_of_two_is_told_by_the_call_that_should_join_them():
    mine, wanted = (reading(join, layers.LSTM(3, name="last"), True) for join in (plus, add))
    said = only(mine, wanted)
    dropper = said.message.split("`")[3]
    assert said.message == (
        f"`last` receives no mask, as `{dropper}` hands none on; expected its mask."
    )


def test_a_mask_that_a_call_gives_away_inside_a_nested_model_is_told():
    def nested(join):
        x = keras.Input((6, 4))
        block = keras.Model(x, join(x, layers.Dense(4, name="dense")(x)), name="block")
        ids = keras.Input((6,), dtype="int32", name="ids")
        words = layers.Embedding(9, 4, mask_zero=True, name="words")(ids)
        return keras.Model(ids, layers.LSTM(3, name="last")(block(words)))

    message = only(nested(plus), nested(add)).message
    assert "receives no mask, as `block/add" in message


def test_a_mask_that_is_given_is_told_as_one():
    def reading(given):
        ids = keras.Input((6,), dtype="int32", name="ids")
        keep = keras.Input((6,), dtype="bool", name="keep")
        words = layers.Embedding(9, 4, mask_zero=True, name="words")(ids)
        mask = {"mask": keep} if given else {}
        lstm = layers.LSTM(3, name="last")(words, **mask)
        return keras.Model([ids, keep], [lstm, keras.ops.cast(keep, "float32")])

    mine, wanted = reading(given=True), reading(given=False)
    said = only(mine, wanted)
    assert said.message == "`last` receives `keep` as mask; expected the mask of `words`."
    assert said.kind == "wiring"
    said = only(wanted, mine)
    assert said.message == "`last` receives the mask of `words`; expected `keep` as mask."


def test_a_mask_that_is_lost_for_one_of_two_arguments_is_told_with_the_argument():
    def reading(scaled):
        ids = keras.Input((6,), dtype="int32", name="ids")
        words = layers.Embedding(9, 4, mask_zero=True, name="words")(ids)
        return keras.Model(ids, layers.MultiHeadAttention(2, 4, name="last")(words, scaled(words)))

    said = only(
        reading(lambda x: x + layers.Dense(4)(x)),
        reading(lambda x: layers.Add()([x, layers.Dense(4)(x)])),
    )
    assert said.message == (
        "`last` receives the mask of `words` as query_mask; expected the mask of `words` as "
        "query_mask and the mask of `words` as value_mask."
    )


def test_another_tensor_is_told_without_the_mask_that_comes_with_it():
    def model(read):
        ids = keras.Input((6,), dtype="int32", name="ids")
        words = layers.Embedding(9, 4, mask_zero=True, name="words")(ids)
        plain = layers.Embedding(9, 4, name="plain")(ids)
        lstm = layers.LSTM(3, name="last")(words if read == "words" else plain)
        return keras.Model(ids, [lstm, layers.Flatten()(words), layers.Flatten()(plain)])

    said = only(model("plain"), model("words"))
    assert said.message == "`last` receives `plain`; expected `words`."


# One class, computing something else --------------------------------------------------------------


def test_two_poolings_that_differ_in_their_window_are_told_by_it():
    def pooled(size):
        x = keras.Input((8, 8, 3), name="x")
        return keras.Model(x, layers.AveragePooling2D(size, name="pool")(x))

    assert only(pooled(4), pooled(8)).message == "`pool` has pool_size=4; expected pool_size=8."
    assert only(pooled(8), pooled(4)).message == "`pool` has pool_size=8; expected pool_size=4."


def test_two_wrappers_that_differ_in_the_layer_inside_are_told_by_it():
    def wrapped(layer):
        x = keras.Input((8, 8, 3), name="x")
        return keras.Model(x, layers.TimeDistributed(layer, name="each")(x))

    said = only(wrapped(layers.Dense(3)), wrapped(layers.Conv1D(3, 3)))
    assert said.message == "`each` has layer='Dense'; expected layer='Conv1D'."
    assert (said.kind, said.what) == ("setting", "setting")


# Places -------------------------------------------------------------------------------------------


def twins(*, mine=False, shared=True, units=3, trainable=True, skip=True, more=False):
    """Two inputs read by one layer or by two. The names of the learner's model say nothing."""
    names = iter("abcdefgh") if mine else iter(["left", "right", "one", "two", "sum", "last"])
    left, right = (keras.Input((4,), name=next(names)) for _ in range(2))
    dense, other = (
        layers.Dense(units, trainable=trainable, name=next(names)),
        layers.Dense(units, trainable=trainable, name=next(names)),
    )
    one, two = dense(left), dense(right) if shared else other(right)
    x = layers.Add(name=next(names))([one, two if skip else one])
    if more:
        x = layers.Dense(3, name="more")(x)
    return keras.Model([left, right], [layers.Dense(1, name=next(names))(x), two])


def place(mine, wanted):
    return compare(mine, wanted).differences[0].place


def test_the_place_of_a_difference_is_the_references_own_name_of_the_call():
    wanted = twins(shared=False)
    assert place(twins(mine=True, shared=False, skip=False), wanted) == "sum"  # wiring
    assert place(twins(mine=True, shared=False, units=5), wanted) == "one"  # setting
    assert place(twins(mine=True, shared=False, trainable=False), wanted) == "one"  # frozen
    assert place(twins(mine=True, shared=False), twins(shared=False, more=True)) == "more"
    assert place(twins(mine=True, shared=False, more=True), wanted) == ""  # it has no such call


def test_the_place_of_layers_that_should_be_one_is_that_layer():
    said = only(twins(mine=True, shared=False), twins())
    assert (said.kind, said.what, said.place) == ("sharing", "unshared", "one")


def test_the_place_of_a_layer_that_should_be_two_is_one_of_these():
    said = only(twins(mine=True), twins(shared=False))
    assert (said.kind, said.what, said.place) == ("sharing", "shared", "two")


def towers(*, names, shared=False, trainable=True):
    x = keras.Input((4,), name="x")

    def tower(name):
        inner = keras.Input((4,), name=f"{name}_in")
        hidden = layers.Dense(3, name=f"{name}_hidden")(inner)
        model = keras.Model(inner, layers.Dense(2, name=f"{name}_out")(hidden), name=name)
        model.trainable = trainable
        return model

    first, second = map(tower, names)
    y = layers.Concatenate(name="both")([first(x), (first if shared else second)(x)])
    return keras.Model(x, y)


def test_the_place_of_a_shared_or_frozen_nested_model_is_that_model():
    wanted = towers(names=("north", "south"))
    said = only(towers(names=("a", "b"), shared=True), wanted)
    assert (said.kind, said.place) == ("sharing", "south")
    said, _ = differences(towers(names=("a", "b"), trainable=False), wanted)
    assert (said.kind, said.place) == ("frozen", "north")


def test_what_is_said_of_the_whole_model_has_no_place():
    assert only(heads(kind="value", value="kind"), heads(), NAMED).place == ""
    assert only(two_inputs("right", "left"), two_inputs(), NAMED).place == ""
