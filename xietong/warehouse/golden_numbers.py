"""Whether the macros, on the DuckDB that is installed, still give the figures that are known of them."""

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb

from xietong.resources import read_yaml
from xietong.warehouse.models import macro_sources

GOLDEN: Final = "golden.yaml"


def recompute_golden(sql_directory: Path) -> tuple[int, list[str]]:
    """Return how many figures are known, and one sentence for every one that the macros do not give."""
    known: list[Mapping[str, Any]] = read_yaml(sql_directory / GOLDEN)
    return sum(len(each["expected"]) for each in known), list(_recomputed(sql_directory, known))


def _recomputed(sql_directory: Path, figures: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    with duckdb.connect(config={"threads": 1}) as connection:
        for sql in macro_sources(sql_directory).values():
            connection.execute(sql)
        for known in figures:
            try:
                row = connection.execute(known["query"]).fetchone() or ()
            except duckdb.Error as error:
                yield f"{known['about']}: it cannot be computed: {str(error).splitlines()[0]}"
                continue
            yield from _deviations(known, row)


def _deviations(known: Mapping[str, Any], row: tuple[Any, ...]) -> Iterator[str]:
    if len(row) != len(known["expected"]):
        yield f"{known['about']}: {len(row)} figures came out, and {len(known['expected'])} are known"
        return
    for place, (found, expected) in enumerate(zip(row, known["expected"], strict=True), start=1):
        if not _agrees(found, expected, known["tolerance"]):
            yield f"{known['about']} ({known['source']}): figure {place} is {expected}, and {found} came out"


def _agrees(found: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return isinstance(found, int | float) and math.isclose(found, expected, rel_tol=0, abs_tol=tolerance)
    return bool(found == expected)
