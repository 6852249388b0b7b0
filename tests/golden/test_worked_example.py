"""The worked example of the whole chain (method.md §7.6), in SQL and through the Monte Carlo's nominal run."""

import pytest

PARTS = {
    "P": ("pm25", "good_days", "water"),
    "K": ("co2_intensity", "energy_decline"),
    "B1": ("nonfossil", "industrial_decline"),
    "B2": ("solid_waste", "manure"),
    "C": ("quality", "permit"),
}


def node_scores(golden, sql, district: str, *, strict: bool = False) -> dict[str, float]:
    """Return the five nodes' scores; a missing figure leaves its weight to the others, or scores 0 when strict."""
    example = golden["worked_example"]
    figures = dict(zip(example["goalposts"], example["figures"][district], strict=True))
    nodes = {}
    for node, indicators in PARTS.items():
        parts = []
        for indicator in indicators:
            score = sql("goalpost_score(?::double, ?, ?)", figures[indicator], *example["goalposts"][indicator])
            if score is None and strict and indicator not in example["not_applicable"].get(district, []):
                score = 0.0
            if score is not None:
                parts.append({"weight": example["weights"][indicator], "score": score})
        nodes[node] = sql("weighted_arithmetic_mean(?)", parts)
    return nodes


def outcome(golden, sql, district: str, *, strict: bool = False) -> dict[str, float]:
    nodes = node_scores(golden, sql, district, strict=strict)
    u, t = [nodes["P"] / 100, nodes["K"] / 100], (nodes["P"] + nodes["K"]) / 200
    c_modified, c_standard = sql("coupling_degree_modified($1::double[]), coupling_degree($1::double[])", u)
    d_modified = sql("coordination_degree(?, ?)", c_modified, t)
    effect = (20 * nodes["P"] + 20 * nodes["K"] + 10 * 100 * d_modified) / 50
    path = (18 * nodes["B1"] + 12 * nodes["B2"]) / 30
    pillars = [
        {"weight": weight, "score": score}
        for weight, score in zip((50, 30, 20), (effect, path, nodes["C"]), strict=True)
    ]
    return {
        "P": nodes["P"],
        "K": nodes["K"],
        "C_mod": c_modified,
        "C_std": c_standard,
        "D_mod": d_modified,
        "D_std": sql("coordination_degree(?, ?)", c_standard, t),
        "A": effect,
        "B": path,
        "C": nodes["C"],
        "geometric": sql("weighted_geometric_mean(?, 1)", pillars),
        "arithmetic": sql("weighted_arithmetic_mean(?)", pillars),
    }


@pytest.mark.parametrize("district", ["甲", "乙", "丙"])
def test_every_printed_figure_comes_out(golden, sql, district) -> None:
    printed = golden["worked_example"]["results"][district]
    result = outcome(golden, sql, district)
    assert result == pytest.approx({name: printed[name] for name in result}, abs=golden["worked_example"]["tol"])


def test_strict_rule_keeps_the_weight_of_what_is_missing(golden, sql) -> None:
    printed = golden["worked_example"]["results"]["乙"]
    result = outcome(golden, sql, "乙", strict=True)
    found = (result["B"], result["geometric"], result["arithmetic"])
    expected = (printed["strict_B"], printed["strict_geometric"], printed["strict_arithmetic"])
    assert found == pytest.approx(expected, abs=golden["worked_example"]["tol"])


def test_unbalanced_district_tops_the_index_but_not_the_synergy_degree(golden, sql) -> None:
    results = {district: outcome(golden, sql, district) for district in "甲乙丙"}
    assert max(results, key=lambda district: results[district]["geometric"]) == "丙"
    assert max(results, key=lambda district: results[district]["D_mod"]) == "甲"
    bands = {district: sql("coordination_band(?)", results[district]["D_mod"]) for district in results}
    assert bands == {"甲": 8, "乙": 5, "丙": 5}
    assert sql("coordination_band(?)", results["丙"]["D_std"]) == 7
