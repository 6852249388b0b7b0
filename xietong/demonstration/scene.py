"""What the generator starts from: the traits of each unit, the path of the city, and seeded noise.

``unit_profiles.csv`` holds the size of each unit (published where it is, with its source) and the
traits that make it behave differently from the city: shares of sectors in percent, growth and
declines in percentage points a year against the city, the rest relative to the city's mean.
The traits are invented; shares of sectors are near the published ones where there are some.
``city_paths.csv`` holds the city's figure of each reported indicator and year (published where
it is, else assumed) and how units scatter around it.
"""

import csv
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Final

import numpy as np

from xietong.demonstration.fitting import Array
from xietong.errors import XietongError

#: The years for which ``city_paths.csv`` has a path.
YEARS: Final = tuple(range(2020, 2027))
MONTHS_SIMULATED: Final = 12 * len(YEARS)

_TEXT_COLUMNS: Final = frozenset({"unit_code", "unit_name", "gdp_source", "population_source"})


@dataclass(frozen=True)
class CityPath:
    """The path of one indicator: how it is made, the city's figure in each year and how units differ from it.

    ``spread`` is the standard deviation of what lasts, ``noise`` of what changes from period to
    period; ``lean_gain`` multiplies the logarithm of a trait, ``effort_gain`` the unit's effort
    (all in logarithms, or in log-odds for shares). ``decline_gain`` multiplies a trait that is
    in percentage points a year.
    """

    indicator_code: str
    kind: str
    driver: str
    spread: float
    noise: float
    lean_trait: str
    lean_gain: float
    decline_trait: str
    decline_gain: float
    effort_gain: float
    decimals: int
    quarter_parts: Array  # empty where the figure is not quarterly
    values: Array


@dataclass(frozen=True)
class Scene:
    """The units that report, their traits as arrays in the units' order, and the paths of the city."""

    seed: int
    unit_codes: tuple[str, ...]
    counts: Array  # 1 for districts, which add up to the city; 0 for special zones
    traits: Mapping[str, Array]
    paths: Mapping[str, CityPath]

    @cached_property
    def relative_growth(self) -> Array:
        """Return [unit, year]: how much faster than the city each unit has grown since 2020."""
        steps = self.traits["growth"][:, None] / 100 + 0.006 * self.normal("growth", len(YEARS))
        steps[:, 0] = 0
        return np.asarray(np.exp(np.cumsum(steps, axis=1)))

    def deviation(self, path: CityPath) -> Array:
        """Return [unit, year]: by how much, in logarithms, units lastingly differ from the path of the city."""
        lasting = path.spread * self.normal(f"{path.indicator_code} spread")
        lasting += path.effort_gain * self.traits["effort"]
        if path.lean_trait:
            lasting += path.lean_gain * np.log(self.traits[path.lean_trait])
        decline = path.decline_gain * self.traits[path.decline_trait] if path.decline_trait else np.zeros_like(lasting)
        return np.asarray(lasting[:, None] + np.log1p(-decline / 100)[:, None] * np.arange(len(YEARS)))

    def normal(self, topic: str, *shape: int) -> Array:
        """Return standard normal noise [unit, *shape].

        Every pair of unit and topic has a stream of its own, so another unit or indicator
        leaves the noise of all others as it was.
        """
        return np.stack([stream(self.seed, code, topic).standard_normal(shape) for code in self.unit_codes])

    def uniform(self, topic: str, *shape: int) -> Array:
        """Return noise in [0, 1) of shape [unit, *shape], from streams as in ``normal``."""
        return np.stack([stream(self.seed, code, topic).random(shape) for code in self.unit_codes])


def stream(seed: int, unit_code: str, topic: str) -> np.random.Generator:
    """Return the generator of one unit (``city`` for what all share) and topic."""
    return np.random.default_rng([seed, zlib.crc32(unit_code.encode()), zlib.crc32(topic.encode())])


def load_scene(seed: int, unit_codes: Iterable[str], counted: Iterable[str]) -> Scene:
    """Return the scene of these units, of which ``counted`` add up to the city.

    Raises:
        XietongError: a unit has no line in ``unit_profiles.csv``.
    """
    codes = tuple(unit_codes)
    lines = {line["unit_code"]: line for line in read_table("unit_profiles.csv")}
    for code in codes:
        if code not in lines:
            raise XietongError(f"the demonstration has no profile of the unit {code} in unit_profiles.csv")
    traits = {
        column: np.array([float(lines[code][column]) for code in codes])
        for column in lines[codes[0]]
        if column not in _TEXT_COLUMNS
    }
    traits["density"] = traits["population_2020"] / traits["area_km2"]
    inside = set(counted)
    counts = np.array([float(code in inside) for code in codes])
    return Scene(seed, codes, counts, traits, load_paths())


def load_paths() -> dict[str, CityPath]:
    """Return the paths of ``city_paths.csv`` by indicator."""
    return {line["indicator_code"]: _path(line) for line in read_table("city_paths.csv")}


def _path(line: Mapping[str, str]) -> CityPath:
    return CityPath(
        indicator_code=line["indicator_code"],
        kind=line["kind"],
        driver=line["driver"],
        spread=float(line["spread"] or 0),
        noise=float(line["noise"] or 0),
        lean_trait=line["lean_trait"],
        lean_gain=float(line["lean_gain"] or 0),
        decline_trait=line["decline_trait"],
        decline_gain=float(line["decline_gain"] or 0),
        effort_gain=float(line["effort_gain"] or 0),
        decimals=int(line["decimals"]),
        quarter_parts=np.array([float(line[f"q{n}"]) for n in range(1, 5) if line[f"q{n}"]]),
        values=np.array([float(line[str(year)]) for year in YEARS]),
    )


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this package."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
