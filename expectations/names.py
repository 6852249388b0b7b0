"""Names of units and indicators in both languages, as the sentences of findings use them."""

from typing import Final

import polars as pl

from expectations.suites import accepted_frequencies
from xietong.catalogue import Catalogue, Edition

_EXAMPLES: Final = {"month": "2025-10", "quarter": "2025-Q3", "year": "2025"}


def words_of_units(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row a unit: its names."""
    rows = [(unit.code, unit.name.zh, unit.name.en) for unit in catalogue.units.units]
    return pl.DataFrame(rows, schema=dict.fromkeys(("unit_code", "unit_zh", "unit_en"), pl.String), orient="row")


def words_of_indicators(catalogue: Catalogue, edition: Edition) -> pl.DataFrame:
    """Return one row an indicator: its names and measure, how its periods are written, the units it applies to."""
    units = catalogue.units_by_code
    measures = {measure.code: measure.name.en for measure in catalogue.measures.measures}
    rows = [
        {
            "indicator_code": indicator.code,
            "indicator_zh": indicator.name.zh,
            "indicator_en": indicator.name.en,
            "measure": indicator.measure,
            "measure_en": measures.get(indicator.measure, indicator.measure),
            "forms": "、".join(_EXAMPLES[f] for f in accepted_frequencies(indicator.frequency, edition)),
            "applies_zh": "、".join(units[code].name.zh for code in indicator.applies_to or ()),
            "applies_en": ", ".join(units[code].name.en for code in indicator.applies_to or ()),
        }
        for indicator in catalogue.indicators
    ]
    columns = (
        "indicator_code",
        "indicator_zh",
        "indicator_en",
        "measure",
        "measure_en",
        "forms",
        "applies_zh",
        "applies_en",
    )
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
