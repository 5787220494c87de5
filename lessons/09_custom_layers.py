# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 Custom layers
#
# You will be able to:
# - write a layer with weights of its own and use it in a functional model;
# - save and load a model that has such a layer;
# - say what a graph cannot be, and when to write a class.
#
# Time: 80 minutes. Needed: chapter [08](08_features_and_transfer.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, draw, progress
from exercises_check.figures import show
from exercises_check.widgets import bracketings, tree_picture, tree_text

import tempfile
from pathlib import Path
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(9)
file = Path(tempfile.mkdtemp()) / "model.keras"
features = keras.Input(shape=(2,), name="features")
progress(9)

# %% [markdown]
# ## A layer is a class
#
# A **custom layer** is a class of your own, derived from `keras.Layer`. `__init__` keeps the settings,
# `build` makes the weights, `call` computes. The layer below multiplies each feature by a number
# that training changes.
#
# **Predict**: how many arrays of weights does it have before its first call, and how many after it?

# %% tags=["nbval-check-output"]
class Scale(keras.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), name="factor")

    def call(self, inputs):
        return inputs * self.factor


scale = Scale()
print("before:", scale.weights)
scale(features)
print("after: ", [(weight.name, tuple(weight.shape)) for weight in scale.weights])

# %% [markdown]
# None, then one, with a number for each feature. Before the first call Keras runs `build` with the
# shape of what arrives, so the layer fits any width. A weight whose size you know may be made in `__init__` as well.
#
# ## Operations on symbols
#
# Much old code calls functions of TensorFlow, or of `K`, which is `keras.backend`.
#
# **Predict**: does `keras.backend` have a function `dot`? `features` is a symbol, without numbers: can
# TensorFlow add it to itself?

# %% tags=["nbval-check-output"]
print(hasattr(keras.backend, "dot"))
try:
    tf.add(features, features)
except ValueError as error:
    print(str(error).split(". ")[0])

# %% [markdown]
# Twice no. `keras.backend` has lost `dot`, like most of its functions. `ops.add` takes symbols, and
# `ops` has most other functions of NumPy, by the same names. Inside `call`, `tf.add` works as well:
# there Keras hands it TensorFlow's own symbols.
#
# ### Exercise: `CustomDense` · ●○○ · 8 minutes
# Copy this old `Dense` layer and mend what fails; `Scale` shows how. It still computes the
# matrix product of inputs and `kernel`, plus `bias`. The weights have shape (features, units) and (units,).
#
# ```python
# from keras import backend as K
#
#
# class CustomDense(keras.Layer):
#     def __init__(self, units, **kwargs):
#         super().__init__(**kwargs)
#         self.units = units
#
#     def build(self, input_shape):
#         features = input_shape[-1].value
#         self.kernel = self.add_weight("kernel", (features, self.units))
#         self.bias = self.add_weight(shape=(self.units,), name="bias")
#
#     def call(self, inputs):
#         return K.dot(inputs, self.kernel) + self.bias
# ```

# %%
# BEGIN SOLUTION
class CustomDense(keras.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        features = input_shape[-1]
        self.kernel = self.add_weight(shape=(features, self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), name="bias")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias
# END SOLUTION

# %% tags=["nbval-check-output"]
check("CustomDense", CustomDense)

# %% [markdown]
# ## Trap: weights that Keras does not find
#
# A layer may hold layers. Keras looks for them in the attributes of `self`, also in lists and dicts
# there, and counts their weights as its own. `Lambda` makes a layer of a function.
#
# **Predict**: both models compute the same. How many parameters has each?

# %% tags=["nbval-check-output"]
dense = layers.Dense(2)
for layer in (dense, layers.Lambda(lambda x: dense(x))):
    print(keras.Model(features, layer(features)).count_params())

# %% [markdown]
# 6 and 0: Keras does not look into functions. In the second model, the weights are never trained
# and never saved. The same holds for a layer in a global variable, and for a `tf.Variable` as
# attribute. Count the parameters of what you write.
#
# ### Exercise: `ScaledResidual` · ●●○ · 8 minutes
# A layer without settings that returns x + `scale` × f(x). f is a `Dense` layer with `relu`, and as many units
# as features arrive; `scale` is one number, of shape `()`, that training changes.

# %%
# BEGIN SOLUTION
class ScaledResidual(keras.Layer):
    def build(self, input_shape):
        self.dense = layers.Dense(input_shape[-1], activation="relu")
        self.scale = self.add_weight(shape=(), initializer="zeros", name="scale")

    def call(self, inputs):
        return inputs + self.scale * self.dense(inputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("ScaledResidual", ScaledResidual)

# %% [markdown]
# ## Trap: a layer made in `call`
#
# **Predict**: does Keras refuse this layer? How many parameters has it? Do two calls on the same row
# give the same?

# %%
class Forgetful(keras.Layer):
    def call(self, inputs):
        return layers.Dense(3)(inputs)


# %%
forgetful = Forgetful()
print(keras.Model(features, forgetful(features)).count_params())
print(forgetful(np.ones((1, 2))).numpy())
print(forgetful(np.ones((1, 2))).numpy())

# %% [markdown]
# It builds, with no parameters: each call makes a new `Dense`, with new random weights. Only `fit` and `predict`
# fail, with a message about TensorFlow's variables. `add_weight` in `call` is refused at once.
#
# ## Trap: `call` runs once
#
# `predict` and `fit` run `call` once, note its operations, and then repeat these.
#
# **Predict**: the same row three times. How often is "call runs" printed? Are the three results equal?

# %%
class Noise(keras.Layer):
    def call(self, inputs):
        print("call runs")
        return inputs + np.random.normal()


# %%
noisy = keras.Model(features, Noise()(features))
for time in (1, 2, 3):
    print(time, noisy.predict(np.zeros((1, 2)), verbose=0))

# %% [markdown]
# Twice: once before, to build the model from the symbol `features`, and once at the first
# `predict`. The results are equal: NumPy drew one number, and that number was noted.
# `keras.random.normal(ops.shape(inputs))` is an operation, and draws each time.
#
# ## Trap: a shape that is not true
#
# Keras finds the output shape by a call on symbols. `compute_output_shape` saves it that work.
#
# **Predict**: here the method returns a wrong shape. Does Keras notice, at the definition or with
# data?

# %% tags=["nbval-check-output"]
class Twice(keras.Layer):
    def call(self, inputs):
        return ops.concatenate([inputs, inputs], axis=-1)

    def compute_output_shape(self, input_shape):
        return input_shape


doubled = keras.Model(features, Twice()(features))
print("declared:", doubled.output_shape)
print("real:    ", doubled(np.zeros((1, 2))).shape)

# %% [markdown]
# It never notices. A `Dense` after it would be built for two numbers, and fail when data arrives. Leave the method out,
# unless Keras asks for it.
#
# ## A layer as data
#
# To **serialise** something is to write it as plain data from which it can be made again: `get_config`
# gives a layer's settings as a dict, `from_config` makes a new layer of it.
#
# **Predict**: `Power` has no `get_config`. What does the copy keep: exponent, name, `trainable`?

# %% tags=["nbval-check-output"]
class Power(keras.Layer):
    def __init__(self, exponent=2, **kwargs):
        super().__init__(**kwargs)
        self.exponent = exponent

    def call(self, inputs):
        return inputs**self.exponent


cube = Power(3, name="cube")
cube.trainable = False
copy = Power.from_config(cube.get_config())
print(copy.exponent, copy.name, copy.trainable)

# %% [markdown]
# All three; weights would be new and random. Keras notes what `__init__` received: numbers, strings,
# lists. Call the rest `**kwargs`, as here: under any other name, Keras forgets the layer's name. For a
# function or a layer among the settings, you write `get_config` yourself.
#
# **Predict**: what do copies of these two lose?

# %%
class Own(Power):
    def get_config(self):
        return {"exponent": self.exponent}


class Inherited(Power):
    def get_config(self):
        return super().get_config()


# %% tags=["nbval-check-output"]
for cls in (Own, Inherited):
    config = cls(3, name="cube").get_config()
    copy = cls.from_config(config)
    print(f"{cls.__name__:10}{copy.exponent} {copy.name}")

# %% [markdown]
# `Own` loses the name, by which losses and `get_layer` find a layer. `Inherited` loses the
# exponent: once a class has its own `get_config`, `super().get_config()` gives only `name`,
# `trainable` and `dtype`. Nobody warns. Join the two:
# `{**super().get_config(), "exponent": self.exponent}`.
#
# ### Exercise: `serialisable` · ●●○ · 6 minutes
# Mend this class so that a copy, and a layer that is saved and loaded, keep `low`, `high` and the name.
#
# ```python
# class Clip(keras.Layer):
#     def __init__(self, low=0.0, high=1.0):
#         super().__init__()
#         self.low, self.high = low, high
#
#     def call(self, inputs):
#         return ops.clip(inputs, self.low, self.high)
#
#     def get_config(self):
#         return {"low": self.low}
# ```

# %%
# BEGIN SOLUTION
class Clip(keras.Layer):
    def __init__(self, low=0.0, high=1.0, **kwargs):
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def call(self, inputs):
        return ops.clip(inputs, self.low, self.high)

    def get_config(self):
        return {**super().get_config(), "low": self.low, "high": self.high}
# END SOLUTION

# %% tags=["nbval-check-output"]
check("serialisable", Clip)

# %% [markdown]
# ## The code is not in the file
#
# One often reads that a saved functional model needs none of the code that built it.
#
# **Predict**: two models are saved and loaded. The class `Power` is still in this notebook. Does Keras
# find it?

# %% tags=["nbval-check-output"]
for layer in (layers.ReLU(), Power(3)):
    keras.Model(features, layer(features)).save(file)
    try:
        print(keras.models.load_model(file).layers[-1])
    except TypeError as error:
        print("Could not" + str(error).split("Could not", 2)[-1].split(". ")[0])

# %% [markdown]
# No. The claim holds for Keras' own layers. Of yours, the file has name, settings and weights, but
# no code; of a `Lambda` it has the code, but Keras refuses to run it. Give the class at loading, or
# register it once: `@keras.saving.register_keras_serializable()` above `class`.
#
# `get_config` of a model is its whole graph.
#
# **Predict**: now the class is given. Then two copies are made of one config: are they equal?

# %% tags=["nbval-check-output"]
custom = {"Power": Power}
print(keras.models.load_model(file, custom_objects=custom).layers[-1].exponent)
config = keras.Model(features, Power(3)(features)).get_config()
for copy in (1, 2):
    print(copy, keras.Model.from_config(config, custom_objects=custom).layers)

# %% [markdown]
# The exponent is back. The second copy is empty, without a message: `from_config` takes the entries
# out of your dict. Call `get_config` again for each copy.
#
# ## A model inside a layer inside a model
#
# Functional models, Sequential models and custom layers hold one another freely. The next layer holds
# this functional model: it takes states, of any number of steps, and gives one score.

# %%
def classifier(units):
    states = keras.Input(shape=(None, units))
    mean = layers.GlobalAveragePooling1D()(states)
    return keras.Model(states, layers.Dense(1, activation="sigmoid")(mean))


# %% [markdown]
# ### Exercise: `CustomRNN` · ●●● · 12 minutes
# Write `call`. The state begins as `ops.zeros`, of shape (rows, units). At each step, the new state is
# tanh(`read`(the values of that step) + `keep`(the old state)). All states, stacked along axis 1, go to the
# classifier.
#
# `ops.shape(inputs)[0]` is the number of rows, `inputs.shape[1]` the number of steps.

# %%
class CustomRNN(keras.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.read, self.keep = layers.Dense(units), layers.Dense(units, use_bias=False)
        self.classifier = classifier(units)

    def call(self, inputs):
        # BEGIN SOLUTION
        state, states = ops.zeros((ops.shape(inputs)[0], self.units)), []
        for step in range(inputs.shape[1]):
            state = ops.tanh(self.read(inputs[:, step]) + self.keep(state))
            states.append(state)
        return self.classifier(ops.stack(states, axis=1))
        # END SOLUTION


# %% tags=["nbval-check-output"]
check("CustomRNN", CustomRNN)

# %% [markdown]
# ### Exercise: `recurrent_model` · ●○○ · 4 minutes
# Use it in a functional model. The input has `batch_shape=(16, 10, 5)`: 16 rows, 10 steps, 5 features.
# Then come `Conv1D` with 32 filters and a kernel of 3, and `CustomRNN` with 8 units.
#
# **Predict**: how many steps does `CustomRNN` see?

# %%
# BEGIN SOLUTION
inputs = keras.Input(batch_shape=(16, 10, 5))
x = layers.Conv1D(32, 3)(inputs)
model = keras.Model(inputs, CustomRNN(8)(x))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("recurrent_model", model)

# %% [markdown]
# Eight places for a window of 3 in 10 steps: a loop over a fixed 10 would fail. Some stack what `read`
# gives: then `keep` changes nothing, and Keras warns only at `fit`.
#
# ## Subclass a model
#
# **Subclassing** is to write a model as a class. Here is one network as a graph, as a class that keeps
# the graph, and as a class with its own `call`.
#
# **Predict**: which of them know their parameters before data arrives?

# %%
def graph():
    inputs = keras.Input(shape=(4,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    return inputs, layers.Dense(3)(hidden)


class Confident(keras.Model):
    def __init__(self):
        super().__init__(*graph())

    def confidence(self, data):
        return ops.max(ops.softmax(self(data)), axis=-1)


# %%
class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.head = layers.Dense(8, activation="relu"), layers.Dense(3)

    def call(self, inputs):
        return self.head(self.hidden(inputs))


# %% tags=["nbval-check-output"]
models = keras.Model(*graph()), Confident(), Subclassed()
questions = {
    "parameters": lambda model: model.count_params(),
    "output": lambda model: model.output_shape,
    "inside": lambda model: model.layers[-1].input.shape,
    "config": lambda model: len(model.get_config().get("layers", [])),
}
for name, question in questions.items():
    for model in models:
        try:
            print(f"{name:12}{type(model).__name__:12}{question(model)}")
        except (ValueError, AttributeError) as error:
            print(f"{name:12}{type(model).__name__:12}{type(error).__name__}")
draw(models[1])

# %% [markdown]
# The first two. The graph is data: you can count it, draw it, cut it and write it down. It is also
# the shortest of the three. The config of a class of yours holds no graph: 0 layers.
#
# ## Does a model that builds always run?
#
# It is said that Keras checks a functional model so well, when you define it, that it will run.
#
# **Predict**: eight mistakes follow. How many show at the definition? How many never?

# %%
def found(build, inputs, *data):
    try:
        model = keras.Model(inputs, build(*inputs))
    except ValueError:
        return "at the definition"
    try:
        model(list(data))
    except Exception as error:
        return f"with data: {type(error).__name__}"
    return "never"


# %% tags=["nbval-check-output"]
row, words = keras.Input(shape=(8,)), keras.Input(shape=(None,), dtype="int32")
a, b = keras.Input(shape=(None, 4)), keras.Input(shape=(None, 4))
embedding, ones = layers.Embedding(10, 2), np.ones
mistakes = {
    "an LSTM without steps": (layers.LSTM(4), [row], ones((2, 8))),
    "3 steps of 4 in rows of 8": (layers.Reshape((-1, 8)), [a], ones((2, 3, 4))),
    "word 30 of 10": (embedding, [words], ones((2, 3)) * 30),
    "word -1 of 10": (embedding, [words], -ones((2, 3))),
    "5 steps added to 3": (ops.add, [a, b], ones((2, 3, 4)), ones((2, 5, 4))),
    "1 step added to 3": (ops.add, [a, b], ones((2, 3, 4)), ones((2, 1, 4))),
    "the logarithm of -1": (ops.log, [row], -ones((2, 8))),
    "5 rows for a batch of 16": (ops.abs, [keras.Input(batch_shape=(16, 8))], ones((5, 8))),
}
for mistake, case in mistakes.items():
    print(f"{mistake:28}{found(*case)}")

# %% [markdown]
# One at the definition, three with data, four never: word -1 is the last one, a single step is added
# to each, the logarithm is `nan`, and nobody enforces a fixed batch. The definition checks shapes, as far
# as they are known. With a subclassed model, even those wait for data.
#
# ## No `if` and no `for` in a graph
#
# A graph is built before any number arrives.
#
# **Predict**: what do a condition, a loop and a comparison of symbols answer?

# %% tags=["nbval-check-output"]
attempts = {
    "if row > 0": lambda: bool(row > 0),
    "for x in row": lambda: list(row),
    "range(None)": lambda: range(words.shape[1]),
    "row == row + 0": lambda: row == row + 0,
}
for attempt, run in attempts.items():
    try:
        print(f"{attempt:16}{run()}")
    except (TypeError, NotImplementedError) as error:
        print(f"{attempt:16}{type(error).__name__}: {error}")

# %% [markdown]
# Three errors, and the worst last, without an error: `==` asks whether both are one object. Write
# `ops.equal`, and for a condition `ops.where(row > 0, row, -row)`. In `call`, an `if` on values
# works on numbers and fails in a model.
#
# A functional model is a **directed acyclic graph**: arrows have a direction, and no path leads back.
# Its structure is fixed.
#
# ## One graph is one tree
#
# Here the *data* has structure: each pair is what stands left minus what
# stands right.

# %%
trees = bracketings(8, 4, 2, 1)
for tree in trees:
    print(tree_text(tree))
show(tree_picture(trees[0], trees[-1]), alt="The same numbers in two trees. One joins "
     "8 and 4 first and gives 1, the other joins 2 and 1 first and gives 5.")

# %% [markdown]
# A class can read any tree: its `call` calls itself on both sides. A functional model can use the
# class, for one tree.
#
# **Predict**: the graph is made for (8 − 4) − 2. What does it answer to 8 − (4 − 2)?

# %%
class Minus(keras.Layer):
    def call(self, tree):
        if isinstance(tree, tuple):
            return self.call(tree[0]) - self.call(tree[1])
        return tree


# %%
a, b, c = (keras.Input(shape=()) for _ in range(3))
graph = keras.Model(((a, b), c), Minus()(((a, b), c)))
eight, four, two = np.array([[8.0], [4.0], [2.0]])
print("class:", Minus()((eight, (four, two))).numpy())
print("graph:", graph((eight, (four, two))).numpy())

# %% [markdown]
# It answers 2, and only warns: it computes its own tree, whatever you feed. Ten leaves have 4,862 trees, so
# 4,862 graphs. The class takes all.
#
# ### Exercise: `TreeRNN` · ●●● · 10 minutes
# The same with weights. A leaf goes through `leaf`. A pair: the results of its left and right side are joined,
# left first, along the last axis, and go through `merge`. Both are `Dense` with `units` and `tanh`.

# %%
class TreeRNN(keras.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.leaf = layers.Dense(units, activation="tanh")
        self.merge = layers.Dense(units, activation="tanh")

    def call(self, tree):
        # BEGIN SOLUTION
        if not isinstance(tree, tuple):
            return self.leaf(tree)
        left, right = tree
        both = [self.call(left), self.call(right)]
        return self.merge(ops.concatenate(both, axis=-1))
        # END SOLUTION


# %% tags=["nbval-check-output"]
check("TreeRNN", TreeRNN)

# %% [markdown]
# ## Summary
#
# | you need | write |
# |---|---|
# | a chain | a Sequential model |
# | a fixed graph of layers | a functional model |
# | a computation that no layer has | a custom layer in a functional model |
# | methods of your own | a class with inputs and outputs for `super().__init__` |
# | a structure that changes with the data | a subclass with its own `call` |
#
# - Weights are made in `__init__` or `build`, and found in attributes.
# - A config keeps settings, a file keeps weights; the code is yours to keep.
# - Whatever you write, `compile`, `fit` and `evaluate` work; a training loop of your own comes last.
#
# Next: [10 Attention](10_attention.ipynb).
