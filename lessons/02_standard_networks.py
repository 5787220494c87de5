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
# # 02 The standard networks
#
# You will be able to:
# - choose the input shape for an image, a sequence and a text;
# - write an MLP, a CNN and an RNN with the Functional API;
# - predict shapes and parameter counts before you run a cell.
#
# Time: 70 minutes. Needed: chapter [01](01_first_functional_model.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, draw, widgets
from exercises_check.datasets import load_digits
from exercises_check.figures import show

import keras
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interactive
from keras import layers

plt.style.use("exercises_check.course")
keras.utils.set_random_seed(2)
(x_train, y_train), (x_test, y_test) = load_digits(shape=(28, 28, 1))

# %% [markdown]
# ## Which network for which data
#
# | one sample is | shape | network |
# |---|---|---|
# | a row of a table | `(features,)` | MLP: `Dense` layers |
# | an image | `(height, width, channels)` | CNN: convolutions |
# | a sequence of measurements | `(steps, features)` | RNN: a recurrent layer |
# | a text, as word numbers | `(None,)`, `dtype="int32"` | `Embedding`, then an RNN |
#
# You know the first from chapter 01.

# %% [markdown]
# ### Exercise: `sensor_shape` · ●○○ · 2 minutes
# A sensor measures temperature, pressure and noise, 50 times a second. You have 400 recordings of
# two seconds each; a recording is one sample. Write the shape that `keras.Input` needs, as a tuple.

# %%
# BEGIN SOLUTION
answer = (100, 3)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("sensor_shape", answer)

# %% [markdown]
# ## The widths of an MLP
#
# The **width** of a `Dense` layer is its number of units. Here are two chains with the same three
# hidden widths, in opposite order.
#
# **Predict**: have both the same number of parameters?

# %% tags=["nbval-check-output"]
for widths in [(128, 64, 32), (32, 64, 128)]:
    inputs = keras.Input(shape=(784,))
    x = inputs
    for units in widths:
        x = layers.Dense(units, activation="relu")(x)
    mlp = keras.Model(inputs, layers.Dense(10)(x))
    print(widths, f"{mlp.count_params():,}")

# %% [markdown]
# The first has three times as many: its widest layer stands next to the 784 inputs.
#
# No rule gives the best widths. Two usual ways: each layer narrower than the one before, or a wide
# layer in the middle, as in `binary_mlp`. Begin with 64 or 128 units and become narrower towards
# the output. Only data that the model has not seen tells which is better.

# %% [markdown]
# ## Trap: an image is not a row
#
# You find this network for images of 28 × 28 pixels and one channel on the web.
#
# **Predict**: what is the shape of `outputs`? Has the model 18,058 parameters, or 118,282?

# %%
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Dense(128)(inputs)
x = layers.Dropout(0.5)(x)
x = layers.Dense(128)(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10)(x)
unflattened = keras.Model(inputs, outputs)
print(f"{unflattened.count_params():,}")
draw(unflattened)

# %% [markdown]
# `(None, 28, 28, 10)`, and 18,058: the first `Dense` has 1 × 128 + 128. It works on the last axis,
# here the one channel. Each pixel goes through alone, so the model cannot see a shape. It gives ten
# scores for every pixel and none for the image. Keras says nothing until you train it.
#
# Something else is missing: without an activation between them, two `Dense` layers can do no more
# than one.

# %% [markdown]
# ### Exercise: `digit_mlp` · ●○○ · 5 minutes
# Mend the network above: `Flatten` after the input turns an image into a row of 784 numbers, and
# both `Dense(128)` have `relu`. Both `Dropout(0.5)` and the last `Dense(10)` stay as they are.
#
# It then has 118,282 parameters.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Flatten()(inputs)
x = layers.Dense(128, activation="relu")(x)
x = layers.Dropout(0.5)(x)
x = layers.Dense(128, activation="relu")(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("digit_mlp", model)

# %% [markdown]
# ## A convolution
#
# `Conv2D` looks at an image through a small window, the **kernel**. A **filter** is one set of
# weights for that window. The window moves over the image, and at each place the filter gives one
# number. All its numbers together are a **feature map**.
#
# **Predict**: 32 filters with a kernel of 3 × 3. What shape comes out?

# %% tags=["nbval-check-output"]
images = keras.Input(shape=(28, 28, 1))
layers.Conv2D(32, 3)(images).shape

# %% [markdown]
# 32 filters give 32 feature maps; these are the new channels. A window of 3 pixels has 28 − 3 + 1 = 26
# places in a line of 28.
#
# The **stride** is how far the window moves in a step. `padding="same"` puts zeros around the image,
# `"valid"` does not. `MaxPooling2D(2)` keeps the largest of each 2 × 2 numbers.
#
# **Predict** both shapes of each line.

# %%
settings = [(5, 1, "valid"), (3, 1, "same"), (3, 2, "same"), (3, 2, "valid")]
for kernel, strides, padding in settings:
    maps = layers.Conv2D(32, kernel, strides=strides, padding=padding)(images)
    pooled = layers.MaxPooling2D(2)(maps)
    print(f"kernel {kernel}, stride {strides}, {padding:6}", maps.shape, pooled.shape)

picture = widgets.convolution_picture(
    size=8, kernel=3, strides=2, padding="valid", pool=2, step=1
)
show(picture, alt="A window of 3 × 3 on an image of 8 × 8 that moves 2 pixels in a step. It has 3 places "
     "in each direction and never reaches the last row and column. Of the feature map of 3 × 3, "
     "pooling uses 2 × 2.")

# %% [markdown]
# - `"valid"`: (size − kernel) // stride + 1.
# - `"same"`: size / stride, rounded up.
# - Pooling: size // pool size.
#
# 13 becomes 6: the last row and column fill no pooling window and are lost. In the picture, solid
# frames are the kernel and the number it gives; dashed is the pooling window; hatched, what no
# window reaches.
#
# Move the sliders; the arrow keys move them, too. Find settings where `"same"` puts zeros on one side
# only, such as `kernel` 2.

# %%
def convolution(size=8, kernel=3, strides=2, padding="valid", pool=2, step=1):
    text = widgets.convolution_text(size, kernel, strides, padding, pool)
    show(widgets.convolution_picture(size, kernel, strides, padding, pool, step), alt=text)
    print(text)


interactive(
    convolution,
    size=(5, 12), kernel=(1, 5), strides=(1, 3), padding=["valid", "same"],
    pool=(1, 3), step=(0, 143),
)

# %% [markdown]
# ### Exercise: `pooled_shape` · ●●○ · 4 minutes
# Photos of shape `(32, 32, 3)` go through `Conv2D(16, 5, strides=2, padding="same")`, then through
# `MaxPooling2D(3)`. Write the shape of the result as a tuple, with `None` for the batch, before you
# try it.

# %%
# BEGIN SOLUTION
answer = (None, 5, 5, 16)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("pooled_shape", answer)

# %% [markdown]
# ## What a filter finds
#
# Usually training finds the weights of a filter. Here you set them by hand: one filter compares
# right with left, the other compares below with above.
#
# **Predict**: the digit is a 5. In which of the two feature maps do you see its horizontal strokes?

# %%
digit = x_train[67:68] / 255
side = np.array([[-1, 0, 1]] * 3)
conv = layers.Conv2D(2, 3, activation="relu", use_bias=False)
conv.build(digit.shape)
conv.set_weights([np.stack([side, side.T], axis=-1).reshape(3, 3, 1, 2)])
map_0, map_1 = np.moveaxis(conv(digit)[0], -1, 0)

figure, axes = plt.subplots(1, 5, figsize=(7.5, 1.9))
pictures = {"image": digit[0], "filter 0": side, "map 0": map_0}
pictures |= {"filter 1": side.T, "map 1": map_1}
for axis, title in zip(axes, pictures, strict=True):
    axis.imshow(pictures[title])
    axis.set(title=title, xticks=[], yticks=[])
show(figure, alt="A handwritten 5, two filters of 3 × 3 and their feature maps. Map 0 is bright along "
     "the left edges of upright strokes, map 1 along the upper edges of the three others.")

# %% [markdown]
# In map 1: its filter answers where it is brighter below than above. A filter has a weight for each
# pixel of its window in each channel, and a bias: `Conv2D(32, 3)` on one channel has 32 × 9 + 32 =
# 320 parameters.
#
# ## What one number can see
#
# The **receptive field** of a number is the part of the image that can change it.
#
# **Predict** its width after `Conv2D(1, 3)`, `MaxPooling2D(2)`, and both again.

# %%
picture = widgets.receptive_field_picture(digit[0], kernel=3, pool=2, blocks=2)
show(picture, alt="What one number in the middle can see of a digit: 3 × 3 pixels after the first "
     "convolution, 4 × 4 after its pooling, 8 × 8 after the second, 10 × 10 after its pooling.")

# %% [markdown]
# Ten pixels: after a pooling of 2 each step counts twice. Early layers see edges, later ones parts
# of a digit, so small kernels are enough: usually 3 × 3 or 5 × 5.
#
# ## A CNN, and where its parameters are
#
# In a convolutional network (**CNN**) the maps become smaller and more. `Flatten` then makes one row
# of them for the `Dense` layers.
#
# **Predict**: the model has 822,346 parameters. How many of them belong to its two convolutions?

# %%
inputs = keras.Input(shape=(64, 64, 1))
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(64, 3, activation="relu")(x)
maps = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(maps)
x = layers.Dense(64, activation="relu")(x)
outputs = layers.Dense(10, activation="softmax")(x)
cnn = keras.Model(inputs, outputs)
show(widgets.shape_flow_picture(cnn), alt="Maps of (62, 62, 32), (31, 31, 32), (29, 29, 64) and (14, 14, 64) "
     "become a row of 12,544 numbers, then 64, then 10. Parameters: the convolutions have 320 and "
     "18,496, the first Dense 802,880, the last 650.")

# %% [markdown]
# 320 + 18,496: two in a hundred. The first `Dense` has 12,544 × 64 + 64 = 802,880.
#
# `GlobalAveragePooling2D` takes the mean of each feature map, and leaves one number of it.
#
# **Predict**: what is its output shape here, and how many parameters has the model with it?

# %% tags=["nbval-check-output"]
x = layers.GlobalAveragePooling2D()(maps)
print(x.shape)
x = layers.Dense(64, activation="relu")(x)
outputs = layers.Dense(10, activation="softmax")(x)
print(f"{keras.Model(inputs, outputs).count_params():,}")

# %% [markdown]
# 64 maps give 64 means, and 23,626 parameters are left. The price: a mean does not know *where* in
# its map something was.
#
# Take `Flatten` for small maps, when the place matters. Take `GlobalAveragePooling2D` for large ones,
# or for images of several sizes: what it returns depends on the number of maps only.

# %% [markdown]
# ### Exercise: `digit_cnn` · ●●○ · 8 minutes
# A CNN for images of shape `(28, 28, 1)`: `Conv2D` with 32 filters, pooling, `Conv2D` with 64
# filters, pooling, `Flatten`, `Dropout(0.5)`, and `Dense` with 10 units and `softmax`. Both kernels
# are 3 × 3, with `relu`; both poolings keep the largest of 2 × 2.
#
# It has 34,826 parameters.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(64, 3, activation="relu")(x)
x = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("digit_cnn", model)

# %% [markdown]
# ## Trap: images that do not fit
#
# First, a colour image stored as (channels, height, width). Then a model for images of any size,
# which gets one image without a batch axis, and five without a channel axis.
#
# **Predict** for each of the three: an error, or which shape?

# %% tags=["nbval-check-output"]
print("channels first: ", layers.Conv2D(8, 3)(keras.Input(shape=(3, 32, 32))).shape)

inputs = keras.Input(shape=(None, None, 1))
x = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
x = layers.GlobalAveragePooling2D()(x)
any_size = keras.Model(inputs, layers.Dense(10)(x))
for name, data in {"one image:": x_train[0], "no channel axis:": x_train[:5, :, :, 0]}.items():
    print(f"{name:16} {data.shape} -> {any_size(data).shape}")

# %% [markdown]
# No error.
#
# - `(None, 1, 30, 8)`: Keras takes 3 for the height and 32 for the channels. First move the axis of
#   the data: `np.moveaxis(data, 1, -1)`.
# - 28 predictions for one image: each row of pixels counts as an image. `image[None]` adds the batch
#   axis.
# - The last is right: Keras adds a missing last axis of size 1.

# %% [markdown]
# ## A recurrent layer, step by step
#
# A recurrent layer (**RNN**) reads a sequence one step after the other. It carries a **state**:
# `units` numbers that each step computes from the new values and the old state.
#
# **Predict**: a sequence of 6 steps. Does the layer have 3 weight arrays, or 3 for each step?

# %%
rnn = layers.SimpleRNN(4)
sequence = np.sin(np.arange(1.0, 7.0))[:, None]  # 6 steps, 1 feature
expected = rnn(sequence[None])[0]

kernel, recurrent_kernel, bias = rnn.get_weights()
state = np.zeros(4)
for values in sequence:
    state = np.tanh(values @ kernel + state @ recurrent_kernel + bias)
    print(state.round(2))
print("as Keras computes it:", np.allclose(state, expected, atol=1e-5))

# %% [markdown]
# Three, used at every step. So the number of steps changes no parameter count and may be `None`.
#
# The layer returns the last state. With `return_sequences=True` it returns the state after *every*
# step.
#
# **Predict**: two sequences of 40 steps differ at step 15 only. At which steps do the states of an
# `LSTM` differ? And those of a `Bidirectional` one, which also reads from the end?

# %%
one = np.random.default_rng(0).normal(size=(1, 40, 1)).astype("float32")
other = one + 2 * (np.arange(40) == 15)[None, :, None]
lstm = layers.LSTM(8, return_sequences=True)
readers = [lstm, layers.Bidirectional(layers.LSTM(8, return_sequences=True))]

figure, axes = plt.subplots(2, 1, figsize=(7.5, 3.6), sharex=True, height_ratios=[1, 2])
for axis, reader in zip(axes, readers, strict=True):
    change = np.abs(reader(one) - reader(other))[0]
    axis.imshow(change.T, aspect="auto", vmax=0.15)
    axis.set(title=type(reader).__name__, ylabel="state", yticks=[])
axes[1].set(xlabel="step")
show(figure, alt="How much each number of the state changes at each step. LSTM: nothing before step "
     "15, then a trace that fades. Bidirectional: also a trace that fades towards the start.")

# %% [markdown]
# An `LSTM` knows the past only: no change before step 15, then a trace that fades. `Bidirectional`
# adds a layer that reads from the end, and joins what both return.
#
# ## SimpleRNN, GRU, LSTM
#
# For long sequences take `GRU` or `LSTM`: their **gates**, weights of their own, decide what stays in
# the state.
#
# **Predict**: `SimpleRNN(64)` on one feature has 64 × (1 + 64) + 64 = 4,224 parameters. `GRU` has
# three such sets, `LSTM` four. How many is that?

# %% tags=["nbval-check-output"]
series = keras.Input(shape=(100, 1))
rnns = [layers.SimpleRNN(64), layers.GRU(64), layers.LSTM(64)]
for rnn in [*rnns, layers.Bidirectional(layers.LSTM(64))]:
    print(f"{type(rnn).__name__:15}{rnn(series).shape!s:13}{rnn.count_params():>7,}")

# %% [markdown]
# `LSTM`: four times 4,224. `Bidirectional`: twice an `LSTM`. `GRU`: three times 4,224 and 192 more,
# because Keras gives it a second bias for each of its 3 × 64 units.
#
# **Predict**: can one recurrent layer read what another returns?

# %% tags=["nbval-check-output"]
x = layers.LSTM(64)(series)
try:
    layers.LSTM(32)(x)
except ValueError as error:
    print(error)

# %% [markdown]
# Not like this. `ndim` is the number of axes: the second expects three, batch, steps and features,
# and gets the last state, two. A recurrent layer needs `return_sequences=True` when another one
# reads it.

# %% [markdown]
# ### Exercise: `stacked_lstm` · ●○○ · 5 minutes
# For sequences of 100 steps with 1 feature: `LSTM` with 64 units, `LSTM` with 32 units, then `Dense`
# with one unit and `sigmoid`. Each sequence gets *one* answer.
#
# It has 29,345 parameters.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(100, 1))
x = layers.LSTM(64, return_sequences=True)(inputs)
x = layers.LSTM(32)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("stacked_lstm", model)

# %% [markdown]
# ## Trap: `return_sequences` left on
#
# Below, the last recurrent layer returns a sequence, too. The data has one target for each sequence.
#
# **Predict**: does `fit` complain? What is the shape of the predictions?

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(10, 1))
x = layers.LSTM(8, return_sequences=True)(inputs)
left_on = keras.Model(inputs, layers.Dense(1)(x))
left_on.compile(loss="mse")

sequences, targets = np.ones((32, 10, 1)), np.ones((32, 1))
left_on.fit(sequences, targets, verbose=0)
print(left_on.predict(sequences, verbose=0).shape)

# %% [markdown]
# `fit` says nothing. Each sequence gets ten answers, and `mse` compares each of them with the one target: the
# model learns another task. Look at `model.output_shape` before you train.
#
# ## Trap: words are not quantities
#
# `Embedding(512, 64)` is a table with a row of 64 numbers, which training changes, for each of 512
# words.
#
# **Predict**: pixels are divided by 255 before training. What if you divide word numbers by 512?

# %% tags=["nbval-check-output"]
embedding = layers.Embedding(512, 64)
words = np.array([3, 200, 511])
print(embedding(words).shape)
print("different rows:", len(np.unique(embedding(words), axis=0)))
print("when divided:  ", len(np.unique(embedding(words / 512), axis=0)))

# %% [markdown]
# `Embedding` cuts them to whole numbers, so every word becomes word 0. No error, and nothing to
# learn.
#
# Give the input of a text `dtype="int32"`: without it Keras takes `float32`. The number of steps is
# `None`, since texts differ in length.

# %% [markdown]
# ### Exercise: `bidirectional_reader` · ●●○ · 7 minutes
# Copy this outdated code, run it, and mend it. The input takes texts of any length, as `int32`; the
# `Embedding` has no `input_length`. All else stays; 201,793 parameters.
#
# ```python
# inputs = keras.Input(784,)
# x = layers.Embedding(512, 64, input_length=1024)(inputs)
# x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
# x = layers.Bidirectional(layers.LSTM(64))(x)
# x = layers.Dense(32, activation="relu")(x)
# outputs = layers.Dense(1, activation="sigmoid")(x)
# model = keras.Model(inputs, outputs)
# ```

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(None,), dtype="int32")
x = layers.Embedding(512, 64)(inputs)
x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
x = layers.Bidirectional(layers.LSTM(64))(x)
x = layers.Dense(32, activation="relu")(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("bidirectional_reader", model)

# %% [markdown]
# ## Summary
#
# - `Dense` works on the last axis; between maps and `Dense` stands `Flatten` or
#   `GlobalAveragePooling2D`.
# - `"valid"`: (size − kernel) // stride + 1; `"same"`: size / stride, rounded up.
# - A recurrent layer has the same weights at every step. Give it `return_sequences=True` when another
#   one reads it.
# - Word numbers are `int32`, whole and unscaled.
# - Keras accepts much that is wrong: look at `model.output_shape` before you train.
#
# Next: [03 Training, looking, saving](03_training_looking_saving.ipynb).
