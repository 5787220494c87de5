"""Grades a folder of submissions, in one command and safely."""
