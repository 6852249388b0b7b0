"""G4, G5, G6: weights and TOPSIS against published examples."""

from fractions import Fraction

import numpy as np
import pytest

from xietong.normalisation import centred, interval, minmax, topsis
from xietong.weights import (
    analytic_hierarchy,
    critic_weights,
    entropy_weights,
    game_theory_combination,
    geometric_combination,
    linear_combination,
    product_combination,
)


@pytest.fixture(scope="module")
def rivers(golden) -> tuple[np.ndarray, np.ndarray]:
    """Return raw figures and scores 0–1 of the river data set: O2, PH, germ, nutrient."""
    raw = np.column_stack([golden["G4_rivers"][name] for name in ("O2", "PH", "germ", "nutrient")]).astype(float)
    oxygen, acidity, germ, nutrient = raw.T
    scores = [minmax(oxygen, 0, 1), centred(acidity, 7), minmax(-germ, 0, 1), interval(nutrient, 10, 20)]
    return raw, np.column_stack(scores)


@pytest.fixture(scope="module")
def kept_off_the_ends(rivers) -> np.ndarray:
    """Return the scores as the example has them for entropy: 0 and 1 replaced by .002 and .998."""
    _, scores = rivers
    kept = np.clip(scores, 0.002, 0.998)
    for linear in (0, 2):
        kept[:, linear] = minmax(scores[:, linear], 0.002, 0.998)
    return kept


def test_g4_entropy_weights_and_scores(golden, kept_off_the_ends) -> None:
    weights = entropy_weights(kept_off_the_ends)
    assert weights == pytest.approx(golden["G4_rivers"]["entropy_w"], abs=1e-5)
    assert 100 * kept_off_the_ends @ weights == pytest.approx(golden["G4_rivers"]["entropy_score"], abs=1e-5)


def test_g4_critic_weights(golden, rivers) -> None:
    assert critic_weights(rivers[1]) == pytest.approx(golden["G4_rivers"]["critic_w_sample_sd_01"], abs=1e-5)


def test_g4_topsis(golden, rivers, kept_off_the_ends) -> None:
    raw, scores = rivers
    matrix = np.column_stack([raw[:, 0], scores[:, 1], raw[:, 2], scores[:, 3]])
    closeness = topsis(matrix, entropy_weights(kept_off_the_ends), [True, True, False, True])
    assert closeness == pytest.approx(golden["G4_rivers"]["topsis_L2_entropy_w"], abs=1e-5)


def test_g5_analytic_hierarchy(golden) -> None:
    figures = golden["G5_ahp_combine"]
    hierarchy = analytic_hierarchy([[float(Fraction(str(cell))) for cell in row] for row in figures["A"]])
    assert hierarchy.weights == pytest.approx(figures["w"], abs=1e-7)
    assert hierarchy.lambda_max == pytest.approx(figures["lambda_max"], abs=1e-6)
    assert hierarchy.consistency_index == pytest.approx(figures["CI"], abs=1e-7)
    assert hierarchy.consistency_ratio == pytest.approx(figures["CR_RI1.12"], abs=1e-7)


def test_g5_combinations(golden) -> None:
    figures = golden["G5_ahp_combine"]["combine"]
    pair = figures["ws"], figures["wo"]
    assert linear_combination(*pair, 0.6) == pytest.approx(figures["linear_alpha_.6"], abs=1e-7)
    assert product_combination(*pair) == pytest.approx(figures["product"], abs=1e-7)
    assert geometric_combination(*pair) == pytest.approx(figures["geometric"], abs=1e-7)
    game = game_theory_combination(*pair)
    assert game.coefficients == pytest.approx(figures["game_raw_alpha"], abs=1e-7)
    assert game.weights == pytest.approx(figures["game"], abs=1e-7)


def test_g6_classics(golden) -> None:
    figures = golden["G6_mcdm"]
    assert critic_weights(minmax(figures["critic_M"], 0, 1)) == pytest.approx(figures["critic_w"], abs=1e-7)
    assert topsis(figures["topsis_M"], figures["topsis_w"]) == pytest.approx(figures["topsis"], abs=1e-4)
    assert entropy_weights(figures["entropy_M"]) == pytest.approx(figures["entropy_w"], abs=1e-6)
