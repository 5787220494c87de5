"""What the tests of the checker add to a run of pytest."""

from printed_figures import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
