"""Pieces of markup that stand on many pages of one language: made once, put in place often."""

from collections.abc import Callable, Hashable
from typing import Any

from markupsafe import Markup


class Fragments:
    """Keeps what macros made, by language and key; one object serves one rendering of a site.

    A key must tell apart everything that the macro looks at, the depth of the page below the root included.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Hashable, ...], Markup] = {}

    def once(self, macro: Callable[..., Markup], language: str, key: Hashable, *values: Any) -> Markup:
        """Return what the macro makes of the values, from memory where it has made the like before."""
        name = (getattr(macro, "name", ""), language, key)
        if name not in self._made:
            self._made[name] = macro(*values)
        return self._made[name]
