"""Pictures have words, are closed after use, and are as large on the screen as they say."""

import base64
from html.parser import HTMLParser
from io import BytesIO

import matplotlib
import matplotlib.pyplot as plt
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import Image
from IPython.utils.capture import capture_output

from exercises_check.figures import PNG, image, show

OKABE_ITO = {"000000", "E69F00", "56B4E9", "009E73", "F0E442", "0072B2", "D55E00", "CC79A7"}


@pytest.fixture(autouse=True)
def notebook():
    """As in a notebook: IPython displays, and no figure has a window."""
    matplotlib.use("agg")
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()
    plt.close("all")


@pytest.fixture
def figure():
    figure, axes = plt.subplots(figsize=(2, 1))
    axes.plot([1, 2, 3])
    return figure


def shown(picture, **keywords):
    """The attributes of the `<img>` that `show` displays, and the text beside it."""
    with capture_output() as captured:
        show(picture, **keywords)
    (output,) = captured.outputs
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(output.data["text/html"])
    ((tag, attributes),) = found
    assert tag == "img"
    return attributes, output.data["text/plain"]


def test_a_script_prints_the_words(figure, capsys):
    InteractiveShell.clear_instance()
    show(figure, alt="A line that rises.")
    assert capsys.readouterr().out == "A line that rises.\n"


def bytes_of(attributes):
    return base64.b64decode(attributes["src"].removeprefix("data:image/png;base64,"))


def test_a_figure_is_shown_with_its_words(figure):
    attributes, text = shown(figure, alt="A line that rises.")
    assert attributes["alt"] == text == "A line that rises."
    assert bytes_of(attributes).startswith(PNG)


def test_a_figure_is_closed_so_that_the_notebook_does_not_show_it_again(figure):
    shown(figure, alt="A line.")
    assert not plt.fignum_exists(figure.number)


def test_a_figure_is_twice_as_sharp_as_it_is_wide(figure):
    attributes, _ = shown(figure, alt="A line.")
    assert attributes["width"] == str(2 * 96)
    with BytesIO(bytes_of(attributes)) as file:
        assert plt.imread(file).shape[1] == 2 * 2 * 96


def test_a_width_can_be_asked_for(figure):
    attributes, _ = shown(figure, alt="A line.", width=120)
    assert attributes["width"] == "120"


def test_the_same_figure_is_the_same_bytes():
    def png():
        figure, axes = plt.subplots()
        axes.bar(["a", "b"], [1, 2])
        return bytes_of(shown(figure, alt="Two bars.")[0])

    assert png() == png()


def test_bytes_and_notebook_images_are_shown_as_they_are(figure):
    with BytesIO() as file:
        figure.savefig(file, format="png", dpi=192)
        png = file.getvalue()
    for picture in (png, Image(data=png)):
        attributes, _ = shown(picture, alt="A line.")
        assert bytes_of(attributes) == png
        assert attributes["width"] == "192"


def test_the_image_that_plot_model_returns_is_shown(tmp_path):
    import keras

    from exercises_check import graphviz_bridge

    graphviz_bridge.install()
    inputs = keras.Input(shape=(4,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    picture = keras.utils.plot_model(model, tmp_path / "model.png")
    attributes, _ = shown(picture, alt="A Dense layer.")
    assert 50 < int(attributes["width"]) < 600


def test_a_png_without_a_size_in_inches_is_shown_at_its_own_size():
    # The start of a PNG file 300 pixels wide: the header chunk, then the end.
    header = b"\0\0\0\rIHDR" + (300).to_bytes(4) + (10).to_bytes(4) + b"\x08\2\0\0\0" + b"\0" * 4
    assert 'width="300"' in image(PNG + header + b"\0\0\0\0IEND\xaeB`\x82", "A stripe.")


def test_words_with_quotes_and_angles_stay_words(figure):
    attributes, _ = shown(figure, alt='A "line" <rises> & falls.')
    assert attributes["alt"] == 'A "line" <rises> & falls.'


@pytest.mark.parametrize("alt", ["", "   ", None])
def test_no_picture_without_words(figure, alt):
    with pytest.raises(ValueError, match="people who do not see it"):
        show(figure, alt=alt)


@pytest.mark.parametrize(
    "picture", [3, "model.png", b"GIF89a", Image(data=b"GIF89a", format="gif")]
)
def test_anything_else_is_refused_by_its_type(picture):
    with pytest.raises(TypeError, match=f"type {type(picture).__name__}"):
        show(picture, alt="Nothing.")


def test_the_style_has_colours_that_everyone_tells_apart():
    with plt.style.context("exercises_check.course"):
        colours = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    assert {colour.lstrip("#") for colour in colours} <= OKABE_ITO
    assert len(set(colours)) == len(colours)


def test_the_style_reads_on_a_white_panel_and_on_any_page():
    """Words stand out 4.5 to 1; of the colours, even the lightest stands out 2 to 1."""
    with plt.style.context("exercises_check.course"):
        style = dict(plt.rcParams)
    assert luminance(style["figure.facecolor"]) == luminance(style["savefig.facecolor"]) == 1
    for name in ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"):
        assert contrast_on_white(style[name]) >= 4.5, name
    for colour in style["axes.prop_cycle"].by_key()["color"]:
        assert contrast_on_white(colour) >= 2, colour


def luminance(colour):
    channels = matplotlib.colors.to_rgb(colour)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast_on_white(colour):
    return 1.05 / (luminance(colour) + 0.05)
