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
# # 01 Your first functional model
#
# You will be able to:
# - say what an `Input`, a layer call, a tensor and a `Model` are;
# - predict shapes and parameter counts of a multi-layer perceptron;
# - turn a Sequential model into a functional one and back, and say when that cannot work.
#
# Time: 60 minutes. Needed: chapter [00](00_start_here.ipynb). Words: [glossary](glossary.ipynb).

# %% [markdown] lang="zh" of="945818"
# # 01 第一个函数式模型
#
# 学完本章，你能够：
# - 说清 `Input`、层调用、张量和 `Model` 分别是什么；
# - 预测多层感知机的形状和参数个数；
# - 把 Sequential 模型改写成函数式模型，再改回去，并说出什么时候改不回去。
#
# 时间：60 分钟。需要先学：第 [00](00_start_here.ipynb) 章。术语：[术语表](glossary.ipynb)。

# %%
from exercises_check import check, compare, draw, progress
from exercises_check.figures import show
from exercises_check.widgets import parameter_bars, parameter_table

import tempfile
from pathlib import Path

import keras
import numpy as np
from IPython.display import display
from ipywidgets import interactive
from keras import layers, ops

progress(1)

# %% [markdown]
# ## `Input` declares, it holds no data
#
# A functional model begins with `keras.Input`. Its `shape` says what *one* row of data looks
# like: here, 784 numbers.
#
# **Predict**: how many axes does the result have? Of which Python types are its shape and its
# dtype?

# %% [markdown] lang="zh" of="779c1e"
# ## `Input` 只是声明，里面没有数据
#
# 函数式模型从 `keras.Input` 开始。它的 `shape` 只说明一行数据是什么样子：这里是 784 个数。
#
# **先预测**：结果有几个轴？它的形状和 dtype 分别是什么 Python 类型？

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(784,))
print(inputs.shape, type(inputs.shape))
print(inputs.dtype, type(inputs.dtype))

# %% [markdown]
# Two axes: Keras puts the **batch** first, the rows that go through the model together; `None`
# means that its size is open. Shape and dtype are a plain tuple and string. Such a symbol for data
# that comes later is a **tensor** (`KerasTensor`).
#
# ## One shape for each kind of data
#
# A series has steps and features, an image height, width and channels. Text arrives as word
# numbers.
#
# **Predict**: in which shape is a size besides the batch open?

# %% [markdown] lang="zh" of="c0b703"
# 两个轴：Keras 把**批次**放在最前面，也就是一起通过模型的那些行；`None` 表示批次大小未定。形状是普通的元组，dtype 是普通的字符串。这种符号代表以后才会送来的数据，叫作**张量**（`KerasTensor`）。
#
# ## 每种数据有自己的形状
#
# 时间序列有时间步和特征，图像有高、宽和通道。文本则以单词编号的形式输入。
#
# **先预测**：除了批次以外，哪个形状里还有未定的大小？

# %% tags=["nbval-check-output"]
table = keras.Input(shape=(13,), name="table")
series = keras.Input(shape=(100, 3), name="series")
image = keras.Input(shape=(64, 64, 1), name="image")
text = keras.Input(shape=(None,), dtype="int32", name="text")
for tensor in (table, series, image, text):
    print(tensor.name, tensor.shape, tensor.dtype)

# %% [markdown]
# In `text`: sentences may have any length. An image without colour still has a channel axis, of
# size 1.
#
# `Input(batch_shape=(32, 784))` would declare the batch as well. You rarely want that: the same
# model predicts one row and learns from many.

# %% [markdown] lang="zh" of="f3bc38"
# 在 `text` 里：句子可以是任意长度。灰度图像也有通道轴，大小为 1。
#
# `Input(batch_shape=(32, 784))` 会把批次大小也声明下来。这很少有必要：同一个模型既要对一行数据做预测，又要用许多行数据来学习。

# %% [markdown]
# ## A layer is a function on tensors
#
# You make a layer, then you call it on a tensor, as you call a function. A **layer call** returns
# a new tensor.
#
# **Predict**: how many weight arrays does the layer have before the call, and which shapes do they
# have after it?

# %% [markdown] lang="zh" of="df8dc4"
# ## 层是作用在张量上的函数
#
# 先创建一个层，再像调用函数那样，在张量上调用它。**层调用**返回一个新的张量。
#
# **先预测**：调用之前，这个层有几个权重数组？调用之后，它们的形状是什么？

# %% tags=["nbval-check-output"]
dense = layers.Dense(64, activation="relu")
print("before:", dense.weights)
x = dense(inputs)
print("after: ", [(w.name, tuple(w.shape)) for w in dense.weights])
print("tensor:", x.shape)

# %% [markdown]
# None before: only the call says how many numbers arrive. The call also drew an arrow from
# `inputs` to `dense`; such arrows are the **graph**. Usually both steps share a line:
# `x = layers.Dense(64, activation="relu")(inputs)`.
#
# ## `Model` cuts the graph out
#
# `keras.Model(inputs, outputs)` names where data enters and where it leaves.
#
# **Predict**: nobody hands `dense` to `Model`. Does `summary` list it? Which shape do five rows
# of data give?

# %% [markdown] lang="zh" of="aff62d"
# 调用之前一个也没有：到了调用的时候，层才知道会有多少个数输入。这次调用还从 `inputs` 到 `dense` 画了一个箭头；这样的箭头合在一起就是**图**。通常这两步写在一行里：`x = layers.Dense(64, activation="relu")(inputs)`。
#
# ## `Model` 从图中截取一段
#
# `keras.Model(inputs, outputs)` 指明数据从哪里进入、从哪里离开。
#
# **先预测**：这里并没有把 `dense` 交给 `Model`。`summary` 会列出它吗？五行数据会得到什么形状？

# %%
model = keras.Model(inputs, x)
model.summary()
print(model(np.zeros((5, 784))).shape)
draw(model)

# %% [markdown]
# It does: Keras walks back from `x` along the arrows until it meets `inputs`, and takes every layer
# on the way. That is a **functional model**. Each row of the summary says which layer, which shape
# comes out of it, and how many numbers it learns.
#
# A model is called like a layer. With five rows, the open batch becomes 5.

# %% [markdown] lang="zh" of="68402d"
# 会列出：Keras 从 `x` 出发，沿着箭头往回走，直到遇见 `inputs`，一路上的层全都收进模型。这就是**函数式模型**。摘要的每一行说明：是哪个层，它输出什么形状，有多少个数要学习。
#
# 模型的调用方式和层一样。输入五行数据，未定的批次大小就成了 5。

# %% [markdown]
# ## Run one cell twice
#
# In a notebook you often run a cell again. Here the `Input` cell runs a second time, then the cell
# with `Model`.
#
# **Predict**: both inputs have the same shape. Does `Model` accept the new one?

# %% [markdown] lang="zh" of="699ecf"
# ## 把一个单元格运行两次
#
# 在笔记本里，你经常会把一个单元格再运行一次。这里，`Input` 所在的单元格运行了第二次，然后才运行 `Model` 所在的单元格。
#
# **先预测**：两个输入的形状相同。`Model` 会接受新的那个吗？

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(784,))
try:
    keras.Model(inputs, x)
except ValueError as error:
    print(error)

# %% [markdown]
# No: `x` comes from the *old* input, and no arrow leads to it from the new one. Remember this
# message; it is the commonest of the Functional API. The cure: run every cell again, from
# `Input` down.
#
# ## Names and pictures
#
# Layers, inputs and models take a `name`. Otherwise Keras counts: `dense`, `dense_1` and so
# on.
#
# **Predict**: the Python variable is `x`. By which name does the model know its layer?

# %% [markdown] lang="zh" of="e02b72"
# 不会：`x` 来自旧的输入，没有箭头从新的输入通向它。记住这条错误信息，它是函数式 API 里最常见的一条。解决办法：从 `Input` 开始，往下的单元格全部重新运行一遍。
#
# ## 名称与图片
#
# 层、输入和模型都可以设置 `name`。不设置的话，Keras 会自己编号：`dense`、`dense_1`，等等。
#
# **先预测**：Python 变量叫 `x`。在模型里，这个层的名称是什么？

# %%
inputs = keras.Input(shape=(784,), name="pixels")
x = layers.Dense(64, activation="relu", name="hidden")(inputs)
outputs = layers.Dense(10, name="digit")(x)
named = keras.Model(inputs, outputs, name="digits")
print([layer.name for layer in named.layers])
print(named.get_layer("hidden").units)
file = Path(tempfile.mkdtemp()) / "model.png"
picture = keras.utils.plot_model(named, file, show_shapes=True, show_layer_names=True)
show(picture, width=360, alt="From top to bottom: pixels, hidden, digit.")

# %% [markdown]
# By `hidden`: Keras never sees Python's variables. Counted names change when you run a cell again,
# so name each layer that you will look up.
#
# `plot_model` is Keras' own picture: it writes a file, and shows names and shapes only when asked.
# `draw` is this course's, and writes no file.

# %% [markdown] lang="zh" of="6b7583"
# 是 `hidden`：Keras 从来看不到 Python 的变量。自动编号的名称，在重新运行单元格之后会变。所以，凡是以后要查找的层，都要给它设置名称。
#
# `plot_model` 是 Keras 自带的画图函数：它会写一个文件，而且只有在你要求时才显示名称和形状。`draw` 是本课程的画图函数，不写文件。

# %% [markdown]
# ## Trap: `Dense` looks at the last axis only
#
# Two inputs that people often write. The first is an image; in the second, somebody has put the
# batch of 32 into the shape.
#
# **Predict**: what comes out of each? Does Keras complain?

# %% [markdown] lang="zh" of="25a17c"
# ## 陷阱：`Dense` 只看最后一个轴
#
# 下面是人们常写的两种输入。第一个是图像；第二个把批次大小 32 写进了形状。
#
# **先预测**：两者的输出各是什么形状？Keras 会报错吗？

# %% tags=["nbval-check-output"]
image = keras.Input(shape=(28, 28))
batch = keras.Input(shape=(32, 784))
print(layers.Dense(10)(image).shape)
print(layers.Dense(10)(batch).shape)

# %% [markdown]
# No complaint. The image gives ten numbers for *each of its 28 rows*; you meant ten for the
# image, and need `Flatten()` first. The second model waits for blocks of 32 rows, and fails only
# when data arrives. The batch never stands in `shape`.

# %% [markdown] lang="zh" of="207a55"
# 不会报错。图像有 28 行，每一行都得到十个数；而你想要的是整幅图像得到十个数，所以前面需要 `Flatten()`。第二个模型等的是 32 行一块的数据，直到数据进来才会出错。批次从来不写进 `shape`。

# %% [markdown]
# ### Exercise: `dense_shape` · ●○○ · 2 minutes
# A series of 50 steps with 8 features: `keras.Input(shape=(50, 8))`. `Dense(64)` is called on it.
# Write the shape of the result as a tuple, with `None` for the batch, before you try it.

# %% [markdown] lang="zh" of="0fdcdf"
# ### 练习：`dense_shape` · ●○○ · 2 分钟
# 一个序列有 50 个时间步、8 个特征：`keras.Input(shape=(50, 8))`。在它上面调用 `Dense(64)`。先不要运行代码：把结果的形状写成元组，批次写作 `None`。

# %%
# BEGIN SOLUTION
answer = (None, 50, 64)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("dense_shape", answer)

# %% [markdown]
# ### Exercise: `mlp_parameters` · ●○○ · 3 minutes
# **Parameters** are the numbers that training changes. A `Dense` layer has inputs × units weights
# and one bias for each unit: 784 numbers into 64 units make 784 × 64 + 64 = 50,240.
#
# How many parameters has the chain 784 → 64 → 64 → 10 of three `Dense` layers? Compute it; Python
# may help.

# %% [markdown] lang="zh" of="c80613"
# ### 练习：`mlp_parameters` · ●○○ · 3 分钟
# **参数**就是训练会改变的那些数。`Dense` 层有“输入数 × 单元数”个权重，每个单元还有一个偏置：从 784 个数到 64 个单元，就是 784 × 64 + 64 = 50,240。
#
# 由三个 `Dense` 层组成的链 784 → 64 → 64 → 10 有多少个参数？请算出来，可以用 Python 帮忙。

# %%
# BEGIN SOLUTION
answer = 784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mlp_parameters", answer)

# %% [markdown]
# ### Exercise: `mnist_mlp` · ●○○ · 6 minutes
# Now build that chain: a **multi-layer perceptron** (MLP) for images of 28 × 28 pixels, each
# flattened to a row. The input has shape `(784,)`; then come two `Dense` layers with 64 units and
# `relu`, and a last one with 10 units and no activation.
#
# Afterwards, run `model.summary()` in a new cell and compare it with your count.

# %% [markdown] lang="zh" of="3e257f"
# ### 练习：`mnist_mlp` · ●○○ · 6 分钟
# 现在来搭建这条链：一个**多层感知机**（MLP），用于 28 × 28 像素的图像，每幅图像展平成一行。输入的形状是 `(784,)`；然后是两个有 64 个单元、激活函数为 `relu` 的 `Dense` 层；最后一个 `Dense` 层有 10 个单元，没有激活函数。
#
# 做完之后，在一个新的单元格里运行 `model.summary()`，和你算出的个数对照一下。

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(784,), name="pixels")
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dense(64, activation="relu")(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs, name="mnist_mlp")
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mnist_mlp", model)

# %% [markdown]
# ## Where the parameters are
#
# **Predict**: both hidden layers grow from 64 to 128 units. By which factor does each of the three
# counts grow?

# %% [markdown] lang="zh" of="d0d8f5"
# ## 参数都在哪里
#
# **先预测**：两个隐藏层都从 64 个单元增加到 128 个。三个层的参数个数各变成原来的几倍？

# %% tags=["nbval-check-output"]
print(parameter_table(784, 64, 64, 10), end="\n\n")
print(parameter_table(784, 128, 128, 10))

# %% [markdown]
# The first doubles, the second is four times as large, the third doubles: the middle layer has
# the changed number on both sides.
#
# Now move the two sliders; the arrow keys move them, too. The second layer overtakes the first
# only where `second` comes near 784, the width of the input.

# %% [markdown] lang="zh" of="d90d42"
# 第一个变成两倍，第二个变成四倍，第三个变成两倍：中间那一层的输入数和单元数都变大了。
#
# 现在拖动两个滑块，也可以用方向键。只有当 `second` 接近输入的宽度 784 时，第二层的参数才会超过第一层。

# %%
def stack(first=64, second=64):
    table = parameter_table(784, first, second, 10)
    show(parameter_bars(784, first, second, 10, limit=264_000), alt=table)


interactive(stack, first=(16, 256, 16), second=(64, 1024, 64))

# %% [markdown]
# ## Trap: the loop that forgets to chain
#
# A loop over the widths saves lines. Widths are your choice; a wide middle is a common start. Here
# 10 features go through 32, 64 and 32 units, then into one unit with `sigmoid`.
#
# **Predict**: how many `Dense` layers does this model have?

# %% [markdown] lang="zh" of="669f7a"
# ## 陷阱：忘了把层连起来的循环
#
# 用循环依次取各层的宽度，可以少写几行。宽度由你来定；中间宽一些，是常见的起点。这里 10 个特征依次经过 32、64 和 32 个单元，最后进入一个激活函数为 `sigmoid` 的单元。
#
# **先预测**：这个模型有几个 `Dense` 层？

# %%
inputs = keras.Input(shape=(10,))
x = inputs
for units in (32, 64, 32):
    x = layers.Dense(units, activation="relu")(inputs)
outputs = layers.Dense(1, activation="sigmoid")(x)
forgetful = keras.Model(inputs, outputs)
draw(forgetful)

# %% [markdown]
# Two: each turn calls its layer on `inputs` and forgets the one before. Keras says nothing, as a
# layer that no output needs is no part of the model.
#
# ### Exercise: `binary_mlp` · ●●○ · 5 minutes
# Copy the loop and mend it. 10 features go in; then come `Dense` layers with 32, 64 and 32 units
# and `relu`, each fed by the one before; last, `Dense` with one unit and `sigmoid`. Together 4,577
# parameters. Call it `model`.

# %% [markdown] lang="zh" of="018184"
# 两个：每一次循环都在 `inputs` 上调用层，把上一次的结果忘掉了。Keras 什么也不说，因为一个层如果没有被任何输出用到，本来就不属于模型。
#
# ### 练习：`binary_mlp` · ●●○ · 5 分钟
# 复制这个循环并改好它。输入 10 个特征；然后是单元数为 32、64 和 32 的 `Dense` 层，激活函数都是 `relu`，每一层都接收前一层的输出；最后是有一个单元、激活函数为 `sigmoid` 的 `Dense`。一共有 4,577 个参数。把它命名为 `model`。

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(10,))
x = inputs
for units in (32, 64, 32):
    x = layers.Dense(units, activation="relu")(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("binary_mlp", model)

# %% [markdown]
# ## Old code
#
# Much code on the web was written for older versions of Keras.
#
# **Predict**: `784,` looks like a tuple. What does Keras receive here?

# %% [markdown] lang="zh" of="ded390"
# ## 旧代码
#
# 网上的很多代码是为旧版本的 Keras 写的。
#
# **先预测**：`784,` 看上去像一个元组。Keras 在这里收到的是什么？

# %% tags=["nbval-check-output"]
try:
    keras.Input(784,)
except ValueError as error:
    print(error)

# %% [markdown]
# The number 784: in a call, a comma only separates arguments.
#
# ### Exercise: `mended_mlp` · ●●○ · 6 minutes
# Copy this outdated code into the cell, run it, and mend one thing at a time: errors, warnings,
# a misspelt name. The model stays as meant: 784 → `Dense` 64 `relu` → `Dense` 10 `softmax`.
#
# ```python
# inputs = keras.Input(784,)
# x = layers.Dense(64, activation="relu", input_shape=(784,))(inputs)
# ouputs = layers.Dense(10, activation="softmax")(x)
# model = keras.Model(input=inputs, output=outputs)
# ```

# %% [markdown] lang="zh" of="afd96e"
# 是数 784：在函数调用里，逗号只是用来分隔参数的。
#
# ### 练习：`mended_mlp` · ●●○ · 6 分钟
# 把这段过时的代码复制到单元格里，运行它，一次改好一处：错误、警告、拼错的变量名。模型的本意不变：784 → `Dense` 64 `relu` → `Dense` 10 `softmax`。
#
# ```python
# inputs = keras.Input(784,)
# x = layers.Dense(64, activation="relu", input_shape=(784,))(inputs)
# ouputs = layers.Dense(10, activation="softmax")(x)
# model = keras.Model(input=inputs, output=outputs)
# ```

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(784,))
x = layers.Dense(64, activation="relu")(inputs)
outputs = layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("mended_mlp", model)

# %% [markdown]
# ## Sequential is a chain
#
# `keras.Sequential` takes a list: every layer is fed by the one before it. Such a graph is a
# **chain**.
#
# **Predict**: below, the same chain is built twice. Do the parameter counts agree? Do the two
# lists of layers?

# %% [markdown] lang="zh" of="697a12"
# ## Sequential 就是一条链
#
# `keras.Sequential` 接收一个列表：每个层都接收前一个层的输出。这样的图叫作**链式结构**。
#
# **先预测**：下面把同一条链搭建了两次。两者的参数个数一样吗？层的列表一样吗？

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(784,))
called = keras.Model(inputs, layers.Dense(64)(inputs))
stacked = keras.Sequential([keras.Input(shape=(784,)), layers.Dense(64)])
print(called.count_params(), stacked.count_params())
print(len(called.layers), len(stacked.layers))
print(compare(stacked, called))

# %% [markdown]
# The counts agree and the models are the same; only the functional one lists its input as a layer.
# Without an `Input`, a Sequential model has no shapes until data arrives.
#
# Four steps from Sequential to functional:
#
# 1. Begin with `inputs = keras.Input(shape=…)`.
# 2. Call each layer on the tensor before it.
# 3. Keep the last tensor as `outputs`.
# 4. Close with `keras.Model(inputs, outputs)`.
#
# `keras.Model(stacked.inputs, stacked.outputs)` does it in one line; both models then *share*
# their layers.

# %% [markdown] lang="zh" of="7be4a6"
# 参数个数一样，两个模型也相同；只是函数式模型把输入也列成了一个层。没有 `Input` 的 Sequential 模型，在数据进来之前没有形状。
#
# 从 Sequential 到函数式，分四步：
#
# 1. 开头写 `inputs = keras.Input(shape=…)`。
# 2. 依次在前一个张量上调用每个层。
# 3. 把最后一个张量存为 `outputs`。
# 4. 最后写 `keras.Model(inputs, outputs)`。
#
# 用 `keras.Model(stacked.inputs, stacked.outputs)` 只要一行；这样得到的两个模型共享它们的层。

# %% [markdown]
# ### Exercise: `from_sequential` · ●○○ · 5 minutes
# Write the model `sequential` of the next cell as a functional model, in the four steps: 10
# features, `Dense` with 32 units and `relu`, `Dense` with 64 units and `relu`.

# %% [markdown] lang="zh" of="8f2b33"
# ### 练习：`from_sequential` · ●○○ · 5 分钟
# 按这四步，把下一个单元格里的模型 `sequential` 写成函数式模型：10 个特征，有 32 个单元、激活函数为 `relu` 的 `Dense`，有 64 个单元、激活函数为 `relu` 的 `Dense`。

# %%
sequential = keras.Sequential(
    [
        keras.Input(shape=(10,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(64, activation="relu"),
    ]
)
# BEGIN SOLUTION
inputs = keras.Input(shape=(10,))
x = layers.Dense(32, activation="relu")(inputs)
outputs = layers.Dense(64, activation="relu")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("from_sequential", model)

# %% [markdown]
# ## Trap: back to Sequential
#
# A list of layers is easily had: `model.layers`. The model below adds its input to what comes out
# of the first layer.
#
# **Predict**: does `Sequential` refuse? Do both models have equally many parameters, and give the
# same result?

# %% [markdown] lang="zh" of="3ef245"
# ## 陷阱：改回 Sequential
#
# 层的列表很容易得到：`model.layers`。下面的模型把输入和第一个层的输出相加。
#
# **先预测**：`Sequential` 会拒绝吗？两个模型的参数个数一样吗？结果一样吗？

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(8,), name="features")
x = layers.Dense(8, activation="relu", name="hidden")(inputs)
outputs = layers.Dense(2, name="head")(x + inputs)
skipping = keras.Model(inputs, outputs)
copied = keras.Sequential(skipping.layers)
row = np.ones((1, 8))
print(skipping.count_params(), copied.count_params())
print("same result:", np.allclose(skipping(row), copied(row)))
compare(copied, skipping)

# %% [markdown]
# It builds, counts the same, and is wrong: `+` is an **operation** without weights, listed in
# `skipping.operations` but not in `skipping.layers`. `ops.relu(x)` would be lost as well. An `Add`
# layer would be kept, and fail when data arrives.
#
# So convert only a chain of layers: one input, one output, no tensor used twice.

# %% [markdown] lang="zh" of="e9ba82"
# 能搭建出来，参数个数也一样，结果却是错的：`+` 是没有权重的**运算**，它在 `skipping.operations` 里，不在 `skipping.layers` 里。`ops.relu(x)` 也会同样丢失。换成 `Add` 层倒是会保留下来，但数据进来时会出错。
#
# 所以，只有由层组成的链才能这样转换：一个输入，一个输出，没有哪个张量被用到两次。

# %% [markdown]
# ### Exercise: `to_sequential` · ●●○ · 6 minutes
# **Predict**: only one of the three models below is a chain. Which one?
#
# Write that one as a `keras.Sequential`, with all its settings and a `keras.Input` first. What
# stops each of the other two?

# %% [markdown] lang="zh" of="3457da"
# ### 练习：`to_sequential` · ●●○ · 6 分钟
# **先预测**：下面三个模型中，只有一个是链。是哪一个？
#
# 把它写成 `keras.Sequential`，保留全部设置，并以 `keras.Input` 开头。另外两个为什么不行？

# %%
inputs = keras.Input(shape=(12,))
x = layers.Dense(12, activation="relu")(inputs)
first = keras.Model(inputs, layers.Dense(4)(ops.add(x, inputs)))
x = layers.Dense(32, activation="relu")(inputs)
second = keras.Model(inputs, layers.Dense(4)(layers.Dropout(0.2)(x)))
other = keras.Input(shape=(3,))
x = layers.Concatenate()([inputs, other])
third = keras.Model([inputs, other], layers.Dense(4)(x))
display(draw(first), draw(second), draw(third))

# %%
# BEGIN SOLUTION
model = keras.Sequential(
    [
        keras.Input(shape=(12,)),
        layers.Dense(32, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(4),
    ]
)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("to_sequential", model)

# %% [markdown]
# `first` uses `inputs` twice, `third` has two inputs; `second` is the chain.
#
# ## A tour of the layers
#
# Keras has a layer for most things you will need. Left: what one row looks like; right: what comes
# out, and the number of parameters.
#
# **Predict**: which of these layers adds an axis? Which ones take one away?

# %% [markdown] lang="zh" of="d71236"
# `first` 用了两次 `inputs`，`third` 有两个输入；`second` 才是链。
#
# ## 各种层一览
#
# 你需要的功能，Keras 大多有现成的层。下面左边是一行数据的形状；右边是输出的形状和参数个数。
#
# **先预测**：这些层中，哪一个会增加一个轴？哪几个会去掉轴？

# %% tags=["nbval-check-output"]
tour = {
    layers.Embedding(1000, 8): (50,),
    layers.Conv1D(8, 3): (50, 4),
    layers.Conv2D(8, 3): (32, 32, 3),
    layers.Conv2DTranspose(8, 3): (32, 32, 3),
    layers.MaxPooling2D(2): (32, 32, 3),
    layers.GlobalAveragePooling2D(): (32, 32, 3),
    layers.LSTM(8): (50, 4),
    layers.ConvLSTM2D(8, 3): (10, 32, 32, 3),
    layers.BatchNormalization(): (16,),
    layers.Dropout(0.5): (16,),
}
for layer, shape in tour.items():
    out = layer(keras.Input(shape=shape)).shape
    print(f"{type(layer).__name__:24}{shape!s:18}{out!s:24}{layer.count_params():>6,}")

# %% [markdown]
# `Embedding` adds one: eight numbers for each word. `LSTM` and `ConvLSTM2D` read the steps and
# return one result; global pooling removes height and width.
#
# There are `Conv3D`, `MaxPooling1D`, `AveragePooling2D`, `GRU` and many more. Chapters 02 to 10
# use them, and `Shift` `Tab` after a layer's name says what it takes.

# %% [markdown] lang="zh" of="d4cc95"
# `Embedding` 增加一个轴：每个单词变成八个数。`LSTM` 和 `ConvLSTM2D` 读完所有时间步，只返回一个结果；全局池化去掉高和宽。
#
# 此外还有 `Conv3D`、`MaxPooling1D`、`AveragePooling2D`、`GRU` 等许多层。第 02 章到第 10 章会用到它们；在层的名称后面按 `Shift` `Tab`，就能看到它接收哪些参数。

# %% [markdown]
# ## Summary
#
# - `Input` declares shape and dtype of one row; Keras puts the open batch first.
# - A layer call makes weights, a tensor, and an arrow in the graph.
# - `Model` takes what lies between `inputs` and `outputs`, and silently nothing else.
# - `Dense`: inputs × units + units parameters, on the last axis.
# - Sequential is shorter for a chain; everything else needs the Functional API.
#
# Next: [02 The standard networks](02_standard_networks.ipynb).

# %% [markdown] lang="zh" of="cebae2"
# ## 小结
#
# - `Input` 声明一行数据的形状和 dtype；Keras 把大小未定的批次放在最前面。
# - 层调用产生三样东西：权重、一个张量、图中的一个箭头。
# - `Model` 收进 `inputs` 与 `outputs` 之间的一切；其余的都不要，而且不会告诉你。
# - `Dense`：参数个数为“输入数 × 单元数 + 单元数”，作用在最后一个轴上。
# - 对于链式结构，Sequential 更简短；其他情况都需要函数式 API。
#
# 下一章：[02 标准网络](02_standard_networks.ipynb)。
