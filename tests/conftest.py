"""What the tests of the checker add to a run of pytest."""

from hypothesis import settings
from printed_figures import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

# The same examples in every run: a test must not fail by chance, in a class or anywhere else.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")
