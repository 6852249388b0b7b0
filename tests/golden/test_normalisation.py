"""G13: normalisation and aggregation of single vectors against the unit tests of COINr."""

import math

import numpy as np
import pytest

from xietong.aggregation import geometric, harmonic
from xietong.normalisation import distance_to_target, goalposts, minmax


def test_g13_distance_to_target(golden) -> None:
    figures = golden["G13_coinr_units"]
    x, target = figures["dist2targ_x"], figures["target"]
    assert distance_to_target(x, target) == pytest.approx(figures["expected"], abs=1e-9)
    assert distance_to_target(x, target, cap=True) == pytest.approx(figures["cap"], abs=1e-9)
    reverse = distance_to_target(figures["reverse_x"], figures["reverse_target"], -1)
    assert reverse == pytest.approx(figures["reverse_expected"], abs=1e-9)


def test_g13_goalposts(golden) -> None:
    figures = golden["G13_coinr_units"]["goalposts_0_10"]
    assert goalposts(figures["x"], 0, 10, 1, 1) == pytest.approx(figures["forward"], abs=1e-9)
    assert goalposts(figures["x"], 0, 10, -1, 1) == pytest.approx(figures["reversed"], abs=1e-9)


def test_g13_rescaling_keeps_what_is_missing(golden) -> None:
    figures = golden["G13_coinr_units"]
    rescaled = minmax(np.array(figures["rescale_x"], dtype=float), 0, 1)
    expected = [math.nan if value is None else value for value in figures["rescale_expected"]]
    assert rescaled == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_g13_means(golden) -> None:
    figures = golden["G13_coinr_units"]
    assert geometric([[1, 2, 3]], [1, 1, 1])[0] == pytest.approx(figures["gmean_123"], abs=1e-9)
    assert geometric([[1, 2, 3]], [1, 1, 2])[0] == pytest.approx(figures["gmean_w112"], abs=1e-9)
    assert harmonic([[1, 2, 3]], [2, 1, 1])[0] == pytest.approx(figures["hmean_w211"], abs=1e-9)


@pytest.mark.parametrize("scores", [[1, 0, 3], [1, -2, 3]])
def test_geometric_mean_of_nothing_or_less_is_refused(scores) -> None:
    with pytest.raises(ValueError, match="positive scores only"):
        geometric([scores], [1, 1, 1])
