"""Numbers as people write them in tables: what is exact is read exactly, what is doubtful is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import polars as pl

from transforms.texts import plain

Kind = Literal["number", "missing", "refused"]

#: Words and signs that say that there is no figure. They never mean zero.
MISSING_MARKS: Final = frozenset(
    {"-", "--", "---", "—", "——", "―", "…", "……", "...", "/", "\\", "*", "无", "缺", "缺失", "暂无", "空", "未统计"}
    | {"不适用", "na", "n/a", "#n/a", "null", "none", "nan", "nil", "..", "·", "─", "──", "━"}
    | {"无数据", "没有数据", "未报", "未填报", "未公布", "不详", "缺测", "缺报", "尚未统计"}
)
#: Longer texts are no figures; a double needs 24 characters at most.
_MAX_LENGTH: Final = 64
#: With what stands around them: a cell may hold megabytes, which are neither searched nor remembered.
_MAX_TEXT: Final = 1024
#: A number as readers of workbooks and programs write it: the way of nearly every cell.
_WRITTEN: Final = r"^-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?$"
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
#: The first group has no zero in front: ``0,123`` is another country's 0.123.
_GROUPED: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:(?P<mark>[, ])[0-9]{3})(?:(?P=mark)[0-9]{3})*(?:\.[0-9]*)?")
_LEADING_ZERO: Final = re.compile(r"[+-]?0[0-9]")
_BLANK_INSIDE: Final = re.compile(r"[0-9] [0-9]")
_IS_ZERO: Final = re.compile(r"[+-]?[0.]*(?:[eE].*)?")


@dataclass(frozen=True)
class Numeral:
    """What a text means. ``digits`` is the number as a decimal literal, without grouping and percent sign."""

    kind: Kind
    digits: str | None = None
    is_percent: bool = False
    has_leading_zeros: bool = False
    has_blanks: bool = False


_REFUSED: Final = Numeral("refused")


def read_numeral(text: str) -> Numeral:
    """Return the number that the text writes, that it marks a missing figure, or that it is neither.

    Allowed: full-width digits, ``1,234`` and ``1 234`` in groups of three, any minus sign, blanks at
    the ends, a percent sign. Refused: words beside the number, two points, ``1,23``, infinity, and
    what is too small for a double and would turn into zero.
    """
    return _read(text) if len(text) <= _MAX_TEXT else _REFUSED


@lru_cache(maxsize=65_536)
def _read(text: str) -> Numeral:
    stripped = plain(text)
    if stripped.casefold() in MISSING_MARKS:
        return Numeral("missing")
    number = stripped.removesuffix("%").rstrip()
    is_percent = number != stripped
    if len(number) > _MAX_LENGTH:
        return _REFUSED
    has_blanks = _BLANK_INSIDE.search(number) is not None
    if _GROUPED.fullmatch(number):
        number = number.replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(number):
        return _REFUSED
    value = float(number)
    if abs(value) == float("inf") or (value == 0 and not _IS_ZERO.fullmatch(number)):
        return _REFUSED
    return Numeral("number", number, is_percent, _LEADING_ZERO.match(number) is not None, has_blanks)


def read_numerals(texts: pl.Series) -> pl.DataFrame:
    """Return a row a text: ``kind``, ``digits``, ``number``, ``is_percent``, ``has_leading_zeros``, ``has_blanks``.

    ``number`` is never the negative zero, which would be printed as -0.
    Texts that are plainly numbers are read as a column; only the others are looked at one by one.
    """
    is_written = texts.str.contains(_WRITTEN).fill_null(value=False)
    numbers = texts.set(~is_written, None).cast(pl.Float64, strict=False)
    is_plain = is_written & numbers.is_finite().fill_null(value=False)
    frame = pl.DataFrame({"text": texts, "is_plain": is_plain, "number": numbers})
    special = {text: read_numeral(text) for text in texts.filter(~is_plain).unique().drop_nulls().sort()}
    number_read = pl.when("is_plain").then("number").otherwise("special_number")
    return frame.join(_meanings(special), on="text", how="left", maintain_order="left").select(
        kind=pl.when("is_plain").then(pl.lit("number")).otherwise(pl.col("special_kind").fill_null("missing")),
        digits=pl.when("is_plain").then("text").otherwise("special_digits"),
        number=pl.when(number_read != 0).then(number_read).when(number_read == 0).then(0.0),
        is_percent=pl.col("is_percent").fill_null(value=False),
        has_leading_zeros=pl.col("has_leading_zeros").fill_null(value=False),
        has_blanks=pl.col("has_blanks").fill_null(value=False),
    )


def _meanings(special: Mapping[str, Numeral]) -> pl.DataFrame:
    """Return what texts mean that were looked at one by one."""
    rows = [
        (
            *(text, each.kind, each.digits, float(each.digits) if each.digits else None),
            *(each.is_percent, each.has_leading_zeros, each.has_blanks),
        )
        for text, each in special.items()
    ]
    schema = {
        **dict.fromkeys(("text", "special_kind", "special_digits"), pl.String),
        "special_number": pl.Float64,
        **dict.fromkeys(("is_percent", "has_leading_zeros", "has_blanks"), pl.Boolean),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
