"""What a page says of two releases: which scores and ranks differ, why, and which figures were revised."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from flows.comparison import compared_ranks, differing
from flows.review import read_mart
from xietong.catalogue import Text
from xietong.changes import CAUSES, changes_between, method_differences, release_state
from xietong.releases import Release
from xietong.render.release_difference import (
    ExactChange,
    OutputChange,
    ReleaseDifference,
    ReleaseFacts,
    RevisedFigure,
    ScoreChange,
    Side,
)
from xietong.warehouse.kept_reference import kept_reference

_OUTPUTS: Final = ("synergy", "index", "assessment")
#: Smaller changes are none at the decimals that the page prints.
_SMALLEST: Final = 1e-12
_FIGURE: Final = ("unit_code", "indicator_code", "period")
#: What tells one correction of a ledger from another.
_CORRECTION: Final = (*_FIGURE, "received_after", "snapshot_after", "location_after")


def difference_between(before: Release, after: Release) -> ReleaseDifference:
    """Return what differs from one release to another of the same edition.

    Raises:
        UsageError: one of them does not keep what it was computed from.
    """
    pair = _Pair(before, after)
    observed = [read_mart(release, "observations").select(_FIGURE).unique() for release in (before, after)]
    inputs = before.manifest["inputs"], after.manifest["inputs"]
    return ReleaseDifference(
        before=_facts(before),
        after=_facts(after),
        causes=CAUSES,
        outputs=tuple(pair.output(output) for output in _OUTPUTS),
        exact=tuple(pair.exact()),
        revised=tuple(pair.revised()),
        new_figures=observed[1].join(observed[0], on=_FIGURE, how="anti").height,
        lost_figures=observed[0].join(observed[1], on=_FIGURE, how="anti").height,
        method=method_differences(release_state(before.directory).method, release_state(after.directory).method),
        is_same_program=inputs[0]["sources_digest"] == inputs[1]["sources_digest"],
    )


def _facts(release: Release) -> ReleaseFacts:
    inputs = release.manifest["inputs"]
    return ReleaseFacts(
        release.name, inputs["period"], inputs["as_of"], inputs["method_version"], len(inputs["snapshots"])
    )


@dataclass(frozen=True)
class _Pair:
    """Two releases with what they keep, read once."""

    before: Release
    after: Release

    @cached_property
    def _reference(self) -> tuple[Mapping[str, pl.DataFrame], Mapping[str, pl.DataFrame]]:
        before, after = (
            kept_reference(release.directory / "warehouse.duckdb", ("units", "nodes"))
            for release in (self.before, self.after)
        )
        return before, after

    @cached_property
    def _names(self) -> Mapping[str, Text]:
        """Return the names of the units, those of the later release where both know a unit."""
        rows = (row for tables in self._reference for row in tables["units"].iter_rows(named=True))
        return {row["unit_code"]: Text(zh=row["name_zh"], en=row["name_en"]) for row in rows}

    def _unit(self, code: str) -> Text:
        return self._names.get(code) or Text(zh=code, en=code)

    @cached_property
    def _split(self) -> Mapping[tuple[str, str], dict[str, Any]]:
        rows = changes_between(self.before.directory, self.after.directory).iter_rows(named=True)
        return {(row["output"], row["unit_code"]): row for row in rows}

    @cached_property
    def _compared(self) -> pl.DataFrame:
        return compared_ranks(self.before, self.after)

    @cached_property
    def _intervals(self) -> tuple[Mapping[tuple[str, str], Any], Mapping[tuple[str, str], Any]]:
        return _intervals_of(self.before), _intervals_of(self.after)

    @cached_property
    def _index(self) -> str:
        """Return the code of the node at the top, whose score is the index."""
        nodes = self._reference[1]["nodes"]
        return str(nodes.filter(pl.col("level") == "index")["node_code"].item())

    def output(self, output: str) -> OutputChange:
        """Return the units that differ in the output, those that moved most first."""
        rows = self._compared.filter(pl.col("output") == output)
        different = differing(rows)
        scores = different.filter(pl.col("score_before").ne_missing(pl.col("score_after"))).height
        ranks = different.filter(pl.col("rank_before").ne_missing(pl.col("rank_after"))).height
        changes = [self._change(row) for row in different.iter_rows(named=True)]
        changes.sort(key=lambda found: -abs(found.change) if found.change is not None else float("-inf"))
        return OutputChange(output, rows.height, scores, ranks, different.height - scores, tuple(changes))

    def _change(self, row: Mapping[str, Any]) -> ScoreChange:
        output, unit = row["output"], row["unit_code"]
        split = self._split.get((self._index if output == "index" else output, unit))
        parts = None if split is None else tuple(split[cause] for cause in CAUSES)
        before, after = row["score_before"], row["score_after"]
        change = None if before is None or after is None else after - before
        return ScoreChange(
            unit=self._unit(unit),
            before=_side(before, row["rank_before"], self._intervals[0].get((output, unit))),
            after=_side(after, row["rank_after"], self._intervals[1].get((output, unit))),
            change=change if split is None else split["change"],
            parts=None if parts is None or None in parts else parts,
        )

    def exact(self) -> Iterator[ExactChange]:
        """Yield the split of every change of a score of every level, by unit and output."""
        for (output, unit), row in sorted(self._split.items(), key=lambda entry: (entry[0][1], entry[0][0])):
            if row["change"] is not None and abs(row["change"]) >= _SMALLEST:
                parts = tuple(row[cause] for cause in CAUSES)
                yield ExactChange(unit, self._unit(unit), output, row["before"], row["after"], row["change"], parts)

    def revised(self) -> Iterator[RevisedFigure]:
        """Yield the corrections that the earlier release did not know of, by unit, indicator, period and arrival."""
        known, ledger = (read_mart(release, "revisions") for release in (self.before, self.after))
        if ledger.is_empty():
            return
        if not known.is_empty():
            ledger = ledger.join(known.select(_CORRECTION), on=_CORRECTION, how="anti", nulls_equal=True)
        for row in ledger.sort(_CORRECTION).iter_rows(named=True):
            yield RevisedFigure(
                unit=self._unit(row["unit_code"]),
                indicator=_indicator(self.after, row["indicator_code"]),
                indicator_code=row["indicator_code"],
                period=row["period"],
                before=row["value_before"],
                after=row["value_after"],
                received=row["received_after"],
                file=row["file_after"] or "",
                location=row["location_after"] or "",
                reason=_text(row, "reason"),
                given_by=_text(row, "reason_by"),
            )


def _side(score: float | None, rank: int | None, interval: Mapping[str, Any] | None) -> Side:
    if score is None or interval is None:
        return Side(score, None, rank, None)
    ends = interval["score_p05"], interval["score_p95"]
    return Side(score, None if None in ends else ends, rank, (interval["rank_p05"], interval["rank_p95"]))


def _intervals_of(release: Release) -> Mapping[tuple[str, str], Any]:
    frame = read_mart(release, "rank_intervals")
    if frame.is_empty():
        return {}
    own = frame.filter(pl.col("period") == release.manifest["inputs"]["period"], pl.col("rank_p05").is_not_null())
    return {(row["output"], row["unit_code"]): row for row in own.iter_rows(named=True)}


def _text(row: Mapping[str, Any], name: str) -> Text:
    return Text.model_construct(zh=row[f"{name}_zh"] or "", en=row[f"{name}_en"] or "")


def _indicator(release: Release, code: str) -> Text:
    """Return the name of an indicator as the data interface of the release has it; else its code."""
    path = release.directory / "site" / "api" / "v1" / "indicators" / f"{code}.json"
    try:
        name = json.loads(path.read_text(encoding="utf-8"))["indicator"]["name"]
        return Text(zh=name["zh"], en=name["en"])
    except (OSError, ValueError, KeyError, TypeError):
        return Text(zh=code, en=code)
