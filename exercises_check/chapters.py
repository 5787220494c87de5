"""The chapters of the course: their notebooks, their titles, what a learner can do after each."""

from __future__ import annotations

from dataclasses import dataclass

from exercises_check.language import N_, _


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Attributes:
        number: from 0.
        stem: the name of its notebook, without `.ipynb`.
        title: its title, without the number.
        ability: what a learner can do after it, after "You can".
    """

    number: int
    stem: str
    title: str
    ability: str

    @property
    def notebook(self) -> str:
        return f"{self.stem}.ipynb"

    @property
    def label(self) -> str:
        """Number and title, in the reader's language."""
        return f"{self.number:02} {_(self.title)}"


CHAPTERS = tuple(
    Chapter(int(stem[:2]), stem, title, ability)
    for stem, title, ability in (
        (
            "00_start_here",
            N_("Start here"),
            N_("run a chapter, read a report, find hints"),
        ),
        (
            "01_first_functional_model",
            N_("Your first functional model"),
            N_(
                "say what Input, layer call, tensor and Model are; turn Sequential into functional "
                "and back"
            ),
        ),
        (
            "02_standard_networks",
            N_("The standard networks"),
            N_("write an MLP, a CNN and an RNN functionally; choose shapes"),
        ),
        (
            "03_training_looking_saving",
            N_("Training, looking, saving"),
            N_("train, evaluate and read a model; save it, load it, go on"),
        ),
        (
            "04_several_inputs_and_outputs",
            N_("Several inputs, several outputs"),
            N_("join branches, split heads, weigh losses"),
        ),
        (
            "05_shared_layers",
            N_("Shared layers"),
            N_("share weights on purpose; compare two inputs with one encoder"),
        ),
        (
            "06_skip_connections",
            N_("Skip connections"),
            N_("build residual blocks as functions, with a projection where shapes differ"),
        ),
        (
            "07_models_inside_models",
            N_("Models inside models"),
            N_("nest, reuse and average models; clean noisy images"),
        ),
        (
            "08_features_and_transfer",
            N_("Features and transfer"),
            N_("read inner outputs, freeze a backbone, learn from few samples"),
        ),
        (
            "09_custom_layers",
            N_("Custom layers"),
            N_("write, save and reload a layer; say what a graph cannot be"),
        ),
        (
            "10_attention",
            N_("Attention"),
            N_("build attention from its parts; keep the mask"),
        ),
        (
            "11_when_it_goes_wrong",
            N_("When it goes wrong, and when it is slow"),
            N_("read errors, find what is silently wrong, train well"),
        ),
        (
            "12_capstone",
            N_("Three networks from a figure"),
            N_("build three networks from a figure and a paragraph"),
        ),
    )
)
