"""What must hold of every study: order, measure and direction of the figures decide nothing they should not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xietong.framework import scoring
from xietong.framework.options import Choice, StudyOptions, parse_options
from xietong.framework.outliers import treat_figures
from xietong.framework.preparation import impute
from xietong.framework.ranking import ranks_table
from xietong.framework.tables import Figures, Framework, Item
from xietong.framework.uncertainty import analyse

CODES = ("a", "b", "c", "d")
MINMAX = Choice("minmax", (1.0, 100.0))
#: Whole numbers and gaps: what a change of order or measure does to them is no matter of rounding.
FIGURES = arrays.arrays(
    float,
    st.tuples(st.integers(4, 12), st.just(len(CODES))),
    elements=st.one_of(st.integers(-500, 500).map(float), st.integers(-3, 3).map(float), st.just(float("nan"))),
)


def item(code: str, level: int, parent: str | None, weight: float = 1.0, direction: int = 1) -> Item:
    return Item(code, code, level, parent, weight, direction, None, {})


def framework(weights: tuple[float, ...] = (2, 1, 1, 3), directions: tuple[int, ...] = (1, -1, 1, 1)) -> Framework:
    """Return two nodes of two indicators each below one top."""
    indicators = tuple(
        item(code, 1, "left" if position < 2 else "right", weights[position], directions[position])
        for position, code in enumerate(CODES)
    )
    nodes = (item("left", 2, "top", 2), item("right", 2, "top", 3), item("top", 3, None))
    return Framework(indicators, nodes, (), ())


def figures(values: np.ndarray) -> Figures:
    keys = pl.DataFrame({"uCode": [f"U{row:02d}" for row in range(len(values))]})
    groups = pl.DataFrame({"group": ["north" if row % 2 else "south" for row in range(len(values))]})
    return Figures(keys, values, groups, pl.DataFrame())


def top(values: Figures, tree: Framework, how: Choice = MINMAX, combine: str = "arithmetic") -> np.ndarray:
    """Return the top scores after imputation by group and the standard treatment."""
    imputed = impute(values, Choice("group-mean", text="group"))
    treated, _ = treat_figures(imputed, CODES, Choice("standard"))
    normalised, _ = scoring.normalise(tree, treated, how)
    return scoring.aggregate(tree, normalised, (Choice(combine),), 0.5, "framework").values["top"]


@pytest.mark.parametrize("combine", ["arithmetic", "geometric", "harmonic", "copeland"])
@given(values=FIGURES, data=st.data())
def test_order_of_units_decides_nothing(combine, values, data) -> None:
    order = np.array(data.draw(st.permutations(range(len(values)))))
    straight = figures(values)
    turned = Figures(straight.keys[order], values[order], straight.groups[order], pl.DataFrame())
    expected = top(straight, framework(), combine=combine)[order]
    assert top(turned, framework(), combine=combine) == pytest.approx(expected, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    "how", [MINMAX, Choice("zscore", (0.0, 1.0)), Choice("rank"), Choice("percentile-rank")], ids=lambda how: how.name
)
@given(values=FIGURES, exponent=st.integers(1, 6), shift=st.integers(-100, 100))
def test_measure_of_an_indicator_decides_nothing(how, values, exponent, shift) -> None:
    other = values.copy()
    other[:, 0] = other[:, 0] * 2.0**exponent + shift
    expected = top(figures(values), framework(), how)
    assert top(figures(other), framework(), how) == pytest.approx(expected, rel=1e-7, abs=1e-7, nan_ok=True)


@given(values=FIGURES)
def test_a_mirrored_indicator_with_its_direction_turned_scores_the_same(values) -> None:
    mirrored = values.copy()
    mirrored[:, 1] *= -1
    turned = framework(directions=(1, 1, 1, 1))
    # Treatment takes the logarithm from one side only, so the mirror image is of the figures that come after it.
    normalise: Callable[[Framework, np.ndarray], np.ndarray] = lambda tree, raw: scoring.normalise(  # noqa: E731
        tree, figures(raw), MINMAX
    )[0]
    assert normalise(turned, mirrored) == pytest.approx(normalise(framework(), values), nan_ok=True)


@given(values=FIGURES, factor=st.floats(0.01, 100))
def test_weights_count_relative_to_each_other(values, factor) -> None:
    weights = (2.0, 1.0, 1.0, 3.0)
    scaled = framework(tuple(weight * factor for weight in weights[:2]) + weights[2:])
    expected = top(figures(values), framework(weights))
    assert top(figures(values), scaled) == pytest.approx(expected, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("scheme", ["framework", "equal", "entropy", "critic"])
@given(values=FIGURES)
def test_shares_of_every_node_sum_to_one(scheme, values) -> None:
    tree = framework()
    raw, _ = scoring.normalise(tree, impute(figures(values), Choice("median")), MINMAX)
    complete = np.where(np.isnan(raw), 1.0, raw)
    shares = scoring.aggregate(tree, complete, (Choice("arithmetic"),), 0, scheme).shares
    for node in tree.nodes:
        assert sum(shares[child.code] for child in tree.children(node.code)) == pytest.approx(1, abs=1e-9)


@given(values=FIGURES)
def test_scores_stay_between_the_ends_of_the_normalisation(values) -> None:
    scores = top(figures(values), framework())
    assert np.all(np.isnan(scores) | ((scores >= 1 - 1e-9) & (scores <= 100 + 1e-9)))


@given(values=FIGURES, data=st.data())
def test_ranks_follow_the_units_and_equal_scores_share_one(values, data) -> None:
    order = np.array(data.draw(st.permutations(range(len(values)))))
    keys = figures(values).keys
    straight = ranks_table(keys, list(CODES), values, 2)
    turned = ranks_table(keys[order], list(CODES), values[order], 2)
    assert turned.sort("uCode").equals(straight)
    for code, column in zip(CODES, values.T, strict=True):
        ranks = straight[code].to_list()
        assert [rank is None for rank in ranks] == np.isnan(column).tolist()
        expected = [1 + sum(other > figure for other in column) for figure in column if not np.isnan(figure)]
        assert [rank for rank in ranks if rank is not None] == expected


def test_sums_that_differ_by_rounding_share_a_rank_and_figures_that_differ_do_not() -> None:
    keys = pl.DataFrame({"uCode": ["A", "B", "C"]})
    close = np.array([0.1 + 0.2, 0.3, 0.25])
    ranks = ranks_table(keys, ["figure", "sum"], np.column_stack([close, close]), 1)
    assert ranks["figure"].to_list() == [1, 2, 3]
    assert ranks["sum"].to_list() == [1, 1, 3]
    # Small scores are told apart as well as large ones.
    assert ranks_table(keys, ["sum"], close[:, None] * 1e-15, 0)["sum"].to_list() == [1, 1, 3]


def test_runs_of_a_study_have_weights_of_their_own_unless_sobol_indices_share_them() -> None:
    generator = np.random.default_rng(7)
    values = figures(generator.normal(10, 3, (8, len(CODES))))
    tree = framework()
    scores, _ = scoring.normalise(tree, values, MINMAX)
    nominal = scoring.aggregate(tree, scores, (Choice("arithmetic"),), 0, "framework")
    options = StudyOptions(runs=64, seed=3)
    plain = analyse(tree, parse_options(options), values, nominal.values["top"], nominal.shares)
    assert plain.draws["Weight.a"].n_unique() == 64
    shared = analyse(tree, parse_options(replace(options, sobol=True)), values, nominal.values["top"], nominal.shares)
    assert shared.draws["Weight.a"].n_unique() < 64
    assert shared.sobol is not None
