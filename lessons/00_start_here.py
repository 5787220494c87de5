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

# %% [markdown] lang="zh" of="c40c99"
# # 从这里开始
#
# 这门课讲的是 Keras 的函数式 API：把神经网络搭建成由层组成的图。每做完一道练习，都有文字和图片指出：你的模型是什么样，应该是什么样。
#
# 学完本章，你能够：
# - 运行一章，并动手修改它；
# - 把模型交给 `check`，读懂它的报告；
# - 在需要时找到提示。
#
# 时间：15 分钟。不需要联网，也不需要显卡。
#
# 粗体的词都收在[术语表](glossary.ipynb)里。

# %% [markdown]
# ## Run a cell
#
# A **notebook** is a column of **cells**. Some hold text, some hold Python. Click the cell below,
# then press `Shift+Enter`. The cell runs and the next one is selected.
#
# Every chapter begins with a cell like this. Its first four lines look for the course's checker; you
# need not read them. Then it loads Keras, which takes a few seconds: the `[*]` at its left becomes a
# number when it is done.

# %% [markdown] lang="zh" of="455f80"
# ## 运行一个单元格
#
# **笔记本**由一列**单元格**组成：有的是文字，有的是 Python 代码。单击下面的单元格，再按 `Shift+Enter`。这个单元格会运行，然后选中下一个单元格。
#
# 每一章都以这样一个单元格开头。最前面的几行用来寻找本课程的检查器，并让它用中文回答，你不必读。然后加载 Keras，需要几秒钟：左边的 `[*]` 变成数字，就说明运行完了。

# %%
from exercises_check import check, compare, draw, progress

import keras
from keras import layers

# %% [markdown]
# ## Predict, then run
#
# Most cells come after a line that begins with **Predict**. Stop there and answer, aloud or on
# paper. Then run the cell. A wrong prediction shows you exactly what to learn.
#
# **Predict**: the next cell has two lines. What appears below it?

# %% [markdown] lang="zh" of="dad8f3"
# ## 先预测，再运行
#
# 大多数单元格的上方都有一行以**先预测**开头的话。请停下来，把答案说出来或写在纸上，然后再运行单元格。预测错了也没关系：这正好告诉你该学什么。
#
# **先预测**：下一个单元格有两行代码。它的下方会显示什么？

# %% tags=["nbval-check-output"]
rows = 3
rows * 64

# %% [markdown]
# Only `192`: a cell shows the value of its last line, and the first line only stores one.
#
# The number in brackets at the left counts the cells in the order in which you ran them. `[ ]`
# means that the cell has not run yet.

# %% [markdown] lang="zh" of="3b76bd"
# 只有 `192`：单元格只显示最后一行的值，第一行只是存下一个值。
#
# 左边方括号里的数字，表示你运行各个单元格的先后顺序。`[ ]` 表示这个单元格还没有运行过。

# %% [markdown]
# ## A model takes numbers in and gives numbers out
#
# A **model** is made of **layers**. In a `Dense` layer, the **units** say how many numbers it
# gives for each row of data.
#
# **Predict**: four numbers go in, and the layer has 2 units. How many numbers come out?

# %% [markdown] lang="zh" of="d48ca5"
# ## 模型：数进去，数出来
#
# **模型**由**层**组成。在 `Dense` 层中，**单元**数决定了它对每一行数据给出多少个数。
#
# **先预测**：输入四个数，层有 2 个单元。会输出几个数？

# %%
inputs = keras.Input(shape=(4,), name="measurements")
outputs = layers.Dense(2)(inputs)
draw(keras.Model(inputs, outputs))

# %% [markdown]
# Two. Read the picture from top to bottom: each box is a layer with its name, and the shapes say
# how many numbers flow. `None` stands for the number of rows, which is open.
#
# The three lines above are a whole functional model. Chapter 01 explains each of them.

# %% [markdown] lang="zh" of="6b3676"
# 两个。这张图要从上往下看：每个方框是一个层，写着它的名称；形状说明流过多少个数。`None` 代表数据的行数，这个数未定。
#
# 上面这三行就是一个完整的函数式模型。第 01 章会逐行讲解。

# %% [markdown]
# ### Exercise: `first_model` · ●○○ · 3 minutes
# Run the next two cells as they are: the answer is "Not attempted yet". Then put these two lines
# in the place of `model = ...` and run both cells again.
#
# ```python
# outputs = layers.Dense(2)(inputs)
# model = keras.Model(inputs, outputs)
# ```

# %% [markdown] lang="zh" of="340e1e"
# ### 练习：`first_model` · ●○○ · 3 分钟
# 先原样运行下面两个单元格，得到的回答是“还没有作答”。然后用下面这两行替换 `model = ...`，把两个单元格再运行一遍。
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

# %% [markdown] lang="zh" of="90630b"
# ## 五种回答
#
# `check` 返回一份**报告**。报告的开头是下面五种之一：
#
# | 报告说 | 你要做的 |
# |---|---|
# | ✓ 通过。 | 继续往下学 |
# | ✗ 还没有通过。 | 修改你的模型 |
# | ○ 还没有作答。 | 把 `...` 换成你的答案 |
# | ! 代码没有运行成功。 | 修改报告指出的那一行 |
# | ? 检查器出错了。 | 继续往下学；错在我们，不在你 |
#
# 无论哪种报告，都不会让笔记本停下来。

# %% [markdown]
# ## A report of a model that differs
#
# The task: 8 features, a `Dense` layer with 16 units and `relu`, then a `Dense` layer with 3
# units. The next cell builds a model with one mistake.
#
# **Predict**: which line would you change?

# %% [markdown] lang="zh" of="1d3506"
# ## 模型有差异时的报告
#
# 题目：8 个特征，一个有 16 个单元、激活函数为 `relu` 的 `Dense` 层，再接一个有 3 个单元的 `Dense` 层。下一个单元格搭建的模型里有一处错误。
#
# **先预测**：你会改哪一行？

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

# %% [markdown] lang="zh" of="33773d"
# 请按这个顺序读报告：
#
# 1. 代码清单是用代码写出来的模型。其中的名称是层自己的名称：Keras 从来看不到 `x` 和 `outputs`。
# 2. **箭头** `▶` 标出第一处有差异的行。它的下面先说你的模型里有什么，再说“应为”什么；右边是形状。
# 3. 图片标出的是同一个地方。
# 4. 折叠起来的行里是**提示**和其余的差异。单击就能展开；也可以按 `Tab` 直到选中它，再按 `Enter`。

# %% [markdown]
# ### Exercise: `first_report` · ●○○ · 4 minutes
# Copy the four lines of the draft, mend the one that the arrow marks, and call the model `model`.
# It takes 8 features, then come `Dense` with 16 units and `relu`, and `Dense` with 3 units and no
# activation.

# %% [markdown] lang="zh" of="1d105d"
# ### 练习：`first_report` · ●○○ · 4 分钟
# 把上面那个有错误的模型的四行代码复制过来，改好箭头指着的那一行，并把模型命名为 `model`。它接收 8 个特征，然后是有 16 个单元、激活函数为 `relu` 的 `Dense`，最后是有 3 个单元、没有激活函数的 `Dense`。

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

# %% [markdown] lang="zh" of="20f3e4"
# ## 比较任意两个模型
#
# `check` 只认识本课程的练习。`compare` 可以比较你自己的任意两个模型，说出第一个模型有什么，而第二个模型要求什么。
#
# **先预测**：下面两个模型的写法不同，层的名称也不同。`compare` 会找到差异吗？

# %%
inputs = keras.Input(shape=(8,))
named = keras.Model(inputs, layers.Dense(3, activation="relu", name="head")(inputs))
stacked = keras.Sequential([keras.Input(shape=(8,)), layers.Dense(3), layers.ReLU()])
compare(named, stacked)

# %% [markdown]
# None: both compute the same thing, and that is what counts. Your answer may look different from
# ours. Names matter only where a task asks for names.

# %% [markdown] lang="zh" of="45a871"
# 没有差异：两个模型计算的是同样的东西，而这才是关键。你的答案可以和我们的写法不一样。只有题目要求名称的时候，名称才重要。

# %% [markdown]
# ## A notebook remembers
#
# **Predict**: `units` becomes 5 after the layer is made. How many units does the layer have?

# %% [markdown] lang="zh" of="4e86b3"
# ## 笔记本有记忆
#
# **先预测**：创建层之后，`units` 才变成 5。这个层有几个单元？

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

# %% [markdown] lang="zh" of="33a69b"
# 还是 2 个。用旧的值创建的东西不会跟着改变，也没有任何警告。单元格之间也是如此：改了一个单元格，就要运行它，还要运行下面用到它的那些单元格。
#
# 结果莫名其妙的时候，请选菜单 *Kernel → Restart Kernel and Run up to Selected Cell…*（重启内核，并一直运行到选中的单元格）。

# %% [markdown]
# ## See how far you are
#
# Each check is noted in a file on this machine, and nowhere else.
#
# **Predict**: which exercise comes next?

# %% [markdown] lang="zh" of="1db4c7"
# ## 看看学到了哪里
#
# 每次检查的结果都记在这台电脑上的一个文件里，不会存到别处。
#
# **先预测**：下一道练习是哪一道？

# %%
progress()

# %% [markdown]
# Every chapter begins with a line such as `progress(4)`, which shows that chapter alone.
#
# `progress(reset="first_model")` forgets one exercise; `progress(reset="all")` forgets all of them and
# says where it keeps a copy.

# %% [markdown] lang="zh" of="f590d1"
# 每一章的开头都有一行类似 `progress(4)` 的代码，它只显示那一章的进度。
#
# `progress(reset="first_model")` 会忘掉一道练习；`progress(reset="all")` 会忘掉全部练习，并告诉你备份存在哪里。

# %% [markdown]
# ## VS Code and Colab
#
# In VS Code, install the extension Jupyter and open the folder of the course. Open a chapter, click
# *Select Kernel* at its top right, then *Python Environments*, then `.venv`.
#
# In Colab, upload a chapter. Its first cell fetches what it needs, or says what to put beside it. Colab
# takes its machine back after some hours, and your progress goes with it.

# %% [markdown] lang="zh" of="333c0c"
# ## VS Code 与 Colab
#
# 在 VS Code 中，请安装 Jupyter 扩展，并打开课程所在的文件夹。打开一章，点右上角的 *Select Kernel*，再选 *Python Environments*，然后选 `.venv`。
#
# 在 Colab 中，请上传一章的笔记本。它的第一个单元格会下载所需的东西，或者告诉你该在旁边放什么。几个小时之后，Colab 会收回这台机器，你的进度也就没有了。

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

# %% [markdown] lang="zh" of="4c545f"
# ## 按键
#
# | 按键 | 作用 |
# |---|---|
# | `Shift+Enter` | 运行，并转到下一个单元格 |
# | `Ctrl+Enter` | 运行，停在原处 |
# | `Enter`、`Esc` | 开始、结束编辑 |
# | `Esc`，然后 `B` | 在下方新建单元格 |
# | `Tab` | 补全名称 |
# | `Shift+Tab` | 这个函数有哪些参数？ |
# | `Ctrl+/` | 把几行变成注释，或者变回来 |
# | `Ctrl+S` | 保存 |
#
# 在 Mac 上，最后两个用 `Cmd`。

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

# %% [markdown] lang="zh" of="2ddc6e"
# ## 小结
#
# - 先预测，再运行，然后对照。
# - 把 `...` 换成你的答案，然后运行下面的 `check`。圆点表示难度，分钟数表示大约需要多久。
# - 读报告先看箭头，提示折叠在下面。
# - 每一章的答案都在 [solutions](../solutions/00_start_here.ipynb) 文件夹里。通过检查之后再去看：你的写法也许更好。
#
# 下一章：[01 第一个函数式模型](01_first_functional_model.ipynb)。
