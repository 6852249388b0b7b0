"""The weights of every scheme in every node."""

import numpy as np
import polars as pl
import pytest

from xietong.catalogue import Catalogue, Comparison, Judgements
from xietong.robustness import all_schemes, weights_table
from xietong.robustness.series import scores_between_goalposts
from xietong.robustness.weighting import SCHEMES
from xietong.weights import analytic_hierarchy, critic_weights, entropy_weights, game_theory_combination

FIGURES = np.random.default_rng(21).uniform(10, 90, (12, 15))
#: Golden G5 has five items; this one has three and a known answer: 4 : 2 : 1.
MATRIX = [[1, 2, 4], ["1/2", 1, 2], ["1/4", "1/2", 1]]


class Judged:
    """What weighing asks of a catalogue: its judgements."""

    def __init__(self, *comparisons: Comparison) -> None:
        origin = {"zh": "示例", "en": "example"}
        level = {"level": "sub_index", "origin": origin, "comparisons": comparisons}
        self.judgements = (Judgements.model_validate(level),) if comparisons else ()


def carbon() -> Comparison:
    items = ["indicator_05", "indicator_03", "indicator_04"]
    return Comparison.model_validate({"node": "carbon", "items": items, "matrix": MATRIX})


def schemes_of(make_inputs, figures=FIGURES, *comparisons: Comparison):
    inputs = make_inputs(figures)
    return inputs, all_schemes(Judged(*comparisons), inputs, scores_between_goalposts(inputs))


def test_every_scheme_sums_to_one_in_every_node(make_inputs) -> None:
    inputs, schemes = schemes_of(make_inputs, FIGURES, carbon())
    assert tuple(schemes) == SCHEMES
    table = weights_table(inputs, schemes)
    indicators = table.drop_nulls("indicator_code").group_by("scheme", "node_code").agg(pl.col("weight").sum())
    assert indicators.height == 7 * 5
    assert indicators["weight"].to_numpy() == pytest.approx(np.ones(35), abs=1e-9)
    nodes = table.filter(pl.col("indicator_code").is_null())
    assert nodes.group_by("scheme").len()["len"].unique().to_list() == [9]
    pillars = nodes.filter(pl.col("node_code").is_in(["effect", "path", "management"]))
    assert pillars.group_by("scheme").agg(pl.col("weight").sum())["weight"].to_numpy() == pytest.approx(np.ones(7))


def test_weights_from_data_are_those_of_the_scores_of_the_node(make_inputs) -> None:
    _, schemes = schemes_of(make_inputs)
    assert schemes["entropy"].by_node["carbon"].weights == pytest.approx(entropy_weights(FIGURES[:, 3:6]))
    assert schemes["critic"].by_node["carbon"].weights == pytest.approx(critic_weights(FIGURES[:, 3:6]))
    assert schemes["entropy"].by_node["carbon"].note == "units=12"


def test_judgements_are_given_in_the_order_of_the_index_with_their_consistency(make_inputs) -> None:
    _, schemes = schemes_of(make_inputs, FIGURES, carbon())
    weighed = schemes["ahp"].by_node["carbon"]
    assert weighed.weights == pytest.approx(np.array([2, 1, 4]) / 7)
    assert "lambda_max=3.000000" in (weighed.note or "")
    assert "consistency_ratio=0.000000" in (weighed.note or "")
    # Nobody judged the other nodes: they keep the policy weights, and say so.
    assert schemes["ahp"].by_node["path"].weights == pytest.approx([0.6, 0.4])
    assert schemes["ahp"].by_node["path"].note == "no_judgements"


def test_game_combines_judgement_and_entropy(make_inputs) -> None:
    _, schemes = schemes_of(make_inputs, FIGURES, carbon())
    judged, measured = (schemes[name].by_node["carbon"].weights for name in ("ahp", "entropy"))
    combined = game_theory_combination(judged, measured)
    assert schemes["game"].by_node["carbon"].weights == pytest.approx(combined.weights)
    share = combined.coefficients[0] / combined.coefficients.sum()
    assert f"share_of_ahp={share:.6f}" in (schemes["game"].by_node["carbon"].note or "")


def test_without_judgements_there_is_neither_ahp_nor_game(make_inputs) -> None:
    assert "ahp" not in schemes_of(make_inputs)[1]
    assert "game" not in schemes_of(make_inputs)[1]


def test_a_constant_column_weighs_nothing_by_the_data(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[:, 4] = 50
    # Two columns that run against each other would cancel out in the first component.
    figures[:, 5] = figures[:, 3] / 2 + figures[:, 5] / 4
    _, schemes = schemes_of(make_inputs, figures)
    for name in ("entropy", "critic", "pca"):
        assert schemes[name].by_node["carbon"].weights[1] == 0


def test_a_negative_weight_is_kept_and_said(make_inputs) -> None:
    figures = FIGURES.copy()
    figures[:, 4] = 0.9 * figures[:, 3] + 5
    figures[:, 5] = 100 - figures[:, 3]
    weighed = schemes_of(make_inputs, figures)[1]["pca"].by_node["carbon"]
    assert weighed.weights.min() < 0
    assert "negative_weights" in (weighed.note or "")


def test_an_indicator_that_few_units_have_keeps_its_policy_share(make_inputs) -> None:
    figures, applicable = FIGURES.copy(), np.ones(FIGURES.shape, dtype=bool)
    figures[2:, 4], applicable[2:, 4] = np.nan, False
    inputs = make_inputs(figures, applicable=applicable)
    weighed = all_schemes(Judged(), inputs, scores_between_goalposts(inputs))["entropy"].by_node["carbon"]
    assert weighed.weights[1] == pytest.approx(1 / 3)
    assert weighed.weights[[0, 2]] == pytest.approx(2 / 3 * entropy_weights(figures[:, [3, 5]]))
    assert weighed.note == "units=12; kept_policy_share=1"


def test_one_unit_says_nothing_and_the_policy_weights_stay(make_inputs) -> None:
    weighed = schemes_of(make_inputs, FIGURES[:1])[1]["critic"].by_node["carbon"]
    assert weighed.weights == pytest.approx(np.full(3, 1 / 3))
    assert weighed.note == "policy_weights; units=1"


def test_chongqing_s_judgements_are_used_for_every_node_with_several_children(catalogue: Catalogue) -> None:
    for file in catalogue.judgements:
        for found in file.comparisons:
            assert analytic_hierarchy(found.matrix).consistency_ratio < 0.1
