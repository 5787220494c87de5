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
# # 01 Your first functional model
#
# You will be able to:
# - say what an `Input`, a layer call, a tensor and a `Model` are;
# - predict shapes and parameter counts of a multi-layer perceptron;
# - turn a Sequential model into a functional one and back, and say when that cannot work.
#
# Time: 60 minutes. Needed: chapter [00](00_start_here.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, compare, draw
from exercises_check.figures import show
from exercises_check.widgets import parameter_bars, parameter_table

import tempfile
from pathlib import Path

import keras
import numpy as np
from IPython.display import display
from ipywidgets import interactive
from keras import layers, ops

# %% [markdown]
# ## `Input` declares, it holds no data
#
# A functional model begins with `keras.Input`. Its `shape` says what *one* row of data looks
# like: here, 784 numbers.
#
# **Predict**: how many axes does the result have? Of which Python types are its shape and its
# dtype?

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(784,))
print(inputs.shape, type(inputs.shape))
print(inputs.dtype, type(inputs.dtype))

# %% [markdown]
# Two axes: Keras puts the **batch** first, the rows that go through the model together; `None`
# means that its size is open. Shape and dtype are a plain tuple and string. Such a symbol for data
# that comes later is a **tensor** (`KerasTensor`).
#
# ## One shape for each kind of data
#
# A series has steps and features, an image height, width and channels. Text arrives as word
# numbers.
#
# **Predict**: in which shape is a size besides the batch open?

# %% tags=["nbval-check-output"]
table = keras.Input(shape=(13,), name="table")
series = keras.Input(shape=(100, 3), name="series")
image = keras.Input(shape=(64, 64, 1), name="image")
text = keras.Input(shape=(None,), dtype="int32", name="text")
for tensor in (table, series, image, text):
    print(tensor.name, tensor.shape, tensor.dtype)

# %% [markdown]
# In `text`: sentences may have any length. An image without colour still has a channel axis, of
# size 1.
#
# `Input(batch_shape=(32, 784))` would declare the batch as well. You rarely want that: the same
# model predicts one row and learns from many.

# %% [markdown]
# ## A layer is a function on tensors
#
# You make a layer, then you call it on a tensor, as you call a function. A **layer call** returns
# a new tensor.
#
# **Predict**: how many weight arrays does the layer have before the call, and which shapes do they
# have after it?

# %% tags=["nbval-check-output"]
dense = layers.Dense(64, activation="relu")
print("before:", dense.weights)
x = dense(inputs)
print("after: ", [(w.name, tuple(w.shape)) for w in dense.weights])
print("tensor:", x.shape)

# %% [markdown]
# None before: only the call says how many numbers arrive. The call also drew an arrow from
# `inputs` to `dense`; such arrows are the **graph**. Usually both steps share a line:
# `x = layers.Dense(64, activation="relu")(inputs)`.
#
# ## `Model` cuts the graph out
#
# `keras.Model(inputs, outputs)` names where data enters and where it leaves.
#
# **Predict**: nobody hands `dense` to `Model`. Does `summary` list it? Which shape do five rows
# of data give?

# %%
model = keras.Model(inputs, x)
model.summary()
print(model(np.zeros((5, 784))).shape)
draw(model)

# %% [markdown]
# It does: Keras walks back from `x` along the arrows until it meets `inputs`, and takes every layer
# on the way. That is a **functional model**. Each row of the summary says which layer, which shape
# comes out of it, and how many numbers it learns.
#
# A model is called like a layer. With five rows, the open batch becomes 5.

# %% [markdown]
# ## Run one cell twice
#
# In a notebook you often run a cell again. Here the `Input` cell runs a second time, then the cell
# with `Model`.
#
# **Predict**: both inputs have the same shape. Does `Model` accept the new one?

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(784,))
try:
    keras.Model(inputs, x)
except ValueError as error:
    print(error)

# %% [markdown]
# No: `x` comes from the *old* input, and no arrow leads to it from the new one. Remember this
# message; it is the commonest of the Functional API. The cure: run every cell again, from
# `Input` down.
#
# ## Names and pictures
#
# Layers, inputs and models take a `name`. Otherwise Keras counts: `dense`, `dense_1` and so
# on.
#
# **Predict**: the Python variable is `x`. By which name does the model know its layer?

# %%
inputs = keras.Input(shape=(784,), name="pixels")
x = layers.Dense(64, activation="relu", name="hidden")(inputs)
outputs = layers.Dense(10, name="digit")(x)
named = keras.Model(inputs, outputs, name="digits")
print([layer.name for layer in named.layers])
print(named.get_layer("hidden").units)
file = Path(tempfile.mkdtemp()) / "model.png"
picture = keras.utils.plot_model(named, file, show_shapes=True, show_layer_names=True)
show(picture, width=360, alt="From top to bottom: pixels, hidden, digit.")

# %% [markdown]
# By `hidden`: Keras never sees Python's variables. Counted names change when you run a cell again,
# so name each layer that you will look up.
#
# `plot_model` is Keras' own picture: it writes a file, and shows names and shapes only when asked.
# `draw` is this course's, and writes no file.

# %% [markdown]
# ## Trap: `Dense` looks at the last axis only
#
# Two inputs that people often write. The first is an image; in the second, somebody has put the
# batch of 32 into the shape.
#
# **Predict**: what comes out of each? Does Keras complain?

# %% tags=["nbval-check-output"]
image = keras.Input(shape=(28, 28))
batch = keras.Input(shape=(32, 784))
print(layers.Dense(10)(image).shape)
print(layers.Dense(10)(batch).shape)

# %% [markdown]
# No complaint. The image gives ten numbers for *each of its 28 rows*; you meant ten for the
# image, and need `Flatten()` first. The second model waits for blocks of 32 rows, and fails only
# when data arrives. The batch never stands in `shape`.

# %% [markdown]
# ### Exercise: `dense_shape` · ●○○ · 2 minutes
# A series of 50 steps with 8 features: `keras.Input(shape=(50, 8))`. `Dense(64)` is called on it.
# Write the shape of the result as a tuple, with `None` for the batch, before you try it.

# %%
# BEGIN SOLUTION
answer = (None, 50, 64)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("dense_shape", answer)

# %% [markdown]
# ### Exercise: `mlp_parameters` · ●○○ · 3 minutes
# **Parameters** are the numbers that training changes. A `Dense` layer has inputs × units weights
# and one bias for each unit: 784 numbers into 64 units make 784 × 64 + 64 = 50,240.
#
# How many parameters has the chain 784 → 64 → 64 → 10 of three `Dense` layers? Compute it; Python
# may help.

# %%
# BEGIN SOLUTION
answer = 784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mlp_parameters", answer)

# %% [markdown]
# ### Exercise: `mnist_mlp` · ●○○ · 6 minutes
# Now build that chain: a **multi-layer perceptron** (MLP) for images of 28 × 28 pixels, each
# flattened to a row. The input has shape `(784,)`; then come two `Dense` layers with 64 units and
# `relu`, and a last one with 10 units and no activation.
#
# Afterwards, run `model.summary()` in a new cell and compare it with your count.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(784,), name="pixels")
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dense(64, activation="relu")(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs, name="mnist_mlp")
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mnist_mlp", model)

# %% [markdown]
# ## Where the parameters are
#
# **Predict**: both hidden layers grow from 64 to 128 units. By which factor does each of the three
# counts grow?

# %% tags=["nbval-check-output"]
print(parameter_table(784, 64, 64, 10), end="\n\n")
print(parameter_table(784, 128, 128, 10))

# %% [markdown]
# The first doubles, the second is four times as large, the third doubles: the middle layer has
# the changed number on both sides.
#
# Now move the two sliders; the arrow keys move them, too. The second layer overtakes the first
# only where `second` comes near 784, the width of the input.

# %%
def stack(first=64, second=64):
    table = parameter_table(784, first, second, 10)
    show(parameter_bars(784, first, second, 10, limit=264_000), alt=table)


interactive(stack, first=(16, 256, 16), second=(64, 1024, 64))

# %% [markdown]
# ## Trap: the loop that forgets to chain
#
# A loop over the widths saves lines. Widths are your choice; a wide middle is a common start. Here
# 10 features go through 32, 64 and 32 units, then into one unit with `sigmoid`.
#
# **Predict**: how many `Dense` layers does this model have?

# %%
inputs = keras.Input(shape=(10,))
x = inputs
for units in (32, 64, 32):
    x = layers.Dense(units, activation="relu")(inputs)
outputs = layers.Dense(1, activation="sigmoid")(x)
forgetful = keras.Model(inputs, outputs)
draw(forgetful)

# %% [markdown]
# Two: each turn calls its layer on `inputs` and forgets the one before. Keras says nothing, as a
# layer that no output needs is no part of the model.
#
# ### Exercise: `binary_mlp` · ●●○ · 5 minutes
# Copy the loop and mend it. 10 features go in; then come `Dense` layers with 32, 64 and 32 units
# and `relu`, each fed by the one before; last, `Dense` with one unit and `sigmoid`. Together 4,577
# parameters.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(10,))
x = inputs
for units in (32, 64, 32):
    x = layers.Dense(units, activation="relu")(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("binary_mlp", model)

# %% [markdown]
# ## Old code
#
# Much code on the web was written for older versions of Keras.
#
# **Predict**: `784,` looks like a tuple. What does Keras receive here?

# %% tags=["nbval-check-output"]
try:
    keras.Input(784,)
except ValueError as error:
    print(error)

# %% [markdown]
# The number 784: in a call, a comma only separates arguments.
#
# ### Exercise: `mended_mlp` · ●●○ · 6 minutes
# Copy this outdated code into the cell, run it, and mend one thing at a time: errors, warnings,
# a misspelt name. The model stays as meant: 784 → `Dense` 64 `relu` → `Dense` 10 `softmax`.
#
# ```python
# inputs = keras.Input(784,)
# x = layers.Dense(64, activation="relu", input_shape=(784,))(inputs)
# ouputs = layers.Dense(10, activation="softmax")(x)
# model = keras.Model(input=inputs, output=outputs)
# ```

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(784,))
x = layers.Dense(64, activation="relu")(inputs)
outputs = layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mended_mlp", model)

# %% [markdown]
# ## Sequential is a chain
#
# `keras.Sequential` takes a list: every layer is fed by the one before it. Such a graph is a
# **chain**.
#
# **Predict**: below, the same chain is built twice. Do the parameter counts agree? Do the two
# lists of layers?

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(784,))
called = keras.Model(inputs, layers.Dense(64)(inputs))
stacked = keras.Sequential([keras.Input(shape=(784,)), layers.Dense(64)])
print(called.count_params(), stacked.count_params())
print(len(called.layers), len(stacked.layers))
print(compare(stacked, called))

# %% [markdown]
# The counts agree and the models are the same; only the functional one lists its input as a layer.
# Without an `Input`, a Sequential model has no shapes until data arrives.
#
# Four steps from Sequential to functional:
#
# 1. Begin with `inputs = keras.Input(shape=…)`.
# 2. Call each layer on the tensor before it.
# 3. Keep the last tensor as `outputs`.
# 4. Close with `keras.Model(inputs, outputs)`.
#
# `keras.Model(stacked.inputs, stacked.outputs)` does it in one line; both models then *share*
# their layers.

# %% [markdown]
# ### Exercise: `from_sequential` · ●○○ · 5 minutes
# Write the model `sequential` of the next cell as a functional model, in the four steps: 10
# features, `Dense` with 32 units and `relu`, `Dense` with 64 units and `relu`.

# %%
sequential = keras.Sequential(
    [
        keras.Input(shape=(10,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(64, activation="relu"),
    ]
)
# BEGIN SOLUTION
inputs = keras.Input(shape=(10,))
x = layers.Dense(32, activation="relu")(inputs)
outputs = layers.Dense(64, activation="relu")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("from_sequential", model)

# %% [markdown]
# ## Trap: back to Sequential
#
# A list of layers is easily had: `model.layers`. The model below adds its input to what comes out
# of the first layer.
#
# **Predict**: does `Sequential` refuse? Do both models have equally many parameters, and give the
# same result?

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(8,), name="features")
x = layers.Dense(8, activation="relu", name="hidden")(inputs)
outputs = layers.Dense(2, name="head")(x + inputs)
skipping = keras.Model(inputs, outputs)
copied = keras.Sequential(skipping.layers)
row = np.ones((1, 8))
print(skipping.count_params(), copied.count_params())
print("same result:", np.allclose(skipping(row), copied(row)))
compare(copied, skipping)

# %% [markdown]
# It builds, counts the same, and is wrong: `+` is an **operation** without weights, listed in
# `skipping.operations` but not in `skipping.layers`. `ops.relu(x)` would be lost as well. An `Add`
# layer would be kept, and fail when data arrives.
#
# So convert only a chain of layers: one input, one output, no tensor used twice.

# %% [markdown]
# ### Exercise: `to_sequential` · ●●○ · 6 minutes
# **Predict**: only one of the three models below is a chain. Which one?
#
# Write that one as a `keras.Sequential`, with all its settings and a `keras.Input` first. What
# stops each of the other two?

# %%
inputs = keras.Input(shape=(12,))
x = layers.Dense(12, activation="relu")(inputs)
first = keras.Model(inputs, layers.Dense(4)(ops.add(x, inputs)))
x = layers.Dense(32, activation="relu")(inputs)
second = keras.Model(inputs, layers.Dense(4)(layers.Dropout(0.2)(x)))
other = keras.Input(shape=(3,))
x = layers.Concatenate()([inputs, other])
third = keras.Model([inputs, other], layers.Dense(4)(x))
display(draw(first), draw(second), draw(third))

# %%
# BEGIN SOLUTION
model = keras.Sequential(
    [
        keras.Input(shape=(12,)),
        layers.Dense(32, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(4),
    ]
)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("to_sequential", model)

# %% [markdown]
# `first` uses `inputs` twice, `third` has two inputs; `second` is the chain.
#
# ## A tour of the layers
#
# Keras has a layer for most things you will need. Left: what one row looks like; right: what comes
# out, and the number of parameters.
#
# **Predict**: which of these layers adds an axis? Which ones take one away?

# %% tags=["nbval-check-output"]
tour = {
    layers.Embedding(1000, 8): (50,),
    layers.Conv1D(8, 3): (50, 4),
    layers.Conv2D(8, 3): (32, 32, 3),
    layers.Conv2DTranspose(8, 3): (32, 32, 3),
    layers.MaxPooling2D(2): (32, 32, 3),
    layers.GlobalAveragePooling2D(): (32, 32, 3),
    layers.LSTM(8): (50, 4),
    layers.ConvLSTM2D(8, 3): (10, 32, 32, 3),
    layers.BatchNormalization(): (16,),
    layers.Dropout(0.5): (16,),
}
for layer, shape in tour.items():
    out = layer(keras.Input(shape=shape)).shape
    print(f"{type(layer).__name__:24}{shape!s:18}{out!s:24}{layer.count_params():>6,}")

# %% [markdown]
# `Embedding` adds one: eight numbers for each word. `LSTM` and `ConvLSTM2D` read the steps and
# return one result; global pooling removes height and width.
#
# There are `Conv3D`, `MaxPooling1D`, `AveragePooling2D`, `GRU` and many more. Chapters 02 to 10
# use them, and `Shift` `Tab` after a layer's name says what it takes.

# %% [markdown]
# ## Summary
#
# - `Input` declares shape and dtype of one row; Keras puts the open batch first.
# - A layer call makes weights, a tensor, and an arrow in the graph.
# - `Model` takes what lies between `inputs` and `outputs`, and silently nothing else.
# - `Dense`: inputs × units + units parameters, on the last axis.
# - Sequential is shorter for a chain; everything else needs the Functional API.
#
# Next: [02 The standard networks](02_standard_networks.ipynb).
