"""What the exercises of chapter 09, custom layers, ask for."""

import keras
from keras import layers, ops

from exercises_check.exercise import exercise


@exercise(
    calls=[([(4,)], {"units": 10}), ([(5, 3)], {"units": 3})],
    hints={
        "contract": [
            "Does `__init__` take `units` and `**kwargs`? Are there two weights, and has `kernel` "
            "a row for each feature that arrives and a column for each unit?",
        ],
        "value": [
            "What does `Dense` do with its two weights? Which one multiplies, which one is added?",
            "`call` returns `ops.matmul(inputs, self.kernel) + self.bias`.",
        ],
        "": [
            "Run the check and read the message: it names one thing. `Scale` shows how a size is "
            "read and a weight is made. Which operation of `keras.ops` multiplies matrices?",
            "`input_shape[-1]` is a number already. A weight is made by "
            '`self.add_weight(shape=(features, self.units), name="kernel")`. The product is '
            "`ops.matmul(inputs, self.kernel)`.",
        ],
    },
    minutes=8,
    difficulty=1,
)
class CustomDense(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        features = input_shape[-1]
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.kernel = self.add_weight(shape=(features, self.units), name="kernel")

    def call(self, inputs):
        return ops.add(inputs @ self.kernel, self.bias)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@exercise(
    calls=[([(4,)], {}), ([(5, 3)], {})],
    hints={
        "contract": [
            "The layer has three weights: `scale`, of shape `()`, by `self.add_weight`, and the "
            "two of one `Dense`. Where is each of them made?",
        ],
        "value": [
            "Compare with x + `scale` × f(x): what is multiplied by `scale`, what is added? Has f "
            "its activation?",
            '`layers.Dense(input_shape[-1], activation="relu")` in `build`; `call` returns '
            "`inputs + self.scale * self.dense(inputs)`.",
        ],
        "": [
            "The `Dense` must give back as many numbers as arrive. Where do you know how many "
            "that is?",
            'In `build`: `self.dense = layers.Dense(input_shape[-1], activation="relu")` and '
            "`self.scale = self.add_weight(shape=())`. In `call`: what comes in, plus `scale` "
            "times what `self.dense` gives.",
        ],
    },
    minutes=8,
    difficulty=2,
)
class ScaledResidual(layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(), initializer="zeros", name="scale")
        self.change = layers.Dense(input_shape[-1])
        self.change.build(input_shape)

    def call(self, inputs):
        return ops.relu(self.change(inputs)) * self.scale + inputs


@exercise(
    calls=[([(4,)], {"low": -0.5, "high": 0.25}), ([(3, 2)], {"low": 0.0, "high": 2.0})],
    hints={
        "": [
            "Which of `low`, `high` and `name` does a copy need? Which of them does the dict of "
            "`get_config` have?",
            "`__init__(self, low, high, **kwargs)` hands `**kwargs` on to `super().__init__`. "
            "`get_config` returns "
            '`{**super().get_config(), "low": self.low, "high": self.high}`.',
        ],
    },
    minutes=6,
    difficulty=2,
)
class serialisable(layers.Layer):
    def __init__(self, low, high, **kwargs):
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def call(self, inputs):
        return ops.minimum(ops.maximum(inputs, self.low), self.high)

    def get_config(self):
        return {**super().get_config(), "low": self.low, "high": self.high}


@exercise(
    calls=[([(6, 5)], {"units": 3}), ([(4, 3)], {"units": 3})],
    hints={
        "contract": [
            "Does each step use both `read` and `keep`? Does the classifier get all states, of "
            "shape (rows, steps, units), and does `call` return its score?",
        ],
        "value": [
            "Look at the formula again: what goes into `tanh`? What is handed to the classifier?",
            "Each step: `state = ops.tanh(self.read(inputs[:, step]) + self.keep(state))`, then "
            "`states.append(state)`. After the loop: "
            "`self.classifier(ops.stack(states, axis=1))`.",
        ],
        "": [
            "How many steps are there? `inputs.shape[1]` knows it. Which shape has the first "
            "state, for any number of rows?",
            "Begin with `ops.zeros((ops.shape(inputs)[0], self.units))`. In a loop over "
            "`range(inputs.shape[1])`, compute the new state from `inputs[:, step]` and the old "
            "state, and keep it in a list. Stack the list along axis 1 for the classifier.",
        ],
    },
    minutes=12,
    difficulty=3,
)
class CustomRNN(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.rnn = layers.SimpleRNN(units, return_sequences=True)
        states = keras.Input((None, units))
        score = layers.Dense(1)(ops.mean(states, axis=1))
        self.classifier = keras.Model(states, ops.sigmoid(score))

    def call(self, inputs):
        return self.classifier(self.rnn(inputs))


@exercise(
    hints={
        "input": [
            "This time the number of rows is fixed. Which argument of `keras.Input` takes the "
            "batch as well?",
            "`keras.Input(batch_shape=(16, 10, 5))`.",
        ],
        "": [
            "Three lines: an `Input` with a fixed batch, the convolution, your layer.",
            "`keras.Input(batch_shape=(16, 10, 5))`, `layers.Conv1D(32, 3)`, `CustomRNN(8)`: each "
            "is called on what the one before it returns.",
        ],
    },
    minutes=4,
    difficulty=1,
)
def recurrent_model():
    recordings = keras.Input(batch_shape=(16, 10, 5))
    return keras.Model(recordings, CustomRNN(8)(layers.Conv1D(32, 3)(recordings)))


@exercise(
    calls=[
        ([((4,), (4,))], {"units": 3}),
        ([(((4,), (4,)), (4,))], {"units": 3}),
        ([((3,), ((3,), ((3,), (3,))))], {"units": 3}),
    ],
    hints={
        "value": [
            "A pair has a left and a right side. Which comes first when they are joined? Which "
            "layer reads a leaf, and which a pair?",
            "A leaf: `self.leaf(tree)`. A pair: "
            "`self.merge(ops.concatenate([left, right], axis=-1))`, where `left` and `right` are "
            "what `self.call` gives for its two sides.",
        ],
        "contract": [
            "Two results of `units` numbers are joined. How many numbers does `merge` read then? "
            "`ops.concatenate` joins along axis 0, the rows, unless you say another axis.",
        ],
        "": [
            "`call` receives a leaf or a pair. How does Python tell a tuple from a tensor? What "
            "may a function call, to work on each side of a pair?",
            "If `tree` is a tuple: `left, right = map(self.call, tree)`, and return "
            "`self.merge(ops.concatenate([left, right], axis=-1))`. Otherwise return "
            "`self.leaf(tree)`.",
        ],
    },
    minutes=10,
    difficulty=3,
)
class TreeRNN(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.leaf = layers.Dense(units, activation="tanh")
        self.merge = layers.Dense(units, activation="tanh")

    def call(self, tree):
        if not isinstance(tree, tuple):
            return self.leaf(tree)
        return self.merge(layers.concatenate([self.call(side) for side in tree]))
