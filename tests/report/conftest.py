"""A view on a handful of inline rows over the real catalogue."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Edition, load_edition
from xietong.frames import OBSERVATIONS
from xietong.report import Language, RunFacts
from xietong.report.evaluation import Evaluation
from xietong.report.view import View
from xietong.resources import resource_directory

Rows = list[dict[str, Any]]
MakeView = Callable[..., View]

SYNERGY = {
    "state": "assessed",
    "reason": None,
    "p_score": 0.6,
    "k_score": 0.5,
    "c_standard": 0.99,
    "c_modified": 0.87,
    "t": 0.55,
    "d_standard": 0.74,
    "d_modified": 0.69,
    "band": 7,
    "lag_type": "synchronous",
    "rank": 1,
    "group_rank": 1,
    "ranked_units": 2,
    "group_units": 2,
}


@pytest.fixture(scope="session")
def published() -> Edition:
    """Return the edition of published figures."""
    return load_edition(resource_directory("editions"), "chongqing-published")


@pytest.fixture
def make_view(catalogue: Catalogue, published: Edition) -> MakeView:
    """Return a function that makes a view on marts given as inline rows."""

    def make(period: str = "2026-10", language: Language = "zh", **marts: Rows) -> View:
        frames = {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in marts.items()}
        if "observations" in marts:
            frames["observations"] = pl.DataFrame(
                [{name: row.get(name) for name in OBSERVATIONS} for row in marts["observations"]],
                schema=OBSERVATIONS,
            )
        moment = datetime(2026, 11, 10, tzinfo=UTC)
        run = RunFacts("chongqing-published", period, moment, "2025.1", f"{period}-0123456789ab", 1)
        return View(Evaluation(frames, catalogue, period), published, run, language)

    return make


@pytest.fixture
def synergy_row() -> Callable[..., dict[str, Any]]:
    """Return a function that makes a row of marts.synergy; what is not given is an assessed unit."""

    def make(unit_code: str, period: str = "2026-10", **changed: Any) -> dict[str, Any]:
        return {"unit_code": unit_code, "period": period, **SYNERGY, **changed}

    return make
