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
# # 04 Several inputs, several outputs
#
# You will be able to:
# - join branches of different data, and split a model into several heads;
# - feed inputs and targets by name, with a loss for each output;
# - choose loss weights, and see which head a shared part follows.
#
# Time: 75 minutes. Needed: chapter [03](03_training_looking_saving.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, draw, plots, progress, traps, widgets
from exercises_check.datasets import (
    DEPARTMENTS, VOCABULARY, load_placed_digits, load_tickets, word_counts,
)
from exercises_check.figures import show
from exercises_check.starts import several_starts
from tempfile import mkdtemp
import keras
import numpy as np
from ipywidgets import FloatLogSlider, fixed, interactive
from keras import layers

train, test = load_tickets()
(x_train, y_train), (x_test, y_test) = load_placed_digits()
progress(4)

# %% [markdown]
# ## When a chain is not enough
#
# `Sequential` has one input, one output and a chain between them. The Functional API is for four
# things more: several inputs or outputs, as in this chapter; shared layers; skip connections; any
# other graph without a circle.
#
# **Predict**: a support ticket has a title, a body and tags. A model has to tell how urgent it is, and
# which department it goes to. How many inputs has the model, and how many outputs?

# %% tags=["nbval-check-output"]
for name, part in train.texts[3]._asdict().items():
    print(f"{name}: {part}")
print("priority:", train.priority[3], " department:", DEPARTMENTS[train.department[3]])

# %% [markdown]
# Three inputs: two texts, and the tags as a row of twelve 0 and 1. Two outputs: is it urgent, and whose
# work is it? The tickets are invented.
#
# ## Two inputs
#
# `Model` takes a list of inputs.
#
# **Predict**: `Add` joins the two `Dense` layers below. How many parameters has `Add`, and how many
# has the model?

# %%
wide, narrow = keras.Input(shape=(32,), name="wide"), keras.Input(shape=(16,), name="narrow")
ends = [layers.Dense(8, activation="relu")(tensor) for tensor in (wide, narrow)]
two_vectors = keras.Model([wide, narrow], layers.Dense(4)(layers.Add()(ends)))
print(two_vectors.count_params())
draw(two_vectors)

# %% [markdown]
# None, and 264 + 136 + 36 = 436.
#
# A **branch** is a part of the graph that runs beside another. A **merge layer** joins branches: you
# call it on a list. `layers.add(ends)` and `ends[0] + ends[1]` do the same as `layers.Add()(ends)`.
#
# ## Add or concatenate
#
# `Add` works number by number, like `Multiply`, `Average` and `Maximum`. `Concatenate` puts tensors
# side by side.
#
# **Predict**: four pairs of shapes, two merge layers. Which of the eight calls fail?

# %% tags=["nbval-check-output"]
for first, second in [((8,), (4,)), ((12, 8), (12, 8)), ((12, 8), (10, 8)), ((8,), (1,))]:
    tensors = [keras.Input(shape=first), keras.Input(shape=second)]
    for merge in (layers.Add(), layers.Concatenate()):
        result = widgets.shape_or_error(merge, tensors)
        print(f"{first!s:8} {second!s:8} {type(merge).__name__:12} {result}")

# %% [markdown]
# Three. `Concatenate` adds up the sizes of its axis, the last one unless you say `axis=1`; all others
# must agree.
#
# ## Trap: a size of 1
#
# `Add` took 8 and 1: a size of 1 is repeated until it fits, called **broadcasting**. A branch that by
# mistake has 1 unit adds the same number to all eight. In the picture, repeated cells are hatched.
#
# **Predict**: which shapes can be added, but not concatenated? Move the sliders, or use the arrow
# keys.

# %%
widgets.show_merge(steps=3, features=4, other_steps=3, other_features=1, axis=-1)
sizes = {"steps": (1, 5), "features": (1, 8), "other_steps": (1, 5), "other_features": (1, 8)}
sliders = interactive(widgets.show_merge, **sizes, axis=[-1, 1])
sliders.children[3].style.description_width = "110px"
sliders

# %% [markdown]
# For example (3, 4) and (1, 1). Concatenate branches that tell different things; add those where
# each place means the same in both.
#
# ### Exercise: `two_images` · ●●○ · 6 minutes
# Two inputs, in this order: `grey`, `(64, 64, 1)`, and `colour`, `(32, 32, 3)`; each with a `Conv2D` of its own: 32
# filters of 3 × 3, `relu`. The maps differ in size: flatten both, then concatenate; last, `Dense`
# with 1 unit and `sigmoid`. 153,025 parameters.

# %%
# BEGIN SOLUTION
grey = keras.Input(shape=(64, 64, 1), name="grey")
colour = keras.Input(shape=(32, 32, 3), name="colour")
x, y = (layers.Conv2D(32, 3, activation="relu")(image) for image in (grey, colour))
x = layers.Concatenate()([layers.Flatten()(x), layers.Flatten()(y)])
model = keras.Model([grey, colour], layers.Dense(1, activation="sigmoid")(x))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("two_images", model)

# %% [markdown]
# The recipe for any data: a named `Input` for each source; a branch for each, which ends in one
# row for each sample; `Concatenate`; `Model`.
#
# ### Exercise: `ticket_priority` · ●●○ · 8 minutes
# `text`, `int32` word numbers of any length: `Embedding(10_000, 64)`, `LSTM(32)`. `metadata`, 5
# numbers: `Dense(16)` with `relu`. Concatenate both; the output `priority` is `Dense` with 1 unit and
# `sigmoid`. 652,561 parameters.

# %%
# BEGIN SOLUTION
text = keras.Input(shape=(None,), dtype="int32", name="text")
metadata = keras.Input(shape=(5,), name="metadata")
x = layers.Embedding(10_000, 64)(text)
x = layers.LSTM(32)(x)
y = layers.Dense(16, activation="relu")(metadata)
x = layers.Concatenate()([x, y])
priority = layers.Dense(1, activation="sigmoid", name="priority")(x)
model = keras.Model([text, metadata], priority)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("ticket_priority", model)

# %% [markdown]
# ## Counted words
#
# Instead of reading a text you can count: one number for each word of the vocabulary. This row is
# called a **bag of words**.
#
# **Predict**: do "not today, urgent" and "urgent, not today" get the same row?

# %% tags=["nbval-check-output"]
counts = {"title": word_counts(train.title), "body": word_counts(train.body)}
counts_test = {"title": word_counts(test.title), "body": word_counts(test.body)}
print(counts["title"].shape, "words in the first title:", counts["title"][0].sum())
backwards = word_counts(train.title[:, ::-1])
print("the same when read backwards:", np.array_equal(backwards, counts["title"]))

# %% [markdown]
# They do: the order is lost. A row has 399 places, more than the 367 words of the tickets need.
#
# ## Feed by name, or by place
#
# A dict feeds inputs by their names; a list by place, in the order that `Model` was given.
#
# **Predict**: below, the second of the two lists is in the wrong order. What happens?

# %%
inputs = [keras.Input(shape=(399,), name=name) for name in ("title", "body")]
priority = layers.Dense(1, activation="sigmoid", name="priority")(layers.Concatenate()(inputs))
counter = keras.Model(inputs, priority)
counter.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
counter.fit(counts, train.priority, epochs=6, batch_size=64, verbose=0)

title, body = counts_test["title"], counts_test["body"]
for way, x in {"dict": counts_test, "list": [title, body], "wrong list": [body, title]}.items():
    found = counter.evaluate(x, test.priority, verbose=0, return_dict=True)
    print(f"{way:10} accuracy {found['accuracy']:.2f}")

# %% [markdown]
# No error: both shapes agree, so bodies are read as titles, and only the accuracy falls. With a dict
# this cannot happen.
#
# ## Old code: a dict of targets
#
# Many tutorials feed the target as a dict, too. The only output of `counter` is named
# `priority`. The second model, `mended`, has a dict of outputs.
#
# **Predict**: does `fit` take the dict in both cells? And what does `mended.predict` return: an array,
# or a dict?

# %% tags=["nbval-check-output"]
try:
    counter.fit(counts, {"priority": train.priority}, verbose=0)
except TypeError as error:
    print("TypeError:", error)

# %% tags=["nbval-check-output"]
mended = keras.Model(inputs, {"priority": priority})
mended.compile("adam", "binary_crossentropy")
mended.fit(counts, {"priority": train.priority}, verbose=0)
predicted = mended.predict(counts_test, verbose=0)
print({name: rows.shape for name, rows in predicted.items()})

# %% [markdown]
# With a single output, Keras 3 hands the dict itself to the loss. Mend it in one of two ways: pass the
# array, as before; or give `Model` a dict of outputs, and it predicts a dict.
#
# ## Trap: an input that leads nowhere
#
# Here the tags are an input, but no layer reads them.
#
# **Predict**: does `Model` refuse?

# %% tags=["nbval-check-output"]
tags = keras.Input(shape=(12,), name="tags")
unused = keras.Model([*inputs, tags], priority)
print([tensor.name for tensor in unused.inputs])
traps(unused)

# %% [markdown]
# It does not. `fit` asks for tags, and ignores them. `traps` tells what Keras accepts in silence.
#
# ## Does another input help?
#
# One `Dense` layer reads the metadata, or the counted words, or both. The metadata are five numbers,
# such as the hours of waiting. The score is the accuracy on held-out tickets, which `fit` never
# sees.
#
# **Predict**: with words it is right in about 81 of 100 tickets, with metadata in 68. With both?

# %%
data = [{**counts, "metadata": train.metadata}, {**counts_test, "metadata": test.metadata}]
results = {}
for names in (["metadata"], ["title", "body"], ["title", "body", "metadata"]):
    inputs = {name: keras.Input(shape=data[0][name].shape[1:], name=name) for name in names}
    x = layers.Concatenate()(list(inputs.values()))
    reader = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
    reader.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    x, x_held_out = ({name: part[name] for name in names} for part in data)
    results[" + ".join(names)] = several_starts(
        reader, x, train.priority, epochs=3, batch_size=64,
        score=lambda m, x=x_held_out: np.mean((m(x).numpy() > 0.5) == test.priority),
    )
plots.seeds(results, "accuracy on held-out tickets")

# %% [markdown]
# About 84. `several_starts` trains three times, each time from other random weights: the gain is
# larger than the differences between runs. Long waiting makes a ticket urgent, and no word tells it.
#
# ## Two outputs
#
# A **head** is the part of a graph that makes one output. This model says what is in a photo, and
# where.
#
# **Predict**: it has 825,806 parameters. How many of them belong to its two heads?

# %%
photo = keras.Input(shape=(128, 128, 3), name="photo")
x = layers.Conv2D(32, 3, activation="relu")(photo)
x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(64, 3, activation="relu")(x)
x = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(x)
class_label = layers.Dense(10, activation="softmax", name="class_label")(x)
bounding_box = layers.Dense(4, name="bounding_box")(x)
photo_finder = keras.Model(photo, [class_label, bounding_box])
print(photo_finder.output_names, f"{photo_finder.count_params():,}")
file = f"{mkdtemp()}/finder.png"
picture = keras.utils.plot_model(photo_finder, file, show_shapes=True, show_layer_names=True)
show(picture, width=600, alt="A chain from photo to flatten, which gives (None, 57600); from there "
     "one arrow to class_label, (None, 10), and one to bounding_box, (None, 4).")

# %% [markdown]
# (57,600 + 1) × 14 = 806,414. An output has the name of the layer that makes it. Likewise you might ask
# one photo of a person for age and hair colour.
#
# ## Which digit, and where?
#
# Digits on canvases of 20 × 20 pixels train faster. A box is four shares of the canvas: left, top,
# width, height. Both heads will read what `conv_base` returns.
#
# **Predict**: which shapes have the two targets of 3000 digits?

# %%
def conv_base(image):
    x = layers.Conv2D(16, 5, padding="same", activation="relu")(image)
    x = layers.Conv2D(32, 5, padding="same", activation="relu")(layers.MaxPooling2D(2)(x))
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    return layers.Dense(64, activation="relu")(x)


print({name: rows.shape for name, rows in y_train.items()})
picture = widgets.box_picture(x_train[:6], y_train["bounding_box"][:6])
show(picture, alt="Six canvases, each with a digit of another size at another place, in its box.")

# %% [markdown]
# A class number and four numbers: two kinds of target, so two losses. `compile` takes a dict of
# losses; its keys are the names of the outputs.
#
# ### Exercise: `box_and_class` · ●●○ · 8 minutes
# Call two heads on `features`: `class_label`, `Dense` with 10 units and `softmax`, and
# `bounding_box`, `Dense` with 4 units. Compile with `adam`; the loss of the class is
# `sparse_categorical_crossentropy`, that of the box `mse`.

# %%
image = keras.Input(shape=(20, 20, 1), name="image")
features = conv_base(image)
# BEGIN SOLUTION
class_label = layers.Dense(10, activation="softmax", name="class_label")(features)
bounding_box = layers.Dense(4, name="bounding_box")(features)
model = keras.Model(image, [class_label, bounding_box])
model.compile(
    "adam",
    loss={"class_label": "sparse_categorical_crossentropy", "bounding_box": "mse"},
)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("box_and_class", model)

# %% [markdown]
# ## Train both heads at once
#
# The targets are a dict by the names of the outputs, or a list in their order. A single input gets the
# array; a dict works there, with a warning. Below, the overlap of two boxes is the area in both,
# divided by the area in at least one.
#
# **Predict**: with two losses and one metric, how many numbers does `evaluate` return?

# %%
def train_finder(targets, box_weight=1.0):
    keras.utils.set_random_seed(0)
    image = keras.Input(shape=(20, 20, 1), name="image")
    features = conv_base(image)
    class_label = layers.Dense(10, activation="softmax", name="class_label")(features)
    bounding_box = layers.Dense(4, name="bounding_box")(features)
    finder = keras.Model(image, [class_label, bounding_box])
    finder.compile(
        keras.optimizers.Adam(0.002),
        loss={"class_label": "sparse_categorical_crossentropy", "bounding_box": "mse"},
        loss_weights={"class_label": 1.0, "bounding_box": box_weight},
        metrics={"class_label": ["accuracy"]},
    )
    finder.fit(x_train / 255, targets, epochs=6, batch_size=64, verbose=0)
    return finder


# %%
finder = train_finder(y_train)
found = finder.evaluate(x_test / 255, y_test, batch_size=300, verbose=0, return_dict=True)
print({name: round(value, 3) for name, value in found.items()})
widgets.show_finder(finder, x_test / 255, y_test)

# %% [markdown]
# Four; `loss` is a sum. Without `return_dict=True` you get a list: losses in the order of the outputs,
# metrics in alphabetical order.
#
# Most classes are right; the boxes, dashed, are poor: their loss is small, so training hardly cares.
#
# ## Loss weights
#
# A **loss weight** says how much a loss counts in the total. Each loss pulls the shared part into its
# own direction: these arrows.
#
# **Predict**: from about which weight on does the box pull harder: 1, 15 or 200?

# %%
some = {name: rows[:256] for name, rows in y_train.items()}
pulls = widgets.shared_gradients(finder, x_train[:256] / 255, some)
for weight in (1, 400):
    widgets.show_loss_weight(pulls, weight)
interactive(widgets.show_loss_weight, pulls=fixed(pulls), weight=FloatLogSlider(1, min=-2, max=3))

# %% [markdown]
# In our runs from a weight between 10 and 20 on: move the slider with the mouse or the arrow keys.
# With 400 the shared part follows the box nearly alone.
#
# ## Trap: one loss starves the other
#
# If boxes are in pixels, 20 times as large, their squared errors are 400 times as large.
#
# **Predict** for boxes in pixels, and for boxes in shares with a weight of 10: are the classes right?
# Do the boxes fit?

# %%
for name, scale, box_weight in (("pixels", 20, 1), ("shares, weight 10", 1, 10)):
    boxes = y_train["bounding_box"] * scale
    finder = train_finder({**y_train, "bounding_box": boxes}, box_weight)
    widgets.show_finder(finder, x_test / 255, y_test, name, scale=scale)

# %% [markdown]
# Pixels: the boxes fit, the classes are little better than guessed, and no message came. With a weight
# of 10 neither head starves. Try weights, and look at a metric of every output.
#
# ### Exercise: `class_and_value` · ●●○ · 8 minutes
# This old code fails in `fit`: `Expected keys ['dense', 'dense_1'] in loss dict, but found
# loss.keys()=['class', 'value']`. Copy it, and give the heads these names. Add loss weights, 1 for `class` and
# 0.2 for `value`, and the metric `accuracy` for `class`.
#
# ```python
# photo = keras.Input(shape=(128, 128, 3), name="photo")
# x = layers.Conv2D(64, 3, activation="relu")(photo)
# x = layers.MaxPooling2D(2)(x)
# x = layers.Flatten()(x)
# kind = layers.Dense(10, activation="softmax")(x)
# value = layers.Dense(1)(x)
# model = keras.Model(photo, [kind, value])
# model.compile("adam", loss={"class": "categorical_crossentropy", "value": "mse"})
# ```

# %%
# BEGIN SOLUTION
photo = keras.Input(shape=(128, 128, 3), name="photo")
x = layers.Conv2D(64, 3, activation="relu")(photo)
x = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(x)
kind = layers.Dense(10, activation="softmax", name="class")(x)
value = layers.Dense(1, name="value")(x)
model = keras.Model(photo, [kind, value])
model.compile(
    "adam",
    loss={"class": "categorical_crossentropy", "value": "mse"},
    loss_weights={"class": 1.0, "value": 0.2},
    metrics={"class": ["accuracy"]},
)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("class_and_value", model)

# %% [markdown]
# `categorical_crossentropy` takes **one-hot** targets, rows with a single 1: use
# `keras.utils.to_categorical`. Rows of random 0 and 1, found in tutorials, are accepted, and mean
# nothing.
#
# ## Trap: a list and a dict in one call
#
# Both heads answer 4 where 0 is right: `mse` is 16, `mae` is 4. `priority` has `mse` and
# the weight 1, `delay` has `mae` and the weight 0.
#
# **Predict**: is the total 16 for lists, for dicts, and for both mixtures?

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(4,))
priority = layers.Dense(1, kernel_initializer="ones", name="priority")(inputs)
delay = layers.Dense(1, kernel_initializer="ones", name="delay")(inputs)
pair = keras.Model(inputs, [priority, delay])
x, targets = np.ones((8, 4)), [np.zeros((8, 1))] * 2
for loss in (["mse", "mae"], {"priority": "mse", "delay": "mae"}):
    for weights in ([1.0, 0.0], {"priority": 1.0, "delay": 0.0}):
        pair.compile(loss=loss, loss_weights=weights)
        total = pair.compute_loss(y=targets, y_pred=pair(x))
        kinds = type(loss).__name__, type(weights).__name__
        print(f"losses: {kinds[0]}, weights: {kinds[1]}, total {total:.0f}")

# %% [markdown]
# Not with a list of losses and a dict of weights: Keras then takes the weights in alphabetical order,
# and `delay` counts. With a dict of outputs it takes every list in that order. Where shapes agree, a
# wrong order passes. Use dicts.
#
# ## Does a second head help the first?
#
# A text promises 15 percent more. Here 500 tickets train 16 hidden units, for one head or both.
#
# **Predict**: is a head right more often alone or beside another?

# %%
words, words_test = (part["title"] + part["body"] for part in (counts, counts_test))
inputs = keras.Input(shape=(399,), name="words")
x = layers.Dense(16, activation="relu")(inputs)
heads = [layers.Dense(1, name="priority")(x), layers.Dense(4, name="department")(x)]
two_heads = keras.Model(inputs, heads)
losses = [
    keras.losses.BinaryCrossentropy(from_logits=True),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
]


def right_answers(model, x):
    priority, department = (y.numpy() for y in model(x))
    right = department.argmax(-1) == test.department
    return np.mean((priority > 0) == test.priority), np.mean(right)


# %%
few, results = [train.priority[:500], train.department[:500]], {}
for weights in ([1.0, 0.0], [1.0, 1.0], [0.0, 1.0]):
    two_heads.compile(keras.optimizers.Adam(0.01), losses, loss_weights=weights)
    scores = several_starts(
        two_heads, words[:500], few, lambda m: right_answers(m, words_test),
        epochs=5, batch_size=50,
    )
    name = "both heads" if sum(weights) == 2 else "alone"
    for head, weight, values in zip(two_heads.output_names, weights, np.transpose(scores), strict=True):
        if weight:
            results[f"{head}, {name}"] = values
plots.seeds(dict(sorted(results.items())), "accuracy on held-out tickets")

# %% [markdown]
# Neither: the difference is as small as between runs. What helps the priority says little about the
# department. What a second head does save is a second model.
#
# ## Three inputs, two outputs
#
# Now the whole model, as a well-known guide has it: 10,000 words, 12 tags, 4 departments.
#
# **Predict**: it has 1,392,097 parameters. What share of them is in the two `Embedding` layers?

# %% tags=["nbval-check-output"]
title = keras.Input(shape=(None,), dtype="int32", name="title")
body = keras.Input(shape=(None,), dtype="int32", name="body")
tags = keras.Input(shape=(12,), name="tags")
x = layers.LSTM(128)(layers.Embedding(10_000, 64)(title))
y = layers.LSTM(32)(layers.Embedding(10_000, 64)(body))
merged = layers.Concatenate()([x, y, tags])
heads = [layers.Dense(1, name="priority")(merged), layers.Dense(4, name="department")(merged)]
large_router = keras.Model([title, body, tags], heads)
print(merged.shape, f"{large_router.count_params():,}")

# %% [markdown]
# 1,280,000: nine of ten. Your tickets have only 367 different words; 400 rows are enough.
#
# ### Exercise: `ticket_router` · ●●● · 15 minutes
# Inputs and heads as above. `title`: `Embedding(400, 32)`, `LSTM(16)`; `body`: `Embedding(400, 32)`,
# `Conv1D(32, 3)` with `relu`, `GlobalMaxPooling1D`. Concatenate them with `tags`. Compile with
# `Adam(0.01)`; the losses are binary and sparse categorical crossentropy, both from logits.
#
# Train with `train.inputs` and `train.targets`, 6 epochs: `department` must reach 0.9.

# %%
# BEGIN SOLUTION
title = keras.Input(shape=(None,), dtype="int32", name="title")
body = keras.Input(shape=(None,), dtype="int32", name="body")
tags = keras.Input(shape=(12,), name="tags")
x = layers.LSTM(16)(layers.Embedding(400, 32)(title))
y = layers.Conv1D(32, 3, activation="relu")(layers.Embedding(400, 32)(body))
merged = layers.Concatenate()([x, layers.GlobalMaxPooling1D()(y), tags])
heads = [layers.Dense(1, name="priority")(merged), layers.Dense(4, name="department")(merged)]
model = keras.Model([title, body, tags], heads)
loss = {
    "priority": keras.losses.BinaryCrossentropy(from_logits=True),
    "department": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
}
model.compile(keras.optimizers.Adam(0.01), loss=loss)
history = model.fit(train.inputs, train.targets, epochs=6, batch_size=64, verbose=0)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("ticket_router", model)

# %% [markdown]
# ## Against counted words
#
# The router reads. The other model counts the same words and has no hidden layer. Each is trained
# three times.
#
# **Predict**: by how much does the router win?

# %%
from exercises_check.references.chapter_04 import ticket_router

ready = ticket_router()  # the course's own, not yet trained, its outputs a dict
router = keras.Model(ready.inputs, [ready.output["priority"], ready.output["department"]])
inputs = [keras.Input(shape=(size,)) for size in (399, 399, 12)]
x = layers.Concatenate()(inputs)
heads = [layers.Dense(1, name="priority")(x), layers.Dense(4, name="department")(x)]
counter = keras.Model(inputs, heads)
for reader in (router, counter):
    reader.compile(keras.optimizers.Adam(0.01), losses)

# %%
texts = [[part.title, part.body, part.tags] for part in (train, test)]
counted = [[*counts.values(), train.tags], [*counts_test.values(), test.tags]]
targets, results = [train.priority, train.department], {}
for name, reader, (x, x_test) in (("read", router, texts), ("counted", counter, counted)):
    scores = several_starts(
        reader, x, targets, lambda m, x=x_test: right_answers(m, x), epochs=6, batch_size=64
    )
    for head, values in zip(reader.output_names, np.transpose(scores), strict=True):
        results[f"{head}, {name}"] = values
plots.seeds(dict(sorted(results.items())), "accuracy on held-out tickets")

# %% [markdown]
# Not at all: both reach about 0.82 and 0.96. Below are, for each department, the words of the body
# with the largest weights in the counting model; then the router's mistakes.
#
# **Predict**: why does reading not help here?

# %%
kernel = counter.get_layer("department").get_weights()[0][399:]  # below: the rows of the body
for place, department in enumerate(DEPARTMENTS):
    best = kernel[: len(VOCABULARY) - 1, place].argsort()[::-1][:5]
    print(f"{department:10}", ", ".join(VOCABULARY[1 + i] for i in best))
plots.confusion_matrix(test.department, router(texts[1])[1], DEPARTMENTS)

# %% [markdown]
# Single words already tell the department, so order adds nothing. Keep a larger model only if it wins.
#
# ## Summary
#
# - An `Input` for each source, a branch for each, `Concatenate`, a named head for each answer.
# - `Add` silently repeats a size of 1.
# - Dicts everywhere: inputs, targets, losses, weights, metrics. Only a single output gets an array.
# - The total is a weighted sum of losses: look at a metric of every output.
#
# Back: [03](03_training_looking_saving.ipynb). Next: [05 Shared layers](05_shared_layers.ipynb).
