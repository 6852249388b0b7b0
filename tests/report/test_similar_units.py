"""Similar units: the nearest in standardised scores, and words where none can be named."""

import pytest

from xietong.report.similar_units import SHOWN, similar_units

PERIOD = "2026-10"


@pytest.fixture
def parts(catalogue) -> list[str]:
    """Return the parts of the index below which indicators stand."""
    return [node.code for node in catalogue.index.nodes if node.takes == "indicators"]


def rows(parts: list[str], scores: dict[str, list[float | None]]) -> list[dict[str, object]]:
    return [
        {"unit_code": unit, "period": PERIOD, "node_code": part, "level": "pillar", "score": score}
        for unit, own in scores.items()
        for part, score in zip(parts, own, strict=True)
    ]


def profile(catalogue, view, code: str):
    return similar_units(view, catalogue.units_by_code[code])


def test_the_nearest_comes_first_and_what_differs_most_is_named(make_view, catalogue, parts) -> None:
    scores = {
        "500101": [50.0, 50, 50, 50, 50],
        "500102": [90.0, 90, 90, 90, 90],
        "500103": [52.0, 50, 50, 50, 58],
        "500104": [10.0, 20, 30, 40, 50],
    }
    found = profile(catalogue, make_view(index_scores=rows(parts, scores)), "500101")
    assert found.compared == 4
    assert [row.code for row in found.rows] == ["500103", "500104", "500102"]
    widest = found.rows[0].difference
    assert (widest.values["own"], widest.values["other"]) == ("50.0", "58.0")


def test_a_part_counts_by_its_spread_not_by_its_size(make_view, catalogue, parts) -> None:
    """5 points apart where scores hardly vary is farther than 20 points apart where they vary widely."""
    scores = {
        "500101": [50.0, 50, 50, 50, 50],
        "500102": [50.0, 55, 50, 50, 50],
        "500103": [70.0, 50, 50, 50, 50],
        "500104": [0.0, 50, 50, 50, 50],
        "500105": [100.0, 50, 50, 50, 50],
    }
    found = profile(catalogue, make_view(index_scores=rows(parts, scores)), "500101")
    assert found.rows[0].code == "500103"


def test_equal_distances_keep_the_order_of_codes_and_no_more_are_shown_than_are_alike(
    make_view, catalogue, parts
) -> None:
    codes = [unit.code for unit in catalogue.units.units if unit.kind == "district"][:9]
    scores = {code: [60.0] * len(parts) for code in codes}
    found = profile(catalogue, make_view(index_scores=rows(parts, scores)), codes[3])
    others = [code for code in codes if code != codes[3]]
    assert [row.code for row in found.rows] == sorted(others)[:SHOWN]
    assert {row.distance for row in found.rows} == {"0.00"}


@pytest.mark.parametrize(
    ("code", "scores", "key"),
    [
        ("500000", {}, "similar.none.not_ranked"),
        ("500000-liangjiang", {}, "similar.none.not_ranked"),
        ("500101", {"500101": [50.0, None, 50, 50, 50]}, "similar.none.lacks_parts"),
        ("500101", {"500101": [50.0] * 5, "500102": [40.0] * 5, "500103": [30.0] * 5}, "similar.none.too_few"),
    ],
)
def test_who_cannot_be_compared_is_told_why(make_view, catalogue, parts, code, scores, key) -> None:
    found = profile(catalogue, make_view(index_scores=rows(parts, scores)), code)
    assert found.rows == ()
    assert found.none is not None
    assert found.none.key == key


def test_what_is_lacking_is_named(make_view, catalogue, parts) -> None:
    found = profile(catalogue, make_view(index_scores=rows(parts, {"500101": [50.0, None, 50, None, 50]})), "500101")
    assert found.none is not None
    assert found.none.values["parts"] == "降碳、治理路径"
