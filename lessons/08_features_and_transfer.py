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
# # 08 Features and transfer
#
# You will be able to:
# - read and look at what any layer of a model returns, also inside a nested model;
# - put a new head on layers that have learned, and freeze them;
# - measure when this beats a start from nothing.
#
# Time: 80 minutes. Needed: chapter [07](07_models_inside_models.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, draw, plots, progress, widgets
from exercises_check.datasets import load_cifar10, load_lit_digits, load_vgg19
from exercises_check.starts import restart

import keras
import numpy as np
from ipywidgets import interactive
from keras import layers, ops

keras.utils.set_random_seed(8)
progress(8)

# %% [markdown]
# ## A model that knows five digits
#
# These photos of digits have uneven light: dark on bright or bright on dark, and lit from one side.
# There are many of 0 to 4. Of 5 to 9 you will have five each.
#
# **Predict**: here are ten photos of a 3. Is any of the 64 pixels brighter than the middle, 127, in all
# ten?

# %%
def prepare(pixels):
    return pixels / 127.5 - 1  # 0 to 255 becomes -1 to 1


(x_train, y_train), (x_test, y_test) = load_lit_digits()
known, known_test = y_train < 5, y_test < 5
threes = x_train[y_train == 3][:10]
print("bright in all ten:", (threes > 127).all(axis=0).sum(), "pixels")
plots.images(threes, columns=5, limits=(0, 255),
             alt="Ten photos of a 3, dark or bright, most of them brighter on one side.")

# %% [markdown]
# None. You read strokes, not pixels, and a model needs layers that find strokes. This one learns to
# tell 0 to 4.
#
# **Predict**: `pool_2` returns maps of 2 × 2 with 64 channels. How many numbers does `features`
# return?

# %%
photo = keras.Input(shape=(8, 8, 1), name="photo")
x = layers.Conv2D(32, 3, padding="same", activation="relu", name="conv_1")(photo)
x = layers.MaxPooling2D(2, name="pool_1")(x)
x = layers.Conv2D(64, 3, padding="same", activation="relu", name="conv_2")(x)
x = layers.MaxPooling2D(2, name="pool_2")(x)
x = layers.Flatten(name="features")(x)
digit = layers.Dense(5, activation="softmax", name="digit")(x)
classifier = keras.Model(photo, digit)
classifier.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
classifier.fit(prepare(x_train[known]), y_train[known], epochs=12, verbose=0)
draw(classifier, values=prepare(x_test[199:200]))

# %% [markdown]
# 256 numbers. Each box shows what leaves the layer for one photo: white is 0, blue above, orange
# below.
#
# ## Every layer keeps its tensor
#
# The graph stays open to view: `layer.output` is the tensor that a layer returned. So a model
# may end at any layer. What it returns there are features, and taking them is **feature
# extraction**.
#
# **Predict**: has `peek` to be trained or compiled before you use it? Are its layers copies?

# %% tags=["nbval-check-output"]
peek = keras.Model(classifier.input, classifier.get_layer("conv_2").output)
print(peek.predict(prepare(x_test[:3]), verbose=0).shape)
print(peek.get_layer("conv_1") is classifier.get_layer("conv_1"))

# %% [markdown]
# Neither: the layers are the same ones, with all that they have learned. `predict` needs no
# `compile`.
#
# ### Exercise: `feature_extractor` · ●○○ · 3 minutes
# Cut a model out of `classifier`: from its input to the output of the layer named `features`.

# %%
# BEGIN SOLUTION
model = keras.Model(classifier.input, classifier.get_layer("features").output)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("feature_extractor", model)

# %% [markdown]
# ## All layers at once
#
# When a model gives nonsense, ask which layer is the first to do so: one model returns every layer's
# output.
#
# **Predict**: which layers return zeros, and why? Which cannot?

# %% tags=["nbval-check-output"]
watch = keras.Model(classifier.input, [layer.output for layer in classifier.layers])
outputs = watch.predict(prepare(x_test[:100]), verbose=0)
for layer, values in zip(classifier.layers, outputs, strict=True):
    print(f"{layer.name:9} {values.shape!s:16} zeros: {'many' if np.mean(values == 0) > 0.1 else 'few'}")

# %% [markdown]
# `relu` makes zeros, and pooling hands some of them on; `softmax` makes none. A layer with nothing
# but zeros, or the same numbers for every photo, is where to look first.
#
# **Predict**: a digit is bright on dark; in its negative, 255 − pixel, it is dark on bright. Does a
# map of `conv_1` look the same for both? Is the answer the same?

# %%
pair = np.stack([x_test[199], 255 - x_test[199]])
plots.images([*pair], ["photo", "negative"], limits=(0, 255),
             alt="A 4, bright on dark, and its negative.")
outputs = watch.predict(prepare(pair), verbose=0)
print("answers:", outputs[-1].argmax(axis=-1), "really:", y_test[199])
for number in (1, 3):
    name, maps = classifier.layers[number].name, np.moveaxis(outputs[number], -1, 1)[:, :8]
    plots.images([*maps[0], *maps[1]], [name] * 8 + ["negative"] * 8,
                 alt=f"Eight maps of {name} for the photo; below, the same eight for the negative.")

# %% [markdown]
# The maps differ, the answer is the same: where one filter gives little, another gives much. Maps of
# `conv_1` still look like the photo. In `conv_2` each number stands for a larger part of it.
#
# ## Old code: names and shapes
#
# Old texts cut a model like this: take the last layer away, ask its shape, find a layer by a counted
# name.
#
# **Predict**: which of the three lines fails with an error, and which does nothing?

# %% tags=["nbval-check-output"]
classifier.layers.pop()
print(len(classifier.layers), classifier.layers[-1].name)
for lookup in (lambda: classifier.layers[-2].output_shape, lambda: classifier.get_layer("dense_1")):
    try:
        lookup()
    except (AttributeError, ValueError) as error:
        print(error)

# %% [markdown]
# `pop` does nothing, without a word: `model.layers` is a new list each time. `output_shape` of a layer
# is gone: write `layer.output.shape`. And a name such as `dense_1` is counted: run the cell again, and
# it is another one.
#
# ### Exercise: `new_head` · ●●○ · 6 minutes
# Mend this old code for `classifier`. It wants the output of `features`, a `Dense` with an eighth as
# many units and `relu`, and one unit with `sigmoid`: is the digit even?
#
# ```python
# classifier.layers.pop()
# last = classifier.layers[-1]
# x = layers.Dense(last.output_shape[-1] // 8, activation="relu")(last.output)
# outputs = layers.Dense(1, activation="sigmoid")(x)
# model = keras.Model(classifier.input, outputs)
# ```

# %%
# BEGIN SOLUTION
last = classifier.get_layer("features")
x = layers.Dense(last.output.shape[-1] // 8, activation="relu")(last.output)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(classifier.input, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("new_head", model)

# %% [markdown]
# ## A large model: VGG19
#
# VGG19 has learned from 1.3 million photos of the ImageNet collection. `load_vgg19()` makes it
# without its head and with random weights, offline; `load_vgg19(real=True)` takes the learned ones
# where they can be had (80 MB).
#
# **Predict**: 32 × 32 pixels go through five poolings. What shape comes out at the end? With random
# filters, can you see the digit in the maps of the first convolution? And in those of the eighth?

# %%
vgg19 = load_vgg19()  # real=True for the weights of ImageNet
print(vgg19.output_shape)
(colour, labels), test = load_cifar10()
plots.images(colour[:1], ["photo"], alt="A 6 in colour.")
ready = keras.applications.vgg19.preprocess_input(colour[:1].astype("float32"))
for name in ("block1_conv1", "block3_conv4"):
    maps = keras.Model(vgg19.input, vgg19.get_layer(name).output)(ready)
    plots.feature_maps(ops.convert_to_numpy(maps), most=8, alt=f"Maps of {name} for a 6 in colour.")

# %% [markdown]
# `(None, 1, 1, 512)`: 32, 16, 8, 4, 2, 1. In the first maps, clearly: random filters, too, answer to
# edges. In the later ones only where it is, roughly.
#
# ### Exercise: `all_vgg19_features` · ●○○ · 4 minutes
# Make one model that returns the output of every layer of `vgg19`, in the order of `vgg19.layers`.
# Leave out the first, the `InputLayer`: its output is the photo itself. So 21 outputs.

# %%
# BEGIN SOLUTION
model = keras.Model(vgg19.input, [layer.output for layer in vgg19.layers[1:]])
# END SOLUTION

# %% tags=["nbval-check-output"]
check("all_vgg19_features", model)

# %% [markdown]
# ## Trap: the forgotten preparation
#
# `classifier` has learned from numbers between −1 and 1. Photos of its own five digits now come as
# pixels, or divided by 255.
#
# **Predict**: does Keras complain? About how many of 100 are still right?

# %%
for name, data in {"prepared": prepare(x_test), "pixels": x_test, "/ 255": x_test / 255}.items():
    right = classifier.predict(data, verbose=0).argmax(-1) == y_test
    print(f"{name:9} {right[known_test].mean():.0%} right")

# %% [markdown]
# Keras says nothing; more than half are wrong. Repeat the preparation that a model has learned with.
# Safer: make it a layer of the model, `layers.Rescaling(1 / 127.5, offset=-1)`.

# %% [markdown]
# ## What it makes of digits it has never seen
#
# A model without its head, used in another one, is a **backbone**. This one has seen 0 to 4 only.
#
# Each test photo of 5 to 9 becomes a point, first by its 64 pixels, then by its 256 features. Both
# its coordinates are weighted sums of these numbers, with weights that keep the digits of the
# training photos apart.
#
# **Predict**: where do the digits have regions?

# %%
backbone = keras.Model(classifier.input, classifier.get_layer("features").output, name="backbone")
learned = backbone.get_weights()
new, new_test = y_train >= 5, y_test >= 5
views = {"pixels": [prepare(x).reshape(-1, 64) for x in (x_train[new], x_test[new_test])]}
views["features"] = [backbone.predict(prepare(x), verbose=0) for x in (x_train[new], x_test[new_test])]
told = {"pixels": "all mixed.", "features": "each digit has a region of its own."}
for name, (rows, others) in views.items():
    xy = widgets.in_two_dimensions(rows, y_train[new], others)
    plots.points(xy, y_test[new_test] - 5, names="56789", title=name,
                 alt=f"Test photos of 5 to 9 by their {name}: {told[name]}")

# %% [markdown]
# By features, though it has seen none of these digits: it has learned to overlook the light.
#
# ## Freezing
#
# To reuse what was learned on one task for another is **transfer learning**. To **freeze** a layer is
# to set `layer.trainable = False`: training then leaves its weights alone. On a model it holds for
# all layers inside.
#
# **Predict** both pairs, trainable and non-trainable, before and after freezing: the backbone has
# 18,816 parameters, the new head 1,285.

# %% tags=["nbval-check-output"]
def with_head(base, rate=0.01):
    inputs = keras.Input(shape=(8, 8, 1))
    outputs = layers.Dense(5, activation="softmax", name="head")(base(inputs))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return model


counted = with_head(backbone)
for frozen in (False, True):
    backbone.trainable = not frozen
    parts = (counted.trainable_weights, counted.non_trainable_weights)
    print([sum(int(ops.size(weight)) for weight in part) for part in parts])

# %% [markdown]
# `[20101, 0]`, then `[1285, 18816]`: only the head learns. `classifier` has the same layers, so its
# convolutions are frozen as well.
#
# Now layer by layer. **Predict**: `conv_1` is frozen, the rest is not. Which weights does one step of
# training move?

# %% tags=["nbval-check-output"]
rows = np.concatenate([np.flatnonzero(y_train == digit)[:5] for digit in range(5, 10)])
few_x, few_y = x_train[rows], y_train[rows] - 5  # 25 photos; their labels count from 0
print(widgets.freezing_text(counted, prepare(few_x), few_y, frozen=1))

# %% [markdown]
# Those of `conv_2` and `head`. Freeze from the input on: early layers find edges, which most tasks on
# photos need.
#
# Move the slider; the arrow keys move it, too. With the first two layers frozen, how many of the
# 20,101 parameters still move?

# %%
def freezing(frozen=1):
    widgets.show_freezing(counted, prepare(few_x), few_y, frozen)


interactive(freezing, frozen=(0, 3))

# %% [markdown]
# ### Exercise: `frozen_parameters` · ●●○ · 3 minutes
# A backbone has `Conv2D(16, 3)` for photos of one channel, `BatchNormalization` and
# `GlobalAveragePooling2D`; its head is `Dense(5)`. The backbone is frozen. How many of the model's
# 309 parameters are non-trainable?

# %%
# BEGIN SOLUTION
answer = 3 * 3 * 16 + 16 + 4 * 16
# END SOLUTION

# %% tags=["nbval-check-output"]
check("frozen_parameters", answer)

# %% [markdown]
# ## Trap: a switch that is on already
#
# Below, the layers of a backbone are frozen one by one. Then the backbone as a whole is unfrozen, and
# after that frozen and unfrozen again.
#
# **Predict** for each line: what does `base.trainable` say? How many of its 4 weight arrays train?

# %% tags=["nbval-check-output"]
backbone.trainable = True
base = keras.models.clone_model(backbone)
for layer in base.layers:
    layer.trainable = False
print("layers frozen:", base.trainable, len(base.trainable_weights))
base.trainable = True
print("base unfrozen:", base.trainable, len(base.trainable_weights))
base.trainable = False
base.trainable = True
print("off and on:   ", base.trainable, len(base.trainable_weights))

# %% [markdown]
# `base` has a switch of its own, and that was never off. To switch on what is on does nothing (in
# Keras with TensorFlow): 0. Only a change reaches the layers: 4. So count `model.trainable_weights`.
#
# ## Trap: frozen too late
#
# `moved` trains for one epoch and names the weights of a layer that have changed. Here the model has
# trained already; then its backbone is frozen.
#
# **Predict**: how many weight arrays are trainable after that? Does `conv_1` keep its weights?

# %% tags=["nbval-check-output"]
def moved(model, layer):
    before = layer.get_weights()
    model.fit(prepare(few_x), few_y, batch_size=2, verbose=0)
    pairs = zip(layer.weights, before, layer.get_weights(), strict=True)
    return [weight.name for weight, old, now in pairs if (old != now).any()]


late = with_head(base)
print(moved(late, base.get_layer("conv_1")))
base.trainable = False
print(len(late.trainable_weights), moved(late, base.get_layer("conv_1")))
late.compile("adam", "sparse_categorical_crossentropy")
print(moved(late, base.get_layer("conv_1")))

# %% [markdown]
# Two, those of the head, says the model, and yet `conv_1` moves: `fit` goes on as it was first
# built. Only the second `compile` stops it. The reverse holds too: what you unfreeze does not train
# until you compile. After each change of `trainable`: `compile`.
#
# ## Trap: `training=False` in a call
#
# A `BatchNormalization` keeps a moving mean and a moving variance. Many texts protect them with
# `backbone(x, training=False)`.
#
# **Predict**: does each of these two keep all its four arrays in `fit`?

# %% tags=["nbval-check-output"]
called, frozen = layers.BatchNormalization(), layers.BatchNormalization(trainable=False)
for norm, settings in {called: {"training": False}, frozen: {}}.items():
    inputs = keras.Input(shape=(8, 8, 1))
    base = keras.Model(inputs, layers.Flatten()(norm(inputs, **settings)))
    print(norm.trainable, settings, moved(with_head(base), norm))

# %% [markdown]
# The first keeps none: `fit` runs the whole graph with `training=True` and overrules what the call
# said. A frozen `BatchNormalization` keeps all, moving mean and variance too. So freeze; and when you
# unfreeze a backbone later, leave these layers frozen.

# %% [markdown]
# ### Exercise: `frozen_transfer` · ●●● · 12 minutes
# Build, compile and train a reader of 5 to 9 on `few_x`, 25 photos as pixels, and `few_y`:
# `Rescaling(1 / 127.5, offset=-1)` after the input, then `backbone`, frozen, then `Dense` with 5
# units and `softmax`. Compile with `Adam(0.01)`, `sparse_categorical_crossentropy` and the metric
# `accuracy`.
#
# It has to read half of 149 new photos; a guess reads 30. Steps of 5 photos for 20 epochs are enough.
# If a try has trained the backbone, first `backbone.set_weights(learned)`.

# %%
# BEGIN SOLUTION
backbone.trainable = False
inputs = keras.Input(shape=(8, 8, 1), name="pixels")
x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
outputs = layers.Dense(5, activation="softmax")(backbone(x))
model = keras.Model(inputs, outputs)
model.compile(
    keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
)
history = model.fit(few_x, few_y, batch_size=5, epochs=20, verbose=0)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("frozen_transfer", model)

# %% [markdown]
# ## Does it pay?
#
# **Fine-tuning** trains the backbone as well, from what it has learned, in small steps. `learn` draws
# five photos of each digit, trains for 80 steps, and tells the share of right answers on photos not
# seen.
#
# **Predict** which comes first, and which last: frozen; frozen, then fine-tuned; fine-tuned at once;
# from scratch, with all weights random.

# %%
def learn(model, seed, weights=(), each=5):
    restart(model, seed)  # new random weights
    for weight, value in zip(model.weights, weights, strict=False):
        weight.assign(value)
    lots = np.random.default_rng(seed)
    places = [np.flatnonzero(y_train == digit) for digit in range(5, 10)]
    rows = np.concatenate([lots.choice(place, each, replace=False) for place in places])
    model.fit(prepare(x_train[rows]), y_train[rows] - 5, batch_size=each, epochs=16, verbose=0)
    answers = ops.argmax(model(prepare(x_test[new_test])), axis=-1)
    return float(np.mean(answers == y_test[new_test] - 5))

# %%
for part in (backbone, *backbone.layers):  # all of it unfrozen, whatever you did above
    part.trainable = True
backbone.set_weights(learned)
held, free = keras.models.clone_model(backbone), keras.models.clone_model(backbone)
held.trainable = False
frozen, tuned = with_head(held), with_head(free, rate=3e-3)
results = {name: [] for name in ("frozen", "then fine-tuned", "fine-tuned at once", "from scratch")}
for seed in range(4):
    results["frozen"].append(learn(frozen, seed, learned))
    results["then fine-tuned"].append(learn(tuned, seed, frozen.get_weights()))
    results["fine-tuned at once"].append(learn(tuned, seed, learned))
    results["from scratch"].append(learn(tuned, seed))
plots.seeds(results, "right, five photos of each digit", alt="Four draws each.")

# %% [markdown]
# Both that begin frozen: about 0.6, against a little over 0.4 from scratch; a guess would reach 0.2.
# Fine-tuned at once, it is in between. A random head makes large errors at first, and they change
# what the backbone had learned. So: the head first.
#
# **Predict** the order with sixty photos of each digit instead of five.

# %%
many = {name: [] for name in ("frozen", "then fine-tuned", "from scratch")}
for seed in range(3):
    many["frozen"].append(learn(frozen, seed, learned, each=60))
    many["then fine-tuned"].append(learn(tuned, seed, frozen.get_weights(), each=60))
    many["from scratch"].append(learn(tuned, seed, each=60))
plots.seeds(many, "right, sixty photos of each digit", alt="Three draws each.")

# %% [markdown]
# All reach about 0.9. A start from scratch now is as good as the frozen backbone or a little better:
# features of other digits miss something that 300 photos can teach. First frozen, then fine-tuned, you
# get both.
#
# ## Inside a nested model
#
# `photo_reader` has the backbone as *one* layer. You want what `conv_2` inside it returns for pixels.
#
# **Predict**: can a model go from `photo_reader.input` to the output of `conv_2`?

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(8, 8, 1), name="pixels")
x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(inputs)
outputs = layers.Dense(5, activation="softmax", name="digit")(backbone(x))
photo_reader = keras.Model(inputs, outputs)
maps = backbone.get_layer("conv_2").output
try:
    keras.Model(photo_reader.input, maps)
except ValueError as error:
    print(error)

# %% [markdown]
# The backbone has a graph of its own, from *its* input, `photo`. `conv_2.output` belongs to that one;
# the outer graph knows the call of `backbone` only. `keras.Model(backbone.input, maps)` does work; it
# wants prepared photos.
#
# ### Exercise: `nested_features` · ●●● · 8 minutes
# Make a model from the input of `photo_reader`, pixels, to the output of `conv_2` inside its
# `backbone`, with the same preparation. No layer is new.

# %%
# BEGIN SOLUTION
inner = keras.Model(backbone.input, backbone.get_layer("conv_2").output)
model = keras.Model(photo_reader.input, inner(photo_reader.get_layer("scale").output))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("nested_features", model)

# %% [markdown]
# ## Summary
#
# - A model may end at any tensor of the graph: `keras.Model(model.input, layer.output)`.
# - Name the layers that you will look up; `model.layers.pop()` does nothing.
# - Repeat a model's preparation, or build it in.
# - Freeze, then `compile`. A frozen `BatchNormalization` stays, one called with `training=False` does
#   not.
# - With few photos, what was learned elsewhere wins; with many, a frozen backbone is no longer enough.
#
# Before: [07 Models inside models](07_models_inside_models.ipynb). Next:
# [09 Custom layers](09_custom_layers.ipynb).
