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

# %% [markdown]
# ## A to Z
#
# - **arrow**: the mark `▶` in a report, at the first line that differs.
#   [00](00_start_here.ipynb)
# - **batch**: the rows of data that go through a model together; the first axis of a tensor.
#   [01](01_first_functional_model.ipynb)
# - **cell**: one piece of a notebook, text or code. [00](00_start_here.ipynb)
# - **chain**: a graph in which every layer is fed by the one before it.
#   [01](01_first_functional_model.ipynb)
# - **CNN**: a network of convolutions; its maps become smaller and more.
#   [02](02_standard_networks.ipynb)
# - **feature map**: all the numbers that one filter gives for an image.
#   [02](02_standard_networks.ipynb)
# - **filter**: one set of weights for the window of a convolution.
#   [02](02_standard_networks.ipynb)
# - **functional model**: what lies between inputs and outputs in a graph, made by
#   `keras.Model(inputs, outputs)`. [01](01_first_functional_model.ipynb)
# - **gate**: weights of an LSTM or GRU that decide what stays in the state.
#   [02](02_standard_networks.ipynb)
# - **graph**: layer calls and the tensors that go from one to the next.
#   [01](01_first_functional_model.ipynb)
# - **hint**: a folded line of a report that helps with your mistake. [00](00_start_here.ipynb)
# - **kernel**: the small window through which a convolution looks at an image.
#   [02](02_standard_networks.ipynb)
# - **layer**: a part of a model, such as `Dense`; most layers have weights.
#   [00](00_start_here.ipynb)
# - **layer call**: a layer used like a function, on a tensor; it returns a new tensor.
#   [01](01_first_functional_model.ipynb)
# - **model**: what takes numbers in and gives numbers out; it is made of layers.
#   [00](00_start_here.ipynb)
# - **multi-layer perceptron** (MLP): `Dense` layers, one after the other.
#   [01](01_first_functional_model.ipynb)
# - **notebook**: a column of cells; each chapter is one. [00](00_start_here.ipynb)
# - **operation**: a step of a graph; one without weights, such as `+`, is no layer.
#   [01](01_first_functional_model.ipynb)
# - **parameters**: the numbers that training changes. [01](01_first_functional_model.ipynb)
# - **receptive field**: the part of an image that can change one number of a feature map.
#   [02](02_standard_networks.ipynb)
# - **report**: what `check` returns: what your model has, and what it should have.
#   [00](00_start_here.ipynb)
# - **RNN**: a network that reads a sequence one step after the other.
#   [02](02_standard_networks.ipynb)
# - **state**: the numbers that a recurrent layer carries from step to step.
#   [02](02_standard_networks.ipynb)
# - **stride**: how far the window of a convolution moves in a step.
#   [02](02_standard_networks.ipynb)
# - **tensor**: a symbol for data that comes later, with a shape and a dtype.
#   [01](01_first_functional_model.ipynb)
# - **units**: how many numbers a `Dense` layer gives out. [00](00_start_here.ipynb)
# - **width**: the number of units of a layer. [02](02_standard_networks.ipynb)
