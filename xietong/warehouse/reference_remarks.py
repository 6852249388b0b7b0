"""Explanations and reasons of corrections as tables: one row a figure, those of the edition only."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from xietong.catalogue import Catalogue, Edition

_FIGURE: Final = {"unit_code": pl.String(), "indicator_code": pl.String(), "period": pl.String()}
_REMARK: Final = {
    "text_zh": pl.String(),
    "text_en": pl.String(),
    "given_by_zh": pl.String(),
    "given_by_en": pl.String(),
    "given_on": pl.Date(),
}


def explanations(catalogue: Catalogue, edition: Edition) -> pl.DataFrame:
    """Return one row per finding that is explained: rule, unit, indicator, period and the explanation."""
    rows: list[Mapping[str, Any]] = [
        {
            "rule": explanation.rule,
            "unit_code": explanation.unit_code,
            "indicator_code": explanation.indicator,
            "period": period,
            "text_zh": explanation.explanation.zh,
            "text_en": explanation.explanation.en,
            "given_by_zh": explanation.given_by.zh,
            "given_by_en": explanation.given_by.en,
            "given_on": explanation.given_on,
        }
        for explanation in catalogue.explanations
        if explanation.edition == edition.name
        for period in explanation.periods
    ]
    schema = {"rule": pl.String(), **_FIGURE, **_REMARK}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("rule", *_FIGURE)


def corrections(catalogue: Catalogue, edition: Edition) -> pl.DataFrame:
    """Return one row per figure whose correction has a reason: unit, indicator, period and the reason."""
    rows: list[Mapping[str, Any]] = [
        {
            "unit_code": correction.unit_code,
            "indicator_code": correction.indicator,
            "period": period,
            "text_zh": correction.reason.zh,
            "text_en": correction.reason.en,
            "given_by_zh": correction.given_by.zh,
            "given_by_en": correction.given_by.en,
            "given_on": correction.given_on,
        }
        for correction in catalogue.corrections
        if correction.edition == edition.name
        for period in correction.periods
    ]
    return pl.DataFrame(rows, schema={**_FIGURE, **_REMARK}, orient="row").sort(*_FIGURE)
