"""Quarterly amounts: value added, energy and emissions, each the city's total shared out among the units.

Amounts come in the order of ``city_paths.csv``, so that a later one may be shared out by an
earlier one (``driver``), and sub-amounts (``share_of``) never exceed the whole.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from xietong.demonstration.fitting import (
    Array,
    log_odds,
    proportionally_fitted,
    scaled_to,
    shared_out,
    shares_with_mean,
)
from xietong.demonstration.scene import YEARS, CityPath, Scene

SECTORS: Final = ("gdp_primary", "gdp_secondary", "gdp_tertiary")
#: What the first quarter of 2020 keeps of its usual part of the year (lockdown of February and March).
_FIRST_QUARTER_OF_2020: Final = 0.88
#: 10⁴ tce per unit of each fuel, as stated for the identity of the form (China Energy Statistical
#: Yearbook 2023, calorific value equivalent); non-fossil energy is reported in tce already.
STANDARD_COAL: Final[Mapping[str, float]] = {
    "raw_coal_consumption": 0.7143,
    "natural_gas_consumption": 13.3,
    "gasoline_consumption": 1.4714,
    "diesel_consumption": 1.4571,
    "purchased_electricity": 1.229,
    "nonfossil_energy_consumption": 1.0,
}


def quarterly_amounts(scene: Scene) -> dict[str, Array]:
    """Return [unit, year, quarter] for every quarterly indicator, rounded as it is reported.

    GDP is the sum of its rounded sectors and energy consumption that of its rounded fuels in
    standard coal, so both identities hold in the printed digits.
    """
    annual = _sectors(scene)
    drivers = _drivers(scene, annual)
    amounts: dict[str, Array] = {}
    for path in scene.paths.values():
        code = path.indicator_code
        if path.kind == "sector":
            amounts[code] = _rounded_quarters(scene, path, annual[code])
        elif path.kind == "constant_price":
            amounts["gdp"] = np.round(sum(amounts[sector] for sector in SECTORS), 4)
            base = annual["gdp"][:, :1] * scene.relative_growth
            amounts[code] = np.round(shared_out(scaled_to(base, path.values, scene.counts), amounts["gdp"]), 4)
        elif path.kind == "share_of":
            if path.driver == "energy_consumption":
                amounts[path.driver] = _energy(amounts)
            amounts[code] = np.round(amounts[path.driver] * _shares(scene, path, amounts[path.driver]), path.decimals)
        elif path.kind == "sum" and path.quarter_parts.size:
            values = drivers[path.driver][:, None] * scene.relative_growth * np.exp(scene.deviation(path))
            annual[code] = scaled_to(values, path.values, scene.counts)
            drivers[code] = annual[code][:, 0]
            amounts[code] = _rounded_quarters(scene, path, annual[code])
    return amounts


def _sectors(scene: Scene) -> dict[str, Array]:
    """Return GDP and its sectors [unit, year], fitted to the units' sizes and to the city's sectors."""
    columns = np.stack([scene.paths[sector].values for sector in SECTORS])
    size = scaled_to(scene.traits["gdp_2020"][:, None] * scene.relative_growth, columns.sum(axis=0), scene.counts)
    primary, secondary = scene.traits["primary_share"], scene.traits["secondary_share"]
    table = np.stack([primary, secondary, 100 - primary - secondary], axis=1)
    fitted = np.stack(
        [proportionally_fitted(table, size[:, year], columns[:, year], scene.counts) for year in range(len(YEARS))],
        axis=1,
    )
    annual = {sector: fitted[:, :, number] for number, sector in enumerate(SECTORS)}
    return {**annual, "gdp": fitted.sum(axis=2)}


def _drivers(scene: Scene, annual: Mapping[str, Array]) -> dict[str, Array]:
    """Return what amounts are shared out by [unit]: sizes of 2020, weighted by what units are like."""
    drivers = {code: values[:, 0] for code, values in annual.items()}
    primary, secondary, tertiary = (drivers[sector] for sector in SECTORS)
    people, gdp = scene.traits["population_2020"], drivers["gdp"]
    part = {"people": people / (scene.counts @ people), "industry": secondary / (scene.counts @ secondary)}
    return {
        **drivers,
        "population": people,
        "coal": secondary * scene.traits["coal"],
        "gas": 0.6 * part["industry"] + 0.4 * part["people"],
        "gasoline": np.sqrt(people * gdp),
        "diesel": secondary + 2 * primary + 0.3 * tertiary,
        "electricity": 0.65 * secondary + 0.35 * tertiary,
        "nonfossil": gdp**0.8 * scene.traits["nonfossil"] ** 0.8,
        "fossil": secondary * (0.5 + 0.5 * scene.traits["coal"]) + 0.2 * tertiary,
    }


def _rounded_quarters(scene: Scene, path: CityPath, annual: Array) -> Array:
    """Return the annual amounts over the quarters, by the season of the path with noise."""
    noise = scene.normal(f"{path.indicator_code} quarters", len(YEARS), 4)
    season = path.quarter_parts * np.exp(path.noise * noise)
    season[:, 0, 0] *= _FIRST_QUARTER_OF_2020
    return np.round(shared_out(annual, season), path.decimals)


def _energy(amounts: Mapping[str, Array]) -> Array:
    """Return energy consumption in 10⁴ tce, the fuels in standard coal and the non-fossil energy."""
    return np.asarray(np.round(sum(factor * amounts[fuel] for fuel, factor in STANDARD_COAL.items()), 6))


def _shares(scene: Scene, path: CityPath, whole: Array) -> Array:
    """Return [unit, year, quarter]: the part of the whole, so that the city's part is that of its path."""
    units, years, quarters = whole.shape
    deviation = scene.deviation(path)[:, :, None] + path.noise * scene.normal(path.indicator_code, years, quarters)
    weights = whole * scene.counts[:, None, None]
    means = path.values / weights.sum(axis=(0, 2))
    shares = shares_with_mean(
        (log_odds(means)[None, :, None] + deviation).reshape(units, years * quarters),
        np.repeat(means, quarters),
        weights.reshape(units, years * quarters),
    )
    return shares.reshape(whole.shape)
