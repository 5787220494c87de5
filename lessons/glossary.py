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
# # Glossary
#
# Each word that a chapter prints in bold, with the chapter that explains it.

# %% [markdown] lang="zh" of="6c9ed7"
# # 术语表
#
# 各章用粗体印出的词都在这里，并注明在哪一章讲解。

# %% [markdown]
# ## A to Z
#
# - **arrow**: the mark `▶` in a report, at the first line that differs.
#   [00](00_start_here.ipynb)
# - **attention weights**: scores after a softmax: positive, with the sum 1.
#   [10](10_attention.ipynb)
# - **autoencoder**: an encoder and a decoder in a row, trained to return what goes in.
#   [07](07_models_inside_models.ipynb)
# - **backbone**: a trained model without its head, used as a part of a new one.
#   [08](08_features_and_transfer.ipynb)
# - **bag of words**: a text as one row: how often each word of a vocabulary occurs in it.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **baseline**: the result of something simple, which a larger model has to beat.
#   [12](12_capstone.ipynb)
# - **batch**: the rows of data that go through a model together; the first axis of a tensor.
#   [01](01_first_functional_model.ipynb)
# - **batch normalisation**: a layer that takes off each channel's mean and divides by its standard
#   deviation. [06](06_skip_connections.ipynb)
# - **block**: a function that takes a tensor, calls some layers, and returns a tensor.
#   [06](06_skip_connections.ipynb)
# - **branch**: a part of the graph that runs beside another.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **broadcasting**: a size of 1 is repeated until two shapes fit.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **callback**: an object whose methods `fit` calls, for example after each epoch.
#   [11](11_when_it_goes_wrong.ipynb)
# - **cell**: one piece of a notebook, text or code. [00](00_start_here.ipynb)
# - **chain**: a graph in which every layer is fed by the one before it.
#   [01](01_first_functional_model.ipynb)
# - **CNN**: a network of convolutions; its maps become smaller and more.
#   [02](02_standard_networks.ipynb)
# - **code**: the few numbers that an encoder makes of a picture.
#   [07](07_models_inside_models.ipynb)
# - **cosine similarity**: how far two rows of numbers point the same way, from -1 to 1, whatever
#   their lengths. [05](05_shared_layers.ipynb)
# - **custom layer**: a class of your own, derived from `keras.Layer`.
#   [09](09_custom_layers.ipynb)
# - **decoder**: a model that turns a code into a picture. [07](07_models_inside_models.ipynb)
# - **directed acyclic graph**: arrows that have a direction, and no path that leads back to where
#   it began. [09](09_custom_layers.ipynb)
# - **embedding space**: the space in which an encoder places its inputs; like ones lie near each
#   other. [05](05_shared_layers.ipynb)
# - **encoder**: a model that turns a picture, or another input, into a few numbers.
#   [07](07_models_inside_models.ipynb)
# - **ensemble**: several models that are asked the same question; their answers are averaged.
#   [07](07_models_inside_models.ipynb)
# - **epoch**: one pass of `fit` over all rows of the training data.
#   [03](03_training_looking_saving.ipynb)
# - **fan-out**: one tensor that goes to several layers; nothing is shared but the tensor.
#   [05](05_shared_layers.ipynb)
# - **feature extraction**: to use what an inner layer of a trained model computes, without
#   training it. [08](08_features_and_transfer.ipynb)
# - **feature map**: all the numbers that one filter gives for an image.
#   [02](02_standard_networks.ipynb)
# - **filter**: one set of weights for the window of a convolution.
#   [02](02_standard_networks.ipynb)
# - **fine-tuning**: to train a backbone a little more, with small steps, after its new head has
#   learned. [08](08_features_and_transfer.ipynb)
# - **freeze**: to set `trainable = False`, so that `fit` leaves the weights as they are.
#   [08](08_features_and_transfer.ipynb)
# - **functional model**: what lies between inputs and outputs in a graph, made by
#   `keras.Model(inputs, outputs)`. [01](01_first_functional_model.ipynb)
# - **gate**: weights of an LSTM or GRU that decide what stays in the state.
#   [02](02_standard_networks.ipynb)
# - **gradient**: for each weight, how the loss changes when the weight grows a little.
#   [11](11_when_it_goes_wrong.ipynb)
# - **graph**: layer calls and the tensors that go from one to the next.
#   [01](01_first_functional_model.ipynb)
# - **head**: the part of a graph that makes one output. [04](04_several_inputs_and_outputs.ipynb)
# - **hint**: a folded line of a report that helps with your mistake. [00](00_start_here.ipynb)
# - **kernel**: the small window through which a convolution looks at an image.
#   [02](02_standard_networks.ipynb)
# - **key**: the row of numbers that is compared with the query. [10](10_attention.ipynb)
# - **layer**: a part of a model, such as `Dense`; most layers have weights.
#   [00](00_start_here.ipynb)
# - **layer call**: a layer used like a function, on a tensor; it returns a new tensor.
#   [01](01_first_functional_model.ipynb)
# - **learning curve**: loss or metric, drawn epoch by epoch. [03](03_training_looking_saving.ipynb)
# - **logit**: a number of a head without an activation; the largest is for the likeliest class.
#   [03](03_training_looking_saving.ipynb)
# - **loss**: the one number that training makes small. [03](03_training_looking_saving.ipynb)
# - **loss weight**: how much one of several losses counts in the total.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **mask**: for each step of a sequence, whether it is real or padding. [10](10_attention.ipynb)
# - **merge layer**: a layer that is called on a list of tensors and joins them, such as `Add`.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **metric**: a number that you read after each epoch, and that training ignores.
#   [03](03_training_looking_saving.ipynb)
# - **mixed precision**: to compute in numbers of 16 bits and to keep the weights in 32.
#   [11](11_when_it_goes_wrong.ipynb)
# - **model**: what takes numbers in and gives numbers out; it is made of layers.
#   [00](00_start_here.ipynb)
# - **multi-layer perceptron** (MLP): `Dense` layers, one after the other.
#   [01](01_first_functional_model.ipynb)
# - **nested model**: a model that is called on a tensor inside another model.
#   [07](07_models_inside_models.ipynb)
# - **notebook**: a column of cells; each chapter is one. [00](00_start_here.ipynb)
# - **one-hot**: a class written as a row of zeros with a single 1.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **operation**: a step of a graph; one without weights, such as `+`, is no layer.
#   [01](01_first_functional_model.ipynb)
# - **optimizer**: changes the weights after each batch, such as Adam.
#   [03](03_training_looking_saving.ipynb)
# - **over-fitting**: learning the rows of the training data by heart; the validation loss climbs.
#   [03](03_training_looking_saving.ipynb)
# - **parameters**: the numbers that training changes. [01](01_first_functional_model.ipynb)
# - **projection**: a layer in a skip connection that makes the shapes equal, usually a convolution
#   of 1 × 1. [06](06_skip_connections.ipynb)
# - **query**: the row of numbers that stands for a question in attention.
#   [10](10_attention.ipynb)
# - **receptive field**: the part of an image that can change one number of a feature map.
#   [02](02_standard_networks.ipynb)
# - **report**: what `check` returns: what your model has, and what it should have.
#   [00](00_start_here.ipynb)
# - **residual block**: a block with a skip connection from its input to its end.
#   [06](06_skip_connections.ipynb)
# - **RNN**: a network that reads a sequence one step after the other.
#   [02](02_standard_networks.ipynb)
# - **saturated**: of an activation: so far from zero that its slope, and so the gradient, is
#   nearly 0. [11](11_when_it_goes_wrong.ipynb)
# - **schedule**: a learning rate that changes during training, by a rule.
#   [11](11_when_it_goes_wrong.ipynb)
# - **score**: the dot product of a query and a key. [10](10_attention.ipynb)
# - **separable convolution**: one filter for each channel, then a convolution of 1 × 1 that mixes
#   the channels. [11](11_when_it_goes_wrong.ipynb)
# - **serialise**: to write something as plain data from which it can be made again.
#   [09](09_custom_layers.ipynb)
# - **shared layer**: one layer object that is called several times; its calls have the same
#   weights. [05](05_shared_layers.ipynb)
# - **siamese network**: a network that sends two inputs through one shared encoder and compares
#   the results. [05](05_shared_layers.ipynb)
# - **skip connection**: leads a tensor past some layers and adds it to what comes out of them.
#   [06](06_skip_connections.ipynb)
# - **state**: the numbers that a recurrent layer carries from step to step.
#   [02](02_standard_networks.ipynb)
# - **stride**: how far the window of a convolution moves in a step.
#   [02](02_standard_networks.ipynb)
# - **subclassing**: to write a model as a class, with Python code in `call`.
#   [09](09_custom_layers.ipynb)
# - **tensor**: a symbol for data that comes later, with a shape and a dtype.
#   [01](01_first_functional_model.ipynb)
# - **transfer learning**: to put a new head on a backbone, for a new task.
#   [08](08_features_and_transfer.ipynb)
# - **U-Net**: an encoder, a decoder, and a skip connection at each height.
#   [12](12_capstone.ipynb)
# - **units**: how many numbers a `Dense` layer gives out. [00](00_start_here.ipynb)
# - **validation data**: rows on which the model is measured while it trains, and never learns from.
#   [03](03_training_looking_saving.ipynb)
# - **value**: the row of numbers that attention returns for a key. [10](10_attention.ipynb)
# - **width**: the number of units of a layer. [02](02_standard_networks.ipynb)

# %% [markdown] lang="zh" of="8b7b4c"
# ## 按英文排序
#
# - **箭头**（arrow）：报告中的标记 `▶`，位于第一处有差异的行。[00](00_start_here.ipynb)
# - **注意力权重**（attention weights）：softmax 之后的得分：都是正数，总和为 1。[10](10_attention.ipynb)
# - **自编码器**（autoencoder）：编码器后面接解码器，训练它把输入原样还原出来。[07](07_models_inside_models.ipynb)
# - **骨干网络**（backbone）：去掉输出头的已训练模型，用作新模型的一部分。[08](08_features_and_transfer.ipynb)
# - **词袋**（bag of words）：把文本写成一行数：词表中的每个词在其中出现多少次。[04](04_several_inputs_and_outputs.ipynb)
# - **基线**（baseline）：某种简单做法的结果，更大的模型必须超过它。[12](12_capstone.ipynb)
# - **批次**（batch）：一起通过模型的若干行数据；张量的第一个轴。[01](01_first_functional_model.ipynb)
# - **批归一化**（batch normalisation）：一种层，把每个通道减去它的平均值，再除以它的标准差。[06](06_skip_connections.ipynb)
# - **块**（block）：一个函数：接收张量，调用几个层，再返回张量。[06](06_skip_connections.ipynb)
# - **分支**（branch）：图中与另一部分并行的部分。[04](04_several_inputs_and_outputs.ipynb)
# - **广播**（broadcasting）：大小为 1 的轴不断重复，直到两个形状相配。[04](04_several_inputs_and_outputs.ipynb)
# - **回调**（callback）：一个对象，`fit` 会调用它的方法，例如在每一轮之后。[11](11_when_it_goes_wrong.ipynb)
# - **单元格**（cell）：笔记本中的一块，文字或代码。[00](00_start_here.ipynb)
# - **链式结构**（chain）：一种图，其中每个层都接收前一个层的输出。[01](01_first_functional_model.ipynb)
# - **CNN**（卷积神经网络）：由卷积组成的网络；特征图越来越小，也越来越多。[02](02_standard_networks.ipynb)
# - **编码**（code）：编码器把一幅图像变成的那几个数。[07](07_models_inside_models.ipynb)
# - **余弦相似度**（cosine similarity）：两行数的方向有多一致，从 -1 到 1，与长度无关。[05](05_shared_layers.ipynb)
# - **自定义层**（custom layer）：你自己写的类，派生自 `keras.Layer`。[09](09_custom_layers.ipynb)
# - **解码器**（decoder）：把编码变成图像的模型。[07](07_models_inside_models.ipynb)
# - **有向无环图**（directed acyclic graph）：箭头有方向，而且没有任何一条路会回到起点。[09](09_custom_layers.ipynb)
# - **嵌入空间**（embedding space）：编码器放置输入的空间；相似的输入彼此靠近。[05](05_shared_layers.ipynb)
# - **编码器**（encoder）：把图像或别的输入变成几个数的模型。[07](07_models_inside_models.ipynb)
# - **集成**（ensemble）：向多个模型提同一个问题，再把它们的回答取平均。[07](07_models_inside_models.ipynb)
# - **轮次**（epoch）：`fit` 把训练数据的所有行过一遍。[03](03_training_looking_saving.ipynb)
# - **扇出**（fan-out）：一个张量送到几个层；共享的只有这个张量。[05](05_shared_layers.ipynb)
# - **特征提取**（feature extraction）：使用已训练模型的内部某层的计算结果，而不训练它。[08](08_features_and_transfer.ipynb)
# - **特征图**（feature map）：一个滤波器对一幅图像给出的所有数。[02](02_standard_networks.ipynb)
# - **滤波器**（filter）：用于卷积窗口的一组权重。[02](02_standard_networks.ipynb)
# - **微调**（fine-tuning）：新的输出头学好之后，用很小的步长把骨干网络再训练一会儿。[08](08_features_and_transfer.ipynb)
# - **冻结**（freeze）：设置 `trainable = False`，让 `fit` 不改变权重。[08](08_features_and_transfer.ipynb)
# - **函数式模型**（functional model）：图中输入与输出之间的部分，用 `keras.Model(inputs, outputs)` 创建。[01](01_first_functional_model.ipynb)
# - **门**（gate）：LSTM 或 GRU 中的权重，决定状态里留下什么。[02](02_standard_networks.ipynb)
# - **梯度**（gradient）：对每个权重来说，它稍微增大时损失怎样变化。[11](11_when_it_goes_wrong.ipynb)
# - **图**（graph）：层调用，以及从一个传到下一个的张量。[01](01_first_functional_model.ipynb)
# - **输出头**（head）：图中产生一个输出的部分。[04](04_several_inputs_and_outputs.ipynb)
# - **提示**（hint）：报告中折叠起来的一行，针对你的错误给出帮助。[00](00_start_here.ipynb)
# - **卷积核**（kernel）：卷积用来看图像的小窗口。[02](02_standard_networks.ipynb)
# - **键**（key）：与查询作比较的那一行数。[10](10_attention.ipynb)
# - **层**（layer）：模型的组成部分，例如 `Dense`；大多数层有权重。[00](00_start_here.ipynb)
# - **层调用**（layer call）：像函数一样在张量上使用层；返回一个新的张量。[01](01_first_functional_model.ipynb)
# - **学习曲线**（learning curve）：把每一轮的损失或指标画成的曲线。[03](03_training_looking_saving.ipynb)
# - **logit**：没有激活函数的输出头给出的数；最大的那个对应最可能的类别。[03](03_training_looking_saving.ipynb)
# - **损失**（loss）：训练要使之变小的那一个数。[03](03_training_looking_saving.ipynb)
# - **损失权重**（loss weight）：多个损失中，某一个在总和里占多大比重。[04](04_several_inputs_and_outputs.ipynb)
# - **掩码**（mask）：对序列的每个时间步，说明它是真实数据还是填充。[10](10_attention.ipynb)
# - **合并层**（merge layer）：在一个张量列表上调用、把这些张量合在一起的层，例如 `Add`。[04](04_several_inputs_and_outputs.ipynb)
# - **指标**（metric）：你在每一轮之后读的数，训练不理会它。[03](03_training_looking_saving.ipynb)
# - **混合精度**（mixed precision）：用 16 位的数计算，权重仍以 32 位保存。[11](11_when_it_goes_wrong.ipynb)
# - **模型**（model）：接收一些数，再给出一些数；由层组成。[00](00_start_here.ipynb)
# - **多层感知机**（multi-layer perceptron，MLP）：一个接一个的 `Dense` 层。[01](01_first_functional_model.ipynb)
# - **嵌套模型**（nested model）：在另一个模型内部的张量上调用的模型。[07](07_models_inside_models.ipynb)
# - **笔记本**（notebook）：一列单元格；每一章就是一个。[00](00_start_here.ipynb)
# - **独热编码**（one-hot）：把类别写成一行 0，其中只有一个 1。[04](04_several_inputs_and_outputs.ipynb)
# - **运算**（operation）：图中的一步；没有权重的，例如 `+`，不是层。[01](01_first_functional_model.ipynb)
# - **优化器**（optimizer）：在每个批次之后改变权重，例如 Adam。[03](03_training_looking_saving.ipynb)
# - **过拟合**（over-fitting）：把训练数据一行行死记下来；验证损失上升。[03](03_training_looking_saving.ipynb)
# - **参数**（parameters）：训练会改变的那些数。[01](01_first_functional_model.ipynb)
# - **投影**（projection）：跳跃连接中让形状变得相同的层，通常是 1 × 1 的卷积。[06](06_skip_connections.ipynb)
# - **查询**（query）：在注意力中代表问题的那一行数。[10](10_attention.ipynb)
# - **感受野**（receptive field）：图像中能够改变特征图里一个数的那一部分。[02](02_standard_networks.ipynb)
# - **报告**（report）：`check` 返回的内容：你的模型是什么样，应该是什么样。[00](00_start_here.ipynb)
# - **残差块**（residual block）：从输入到末尾有一条跳跃连接的块。[06](06_skip_connections.ipynb)
# - **RNN**（循环神经网络）：一步接一步读取序列的网络。[02](02_standard_networks.ipynb)
# - **饱和**（saturated）：指激活函数：它的输入离零太远，以致斜率接近 0，梯度也因此接近 0。[11](11_when_it_goes_wrong.ipynb)
# - **学习率调度**（schedule）：按某种规则，让学习率在训练中变化。[11](11_when_it_goes_wrong.ipynb)
# - **得分**（score）：查询与键的点积。[10](10_attention.ipynb)
# - **可分离卷积**（separable convolution）：每个通道一个滤波器，再用 1 × 1 的卷积把各通道混合起来。[11](11_when_it_goes_wrong.ipynb)
# - **序列化**（serialise）：把某样东西写成普通的数据，以便由此重新创建它。[09](09_custom_layers.ipynb)
# - **共享层**（shared layer）：被调用多次的同一个层对象；各次调用使用同样的权重。[05](05_shared_layers.ipynb)
# - **孪生网络**（siamese network）：让两个输入通过同一个共享的编码器，再比较结果的网络。[05](05_shared_layers.ipynb)
# - **跳跃连接**（skip connection）：让张量绕过几个层，再与这几个层的输出相加。[06](06_skip_connections.ipynb)
# - **状态**（state）：循环层从一步带到下一步的那些数。[02](02_standard_networks.ipynb)
# - **步幅**（stride）：卷积的窗口每次移动的距离。[02](02_standard_networks.ipynb)
# - **子类化**（subclassing）：把模型写成类，在 `call` 中写 Python 代码。[09](09_custom_layers.ipynb)
# - **张量**（tensor）：代表以后才送来的数据的符号，有形状和 dtype。[01](01_first_functional_model.ipynb)
# - **迁移学习**（transfer learning）：给骨干网络装上新的输出头，用于新的任务。[08](08_features_and_transfer.ipynb)
# - **U-Net**：一个编码器，一个解码器，每个高度上各有一条跳跃连接。[12](12_capstone.ipynb)
# - **单元**（units）：决定 `Dense` 层输出多少个数。[00](00_start_here.ipynb)
# - **验证数据**（validation data）：训练时用来衡量模型的那些行，模型从不从中学习。[03](03_training_looking_saving.ipynb)
# - **值**（value）：注意力对一个键返回的那一行数。[10](10_attention.ipynb)
# - **宽度**（width）：层的单元数。[02](02_standard_networks.ipynb)
