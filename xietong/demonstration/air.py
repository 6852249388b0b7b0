"""Monthly figures of air and water: concentrations with their seasons, days of good air, water sections."""

import calendar
from typing import Final

import numpy as np

from xietong.demonstration.fitting import Array, log_odds, running_rounded, shares_with_mean
from xietong.demonstration.scene import MONTHS_SIMULATED, YEARS, CityPath, Scene, read_table, stream

DAYS: Final = np.array([calendar.monthrange(year, month)[1] for year in YEARS for month in range(1, 13)], dtype=float)

#: A month whose mean is at a daily limit of GB 3095-2012 (PM2.5 75 µg/m³, O3 160 µg/m³) has about as many
#: bad days as good ones; every such step beyond multiplies the odds by e.
_BAD_PM25, _BAD_O3, _STEP = 75.0, 160.0, 15.0
#: How often the monitoring of a unit fails for a day or two in a month.
_FAILURE_RATE: Final = 0.05


def monthly_figures(scene: Scene) -> dict[str, Array]:
    """Return [unit, month] for every monthly indicator; PM2.5 never exceeds PM10, good days never the monitored."""
    seasons = {
        row["indicator_code"]: np.array([float(row[str(month)]) for month in range(1, 13)])
        for row in read_table("month_seasons.csv")
    }
    exact = {code: _concentration(scene, scene.paths[code], season) for code, season in seasons.items()}
    exact["pm10"] = exact["pm25"] * _pm10_over_pm25(scene, scene.paths["pm10"])
    monitored = _monitored_days(scene)
    bad_share = _bad_share(scene, scene.paths["good_air_days"], exact["pm25"], exact["o3"])
    figures = {code: np.round(values, scene.paths[code].decimals) for code, values in exact.items()}
    figures["monitored_air_days"] = monitored
    figures["good_air_days"] = monitored - np.minimum(running_rounded(bad_share * monitored), monitored)
    figures["water_sections_good_share"] = _water(scene, scene.paths["water_sections_good_share"])
    return figures


def _concentration(scene: Scene, path: CityPath, season: Array) -> Array:
    """Return [unit, month] whose mean over people and the year is that of the path."""
    noise = scene.normal(path.indicator_code, len(YEARS), 12)
    weather = path.noise * 0.5 * _common_weather(scene, path)
    values = season * np.exp(scene.deviation(path)[:, :, None] + path.noise * noise + weather)
    weights = scene.counts * scene.traits["population_2020"]
    means = np.einsum("u,uym->y", weights, values) / (12 * weights.sum())
    return np.asarray((values * (path.values / means)[:, None]).reshape(len(scene.unit_codes), MONTHS_SIMULATED))


def _common_weather(scene: Scene, path: CityPath) -> Array:
    """Return [year, month] of noise that all units share."""
    return stream(scene.seed, "city", path.indicator_code).standard_normal((len(YEARS), 12))


def _pm10_over_pm25(scene: Scene, path: CityPath) -> Array:
    excess = np.exp(scene.deviation(path).repeat(12, axis=1) + path.noise * scene.normal("pm10", MONTHS_SIMULATED))
    return 1 + (path.values.repeat(12) - 1) * excess


def _monitored_days(scene: Scene) -> Array:
    chance = scene.uniform("monitoring", MONTHS_SIMULATED)
    failed = np.where(chance < _FAILURE_RATE / 2, 2.0, np.where(chance < _FAILURE_RATE, 1.0, 0.0))
    return np.asarray(DAYS - failed)


def _bad_share(scene: Scene, path: CityPath, pm25: Array, o3: Array) -> Array:
    """Return [unit, month]: the share of days that are not good, so that the city has its good days of the year."""
    odds = np.exp((pm25 - _BAD_PM25) / _STEP) + np.exp((o3 - _BAD_O3) / _STEP)
    units = len(scene.unit_codes)
    noise = path.noise * scene.normal(path.indicator_code, MONTHS_SIMULATED)
    deviation = np.log(odds) + scene.deviation(path).repeat(12, axis=1) + noise
    days = DAYS.reshape(len(YEARS), 12)
    by_year = deviation.reshape(units, len(YEARS), 12).transpose(0, 2, 1).reshape(units * 12, len(YEARS))
    people = scene.counts * scene.traits["population_2020"]
    weights = (people[:, None, None] * days.T).reshape(units * 12, len(YEARS))
    shares = shares_with_mean(by_year, 1 - path.values / days.sum(axis=1), weights)
    return shares.reshape(units, 12, len(YEARS)).transpose(0, 2, 1).reshape(units, MONTHS_SIMULATED)


def _water(scene: Scene, path: CityPath) -> Array:
    """Return [unit, month]: the percentage of sections in classes I to III, each section passing or not."""
    sections = scene.traits["water_sections"]
    failures = np.maximum(scene.traits["water_failures"], 0.002)
    means = 1 - path.values / 100
    weights = np.repeat((scene.counts * sections)[:, None], len(YEARS), axis=1)
    chance = shares_with_mean(np.repeat(log_odds(failures)[:, None], len(YEARS), axis=1), means, weights)
    draws = scene.uniform("water sections", MONTHS_SIMULATED, int(sections.max()))
    counted = np.arange(sections.max()) < sections[:, None]
    failed = (draws < chance.repeat(12, axis=1)[:, :, None]) & counted[:, None, :]
    return np.asarray(np.round(100 * (1 - failed.sum(axis=2) / sections[:, None]), path.decimals))
