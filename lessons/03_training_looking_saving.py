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
# # 03 Training, looking, saving
#
# You will be able to:
# - choose a loss that fits the head, train, and read the curves;
# - say what each picture of a model shows, and what it hides;
# - save a model, load it, and go on with its training.
#
# Time: 75 minutes. Needed: chapter [02](02_standard_networks.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, compare, plots, progress, widgets
from exercises_check.datasets import load_mnist
from exercises_check.figures import show
from exercises_check.starts import several_starts

import tempfile
import warnings
import zipfile
from pathlib import Path
import keras
import numpy as np
from ipywidgets import interactive
from keras import layers, ops

progress(3)

# %% [markdown]
# ## Three pictures of one model
#
# Below, one tensor goes into `Concatenate` twice.
#
# **Predict**: you see `draw`, `plot_model` and `summary` of the model, each without options. Which
# of them show that `x` is used twice? Which one shows `relu`?

# %%
inputs = keras.Input(shape=(8,), name="features")
x = layers.Dense(8, activation="relu", name="hidden")(inputs) + inputs
x = layers.Concatenate(name="twice")([x, x])
skipping = keras.Model(inputs, layers.Dense(2, name="head")(x), name="skipping")
widgets.three_pictures(skipping)

# %% [markdown]
# | | shows | hides |
# |---|---|---|
# | `draw` | wiring, names, shapes, settings, `+` in another colour than `Add` | parameters |
# | `plot_model` | classes and arrows | names, shapes and what is frozen, unless asked; a second arrow between two boxes, so also the second call of a shared layer |
# | `summary` | names, shapes, parameters, each connection | settings; which `Add` is a `+` |
#
# So `draw` and `summary` show both uses, and `draw` alone shows `relu`. Look before you train: it
# costs a second. `draw(model, values=x_test[:1])` shows, too, what each layer makes of one sample:
# chapter 08.
#
# ## What `plot_model` can show
#
# **Predict**: which option shows that `twice` takes `x` two times? Tick the boxes to see.

# %%
def plotted(names=True, shapes=False, dtypes=False, activations=False, direction="TB"):
    options = {"names": names, "shapes": shapes, "dtypes": dtypes, "activations": activations}
    text = widgets.plot_text(skipping, **options)
    picture = widgets.plot_picture(skipping, direction, **options)
    show(picture, width=560 if shapes else None, alt=text)
    print(text)


interactive(plotted, direction=["TB", "LR"])

# %% [markdown]
# `shapes`: `twice` then takes two shapes. From the keyboard, `Tab` and
# `Space` change the boxes.
#
# | option | shows |
# |---|---|
# | `show_layer_names`, `show_shapes`, `show_dtype` | names, shapes, dtypes |
# | `show_layer_activations` | `relu` |
# | `show_trainable` | what is frozen: `Non-trainable` |
# | `rankdir="LR"` | from left to right |
# | `dpi=150` | a sharper file |
# | `expand_nested=True` | what is inside nested models |
#
# `keras.utils.plot_model(model, "model.png", show_shapes=True)` writes the file; its folder must
# exist, and the name ends in `.png` or `.pdf`. Compare the picture with the one in your head.
#
# ## Names
#
# **Predict**: two layers of one model have the same name. Does Keras complain? And two models
# have one `Dense` each, without a name: do both get the same name?

# %%
inputs = keras.Input(shape=(4,))
x = layers.Dense(4, name="hidden")(inputs)
try:
    keras.Model(inputs, layers.Dense(4, name="hidden")(x))
except ValueError as error:
    print(error)
for n in (1, 2):
    print("model", n, keras.Model(inputs, layers.Dense(1)(inputs)).layers[-1].name)
keras.backend.clear_session()
print("after clear_session", layers.Dense(1).name)

# %% [markdown]
# It complains. And no: the number in `dense_1` goes on in a new model, until the kernel is restarted
# or `clear_session` is called. So name each input, each output and each layer that you look up
# later; give the variable the same name.
#
# ### Exercise: `model_from_pictures` · ●●○ · 10 minutes
# Build the model of these two pictures. Input and output keep their names; kernel size and padding
# of `edges` stand in no picture: work them out from its parameters and its shape.

# %%
unseen = widgets.unseen_model()
unseen.summary()
options = {"names": True, "shapes": True, "activations": True}
show(widgets.plot_picture(unseen, **options), width=560, alt=widgets.plot_text(unseen, **options))

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(8, 8, 1), name="image")
edges = layers.Conv2D(8, 3, padding="same", activation="relu", name="edges")(inputs)
energy = layers.Multiply(name="energy")([edges, edges])
joined = layers.Concatenate(name="joined")([edges, energy])
means = layers.GlobalAveragePooling2D(name="means")(joined)
outputs = layers.Dense(10, name="digit")(means)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("model_from_pictures", model)

# %% [markdown]
# ## The digits, and a network for them
#
# `load_mnist()` gives handwritten digits as `keras.datasets.mnist` does; `load_mnist(real=True)`
# gives MNIST itself, if its file is on this computer or can be downloaded.
#
# **Predict**: which dtype have the pixels? What is the largest?

# %%
(x_train, y_train), (x_test, y_test) = load_mnist()
print(x_train.shape, x_train.dtype, x_train.max(), y_train.shape)
first = [np.argmax(y_train == digit) for digit in range(10)]
plots.images(x_train[first], titles=range(10), columns=10, alt="A handwritten digit of each class.")
x_train, x_test = x_train / 255, x_test / 255


def mlp(head=None, hidden="relu"):
    inputs = keras.Input(shape=(28, 28))
    x = layers.Flatten()(inputs)
    x = layers.Dense(64, activation=hidden)(x)
    x = layers.Dense(64, activation=hidden)(x)
    return keras.Model(inputs, layers.Dense(10, activation=head)(x))

# %% [markdown]
# Whole numbers from 0 to 255. Divided by 255 they are from 0 to 1, which training prefers.
#
# ## Logits
#
# A head without an activation gives **logits**: any numbers, one for each class, the largest for
# the likeliest. `softmax` makes probabilities of them.
#
# **Predict**: to all three logits below, 5 is added. What do the probabilities do? And the
# **loss**, minus the logarithm of the probability of the right class: for which class is it small?

# %% tags=["nbval-check-output"]
logits = np.array([2.0, 1.0, -1.0])
for shifted in (logits, logits + 5):
    probabilities = ops.convert_to_numpy(ops.softmax(shifted))
    print(shifted, "->", probabilities.round(2), " losses:", -np.log(probabilities).round(2))
print("ten classes, guessed:", -np.log(1 / 10).round(2))

# %% [markdown]
# Nothing: only the differences count. The loss is small where the right class has a large
# probability; it is the one number that training makes small. Guessing among ten costs 2.3.
#
# `compile` takes the loss; the **optimizer**, which changes the weights (`"adam"` is a
# good start); the **metrics**, which you read and training ignores.
#
# **Predict**: below, the same head of logits gets two losses; the string `"sparse_…"` expects
# probabilities. Is there an error? If not, how many digits are right?

# %%
def accuracy(model, images=x_test):
    return np.mean(model.predict(images, verbose=0).argmax(-1) == y_test)


from_logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
results = {}
for loss in (from_logits, "sparse_categorical_crossentropy"):
    trial = mlp()
    trial.compile("adam", loss)
    name = "from_logits=True" if loss is from_logits else "the string"
    results[name] = several_starts(trial, x_train, y_train, accuracy, epochs=4, batch_size=64)
plots.seeds(results, "accuracy on test digits", alt="One head of logits, two losses.")

# %% [markdown]
# ## Trap: logits, and a loss for probabilities
#
# No error, no warning. A dot is a training from new weights, the diamond the mean: more
# than nine in ten with the right loss, at best about half with the string. The loss cuts off what is
# not between 0 and 1: most of what it should learn is lost.
#
# **Predict**: now the reverse. `softmax`, and a loss that expects logits, as in many tutorials. Do
# `evaluate` and your own call agree?

# %%
softmax = mlp("softmax")
softmax.compile("adam", from_logits)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    softmax.fit(x_train, y_train, batch_size=64, epochs=6, verbose=0)
    print(caught[0].message)
    print(f"evaluate: {softmax.evaluate(x_test, y_test, verbose=0):.2f}")
print(f"by hand:  {from_logits(y_test, softmax.predict(x_test, verbose=0)):.2f}")

# %% [markdown]
# Keras sees the `softmax`, warns, and takes the logits before it: `fit` is right. Your own call sees
# numbers only and takes `softmax` twice. With a `Reshape` between `softmax` and loss, Keras takes
# it twice, too, without a warning; the loss cannot fall below 1.46.
#
# Say it once: no activation and `from_logits=True`, or `softmax` and neither.

# %% [markdown]
# ### Exercise: `even_or_odd` · ●●○ · 6 minutes
# Build and compile a model that says whether a digit is even. The input has shape `(28, 28)`; then
# come `Flatten`, `Dense` with 32 units and `relu`, and `Dense` with 1 unit that gives a logit.
#
# Compile with Adam and binary crossentropy for logits. The metric is a `BinaryAccuracy` for which
# every logit above 0 means yes: without a setting, it takes 0.5.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(28, 28))
x = layers.Flatten()(inputs)
x = layers.Dense(32, activation="relu")(x)
model = keras.Model(inputs, layers.Dense(1)(x))
model.compile(
    optimizer="adam",
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("even_or_odd", model)

# %% [markdown]
# ## `fit`
#
# `fit` takes one batch after the other; after each, a step, the optimizer changes the weights. All
# batches once are an **epoch**. `validation_split=0.2` keeps one row in five apart, as **validation
# data**: the model is measured on it, and never learns from it.
#
# **Predict**: 1,500 digits in batches of 64. How many steps has an epoch?

# %%
keras.utils.set_random_seed(3)
digits = mlp()
digits.compile("adam", from_logits, metrics=["accuracy"])
history = digits.fit(x_train, y_train, batch_size=64, epochs=6, validation_split=0.2, verbose=2)
plots.learning_curves(history, metrics=("loss", "accuracy"))

# %% [markdown]
# 19: of the 1,200 digits that are left, 18 full batches and a smaller one. `19/19` counts
# steps; old versions of Keras counted rows.
#
# What `fit` returns holds these numbers in `history.history`. Drawn, they are **learning curves**.
# Judge by the dashed one: the model has not seen these digits.
#
# A second `fit` goes on from these weights. To start anew, make and compile a new model.

# %% [markdown]
# ### Exercise: `training_steps` · ●●○ · 4 minutes
# `fit(x_train, y_train, epochs=4, validation_split=0.1)` trains on the 1,500 digits, without a
# `batch_size`: `help(keras.Model.fit)` says what it is then. How many steps does the optimizer take
# altogether? Compute it.

# %%
# BEGIN SOLUTION
answer = 4 * int(np.ceil(1500 * 0.9 / 32))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("training_steps", answer)

# %% [markdown]
# ## Trap: the last rows are the validation data
#
# Many files are sorted by class. Here the digits come in order: first all 0s, last all 9s.
#
# **Predict**: what is the validation accuracy after five epochs?

# %%
order = np.argsort(y_train, kind="stable")
trial = mlp()
trial.compile("adam", from_logits, metrics=["accuracy"])
by_class = trial.fit(
    x_train[order], y_train[order], batch_size=64, epochs=5, validation_split=0.2, verbose=0
)
plots.learning_curves(by_class, metrics=("loss", "accuracy"))
print("validation data:", np.unique(y_train[order][-300:]))

# %% [markdown]
# Near 0. `validation_split` takes the *last* rows, before it shuffles the others: some of the 7s,
# and all 8s and 9s. It never learns from an 8 or a 9. Shuffle such data yourself, or hand over
# `validation_data=(x, y)`.
#
# ## `evaluate` and `predict`
#
# `evaluate` returns loss and metrics; `predict` returns what the head gives.
#
# **Predict**: `fit` wrote a training loss for the last epoch. Does `evaluate` find the same on the
# same 1,200 digits?

# %%
print(f"fit:      {history.history['loss'][-1]:.3f}")
print(f"evaluate: {digits.evaluate(x_train[:1200], y_train[:1200], verbose=0)[0]:.3f}")
print(digits.evaluate(x_test, y_test, verbose=0, return_dict=True))
print(digits.predict(x_test, verbose=0).shape)

# %% [markdown]
# It finds less: `fit` writes the mean over the epoch, while the model was still getting better.
# So a validation loss can lie below the training loss. `Dropout` is another reason: it is at work in
# `fit` only.
#
# **Predict**: somebody wants `Dropout` at work always, and calls it with `training=True`. How many
# of 1,000 ones become 0 in `predict`, and in a call?

# %%
inputs = keras.Input(shape=(1000,))
always = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))
ones = np.ones((1, 1000))
print("predict:", np.sum(always.predict(ones, verbose=0) == 0))
print("call:   ", np.sum(always(ones) == 0))

# %% [markdown]
# None, and about 500: `fit`, `evaluate` and `predict` silently overrule a `training=` in the graph.
#
# ### Exercise: `trained_digits` · ●○○ · 6 minutes
# Make a new model with `mlp()`, compile it with Adam, the loss that fits its head, and the metric
# accuracy, and train it on `x_train` and `y_train`. It gets at least 92 of 100 held-out digits right:
# those of `x_test`, which it has not seen.
#
# **Predict** how many epochs it needs.

# %%
# BEGIN SOLUTION
model = mlp()
model.compile(optimizer="adam", loss=from_logits, metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=64, epochs=15, verbose=0)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("trained_digits", model)

# %% [markdown]
# ## Which digits does it confuse?
#
# One number hides where a model fails. In the next picture, a row is a true digit, a column what
# your model says; blue is right.
#
# **Predict**: which digits does it take for others?

# %%
scores = (model if isinstance(model, keras.Model) else digits).predict(x_test, verbose=0)
plots.confusion_matrix(y_test, scores)
wrong = np.flatnonzero(scores.argmax(-1) != y_test)[:8]
titles = [f"{y_test[n]}, said {scores[n].argmax()}" for n in wrong]
plots.images(x_test[wrong], titles=titles, alt="Test digits that the model gets wrong.")

# %% [markdown]
# Some of them you might get wrong, too.
#
# ## Traps: two ways to measure wrongly
#
# Labels often come as a column, of shape `(297, 1)`. And new images are easily left unscaled.
#
# **Predict** both: the accuracy with a column of labels, and that on pixels from 0 to 255.

# %%
said, column = digits.predict(x_test, verbose=0).argmax(-1), y_test[:, None]
print(f"labels in a row:    {np.mean(said == y_test):.2f}")
print(f"labels in a column: {np.mean(said == column):.2f}", (said == column).shape)
for name, images in {"scaled": x_test, "0 to 255": x_test * 255}.items():
    sure = ops.softmax(digits.predict(images, verbose=0)).numpy().max(-1)
    loss = digits.evaluate(images, y_test, verbose=0)[0]
    right = accuracy(digits, images)
    print(f"{name:9} accuracy {right:.2f}, mean probability {sure.mean():.2f}, loss {loss:.1f}")

# %% [markdown]
# NumPy compares each answer with each label: about 0.10, for any model. Raw pixels are worse: the
# accuracy hardly moves here, so nobody notices, but every probability is 1 and the loss is huge.
# `layers.Rescaling(1 / 255)` as the first layer is never forgotten.
#
# ## Over-fitting
#
# **Predict**: 200 digits, nearly a third of their labels changed at random, and a wide network. What
# do the two losses do in 24 epochs?

# %%
rng = np.random.default_rng(0)
noisy = np.where(rng.random(200) < 0.3, rng.integers(0, 10, 200), y_train[:200])
inputs = keras.Input(shape=(28, 28))
x = layers.Flatten()(inputs)
x = layers.Dense(256, activation="relu")(x)
x = layers.Dense(256, activation="relu")(x)
wide = keras.Model(inputs, layers.Dense(10)(x))
wide.compile(keras.optimizers.Adam(0.003), from_logits, metrics=["accuracy"])
over = wide.fit(
    x_train[:200], noisy, epochs=24, validation_data=(x_test, y_test), verbose=0
)
plots.learning_curves(over, metrics=("loss", "accuracy"))

# %% [markdown]
# The training loss falls nearly to the end. The validation loss falls for some epochs, then climbs:
# the model learns single rows by heart, wrong labels too. That is **over-fitting**. More data, a
# smaller model, or stopping in time help.
#
# ### Exercise: `best_epoch` · ●○○ · 3 minutes
# Another such training was written down. After which epoch would you have stopped it? Epochs count
# from 1.

# %%
recorded = {
    "loss": [2.158, 1.735, 1.369, 1.194, 1.061, 0.967, 0.870, 0.797,
             0.715, 0.657, 0.587, 0.530, 0.478, 0.438, 0.382, 0.358],
    "val_loss": [1.665, 0.969, 0.728, 0.648, 0.607, 0.609, 0.614, 0.597,
                 0.637, 0.646, 0.660, 0.677, 0.732, 0.758, 0.838, 0.935],
}  # fmt: skip
plots.learning_curves(recorded)
# BEGIN SOLUTION
answer = np.argmin(recorded["val_loss"]) + 1
# END SOLUTION

# %% tags=["nbval-check-output"]
check("best_epoch", answer)

# %% [markdown]
# ## What a `.keras` file holds
#
# **Predict**: 55,050 parameters of 4 bytes are 220 kB. How large is the file? And does the loaded
# model still have to be compiled?

# %%
folder = Path(tempfile.mkdtemp())
file = folder / "digits.keras"
digits.save(file)
print(f"{file.stat().st_size / 1000:.0f} kB:", zipfile.ZipFile(file).namelist())
loaded = keras.models.load_model(file)
print("same:", np.allclose(loaded.predict(x_test, verbose=0), digits.predict(x_test, verbose=0)))
print("steps taken:", int(loaded.optimizer.iterations))
print("numbers of the optimizer:", sum(v.value.numpy().size for v in loaded.optimizer.variables))

# %% [markdown]
# About three times as large: Adam keeps two numbers for each parameter. The file holds the graph
# (`config.json`), the weights, and what you said in `compile`, with the optimizer's numbers: a
# loaded model can go on, here from step 114. Code of your own is not in the file: chapter 09.
#
# ## Copies
#
# **Predict**: there are other ways to copy. Which keep the weights, and which the steps?

# %% tags=["nbval-check-output"]
copies = {
    "load_model": loaded,
    "compile=False": keras.models.load_model(file, compile=False),
    "clone_model": keras.models.clone_model(digits),
    "from_config": keras.Model.from_config(digits.get_config()),
}
print("               graph  weights  compiled  steps")
for name, copy in copies.items():
    same = all(map(np.array_equal, copy.get_weights(), digits.get_weights()))
    steps = int(copy.optimizer.iterations) if copy.compiled else "-"
    print(f"{name:14} {bool(compare(copy, digits))!s:6} {same!s:8} {copy.compiled!s:9} {steps}")

# %% [markdown]
# Only `load_model` keeps all. `clone_model` and `from_config` give the graph with *new* weights;
# `copy.set_weights(digits.get_weights())` brings the old ones.
#
# ## Trap: weights without their model
#
# `save_weights` writes a file that ends in `.weights.h5`. It knows no settings and no names of
# layers: weights are matched by their place.
#
# **Predict**: `tanh` for `relu`, else the same model. Does it load? How many digits are right?

# %%
digits.save_weights(folder / "digits.weights.h5")
for hidden in ("relu", "tanh"):
    copy = mlp(hidden=hidden)
    copy.load_weights(folder / "digits.weights.h5")
    print(hidden, f"{accuracy(copy):.2f}")

# %% [markdown]
# It loads without a warning, and a large part of the digits is wrong. Save whole models.
#
# ## Trap: compile again
#
# **Predict**: a model is loaded, then compiled again with the same settings, as old code does. Do
# both trainings below begin with the same loss?

# %%
again = {}
for name in ("goes on", "compiled again"):
    copy = keras.models.load_model(file)
    if name == "compiled again":
        copy.compile("adam", from_logits, metrics=["accuracy"])
    keras.utils.set_random_seed(0)
    again[name] = copy.fit(x_train, y_train, batch_size=64, epochs=4, verbose=0)
    print(f"{name:15} steps {int(copy.optimizer.iterations)}")
plots.learning_curves(again)

# %% [markdown]
# `compile` makes a new optimizer: its steps begin at 0, what Adam knew is gone. Here only the first
# epoch gets a little worse. A learning rate that depends on the step would start anew.
#
# ### Exercise: `saved_and_loaded` · ●●○ · 8 minutes
# `digits` has taken 114 steps. Mend this outdated code: `resumed` is loaded from a `.keras` file
# and trained for 3 further epochs of 24 steps, and its optimizer goes on to step 186. One call has
# to go.
#
# ```python
# digits.save(folder / "half")
# resumed = keras.models.load_model(folder / "half")
# resumed.compile(
#     keras.optimizers.Adam(lr=0.001), loss=from_logits, metrics=["accuracy"]
# )
# resumed.fit(x_train, y_train, batch_size=64, nb_epoch=3)
# ```

# %%
# BEGIN SOLUTION
digits.save(folder / "half.keras")
resumed = keras.models.load_model(folder / "half.keras")
history = resumed.fit(x_train, y_train, batch_size=64, epochs=3, verbose=0)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("saved_and_loaded", resumed)

# %% [markdown]
# ## Summary
#
# - Look first: `draw` for wiring, `summary` for counts, `plot_model` with options.
# - No activation at the head: `from_logits=True`. A loss of 2.3 for ten classes is guessing.
# - Judge by the validation curve. `validation_split` takes the last rows.
# - `.keras` keeps graph, weights and optimizer; `load_model`, and do not compile again.
#
# Before: [02 The standard networks](02_standard_networks.ipynb). Next:
# [04 Several inputs, several outputs](04_several_inputs_and_outputs.ipynb).
