"""What the second gate looks at of the assessment and of the intervals of ranks.

Marts that the run does not have, or that are empty in an edition without an assessment, are left out.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from expectations.mart_batches import KEYS
from xietong.catalogue import Catalogue
from xietong.catalogue.scoring import Grade

Marts = Mapping[str, pl.DataFrame]

_RANKS = ("nominal_rank", "median_rank", "rank_p05", "rank_p95")


def has_rows(marts: Marts, name: str) -> bool:
    """Return whether the run has the mart and something in it."""
    return name in marts and not marts[name].is_empty()


def scores(marts: Marts, catalogue: Catalogue) -> Iterator[tuple[pl.DataFrame, float]]:
    """Yield the scores of the assessment and how high they may be by the rule set."""
    if has_rows(marts, "assessment") and catalogue.scoring is not None:
        yield marts["assessment"].select(*KEYS["assessment"], "score"), catalogue.scoring.selected.total_cap


def points(marts: Marts) -> Iterator[pl.DataFrame]:
    """Yield the points of items with by how much they exceed those that were to be had (``excess``)."""
    if has_rows(marts, "assessment_items"):
        excess = pl.col("points") - pl.col("points_available")
        yield marts["assessment_items"].select(*KEYS["assessment_items"], "points", "points_available", excess=excess)


def grades(marts: Marts, catalogue: Catalogue) -> Iterator[pl.DataFrame]:
    """Yield the place of each grade before gates beside that of the rounded score.

    ``unexplained`` is by how many grades the grade given is off: it is lower only where a gate says so, and
    never higher.
    """
    if not has_rows(marts, "assessment") or catalogue.scoring is None:
        return
    scheme = catalogue.scoring.selected.grades
    lowered = _place("grade_before_gates", scheme) - _place("grade", scheme)
    yield marts["assessment"].select(
        *KEYS["assessment"],
        "grade",
        before_gates=_place("grade_before_gates", scheme),
        of_score=_place_of_score(scheme, catalogue.index.rounding_digits),
        unexplained=pl.when(pl.col("gate_codes").is_null() | (lowered < 0)).then(lowered.abs()).otherwise(0.0),
    )


def _place(column: str, scheme: tuple[Grade, ...]) -> pl.Expr:
    codes = [grade.code for grade in scheme]
    place = pl.col(column).replace_strict(codes, range(len(codes)), default=-1, return_dtype=pl.Float64)
    return pl.when(pl.col(column).is_not_null()).then(place)


def _place_of_score(scheme: tuple[Grade, ...], digits: int) -> pl.Expr:
    """Return the place of the grade [lower, upper) that holds the rounded score; the last has no upper end."""
    rounded = pl.col("score").round(digits, mode="half_away_from_zero")
    return pl.coalesce(
        pl.when((rounded >= grade.lower) & ((rounded < grade.upper) | (grade is scheme[-1]))).then(pl.lit(float(place)))
        for place, grade in enumerate(scheme)
    )


def intervals(marts: Marts, catalogue: Catalogue) -> Iterator[pl.DataFrame]:
    """Yield the ranks of each interval beside the ``published_rank`` of its output."""
    if not has_rows(marts, "rank_intervals"):
        return
    tops = [node.code for node in catalogue.index.nodes if node.parent is None]
    ranked = {
        "synergy": marts["synergy"],
        "index": marts["index_scores"].filter(pl.col("node_code").is_in(tops)),
    } | ({"assessment": marts["assessment"]} if has_rows(marts, "assessment") else {})
    published = pl.concat(
        frame.select("unit_code", "period", output=pl.lit(output), published_rank=pl.col("rank").cast(pl.Float64))
        for output, frame in ranked.items()
    )
    key = KEYS["rank_intervals"]
    ranks = marts["rank_intervals"].select(*key, *(pl.col(column).cast(pl.Float64) for column in _RANKS))
    yield ranks.join(published, on=key, how="left", maintain_order="left")
