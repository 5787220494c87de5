"""What the chapters' sliders show: for each, plain functions of the knobs."""

from exercises_check.widgets.blueprint import blueprint_picture, blueprint_text
from exercises_check.widgets.boxes import box_picture, show_finder
from exercises_check.widgets.code_map import code_map_picture, code_picture, code_text
from exercises_check.widgets.convolution import convolution_picture, convolution_text
from exercises_check.widgets.freezing import freezing_picture, freezing_text, show_freezing
from exercises_check.widgets.gradients import gradient_picture, gradient_text, layer_gradients
from exercises_check.widgets.loss_weights import (
    loss_weight_picture,
    loss_weight_text,
    shared_gradients,
    show_loss_weight,
)
from exercises_check.widgets.merging import merge_picture, merge_text, shape_or_error, show_merge
from exercises_check.widgets.parameters import parameter_bars, parameter_table
from exercises_check.widgets.receptive_field import receptive_field_picture, receptive_fields
from exercises_check.widgets.router_comparison import router_accuracies
from exercises_check.widgets.shape_flow import shape_flow_picture
from exercises_check.widgets.sharing import sharing_picture, sharing_text
from exercises_check.widgets.three_pictures import plot_picture, plot_text, three_pictures
from exercises_check.widgets.tree import bracketings, tree_picture, tree_text
from exercises_check.widgets.two_dimensions import in_two_dimensions
from exercises_check.widgets.unseen_model import unseen_model

__all__ = [
    "blueprint_picture",
    "blueprint_text",
    "box_picture",
    "bracketings",
    "code_map_picture",
    "code_picture",
    "code_text",
    "convolution_picture",
    "convolution_text",
    "freezing_picture",
    "freezing_text",
    "gradient_picture",
    "gradient_text",
    "in_two_dimensions",
    "layer_gradients",
    "loss_weight_picture",
    "loss_weight_text",
    "merge_picture",
    "merge_text",
    "parameter_bars",
    "parameter_table",
    "plot_picture",
    "plot_text",
    "receptive_field_picture",
    "receptive_fields",
    "router_accuracies",
    "shape_flow_picture",
    "shape_or_error",
    "shared_gradients",
    "sharing_picture",
    "sharing_text",
    "show_finder",
    "show_freezing",
    "show_loss_weight",
    "show_merge",
    "three_pictures",
    "tree_picture",
    "tree_text",
    "unseen_model",
]
