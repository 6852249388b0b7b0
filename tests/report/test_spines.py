"""Quartiles of peers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.report.spines import quantile, spine_of


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.sampled_from([0.25, 0.5, 0.75]))
def test_quantiles_are_those_of_numpy(values, share) -> None:
    assert quantile(sorted(values), share) == pytest.approx(float(np.quantile(values, share)), abs=1e-9)


def scored(unit_code, score):
    row = {"unit_code": unit_code, "period": "2026-10", "indicator_code": "pm25", "state": "observed"}
    return {**row, "value": 30.0, "score": score}


def test_peers_are_the_units_of_the_own_group(make_view, catalogue) -> None:
    southeast = [unit for unit in catalogue.units.units if unit.peer_group == "southeast"]
    rows = [scored(unit.code, 10.0 * number) for number, unit in enumerate(southeast)]
    rows.append(scored("500103", 99.0))
    view = make_view(indicator_scores=rows)
    spine = spine_of(view.evaluation, southeast[1], catalogue.indicators_by_code["pm25"])
    assert spine is not None
    assert (spine.score, spine.median, spine.best) == (10.0, 25.0, 50.0)


def test_few_peers_have_no_quartiles(make_view, catalogue) -> None:
    view = make_view(indicator_scores=[scored("500103", 99.0)])
    assert spine_of(view.evaluation, catalogue.units_by_code["500103"], catalogue.indicators_by_code["pm25"]) is None
