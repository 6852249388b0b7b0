"""What the second gate looks at: small frames derived from the marts, each with what is expected beside what is.

Recomputed here on purpose, in another engine than the one that made the marts: a rule of the
gate that copied the SQL would repeat its mistakes.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import polars as pl

from xietong.catalogue import Band, Catalogue
from xietong.periods import month_number

#: The columns by which no two rows of a mart are equal.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "observations": ("unit_code", "indicator_code", "period"),
    "indicator_scores": ("unit_code", "period", "indicator_code"),
    "index_scores": ("unit_code", "period", "node_code"),
    "synergy": ("unit_code", "period"),
    "synergy_change": ("unit_code", "period", "base_kind"),
    "target_progress": ("target_code", "unit_code", "indicator_code", "period"),
    "rank_intervals": ("unit_code", "period", "output"),
    "snapshots": ("sha256",),
    "contributions": ("unit_code", "period", "node_code", "indicator_code"),
    "obstacles": ("unit_code", "period", "level", "node_code", "indicator_code"),
    "score_changes": ("unit_code", "period", "base_kind", "node_code", "indicator_code", "cause"),
    "decomposition": ("unit_code", "period", "base_kind", "quantity_code", "factor_code"),
    "emissions": ("unit_code", "period", "indicator_code", "source_code"),
    "pollution_equivalents": ("unit_code", "period", "indicator_code", "pollutant_code"),
    "assessment": ("unit_code", "period"),
    "assessment_items": ("unit_code", "period", "item_code"),
    "band_probabilities": ("unit_code", "period", "output", "band"),
    "assessment_draws": ("run",),
    "correction_effects": ("unit_code", "indicator_code", "period", "output"),
}
Marts = Mapping[str, pl.DataFrame]


def sizes(marts: Marts, names: tuple[str, ...]) -> pl.DataFrame:
    """Return one row a mart: its name and its number of rows."""
    return pl.DataFrame({"mart": names, "rows": [marts[name].height for name in names]})


def repeats(marts: Marts) -> pl.DataFrame:
    """Return one row a mart with a key: how many of its rows have a key that another row has too."""
    rows = [(name, marts[name].select(key).is_duplicated().sum()) for name, key in KEYS.items() if name in marts]
    return pl.DataFrame(rows, schema={"mart": pl.String, "repeated": pl.Int64}, orient="row")


def not_finite(marts: Marts) -> pl.DataFrame:
    """Return one row a column of doubles: how many of its values are NaN or infinite.

    pandas would take NaN for a missing value, so they are counted before.
    """
    rows = [
        (name, column, (~marts[name][column].is_finite()).sum())
        for name in sorted(marts)
        for column, kind in marts[name].schema.items()
        if kind.is_float()
    ]
    schema = {"mart": pl.String, "column": pl.String, "not_finite": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def missing_rows(marts: Marts, catalogue: Catalogue) -> pl.DataFrame:
    """Return one row a mart, unit and period: how many ``rows`` are there and how many are ``expected``."""
    expected = {
        "indicator_scores": len(catalogue.indicators),
        "index_scores": len(catalogue.index.nodes),
        "synergy": 1,
    }
    periods = pl.concat(marts[name].select("period") for name in expected).unique()
    grid = _grid(periods["period"], catalogue)
    return pl.concat(
        grid.join(
            marts[name].group_by("unit_code", "period").agg(rows=pl.len().cast(pl.Int64)),
            on=("unit_code", "period"),
            how="full",
            coalesce=True,
        ).select(
            mart=pl.lit(name),
            unit_code="unit_code",
            period="period",
            rows=pl.col("rows").fill_null(0),
            # A unit or period that the catalogue does not know makes a row that nobody expects.
            expected=pl.when("is_due").then(pl.lit(count)).otherwise(pl.lit(0)).cast(pl.Int64),
        )
        for name, count in expected.items()
    ).sort("mart", "unit_code", "period")


def _grid(periods: pl.Series, catalogue: Catalogue) -> pl.DataFrame:
    """Return every unit in every period at whose end it exists."""
    rows = [
        (unit.code, period, True)
        for period in sorted(periods)
        for unit in catalogue.units.units
        if _begins(unit.valid_from) <= month_number(period) < _ends(unit.valid_to)
    ]
    return pl.DataFrame(rows, schema={"unit_code": pl.String, "period": pl.String, "is_due": pl.Boolean}, orient="row")


def _begins(day: date | None) -> int:
    return 0 if day is None else day.year * 12 + day.month - 1


def _ends(day: date | None) -> int:
    """Return the first month at whose end a unit is gone that exists until ``day``."""
    return 12 * 10_000 if day is None else day.year * 12 + day.month - 1 + _is_last_of_month(day)


def _is_last_of_month(day: date) -> int:
    return int(date.fromordinal(day.toordinal() + 1).month != day.month)


def node_sums(marts: Marts, catalogue: Catalogue) -> pl.DataFrame:
    """Return one row an assessed node made of indicators: sums over its observed indicators beside its score.

    ``weights`` is Σ effective weight, ``gap`` how far Σ contribution is from the score.
    """
    nodes = [node.code for node in catalogue.index.nodes if node.takes == "indicators"]
    key = ("unit_code", "period", "node_code")
    sums = (
        marts["indicator_scores"]
        .filter(pl.col("state") == "observed", pl.col("node_code").is_not_null())
        .group_by(key)
        .agg(weights=pl.col("effective_weight").sum(), contributions=pl.col("contribution").sum())
    )
    return (
        marts["index_scores"]
        .filter(pl.col("state") == "assessed", pl.col("node_code").is_in(nodes))
        .select(*key, "score")
        .join(sums, on=key, how="left")
        .with_columns(pl.col("weights", "contributions").fill_null(0.0))
        .with_columns(gap=(pl.col("contributions") - pl.col("score")).abs())
        .sort(key)
    )


def states(marts: Marts) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each mart's name with pairs of columns ``has <column>`` and ``needs <column>`` (0 or 1) beside its key.

    Exactly what is observed has a value, what is observed and belongs to a node a score, what is
    assessed a score or degree; both sides at zero are assessed although their coupling is not defined.
    """
    is_observed, is_assessed = pl.col("state") == "observed", pl.col("state") == "assessed"
    is_scored = is_observed & pl.col("node_code").is_not_null()
    needed: dict[str, dict[str, pl.Expr]] = {
        "indicator_scores": {"value": is_observed}
        | dict.fromkeys(("score", "effective_weight", "contribution"), is_scored),
        "index_scores": {"score": is_assessed},
        "synergy": dict.fromkeys(("t", "d_standard", "d_modified"), is_assessed),
        "assessment": dict.fromkeys(("score", "grade", "grade_before_gates"), is_assessed),
        "assessment_items": {"points": is_assessed},
    }
    for name, columns in needed.items():
        if name not in marts:
            continue
        has = [pl.col(column).is_not_null().cast(pl.Int8).alias(f"has {column}") for column in columns]
        needs = [expression.cast(pl.Int8).alias(f"needs {column}") for column, expression in columns.items()]
        yield name, marts[name].select(*KEYS[name], *has, *needs)


def ranks(marts: Marts, catalogue: Catalogue) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each ranked mart's name with its ranks beside those that follow from its scores.

    Competition ranking: the best is 1, ties share the lower number; among units of one kind, and
    inside a peer group of it; scores rounded as published; units outside rankings have none.
    """
    digits = catalogue.index.rounding_digits
    ranked = (("index_scores", "score", ("node_code",)), ("synergy", "d_modified", ()), ("assessment", "score", ()))
    for name, score, within in ranked:
        if name not in marts:
            continue
        takes_part = pl.col("is_ranked") & (pl.col("state") == "assessed")
        rounded = pl.when(takes_part).then(pl.col(score).round(digits, mode="half_away_from_zero"))
        among = ("period", *within, "kind")
        everybody = rounded.rank("min", descending=True)
        yield (
            name,
            marts[name]
            .join(_unit_parts(catalogue), on="unit_code", how="left", maintain_order="left")
            .select(
                *KEYS[name],
                *(pl.col(column).cast(pl.Float64) for column in ("rank", "group_rank", "ranked_units", "group_units")),
                expected_rank=everybody.over(among).cast(pl.Float64),
                expected_units=pl.when(takes_part).then(rounded.count().over(among)).cast(pl.Float64),
                expected_group_rank=_in_groups(everybody.over(*among, "peer_group")),
                expected_group_units=_in_groups(pl.when(takes_part).then(rounded.count().over(*among, "peer_group"))),
            ),
        )


def _in_groups(number: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("peer_group").is_not_null()).then(number).cast(pl.Float64)


def _unit_parts(catalogue: Catalogue) -> pl.DataFrame:
    rows = [(unit.code, unit.kind, unit.peer_group, unit.is_ranked) for unit in catalogue.units.units]
    schema = {"unit_code": pl.String, "kind": pl.String, "peer_group": pl.String, "is_ranked": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def bands(marts: Marts, catalogue: Catalogue) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each banded mart's name with ``band`` beside the ``expected_band`` of its rounded score."""
    index = catalogue.index
    tops = [node.code for node in index.nodes if node.level == "index"]
    in_synergy = _band("d_modified", index.synergy_bands, index.rounding_digits)
    in_index = _band("score", index.index_bands, index.rounding_digits)
    yield "synergy", _banded(marts["synergy"], KEYS["synergy"], in_synergy)
    is_top = pl.col("node_code").is_in(tops)
    yield "index_scores", _banded(marts["index_scores"], KEYS["index_scores"], pl.when(is_top).then(in_index))


def _banded(frame: pl.DataFrame, key: tuple[str, ...], expected: pl.Expr) -> pl.DataFrame:
    return frame.select(*key, pl.col("band").cast(pl.Float64), expected_band=expected.cast(pl.Float64))


def _band(score: str, scheme: tuple[Band, ...], digits: int) -> pl.Expr:
    """Return the level whose interval [lower, upper) holds the rounded score; the last includes its upper end."""
    rounded = pl.col(score).round(digits, mode="half_away_from_zero")
    levels = [
        pl.when(rounded.is_between(band.lower, band.upper, closed="both" if band is scheme[-1] else "left")).then(
            pl.lit(band.level)
        )
        for band in scheme
    ]
    return pl.coalesce(levels)
