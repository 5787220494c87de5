"""A layer of a learner's own: every right writing passes, each mistake is told, no trace."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops
from keras.src.backend.common import global_state

import exercises_check.exercise as registry_module
from exercises_check import check
from exercises_check.contract import SENTENCES, contract_difference
from exercises_check.exercise import exercise, registry

CALLS = [([(4,)], {"units": 3}), ([(5, 4)], {"units": 4})]


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


class Norm(layers.Layer):
    """A reference that differs in training: it moves a mean."""

    def build(self, input_shape):
        shape = (input_shape[-1],)
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False)
        self.gain = self.add_weight(shape=shape, initializer="ones")

    def call(self, inputs, training=False):
        if not training:
            return (inputs - self.mean) * self.gain
        mean = ops.mean(inputs, axis=0)
        self.mean.assign(0.9 * self.mean + 0.1 * mean)
        return (inputs - mean) * self.gain


class Noisy(layers.Layer):
    """A reference with sublayers, two inputs and dropout."""

    def __init__(self, units, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.units, self.rate = units, rate
        self.left, self.right = layers.Dense(units), layers.Dense(units)
        self.dropout = layers.Dropout(rate)

    def call(self, a, b):
        return self.dropout(self.left(a) - self.right(b))

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}


class Tree(layers.Layer):
    """A reference that takes a tree of tensors."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.leaf, self.pair = layers.Dense(units), layers.Dense(units)

    def call(self, tree):
        if not isinstance(tree, tuple):
            return self.leaf(tree)
        return self.pair(ops.concatenate([self.call(side) for side in tree], -1))


REFERENCES = {
    Dense: CALLS,
    Norm: [([(4,)], {})],
    Noisy: [([(4,), (4,)], {"units": 3, "rate": 0.3})],
    Tree: [([((4,), (4,))], {"units": 3}), ([((4,), ((4,), (4,)))], {"units": 3})],
}


def difference(answer, reference=Dense):
    return contract_difference(reference, answer, REFERENCES[reference])


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    registry()
    monkeypatch.setattr(registry_module, "_REGISTRY", dict(registry_module._REGISTRY))
    exercise(hints={"contract": ["Look at `get_config`."], "": ["Two weights."]}, calls=CALLS)(
        Dense
    )


# Right answers ------------------------------------------------------------------------------------


class InInit(layers.Layer):
    """The weights of a layer that knows its input, in other order, with other names."""

    def __init__(self, units, features=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.b = self.add_weight((units,), "zeros", name="offset")
        self.w = self.add_weight((features, units), name="matrix")

    def call(self, x):
        return x @ self.w + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


@keras.saving.register_keras_serializable(package="Tests")
class Registered(Dense):
    """A subclass that a learner registered."""


class WithVariables(Dense):
    def build(self, input_shape):
        size = (int(input_shape[-1]), self.units)
        start = keras.initializers.GlorotUniform()(size)
        self.kernel = keras.Variable(start, name="kernel")
        self.bias = keras.Variable(np.zeros(self.units, "float32"))
        super(Dense, self).build(input_shape)


class Composed(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner = layers.Dense(units)

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, x):
        return self.inner(x)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class WithTensorFlow(Dense):
    def call(self, inputs):
        return tf.tensordot(inputs, self.kernel, axes=1) + self.bias


class Subclassed(layers.Dense):
    pass


class Automatic(layers.Layer):
    """Keras writes a `get_config` that keeps simple settings and the name."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    build, call = Dense.build, Dense.call


class Talking(Dense):
    def call(self, inputs):
        print("shape", inputs.shape)
        return super().call(inputs)


@pytest.mark.parametrize(
    "answer",
    [
        Dense, InInit, Registered, WithVariables, Composed, WithTensorFlow, Subclassed, Talking,
        Automatic,
    ],
)  # fmt: skip
def test_every_right_writing_passes(answer, capfd):
    capfd.readouterr()
    assert difference(answer) is None
    assert capfd.readouterr().out == ""


class OtherNoisy(Noisy):
    """Sublayers in the other order; the dropout is the learner's own."""

    def __init__(self, units, rate=0.5, **kwargs):
        super(Noisy, self).__init__(**kwargs)
        self.units, self.rate = units, rate
        self.second, self.first = layers.Dense(units), layers.Dense(units)
        self.seed = keras.random.SeedGenerator()

    def call(self, a, b, training=None):
        x = self.first(a) - self.second(b)
        return keras.random.dropout(x, self.rate, seed=self.seed) if training else x


class OtherNorm(layers.Layer):
    def build(self, input_shape):
        self.a = self.add_weight(shape=(input_shape[-1],), initializer="ones")
        self.b = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False)

    def call(self, x, training=None):
        center = ops.mean(x, 0) if training else self.b
        if training:
            self.b.assign(self.b + (center - self.b) * 0.1)
        return x * self.a - center * self.a


def test_equal_shapes_are_tried_in_every_order_and_randomness_is_compared_by_its_size():
    assert difference(Noisy, Noisy) is None
    assert difference(OtherNoisy, Noisy) is None
    assert difference(OtherNorm, Norm) is None


class OtherTree(Tree):
    """Without recursion; the pairs wait in a list."""

    def call(self, tree):
        waiting, done = [(tree, False)], []
        while waiting:
            part, ready = waiting.pop()
            if ready:
                right, left = done.pop(), done.pop()
                done.append(self.pair(layers.concatenate([left, right])))
            elif isinstance(part, tuple):
                waiting += [(part, True), (part[1], False), (part[0], False)]
            else:
                done.append(self.leaf(part))
        return done[0]


def test_a_layer_may_take_a_tree_of_tensors():
    assert difference(Tree, Tree) is None
    assert difference(OtherTree, Tree) is None


def test_what_the_reference_does_not_do_is_not_asked_for():
    class Plain(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units = units

        def call(self, x):
            return x * self.units

    class Other(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.factor = units

        def call(self, x):
            return self.factor * x

    assert contract_difference(Plain, Other, CALLS) is None


# Wrong answers ------------------------------------------------------------------------------------


def told(answer, words, kind="contract", name=None, reference=Dense):
    found = difference(answer, reference)
    assert found is not None
    assert words in found.message
    assert found.kind == kind
    assert name is None or found.name == name
    return found


def test_something_that_is_no_layer_class_is_told():
    assert difference(Dense(3)).message == (
        "This is a layer (`Dense`), not a class; expected the class itself, without a call."
    )
    told(3, "This is a `int`, not a class; expected a subclass of `keras.Layer`.")
    told(lambda x: x, "This is a function, not a class")

    class MyDense:
        def __init__(self, units):
            self.units = units

    told(MyDense, "`MyDense` is not a subclass of `keras.Layer`; expected `class MyDense(keras.L")


def test_a_forgotten_super_init_is_told():
    class Answer(Dense):
        def __init__(self, units):
            self.units = units

    told(Answer, "`__init__` does not call `super().__init__(**kwargs)`")


def test_a_method_that_is_still_a_stub_is_told():
    class Answer(Dense):
        def call(self, inputs):
            return inputs

        def get_config(self): ...

    told(Answer, "`get_config` is still `...`; expected a body.", name="get_config")


def test_a_wrong_shape_of_a_weight_is_told():
    class Answer(Dense):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(self.units, input_shape[-1]), name="kernel")
            self.bias = self.add_weight(shape=(self.units,))

        def call(self, x):
            return x @ ops.transpose(self.kernel) + self.bias

    found = told(Answer, "The weight `kernel` has shape (3, 4); expected (4, 3).", name="kernel")
    assert (found.found, found.expected) == ("(3, 4)", "(4, 3)")


def test_a_forgotten_bias_is_told():
    class Answer(Dense):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units))

        def call(self, inputs):
            return ops.matmul(inputs, self.kernel)

    assert difference(Answer).message == (
        "The layer has 1 weight of shape (4, 3) after its first call; expected 2 weights of shape "
        "(4, 3) and (3,)."
    )


def test_a_variable_that_keras_does_not_track_is_told():
    class Answer(Dense):
        def build(self, input_shape):
            self.kernel = tf.Variable(tf.random.normal((input_shape[-1], self.units)))
            self.bias = self.add_weight(shape=(self.units,))

    told(Answer, "`self.kernel` is a `tf.Variable`, which Keras does not track", name="self.kernel")


def test_a_layer_made_in_call_is_told():
    class Answer(Dense):
        def build(self, input_shape):
            pass

        def call(self, inputs):
            return layers.Dense(self.units)(inputs)

    told(Answer, "Each call makes new weights, so the layer has no weights of its own; expected 2")


def test_a_weight_that_must_not_be_trained_is_told():
    class Answer(Norm):
        def build(self, input_shape):
            self.mean = self.add_weight(shape=(input_shape[-1],), name="gain")
            self.gain = self.add_weight(shape=(input_shape[-1],), name="moving")

    told(Answer, "The weight `moving` is trainable; expected not trainable.", reference=Norm)


def test_a_call_without_return_is_told():
    class Answer(Dense):
        def call(self, inputs):
            ops.matmul(inputs, self.kernel) + self.bias

    told(Answer, "`call` returns nothing; expected `return` and a tensor.")


def test_a_wrong_number_or_shape_of_outputs_is_told():
    class Two(Dense):
        def call(self, inputs):
            return super().call(inputs), inputs

    class Summed(Dense):
        def call(self, inputs):
            return ops.sum(super().call(inputs), -1)

    told(Two, "`call` returns 2 tensors; expected 1 tensor.")
    told(Summed, "On data of shape (3, 4), `call` returns shape (3,); expected (3, 3).")


def test_a_weight_that_is_made_and_not_used_is_told():
    class Answer(Dense):
        def call(self, inputs):
            return ops.matmul(inputs, self.kernel)

    told(Answer, "The weight `bias` does not change what the layer returns", "value", "bias")


def test_a_transposed_square_weight_is_told():
    class Answer(Dense):
        def call(self, inputs):
            square = self.kernel.shape[0] == self.units
            kernel = ops.transpose(self.kernel) if square else self.kernel
            return ops.matmul(inputs, kernel) + self.bias

    told(Answer, "The layer multiplies by `kernel` transposed", "value", "kernel")


def test_other_values_are_told_with_the_first_that_differs():
    class Answer(Dense):
        def call(self, inputs):
            return 2 * super().call(inputs)

    found = told(Answer, "On random data, value [0, 0] of the output is", "value")
    assert float(found.found) == pytest.approx(2 * float(found.expected), rel=1e-2)


def test_a_mix_up_of_training_and_use_is_told():
    class Swapped(Norm):
        def call(self, inputs, training=False):
            return super().call(inputs, training=not training)

    class Never(Norm):
        def call(self, inputs, training=False):
            return super().call(inputs, training=False)

    class NotMoved(Norm):
        def call(self, inputs, training=False):
            return (inputs - (ops.mean(inputs, 0) if training else self.mean)) * self.gain

    class Halved(Norm):
        def call(self, inputs, training=False):
            return super().call(inputs, training=training) * (0.5 if training else 1)

    class InTraining(Dense):
        def call(self, inputs, training=False):
            return super().call(inputs) * (2 if training else 1)

    told(Swapped, "With training=False the layer computes what is expected with training=True",
         "value", reference=Norm)  # fmt: skip
    told(Never, "With training=True the layer computes the same", reference=Norm)
    told(NotMoved, "After a call with training=True the weight", reference=Norm)
    told(Halved, "With training=True, value [0, 0] of the output", "value", reference=Norm)
    told(InTraining, "With training=True the layer computes other values than")


def test_dropout_that_never_stops_is_missing_or_has_another_rate_is_told():
    class Always(Noisy):
        def call(self, a, b):
            return self.dropout(self.left(a) - self.right(b), training=True)

    class Never(Noisy):
        def call(self, a, b):
            return self.left(a) - self.right(b)

    class Other(Noisy):
        def __init__(self, units, rate=0.5, **kwargs):
            super().__init__(units, rate, **kwargs)
            self.dropout = layers.Dropout(0.6)

    told(Always, "Two calls on the same data with training=False give", reference=Noisy)
    told(Never, "With training=True the layer computes the same", reference=Noisy)
    told(Other, "With training=True the output moves by", "value", reference=Noisy)


def test_swapped_inputs_are_told():
    class Answer(Noisy):
        def call(self, a, b):
            return self.dropout(self.left(b) - self.left(a) + 0 * self.right(b))

    told(Answer, "", "value", reference=Noisy)


def test_a_mistake_on_a_tree_is_told():
    class Flat(Tree):
        def call(self, tree):
            first, *rest = map(self.leaf, keras.tree.flatten(tree))
            for leaf in rest:
                first = self.pair(ops.concatenate([first, leaf], -1))
            return first

    class Left(Tree):
        def call(self, tree):
            return super().call(tree[:1] + tree[:1] if isinstance(tree, tuple) else tree)

    class Added(Tree):
        def call(self, tree):
            if not isinstance(tree, tuple):
                return self.leaf(tree)
            return self.pair(self.call(tree[0]) + self.call(tree[1]))

    class Wide(Tree):
        def call(self, tree):
            x = super().call(tree)
            return ops.concatenate([x, x], -1) if isinstance(tree, tuple) else x

    class Declared(Tree):
        def compute_output_shape(self, input_shape):
            return (None, 5)

    told(Flat, "On random data, value", "value", reference=Tree)
    told(Left, "On random data, value", "value", reference=Tree)
    told(Added, "The weight `kernel` of `self.pair` has shape (3, 3); expected (6, 3).",
         name="kernel", reference=Tree)  # fmt: skip
    told(
        Wide,
        "On data of shape ((3, 4), (3, 4)), `call` returns shape (3, 6); expected",
        reference=Tree,
    )
    told(Declared, "for `(keras.Input((4,)), keras.Input((4,)))`; expected (None, 3)",
         reference=Tree)  # fmt: skip


def test_a_weight_of_a_sublayer_is_told_with_its_owner():
    class Answer(Noisy):
        def call(self, a, b):
            return self.dropout(self.left(a) + 0 * self.right(b))

    told(Answer, "The weight `kernel` of `self.right` does not change", "value", "kernel", Noisy)


def test_a_weight_without_a_name_is_told_by_its_attribute():
    class Answer(Dense):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units))
            self.bias = self.add_weight(shape=(1,))

    told(Answer, "The weight `self.bias` has shape (1,); expected (3,).", name="self.bias")


def test_a_wrong_compute_output_shape_is_told():
    class Answer(Dense):
        def compute_output_shape(self, input_shape):
            return (input_shape[0], self.units + 1)

    told(Answer, "`compute_output_shape` gives (None, 4) for `keras.Input((4,))`; expected (None,")


def test_a_batch_that_is_fixed_is_told():
    class Answer(Dense):
        def call(self, inputs):
            return ops.reshape(super().call(inputs), (*inputs.shape[:-1], self.units))

    report = check("Dense", Answer)
    assert report.status in ("failed", "error")


def test_an_argument_that_get_config_leaves_out_is_told():
    class Answer(Dense):
        def __init__(self, units=10, **kwargs):
            super().__init__(units, **kwargs)

        def get_config(self):
            return layers.Layer.get_config(self)

    found = told(Answer, "`get_config` does not keep `units`; expected `units`: 3 in its dict.")
    assert (found.name, found.found) == ("units", "units")


def test_a_wrong_value_in_get_config_is_told():
    class Answer(Dense):
        def get_config(self):
            return {**super().get_config(), "units": 10}

    told(Answer, "`get_config` keeps `units`: 10; expected `units`: 3.", name="units")


def test_a_get_config_that_returns_nothing_is_told():
    class Answer(Dense):
        def get_config(self):
            super().get_config()

    told(Answer, "`get_config` returns `None`; expected a dict.")


def test_a_name_that_a_copy_loses_is_told():
    class Forgets(Dense):
        def get_config(self):
            return {"units": self.units}

    class Options(layers.Layer):
        """Keras' own `get_config` keeps the name only where the rest is called `kwargs`."""

        def __init__(self, units, **options):
            super().__init__(**options)
            self.units = units

        build, call = Dense.build, Dense.call

    class Refuses(Dense):
        def __init__(self, units):
            super().__init__(units)

    class Drops(Dense):
        def __init__(self, units, **kwargs):
            super().__init__(units)

    told(Forgets, "The copy made by `from_config(get_config())` is named")
    told(Options, "expected `probe`, which `super().get_config()` keeps")
    told(Refuses, "`__init__` takes no `name`; expected `**kwargs`")
    told(Drops, "A layer made with name='probe' is named")


def test_a_copy_that_cannot_be_made_is_told():
    class Answer(Dense):
        def __init__(self, units, name=None):
            super().__init__(units, name=name)

    told(Answer, "A copy made by `from_config(get_config())` fails with `TypeError`")


def test_a_copy_that_computes_something_else_is_told():
    class Answer(Dense):
        def __init__(self, units, scale=1.0, **kwargs):
            super().__init__(units, **kwargs)
            self.scale = scale

        def call(self, inputs):
            return super().call(inputs) * self.scale

        def get_config(self):
            return {**super().get_config(), "scale": self.scale + 1}

    told(Answer, "computes other values with the same weights")


def test_what_saving_loses_is_told():
    class Answer(Dense):
        def save_own_variables(self, store):
            store["kernel"] = self.kernel

        def load_own_variables(self, store):
            self.kernel.assign(store["kernel"])

    class Unloadable(Dense):
        def load_own_variables(self, store):
            raise ValueError("no way back")

    told(Answer, "After saving and loading, the layer computes other values")
    told(Unloadable, "A model with the layer cannot be saved and loaded")


def test_a_layer_that_makes_weights_for_each_use_in_a_model_is_told():
    class Answer(Composed):
        def __call__(self, x, **kwargs):
            if isinstance(x, keras.KerasTensor):
                return layers.Dense(self.units)(x)
            return super().__call__(x, **kwargs)

    told(Answer, "Called twice in a functional model, the layer has 4 weights of shape")


# Outcomes -----------------------------------------------------------------------------------------


def test_a_right_class_passes_and_a_wrong_one_fails_with_its_sentence_and_hint():
    assert repr(check("Dense", InInit)) == "✓ Dense: Passed."

    class Answer(Dense):
        def get_config(self):
            return {"units": self.units}

    report = check("Dense", Answer)
    assert (report.status, len(report.differences)) == ("failed", 1)
    assert report.hint(1) == "Look at `get_config`."
    assert "expected `probe`, which `super().get_config()` keeps." in repr(report)
    assert "<code>super().get_config()</code>" in report._repr_html_()


class Untouched(layers.Layer): ...


class Passed(layers.Layer):
    """With a docstring."""

    pass


class WithStubs(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)

    def build(self, input_shape): ...

    def call(self, inputs):
        """Returns the sum."""
        ...


@pytest.mark.parametrize("stub", [Untouched, Passed, WithStubs, ..., None])
def test_a_class_that_is_still_a_stub_is_not_attempted(stub):
    assert check("Dense", stub).status == "not_attempted"


def test_what_the_learners_code_raises_is_said_with_when():
    class InCall(Dense):
        def call(self, inputs):
            return ops.matmul(inputs, ops.transpose(self.kernel))

    class NoUnits(layers.Layer):
        def call(self, inputs):
            return inputs

    class NumPy(Dense):
        def call(self, inputs):
            return super().call(np.asarray(inputs))

    report = check("Dense", InCall)
    assert report.status == "error"
    assert "while calling the layer on data of shape (3, 4)" in repr(report)
    assert "Exception encountered" not in repr(report)
    assert "while making `NoUnits(units=3)`" in repr(check("Dense", NoUnits))
    report = check("Dense", NumPy)
    assert report.status == "error"
    assert "while calling the layer on `keras.Input((4,))`" in repr(report)
    # The cause, and not the paragraph on shapes before it.
    assert "Cannot convert a symbolic tf.Tensor" in repr(report)
    assert "Could not automatically infer" not in repr(report)


def test_a_reference_that_fails_is_the_checkers_fault():
    @exercise(hints=["None."], calls=[([(4,)], {"no_such": 1})])
    class Broken(layers.Layer):
        pass

    assert check("Broken", Dense).status == "checker_error"


def test_a_layer_exercise_needs_something_to_be_called_with():
    with pytest.raises(ValueError, match="`Dense` is a layer: expected calls="):
        exercise(hints=["x"])(Dense)


def test_every_sentence_states_a_fact_and_what_is_expected():
    for name, sentence in SENTENCES.items():
        assert "expected" in sentence, name
        assert sentence.endswith("."), name
        assert "!" not in sentence, name


def test_a_check_of_a_class_leaves_no_trace(capfd, tmp_path, monkeypatch):
    class Draws(Dense):
        def build(self, input_shape):
            tf.random.normal((2,)), np.random.rand(), random.random()
            keras.random.normal((2,))
            super().build(input_shape)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        keras.utils.set_random_seed(3)
        expected = tf.random.normal((2,)).numpy()
        keras.utils.set_random_seed(3)
        seeds = global_state.get_global_attribute("global_seed_generator")
        drawn = seeds and seeds.state.numpy().tolist()
        number = int(layers.Dense(1).name.partition("_")[2] or 0)
        states = random.getstate(), np.random.get_state()[1].tolist()
        attributes = dict(vars(Draws))
        capfd.readouterr()
        assert difference(Draws) is None
        assert difference(type("Wrong", (Draws,), {"call": lambda self, x: x})) is not None
        assert capfd.readouterr() == ("", "")
        assert states == (random.getstate(), np.random.get_state()[1].tolist())
        assert (tf.random.normal((2,)).numpy() == expected).all()
        assert global_state.get_global_attribute("global_seed_generator") is seeds
        assert (seeds and seeds.state.numpy().tolist()) == drawn
        assert int(layers.Dense(1).name.partition("_")[2]) == number + 1
        assert set(vars(Draws)) - set(attributes) <= {"__annotations__"}  # made when asked for
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        assert list(Path(tmp_path).iterdir()) == []
    finally:
        keras.config.set_dtype_policy("float32")
