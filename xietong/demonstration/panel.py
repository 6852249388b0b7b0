"""All figures of the demonstration before anything is planted: by indicator, [unit, period], the city last."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from xietong.catalogue import Catalogue, Edition, Indicator
from xietong.demonstration.air import DAYS, monthly_figures
from xietong.demonstration.amounts import quarterly_amounts
from xietong.demonstration.fitting import Array, running_rounded
from xietong.demonstration.scene import YEARS, Scene, load_scene
from xietong.demonstration.yearly import yearly_figures
from xietong.errors import UsageError, XietongError
from xietong.periods import Frequency, month_number, parse_period, period_range

#: Periods of each frequency that are simulated; those not yet due are dropped when forms are written.
SIMULATED: Final[Mapping[Frequency, tuple[str, ...]]] = {
    "month": tuple(period_range(f"{YEARS[0]}-01", f"{YEARS[-1]}-12")),
    "quarter": tuple(period_range(f"{YEARS[0]}-Q1", f"{YEARS[-1]}-Q4")),
    "year": tuple(str(year) for year in YEARS),
}
#: Digits of the figures that are made from others and have no path of their own.
_MADE: Final = {"gdp": 4, "energy_consumption": 6, "monitored_air_days": 0}


@dataclass(frozen=True)
class Panel:
    """Every reported figure: ``figures[indicator][unit, period]``, NaN where an indicator does not apply."""

    seed: int
    unit_codes: tuple[str, ...]
    figures: Mapping[str, Array]
    decimals: Mapping[str, int]

    def figure(self, unit_code: str, indicator_code: str, period: str) -> float:
        """Return one figure; NaN where the indicator does not apply."""
        column = SIMULATED[parse_period(period)[0]].index(period)
        return float(self.figures[indicator_code][self.unit_codes.index(unit_code), column])


def due_periods(catalogue: Catalogue, edition: Edition) -> dict[Frequency, tuple[str, ...]]:
    """Return the periods of each frequency whose figures are due by the last period of the demonstration.

    Raises:
        UsageError: the edition has no demonstration, or asks for years without a path.
    """
    asked = edition.demonstration
    if asked is None:
        raise UsageError(f"the edition {edition.name!r} has no section demonstration")
    first, last = month_number(asked.first_period), month_number(asked.last_period)
    if not 12 * YEARS[0] <= first <= last < 12 * (YEARS[-1] + 1):
        raise UsageError(f"demonstration figures exist from {YEARS[0]}-01 to {YEARS[-1]}-12 only")
    lag = catalogue.index.reporting_lag
    lags: dict[Frequency, int] = {"month": lag.month, "quarter": lag.quarter, "year": lag.year}
    spans: dict[Frequency, int] = {"month": 1, "quarter": 3, "year": 12}
    return {
        frequency: tuple(
            period
            for period in periods
            if first <= month_number(period) - spans[frequency] + 1 and month_number(period) + lags[frequency] <= last
        )
        for frequency, periods in SIMULATED.items()
    }


def build_panel(catalogue: Catalogue, seed: int) -> Panel:
    """Return the figures of all units of the catalogue from the seed.

    A reported indicator without a path in ``city_paths.csv`` has no figures: it is shown as
    missing until somebody gives it a path, and nothing else is held up by that.

    Raises:
        XietongError: a unit has no profile, or an indicator another frequency than its figures are made in.
    """
    units = [unit for unit in catalogue.units.units if unit.kind in ("district", "special_unit")]
    cities = [unit.code for unit in catalogue.units.units if unit.kind == "city"]
    if len(cities) != 1:
        raise XietongError(f"the demonstration needs a catalogue with exactly one city, found {len(cities)}")
    reported = {indicator.code: indicator for indicator in catalogue.indicators if indicator.role == "reported"}
    scene = load_scene(seed, [unit.code for unit in units], [unit.code for unit in units if unit.kind == "district"])
    quarterly, monthly = quarterly_amounts(scene), monthly_figures(scene)
    yearly_codes = [code for code in reported if code in scene.paths and code not in {**quarterly, **monthly}]
    applies = {code: _applies(reported[code], scene.unit_codes) for code in reported}
    weights = _weights(scene, quarterly)
    yearly = yearly_figures(scene, weights, {code: applies[code] for code in yearly_codes})
    made = {**monthly, **quarterly, **yearly}
    figures = {}
    for code in [code for code in reported if code in made or code in yearly_codes]:
        indicator = reported[code]
        own = made.get(code, np.full((len(units), len(YEARS)), np.nan)).reshape(len(units), -1)
        if own.shape[1] != len(SIMULATED[indicator.frequency]):
            raise XietongError(f"the demonstration makes {code} in another frequency than {indicator.frequency}")
        own = np.where(applies[code][:, None] > 0, own, np.nan)
        city = _city(scene, code, own, weights, made)
        if indicator.applies_to is not None and cities[0] not in indicator.applies_to:
            city = np.full_like(city, np.nan)
        figures[code] = np.vstack([own, city])
    decimals = {code: _MADE[code] if code in _MADE else scene.paths[code].decimals for code in figures}
    return Panel(seed, (*scene.unit_codes, cities[0]), figures, decimals)


def _applies(indicator: Indicator, unit_codes: tuple[str, ...]) -> Array:
    allowed = indicator.applies_to
    return np.array([float(allowed is None or code in allowed) for code in unit_codes])


def _weights(scene: Scene, quarterly: Mapping[str, Array]) -> dict[str, Array]:
    """Return what means are weighted by and amounts shared out by [unit]: traits and value added of 2020."""
    sectors = {code: quarterly[code][:, 0].sum(axis=1) for code in quarterly if code.startswith("gdp")}
    return {**scene.traits, **sectors, "population": scene.traits["population_2020"]}


def _city(scene: Scene, code: str, own: Array, weights: Mapping[str, Array], made: Mapping[str, Array]) -> Array:
    """Return the city's figures: the sum of the districts', their weighted mean, or its own path."""
    if code == "monitored_air_days":
        return DAYS
    if code == "good_air_days":
        people = weights["population"] * scene.counts / (scene.counts @ weights["population"])
        bad = people @ (1 - own / made["monitored_air_days"])
        return np.asarray(DAYS - running_rounded(bad * DAYS))
    if code in _MADE:
        return np.round(scene.counts @ own, _MADE[code])
    path = scene.paths[code]
    counts = scene.counts * ~np.isnan(own[:, 0])
    if not counts.any():
        return path.values
    present = np.nan_to_num(own)
    if path.kind in ("share", "mean", "air", "above_pm25", "sections"):
        weight = counts * weights[path.driver]
        return np.asarray(np.round(weight @ present / weight.sum(), path.decimals))
    return np.asarray(np.round(counts @ present, path.decimals))
