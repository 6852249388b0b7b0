"""What a corpus is made of: an input, and what must come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.intake.corpus.books import Book, workbook_bytes
from tests.intake.corpus.originals import Key, Original


@dataclass(frozen=True)
class Case:
    """One input made from a valid original.

    ``rule`` at ``location`` must be found in it; ``lost`` are the figures of the original that must not
    be accepted, all others must be, with ``changed`` values where the input states other ones.
    """

    name: str
    file: str
    original: Original
    content: Book | bytes | Callable[[], bytes]
    rule: str | None = None
    location: str | None = None
    severity: str = "critical"
    lost: frozenset[Key] = frozenset()
    changed: Mapping[Key, float] = field(default_factory=dict)
    #: Rules that may be found beside it, because one mistake cannot but cause them.
    beside: frozenset[str] = frozenset()

    def data(self) -> bytes:
        """Return the bytes of the input."""
        if isinstance(self.content, Book):
            return workbook_bytes(self.content)
        return self.content if isinstance(self.content, bytes) else self.content()

    def expected(self) -> dict[Key, float]:
        """Return the figures that must be accepted."""
        return {key: value for key, value in {**self.original.figures, **self.changed}.items() if key not in self.lost}
