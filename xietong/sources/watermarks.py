"""How far a table was read: the highest value of a column that grows, and the rows seen around it.

Rows are asked for from the watermark on, *including* it, and minus the overlap that the catalogue
allows; those seen before are known by the digest of the whole row. So a row that arrives late with
an equal watermark is not lost, and one that was changed without a new watermark is noticed.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, Self

from xietong.sources.arrivals import Memory, SourceError

Mark = datetime | date | int | Decimal | str
#: A watermark beyond this is a clock that goes wrong: it must not hide the rows that come after it.
_AHEAD: Final = timedelta(days=1)


@dataclass(frozen=True)
class Position:
    """The watermark reached, and the digests of the rows at or above the point where reading goes on.

    Rows without a watermark are always asked for, so their digests are kept for good.
    """

    mark: Mark | None = None
    seen: dict[str, Mark | None] = field(default_factory=dict)

    @classmethod
    def of(cls, memory: Memory) -> Self:
        """Return the position that is remembered."""
        return cls(_read(memory.get("mark")), {digest: _read(mark) for digest, mark in memory.get("seen", {}).items()})

    def memory(self) -> Memory:
        """Return the position as JSON."""
        return {"mark": _write(self.mark), "seen": {digest: _write(mark) for digest, mark in self.seen.items()}}

    def beginning(self, overlap: int) -> Mark | None:
        """Return the watermark from which rows are asked for; none: from the first."""
        return None if self.mark is None else _less(self.mark, overlap)

    def advanced(self, rows: dict[str, Mark | None], overlap: int, now: datetime) -> Self:
        """Return the position after more rows, given by their digests."""
        marks = [mark for mark in (*rows.values(), self.mark) if mark is not None]
        reached = _capped(max(marks, key=_comparable), now) if marks else None
        moved = type(self)(reached, {})
        start = moved.beginning(overlap)
        kept = {
            digest: mark
            for digest, mark in (self.seen | rows).items()
            if mark is None or start is None or _comparable(mark) >= _comparable(start)
        }
        return type(self)(reached, kept)


def is_ahead(mark: Mark | None, now: datetime) -> bool:
    """Return whether the watermark lies in the future, by more than time zones explain."""
    return mark is not None and _comparable(_capped(mark, now)) != _comparable(mark)


def goes_back(newest: Mark, position: Position) -> bool:
    """Return whether the highest watermark is below the one reached, or of another kind: the table was replaced."""
    if position.mark is None:
        return False
    kind, value = _comparable(position.mark)
    newest_kind, newest_value = _comparable(newest)
    return newest_kind != kind or newest_value < value  # type: ignore[operator]  # of one kind


def as_mark(value: object, column: str, *, is_text_ordered: bool) -> Mark | None:
    """Return the value of a watermark column; text only where the database orders it as we do, by code point.

    Raises:
        SourceError: it is of another kind.
    """
    is_text = isinstance(value, str)
    if value is None or (is_text and is_text_ordered):
        return value  # type: ignore[return-value]  # it is None or a str here
    if isinstance(value, bool) or is_text or not isinstance(value, datetime | date | int | Decimal):
        raise SourceError(
            "source_refused",
            reason_zh=f"水位列 {column} 的类型（{type(value).__name__}）不能用于增量读取",
            reason_en=f"the watermark column {column} is of a type ({type(value).__name__}) that cannot be followed",
            allowed="timestamp, date, integer, numeric",
        )
    return value


def _less(mark: Mark, overlap: int) -> Mark:
    if isinstance(mark, datetime):
        return mark - timedelta(seconds=overlap)
    if isinstance(mark, date):
        return mark - timedelta(days=overlap)
    return mark if isinstance(mark, str) else mark - overlap


def _capped(mark: Mark, now: datetime) -> Mark:
    limit = now + _AHEAD
    if isinstance(mark, datetime):
        end = limit if mark.tzinfo else limit.astimezone(UTC).replace(tzinfo=None)
        return min(mark, end)
    return min(mark, limit.date()) if isinstance(mark, date) else mark


def _comparable(mark: Mark) -> tuple[str, object]:
    """Return what orders marks; a column whose type was changed begins anew instead of failing."""
    if isinstance(mark, datetime):
        return ("moment" if mark.tzinfo else "local"), mark
    if isinstance(mark, date):
        return "date", mark
    return ("text", mark) if isinstance(mark, str) else ("number", mark)


_KINDS: Final = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "number": Decimal, "text": str}


def _write(mark: Mark | None) -> list[str] | None:
    if mark is None:
        return None
    if isinstance(mark, date):
        return ["datetime" if isinstance(mark, datetime) else "date", mark.isoformat()]
    return ["text", mark] if isinstance(mark, str) else ["number", str(mark)]


def _read(written: list[str] | None) -> Mark | None:
    if written is None:
        return None
    kind, text = written
    mark: Mark = _KINDS[kind](text)  # type: ignore[operator]  # each of them reads a text
    return int(mark) if isinstance(mark, Decimal) and mark == mark.to_integral_value() else mark
