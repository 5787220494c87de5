"""The reference answers, one module for each chapter."""
