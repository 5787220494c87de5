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
# # 05 Shared layers
#
# You will be able to:
# - share weights on purpose, and notice where they are shared, or not, by mistake;
# - tell a shared layer from a shared input;
# - build a network that says how alike two things are, and see what it has learned.
#
# Time: 70 minutes. Needed: chapter [04](04_several_inputs_and_outputs.ipynb). Words:
# [glossary](glossary.ipynb).

# %%
from exercises_check import check, draw, plots, progress, widgets
from exercises_check.datasets import load_digit_pairs, load_digits, load_tickets
from exercises_check.figures import show
from exercises_check.starts import restart

import keras
import numpy as np
import tensorflow as tf
from ipywidgets import interactive
from keras import layers, ops

test_images, digits = load_digits(shape=(8, 8, 1))[1]
test_images = test_images / 255
progress(5)

# %% [markdown]
# ## One layer, two calls
#
# So far you called each layer once. `Embedding(1000, 128)` has 128,000 weights. Here it is called on
# two texts.
#
# **Predict**: has the model 128,000 parameters or 256,000?

# %%
first = keras.Input(shape=(None,), dtype="int32", name="first")
second = keras.Input(shape=(None,), dtype="int32", name="second")
embed = layers.Embedding(1000, 128, name="embed")
vectors = [embed(first), embed(second)]
pair = keras.Model([first, second], vectors)
print(f"{pair.count_params():,}")
draw(pair)

# %% [markdown]
# 128,000. A **shared layer** is called more than once. Its weights belong to the layer, not to the
# call, so they exist once.
#
# Share a layer where both inputs are of the same kind: a word means the same in either text.
#
# ## What goes from one input to the other
#
# Some texts say that a shared layer passes information between inputs.
#
# **Predict**: another first text. Does the result for the second one change?

# %% tags=["nbval-check-output"]
text, other = np.array([[4, 8, 15]]), np.array([[16, 23, 42]])
before = pair([text, text])[1]
after = pair([other, text])[1]
print("the second result is the same:", np.array_equal(before, after))

# %% [markdown]
# No: at a call, nothing goes across. Sharing shows while you *train*: both inputs change the same
# weights.
#
# In the picture each row of a table belongs to a word; the numbers say how far one training step
# moves it. The second picture starts without sharing: change `shared` and `step`, with the arrow keys
# and the space bar, too.
#
# **Predict**: the step is for the first text only. Which words of the second text move?

# %%
def sharing(first="where is my parcel", second="my parcel is late", shared=True, step="first"):
    told = widgets.sharing_text(first, second, shared, step)
    show(widgets.sharing_picture(first, second, shared, step), alt=told)
    print(told)


sharing()
texts = ["where is my parcel", "my parcel is late", "refund my order", "money back please"]
interactive(sharing, first=texts, second=texts, shared=False, step=["first", "second", "both"])

# %% [markdown]
# *is*, *my* and *parcel*, the words that both have. Without `shared` there are two tables, and the
# second text learns nothing from the first: it must meet *parcel* itself.
#
# ### Exercise: `separate_parameters` · ●○○ · 3 minutes
# Two texts. Each has its own `Embedding(10_000, 128)` and its own `LSTM(64)`. `Concatenate` joins
# both states, then comes `Dense(1)`. How many parameters has the model? Python may compute it.

# %%
# BEGIN SOLUTION
lstm = 4 * (64 * (128 + 64) + 64)
answer = 2 * 10_000 * 128 + 2 * lstm + 128 + 1
# END SOLUTION

# %% tags=["nbval-check-output"]
check("separate_parameters", answer)

# %% [markdown]
# ### Exercise: `shared_parameters` · ●○○ · 2 minutes
# The same model, but both texts go through the same `Embedding` and the same `LSTM`.

# %%
# BEGIN SOLUTION
answer = 10_000 * 128 + 4 * (64 * (128 + 64) + 64) + 128 + 1
# END SOLUTION

# %% tags=["nbval-check-output"]
check("shared_parameters", answer)

# %% [markdown]
# Only `Dense(1)` keeps its size: it reads both states either way.
#
# You choose for each layer. Words may mean the same in both texts, while what matters in a question
# is not what matters in an answer: then share the `Embedding`, not the `LSTM`.
#
# ### Exercise: `shared_embedding` · ●●○ · 7 minutes
# Two inputs for texts of any length, as `int32`. Both go through *one* `Embedding(10_000, 128)`, then
# each through *its own* `LSTM(64)`. `Concatenate`, then `Dense(1)` with `sigmoid`, named `similarity`.
#
# It has 1,378,945 parameters.

# %%
# BEGIN SOLUTION
texts = [keras.Input(shape=(None,), dtype="int32", name=name) for name in ("first", "second")]
embed = layers.Embedding(10_000, 128, name="shared_embed")
x = layers.Concatenate()([layers.LSTM(64)(embed(text)) for text in texts])
outputs = layers.Dense(1, activation="sigmoid", name="similarity")(x)
model = keras.Model(texts, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("shared_embedding", model)

# %% [markdown]
# ## Trap: one function for both texts
#
# A function saves typing. Somebody calls `read` on both texts, so that both are
# read alike.
#
# **Predict**: an `Embedding(1000, 32)` has 32,000 weights, an `LSTM(16)` on it 3,136. How many has
# the model?

# %%
def read(text):
    x = layers.Embedding(1000, 32)(text)
    return layers.LSTM(16)(x)


first, second = [keras.Input(shape=(None,), dtype="int32", name=name) for name in ("first", "second")]
twice = keras.Model([first, second], layers.Concatenate()([read(first), read(second)]))
print(f"{twice.count_params():,}")
draw(twice)

# %% [markdown]
# 70,272: all is there twice, and Keras says nothing. `layers.LSTM(16)(x)` makes a layer each time it
# runs, in a function or a loop. Make the layers first, and call them often.
#
# ### Exercise: `mended_sharing` · ●●○ · 7 minutes
# This code is from 2016. Mend what Keras 3 refuses, and let both texts go through one `Embedding` and
# one `LSTM`. All settings stay; 35,169 parameters.
#
# ```python
# def read(text):
#     x = layers.Embedding(1000, 32)(text)
#     return layers.LSTM(16)(x)
#
# first = keras.Input(shape=(None,), dtype="int32")
# second = keras.Input(shape=(None,), dtype="int32")
# merged = layers.merge([read(first), read(second)], mode="concat")
# outputs = layers.Dense(1, activation="sigmoid")(merged)
# model = keras.Model(input=[first, second], output=outputs)
# ```

# %%
# BEGIN SOLUTION
embed, lstm = layers.Embedding(1000, 32), layers.LSTM(16)
first, second = [keras.Input(shape=(None,), dtype="int32") for _ in range(2)]
merged = layers.Concatenate()([lstm(embed(first)), lstm(embed(second))])
outputs = layers.Dense(1, activation="sigmoid")(merged)
model = keras.Model([first, second], outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mended_sharing", model)

# %% [markdown]
# ## Trap: the same layer, the same tensor
#
# A text on the web wants two views of one series. It calls one `LSTM` twice on the same series.
#
# **Predict**: both results together have 128 numbers. How many of them are different?

# %% tags=["nbval-check-output"]
series = keras.Input(shape=(10, 32))
lstm = layers.LSTM(64)
views = layers.Concatenate()([lstm(series), lstm(series)])
numbers = keras.Model(series, views)(np.random.default_rng(0).normal(size=(1, 10, 32)))
print(views.shape, len(np.unique(numbers)))

# %% [markdown]
# 64: the same layer on the same tensor returns the same. Call it on two tensors, or call two layers.
# Two heads may also read one result.
#
# ## Fan-out is not sharing
#
# A **fan-out** is one tensor that several layers read. Texts call it a shared input, or a shared
# feature extractor.
#
# **Predict**: below, one text is read by two layers. How often is the `Embedding` called?

# %%
text = keras.Input(shape=(None,), dtype="int32", name="text")
x = layers.Embedding(512, 64, name="embed")(text)
readers = [layers.Bidirectional(layers.LSTM(64))(x) for _ in range(2)]
x = layers.Dense(32, activation="relu")(layers.Concatenate()(readers))
fanned = keras.Model(text, layers.Dense(1, activation="sigmoid")(x))
print(f"{fanned.count_params():,}")
draw(fanned)

# %% [markdown]
# Once. One box, two arrows out of it: that is a fan-out. It saves no weights. It
# saves time: the `Embedding` is computed once for both readers.
#
# | | layer | calls | tensors |
# |---|---|---|---|
# | fan-out | two | one each | the same one |
# | shared layer | one | two | two |
#
# **Predict**: two convolutions read an image below. Which layer has most of the parameters?

# %% tags=["nbval-check-output"]
image = keras.Input(shape=(28, 28, 1))
branches = []
for filters in (32, 64):
    x = layers.Conv2D(filters, 3, activation="relu")(image)
    branches.append(layers.Flatten()(layers.MaxPooling2D(2)(x)))
x = layers.Dropout(0.5)(layers.Concatenate()(branches))
two_widths = keras.Model(image, layers.Dense(10)(x))
print({layer.name: layer.count_params() for layer in two_widths.layers if layer.weights})

# %% [markdown]
# The last one: 16,224 numbers for each of 10 units. A loop made *different* layers here, which is
# right: the two branches should look for different things.
#
# ### Exercise: `fan_out` · ●●○ · 7 minutes
# One image of shape `(64, 64, 1)`, two branches: `Conv2D` with 32 filters and `relu`,
# `MaxPooling2D(2)`, `Flatten`. The kernel is 3 × 3 in one branch and 5 × 5 in the other.
# `Concatenate`, then `Dense(1)` with `sigmoid`.
#
# It has 60,705 parameters. Everything not said is the default.

# %%
# BEGIN SOLUTION
image = keras.Input(shape=(64, 64, 1), name="image")
maps = [layers.Conv2D(32, kernel, activation="relu")(image) for kernel in (3, 5)]
rows = [layers.Flatten()(layers.MaxPooling2D(2)(x)) for x in maps]
merged = layers.Concatenate()(rows)
model = keras.Model(image, layers.Dense(1, activation="sigmoid")(merged))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("fan_out", model)

# %% [markdown]
# ## Trap: `layer.output` has one answer
#
# The model `pair` at the top calls `embed` twice. Older code asks `embed.get_output_at(1)` for the
# second result.
#
# **Predict**: what does each of the three lines print?

# %% tags=["nbval-check-output"]
shared = pair.get_layer("embed")
print([shared.output is vector for vector in pair.outputs])
try:
    shared.get_output_at(1)
except AttributeError as error:
    print(error)
second_only = keras.Model(pair.inputs[1], pair.outputs[1])
print(second_only.output_shape)

# %% [markdown]
# `output` is what the *first* call returned, without a warning; `get_output_at` is gone. Keep what
# each call returns, as in `vectors`, and build on that.
#
# ## How alike are two rows?
#
# The **cosine similarity** of two rows is 1 where they point in the same direction, and 0 where they
# have nothing in common; opposite rows: -1.
#
# Some texts say it needs a layer of your own, or a TensorFlow function.
#
# **Predict**: does the code work on symbols like `a`?

# %% tags=["nbval-check-output"]
a, b = keras.Input(shape=(64,)), keras.Input(shape=(64,))
try:
    tf.reduce_sum(tf.nn.l2_normalize(a, -1) * tf.nn.l2_normalize(b, -1), -1)
except ValueError as error:
    print(str(error).split(". ")[0])

# %% [markdown]
# Not in a functional model. But `keras.ops` has all you need, and there is a layer:
# `Dot(axes=-1)` multiplies two rows number by number and adds up along that axis.
# With `normalize=True` it first gives each row the length 1.
#
# ## Trap: `Dot` without `normalize`
#
# For each of 297 digits, NumPy computes what `Dot` would, and finds the most similar other one.
#
# **Predict**: how often does it show the same digit, with and without `normalize`?

# %% tags=["nbval-check-output"]
rows = test_images.reshape(-1, 64)
for normalize in (False, True):
    x = rows / np.linalg.norm(rows, axis=1, keepdims=True) if normalize else rows
    alike = x @ x.T  # the dot product of each row with each other
    np.fill_diagonal(alike, -1)  # not itself
    found = alike.argmax(axis=1)
    right = np.mean(digits[found] == digits)
    print(f"normalize={normalize!s:6} {right:.2f}, one image is found {np.bincount(found).max()} times")

# %% [markdown]
# Without it, an image with much ink is similar to everything. One image is found 48 times. Keras
# gives a number in either case, of the same shape.
#
# ### Exercise: `cosine_similarity` · ●○○ · 5 minutes
# Two inputs of shape `(64,)`; the output is the cosine similarity of both, with shape `(None, 1)`.
# Mend the last two lines of this old code.
#
# ```python
# a, b = keras.Input(shape=(64,)), keras.Input(shape=(64,))
# outputs = layers.merge([a, b], mode="cos", dot_axes=1)
# model = keras.Model(input=[a, b], output=outputs)
# ```

# %%
a, b = keras.Input(shape=(64,)), keras.Input(shape=(64,))
# BEGIN SOLUTION
outputs = layers.Dot(axes=-1, normalize=True)([a, b])
model = keras.Model([a, b], outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("cosine_similarity", model)

# %% [markdown]
# ## One encoder for two images
#
# Pixels are compared place by place, so a digit that is shifted looks different. Let layers find better
# rows first. A **siamese network** calls the same layers on both inputs and compares the two results.
#
# `closeness` is 1 for equal rows, and near 0 for rows far apart.
#
# **Predict**: what is it for rows whose distance is 1?

# %%
def closeness(a, b):
    squared_distance = ops.sum(ops.square(a - b), axis=-1, keepdims=True)
    return ops.exp(-squared_distance)


print([round(float(closeness(np.array([0.0]), np.array([x]))[0]), 2) for x in (0.0, 0.5, 1.0, 2.0)])

# %% [markdown]
# 0.37. As it lies between 0 and 1, it can be trained with `"binary_crossentropy"`.
#
# ### Exercise: `siamese_encoder` · ●●○ · 10 minutes
# Two images of shape `(8, 8, 1)`. Both go through the same three layers: `Flatten`, `Dense(32)` with
# `relu`, `Dense(8)` without activation. The output is `closeness` of the two rows.
#
# It has 2,344 parameters.

# %%
# BEGIN SOLUTION
image = keras.Input(shape=(8, 8, 1))
x = layers.Flatten()(image)
x = layers.Dense(32, activation="relu")(x)
encoder = keras.Model(image, layers.Dense(8)(x), name="encoder")

first = keras.Input(shape=(8, 8, 1), name="first")
second = keras.Input(shape=(8, 8, 1), name="second")
model = keras.Model([first, second], closeness(encoder(first), encoder(second)))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("siamese_encoder", model)

# %% [markdown]
# ## Training on pairs
#
# The data are pairs of images, and whether both show the same digit. Half of them do, so guessing is
# right in 0.5 of all pairs.

# %%
(pairs, same), (test_pairs, test_same) = load_digit_pairs()
pictures = np.concatenate([pairs["first"][:8], pairs["second"][:8]])
titles = ["same" if one else "different" for one in same[:8, 0]] + [""] * 8
plots.images(pictures, titles, alt="Eight pairs of digits, one above the other.")

# %% [markdown]
# This encoder ends in two numbers. So each image becomes a point that you can draw. The plane of these
# points is its **embedding space**.
#
# **Predict**: where do the points of one digit lie before training, and after?

# %%
keras.utils.set_random_seed(5)
hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
encoder = keras.Sequential([layers.Flatten(), *hidden, layers.Dense(2)])
first, second = [keras.Input(shape=(8, 8, 1), name=name) for name in ("first", "second")]
siamese = keras.Model([first, second], closeness(encoder(first), encoder(second)))
before = encoder(test_images)

siamese.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
siamese.fit(pairs, same, epochs=6, batch_size=64, verbose=0)
print("accuracy on new pairs:", round(siamese.evaluate(test_pairs, test_same, verbose=0)[1], 2))
plots.points(before, digits, title="before", alt="All digits are mixed.")
plots.points(encoder(test_images), digits, title="after",
             alt="Most digits have a region of their own, with a few images in the wrong one.")

# %% [markdown]
# Mixed before; after training, most digits have a region of their own. The encoder was never told
# which digit an image shows: “same” and “different” were enough. And these images are new to it.
#
# ## Does sharing need less data?
#
# Four siamese networks and four with two separate encoders learn from the same
# pairs. All are in one model; no weight connects them, so each learns as if alone.
#
# **Predict**: how much accuracy does sharing gain with 100, 500, 2,500 pairs?

# %%
def encode():
    return keras.Sequential([layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(8)])


def twin(shared):
    encoder = encode()
    other = encoder if shared else encode()
    return closeness(encoder(first), other(second))


twins = [twin(shared=True) for _ in range(4)] + [twin(shared=False) for _ in range(4)]
eight = keras.Model([first, second], layers.Concatenate()(twins))
eight.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")

# %%
def accuracies(model, count, epochs):
    restart(model, seed=0)  # new random weights
    some = {name: images[:count] for name, images in pairs.items()}
    targets = np.repeat(same[:count], model.output_shape[-1], axis=1)
    model.fit(some, targets, epochs=epochs, batch_size=50, verbose=0)
    return np.mean((model(test_pairs) > 0.5) == (test_same > 0.5), axis=0)


results = {}
for count, epochs in [(100, 30), (500, 15), (2500, 6)]:
    reached = accuracies(eight, count, epochs)
    results[f"{count} pairs, shared"] = reached[:4]
    results[f"{count} pairs, separate"] = reached[4:]
plots.seeds(results, "accuracy on new pairs", alt="Shared is better for each number of pairs.")

# %% [markdown]
# Yes, here. The gain is between 0.05 and 0.1 with 100 and with 500 pairs, and smaller with more.
# Each image teaches the one encoder, whichever side it stands on. Separate encoders must also agree on
# where to put a digit.
#
# Now the same question for words: title and body of 100 tickets, with one `Embedding` or two.
#
# **Predict**: how large is the gain?

# %%
train, test = load_tickets(samples=100)
title, body = [keras.Input(shape=(None,), dtype="int32") for _ in range(2)]
outputs = []
for tables in [1] * 4 + [2] * 4:  # four models share, four do not
    made = [layers.Embedding(400, 16, mask_zero=True) for _ in range(tables)]
    means = [layers.GlobalAveragePooling1D()(x) for x in (made[0](title), made[-1](body))]
    outputs.append(layers.Dense(4, activation="softmax")(layers.Concatenate()(means)))
desk = keras.Model([title, body], ops.stack(outputs, axis=1))
desk.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
restart(desk, seed=0)
targets = np.repeat(train.department[:, None], 8, axis=1)
desk.fit([train.title, train.body], targets, batch_size=25, epochs=25, verbose=0)
right = np.argmax(desk([test.title, test.body]), axis=-1) == test.department[:, None]
shared, separate = np.split(right.mean(axis=0), 2)
plots.seeds({"shared": shared, "separate": separate}, "department right", alt="They overlap.")

# %% [markdown]
# No gain: the runs overlap. One table has fewer weights than two, that is all. “Less data” is not
# always true: measure.
#
# ## Trap: a head that starts the wrong way round
#
# Some siamese networks end in `Dot` and `Dense(1)` with `sigmoid`. Eight are trained below. For each
# you see the random weight with which its `Dense` starts, and its accuracy.
#
# **Predict**: how does the accuracy depend on that first weight?

# %%
heads = [layers.Dense(1, activation="sigmoid") for _ in range(8)]
outputs = []
for head in heads:
    encoder = encode()
    alike = layers.Dot(axes=-1, normalize=True)([encoder(first), encoder(second)])
    outputs.append(head(alike))
cosines = keras.Model([first, second], layers.Concatenate()(outputs))
cosines.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")

restart(cosines, seed=0)
starts = [float(ops.squeeze(head.kernel)) for head in heads]
reached = accuracies(cosines, 2500, 4)  # starts from the same weights
for start, accuracy in sorted(zip(starts, reached, strict=True)):
    print(f"starts with {start:5.2f}, accuracy {accuracy:.2f}")

# %% [markdown]
# With a negative weight, a larger similarity means “different”. The encoder would have to push equal
# digits apart, which one shared encoder cannot do. These networks only guess, at least for a long
# time. `closeness` has no such weight.
#
# ## Trap: which of both is first
#
# Another head joins both rows with `Concatenate`, as in `shared_embedding`.
#
# **Predict**: do two images get the same answer when you swap them?

# %%
keras.utils.set_random_seed(1)
encoder = encode()
x = layers.Concatenate()([encoder(first), encoder(second)])
x = layers.Dense(16, activation="relu")(x)
joined = keras.Model([first, second], layers.Dense(1, activation="sigmoid")(x))
joined.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")
joined.fit(pairs, same, epochs=2, batch_size=64, verbose=0)

swapped = {"first": test_pairs["second"], "second": test_pairs["first"]}
for name, asked in {"Concatenate": joined, "closeness": siamese}.items():
    one, other = [np.array(asked(x)) > 0.5 for x in (test_pairs, swapped)]
    print(f"{name:12} another answer for {np.mean(one != other):.0%} of the pairs")

# %% [markdown]
# Not always: the encoder is shared, but `Dense` has weights of its own for each side. Where the order
# must not matter, join with something that has no side: a distance, `Dot`, `Add`, `Maximum`.
#
# Take care with layers that keep averages of their data, such as `BatchNormalization` of chapter 06:
# a shared one keeps the averages of both inputs mixed together. A shared `Dropout` is
# harmless: it has no weights, and draws anew at each call.

# %% [markdown]
# ## Summary
#
# - One layer, several calls: one set of weights. A layer made in a function is new each time.
# - A fan-out is one tensor with several readers; `draw` shows which it is.
# - `layer.output` is that of the first call: keep your tensors.
# - Sharing always saves parameters. Whether it saves data, you measure.
# - Compare with something that has no side: `Dot(axes=-1, normalize=True)`, a distance.
#
# Before: [04 Several inputs and outputs](04_several_inputs_and_outputs.ipynb).
# Next: [06 Skip connections](06_skip_connections.ipynb).
