"""The command line: `python -m exercises_check COMMAND`."""

import argparse
import sys

from exercises_check import diffing, doctor, progress_page
from exercises_check.classroom import commands as classroom

# Each has an `add_command(commands)` that adds its own parser and sets `run`, the function that
# takes the parsed arguments and returns the exit status. Importing one must be quick: what is slow
# (Keras, say) is imported inside `run`.
COMMANDS = (doctor, progress_page, diffing, classroom)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m exercises_check", description="Commands around the course's exercises."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_command(commands)
    parsed = parser.parse_args(arguments)
    return parsed.run(parsed)


if __name__ == "__main__":
    sys.exit(main())
