"""Whole numbers as arguments of a command: what is none is refused, and not cut off."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter, Token


def _whole_number(_type: type, tokens: Sequence[Token]) -> int:
    """Return the number; cyclopts would take 10.5 for 10."""
    text = tokens[0].value
    try:
        return int(text)
    except ValueError:
        message = f"{text!r} is not a whole number."
        raise ValueError(message) from None


WholeNumber = Annotated[int, Parameter(converter=_whole_number)]
