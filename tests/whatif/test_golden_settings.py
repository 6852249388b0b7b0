"""The golden vectors of the what-if: the SQL models, the script of the page and NumPy give the same figures."""

from typing import Any

import pytest

NODES = ("pollution", "carbon", "effect", "path", "management", "index")
#: What changes between releases need of a score; ranks and the standard degree they do not.
BY_ARRAYS = {"d_modified", *NODES}
EVERYTHING = BY_ARRAYS | {"c_modified", "d_standard", "index_arithmetic", "synergy_rank", "index_rank"}
#: As the method prints them (section 7.6), half of a sub-index accepted.
PRINTED = {"jia": (0.751857, 70.3808, 71.0455), "yi": (0.410908, 46.9918, 47.7), "bing": (0.43121, 71.7824, 74.5863)}


def named(found: dict[str, Any]) -> dict[str, float | None]:
    """Return what one way says of a unit, by the names of the golden vectors."""
    synergy, nodes = found["synergy"], found["nodes"]
    figures = {name: synergy[name] for name in ("c_modified", "d_modified", "d_standard") if name in synergy}
    figures |= {code: nodes[code]["score"] for code in NODES}
    if "rank" in synergy:
        figures |= {"index_arithmetic": nodes["index"]["score_arithmetic"]}
        figures |= {"synergy_rank": synergy["rank"], "index_rank": nodes["index"]["rank"]}
    return figures


@pytest.mark.parametrize(
    ("way", "names"),
    [("evaluate_by_sql", EVERYTHING), ("evaluate_by_script", EVERYTHING), ("evaluate_by_arrays", BY_ARRAYS)],
)
def test_every_setting_gives_its_golden_figures(request, golden_settings, way, names) -> None:
    evaluate = request.getfixturevalue(way)
    for case in golden_settings["cases"]:
        (outcome,) = evaluate(golden_settings["model"], [case["setting"]])
        for unit, expected in case["expected"].items():
            figures = named(outcome[unit])
            assert set(figures) == names
            for name, figure in figures.items():
                wanted = expected[name]
                is_close = figure is wanted if None in {figure, wanted} else abs(figure - wanted) <= 1e-9
                assert is_close, f"{case['about']}: {name} of {unit} is {figure}, not {wanted}"


def test_the_figures_as_published_are_those_that_the_method_prints(golden_settings) -> None:
    published = golden_settings["cases"][0]["expected"]
    found = {unit: (row["d_modified"], row["index"], row["index_arithmetic"]) for unit, row in published.items()}
    for unit, printed in PRINTED.items():
        assert found[unit] == pytest.approx(printed, abs=6e-5, rel=0)


def test_settings_change_the_order(golden_settings) -> None:
    ranks = {tuple(row["index_rank"] for row in case["expected"].values()) for case in golden_settings["cases"]}
    assert len(ranks) > 2
