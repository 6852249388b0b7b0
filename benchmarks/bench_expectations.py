"""Gate 1 alone: 100,000, 300,000 and 1,000,000 figures of the catalogue of Chongqing, all rules, seconds."""

import sys
import time
from calendar import monthrange
from typing import Final

import numpy as np
import polars as pl

from expectations.evaluation import warm_up
from expectations.intake import check_intake
from expectations.relations import coefficient
from xietong.catalogue import Catalogue, Indicator, load_catalogue, load_edition
from xietong.frames import OBSERVATIONS
from xietong.periods import period_range
from xietong.settings import Settings

SIZES: Final = (100_000, 300_000, 1_000_000)
_LAST_YEAR: Final = 2025
_SEED: Final = 20230818
Values = np.ndarray[tuple[int], np.dtype[np.float64]]


def figures(catalogue: Catalogue, at_least: int) -> pl.DataFrame:
    """Return so many figures and the rest of their year: every unit reports every indicator; few break a rule."""
    random = np.random.default_rng(_SEED)
    indicators = [i for i in catalogue.indicators if i.role == "reported" and i.is_collected and not i.applies_to]
    a_year = sum({"month": 12, "quarter": 4, "year": 1}[i.frequency] for i in indicators) * len(catalogue.units.units)
    years = -(-at_least // a_year)
    first = _LAST_YEAR - years + 1
    periods = {
        "month": period_range(f"{first}-01", f"{_LAST_YEAR}-12"),
        "quarter": period_range(f"{first}-Q1", f"{_LAST_YEAR}-Q4"),
        "year": period_range(str(first), str(_LAST_YEAR)),
    }
    frames = []
    for unit in catalogue.units.units:
        series = {i.code: _series(i, len(periods[i.frequency]), random) for i in indicators}
        _agree(series, periods["month"], catalogue)
        frames += [
            pl.DataFrame({"period": periods[i.frequency], "value": series[i.code]}).with_columns(
                unit_code=pl.lit(unit.code), indicator_code=pl.lit(i.code)
            )
            for i in indicators
        ]
    return (
        pl.concat(frames)
        .with_columns(
            origin=pl.lit("demonstration"),
            status=pl.lit("reported"),
            source_id=pl.lit("demonstration_forms"),
            snapshot=pl.format("{}-{}", "unit_code", pl.col("period").str.slice(0, 4)),
            location=pl.format("{}!{}", "indicator_code", "period"),
            received_at=pl.concat_str(pl.col("period").str.slice(0, 4).cast(pl.Int32) + 1, pl.lit("-01-15"))
            .str.to_datetime("%Y-%m-%d")
            .dt.replace_time_zone("UTC"),
            source_note=pl.lit(None, dtype=pl.String),
        )
        .select(OBSERVATIONS.names())
        .cast(OBSERVATIONS)
    )


def _series(indicator: Indicator, length: int, random: np.random.Generator) -> Values:
    """Return figures in the lower part of the plausible range that vary by a few percent."""
    assert indicator.plausible is not None
    low, high = indicator.plausible.minimum, indicator.plausible.maximum
    return low + (high - low) * 0.01 * (1 + 0.1 * random.random(length))


def _agree(series: dict[str, Values], months: list[str], catalogue: Catalogue) -> None:
    """Make wholes the sum of their parts and days those of their month."""
    for total in catalogue.cross_checks.totals:
        parts = [(coefficient(part, catalogue) or 0.0) * series[part.indicator] for part in total.parts]
        series[total.whole] = np.sum(parts, axis=0)
    days = np.array([monthrange(int(month[:4]), int(month[5:]))[1] for month in months], dtype=np.float64)
    series |= {"monitored_air_days": days, "good_air_days": days - 3, "pm10": 2 * series["pm25"]}


def main() -> int:
    """Print the seconds of the first gate for each size, the import of Great Expectations apart."""
    settings = Settings()
    catalogue = load_catalogue(settings.catalogue_directory, "chongqing")
    edition = load_edition(settings.editions_directory, "chongqing-demo")
    warm_up()
    for size in SIZES:
        observations = figures(catalogue, size)
        first = min(observations["period"])[:4]
        edition = edition.model_copy(update={"first_period": f"{first}-01"})
        started = time.perf_counter()
        result = check_intake(observations, catalogue, edition)
        seconds = time.perf_counter() - started
        print(f"gate 1, {observations.height:>9,} observations, {result.findings.height:>7,} findings {seconds:7.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
