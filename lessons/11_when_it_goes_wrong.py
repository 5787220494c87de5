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
# # 11 When it goes wrong, and when it is slow
#
# You will be able to:
# - find the line behind a Keras error, and faults that raise none;
# - test a network with a tiny set, gradients, activations and something simple;
# - measure whether advice on normalisation, convolutions, rates and precision holds for your data.
#
# Time: 75 minutes. Needed: chapter [06](06_skip_connections.ipynb). Words:
# [glossary](glossary.ipynb).

# %%
from exercises_check import broken_models, check, plots, progress, traps
from exercises_check.datasets import load_digits
from exercises_check.explain import explain
from exercises_check.starts import several_starts

import timeit
import traceback
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

(x_train, y_train), (x_test, y_test) = load_digits(shape=(8, 8, 1))
x_train, x_test = x_train / 255, x_test / 255
progress(11)

# %% [markdown]
# ## An error has two ends
#
# An error passes through many functions. Python lists them, the innermost last.
#
# **Predict**: below, which of your lines stands last in that list? Is it the line to mend?

# %%
def block(x):
    branch = layers.Conv2D(8, 3, activation="relu")(x)
    return layers.Add()([x, branch])

maps = keras.Input(shape=(8, 8, 8))
try:
    block(maps)
except ValueError as error:
    caught = error
for step in traceback.extract_tb(caught.__traceback__):
    print("Keras:" if "keras" in step.filename else "yours:", step.name, "|", step.line)
print(caught)
explain(caught)

# %% [markdown]
# Read both ends. The message says *what*: two shapes. The last line that is yours says *where*:
# `return layers.Add()([x, branch])`. The cause is one line higher: without `padding="same"`, the
# maps become smaller.
#
# A cell that ends in a Keras error shows these plain words by itself.
#
# ## What raises no error
#
# `traps(model)` reads a graph for what Keras accepts and you may regret.
#
# **Predict**: this model shall say whether an image is a three. Which numbers can it return?

# %%
inputs = keras.Input(shape=(8, 8, 1))
x = layers.Dense(16, activation="relu")(layers.Flatten()(inputs))
is_three = keras.Model(inputs, layers.Dense(1, activation="softmax")(x))
print("all its answers:", np.unique(is_three(x_test)))
traps(is_three)

# %% [markdown]
# Only 1: each digit is a three. Here Keras warns, too; mostly it does not. `check` notes such traps,
# too. But a graph knows nothing of your data.
#
# ## A tiny set must fit
#
# A network can learn 16 images by heart. If it cannot, something is wrong.
#
# The target here: how many pixels the centre of the light pixels, the ink, lies right (+) or left
# (−) of the middle.
#
# **Predict**: does `traps` find something? Does its loss go to 0?

# %%
centre = x_train.sum((1, 3)) @ (np.arange(8) - 3.5) / x_train.sum((1, 2, 3))
tiny = x_train[:16], centre[:16]

keras.utils.set_random_seed(1)
inputs = keras.Input(shape=(8, 8, 1))
x = layers.Dense(32, activation="relu")(layers.Flatten()(inputs))
never_left = keras.Model(inputs, layers.Dense(1, activation="relu")(x))
never_left.compile("adam", loss="mse")
stuck = never_left.fit(*tiny, batch_size=4, epochs=40, verbose=0)

print(traps(never_left))
for name, values in {"targets": tiny[1], "predictions": never_left(tiny[0])}.items():
    print(f"{name:12} from {np.min(values):.2f} to {np.max(values):.2f}")

# %% [markdown]
# No trap. But `relu` never goes below 0, as many targets do. Where it returns 0 for each image, it
# learns no more, so the loss stays where it is.
#
# ### Exercise: `ink_centre` · ●●○ · 5 minutes
# Mend that model: images of shape `(8, 8, 1)`, `Flatten`, `Dense` with 32 units and `relu`, and a
# last layer of one unit that can return any number; Adam, `"mse"`. Run:
#
# ```python
# plots.learning_curves({"relu": stuck, "mended": model.fit(*tiny, batch_size=4, epochs=40, verbose=0)})
# ```

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(8, 8, 1))
x = layers.Dense(32, activation="relu")(layers.Flatten()(inputs))
model = keras.Model(inputs, layers.Dense(1)(x))
model.compile("adam", loss="mse")
plots.learning_curves({"relu": stuck, "mended": model.fit(*tiny, batch_size=4, epochs=40, verbose=0)})
# END SOLUTION

# %% tags=["nbval-check-output"]
check("ink_centre", model)

# %% [markdown]
# One curve stays, the other goes to nearly 0. That a tiny set fits proves little. That it does
# *not* fit proves a fault.
#
# ## Gradients
#
# The **gradient** says how much the loss changes with each weight; training follows it. TensorFlow's
# `GradientTape` records a calculation and returns it.
#
# **Predict**: eight layers, three activations. Where is the gradient of the first layer much
# smaller than that of the last?

# %%
def gradient_norms(model, x=x_train[:128], y=y_train[:128]):
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True))
    kernels = [w.value for w in model.trainable_weights if w.name == "kernel"]
    return [0 if g is None else float(ops.norm(ops.ravel(g))) for g in tape.gradient(loss, kernels)]
norms = {}
for activation in ("sigmoid", "tanh", "relu"):
    hidden = [layers.Dense(16, activation=activation) for number in range(8)]
    chain = [keras.Input((8, 8, 1)), layers.Flatten(), *hidden, layers.Dense(10, "softmax")]
    tower = keras.Sequential(chain)
    tower.compile(loss="sparse_categorical_crossentropy")
    norms[activation] = gradient_norms(tower)
plots.lines(norms, "layer", "size of the gradient", log=True, alt="Only with sigmoid it shrinks.")

# %% [markdown]
# With `sigmoid`: over ten thousand times smaller. Its slope is at most a quarter, and
# eight of them are multiplied. The first layers hardly learn.
#
# A gradient can also be `None`, here 0: no way leads from the loss back to the weight. Keras warns
# of it in `fit` only.
#
# ### Exercise: `mended_gradient` · ●●○ · 8 minutes
# One line lets no gradient pass: `gradient_norms(model)` begins with 0. Leave out one line at a time
# to find it. At the end, all others stay.
#
# ```python
# inputs = keras.Input(shape=(8, 8, 1))
# x = layers.Dense(32, activation="relu")(layers.Flatten()(inputs))
# x = layers.GaussianNoise(0.1)(x)
# x = layers.UnitNormalization()(x)
# x = ops.round(x * 10) / 10
# model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
# model.compile("adam", loss="sparse_categorical_crossentropy")
# ```

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(8, 8, 1))
x = layers.Dense(32, activation="relu")(layers.Flatten()(inputs))
x = layers.UnitNormalization()(layers.GaussianNoise(0.1)(x))
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
model.compile("adam", loss="sparse_categorical_crossentropy")
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mended_gradient", model)

# %% [markdown]
# ## Activations
#
# A second model on the same graph returns what each layer gives.
#
# **Predict**: three `tanh` layers see pixels from 0 to 1, then from 0 to 255. Which share of their
# values is beyond ±0.99?

# %%
keras.utils.set_random_seed(0)
inputs = keras.Input(shape=(8, 8, 1))
x = layers.Flatten()(inputs)
for units in (32, 32, 32):
    x = layers.Dense(units, activation="tanh")(x)
deep = keras.Model(inputs, x)
inside = keras.Model(inputs, [layer.output for layer in deep.layers[2:]])  # not Input, Flatten

first = {}
for scale in (1, 255):
    activations = inside(scale * x_test[:32])
    print(f"pixels to {scale:3}:", [f"{np.mean(np.abs(a) > 0.99):.0%}" for a in activations])
    first[f"first layer, pixels to {scale}"] = activations[0]
plots.images(first, columns=2, limits=(-1, 1), alt="32 values for each of 32 images, dark for −1, "
             "light for 1. Pixels to 1: many greys. Pixels to 255: nearly only black and white.")

# %% [markdown]
# With 255, nearly all values of the first layer are −1 or 1: it is **saturated**. There `tanh` is
# flat: almost no gradient passes. Divide by 255. The next layers see numbers from −1 to 1, so they
# are not saturated. In the picture, each row is an image. A `relu` that is always 0 shows, too.
#
# ## Better than something simple?
#
# **Predict** the three test accuracies: always the commonest digit, one `Dense` layer, the label of
# the nearest training image.

# %%
rows, new = x_train.reshape(-1, 64), x_test.reshape(-1, 64)
distances = (rows**2).sum(1) - 2 * new @ rows.T  # new**2 would change no comparison
nearest = y_train[distances.argmin(axis=1)]

linear = keras.Sequential([keras.Input(shape=(64,)), layers.Dense(10, activation="softmax")])
linear.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
linear.fit(rows, y_train, batch_size=100, epochs=10, verbose=0)
by_layer = np.argmax(linear(new), axis=1)

commonest = np.bincount(y_train).argmax()
for name, said in {"commonest": commonest, "one layer": by_layer, "nearest": nearest}.items():
    print(f"{name:10} {np.mean(said == y_test):.2f}")

# %% [markdown]
# So a network with 0.93 is no success on these digits, and the nearest image beats most networks of
# this course. Compare first.
#
# ## Ten broken models
#
# Each of ten models shall tell digits apart. The first cell prints their code. In the second,
# `outcome` builds each, and shows it 30 images 40 times. "As in fit" means called with
# `training=True`, "as in predict" with `False`.
#
# **Predict**, between the two cells: how many of the ten raise an error?

# %%
print(broken_models.code())

# %%
thirty = np.concatenate([np.flatnonzero(y_train == digit)[:3] for digit in range(10)])
for name in broken_models.MODELS:
    print(broken_models.outcome(name, x_train[thirty], y_train[thirty]))

# %% [markdown]
# Three. Shapes that do not fit are called the commonest mistake; two of these errors are about
# shapes. But seven models say nothing, and `c` and `g` even learn the tiny set: use more than one
# test.
#
# ### Exercise: `ten_faults` · ●●● · 20 minutes
# Which model has which fault? Write a dict with a number for each letter:
# `{"a": …, "b": …}`. `broken_models.MODELS["a"]()` builds
# one for your tests. Two faults are not used.
#
# | | the fault |
# |---|---|
# | 1 | the loss needs targets of another form |
# | 2 | two tensors of different shapes are added |
# | 3 | the graph begins at another `Input` |
# | 4 | the loss needs probabilities |
# | 5 | predictions are deleted |
# | 6 | gradients shrink on the way back |
# | 7 | some weights begin as zeros, and stay |
# | 8 | a layer is saturated |
# | 9 | `predict` uses averages that have hardly moved |
# | 10 | steps are too large |
# | 11 | a layer is frozen |
# | 12 | the output cannot reach the targets |

# %%
# BEGIN SOLUTION
answer = {"a": 6, "b": 2, "c": 9, "d": 4, "e": 7, "f": 1, "g": 8, "h": 3, "i": 10, "j": 5}
# END SOLUTION

# %% tags=["nbval-check-output"]
check("ten_faults", answer)

# %% [markdown]
# ## Where does normalisation stand?
#
# Often you read: `BatchNormalization` is better before the activation than after it. It has a bias
# of its own, so the convolution needs none.
#
# ### Exercise: `bn_before_activation` · ●●○ · 6 minutes
# For images of shape `(32, 32, 3)`, two times: `Conv2D` with 64 filters of 3 × 3, `padding="same"`
# and no bias, then `BatchNormalization`, then `relu`. After them `GlobalAveragePooling2D` and
# `Dense` with 10 units and `softmax`.
#
# It has 39,754 parameters.

# %%
# BEGIN SOLUTION
inputs = x = keras.Input(shape=(32, 32, 3))
for filters in (64, 64):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.GlobalAveragePooling2D()(x)))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("bn_before_activation", model)

# %% [markdown]
# ## Before or after: measured
#
# A small network in two orders, each from three random starts: `norm relu` is normalisation before
# `relu`.
#
# **Predict**: which is ahead after 2 epochs? And after 6?

# %%
def network(convolution, order="relu"):
    inputs = x = keras.Input(shape=(8, 8, 1))
    for strides in (1, 2):
        x = convolution(8, 3, strides=strides, padding="same")(x)
        for step in order.split():
            x = layers.ReLU()(x) if step == "relu" else layers.BatchNormalization(momentum=0.9)(x)
    outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model

def accuracy(model):
    return np.mean(np.argmax(model(x_test), axis=1) == y_test)

# %%
def early_and_late(model):
    early = accuracy(model)
    model.fit(x_train, y_train, batch_size=100, epochs=4, verbose=0)
    return early, accuracy(model)

results = {}
for order in ("norm relu", "relu norm"):
    pairs = several_starts(network(layers.Conv2D, order), x_train, y_train, early_and_late,
                           batch_size=100, epochs=2)
    for when, values in zip(("2 epochs", "6 epochs"), np.transpose(pairs), strict=True):
        results[f"{order}, {when}"] = values
plots.seeds(results)

# %% [markdown]
# At first, `norm relu` is ahead. After six epochs the difference is smaller than that between two
# starts.
#
# With ten starts, the author saw 0.94 and 0.90 after two epochs; 0.974 and 0.973 after eight,
# without normalisation 0.960. So here: any order is better than none, and "before" learns faster at
# first.

# %% [markdown]
# ## Separable convolutions
#
# A **separable convolution**, `SeparableConv2D`, filters each channel alone, then mixes the channels
# with a 1 × 1 convolution.
#
# 64 filters of 3 × 3 on 64 channels need 64 × 9 × 64 + 64 = 36,928 parameters; this way,
# 64 × 9 + 64 × 64 + 64 = 4,736.
#
# ### Exercise: `separable_cnn` · ●●○ · 6 minutes
# `digit_cnn` of chapter 02 with this layer: images of `(28, 28, 1)`; two times 3 × 3 filters, 32
# then 64, `relu`, and `MaxPooling2D(2)`; `Flatten`, `Dropout(0.5)`, `Dense` with 10 units,
# `softmax`. 18,483 parameters, not 34,826.

# %%
# BEGIN SOLUTION
inputs = x = keras.Input(shape=(28, 28, 1))
for filters in (32, 64):
    x = layers.MaxPooling2D(2)(layers.SeparableConv2D(filters, 3, activation="relu")(x))
x = layers.Dropout(0.5)(layers.Flatten()(x))
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("separable_cnn", model)

# %% [markdown]
# ## Cheaper: measured
#
# With 64 channels, the separable kind multiplies 7.9 times less often.
#
# **Predict**: how many times faster is it? How accurate is it on the digits?

# %%
def fastest(model, data):
    return min(timeit.repeat(lambda: model.predict_on_batch(data), number=1, repeat=25))

batch = np.random.default_rng(0).random((16, 32, 32, 64), dtype="float32")
maps, results = keras.Input(shape=(32, 32, 64)), {}
for layer in (layers.Conv2D, layers.SeparableConv2D):
    one = keras.Model(maps, layer(64, 3, padding="same")(maps))
    print(f"{layer.__name__:16} {one.count_params():>7,} parameters, {fastest(one, batch):.4f} s")
    results[layer.__name__] = several_starts(
        network(layer), x_train, y_train, accuracy, batch_size=100, epochs=4)
plots.seeds(results)

# %% [markdown]
# Mostly less: two to five times in the author's runs, with 16 channels hardly at all. Memory and the
# start of each step cost time, too.
#
# With so few weights it is also less accurate. Cheaper in parameters is exact; measure the rest.
#
# ## Schedules
#
# A **schedule** is a learning rate that depends on the step.
#
# **Predict**: there are 1,500 images, in batches of 100. The last schedule shall last ten epochs.
# When does its rate reach 0?

# %%
schedules = keras.optimizers.schedules
rates = {
    "exponential, halved in 30": schedules.ExponentialDecay(0.01, 30, decay_rate=0.5),
    "cosine, 150": schedules.CosineDecay(0.01, decay_steps=150),
    "cosine, 10": schedules.CosineDecay(0.01, decay_steps=10),
}
steps = range(0, 151, 5)
lines = {name: [float(rate(step)) for step in steps] for name, rate in rates.items()}
plots.lines(lines, "step (15 are an epoch)", "learning rate", x=steps,
            alt="Three learning rates over 150 steps. The cosine of 10 steps is 0 after the first 10.")

# %% [markdown]
# After ten *batches*, within the first epoch. Nothing is learned any more, and nothing says so: a
# schedule counts steps.
#
# | old | what happens | today |
# |---|---|---|
# | `Adam(lr=0.01)` | error | `Adam(0.01)` |
# | `Adam(decay=0.01)` | ignored, with a warning | a schedule |
# | `model.fit_generator(…)` | error | `model.fit(…)` |
# | `keras.experimental.CosineDecay` | error | `keras.optimizers.schedules.CosineDecay` |
#
# ### Exercise: `cosine_rate` · ●●○ · 7 minutes
# Mend this old code. The rate shall begin at 0.01 and come down to 0 in ten epochs of `x_train`, in
# batches of 100. Layers and loss stay.
#
# ```python
# inputs = keras.Input(shape=(8, 8, 1))
# x = layers.Dense(64, activation="relu")(layers.Flatten()(inputs))
# model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
# rate = keras.experimental.CosineDecay(0.01, decay_steps=10)
# model.compile(keras.optimizers.Adam(lr=rate), "sparse_categorical_crossentropy")
# ```

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(8, 8, 1))
x = layers.Dense(64, activation="relu")(layers.Flatten()(inputs))
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=150)
model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
# END SOLUTION

# %% tags=["nbval-check-output"]
check("cosine_rate", model)

# %% [markdown]
# ## Trap: callbacks that do not do what you think
#
# `fit` calls a **callback** before and after each epoch. Here the optimizer has rate 0.5, the
# scheduler sets another, and `EarlyStopping` shall stop when `val_loss` no longer falls.
#
# **Predict**: which rate has the first epoch? After which of the 6 epochs does `fit` stop?

# %% tags=["nbval-check-output"]
linear.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: 0.001 * 0.1 ** (epoch // 3))
stopper = keras.callbacks.EarlyStopping(patience=1)
history = linear.fit(rows, y_train, epochs=6, verbose=0, callbacks=[scheduler, stopper]).history
print([f"{rate:.4f}" for rate in history["learning_rate"]])

# %% [markdown]
# 0.001: the scheduler overwrites the optimizer's rate from the start. And all 6: without
# `validation_data` there is no `val_loss`; you only get a warning. (If the optimizer has a schedule,
# `LearningRateScheduler` raises.)
#
# ## Does early stopping help?
#
# 200 images; in a second set of labels, about one in six is wrong. Below, the best epoch is that
# with the lowest validation loss.
#
# **Predict**: what does training too long do to the validation loss? And to its accuracy?

# %%
few, val = (x_train[:200], y_train[:200]), (x_train[1200:], y_train[1200:])
random = np.random.default_rng(0)
swap = random.random(200) < 0.2
spoilt = np.where(swap, random.integers(0, 10, 200), few[1])

inputs = keras.Input(shape=(8, 8, 1))
x = layers.Flatten()(inputs)
for units in (128, 128):
    x = layers.Dense(units, activation="relu")(x)
mlp = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
mlp.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])

def curves(labels):
    return several_starts(mlp, few[0], labels, lambda model: model.history.history, batch_size=100,
                          epochs=20, validation_data=val, validation_batch_size=300)

# %%
runs = {"right labels": curves(few[1]), "some wrong": curves(spoilt)}
for name, histories in runs.items():
    for history in histories:
        best = int(np.argmin(history["val_loss"]))
        loss, correct = history["val_loss"], history["val_accuracy"]
        print(f"{name:13} best epoch {best + 1:2}: loss {loss[best]:.2f}, accuracy {correct[best]:.2f}"
              f"   epoch 20: {loss[-1]:.2f}, {correct[-1]:.2f}")
plots.learning_curves({name: histories[0] for name, histories in runs.items()}, ("loss", "accuracy"))

# %% [markdown]
# With right labels the loss rises, but the accuracy does not fall: early stopping saves time only.
# With wrong labels the network learns these by heart and loses several points: there it helps.
#
# `EarlyStopping` ends some epochs *after* the best one. Without `restore_best_weights=True` you keep
# the last weights.

# %% [markdown]
# ### Exercise: `stopped_early` · ●●○ · 8 minutes
# Build and compile the network above anew: `Flatten`, two `Dense(128)` with `relu`, `Dense(10)` with
# `softmax`; Adam with rate 0.01, the same loss and the same metric. Train it on `few[0]` and
# `spoilt` for up to 60 epochs in batches of 100, with `val`; stop 5 epochs after the lowest
# validation loss, and take the weights of that lowest loss. On test images it must reach an
# accuracy of 0.78.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(8, 8, 1))
x = layers.Flatten()(inputs)
for units in (128, 128):
    x = layers.Dense(units, activation="relu")(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
stopper = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
history = model.fit(few[0], spoilt, validation_data=val, epochs=60, batch_size=100, verbose=0,
                    callbacks=[stopper])
# END SOLUTION

# %% tags=["nbval-check-output"]
check("stopped_early", model)

# %% [markdown]
# ## Save the best
#
# `ModelCheckpoint` saves the model while it trains.
#
# **Predict**: which of these old calls still work?

# %% tags=["nbval-check-output"]
for settings in ({"filepath": "best"}, {"filepath": "b.h5"}, {"filepath": "b.keras", "period": 2}):
    try:
        print(type(keras.callbacks.ModelCheckpoint(**settings)).__name__, settings, "works")
    except (ValueError, TypeError) as error:
        print(error)

# %% [markdown]
# Only `"b.h5"`, the old format. Write `"best.keras"`, with `save_best_only=True`. `period` is gone:
# `ModelCheckpoint` saves after each epoch, or after `save_freq` batches.
#
# | also old | what happens | today |
# |---|---|---|
# | `model.fit(..., callbacks=[stopper])` | error: `x=Ellipsis` | data in place of the dots |
# | `keras.mixed_precision.experimental` | error | `keras.config.set_dtype_policy` |
#
# ## Half the bits
#
# **Mixed precision** computes with 16 bits and keeps weights with 32.
#
# **Predict**: is it faster on your processor? Which dtype do the outputs have?

# %%
def convolutions(policy):
    keras.config.set_dtype_policy(policy)
    try:
        inputs = keras.Input(shape=(32, 32, 64))
        x = layers.Conv2D(64, 3, padding="same", activation="relu")(inputs)
        return keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))
    finally:
        keras.config.set_dtype_policy("float32")

models = {policy: convolutions(policy) for policy in ("float32", "mixed_float16", "mixed_bfloat16")}
times = {policy: fastest(model, batch) for policy, model in models.items()}
for policy, model in models.items():
    weights, outputs = model.layers[1].kernel.dtype, model.outputs[0].dtype
    print(f"{policy:15} weights {weights}, outputs {outputs}, "
          f"time {times[policy] / times['float32']:.1f}")

# %% [markdown]
# Time 1.0 is that of `float32`. On the author's processor `mixed_float16` mostly takes longer, up to
# three times, and `mixed_bfloat16` is faster. Graphics cards are fast with `mixed_float16`.
#
# Two silent traps: outputs of 16 bits can be too coarse for a loss, so give the last layer
# `dtype="float32"`; and the policy holds for *every* later layer, hence the `finally`.
#
# ## Smaller after training
#
# **Predict**: 8 bits for each weight, or half of the weights set to 0: what does each cost?

# %%
def size(model):
    return sum(np.asarray(weight).nbytes for weight in model.weights)

def copy_of(model, change=lambda weights: weights):
    copy = keras.models.clone_model(model)
    copy.set_weights([change(weights) for weights in model.get_weights()])
    return copy

def pruned(weights):
    return np.where(np.abs(weights) < np.median(np.abs(weights)), 0, weights)

quantised = copy_of(mlp)
quantised.quantize("int8")
for name, one in {"as trained": mlp, "int8": quantised, "half pruned": copy_of(mlp, pruned)}.items():
    print(f"{name:12} {size(one):>8,} bytes, accuracy {accuracy(one):.2f}")

# %% [markdown]
# `quantize` makes the weights nearly four times smaller, and the accuracy hardly changes. Faster it
# is not always. (It warns that the Input and `Flatten` have nothing to quantise.) The accuracy is
# low because `mlp` last learned the wrong labels.
#
# Keras has no function to prune. With half of the weights at 0 the accuracy falls by a few points,
# but zeros take as much space and time as other numbers.

# %% [markdown]
# ## Summary
#
# - An error: the message, then the last line that is yours.
# - No error: `traps`, a tiny set, gradients, activations, something simple. Use several.
# - Measure advice with several starts: much of it holds only at first, or only on other machines.
# - Schedules count batches; callbacks overwrite, or only warn.
# - Reset a global policy.
#
# Before: [10 Attention](10_attention.ipynb). Next: [12 Capstone](12_capstone.ipynb).
