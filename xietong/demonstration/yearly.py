"""Yearly figures: people, stocks, and the shares and rates of buildings, waste, nature and management."""

from collections.abc import Mapping

import numpy as np

from xietong.demonstration.fitting import Array, log_odds, scaled_to, shares_with_mean
from xietong.demonstration.scene import YEARS, CityPath, Scene


def yearly_figures(scene: Scene, weights: Mapping[str, Array], applies: Mapping[str, Array]) -> dict[str, Array]:
    """Return [unit, year] for every yearly indicator, rounded as it is reported.

    ``weights`` are the drivers [unit] by name, ``applies`` says by indicator to which units it
    applies (1 or 0); an indicator that applies to no unit but the city is left out.
    """
    figures: dict[str, Array] = {}
    for code, mask in applies.items():
        path = scene.paths[code]
        counts = scene.counts * mask
        if counts.any():
            figures[code] = np.round(_MODELS[path.kind](scene, path, weights[path.driver], counts), path.decimals)
    return figures


def _noise(scene: Scene, path: CityPath) -> Array:
    return path.noise * scene.normal(path.indicator_code, len(YEARS))


def _amount(scene: Scene, path: CityPath, driver: Array, counts: Array) -> Array:
    """Return the city's total shared out by the driver."""
    values = driver[:, None] * np.exp(scene.deviation(path) + _noise(scene, path))
    return scaled_to(values, path.values, counts)


def _mean(scene: Scene, path: CityPath, driver: Array, counts: Array) -> Array:
    """Return positive figures whose mean, weighted by the driver, is the city's."""
    values = np.exp(scene.deviation(path) + _noise(scene, path))
    return scaled_to(values, path.values * (counts @ driver), counts * driver)


def _share(scene: Scene, path: CityPath, driver: Array, counts: Array) -> Array:
    """Return percentages whose mean, weighted by the driver, is the city's."""
    means = path.values / 100
    weights = np.repeat((counts * driver)[:, None], len(YEARS), axis=1)
    return 100 * shares_with_mean(log_odds(means) + scene.deviation(path) + _noise(scene, path), means, weights)


_MODELS = {"sum": _amount, "mean": _mean, "share": _share}
