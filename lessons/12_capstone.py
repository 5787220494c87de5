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
# # 12 Three networks from a figure
#
# You will be able to:
# - build a network from a figure and a paragraph, without steps;
# - show on held-out data what it learned, and compare it with something simpler;
# - say where to go on from here.
#
# Time: 130 minutes. Needed: chapter [11](11_when_it_goes_wrong.ipynb). Words:
# [glossary](glossary.ipynb).

# %%
from exercises_check import check, plots, progress, widgets
from exercises_check.datasets import (
    DEPARTMENTS, VOCABULARY, load_digit_pairs, load_digits, load_noisy_digits, load_tickets,
)
from exercises_check.figures import show

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(12)
progress(12)

# %% [markdown]
# ## How to read a figure
#
# Papers give a network as a figure and a paragraph. So does this chapter, three times.
#
# - A box is a call of a layer: its class, its settings, and in slanted letters the shape that comes
#   out, without the batch.
# - A setting that is not named has Keras' default.
# - A dotted frame is one layer, or one model, that is called more than once.
# - A dashed arrow is a skip connection without a layer.

# %% [markdown]
# Run `check` as soon as your model is built: it looks at the graph first. When that is right, go
# back one cell and train, in your own way; then `check` measures what the model learned.
#
# ## Task 1: read a ticket
#
# A ticket has a title, a body, tags and five numbers. It needs a priority and a department.
#
# **Predict**: 0 fills a text that is too short. Which is emptier, a title or a body?

# %% tags=["nbval-check-output"]
train, test = load_tickets()
train_inputs = {**train.inputs, "metadata": train.metadata}
test_inputs = {**test.inputs, "metadata": test.metadata}
print(test.texts[3].title, "|", test.texts[3].body, "|", test.texts[3].tags)
print("urgent:", test.priority[3, 0], " department:", DEPARTMENTS[test.department[3]])
for name, array in train_inputs.items():
    print(f"{name:9}{array.shape!s:12}{array.dtype!s:9}0 in {np.mean(array == 0):.0%} of all places")

# %% [markdown]
# A title: half of its 10 places are empty, and one in seven of a body's 40. The numbers in
# `metadata` lie between 0 and 1 already.
#
# ## First something simple
#
# A **baseline** is the result of something simple, which a larger model has to beat. This one gets
# a 1 for each word that occurs, in any order, the tags and the numbers. Each output is one `Dense`.
#
# **Predict**: four departments, two priorities. Which accuracies does it reach?

# %%
def counted(part):
    there = np.zeros((len(part), 400))
    for text in (part.title, part.body):
        there[np.arange(len(part))[:, None], text] = 1  # one row a ticket, one column a word
    return np.hstack([there, part.tags, part.metadata])

losses = {"priority": "binary_crossentropy", "department": "sparse_categorical_crossentropy"}
everything = keras.Input(shape=(417,))
heads = {"priority": layers.Dense(1, "sigmoid"), "department": layers.Dense(4, "softmax")}
baseline = keras.Model(everything, {name: head(everything) for name, head in heads.items()})
baseline.compile(keras.optimizers.Adam(0.01), losses, metrics=dict.fromkeys(losses, "accuracy"))
baseline.fit(counted(train), train.targets, epochs=10, batch_size=64, verbose=0)
results = baseline.evaluate(counted(test), test.targets, return_dict=True, verbose=0)
for name, result in results.items():
    print(f"{name:22}{result:.2f}")

# %% [markdown]
# About 0.95 for the department, where chance gives 0.25, and about 0.85 for the priority, where
# chance gives 0.5: words say much, even without their order. No model reaches 1 here: some customers
# hurry without a reason.
#
# ## The router's figure
#
# **Predict**, once you see the figure: the router has 16,645 parameters. In which layer are most of
# them, and how many has `Attention`?

# %%
figure = widgets.blueprint_picture("ticket_attention_router")
show(figure, alt=widgets.blueprint_text("ticket_attention_router"))

# %% [markdown]
# In the `Embedding`: 400 × 32 = 12,800. `Attention` has none: it only multiplies.
#
# ### Exercise: `ticket_attention_router` · ●●● · 30 minutes
# The title's words, after a `Dense`, are the query, and the body's words are the value. One mean is
# taken of what `Attention` returns, one of the title's words without the `Dense`. Both texts share
# one `Embedding`. Inputs and outputs have the figure's names.
#
# Train until the mean of both accuracies is at least 0.85 on held-out tickets.

# %%
# BEGIN SOLUTION
title = keras.Input(shape=(10,), dtype="int32", name="title")
body = keras.Input(shape=(40,), dtype="int32", name="body")
tags = keras.Input(shape=(12,), name="tags")
metadata = keras.Input(shape=(5,), name="metadata")
embed = layers.Embedding(400, 32, mask_zero=True)
title_words, body_words = embed(title), embed(body)
answers = layers.Attention()([layers.Dense(32)(title_words), body_words])
rows = [layers.GlobalAveragePooling1D()(words) for words in (title_words, answers)]
x = layers.Concatenate()([*rows, tags, metadata])
x = layers.Dense(32, activation="relu")(x)
priority = layers.Dense(1, activation="sigmoid", name="priority")(x)
department = layers.Dense(4, activation="softmax", name="department")(x)
model = keras.Model([title, body, tags, metadata], [priority, department])
# END SOLUTION

# %%
# Compile and train it here.
# BEGIN SOLUTION
model.compile(keras.optimizers.Adam(0.003), losses)
history = model.fit(train_inputs, train.targets, epochs=5, batch_size=64, verbose=2)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("ticket_attention_router", model)

# %% [markdown]
# ## What the router looks at
#
# Cells that begin with `if isinstance(model, keras.Model)` show your own model: run them when its
# check passes. `attention.input` are the two tensors that your `Attention` receives; a second model
# on the same graph returns them.
#
# **Predict**: which words in the body of the ticket above get the most weight? Of 500 held-out
# tickets, how many go to a wrong department?

# %%
if isinstance(model, keras.Model):
    attention = next(layer for layer in model.layers if isinstance(layer, layers.Attention))
    asked, words = keras.Model(model.inputs, attention.input).predict(test_inputs, verbose=0)
    mask = [None, test.body != 0]
    weights = attention([asked, words], mask=mask, return_attention_scores=True)[1]
    rows, columns = ([VOCABULARY[i] for i in text[3] if i] for text in (test.title, test.body))
    plots.matrix(weights[3, : len(rows), : len(columns)], rows, columns,
                 alt="The weight of each word of the body for each word of the title.")

    outputs = keras.tree.flatten(model.predict(test_inputs, verbose=0))
    departments = next(output for output in outputs if output.shape[1] == 4)
    plots.confusion_matrix(test.department, departments, DEPARTMENTS)
    print("wrong:", np.sum(departments.argmax(axis=1) != test.department))

# %% [markdown]
# A few words that tell something stand out in most rows, such as *third*, *link* or *username*: it
# differs from training to training. *the* and *is* get next to nothing. About 10 to 20 tickets go to
# a wrong department; some have a sentence about another one.
#
# ## Is attention worth it?
#
# Half a minute: the router, with three seeds, against one with a mean of the body's words in place
# of `Attention`.
#
# **Predict**: by how much is the router better?

# %%
accuracies = {look: widgets.router_accuracies(look) for look in ("attention", "mean")}
plots.seeds(accuracies, label="mean accuracy of both outputs", limits=(0.8, 1))

# %% [markdown]
# It is not better: a few words decide, wherever they stand, and a mean keeps them. Both are only a
# little above the baseline's 0.90. What attention gives here is a picture of where the model looks;
# on other data, measure it.
#
# ## Trap: a number between `Embedding` and `Attention`
#
# Some code found online multiplies an embedding by a number, as its values are small.
#
# **Predict**: how much weight goes to empty places, without and with `* 6`?

# %% tags=["nbval-check-output"]
text = keras.Input(shape=(40,), dtype="int32")
embedded = layers.Embedding(400, 32, mask_zero=True)(text)
for name, tensor in {"as it is": embedded, "times 6": embedded * 6}.items():
    results = layers.Attention()([tensor, tensor], return_attention_scores=True)
    scores = keras.Model(text, results).predict(test.body, verbose=0)[1]
    print(f"{name:9}{np.mean(np.sum(scores * (test.body == 0)[:, None], axis=-1)):.0%}")

# %% [markdown]
# Without, nothing; with `* 6`, about as much as their share of all places. `*` is an operation, and
# operations lose the mask, in silence. A layer such as `Rescaling(6.0)` keeps it.
#
# ## Task 2: take the noise away
#
# The second network gets a noisy digit and returns a clean one.
#
# **Predict**: by the mean squared error, what is closest to a clean digit: the same one with noise,
# the average of all digits, or a black image?

# %%
(noisy, clean), (noisy_test, clean_test) = load_noisy_digits()
pictures = np.concatenate([noisy_test[:8], clean_test[:8]])
plots.images(pictures, limits=(0, 1), alt="Eight digits with so much noise that some are hard to "
             "read, and below the same digits without it.")
average = clean.mean(axis=0)
for name, guess in {"noisy": noisy_test, "average": average, "black": 0 * average}.items():
    print(f"{name:9}{np.mean((guess - clean_test) ** 2):.3f}")

# %% [markdown]
# The average: it looks like no digit, but its error is about half that of the noisy image. So a
# small error alone is no success: look at the pictures, and know what a model without any skill
# reaches.
#
# ## Sizes that fit
#
# On the way down, each pooling halves the height and width; on the way up they are doubled.
#
# **Predict**: images of 28 × 28 and three poolings. What happens?

# %% tags=["nbval-check-output"]
x = keras.Input(shape=(28, 28, 1))
for number in range(1, 4):
    before, x = x, layers.MaxPooling2D(2)(x)
    print(number, before.shape, "->", x.shape)
try:
    layers.Concatenate()([before, layers.UpSampling2D(2)(x)])
except ValueError as error:
    print(error)

# %% [markdown]
# 7 // 2 is 3, and twice 3 is 6, not 7. For three poolings, the size must be a multiple of
# 2 × 2 × 2 = 8. The next figure has two poolings, so multiples of 4 fit, such as 16.
#
# ## The U-Net's figure
#
# A network of this form is a **U-Net**: an encoder, a decoder, and a skip connection at each height
# that hands over what the pooling would lose.

# %%
show(widgets.blueprint_picture("small_unet"), alt=widgets.blueprint_text("small_unet"))

# %% [markdown]
# ### Exercise: `joined_convolution` · ●●○ · 4 minutes
# How many parameters has the convolution right after the *lower* `Concatenate` in the figure?
# Compute it; Python may help.

# %%
# BEGIN SOLUTION
answer = 3 * 3 * (32 + 16) * 16 + 16
# END SOLUTION

# %% tags=["nbval-check-output"]
check("joined_convolution", answer)

# %% [markdown]
# ### Exercise: `small_unet` · ●●● · 25 minutes
# Every convolution keeps height and width, and all have `relu` except the last: it has `sigmoid`, so
# that each pixel is a number from 0 to 1. The skips leave before the pooling and are joined with
# what comes from below.
#
# Train it until the mean squared error on held-out digits is at most 0.016.

# %%
# BEGIN SOLUTION
def conv(filters):
    return layers.Conv2D(filters, 3, padding="same", activation="relu")


inputs = keras.Input(shape=(16, 16, 1))
high = conv(16)(inputs)
low = conv(16)(layers.MaxPooling2D(2)(high))
x = conv(32)(layers.MaxPooling2D(2)(low))
for skip in (low, high):
    x = layers.UpSampling2D(2)(x)
    x = conv(16)(layers.Concatenate()([x, skip]))
model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
# END SOLUTION

# %%
# Compile and train it here.
# BEGIN SOLUTION
model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["mse"])
history = model.fit(noisy, clean, epochs=4, batch_size=32, verbose=2)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("small_unet", model)

# %% [markdown]
# ## What the U-Net returns
#
# **Predict**: where does it still go wrong, inside a stroke or at its edge?

# %%
if isinstance(model, keras.Model):
    denoised = model.predict(noisy_test, verbose=0)
    print(f"error on held-out digits {np.mean((denoised - clean_test) ** 2):.3f}")
    pictures = np.concatenate([noisy_test[:8], denoised[:8], clean_test[:8]])
    plots.images(pictures, limits=(0, 1), alt="Three rows of eight digits: noisy, as the model "
                 "returns them, and clean.")
    wrong = np.abs(denoised - clean_test).mean(axis=(1, 2, 3)).argsort()[::-1][:8]
    pictures = np.concatenate([array[wrong] for array in (noisy_test, denoised, clean_test)])
    plots.images(pictures, limits=(0, 1), alt="The same for the eight digits that it gets worst.")

# %% [markdown]
# At the edges, and where a gap is small: there the noise leaves two answers open, and the model
# returns a grey between them. With bad luck, a digit even turns into another one.
#
# Below is what the last `Concatenate` hands on for one digit. **Predict**: which maps come from
# below, which over the skip?

# %%
if isinstance(model, keras.Model):
    joins = [layer for layer in model.layers if isinstance(layer, layers.Concatenate)]
    last = max((join.output for join in joins), key=lambda tensor: tensor.shape[1])
    maps = keras.Model(model.inputs, last).predict(noisy_test[:1], verbose=0)
    plots.feature_maps(maps, most=32, alt="The maps that the last Concatenate joins.")

# %% [markdown]
# Maps of coarse squares come from below: they know what is a stroke, and not exactly where. The
# fine, noisy ones came over the skip: they know where. The convolutions after it need both.
#
# ## Trap: the wrong target
#
# A small network, trained twice; the second time with a mistake in `fit`.
#
# **Predict**: which of the two reaches the lower loss?

# %%
for name, target in {"fit(noisy, clean)": clean, "fit(noisy, noisy)": noisy}.items():
    keras.utils.set_random_seed(0)
    image = keras.Input(shape=(16, 16, 1))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(image)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    tiny = keras.Model(image, layers.Conv2D(1, 1)(layers.Concatenate()([x, image])))
    tiny.compile(keras.optimizers.Adam(0.003), "mse")
    loss = tiny.fit(noisy, target, epochs=3, verbose=0).history["loss"][-1]
    error = np.mean((tiny.predict(noisy_test, verbose=0) - clean_test) ** 2)
    print(f"{name}  loss {loss:.3f}  error on held-out digits {error:.3f}")

# %% [markdown]
# The second, by far: over the skip the input reaches the output as it is, so a loss of almost 0 is
# easy, and nothing is denoised. A low loss only says that the targets are met.
#
# The first line is a baseline for your U-Net: three convolutions, no pooling. Is your error lower?
#
# ## Task 3: the same digit?
#
# The third network gets two images and says whether they show the same digit.

# %%
(pairs, same), (test_pairs, test_same) = load_digit_pairs()
pictures = np.concatenate([pairs["first"][:8], pairs["second"][:8]])
titles = ["same" if one else "different" for one in same[:8, 0]] + [""] * 8
plots.images(pictures, titles, alt="Eight pairs of digits, one above the other; "
             "every second pair shows the same digit twice.")

# %% [markdown]
# In this data, half of the pairs show the same digit. What if pairs are drawn by chance?
#
# ### Exercise: `always_different` · ●○○ · 3 minutes
# Pairs are drawn by chance from ten digits that are equally frequent. A model answers “different”
# to every pair. What is its accuracy, as a number from 0 to 1?

# %%
# BEGIN SOLUTION
answer = 9 / 10
# END SOLUTION

# %% tags=["nbval-check-output"]
check("always_different", answer)

# %% [markdown]
# ## Trap: a good accuracy without any skill
#
# That answer needs no skill, and 0.9 looks fine. So `load_digit_pairs` draws as many equal pairs as
# different ones; there chance gives 0.5. Compare each accuracy with that of the most
# frequent answer.
#
# ## Old code for the distance of two tensors
#
# Siamese networks found online often compare two embeddings with `K`, the old `keras.backend`.
#
# **Predict**: which of the three functions fails first?

# %% tags=["nbval-check-output"]
from keras import backend as K

try:
    K.exp(-K.sum(K.abs(ops.ones((1, 8))), axis=1, keepdims=True))
except AttributeError as error:
    print(error)

# %% [markdown]
# `exp`: Python looks for it before it computes what stands in the brackets. `sum` and `abs` are gone
# from there, too.
#
# ### Exercise: `similarity` · ●○○ · 6 minutes
# Mend this function. It returns `exp(−distance)` of two tensors. The distance is the sum of all
# absolute differences along the last axis; that axis stays, with size 1.
#
# ```python
# def similarity(a, b):
#     return K.exp(-K.sum(K.abs(a - b), axis=1, keepdims=True))
# ```

# %%
# BEGIN SOLUTION
def similarity(a, b):
    distance = ops.sum(ops.abs(a - b), axis=-1, keepdims=True)
    return ops.exp(-distance)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("similarity", similarity)

# %% [markdown]
# ## The siamese network's figure
#
# **Predict**: what does `similarity` return for two equal embeddings? And what for two that are far
# apart?

# %%
show(widgets.blueprint_picture("siamese_residual"), alt=widgets.blueprint_text("siamese_residual"))

# %% [markdown]
# 1 for equal ones, as exp(0) is 1; almost 0 for those far apart. So no `sigmoid` follows.
#
# ### Exercise: `siamese_residual` · ●●● · 30 minutes
# The encoder is a model of its own, called on both images. Its residual block halves height and
# width, so the skip connection has a projection with kernel 1 × 1. The output is `similarity` of
# both embeddings; the inputs are named as the data.
#
# Train it until its accuracy on held-out pairs is at least 0.87.

# %%
# BEGIN SOLUTION
image = keras.Input(shape=(8, 8, 1))
x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
shortcut = layers.Conv2D(16, 1, strides=2)(x)
x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Conv2D(16, 3, padding="same")(x)
x = layers.Flatten()(layers.ReLU()(layers.Add()([x, shortcut])))
encoder = keras.Model(image, layers.Dense(8)(x), name="encoder")

first = keras.Input(shape=(8, 8, 1), name="first")
second = keras.Input(shape=(8, 8, 1), name="second")
model = keras.Model([first, second], similarity(encoder(first), encoder(second)))
# END SOLUTION

# %%
# Compile and train it here.
# BEGIN SOLUTION
model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
history = model.fit(pairs, same, epochs=4, batch_size=64, verbose=2)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("siamese_residual", model)

# %% [markdown]
# ## A map of the digits
#
# An embedding has eight numbers. The picture shows the two directions in which those of the 297
# held-out images differ most.
#
# **Predict**: the model never saw a label from 0 to 9. Does it keep the ten digits apart?

# %%
(images, digits), (test_images, test_digits) = load_digits((8, 8, 1))
if isinstance(model, keras.Model):
    nested = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    embeddings = nested.predict(test_images / 255, verbose=0)
    centred = embeddings - embeddings.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:2]
    plots.points(centred @ directions.T, test_digits,
                 alt="Each held-out digit as a point; most points of one digit lie together.")

# %% [markdown]
# It does, mostly: “same” and “different” were enough to find ten groups. Two groups that overlap
# here may still be apart in one of the six other directions.
#
# ## One example is enough
#
# Now take a single image of each digit. Which of the ten is a new image closest to?
#
# **Predict**: of 297 images, how many are named rightly?

# %%
if isinstance(model, keras.Model):
    examples = [np.flatnonzero(digits == digit)[0] for digit in range(10)]
    known = nested.predict(images[examples] / 255, verbose=0)
    distances = np.abs(embeddings[:, None] - known).sum(axis=-1)
    closest = distances.argmin(axis=1)
    plots.confusion_matrix(test_digits, closest)
    print("right:", np.sum(closest == test_digits))

# %% [markdown]
# Most of them, from ten labelled images. For a new class you add one image, and train nothing again.
#
# ## Where to go next
#
# - Measure one change with three seeds, such as a U-Net without skips.
# - `draw` a model of `keras.applications`, and find the blocks you know.
# - Build the figure of a paper; `compare(one, other)` tells two models apart.
# - Take your own data, and begin with a baseline.

# %% [markdown]
# ## Summary: what you can do now
#
# - Read a figure: a box is a layer call, an arrow a tensor. Name what is used twice.
# - Check the graph first, then what it learned, on data that it has not seen.
# - Compare each number: with a baseline, with chance, with the most frequent answer.
# - Look at what comes out: a low loss with the wrong target is worth nothing.
#
# Back: [11 When it goes wrong](11_when_it_goes_wrong.ipynb), or the start:
# [00 Start here](00_start_here.ipynb).
