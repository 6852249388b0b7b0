"""Scores of all units by one method, where the warehouse has none: relative normalisations."""

from dataclasses import replace

import numpy as np
import pytest

from xietong.changes import Method
from xietong.changes.scoring import Figures, evaluate

METHOD = Method(
    node_of={"pm25": "pollution", "co2": "carbon"},
    weights={"pm25": 1.0, "co2": 1.0},
    goalposts={"pm25": (50, 15), "co2": (1.6, 0.3)},
    parents={"index": None, "pollution": "index", "carbon": "index"},
    node_weights={"index": 100, "pollution": 50, "carbon": 50},
    aggregations=dict.fromkeys(("index", "pollution", "carbon"), "arithmetic"),
    takes={"index": "nodes", "pollution": "indicators", "carbon": "indicators"},
    synergy_nodes=("pollution", "carbon"),
    synergy_weights=(0.5, 0.5),
    availability=0.5,
    floor=1.0,
)


@pytest.mark.parametrize("units", [3, 6, 7, 11])
@pytest.mark.parametrize("normalisation", ["minmax", "zscore"])
def test_equal_figures_stand_in_the_middle_whatever_their_mean_rounds_to(normalisation, units) -> None:
    alike, falling = np.full(units, 7.1), np.linspace(1.6, 0.3, units)
    values = np.column_stack([alike, falling])
    taken = Figures(("pm25", "co2"), values, np.ones(values.shape, dtype=bool))
    scores = evaluate(replace(METHOD, normalisation=normalisation), taken, values)
    assert set(scores["pollution"]) == {50.0}
    assert np.all(np.diff(scores["carbon"]) > 0)
