"""What the tests of the checker add to a run of pytest."""

from figures_of_four_directions import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
