"""What the chapters' sliders show: for each, plain functions of the knobs."""

from exercises_check.widgets.convolution import convolution_picture, convolution_text
from exercises_check.widgets.parameters import parameter_bars, parameter_table
from exercises_check.widgets.receptive_field import receptive_field_picture, receptive_fields
from exercises_check.widgets.shape_flow import shape_flow_picture

__all__ = [
    "convolution_picture",
    "convolution_text",
    "parameter_bars",
    "parameter_table",
    "receptive_field_picture",
    "receptive_fields",
    "shape_flow_picture",
]
