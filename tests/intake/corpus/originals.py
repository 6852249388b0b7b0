"""Valid originals: the figures of a unit and year, as a form and as a long table, and what they must be read as."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from tests.intake.corpus.books import Book, Grid, address_of
from xietong.catalogue import Catalogue, load_catalogue
from xietong.resources import resource_directory
from xietong.workbook import COVER_LABELS, COVER_SHEET, COVER_TITLE, DATA_SHEETS, HEADER, LAYOUT_VERSION

#: The first year of the originals; each unit and year is used for one input only.
FIRST_YEAR = 2005
_PERIODS = {"month": ("{}-01", "{}-02", "{}-03"), "quarter": ("{}-Q1", "{}-Q2"), "year": ("{}",)}
LONG_HEADER = ("unit", "indicator", "period", "value", "measure", "status", "received", "source")

Key = tuple[str, str]  # indicator and period


@lru_cache(maxsize=1)
def chongqing() -> Catalogue:
    """Return the catalogue of Chongqing."""
    return load_catalogue(resource_directory("catalogue"), "chongqing")


@dataclass(frozen=True)
class Original:
    """The figures of one unit and year, in the measures of the catalogue."""

    unit_code: str
    unit_name: str
    year: int
    figures: Mapping[Key, float]

    @property
    def received(self) -> str:
        """Return the day on which it was sent."""
        return f"{self.year + 1}-01-15"

    def form(self) -> Book:
        """Return the form that holds the figures."""
        sheets: dict[str, Grid] = {
            COVER_SHEET: (
                (COVER_TITLE,),
                *zip(
                    COVER_LABELS.values(),
                    (self.unit_code, self.unit_name, str(self.year), self.received, LAYOUT_VERSION),
                    strict=True,
                ),
            )
        }
        for frequency, sheet in DATA_SHEETS.items():
            periods = [pattern.format(self.year) for pattern in _PERIODS[frequency]]
            rows = [
                (code, indicator.name.zh, indicator.measure, *(self.figures[code, period] for period in periods))
                for code, indicator in self._indicators(frequency)
            ]
            sheets[sheet] = ((*HEADER, *periods), *rows)
        return Book(sheets)

    def _indicators(self, frequency: str) -> list:
        by_code = chongqing().indicators_by_code
        codes = dict.fromkeys(code for code, _ in self.figures)
        return [(code, by_code[code]) for code in codes if by_code[code].frequency == frequency]

    def places(self) -> dict[Key, str]:
        """Return where the form holds each figure."""
        found: dict[Key, str] = {}
        for sheet, grid in self.form().sheets.items():
            for row, cells in enumerate(grid[1:], start=1):
                for column in range(len(HEADER), len(cells)):
                    found[str(cells[0]), str(grid[0][column])] = address_of(sheet, row, column)
        return found

    def long_rows(self) -> list[list[str]]:
        """Return the figures as rows of a long table under its header; the value stands in D."""
        by_code = chongqing().indicators_by_code
        rows = [
            [self.unit_name, code, period, repr(value).removesuffix(".0"), by_code[code].measure, "", "", "年报"]
            for (code, period), value in self.figures.items()
        ]
        return [list(LONG_HEADER), *rows]

    def long_places(self) -> dict[Key, str]:
        """Return where the long table holds each figure."""
        return {key: f"D{row}" for row, key in enumerate(self.figures, start=2)}


def delimited(rows: list[list[str]], delimiter: str = ",") -> str:
    """Return rows as the text of a delimited file."""
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return target.getvalue()


def original(number: int) -> Original:
    """Return the original of this number, always the same one; no two numbers share a unit and year."""
    districts = [unit for unit in chongqing().units.units if unit.kind == "district"]
    unit = districts[number % len(districts)]
    year = FIRST_YEAR + number // len(districts)
    # The size of a unit stays, and no figure leaps from one year to the next.
    size = Random(unit.code).uniform(0.3, 1.5)  # noqa: S311 — the same originals every time
    random = Random(f"{unit.code} {year}")  # noqa: S311 — the same originals every time

    def about(level: float, decimals: int) -> float:
        return round(level * random.uniform(0.96, 1.04), decimals)

    figures: dict[Key, float] = {}
    for month in ("01", "02", "03"):
        pm25 = about(42, 1)
        monitored = random.randint(27, 28)
        figures["pm25", f"{year}-{month}"] = pm25
        figures["pm10", f"{year}-{month}"] = about(1.5 * pm25, 1)
        figures["good_air_days", f"{year}-{month}"] = float(monitored - random.randint(2, 6))
        figures["monitored_air_days", f"{year}-{month}"] = float(monitored)
        figures["water_sections_good_share", f"{year}-{month}"] = about(90, 1)
    for quarter in ("Q1", "Q2"):
        # In hundredths, so that the parts add up to the last digit.
        parts = [round(100 * about(level * size, 2)) for level in (12, 80, 110)]
        figures["gdp", f"{year}-{quarter}"] = sum(parts) / 100
        for code, part in zip(("gdp_primary", "gdp_secondary", "gdp_tertiary"), parts, strict=True):
            figures[code, f"{year}-{quarter}"] = part / 100
        figures["so2_emission", f"{year}-{quarter}"] = about(4_500 * size, 1)
        figures["industrial_water_use", f"{year}-{quarter}"] = about(4_000 * size, 2)
    figures["resident_population", f"{year}"] = about(90 * size, 2)
    figures["forest_coverage", f"{year}"] = about(50, 2)
    figures["green_coverage_built_up", f"{year}"] = about(40, 2)
    figures["charging_points", f"{year}"] = about(9_000 * size, 0)
    return Original(unit.code, unit.name.zh, year, figures)
