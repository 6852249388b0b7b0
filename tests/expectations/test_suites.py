"""Every expectation of the suites, not only every rule, is proven able to fail; faultless figures of any size pass."""

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from expectations.batches import described, fields
from expectations.evaluation import evaluate
from expectations.suites import arrival_suite, batch_suite, completeness_suite, range_suite
from xietong.frames import OBSERVATIONS

CITY, DISTRICTS = "500000", ("500101", "500102", "500109")


def test_every_plausible_range_refuses_what_is_below_and_above_it(reported: Any, batch: Any) -> None:
    """The bounds themselves pass; next to them, on the outer side, nothing does."""
    ranged = [i for i in reported.catalogue.indicators if i.plausible is not None]
    assert len(ranged) > 60
    rows, outside = [], set()
    for indicator in ranged:
        period = {"month": "2025-02", "quarter": "2025-Q1", "year": "2025"}[indicator.frequency]
        for unit, plausible in (
            ("500101", indicator.plausible),
            (CITY, indicator.plausible_city or indicator.plausible),
        ):
            assert plausible is not None
            low, high = plausible.minimum, plausible.maximum
            values = (low, high, low - 0.01, high + 0.01)
            rows += [(unit, indicator.code, period, value) for value in values]
            outside |= {(unit, indicator.code, value) for value in values[2:]}
    figures = batch(*rows)
    beside = fields(described(figures, reported.catalogue))
    failing: set[tuple[str, str, float]] = set()
    for outcome in evaluate(beside, range_suite()):
        failed = figures[list(outcome.positions)]
        failing |= set(failed.select("unit_code", "indicator_code", "value").iter_rows())
    assert failing == outside


@hypothesis_settings(max_examples=12)
@given(
    scale=st.floats(min_value=0.97, max_value=1.03),
    noise=st.lists(st.floats(min_value=-0.004, max_value=0.004), min_size=7, max_size=7),
    keep=st.sets(st.sampled_from(DISTRICTS), min_size=1),
)
def test_faultless_figures_of_another_size_break_nothing_critical(
    reported: Any, scale: float, noise: list[float], keep: set[str]
) -> None:
    """Other sizes, small errors and fewer districts refuse no figure; days stay days."""
    days = pl.col("indicator_code").str.ends_with("_air_days")
    wobble = pl.Series("noise", noise)[[number % len(noise) for number in range(reported.figures.height)]]
    scaled = pl.when(days).then(pl.col("value")).otherwise(pl.col("value") * scale * (1 + wobble))
    figures = reported.figures.with_columns(value=scaled).filter(pl.col("unit_code").is_in([CITY, *keep]))
    in_range = figures.join(
        pl.DataFrame(
            [
                (unit.code, i.code, found.minimum, found.maximum)
                for unit in reported.catalogue.units.units
                for i in reported.catalogue.indicators
                for found in (i.plausible_of(unit.kind),)
                if found is not None
            ],
            schema=["unit_code", "indicator_code", "low", "high"],
            orient="row",
        ),
        on=["unit_code", "indicator_code"],
    ).filter(pl.col("value").is_between("low", "high"))
    result = reported.check(lambda _: in_range.select(OBSERVATIONS.names()))
    assert result.findings.filter(severity="critical")["message_en"].to_list() == []
    assert result.accepted.height == in_range.height


def test_the_batch_completeness_and_arrival_suites_can_fail() -> None:
    """Of the suites without figures each expectation fails on a row that breaks it."""
    columns = pl.DataFrame(
        {"column": ["value"], "type": ["String"], "rows": [0], "filled": [0]}, schema_overrides={"rows": pl.Int64}
    )
    assert [outcome.success for outcome in evaluate(columns, batch_suite())] == [False] * 4
    shares = pl.DataFrame({"share": [0.949]})
    assert [outcome.success for outcome in evaluate(shares, completeness_suite())] == [False]
    places = pl.DataFrame({"arrived": [0.99], "days_late": [1]})
    assert [outcome.success for outcome in evaluate(places, arrival_suite())] == [False] * 2
