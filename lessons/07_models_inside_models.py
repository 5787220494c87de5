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
# # 07 Models inside models
#
# You will be able to:
# - cut several models out of one graph;
# - call a model like a layer: nest it, copy it, average several;
# - train an autoencoder that removes noise from digits.
#
# Time: 75 minutes. Needed: chapter [06](06_skip_connections.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, compare, draw, plots, progress, widgets
from exercises_check.datasets import load_digits
from exercises_check.figures import show

import keras
import numpy as np
from ipywidgets import interactive
from keras import layers, ops

keras.utils.set_random_seed(7)
(x_train, y_train), (x_test, y_test) = load_digits(shape=(8, 8, 1))
x_train, x_test = x_train / 255, x_test / 255
progress(7)

# %% [markdown]
# ## One graph, two models
#
# An **encoder** turns a picture into a few numbers, its **code**; a **decoder** turns a code into a
# picture. One after the other they are an **autoencoder**: it learns to return what it gets. Here 64
# pixels become 2 numbers, and 64 pixels again.
#
# **Predict**: `Model` cuts two models out of one graph. The encoder has 4 weight arrays, the
# autoencoder 8. How many different ones are these?

# %%
pixels = keras.Input(shape=(8, 8, 1), name="pixels")
x = layers.Dense(64, activation="relu")(layers.Flatten()(pixels))
code = layers.Dense(2, name="code")(x)
x = layers.Dense(64, activation="relu")(code)
x = layers.Dense(64, activation="sigmoid")(x)
picture = layers.Reshape((8, 8, 1), name="picture")(x)

digit_encoder = keras.Model(pixels, code, name="encoder")
digit_autoencoder = keras.Model(pixels, picture, name="autoencoder")
arrays = {id(array) for array in digit_encoder.weights + digit_autoencoder.weights}
print(len(digit_encoder.weights), len(digit_autoencoder.weights), len(arrays))
draw(digit_autoencoder)

# %% [markdown]
# Eight: `Model` makes no layer and no weight. It only says where to enter a graph and where to leave
# it, and the encoder is the way from `pixels` to `code`.
#
# ## What `fit` changes
#
# Only the autoencoder is compiled and trained below. Each picture is its own target.
#
# **Predict**: the encoder gives a point, two numbers, for each test digit. Does `fit` move these
# points?

# %%
before = digit_encoder.predict(x_test, verbose=0)
digit_autoencoder.compile(keras.optimizers.Adam(3e-3), loss="mse")
digit_autoencoder.fit(x_train, x_train, epochs=30, batch_size=64, verbose=0)
codes = digit_encoder.predict(x_test, verbose=0)

plots.points(before, y_test, title="before", alt="Codes of test digits before training, mostly mixed.")
plots.points(codes, y_test, title="after", alt="The same after training: several digits, such as 0 "
             "and 6, have a region of their own.")

# %% [markdown]
# It does: the encoder's layers are layers of the autoencoder. Training one model changes every model
# that shares its layers.
#
# `fit` saw no labels; the colours were added afterwards. Even so, digits of one kind lie near each
# other: pictures that look alike get codes that lie near each other.
#
# ## From 64 numbers to 2 and back
#
# **Predict**: what does a digit look like that was squeezed into two numbers? Does it keep the
# handwriting?

# %%
kinds = [int(np.argmax(y_test == digit)) for digit in range(10)]
restored = digit_autoencoder.predict(x_test, verbose=0)
pairs = np.concatenate([x_test[kinds], restored[kinds]])
titles = [f"a {digit}" for digit in range(10)] + ["restored"] * 10
plots.images(pairs, titles, columns=10, limits=(0, 1),
             alt="One test digit of each kind, and below what the autoencoder returns: blurred.")

print("error:                 ", round(float(np.mean((restored - x_test) ** 2)), 2))
print("always the mean digit: ", round(float(np.mean((x_train.mean(0) - x_test) ** 2)), 2))

# %% [markdown]
# It is blurred: the decoder draws what digits near this code usually look like, and the handwriting
# is lost. Where two kinds share a region, it draws a mixture. Still, the error is clearly below that
# of always answering with the mean of all digits.
#
# ## From a code to a picture
#
# **Predict**: `code` is no `Input`; a layer returned it. Can a model start there?

# %%
digit_decoder = keras.Model(code, picture, name="decoder")
print(digit_decoder.input_shape, digit_decoder.output_shape)
grid = widgets.code_map_picture(digit_decoder, codes)
show(grid, alt="A grid of codes, decoded: neighbours look alike, and one digit turns into the next.")
print(widgets.code_text(digit_decoder, codes, y_test, *codes[y_test == 0].mean(axis=0)))

# %% [markdown]
# It can: Keras puts an input of its own there, with a name such as `keras_tensor_2CLONE`. The decoder
# draws a picture for any two numbers. The one made of characters belongs to the mean code of all
# zeros.
#
# Run the next cell and move its sliders, or use the arrow keys. The lines mark the code; beside it is
# what the decoder draws.
#
# **Predict**: what does it draw halfway between two kinds of digits? And outside of all codes?

# %%
def decode(first, second):
    told = widgets.code_text(digit_decoder, codes, y_test, first, second)
    figure = widgets.code_picture(digit_decoder, codes, y_test, first, second)
    show(figure, alt=told.splitlines()[0])
    print(told)


low, high = np.floor(codes.min(axis=0)), np.ceil(codes.max(axis=0))
ranges = [(float(a), float(b), 0.5) for a, b in zip(low - 2, high + 2, strict=True)]
interactive(decode, first=ranges[0], second=ranges[1])

# %% [markdown]
# Halfway you mostly see mixtures that nobody wrote. Outside, the decoder goes on drawing: it cannot
# say that it does not know.
#
# ## Layers that make pictures larger
#
# A decoder of convolutions has to grow again. `UpSampling2D(3)` writes each number into 3 × 3 places.
# `Conv2DTranspose` multiplies each number with its kernel, lays the products where the number stands,
# and adds what overlaps. With `strides=2` they are laid two places apart.
#
# **Predict** each shape from maps of 8 × 8.

# %% tags=["nbval-check-output"]
maps = keras.Input(shape=(8, 8, 32))
strided = layers.Conv2DTranspose(16, 3, strides=2, padding="same")
unpadded = layers.Conv2DTranspose(16, 3)
for layer in layers.UpSampling2D(3), unpadded, strided, layers.Conv2D(16, 3):
    print(f"{type(layer).__name__:16}{layer(maps).shape!s:20}{layer.count_params():>6,}")

# %% [markdown]
# `UpSampling2D` multiplies the size and learns nothing. `Conv2DTranspose` has as many parameters as a
# `Conv2D`, and its sizes run the other way:
#
# - `"valid"`, the default: (size − 1) × stride + kernel;
# - `"same"`: size × stride.
#
# ## Do they undo what was done?
#
# Often you read that `Conv2DTranspose` inverts `Conv2D`, and `UpSampling2D` inverts `MaxPooling2D`.
# Here both convolutions have the same kernel, nine times 1/9: it blurs.
#
# **Predict**: does the second one make the digit sharp again?

# %%
(large, labels), test = load_digits(shape=(28, 28, 1))
digit = large[67:68] / 255
same = {"kernel_initializer": keras.initializers.Constant(1 / 9), "use_bias": False}
blurred = layers.Conv2D(1, 3, **same)(digit)
transposed = layers.Conv2DTranspose(1, 3, **same)(blurred)
pooled = layers.MaxPooling2D(2)(digit)
repeated = layers.UpSampling2D(2)(pooled)

steps = {"digit": digit, "Conv2D": blurred, "Conv2DTranspose": transposed,
         "MaxPooling2D": pooled, "UpSampling2D": repeated}
plots.images([step[0] for step in steps.values()], list(steps), columns=5, limits=(0, 1),
             alt="A 5; blurred; blurred more; pooled to 14 × 14; the same squares at 28 × 28.")
for name, step in steps.items():
    print(f"{name:16}", tuple(step.shape))

# %% [markdown]
# It blurs a second time. Both growing layers give back the shape, neither gives back the values: what
# a sum or a maximum has dropped is gone. A decoder can only learn what usually stood there.
#
# ### Exercise: `restored_shape` · ●●○ · 4 minutes
# Is at least the shape always restored? A picture of shape `(28, 28, 1)` goes through `Conv2D(8, 5)`,
# `MaxPooling2D(5)`, `UpSampling2D(5)` and `Conv2DTranspose(1, 5)`. Write the shape of the result as a
# tuple, with `None` for the batch.

# %%
# BEGIN SOLUTION
answer = (None, 24, 24, 1)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("restored_shape", answer)

# %% [markdown]
# ### Exercise: `encoder` · ●●○ · 7 minutes
# Build the model `encoder` for pictures of shape `(28, 28, 1)`: `Conv2D` with 16 and with 32 filters,
# `MaxPooling2D(3)`, `Conv2D` with 32 and with 16 filters, then `GlobalMaxPooling2D()`, which keeps
# the largest number of each map. All four `Conv2D` have kernels of 3 × 3, `relu` and no padding.
#
# Its code has 16 numbers; it has 18,672 parameters.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(28, 28, 1), name="picture")
x = layers.Conv2D(16, 3, activation="relu")(inputs)
x = layers.Conv2D(32, 3, activation="relu")(x)
x = layers.MaxPooling2D(3)(x)
x = layers.Conv2D(32, 3, activation="relu")(x)
x = layers.Conv2D(16, 3, activation="relu")(x)
outputs = layers.GlobalMaxPooling2D(name="code")(x)
encoder = keras.Model(inputs, outputs, name="encoder")
# END SOLUTION

# %% tags=["nbval-check-output"]
check("encoder", encoder)

# %% [markdown]
# ### Exercise: `autoencoder_on_one_graph` · ●●○ · 7 minutes
# Go on in the same graph, from `encoder.output`: `Reshape((4, 4, 1))`, `Conv2DTranspose` with 16 and
# with 32 filters, `UpSampling2D(3)`, `Conv2DTranspose` with 16 filters and with 1. All four have
# kernels of 3 × 3, `relu` and no padding. The model goes from `encoder.input` to the last tensor and has
# 28,241 parameters. If your `encoder` is a `Sequential`, write `encoder.outputs[0]` and
# `encoder.inputs[0]`.
#
# **Predict**: is the decoder a mirror of the encoder, in sizes, channels, parameters?

# %% tags=["nbval-check-output"]
# BEGIN SOLUTION
x = layers.Reshape((4, 4, 1))(encoder.output)
x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
x = layers.Conv2DTranspose(32, 3, activation="relu")(x)
x = layers.UpSampling2D(3)(x)
x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
outputs = layers.Conv2DTranspose(1, 3, activation="relu")(x)
model = keras.Model(encoder.input, outputs, name="autoencoder")
# END SOLUTION
if model is not ...:
    for layer in model.layers[1:]:
        print(f"{type(layer).__name__:20}{layer.output.shape!s:20}{layer.count_params():>6,}")
    print(f"encoder {encoder.count_params():,}, autoencoder {model.count_params():,}")

# %% tags=["nbval-check-output"]
check("autoencoder_on_one_graph", model)

# %% [markdown]
# People often say so, but it holds for the sizes only: 28, 26, 24, 8, 6, 4 and back. The
# channels go from 1 to 16, 32, 32, 16, but then from 1 to 16, 32, 16, 1; so the encoder has 18,672
# parameters and the decoder 9,569.
#
# Nor does `Reshape` undo `GlobalMaxPooling2D`: that kept one number of each map, without its place.
# `Reshape` lays these 16 numbers out as a picture of 4 × 4, though they never were neighbours.

# %% [markdown]
# ## A model is called like a layer
#
# A model that is called on a tensor inside another model is a **nested model**. Here the small
# encoder and decoder are called on a new input.
#
# **Predict**: how many rows does the summary have? Does `digit_nested` compute the same as
# `digit_autoencoder`? Does `get_layer` find the layer `code`?

# %%
pictures = keras.Input(shape=(8, 8, 1), name="pictures")
digit_nested = keras.Model(pictures, digit_decoder(digit_encoder(pictures)), name="nested")
digit_nested.summary()
draw(digit_nested)

# %% tags=["nbval-check-output"]
print("same results:", np.allclose(digit_nested(x_test), digit_autoencoder(x_test), atol=1e-6))
try:
    digit_nested.get_layer("code")
except ValueError as error:
    print(error)

# %% [markdown]
# - Three; `summary(expand_nested=True)` lists the layers inside as well.
# - The same: a call uses the layers and their trained weights.
# - No: ask level by level, `digit_nested.get_layer("encoder").get_layer("code")`.
#
# ## Trap: one switch, many models
#
# `trainable = False` on a model stops training of all layers inside.
#
# **Predict**: the encoder is switched off. How many of their 8 weight arrays can `digit_nested` and
# `digit_autoencoder` still train? Then its layer `code` is switched on again: how many can the
# encoder train now, and how many `digit_nested`?

# %% tags=["nbval-check-output"]
digit_encoder.trainable = False
print(len(digit_nested.trainable_weights), len(digit_autoencoder.trainable_weights))
digit_encoder.get_layer("code").trainable = True
print(len(digit_encoder.trainable_weights), len(digit_nested.trainable_weights))
digit_encoder.trainable = True

# %% [markdown]
# Four each: the switch belongs to the layers. Then 0 and 6: the encoder says that it can train
# nothing, yet the outer model trains two of its arrays. Trust the outer one.
#
# ### Exercise: `autoencoder_nested` · ●●○ · 8 minutes
# Make `decoder`, with an input of shape `(16,)` and the six layers from before, and
# `model`, which calls your `encoder` on a new input of shape `(28, 28, 1)` and `decoder` on the
# result. They have 9,569 and 28,241 parameters.

# %% tags=["nbval-check-output"]
# BEGIN SOLUTION
inputs = keras.Input(shape=(16,), name="code")
x = layers.Reshape((4, 4, 1))(inputs)
x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
x = layers.Conv2DTranspose(32, 3, activation="relu")(x)
x = layers.UpSampling2D(3)(x)
x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
outputs = layers.Conv2DTranspose(1, 3, activation="relu")(x)
decoder = keras.Model(inputs, outputs, name="decoder")

inputs = keras.Input(shape=(28, 28, 1), name="picture")
model = keras.Model(inputs, decoder(encoder(inputs)), name="autoencoder")
# END SOLUTION
if model is not ...:
    print([layer.count_params() for layer in model.layers], model.count_params())

# %% tags=["nbval-check-output"]
check("autoencoder_nested", model)

# %% [markdown]
# ## Trap: an ensemble of three
#
# An **ensemble** is several models that are asked the same question; their answers are averaged.
# Below, the members have 128 weights and a bias each.
#
# **Predict**: does this ensemble have 387 parameters, or 129?

# %%
member = keras.Sequential([keras.Input(shape=(128,)), layers.Dense(1)], name="member")
inputs = keras.Input(shape=(128,), name="features")
alone = keras.Model(inputs, layers.average([member(inputs), member(inputs), member(inputs)]))
print(alone.count_params())
draw(alone)

# %% [markdown]
# 129: one model, called three times, with one set of weights. Its three answers are equal, and so is
# their average. Keras says nothing.
#
# To call one encoder twice is right where two inputs must be judged alike, as in chapter 05. An
# ensemble needs separate models.
#
# ## A copy with weights of its own
#
# **Predict**: does `clone_model` copy what the encoder has learned? Can both stand in one model?

# %% tags=["nbval-check-output"]
copy = keras.models.clone_model(digit_encoder)
print("same graph:", bool(compare(copy, digit_encoder)))
print("same codes:", np.allclose(copy(x_test), digit_encoder(x_test)))
copy.set_weights(digit_encoder.get_weights())
print("same codes:", np.allclose(copy(x_test), digit_encoder(x_test)))

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(8, 8, 1))
try:
    keras.Model(inputs, layers.average([digit_encoder(inputs), copy(inputs)]))
except ValueError as error:
    print(error)

# %% [markdown]
# A clone has new random weights; `set_weights` copies the values, and from then on each trains alone.
# In one model they need two names: `copy.name = "copy"`.
#
# ### Exercise: `ensemble_average` · ●●○ · 6 minutes
# Make three separate models, each with an input of shape `(128,)` and `Dense(1)` without activation.
# `model` has one input of shape `(128,)`, calls each of the three on it and returns the average. It
# has 387 parameters.

# %% tags=["nbval-check-output"]
# BEGIN SOLUTION
def make_member():
    row = keras.Input(shape=(128,))
    return keras.Model(row, layers.Dense(1)(row))


members = [make_member() for _ in range(3)]
inputs = keras.Input(shape=(128,))
model = keras.Model(inputs, layers.average([member(inputs) for member in members]))
# END SOLUTION
if model is not ...:
    print("3 × (128 + 1) =", model.count_params())

# %% tags=["nbval-check-output"]
check("ensemble_average", model)

# %% [markdown]
# ## Is the average better than its members?
#
# Twelve small networks learn digits, and make four ensembles of three. They differ in their first
# random weights. Four networks that are three times as wide have about as many parameters as an
# ensemble. All learn in one model: no weight is shared, so each learns as if alone.
#
# **Predict**: which comes first: one small network, the average of three, or the wide one?

# %%
image = keras.Input(shape=(8, 8, 1))


def classifier(units):
    x = layers.Dense(units, activation="relu")(layers.Flatten()(image))
    return layers.Dense(10, activation="softmax")(x)


small = [classifier(16) for _ in range(12)]
means = [layers.average(small[n : n + 3]) for n in range(0, 12, 3)]
wide = [classifier(48) for _ in range(4)]
together = keras.Model(image, ops.stack(small + wide, axis=1))
together.compile("adam", loss="sparse_categorical_crossentropy")
history = together.fit(x_train, np.repeat(y_train[:, None], 16, axis=1), epochs=8, verbose=0)

# %%
right = {}
for name, asked in {"one small": small, "average of three": means, "one wide": wide}.items():
    answers = keras.Model(image, asked).predict(x_test, verbose=0)
    right[name] = [np.mean(answer.argmax(axis=-1) == y_test) for answer in answers]
plots.seeds(right, "accuracy on test digits")

# %% [markdown]
# The average beats its members by a few in a hundred: their mistakes differ, and partly cancel. One
# wide network with as many parameters is better still. With `epochs=40` the average gains almost
# nothing. So compare an ensemble with one model of its size.
#
# ## Trap: what the last layer can say
#
# A clone of the autoencoder learns from pixels that nobody divided by 255. Its last activation is
# `sigmoid`.
#
# **Predict**: does `fit` complain? What does the clone return?

# %%
unscaled = keras.models.clone_model(digit_autoencoder)
unscaled.compile("adam", loss="mse")
unscaled.fit(x_train * 255, x_train * 255, epochs=3, verbose=0)
returned = unscaled.predict(x_test[kinds] * 255, verbose=0)
plots.images([*x_test[kinds], *returned], columns=10, limits=(0, 1),
             alt="One digit of each kind; below, what the clone returns: the same few pixels for all.")
print("largest pixel:", round(float(returned.max()), 2), "wanted:", 255)

# %% [markdown]
# No complaint; the pixels are near 0 or 1, and nearly the same for every digit, as `sigmoid` cannot
# pass 1. Targets from 0 to 1 fit it. Pixels from −1 to 1 would need `tanh` or no activation.
#
# ## Noise
#
# An autoencoder can learn more than to copy: give it spoilt pictures as input, clean ones as target.
# Here a random number is added to each pixel.
#
# **Predict**: which digits can you still read?

# %%
noise = np.random.default_rng(1).normal(scale=0.3, size=(1797, 8, 8, 1))
noisy = np.clip(np.concatenate([x_train, x_test]) + noise, 0, 1)
noisy_train, noisy_test = noisy[:1500], noisy[1500:]
plots.images(noisy_test[kinds], columns=10, limits=(0, 1), alt="A noisy digit of each kind.")
print("error:", round(float(np.mean((noisy_test - x_test) ** 2)), 2))

# %% [markdown]
# Few: the noise hides most strokes.
#
# ### Exercise: `mended_autoencoder` · ●●○ · 8 minutes
# Copy this program from 2016 and mend it, one thing at a time. Pictures of shape `(8, 8, 1)` go in
# and come out; each convolution has a kernel of 3 × 3, moves one pixel in a step and keeps the size. All else
# stays.
#
# ```python
# digit = keras.Input(shape=(8, 8, 1))
# x = layers.Convolution2D(32, 3, 3, activation="relu", border_mode="same")(digit)
# x = layers.MaxPooling2D((2, 2))(x)
# x = layers.Convolution2D(32, 3, 3, activation="relu", border_mode="same")(x)
# x = layers.UpSampling2D((2, 2))(x)
# x = layers.Convolution2D(1, 3, 3, activation="sigmoid", border_mode="same")(x)
# model = keras.Model(input=digit, output=x)
# ```

# %%
# BEGIN SOLUTION
digit = keras.Input(shape=(8, 8, 1))
x = layers.Conv2D(32, 3, activation="relu", padding="same")(digit)
x = layers.MaxPooling2D((2, 2))(x)
x = layers.Conv2D(32, 3, activation="relu", padding="same")(x)
x = layers.UpSampling2D((2, 2))(x)
x = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x)
model = keras.Model(digit, x)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mended_autoencoder", model)

# %% [markdown]
# ## Trap: mended by half
#
# Keras refuses `border_mode` and `input`. It accepts `32, 3, 3`. In 2016 the two 3 were the
# kernel's height and width; today they are kernel and stride.
#
# **Predict**: which shape comes out when only the refused words are mended? Does `fit` complain?

# %% tags=["nbval-check-output"]
half = keras.Sequential([keras.Input(shape=(8, 8, 1))])
half.add(layers.Convolution2D(32, 3, 3, activation="relu", padding="same"))
half.add(layers.MaxPooling2D((2, 2)))
half.add(layers.Convolution2D(32, 3, 3, activation="relu", padding="same"))
half.add(layers.UpSampling2D((2, 2)))
half.add(layers.Convolution2D(1, 3, 3, activation="sigmoid", padding="same"))
half.compile("adam", loss="mse")
half.fit(x_train[:256], x_train[:256], verbose=0)
print(half.output_shape, half.count_params())

# %% [markdown]
# One pixel comes out, and `mse` compares it with all 64. The parameter count is right, as a stride has
# no weights. Only the shape tells.
#
# ### Exercise: `digit_denoiser` · ●●● · 10 minutes
# Build your mended model again, compile it with `keras.optimizers.Adam(3e-3)` and the loss `"mse"`, and
# train it for 10 epochs to remove noise. Which of `x_train` and `noisy_train` is the input, which the
# target? On new noisy digits its mean squared error must be at most 0.027; doing nothing gives 0.05.

# %%
# BEGIN SOLUTION
digit = keras.Input(shape=(8, 8, 1))
x = layers.Conv2D(32, 3, activation="relu", padding="same")(digit)
x = layers.MaxPooling2D((2, 2))(x)
x = layers.Conv2D(32, 3, activation="relu", padding="same")(x)
x = layers.UpSampling2D((2, 2))(x)
x = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x)
model = keras.Model(digit, x)

model.compile(keras.optimizers.Adam(3e-3), loss="mse")
history = model.fit(noisy_train, x_train, epochs=10, verbose=0)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("digit_denoiser", model)

# %% [markdown]
# Now see what your model does. A clone of it learns with the noisy pictures as targets, too.
#
# **Predict**: is the clone's error above or below 0.027?

# %%
if model is not ...:
    cleaned = model.predict(noisy_test[kinds], verbose=0)
    rows = np.stack([noisy_test[kinds], cleaned, x_test[kinds]], axis=1)
    plots.images(rows.reshape(-1, 8, 8, 1), ["noisy", "cleaned", "clean"] * 10, columns=6,
                 limits=(0, 1), alt="Ten test digits: noisy, cleaned by the model, and clean.")
    copier = keras.models.clone_model(model)
    copier.compile(keras.optimizers.Adam(3e-3), loss="mse")
    copier.fit(noisy_train, noisy_train, epochs=10, verbose=0)
    print("noisy targets:", round(copier.evaluate(noisy_test, x_test, verbose=0), 3))

# %% [markdown]
# Above: it learns to keep noise. Yours removes it, and guesses where noise has hidden a stroke. The
# graph is the same; the targets say what it is for.
#
# ## Summary
#
# - Models cut out of one graph share their layers: what one learns, all have.
# - A model called often has its weights once. A clone has new ones.
# - Growing layers restore shapes, not values.
# - The last activation has to fit the targets.
#
# Before: [06 Skip connections](06_skip_connections.ipynb). Next:
# [08 Features and transfer](08_features_and_transfer.ipynb).
