"""Right and wrong answers to the exercises of chapter 09, as people write them."""

import keras
import tensorflow as tf
from keras import layers, ops

# CustomDense --------------------------------------------------------------------------------------


def dense():
    class CustomDense(keras.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

        def call(self, inputs):
            return ops.matmul(inputs, self.kernel) + self.bias

    return CustomDense


def dense_old_style():
    class CustomDense(tf.keras.layers.Layer):
        def __init__(self, units=32, **kwargs):
            super(CustomDense, self).__init__(**kwargs)  # noqa: UP008
            self.units = units

        def build(self, input_shape):
            self.w = self.add_weight(
                shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
            )
            self.b = self.add_weight(
                shape=(self.units,), initializer="random_normal", trainable=True
            )
            super().build(input_shape)

        def call(self, inputs):
            return tf.matmul(inputs, self.w) + self.b

        def get_config(self):
            config = super().get_config()
            config.update({"units": self.units})
            return config

    return CustomDense


def dense_of_dense():
    class MyLayer(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.inner = layers.Dense(units)

        def call(self, x):
            return self.inner(x)

    return MyLayer


def dense_transposed():
    class CustomDense(dense()):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(self.units, input_shape[-1]), name="kernel")
            self.bias = self.add_weight(shape=(self.units,), name="bias")

        def call(self, inputs):
            return ops.matmul(inputs, ops.transpose(self.kernel)) + self.bias

    return CustomDense


def dense_without_bias():
    class CustomDense(dense()):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

        def call(self, inputs):
            return ops.matmul(inputs, self.kernel)

    return CustomDense


def dense_that_forgets_the_bias():
    class CustomDense(dense()):
        def call(self, inputs):
            return ops.matmul(inputs, self.kernel)

    return CustomDense


def dense_made_in_call():
    class CustomDense(keras.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def call(self, inputs):
            return layers.Dense(self.units)(inputs)

    return CustomDense


def dense_without_kwargs():
    class CustomDense(dense()):
        def __init__(self, units):
            keras.Layer.__init__(self)
            self.units = units

    return CustomDense


def dense_with_variables():
    class CustomDense(dense()):
        def build(self, input_shape):
            self.kernel = tf.Variable(tf.random.normal((input_shape[-1], self.units)))
            self.bias = tf.Variable(tf.zeros((self.units,)))

    return CustomDense


def dense_with_relu():
    class CustomDense(dense()):
        def call(self, inputs):
            return ops.relu(super().call(inputs))

    return CustomDense


def dense_called():
    return dense()(10)


# ScaledResidual -----------------------------------------------------------------------------------


def residual():
    class ScaledResidual(keras.Layer):
        def build(self, input_shape):
            self.dense = layers.Dense(input_shape[-1], activation="relu")
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

        def call(self, inputs):
            return inputs + self.scale * self.dense(inputs)

    return ScaledResidual


def residual_of_weights():
    class ScaledResidual(keras.Layer):
        def build(self, input_shape):
            n = input_shape[-1]
            self.w = self.add_weight(shape=(n, n))
            self.b = self.add_weight(shape=(n,), initializer="zeros")
            self.scale = self.add_weight(initializer="zeros")

        def call(self, x):
            return layers.add([x, self.scale * keras.activations.relu(x @ self.w + self.b)])

    return ScaledResidual


def residual_that_scales_both():
    class ScaledResidual(residual()):
        def call(self, inputs):
            return self.scale * (inputs + self.dense(inputs))

    return ScaledResidual


def residual_that_scales_the_inputs():
    class ScaledResidual(residual()):
        def call(self, inputs):
            return self.scale * inputs + self.dense(inputs)

    return ScaledResidual


def residual_with_a_plain_number():
    class ScaledResidual(residual()):
        def build(self, input_shape):
            self.dense = layers.Dense(input_shape[-1], activation="relu")
            self.scale = 1.0

    return ScaledResidual


def residual_with_a_tensor():
    class ScaledResidual(residual()):
        def build(self, input_shape):
            self.dense = layers.Dense(input_shape[-1], activation="relu")
            self.scale = tf.Variable(1.0)

    return ScaledResidual


def residual_with_many_scales():
    class ScaledResidual(residual()):
        def build(self, input_shape):
            self.dense = layers.Dense(input_shape[-1], activation="relu")
            self.scale = self.add_weight(shape=(input_shape[-1],), name="scale")

    return ScaledResidual


def residual_without_relu():
    class ScaledResidual(residual()):
        def build(self, input_shape):
            self.dense = layers.Dense(input_shape[-1])
            self.scale = self.add_weight(shape=(), name="scale")

    return ScaledResidual


def residual_without_the_skip():
    class ScaledResidual(residual()):
        def call(self, inputs):
            return self.scale * self.dense(inputs)

    return ScaledResidual


# serialisable -------------------------------------------------------------------------------------


def clip():
    class Clip(keras.Layer):
        def __init__(self, low, high, **kwargs):
            super().__init__(**kwargs)
            self.low, self.high = low, high

        def call(self, inputs):
            return ops.clip(inputs, self.low, self.high)

        def get_config(self):
            return {**super().get_config(), "low": self.low, "high": self.high}

    return Clip


def clip_updated_and_registered():
    @keras.saving.register_keras_serializable(package="answers")
    class Clip(layers.Layer):
        def __init__(self, low=0.0, high=1.0, name=None, **kwargs):
            super().__init__(name=name, **kwargs)
            self.low = low
            self.high = high

        def call(self, inputs):
            return tf.clip_by_value(inputs, self.low, self.high)

        def get_config(self):
            config = super().get_config()
            config.update(low=self.low, high=self.high)
            return config

    return Clip


def clip_left_to_keras():
    class Clip(clip()):
        get_config = layers.Layer.get_config

    class Own(layers.Layer):
        def __init__(self, low, high, **kwargs):
            super().__init__(**kwargs)
            self.low, self.high = low, high

        call = Clip.call

    return Own


def clip_that_forgets_high():
    class Clip(clip()):
        def get_config(self):
            return {**keras.Layer.get_config(self), "low": self.low}

    return Clip


def clip_that_forgets_high_and_has_a_default():
    class Clip(clip()):
        def __init__(self, low=0.0, high=1.0, **kwargs):
            super().__init__(low, high, **kwargs)

        def get_config(self):
            return {**keras.Layer.get_config(self), "low": self.low}

    return Clip


def clip_that_forgets_its_name():
    class Clip(clip()):
        def get_config(self):
            return {"low": self.low, "high": self.high}

    return Clip


def clip_without_kwargs():
    class Clip(clip()):
        def __init__(self, low, high):
            keras.Layer.__init__(self)
            self.low, self.high = low, high

        def get_config(self):
            return {"low": self.low, "high": self.high}

    return Clip


def clip_that_drops_kwargs():
    class Clip(clip()):
        def __init__(self, low, high, **kwargs):
            keras.Layer.__init__(self)
            self.low, self.high = low, high

    return Clip


def clip_with_the_limits_swapped():
    class Clip(clip()):
        def get_config(self):
            return {**super().get_config(), "low": self.high, "high": self.low}

    return Clip


# CustomRNN ----------------------------------------------------------------------------------------


def classifier(units):
    states = keras.Input(shape=(None, units))
    mean = layers.GlobalAveragePooling1D()(states)
    return keras.Model(states, layers.Dense(1, activation="sigmoid")(mean))


def rnn():
    class CustomRNN(keras.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.read = layers.Dense(units)
            self.keep = layers.Dense(units, use_bias=False)
            self.classifier = classifier(units)

        def call(self, inputs):
            state = ops.zeros((ops.shape(inputs)[0], self.units))
            states = []
            for step in range(inputs.shape[1]):
                state = ops.tanh(self.read(inputs[:, step]) + self.keep(state))
                states.append(state)
            return self.classifier(ops.stack(states, axis=1))

    return CustomRNN


def rnn_with_tensorflow():
    class CustomRNN(rnn()):
        def call(self, inputs):
            state = tf.zeros([tf.shape(inputs)[0], self.units])
            outputs = []
            for step in tf.unstack(inputs, axis=1):
                state = tf.math.tanh(self.read(step) + self.keep(state))
                outputs.append(state[:, None, :])
            return self.classifier(tf.concat(outputs, axis=1))

    return CustomRNN


def rnn_built():
    class CustomRNN(rnn()):
        def build(self, input_shape):
            self.read.build((None, input_shape[-1]))
            self.keep.build((None, self.units))

        def call(self, inputs):
            state = ops.zeros_like(inputs[:, 0, :1]) * ops.ones((1, self.units))
            states = [state]
            for step in range(inputs.shape[1]):
                last = self.keep(states[-1])
                states.append(keras.activations.tanh(last + self.read(inputs[:, step, :])))
            return self.classifier(ops.stack(states[1:], axis=-2))

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return CustomRNN


def rnn_that_does_not_use_its_state():
    class CustomRNN(rnn()):
        def call(self, inputs):
            state = ops.zeros((ops.shape(inputs)[0], self.units))
            states = []
            for step in range(inputs.shape[1]):
                new = ops.tanh(self.read(inputs[:, step]))
                state = new + self.keep(state)
                states.append(new)
            return self.classifier(ops.stack(states, axis=1))

    return CustomRNN


def rnn_of_the_last_state():
    class CustomRNN(rnn()):
        def call(self, inputs):
            state = ops.zeros((ops.shape(inputs)[0], self.units))
            for step in range(inputs.shape[1]):
                state = ops.tanh(self.read(inputs[:, step]) + self.keep(state))
            return self.classifier(state[:, None])

    return CustomRNN


def rnn_without_tanh():
    class CustomRNN(rnn()):
        def call(self, inputs):
            state = ops.zeros((ops.shape(inputs)[0], self.units))
            states = []
            for step in range(inputs.shape[1]):
                state = self.read(inputs[:, step]) + self.keep(state)
                states.append(state)
            return self.classifier(ops.stack(states, axis=1))

    return CustomRNN


def rnn_without_its_classifier():
    class CustomRNN(rnn()):
        def call(self, inputs):
            state = ops.zeros((ops.shape(inputs)[0], self.units))
            states = []
            for step in range(inputs.shape[1]):
                state = ops.tanh(self.read(inputs[:, step]) + self.keep(state))
                states.append(state)
            return ops.stack(states, axis=1)

    return CustomRNN


def rnn_that_stacks_along_the_batch():
    class CustomRNN(rnn()):
        def call(self, inputs):
            state = ops.zeros((ops.shape(inputs)[0], self.units))
            states = []
            for step in range(inputs.shape[1]):
                state = ops.tanh(self.read(inputs[:, step]) + self.keep(state))
                states.append(state)
            return self.classifier(ops.stack(states))

    return CustomRNN


# recurrent_model ----------------------------------------------------------------------------------


def model():
    inputs = keras.Input(batch_shape=(16, 10, 5))
    return keras.Model(inputs, rnn()(8)(layers.Conv1D(32, 3)(inputs)))


def model_in_a_chain():
    return keras.Sequential(
        [
            keras.Input(shape=(10, 5), batch_size=16),
            layers.Conv1D(filters=32, kernel_size=3),
            rnn_built()(units=8, name="rnn"),
        ]
    )


def model_with_an_open_batch():
    inputs = keras.Input(shape=(10, 5))
    return keras.Model(inputs, rnn()(8)(layers.Conv1D(32, 3)(inputs)))


def model_with_padding():
    inputs = keras.Input(batch_shape=(16, 10, 5))
    return keras.Model(inputs, rnn()(8)(layers.Conv1D(32, 3, padding="same")(inputs)))


def model_with_other_units():
    inputs = keras.Input(batch_shape=(16, 10, 5))
    return keras.Model(inputs, rnn()(32)(layers.Conv1D(32, 3)(inputs)))


def model_without_convolution():
    inputs = keras.Input(batch_shape=(16, 10, 5))
    return keras.Model(inputs, rnn()(8)(inputs))


def model_with_a_built_in_layer():
    inputs = keras.Input(batch_shape=(16, 10, 5))
    return keras.Model(inputs, layers.SimpleRNN(8)(layers.Conv1D(32, 3)(inputs)))


# TreeRNN ------------------------------------------------------------------------------------------


def tree():
    class TreeRNN(keras.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.leaf = layers.Dense(units, activation="tanh")
            self.merge = layers.Dense(units, activation="tanh")

        def call(self, tree):
            if isinstance(tree, tuple):
                left, right = self.call(tree[0]), self.call(tree[1])
                return self.merge(ops.concatenate([left, right], axis=-1))
            return self.leaf(tree)

    return TreeRNN


def tree_as_a_model():
    class TreeRNN(keras.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.leaf = layers.Dense(units)
            self.merge = layers.Dense(units)
            self.join = layers.Concatenate()

        def call(self, tree):
            if keras.ops.is_tensor(tree) or isinstance(tree, keras.KerasTensor):
                return ops.tanh(self.leaf(tree))
            left, right = tree
            return ops.tanh(self.merge(self.join([self(left), self(right)])))

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return TreeRNN


def tree_without_recursion():
    class TreeRNN(tree()):
        def call(self, tree):
            waiting, done = [(tree, False)], []
            while waiting:
                part, ready = waiting.pop()
                if ready:
                    right, left = done.pop(), done.pop()
                    done.append(self.merge(tf.concat([left, right], -1)))
                elif isinstance(part, tuple):
                    waiting += [(part, True), (part[1], False), (part[0], False)]
                else:
                    done.append(self.leaf(part))
            return done.pop()

    return TreeRNN


def tree_with_the_sides_swapped():
    class TreeRNN(tree()):
        def call(self, tree):
            if isinstance(tree, tuple):
                left, right = self.call(tree[0]), self.call(tree[1])
                return self.merge(ops.concatenate([right, left], axis=-1))
            return self.leaf(tree)

    return TreeRNN


def tree_that_adds():
    class TreeRNN(tree()):
        def call(self, tree):
            if isinstance(tree, tuple):
                return self.merge(self.call(tree[0]) + self.call(tree[1]))
            return self.leaf(tree)

    return TreeRNN


def tree_that_is_flattened():
    class TreeRNN(tree()):
        def call(self, tree):
            if not isinstance(tree, tuple):
                return self.leaf(tree)
            first, *rest = keras.tree.flatten(tree)
            found = self.leaf(first)
            for leaf in rest:
                found = self.merge(ops.concatenate([found, self.leaf(leaf)], axis=-1))
            return found

    return TreeRNN


def tree_joined_along_the_batch():
    class TreeRNN(tree()):
        def call(self, tree):
            if isinstance(tree, tuple):
                left, right = self.call(tree[0]), self.call(tree[1])
                return self.merge(ops.concatenate([left, right]))
            return self.leaf(tree)

    return TreeRNN


def tree_without_activation():
    class TreeRNN(tree()):
        def __init__(self, units, **kwargs):
            super().__init__(units, **kwargs)
            self.merge = layers.Dense(units)

    return TreeRNN


def tree_with_new_layers():
    class TreeRNN(tree()):
        def __init__(self, units, **kwargs):
            keras.Layer.__init__(self, **kwargs)
            self.units = units

        def call(self, tree):
            if isinstance(tree, tuple):
                both = ops.concatenate([self.call(side) for side in tree], axis=-1)
                return layers.Dense(self.units, activation="tanh")(both)
            return layers.Dense(self.units, activation="tanh")(tree)

    return TreeRNN


RIGHT = {
    "CustomDense": [dense, dense_old_style, dense_of_dense],
    "ScaledResidual": [residual, residual_of_weights],
    "serialisable": [clip, clip_updated_and_registered, clip_left_to_keras],
    "CustomRNN": [rnn, rnn_with_tensorflow, rnn_built],
    "recurrent_model": [model, model_in_a_chain],
    "TreeRNN": [tree, tree_as_a_model, tree_without_recursion],
}

WRONG = {
    "CustomDense": [
        (dense_transposed, "contract", "The weight `kernel` has shape (10, 4); expected (4, 10)"),
        (dense_without_bias, "contract", "1 weight of shape (4, 10) after its first call; expect"),
        (dense_that_forgets_the_bias, "value", "The weight `bias` does not change"),
        (dense_made_in_call, "contract", "Each call makes new weights"),
        (dense_without_kwargs, "contract", "`__init__` takes no `name`; expected `**kwargs`"),
        (dense_with_variables, "contract", "`self.kernel` is a `tf.Variable`, which Keras does"),
        (dense_with_relu, "value", "of the output is"),
        (dense_called, "contract", "This is a layer (`CustomDense`), not a class"),
    ],
    "ScaledResidual": [
        (residual_that_scales_both, "value", "of the output is"),
        (residual_that_scales_the_inputs, "value", "of the output is"),
        (residual_with_a_plain_number, "contract", "expected 3 weights"),
        (residual_with_a_tensor, "contract", "`self.scale` is a `tf.Variable`, which Keras does"),
        (residual_with_many_scales, "contract", "The weight `scale` has shape (4,); expected ()"),
        (residual_without_relu, "value", "of the output is"),
        (residual_without_the_skip, "value", "of the output is"),
    ],
    "serialisable": [
        (clip_that_forgets_high, "contract", "`get_config` does not keep `high`"),
        (clip_that_forgets_high_and_has_a_default, "contract", "does not keep `high`"),
        (clip_that_forgets_its_name, "contract", "expected `probe`, which `super().get_config()`"),
        (clip_without_kwargs, "contract", "`__init__` takes no `name`; expected `**kwargs`"),
        (clip_that_drops_kwargs, "contract", "handed on to `super().__init__(**kwargs)`"),
        (clip_with_the_limits_swapped, "contract", "`get_config` keeps `low`: 0.25"),
    ],
    "CustomRNN": [
        (rnn_that_does_not_use_its_state, "value", "The weight `kernel` of `self.keep` does not"),
        (rnn_of_the_last_state, "value", "of the output is"),
        (rnn_without_tanh, "value", "of the output is"),
        (rnn_without_its_classifier, "contract", "returns shape (3, 6, 3); expected (3, 1)"),
        (rnn_that_stacks_along_the_batch, "contract", "returns shape (6, 1); expected (3, 1)"),
    ],
    "recurrent_model": [
        (model_with_an_open_batch, "input", "16"),
        (model_with_padding, "setting", "padding"),
        (model_with_other_units, "setting", "units"),
        (model_without_convolution, "missing", "Conv1D"),
        (model_with_a_built_in_layer, "setting", "CustomRNN"),
    ],
    "TreeRNN": [
        (tree_with_the_sides_swapped, "value", "of the output is"),
        (tree_that_adds, "contract", "The weight `kernel` of `self.merge` has shape (3, 3)"),
        (tree_joined_along_the_batch, "contract", "of `self.merge` has shape (3, 3); expected"),
        (tree_that_is_flattened, "value", "of the output is"),
        (tree_without_activation, "value", "of the output is"),
        (tree_with_new_layers, "contract", "Each call makes new weights"),
    ],
}
