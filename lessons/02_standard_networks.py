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
# # 02 The standard networks
#
# You will be able to:
# - choose the input shape for an image, a sequence and a text;
# - write an MLP, a CNN and an RNN with the Functional API;
# - predict shapes and parameter counts before you run a cell.
#
# Time: 70 minutes. Needed: chapter [01](01_first_functional_model.ipynb). Words: [glossary](glossary.ipynb).

# %% [markdown] lang="zh" of="5f58f3"
# # 02 标准网络
#
# 学完本章，你能够：
# - 为图像、序列和文本选择输入形状；
# - 用函数式 API 写出 MLP、CNN 和 RNN；
# - 在运行单元格之前，预测形状和参数个数。
#
# 时间：70 分钟。需要先学：第 [01](01_first_functional_model.ipynb) 章。术语：[术语表](glossary.ipynb)。

# %%
from exercises_check import check, draw, progress, widgets
from exercises_check.datasets import load_digits
from exercises_check.figures import show

import keras
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interactive
from keras import layers

plt.style.use("exercises_check.course")
keras.utils.set_random_seed(2)
(x_train, y_train), (x_test, y_test) = load_digits(shape=(28, 28, 1))
progress(2)

# %% [markdown]
# ## Which network for which data
#
# | one sample is | shape | network |
# |---|---|---|
# | a row of a table | `(features,)` | MLP: `Dense` layers |
# | an image | `(height, width, channels)` | CNN: convolutions |
# | a sequence of measurements | `(steps, features)` | RNN: a recurrent layer |
# | a text, as word numbers | `(None,)`, `dtype="int32"` | `Embedding`, then an RNN |
#
# You know the first from chapter 01.

# %% [markdown] lang="zh" of="012f72"
# ## 什么数据用什么网络
#
# | 一个样本是 | 形状 | 网络 |
# |---|---|---|
# | 表格中的一行 | `(features,)`：特征 | MLP：`Dense` 层 |
# | 一幅图像 | `(height, width, channels)`：高、宽、通道 | CNN：卷积 |
# | 一个测量值序列 | `(steps, features)`：时间步、特征 | RNN：循环层 |
# | 一段文本，写成单词编号 | `(None,)`，`dtype="int32"` | 先是 `Embedding`，再接 RNN |
#
# 第一种你在第 01 章已经学过了。

# %% [markdown]
# ### Exercise: `sensor_shape` · ●○○ · 2 minutes
# A sensor measures temperature, pressure and noise, 50 times a second. You have 400 recordings of
# two seconds each; a recording is one sample. Write the shape that `keras.Input` needs, as a tuple.

# %% [markdown] lang="zh" of="6a667d"
# ### 练习：`sensor_shape` · ●○○ · 2 分钟
# 一个传感器测量温度、压力和噪声，每秒测 50 次。你有 400 条记录，每条两秒；一条记录就是一个样本。把 `keras.Input` 需要的形状写成元组。

# %%
# BEGIN SOLUTION
answer = (100, 3)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("sensor_shape", answer)

# %% [markdown]
# ## The widths of an MLP
#
# The **width** of a `Dense` layer is its number of units. Here are two chains with the same three
# hidden widths, in opposite order.
#
# **Predict**: have both the same number of parameters?

# %% [markdown] lang="zh" of="ee63be"
# ## MLP 的宽度
#
# `Dense` 层的**宽度**就是它的单元数。下面两条链的三个隐藏层宽度相同，只是顺序相反。
#
# **先预测**：两者的参数个数相同吗？

# %% tags=["nbval-check-output"]
for widths in [(128, 64, 32), (32, 64, 128)]:
    inputs = keras.Input(shape=(784,))
    x = inputs
    for units in widths:
        x = layers.Dense(units, activation="relu")(x)
    mlp = keras.Model(inputs, layers.Dense(10)(x))
    print(widths, f"{mlp.count_params():,}")

# %% [markdown]
# The first has three times as many: its widest layer stands next to the 784 inputs.
#
# No rule gives the best widths. Two usual ways: each layer narrower than the one before, or a wide
# layer in the middle, as in `binary_mlp`. Begin with 64 or 128 units and become narrower towards
# the output. Only data that the model has not seen tells which is better.

# %% [markdown] lang="zh" of="ec78bd"
# 第一条链的参数是第二条的三倍：它最宽的层紧挨着 784 个输入。
#
# 没有什么规则能给出最好的宽度。常见的做法有两种：每一层都比前一层窄；或者像 `binary_mlp` 那样，中间有一个宽的层。可以从 64 或 128 个单元开始，越靠近输出越窄。哪一种更好，只有模型没见过的数据才说得清。

# %% [markdown]
# ## Trap: an image is not a row
#
# You find this network for images of 28 × 28 pixels and one channel on the web.
#
# **Predict**: what is the shape of `outputs`? Has the model 18,058 parameters, or 118,282?

# %% [markdown] lang="zh" of="5da1bc"
# ## 陷阱：图像不是一行数
#
# 网上可以找到这样一个网络，用于 28 × 28 像素、一个通道的图像。
#
# **先预测**：`outputs` 是什么形状？这个模型有 18,058 个参数，还是 118,282 个？

# %%
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Dense(128)(inputs)
x = layers.Dropout(0.5)(x)
x = layers.Dense(128)(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10)(x)
unflattened = keras.Model(inputs, outputs)
print(f"{unflattened.count_params():,}")
draw(unflattened)

# %% [markdown]
# `(None, 28, 28, 10)`, and 18,058: the first `Dense` has 1 × 128 + 128. It works on the last axis,
# here the one channel. Each pixel goes through alone, so the model cannot see a shape. It gives ten
# scores for every pixel and none for the image. Keras says nothing until you train it.
#
# Something else is missing: without an activation between them, two `Dense` layers can do no more
# than one.

# %% [markdown] lang="zh" of="eeffde"
# 是 `(None, 28, 28, 10)` 和 18,058 个：第一个 `Dense` 有 1 × 128 + 128 个参数。它作用在最后一个轴上，这里就是那唯一的通道。每个像素单独通过网络，所以模型看不出任何形状。它为每个像素给出十个得分，却没有为整幅图像给出得分。在你训练它之前，Keras 什么也不会说。
#
# 这里还缺了一样东西：两个 `Dense` 层之间没有激活函数，合起来也不比一个层更强。

# %% [markdown]
# ### Exercise: `digit_mlp` · ●○○ · 5 minutes
# Mend the network above: `Flatten` after the input turns an image into a row of 784 numbers, and
# both `Dense(128)` have `relu`. Both `Dropout(0.5)` and the last `Dense(10)` stay as they are.
#
# It then has 118,282 parameters.

# %% [markdown] lang="zh" of="7042bd"
# ### 练习：`digit_mlp` · ●○○ · 5 分钟
# 把上面的网络改好：在输入之后用 `Flatten` 把图像变成一行 784 个数，两个 `Dense(128)` 都加上 `relu`。两个 `Dropout(0.5)` 和最后的 `Dense(10)` 保持不变。
#
# 改好之后，它有 118,282 个参数。

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Flatten()(inputs)
x = layers.Dense(128, activation="relu")(x)
x = layers.Dropout(0.5)(x)
x = layers.Dense(128, activation="relu")(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("digit_mlp", model)

# %% [markdown]
# ## A convolution
#
# `Conv2D` looks at an image through a small window, the **kernel**. A **filter** is one set of
# weights for that window. The window moves over the image, and at each place the filter gives one
# number. All its numbers together are a **feature map**.
#
# **Predict**: 32 filters with a kernel of 3 × 3. What shape comes out?

# %% [markdown] lang="zh" of="bde67b"
# ## 卷积
#
# `Conv2D` 透过一个小窗口来看图像，这个窗口叫**卷积核**。一个**滤波器**就是用于这个窗口的一组权重。窗口在图像上移动，每到一处，滤波器就给出一个数。这些数合在一起，就是一个**特征图**。
#
# **先预测**：32 个滤波器，卷积核为 3 × 3。输出是什么形状？

# %% tags=["nbval-check-output"]
images = keras.Input(shape=(28, 28, 1))
layers.Conv2D(32, 3)(images).shape

# %% [markdown]
# 32 filters give 32 feature maps; these are the new channels. A window of 3 pixels has 28 − 3 + 1 = 26
# places in a line of 28.
#
# The **stride** is how far the window moves in a step. `padding="same"` puts zeros around the image,
# `"valid"` does not. `MaxPooling2D(2)` keeps the largest of each 2 × 2 numbers.
#
# **Predict** both shapes of each line.

# %% [markdown] lang="zh" of="445dcc"
# 32 个滤波器给出 32 个特征图，它们就是新的通道。在 28 个像素的一行里，3 个像素宽的窗口有 28 − 3 + 1 = 26 个位置。
#
# **步幅**是窗口每次移动的距离。`padding="same"` 在图像四周补零，`"valid"` 不补。`MaxPooling2D(2)` 在每 2 × 2 个数中留下最大的一个。
#
# **先预测**每一行的两个形状。

# %%
settings = [(5, 1, "valid"), (3, 1, "same"), (3, 2, "same"), (3, 2, "valid")]
for kernel, strides, padding in settings:
    maps = layers.Conv2D(32, kernel, strides=strides, padding=padding)(images)
    pooled = layers.MaxPooling2D(2)(maps)
    print(f"kernel {kernel}, stride {strides}, {padding:6}", maps.shape, pooled.shape)

picture = widgets.convolution_picture(
    size=8, kernel=3, strides=2, padding="valid", pool=2, step=1
)
show(picture, alt="A window of 3 × 3 on an image of 8 × 8 that moves 2 pixels in a step. It has 3 places "
     "in each direction and never reaches the last row and column. Of the feature map of 3 × 3, "
     "pooling uses 2 × 2.")

# %% [markdown]
# - `"valid"`: (size − kernel) // stride + 1.
# - `"same"`: size / stride, rounded up.
# - Pooling: size // pool size.
#
# 13 becomes 6: the last row and column fill no pooling window and are lost. In the picture, solid
# frames are the kernel and the number it gives; dashed is the pooling window; hatched, what no
# window reaches.
#
# Move the sliders; the arrow keys move them, too. Find settings where `"same"` puts zeros on one side
# only, such as `kernel` 2.

# %% [markdown] lang="zh" of="fb0998"
# - `"valid"`：(大小 − 卷积核大小) // 步幅 + 1。
# - `"same"`：大小 / 步幅，向上取整。
# - 池化：大小 // 池化窗口大小。
#
# 13 变成 6：最后一行和最后一列填不满一个池化窗口，就丢掉了。在图中，实线框是卷积核和它给出的数；虚线框是池化窗口；画了斜线的，是任何窗口都到不了的地方。
#
# 拖动滑块，也可以用方向键。请找出让 `"same"` 只在一侧补零的设置，例如 `kernel` 为 2 时。

# %%
def convolution(size=8, kernel=3, strides=2, padding="valid", pool=2, step=1):
    text = widgets.convolution_text(size, kernel, strides, padding, pool)
    show(widgets.convolution_picture(size, kernel, strides, padding, pool, step), alt=text)
    print(text)


interactive(
    convolution,
    size=(5, 12), kernel=(1, 5), strides=(1, 3), padding=["valid", "same"],
    pool=(1, 3), step=(0, 143),
)

# %% [markdown]
# ### Exercise: `pooled_shape` · ●●○ · 4 minutes
# Photos of shape `(32, 32, 3)` go through `Conv2D(16, 5, strides=2, padding="same")`, then through
# `MaxPooling2D(3)`. Write the shape of the result as a tuple, with `None` for the batch, before you
# try it.

# %% [markdown] lang="zh" of="06f4b0"
# ### 练习：`pooled_shape` · ●●○ · 4 分钟
# 形状为 `(32, 32, 3)` 的照片先经过 `Conv2D(16, 5, strides=2, padding="same")`，再经过 `MaxPooling2D(3)`。先不要运行代码：把结果的形状写成元组，批次写作 `None`。

# %%
# BEGIN SOLUTION
answer = (None, 5, 5, 16)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("pooled_shape", answer)

# %% [markdown]
# ## What a filter finds
#
# Usually training finds the weights of a filter. Here you set them by hand: one filter compares
# right with left, the other compares below with above.
#
# **Predict**: the digit is a 5. In which of the two feature maps do you see its horizontal strokes?

# %% [markdown] lang="zh" of="460e49"
# ## 滤波器找到了什么
#
# 滤波器的权重通常由训练得出。这里由你亲手设定：一个滤波器比较右边与左边，另一个比较下面与上面。
#
# **先预测**：图像里的数字是 5。它的横笔画会出现在两个特征图中的哪一个里？

# %%
digit = x_train[67:68] / 255
side = np.array([[-1, 0, 1]] * 3)
conv = layers.Conv2D(2, 3, activation="relu", use_bias=False)
conv.build(digit.shape)
conv.set_weights([np.stack([side, side.T], axis=-1).reshape(3, 3, 1, 2)])
map_0, map_1 = np.moveaxis(conv(digit)[0], -1, 0)

figure, axes = plt.subplots(1, 5, figsize=(7.5, 1.9))
pictures = {"image": digit[0], "filter 0": side, "map 0": map_0}
pictures |= {"filter 1": side.T, "map 1": map_1}
for axis, title in zip(axes, pictures, strict=True):
    axis.imshow(pictures[title])
    axis.set(title=title, xticks=[], yticks=[])
show(figure, alt="A handwritten 5, two filters of 3 × 3 and their feature maps. Map 0 is bright along "
     "the left edges of upright strokes, map 1 along the upper edges of the three others.")

# %% [markdown]
# In map 1: its filter answers where it is brighter below than above. A filter has a weight for each
# pixel of its window in each channel, and a bias: `Conv2D(32, 3)` on one channel has 32 × 9 + 32 =
# 320 parameters.
#
# ## What one number can see
#
# The **receptive field** of a number is the part of the image that can change it.
#
# **Predict** its width after `Conv2D(1, 3)`, `MaxPooling2D(2)`, and both again.

# %% [markdown] lang="zh" of="bb0ddd"
# 在特征图 1（map 1）里：只要下面比上面亮，它的滤波器就有反应。对窗口中的每个像素、每个通道，滤波器都有一个权重，此外还有一个偏置：输入只有一个通道时，`Conv2D(32, 3)` 有 32 × 9 + 32 = 320 个参数。
#
# ## 一个数能看到多大范围
#
# 一个数的**感受野**，就是图像中能够改变这个数的那一部分。
#
# **先预测**：经过 `Conv2D(1, 3)`、`MaxPooling2D(2)`，再把两者重复一遍，感受野有多宽？

# %%
picture = widgets.receptive_field_picture(digit[0], kernel=3, pool=2, blocks=2)
show(picture, alt="What one number in the middle can see of a digit: 3 × 3 pixels after the first "
     "convolution, 4 × 4 after its pooling, 8 × 8 after the second, 10 × 10 after its pooling.")

# %% [markdown]
# Ten pixels: after a pooling of 2 each step counts twice. Early layers see edges, later ones parts
# of a digit, so small kernels are enough: usually 3 × 3 or 5 × 5.
#
# ## A CNN, and where its parameters are
#
# In a convolutional network (**CNN**) the maps become smaller and more. `Flatten` then makes one row
# of them for the `Dense` layers.
#
# **Predict**: the model has 822,346 parameters. How many of them belong to its two convolutions?

# %% [markdown] lang="zh" of="46d95e"
# 十个像素：池化窗口为 2 时，池化之后的每一步都抵得上之前的两步。靠前的层看到边缘，靠后的层看到数字的局部，所以小的卷积核就够用了：通常是 3 × 3 或 5 × 5。
#
# ## 一个 CNN，以及它的参数在哪里
#
# 在卷积神经网络（**CNN**）里，特征图越来越小，也越来越多。最后，`Flatten` 把它们排成一行，交给 `Dense` 层。
#
# **先预测**：这个模型有 822,346 个参数。其中有多少属于那两个卷积？

# %%
inputs = keras.Input(shape=(64, 64, 1))
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(64, 3, activation="relu")(x)
maps = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(maps)
x = layers.Dense(64, activation="relu")(x)
outputs = layers.Dense(10, activation="softmax")(x)
cnn = keras.Model(inputs, outputs)
show(widgets.shape_flow_picture(cnn), alt="Maps of (62, 62, 32), (31, 31, 32), (29, 29, 64) and (14, 14, 64) "
     "become a row of 12,544 numbers, then 64, then 10. Parameters: the convolutions have 320 and "
     "18,496, the first Dense 802,880, the last 650.")

# %% [markdown]
# 320 + 18,496: two in a hundred. The first `Dense` has 12,544 × 64 + 64 = 802,880.
#
# `GlobalAveragePooling2D` takes the mean of each feature map, and leaves one number of it.
#
# **Predict**: what is its output shape here, and how many parameters has the model with it?

# %% [markdown] lang="zh" of="00cca0"
# 320 + 18,496：约占百分之二。第一个 `Dense` 有 12,544 × 64 + 64 = 802,880 个。
#
# `GlobalAveragePooling2D` 对每个特征图求平均，只留下一个数。
#
# **先预测**：它在这里的输出形状是什么？用了它以后，模型有多少个参数？

# %% tags=["nbval-check-output"]
x = layers.GlobalAveragePooling2D()(maps)
print(x.shape)
x = layers.Dense(64, activation="relu")(x)
outputs = layers.Dense(10, activation="softmax")(x)
print(f"{keras.Model(inputs, outputs).count_params():,}")

# %% [markdown]
# 64 maps give 64 means, and 23,626 parameters are left. The price: a mean does not know *where* in
# its map something was.
#
# Take `Flatten` for small maps, when the place matters. Take `GlobalAveragePooling2D` for large ones,
# or for images of several sizes: what it returns depends on the number of maps only.

# %% [markdown] lang="zh" of="c08cbc"
# 64 个特征图得到 64 个平均值，参数只剩 23,626 个。代价是：平均值不知道某样东西原来在特征图的什么位置。
#
# 特征图小、位置又重要时，用 `Flatten`。特征图大，或者图像大小不一时，用 `GlobalAveragePooling2D`：它的输出只取决于特征图的个数。

# %% [markdown]
# ### Exercise: `digit_cnn` · ●●○ · 8 minutes
# A CNN for images of shape `(28, 28, 1)`: `Conv2D` with 32 filters, pooling, `Conv2D` with 64
# filters, pooling, `Flatten`, `Dropout(0.5)`, and `Dense` with 10 units and `softmax`. Both kernels
# are 3 × 3, with `relu`; both poolings keep the largest of 2 × 2.
#
# It has 34,826 parameters.

# %% [markdown] lang="zh" of="836e29"
# ### 练习：`digit_cnn` · ●●○ · 8 分钟
# 用于形状为 `(28, 28, 1)` 的图像的 CNN：有 32 个滤波器的 `Conv2D`，池化，有 64 个滤波器的 `Conv2D`，池化，`Flatten`，`Dropout(0.5)`，最后是有 10 个单元、激活函数为 `softmax` 的 `Dense`。两个卷积核都是 3 × 3，激活函数为 `relu`；两次池化都在 2 × 2 个数中留下最大的一个。
#
# 它有 34,826 个参数。

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(64, 3, activation="relu")(x)
x = layers.MaxPooling2D(2)(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("digit_cnn", model)

# %% [markdown]
# ## Trap: images that do not fit
#
# First, a colour image stored as (channels, height, width). Then a model for images of any size,
# which gets one image without a batch axis, and five without a channel axis.
#
# **Predict** for each of the three: an error, or which shape?

# %% [markdown] lang="zh" of="c805b9"
# ## 陷阱：形状不合的图像
#
# 先是一幅彩色图像，按（通道、高、宽）存放。然后是一个能处理任意大小图像的模型：一次给它一幅没有批次轴的图像，一次给它五幅没有通道轴的图像。
#
# **先预测**：这三种情况，哪些会报错？不报错的话，得到什么形状？

# %% tags=["nbval-check-output"]
print("channels first: ", layers.Conv2D(8, 3)(keras.Input(shape=(3, 32, 32))).shape)

inputs = keras.Input(shape=(None, None, 1))
x = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
x = layers.GlobalAveragePooling2D()(x)
any_size = keras.Model(inputs, layers.Dense(10)(x))
for name, data in {"one image:": x_train[0], "no channel axis:": x_train[:5, :, :, 0]}.items():
    print(f"{name:16} {data.shape} -> {any_size(data).shape}")

# %% [markdown]
# No error.
#
# - `(None, 1, 30, 8)`: Keras takes 3 for the height and 32 for the channels. First move the axis of
#   the data: `np.moveaxis(data, 1, -1)`.
# - 28 predictions for one image: each row of pixels counts as an image. `image[None]` adds the batch
#   axis.
# - The last is right: Keras adds a missing last axis of size 1.

# %% [markdown] lang="zh" of="bcffc3"
# 都不报错。
#
# - `(None, 1, 30, 8)`：Keras 把 3 当成高，把 32 当成通道数。请先移动数据的轴：`np.moveaxis(data, 1, -1)`。
# - 一幅图像得到 28 个预测：每一行像素都被当成了一幅图像。`image[None]` 会加上批次轴。
# - 最后一种是对的：缺少最后一个轴时，Keras 会补上一个大小为 1 的轴。

# %% [markdown]
# ## A recurrent layer, step by step
#
# A recurrent layer (**RNN**) reads a sequence one step after the other. It carries a **state**:
# `units` numbers that each step computes from the new values and the old state.
#
# **Predict**: a sequence of 6 steps. Does the layer have 3 weight arrays, or 3 for each step?

# %% [markdown] lang="zh" of="69eb94"
# ## 一步一步看循环层
#
# 循环层（**RNN**）一步接一步地读取序列。它带着一个**状态**：`units` 个数，每一步都由新的值和旧的状态算出来。
#
# **先预测**：序列有 6 个时间步。这个层一共有 3 个权重数组，还是每一步各有 3 个？

# %%
rnn = layers.SimpleRNN(4)
sequence = np.sin(np.arange(1.0, 7.0))[:, None]  # 6 steps, 1 feature
expected = rnn(sequence[None])[0]

kernel, recurrent_kernel, bias = rnn.get_weights()
state = np.zeros(4)
for values in sequence:
    state = np.tanh(values @ kernel + state @ recurrent_kernel + bias)
    print(state.round(2))
print("as Keras computes it:", np.allclose(state, expected, atol=1e-5))

# %% [markdown]
# Three, used at every step. So the number of steps changes no parameter count and may be `None`.
#
# The layer returns the last state. With `return_sequences=True` it returns the state after *every*
# step.
#
# **Predict**: two sequences of 40 steps differ at step 15 only. At which steps do the states of an
# `LSTM` differ? And those of a `Bidirectional` one, which also reads from the end?

# %% [markdown] lang="zh" of="aecbea"
# 三个，每一步都用它们。所以时间步数不影响参数个数，可以是 `None`。
#
# 这个层返回最后的状态。设置 `return_sequences=True`，它就返回每一步之后的状态。
#
# **先预测**：两个序列各有 40 个时间步，只在第 15 步不同。`LSTM` 的状态在哪些步上不同？换成还会从末尾往回读的 `Bidirectional` 呢？

# %%
one = np.random.default_rng(0).normal(size=(1, 40, 1)).astype("float32")
other = one + 2 * (np.arange(40) == 15)[None, :, None]
lstm = layers.LSTM(8, return_sequences=True)
readers = [lstm, layers.Bidirectional(layers.LSTM(8, return_sequences=True))]

figure, axes = plt.subplots(2, 1, figsize=(7.5, 3.6), sharex=True, height_ratios=[1, 2])
for axis, reader in zip(axes, readers, strict=True):
    change = np.abs(reader(one) - reader(other))[0]
    axis.imshow(change.T, aspect="auto", vmax=0.15)
    axis.set(title=type(reader).__name__, ylabel="state", yticks=[])
axes[1].set(xlabel="step")
show(figure, alt="How much each number of the state changes at each step. LSTM: nothing before step "
     "15, then a trace that fades. Bidirectional: also a trace that fades towards the start.")

# %% [markdown]
# An `LSTM` knows the past only: no change before step 15, then a trace that fades. `Bidirectional`
# adds a layer that reads from the end, and joins what both return.
#
# ## SimpleRNN, GRU, LSTM
#
# For long sequences take `GRU` or `LSTM`: their **gates**, weights of their own, decide what stays in
# the state.
#
# **Predict**: `SimpleRNN(64)` on one feature has 64 × (1 + 64) + 64 = 4,224 parameters. `GRU` has
# three such sets, `LSTM` four. How many is that?

# %% [markdown] lang="zh" of="83bd08"
# `LSTM` 只知道过去：第 15 步之前没有变化，之后留下的痕迹逐渐变淡。`Bidirectional` 再加一个从末尾往回读的层，并把两者的返回值拼接起来。
#
# ## SimpleRNN、GRU、LSTM
#
# 长序列要用 `GRU` 或 `LSTM`：它们有**门**，也就是一些专门的权重，由门来决定状态里留下什么。
#
# **先预测**：输入只有一个特征时，`SimpleRNN(64)` 有 64 × (1 + 64) + 64 = 4,224 个参数。`GRU` 有三组这样的参数，`LSTM` 有四组。各是多少？

# %% tags=["nbval-check-output"]
series = keras.Input(shape=(100, 1))
rnns = [layers.SimpleRNN(64), layers.GRU(64), layers.LSTM(64)]
for rnn in [*rnns, layers.Bidirectional(layers.LSTM(64))]:
    print(f"{type(rnn).__name__:15}{rnn(series).shape!s:13}{rnn.count_params():>7,}")

# %% [markdown]
# `LSTM`: four times 4,224. `Bidirectional`: twice an `LSTM`. `GRU`: three times 4,224 and 192 more,
# because Keras gives it a second bias for each of its 3 × 64 units.
#
# **Predict**: can one recurrent layer read what another returns?

# %% [markdown] lang="zh" of="89b5e1"
# `LSTM`：4,224 的四倍。`Bidirectional`：`LSTM` 的两倍。`GRU`：4,224 的三倍再加 192，因为 Keras 为它的 3 × 64 个单元各多配了一个偏置。
#
# **先预测**：一个循环层能读取另一个循环层的返回值吗？

# %% tags=["nbval-check-output"]
x = layers.LSTM(64)(series)
try:
    layers.LSTM(32)(x)
except ValueError as error:
    print(error)

# %% [markdown]
# Not like this. `ndim` is the number of axes: the second expects three, batch, steps and features,
# and gets the last state, two. A recurrent layer needs `return_sequences=True` when another one
# reads it.

# %% [markdown] lang="zh" of="01b964"
# 这样写不行。`ndim` 是轴的个数：第二个层要的是三个轴，即批次、时间步和特征，收到的却是最后的状态，只有两个轴。如果后面还有一个循环层要读取它的输出，前面的循环层就必须有 `return_sequences=True`。

# %% [markdown]
# ### Exercise: `stacked_lstm` · ●○○ · 5 minutes
# For sequences of 100 steps with 1 feature: `LSTM` with 64 units, `LSTM` with 32 units, then `Dense`
# with one unit and `sigmoid`. Each sequence gets *one* answer.
#
# It has 29,345 parameters.

# %% [markdown] lang="zh" of="209580"
# ### 练习：`stacked_lstm` · ●○○ · 5 分钟
# 用于有 100 个时间步、1 个特征的序列：有 64 个单元的 `LSTM`，有 32 个单元的 `LSTM`，然后是有一个单元、激活函数为 `sigmoid` 的 `Dense`。每个序列只得到一个答案。
#
# 它有 29,345 个参数。

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(100, 1))
x = layers.LSTM(64, return_sequences=True)(inputs)
x = layers.LSTM(32)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("stacked_lstm", model)

# %% [markdown]
# ## Trap: `return_sequences` left on
#
# Below, the last recurrent layer returns a sequence, too. The data has one target for each sequence.
#
# **Predict**: does `fit` complain? What is the shape of the predictions?

# %% [markdown] lang="zh" of="c3cf96"
# ## 陷阱：多写了 `return_sequences`
#
# 下面的模型里，最后一个循环层也返回序列。数据中，每个序列只有一个目标。
#
# **先预测**：`fit` 会报错吗？预测结果是什么形状？

# %% tags=["nbval-check-output"]
inputs = keras.Input(shape=(10, 1))
x = layers.LSTM(8, return_sequences=True)(inputs)
left_on = keras.Model(inputs, layers.Dense(1)(x))
left_on.compile(loss="mse")

sequences, targets = np.ones((32, 10, 1)), np.ones((32, 1))
left_on.fit(sequences, targets, verbose=0)
print(left_on.predict(sequences, verbose=0).shape)

# %% [markdown]
# `fit` says nothing. Each sequence gets ten answers, and `mse` compares each of them with the one target: the
# model learns another task. Look at `model.output_shape` before you train.
#
# ## Trap: words are not quantities
#
# `Embedding(512, 64)` is a table with a row of 64 numbers, which training changes, for each of 512
# words.
#
# **Predict**: pixels are divided by 255 before training. What if you divide word numbers by 512?

# %% [markdown] lang="zh" of="33385a"
# `fit` 什么也不说。每个序列得到十个答案，`mse` 拿其中的每一个去和同一个目标比较：模型学的是另一个任务。训练之前，请看一看 `model.output_shape`。
#
# ## 陷阱：单词编号不是数量
#
# `Embedding(512, 64)` 是一张表：512 个单词各占一行，每行 64 个数，训练会改变它们。
#
# **先预测**：训练之前，像素要除以 255。如果把单词编号除以 512，会怎么样？

# %% tags=["nbval-check-output"]
embedding = layers.Embedding(512, 64)
words = np.array([3, 200, 511])
print(embedding(words).shape)
print("different rows:", len(np.unique(embedding(words), axis=0)))
print("when divided:  ", len(np.unique(embedding(words / 512), axis=0)))

# %% [markdown]
# `Embedding` cuts them to whole numbers, so every word becomes word 0. No error, and nothing to
# learn.
#
# Give the input of a text `dtype="int32"`: without it Keras takes `float32`. The number of steps is
# `None`, since texts differ in length.

# %% [markdown] lang="zh" of="cbc107"
# `Embedding` 会把它们截成整数，于是每个单词都变成了 0 号单词。没有报错，也没有东西可学。
#
# 文本的输入要写 `dtype="int32"`：不写的话，Keras 会用 `float32`。时间步数写作 `None`，因为文本有长有短。

# %% [markdown]
# ### Exercise: `bidirectional_reader` · ●●○ · 7 minutes
# Copy this outdated code, run it, and mend it. The input takes texts of any length, as `int32`; the
# `Embedding` has no `input_length`. All else stays; 201,793 parameters.
#
# ```python
# inputs = keras.Input(784,)
# x = layers.Embedding(512, 64, input_length=1024)(inputs)
# x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
# x = layers.Bidirectional(layers.LSTM(64))(x)
# x = layers.Dense(32, activation="relu")(x)
# outputs = layers.Dense(1, activation="sigmoid")(x)
# model = keras.Model(inputs, outputs)
# ```

# %% [markdown] lang="zh" of="7583d4"
# ### 练习：`bidirectional_reader` · ●●○ · 7 分钟
# 复制这段过时的代码，运行它，并改好它。输入是任意长度的文本，类型为 `int32`；`Embedding` 不要 `input_length`。其余的都不变；一共 201,793 个参数。
#
# ```python
# inputs = keras.Input(784,)
# x = layers.Embedding(512, 64, input_length=1024)(inputs)
# x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
# x = layers.Bidirectional(layers.LSTM(64))(x)
# x = layers.Dense(32, activation="relu")(x)
# outputs = layers.Dense(1, activation="sigmoid")(x)
# model = keras.Model(inputs, outputs)
# ```

# %%
# BEGIN SOLUTION
inputs = keras.Input(shape=(None,), dtype="int32")
x = layers.Embedding(512, 64)(inputs)
x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
x = layers.Bidirectional(layers.LSTM(64))(x)
x = layers.Dense(32, activation="relu")(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("bidirectional_reader", model)

# %% [markdown]
# ## Summary
#
# - `Dense` works on the last axis; between maps and `Dense` stands `Flatten` or
#   `GlobalAveragePooling2D`.
# - `"valid"`: (size − kernel) // stride + 1; `"same"`: size / stride, rounded up.
# - A recurrent layer has the same weights at every step. Give it `return_sequences=True` when another
#   one reads it.
# - Word numbers are `int32`, whole and unscaled.
# - Keras accepts much that is wrong: look at `model.output_shape` before you train.
#
# Next: [03 Training, looking, saving](03_training_looking_saving.ipynb).

# %% [markdown] lang="zh" of="ee52ea"
# ## 小结
#
# - `Dense` 作用在最后一个轴上；特征图与 `Dense` 之间要有 `Flatten` 或 `GlobalAveragePooling2D`。
# - `"valid"`：(大小 − 卷积核大小) // 步幅 + 1；`"same"`：大小 / 步幅，向上取整。
# - 循环层在每一步使用同样的权重。如果另一个循环层要读取它的输出，请加上 `return_sequences=True`。
# - 单词编号是 `int32`：整数，不缩放。
# - 很多错误，Keras 都会接受：训练之前，请看一看 `model.output_shape`。
#
# 下一章：[03 训练、查看、保存](03_training_looking_saving.ipynb)。
