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
# # Start here
#
# This course teaches the Keras Functional API: you build neural networks as graphs of layers, and
# after each exercise you see in words and in a picture what your model has and what it should have.
#
# You will be able to:
# - run a chapter and change it;
# - hand a model to `check` and read its report;
# - find a hint when you need one.
#
# Time: 15 minutes. You need no network and no graphics card.
#
# Words in bold: [glossary](glossary.ipynb).

# %% [markdown]
# ## Run a cell
#
# A **notebook** is a column of **cells**. Some hold text, some hold Python. Click the cell below,
# then press `Shift+Enter`. The cell runs and the next one is selected.
#
# Every chapter begins with a cell like this. It loads Keras and takes a few seconds: the `[*]`
# at its left becomes a number when it is done.

# %%
from exercises_check import check, compare, draw

import keras
from keras import layers

# %% [markdown]
# ## Predict, then run
#
# Most cells come after a line that begins with **Predict**. Stop there and answer, aloud or on
# paper. Then run the cell. A wrong prediction shows you exactly what to learn.
#
# **Predict**: the next cell has two lines. What appears below it?

# %% tags=["nbval-check-output"]
rows = 3
rows * 64

# %% [markdown]
# Only `192`: a cell shows the value of its last line, and the first line only stores one.
#
# The number in brackets at the left counts the cells in the order in which you ran them. `[ ]`
# means that the cell has not run yet.

# %% [markdown]
# ## A model takes numbers in and gives numbers out
#
# A **model** is made of **layers**. In a `Dense` layer, the **units** say how many numbers it
# gives for each row of data.
#
# **Predict**: four numbers go in, and the layer has 2 units. How many numbers come out?

# %%
inputs = keras.Input(shape=(4,), name="measurements")
outputs = layers.Dense(2)(inputs)
draw(keras.Model(inputs, outputs))

# %% [markdown]
# Two. Read the picture from top to bottom: each box is a layer with its name, and the shapes say
# how many numbers flow. `None` stands for the number of rows, which is open.
#
# The three lines above are a whole functional model. Chapter 01 explains each of them.

# %% [markdown]
# ### Exercise: `first_model` · ●○○ · 3 minutes
# Run the next two cells as they are: the answer is "Not attempted yet". Then put these two lines
# in the place of `model = ...` and run both cells again.
#
# ```python
# outputs = layers.Dense(2)(inputs)
# model = keras.Model(inputs, outputs)
# ```

# %%
inputs = keras.Input(shape=(4,))
# BEGIN SOLUTION
outputs = layers.Dense(2)(inputs)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("first_model", model)

# %% [markdown]
# ## Five answers
#
# `check` returns a **report**. It begins with one of these:
#
# | the report says | what you do |
# |---|---|
# | ✓ Passed. | go on |
# | ✗ Not yet. | mend your model |
# | ○ Not attempted yet. | replace the `...` |
# | ! This did not run. | mend the line it names |
# | ? The checker failed. | go on; the fault is ours |
#
# No report stops the notebook.

# %% [markdown]
# ## A report of a model that differs
#
# The task: 8 features, a `Dense` layer with 16 units and `relu`, then a `Dense` layer with 3
# units. The next cell builds a model with one mistake.
#
# **Predict**: which line would you change?

# %%
inputs = keras.Input(shape=(8,), name="features")
x = layers.Dense(6, activation="relu")(inputs)
outputs = layers.Dense(3)(x)
draft = keras.Model(inputs, outputs)

# %% tags=["check-fails"]
check("first_report", draft)

# %% [markdown]
# Read a report in this order:
#
# 1. The listing is your model as code. The names are the layers' own: Keras never saw `x` and
#    `outputs`.
# 2. The **arrow** `▶` marks the first line that differs. Under it: what your model has, then what
#    is expected. At the right: the shapes.
# 3. The picture marks the same place.
# 4. Folded lines hold **hints** and further differences. Click one, or press `Tab` until it is
#    selected, then `Enter`.

# %% [markdown]
# ### Exercise: `first_report` · ●○○ · 4 minutes
# Copy the four lines of the draft, mend the one that the arrow marks, and call the model `model`.
# It takes 8 features, then come `Dense` with 16 units and `relu`, and `Dense` with 3 units and no
# activation.

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(8,), name="features")
x = layers.Dense(16, activation="relu")(inputs)
outputs = layers.Dense(3)(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("first_report", model)

# %% [markdown]
# ## Compare any two models
#
# `check` knows the course's exercises. `compare` takes any two models of your own and says what
# the first has and the second expects.
#
# **Predict**: the two models below were written differently, and their layers have other names.
# Does `compare` find a difference?

# %%
inputs = keras.Input(shape=(8,))
named = keras.Model(inputs, layers.Dense(3, activation="relu", name="head")(inputs))
stacked = keras.Sequential([keras.Input(shape=(8,)), layers.Dense(3), layers.ReLU()])
compare(named, stacked)

# %% [markdown]
# None: both compute the same thing, and that is what counts. Your answer may look different from
# ours. Names matter only where a task asks for names.

# %% [markdown]
# ## A notebook remembers
#
# **Predict**: `units` becomes 5 after the layer is made. How many units does the layer have?

# %% tags=["nbval-check-output"]
units = 2
layer = layers.Dense(units)
units = 5
layer.units

# %% [markdown]
# Still 2. What was made from an old value stays as it was, and nothing warns you. The same holds
# between cells: after you change a cell, run it *and* the cells below that use it.
#
# When results make no sense, choose *Kernel → Restart Kernel and Run up to Selected Cell…*.

# %% [markdown]
# ## Keys
#
# | keys | effect |
# |---|---|
# | `Shift+Enter` | run, go to the next cell |
# | `Ctrl+Enter` | run, stay |
# | `Enter`, `Esc` | begin, end editing |
# | `Esc`, then `B` | new cell below |
# | `Tab` | complete a name |
# | `Shift+Tab` | what does this function take? |
# | `Ctrl+/` | make lines comments, and back |
# | `Ctrl+S` | save |
#
# On a Mac, the last two use `Cmd`.

# %% [markdown]
# ## Summary
#
# - Predict, run, compare.
# - Replace `...`, then run the `check` below. Dots and minutes say how hard and how long.
# - Read a report from its arrow. Hints are folded beneath.
# - Answers to every chapter are in the folder [solutions](../solutions/00_start_here.ipynb). Look
#   there after your check passes: yours may be better.
#
# Next: [01 Your first functional model](01_first_functional_model.ipynb).
