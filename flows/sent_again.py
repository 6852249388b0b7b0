"""Files that were sent again: what was wrong with the first as a whole is corrected once a later one can be used.

A finding about a figure is corrected when a later file gives the figure. One about a file, a sheet or a header
names no figure; it is told from the name of the file, which a form keeps when it is sent again.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import polars as pl

from xietong.frames import Snapshot

#: What is put behind the name of a file that is sent again, by the command, by browsers and by people.
_AGAIN: Final = re.compile(r"(?:_[0-9]{1,2}| ?[(（][0-9]{1,2}[)）]|[ _-]?(?:更正|订正|修订|修改)(?:稿|版|后)?)+$")
_CORRECTED: Final = "corrected"


def name_of(file: str) -> str:
    """Return the name under which a file would have been sent first: ``a_2.xlsx`` and ``a（1）.xlsx`` are ``a``."""
    stem = file.rpartition("/")[2].rpartition(".")[0] or file
    return _AGAIN.sub("", stem).casefold()


def with_corrections(findings: pl.DataFrame, snapshots: Iterable[Snapshot], used: frozenset[str]) -> pl.DataFrame:
    """Return the findings, those about files as a whole ``corrected`` where the file came again and could be used.

    ``snapshots`` say when files arrived; ``used`` are the hashes of those that gave figures. A file that has the
    same problem at the same place again corrects nothing.
    """
    files = {snapshot.sha256: snapshot for snapshot in snapshots}
    arrivals: dict[tuple[str, str], dict[str, datetime]] = {}
    for snapshot in files.values():
        sent = arrivals.setdefault((snapshot.source_id, name_of(snapshot.file)), {})
        if snapshot.sha256 in used:
            sent[snapshot.sha256] = snapshot.received_at
    of_files = findings.filter(pl.col("indicator_code").is_null(), pl.col("snapshot").is_in(list(files)))
    problems = set(of_files.select("snapshot", "rule", "location").iter_rows())
    corrected = [
        problem
        for problem in sorted(problems, key=str)
        if _is_corrected(files[problem[0]], problem, arrivals, problems)
    ]
    if not corrected:
        return findings
    schema = dict.fromkeys(("snapshot", "rule", "location"), pl.String)
    table = pl.DataFrame(corrected, schema=schema, orient="row").with_columns(is_corrected=pl.lit(value=True))
    joined = findings.join(table, on=list(schema), how="left", nulls_equal=True, maintain_order="left")
    is_corrected = pl.col("is_corrected").fill_null(value=False) & pl.col("indicator_code").is_null()
    status = pl.when(is_corrected).then(pl.lit(_CORRECTED)).otherwise("status")
    return joined.with_columns(status=status).drop("is_corrected")


def _is_corrected(
    first: Snapshot,
    problem: tuple[str, str, str | None],
    arrivals: Mapping[tuple[str, str], Mapping[str, datetime]],
    problems: set[tuple[str, str, str | None]],
) -> bool:
    _, rule, location = problem
    return any(
        moment > first.received_at and (sha256, rule, location) not in problems
        for sha256, moment in arrivals[first.source_id, name_of(first.file)].items()
    )
