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
# # 10 Attention
#
# You will be able to:
# - build attention from `Dot` and `Softmax`, and say what each shape means;
# - use Keras' own attention layers, and count their parameters;
# - say which layers drop a mask, and build a model that keeps it.
#
# Time: 75 minutes. Needed: chapter [04](04_several_inputs_and_outputs.ipynb). Words:
# [glossary](glossary.ipynb).

# %%
from exercises_check import check, plots, progress
from exercises_check.datasets import DEPARTMENTS, VOCABULARY, load_lookups, load_tickets

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(10)
train, test = load_tickets(words=1000)
progress(10)

# %% [markdown]
# ## Look up instead of averaging
#
# A model has a question and a table with several rows. It needs the one row that fits.
#
# The question becomes a **query**, a row of numbers. Each row of the table has a **key**, which is
# compared with the query, and a **value**, which is what you get.
#
# The **score** of a key is its dot product with the query: large where both point the same way.
#
# **Predict**: which key has the largest score?

# %% tags=["nbval-check-output"]
query = np.array([4.0, 0.0])
keys = np.array([[0.0, 1.0], [-1.0, 0.0], [1.0, 0.0], [0.5, 0.5]])
scores = keys @ query
print(scores)

# %% [markdown]
# The third. Softmax turns the scores into **attention weights**: positive numbers that sum to 1. The
# answer is a weighted mean: each value times its weight, all summed.
#
# **Predict**: the values are 10, 20, 30 and 40. Near which number does the answer lie?

# %% tags=["nbval-check-output"]
values = np.array([10.0, 20.0, 30.0, 40.0])
weights = np.exp(scores) / np.exp(scores).sum()
print("weights:", weights.round(3))
print("answer: ", round(weights @ values, 1))

# %% [markdown]
# Near 30, the third value. Every value has a part in the answer, so training can change every key, and
# a model can learn what to look for.
#
# ## `Dot` makes the scores
#
# Here 5 questions are the queries, and 7 words are both keys and values. `layers.Dot(axes=2)` makes
# the dot product of each question with each word, along axis 2, the features. Axis 0 is the batch.
#
# **Predict**: all have 64 features. Which shape do the scores have?

# %% tags=["nbval-check-output"]
questions = keras.Input(shape=(5, 64))
words = keras.Input(shape=(7, 64))
scores = layers.Dot(axes=2)([questions, words])
print(scores.shape)

# %% [markdown]
# `(None, 5, 7)`: for each question a score for each word. The features are summed away.
#
# `Softmax()` works along the last axis: the 7 weights of a question sum to 1.
#
# **Predict**: the second `Dot` takes axis 2 of the weights and axis 1 of the words. Which shape comes
# out?

# %% tags=["nbval-check-output"]
weights = layers.Softmax()(scores)
context = layers.Dot(axes=(2, 1))([weights, words])
print(weights.shape, context.shape)

# %% [markdown]
# `(None, 5, 64)`: the sum runs over the 7 words. Each of the 5 questions gets a weighted mean of the
# words, which has 64 features again.
#
# ### Exercise: `score_shape` · ●○○ · 2 minutes
# Four queries and nine keys, each with 32 features: `(None, 4, 32)` and `(None, 9, 32)` go into
# `layers.Dot(axes=2)`, in this order. Write the shape of the scores, with `None` for the batch.

# %%
# BEGIN SOLUTION
answer = (None, 4, 9)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("score_shape", answer)

# %% [markdown]
# ### Exercise: `dot_attention` · ●●○ · 8 minutes
# Two inputs, `questions` of shape `(5, 8)` and `words` of shape `(7, 12)`. Queries are
# `Dense(64)` of the questions, keys are `Dense(64)` of the words, both without activation; the
# values are `words` itself.
#
# Scores, softmax, and the mean of the values, as above. The output has shape `(None, 5, 12)`.

# %%
# BEGIN SOLUTION
questions = keras.Input(shape=(5, 8), name="questions")
words = keras.Input(shape=(7, 12), name="words")
query = layers.Dense(64)(questions)
key = layers.Dense(64)(words)
scores = layers.Dot(axes=2)([query, key])
weights = layers.Softmax()(scores)
context = layers.Dot(axes=(2, 1))([weights, words])
model = keras.Model([questions, words], context)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("dot_attention", model)

# %% [markdown]
# ## Trap: the other axis
#
# Here a sequence of 6 steps with 6 features looks at itself. The two sizes are equal by chance.
#
# **Predict**: `features` multiplies along the steps, `columns` takes the softmax over the questions.
# Does Keras raise an error? Do the shapes show the mistakes?

# %% tags=["nbval-check-output"]
x = keras.Input(shape=(6, 6))
features = layers.Softmax()(layers.Dot(axes=1)([x, x]))
columns = layers.Softmax(axis=1)(layers.Dot(axes=2)([x, x]))
print(features.shape, columns.shape)

# %% [markdown]
# No and no. `Dot(axes=1)` compares features with features, and its shape looks right because 6 = 6.
# `Softmax(axis=1)` makes the columns sum to 1 instead of the rows, so a question may get nearly no
# weight at all. Try a new layer with sizes that all differ, such as 5, 7, 8 and 12.
#
# ## Old code
#
# On the web, attention is often written with TensorFlow's own functions.
#
# **Predict**: does `tf.matmul` take the symbol that `keras.Input` returns?

# %% tags=["nbval-check-output"]
try:
    tf.matmul(x, x, transpose_b=True)
except ValueError as error:
    print(str(error).split(". ")[0])

# %% [markdown]
# No: functions of TensorFlow need data, not symbols. Those of `keras.ops`, such as
# `ops.matmul`, take both. `layers.Dot` is shorter.
#
# ## Divide by the root
#
# A dot product of 64 numbers is a longer sum than one of 4, so its size grows with the number of
# features. The code also divides by the square root of that number.
#
# **Predict**: random queries and 7 random keys, no division. How large is the largest weight, with 4
# features and with 256?

# %%
sizes = (1, 4, 16, 64, 256)
lines = {"scores": [], "scores / root": []}
numbers = np.random.default_rng(0)
for size in sizes:
    scores = numbers.normal(size=(5000, 1, size)) * numbers.normal(size=(5000, 7, size))
    for name, divisor in {"scores": 1, "scores / root": size**0.5}.items():
        weights = ops.softmax(scores.sum(axis=-1) / divisor)
        lines[name].append(np.max(weights, axis=-1).mean())
plots.lines(lines, "features", "largest weight of 7", x=[str(size) for size in sizes],
            alt="Features 1, 4, 16, 64, 256. Divided by the root, the largest weight stays flat.")

# %% [markdown]
# A little over half with 4 features, and nearly 1 with 256: softmax then picks one key almost alone,
# and training hardly changes the others.
#
# Divided by the square root of the number of features, the largest weight stays below 0.4. That is called
# *scaled* attention.

# %% [markdown]
# ### Exercise: `scaled_attention` · ●●○ · 8 minutes
# Write a function that takes three tensors, `query`, `key` and `value`, and returns the attention's
# result. The scores are divided by the square root of the number of features of the query. It makes
# no `Dense`, and works for any number of steps and features.

# %%
# BEGIN SOLUTION
def scaled_attention(query, key, value):
    scores = layers.Dot(axes=2)([query, key])
    weights = layers.Softmax()(scores / query.shape[-1] ** 0.5)
    return layers.Dot(axes=(2, 1))([weights, value])

# END SOLUTION

# %% tags=["nbval-check-output"]
check("scaled_attention", scaled_attention)

# %% [markdown]
# ## What attention can and a mean cannot
#
# Each sample is a table with 6 rows: a name (one of 8) and a number from 0 to 9. Both are one-hot, so
# a row has 8 + 10 features. The question is a name of the table; the target is the number beside it.

# %% tags=["nbval-check-output"]
(x_rows, y_rows), (x_test, y_test) = load_lookups()
print(x_rows[0].shape, x_rows[1].shape, y_rows.shape)

# %% [markdown]
# Two ways to bring the rows together: with attention, or with a mean.

# %%
def reader(attention):
    name, rows = keras.Input((8,)), keras.Input((6, 18))
    asked, values = layers.Dense(16)(name), layers.Dense(16, activation="relu")(rows)
    if attention:
        query, key = layers.Reshape((1, 16))(asked), layers.Dense(16)(rows)
        scores = layers.Dot(axes=2)([query, key])
        weights = layers.Softmax(name="weights")(scores)
        x = layers.Flatten()(layers.Dot(axes=(2, 1))([weights, values]))
    else:
        x = layers.Concatenate()([asked, layers.GlobalAveragePooling1D()(values)])
    return keras.Model([name, rows], layers.Dense(10, activation="softmax")(x))

# %% [markdown]
# **Predict**: guessing is right in 10 of 100 cases. How often is each model right after 5 epochs?

# %%
def trained(model, x, y, epochs):
    adam = keras.optimizers.Adam(0.01)
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=100, epochs=epochs, verbose=0)
    return model


results = {"attention": [], "mean": []}
for name, values in results.items():
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        looking = trained(reader(name == "attention"), x_rows, y_rows, epochs=5)
        values.append(looking.evaluate(x_test, y_test, verbose=0)[1])
plots.seeds(results, limits=(0, 1.02), alt="On new tables, with three seeds.")

# %% [markdown]
# Attention finds the row nearly always; the mean is right in about 30 of 100 cases. A mean of rows says which
# numbers occur, not which of them belongs to the name.
#
# Which row does attention look at? The weights are an output of an inner layer, so a second model can
# return them.
#
# **Predict**: how many weights of a table are near 1?

# %%
keras.utils.set_random_seed(0)
looking = trained(reader(attention=True), x_rows, y_rows, epochs=5)
peek = keras.Model(looking.inputs, looking.get_layer("weights").output)
weights = np.asarray(peek([x_test[0][:4], x_test[1][:4]]))[:, 0]
for question, table in zip(x_test[0][:4].argmax(-1), x_test[1][:4, :, :8].argmax(-1), strict=True):
    print(f"asked for {question}, the rows have", table)
plots.matrix(weights, [f"table {n}" for n in range(4)], [f"row {n}" for n in range(6)],
             alt="Attention weights of four tables: each looks at the row with the right name.")

# %% [markdown]
# In each table one weight is near 1, at the row whose name was asked for. Nobody told the model
# which row is right: it learned that from the targets alone.

# %% [markdown]
# ## Keras' own layers
#
# `layers.Attention` is what you have built, without the `Dense` layers and without the division. The
# code calls it twice, and compares each result with that of `Dot` and `Softmax`.
#
# **Predict**: which order of its inputs gives the same: query, key, value, or query, value, key?

# %% tags=["nbval-check-output"]
query = keras.Input(shape=(5, 16))
key = keras.Input(shape=(7, 16))
value = keras.Input(shape=(7, 16))
own = layers.Dot(axes=(2, 1))([layers.Softmax()(layers.Dot(axes=2)([query, key])), value])
first = layers.Attention()([query, key, value])
second = layers.Attention()([query, value, key])
data = [numbers.normal(size=(1, steps, 16)) for steps in (5, 7, 7)]
a, b, c = keras.Model([query, key, value], [own, first, second])(data)
print("query, key, value:", np.allclose(a, b, atol=1e-5))
print("query, value, key:", np.allclose(a, c, atol=1e-5))

# %% [markdown]
# Query, *value*, key. The other order gives no error, but keys and values change places. Of two
# inputs, the second is value and key.
#
# ## Attention with several heads
#
# `layers.MultiHeadAttention` has its own `Dense` layers and divides by the root. It does this
# `num_heads` times, with different `Dense` layers of `key_dim` units, to look for several
# things. A *head* is one of these times, not an output. Called on `(x, x)`, every step of `x` looks at
# all steps of `x`.

# %% [markdown]
# ### Exercise: `attention_parameters` · ●●○ · 4 minutes
# `layers.MultiHeadAttention(num_heads=3, key_dim=16)` is called on `(x, x)`, where `x` has shape
# `(None, 10, 64)`. Inside are three `Dense` from 64 to 3 × 16 units, and one from 48 back to 64.
#
# How many parameters does it have, with all biases?

# %%
# BEGIN SOLUTION
answer = 3 * (64 * 48 + 48) + 48 * 64 + 64
# END SOLUTION

# %% tags=["nbval-check-output"]
check("attention_parameters", answer)

# %% [markdown]
# ## A mask says what is padding
#
# Texts of different lengths are filled up with zeros, the padding. `Embedding(mask_zero=True)` attaches
# a **mask** to its result: for each step, whether it is a word. Layers that know masks skip the rest.
# A result has a mask too if the layer hands it on.
#
# **Predict**: which of these six keep the mask?

# %% tags=["nbval-check-output"]
ids = keras.Input(shape=(None,), dtype="int32")
words = layers.Embedding(1000, 16, mask_zero=True)(ids)
results = {
    "Dense": layers.Dense(16)(words),
    "Add": layers.Add()([words, words]),
    "+": words + words,
    "ops.relu": ops.relu(words),
    "Dot": layers.Dot(axes=2)([words, words]),
    "MultiHeadAttention": layers.MultiHeadAttention(2, 8)(words, words),
}
for name, tensor in results.items():
    print(f"{name:20} {'keeps it' if hasattr(tensor, '_keras_mask') else 'drops it'}")

# %% [markdown]
# `+`, `ops.relu` and `Dot` drop it, without a warning. Layers that do not know masks at all, such as
# `Conv1D`, drop it with a warning.
#
# ## Trap: `+` after an `Embedding`
#
# Two models with the same layers read the same text twice: as it is, and with three zeros of padding.
#
# **Predict**: which of the two gives the same result for both?

# %% tags=["nbval-check-output"]
embedding = layers.Embedding(1000, 16, mask_zero=True)
dense, lstm = layers.Dense(16), layers.LSTM(8)
words = embedding(ids)
added = keras.Model(ids, lstm(layers.Add()([words, dense(words)])))
plus = keras.Model(ids, lstm(words + dense(words)))
text, padded = np.array([[5, 80, 7]]), np.array([[5, 80, 7, 0, 0, 0]])
print("Add:", np.allclose(added(text), added(padded), atol=1e-5))
print("+:  ", np.allclose(plus(text), plus(padded), atol=1e-5))

# %% [markdown]
# The one with `Add`. After `+`, the LSTM reads the padding as if it were words.
#
# ## A mask for your own attention
#
# `Dot` drops the mask, so attention made of `Dot` and `Softmax` gives weight to padding. `Softmax`
# takes a mask as a second argument: true where a score counts.
#
# **Predict**: the code prints the weights of the first word's query. Which weights do the three zeros
# get, without the mask and with it?

# %% tags=["nbval-check-output"]
scores = layers.Dot(axes=2)([words, words])
real = ops.expand_dims(ops.not_equal(ids, 0), 1)
without, masked = layers.Softmax()(scores), layers.Softmax()(scores, mask=real)
for weights in keras.Model(ids, [without, masked])(padded):
    print(np.round(weights[0, 0], 2))

# %% [markdown]
# Without it, the padding gets half of the attention. With it, none. `real` has the shape
# `(None, 1, steps)`: the same for every query.
#
# `MultiHeadAttention` and `Attention` use the mask of an `Embedding` by themselves.
#
# ### Exercise: `kept_mask` · ●●○ · 5 minutes
# Mend this model so that padding changes nothing. All settings stay.
#
# ```python
# ids = keras.Input(shape=(None,), dtype="int32")
# words = layers.Embedding(1000, 16, mask_zero=True)(ids)
# x = words + layers.Dense(16)(words)
# x = layers.LSTM(8)(x)
# outputs = layers.Dense(1, activation="sigmoid")(x)
# model = keras.Model(ids, outputs)
# ```

# %%
# BEGIN SOLUTION
ids = keras.Input(shape=(None,), dtype="int32")
words = layers.Embedding(1000, 16, mask_zero=True)(ids)
x = layers.Add()([words, layers.Dense(16)(words)])
x = layers.LSTM(8)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(ids, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("kept_mask", model)

# %% [markdown]
# ### Exercise: `attention_classifier` · ●●● · 12 minutes
# Which department does a ticket belong to? The input has shape `(None,)` and dtype `int32`. `x` is an
# `Embedding` of 1,000 words, 32 features and `mask_zero=True`; then `MultiHeadAttention`, 2 heads and
# `key_dim` 16, on `(x, x)`; `Add` of `x` and the result; `GlobalAveragePooling1D`; `Dense` with 4 units
# and `softmax`.
#
# Compile with `adam` and the loss for whole-number targets; train on `train.body` and
# `train.department`, a few epochs. It passes with an accuracy of 0.8 on new tickets.

# %%
# BEGIN SOLUTION
keras.utils.set_random_seed(1)
ids = keras.Input(shape=(None,), dtype="int32", name="body")
x = layers.Embedding(1000, 32, mask_zero=True)(ids)
attended = layers.MultiHeadAttention(num_heads=2, key_dim=16, name="attention")(x, x)
x = layers.GlobalAveragePooling1D()(layers.Add()([x, attended]))
outputs = layers.Dense(4, activation="softmax")(x)
model = keras.Model(ids, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(train.body, train.department, epochs=5, batch_size=64, verbose=0)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("attention_classifier", model)

# %% [markdown]
# ## Does attention help here?
#
# The same tickets, without attention: the mean of the words, then `Dense`.
#
# **Predict**: which of the two is right more often?

# %%
def classifier(attention):
    texts = keras.Input(shape=(None,), dtype="int32")
    x = layers.Embedding(1000, 32, mask_zero=True)(texts)
    if attention:
        x = layers.Add()([x, layers.MultiHeadAttention(2, 16)(x, x)])
    mean = layers.GlobalAveragePooling1D()(x)
    return keras.Model(texts, layers.Dense(4, activation="softmax")(mean))

results = {"attention": [], "mean": []}
for name, values in results.items():
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        reading = trained(classifier(name == "attention"), train.body, train.department, epochs=3)
        values.append(reading.evaluate(test.body, test.department, verbose=0)[1])
plots.seeds(results, limits=(0.5, 1), alt="New tickets, three seeds: no clear difference.")

# %% [markdown]
# Neither, or nearly so. Single words such as *invoice* tell the department, wherever they stand, so
# a mean is enough. In one ticket of ten the text tells of a problem of another department, so no
# model is right much more often than 0.9.
#
# Attention pays where the right piece of the input depends on the rest, as in the lookup.

# %% [markdown]
# ## Which words get the weight
#
# A simpler model can be read: `Dense(1)` makes the score of each word, without a query. There is one
# weight for each word.
#
# **Predict**: which words of a ticket to *account* get large weights? (`[UNK]` is a word that is not in
# the vocabulary.)

# %%
texts = keras.Input(shape=(None,), dtype="int32")
x = layers.Embedding(1000, 16)(texts)
scores = layers.Reshape((-1,))(layers.Dense(1)(x))
weights = layers.Softmax(name="weights")(scores, mask=ops.not_equal(texts, 0))
x = layers.Dot(axes=(1, 1))([weights, x])
readable = keras.Model(texts, layers.Dense(4, activation="softmax")(x))
trained(readable, train.body, train.department, epochs=4)
peek = keras.Model(texts, readable.get_layer("weights").output)
row = 4
ticket = test.body[row][:18]
found = [VOCABULARY[number] for number in ticket]
plots.matrix(np.asarray(peek(ticket[None])), [DEPARTMENTS[test.department[row]]], found,
             alt="The attention weight of each word of a ticket.")

# %% [markdown]
# A few words get most of the weight, here above all *changed*, and many get nearly none. Change `row`
# and look at other tickets.
#
# Read such pictures with care: they show where this layer looked, not why the model decided.

# %% [markdown]
# ## Summary
#
# - Query and key make a score, softmax makes weights, and the result is a mean of the values.
# - `Dot(axes=2)`, `Softmax()`, `Dot(axes=(2, 1))`; divide by the root of the features.
# - `Attention` takes query, value, key.
# - `+`, `keras.ops` and `Dot` drop the mask; `Add` keeps it.
# - Attention finds the right row; where a mean is enough, it adds only parameters.
#
# Back: [09 Custom layers](09_custom_layers.ipynb). Next:
# [11 When it goes wrong](11_when_it_goes_wrong.ipynb).
