"""The second gate: consistent marts pass, and every rule has a violation that it finds."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from expectations.marts import check_marts
from expectations.rules import MARTS_RULES
from xietong.catalogue import Catalogue
from xietong.errors import GateFailedError
from xietong.frames import CHECKS

Marts = dict[str, pl.DataFrame]

#: Scores of pm25 (weight .75) and pm10 (.25), of co2, and who is ranked where, by unit and period.
#: In the second period 500103 has neither pm10 nor co2; 500000-wansheng is never ranked.
SCORES = {
    ("500101", "2025-01"): (80.0, 60.0, 60.0),
    ("500102", "2025-01"): (40.0, 40.0, 50.0),
    ("500103", "2025-01"): (30.0, 70.0, 50.0),
    ("500000-wansheng", "2025-01"): (90.0, 90.0, 95.0),
    ("500101", "2025-02"): (80.0, 60.0, 60.0),
    ("500102", "2025-02"): (0.0, 0.0, 0.0),
    ("500103", "2025-02"): (30.0, None, None),
    ("500000-wansheng", "2025-02"): (100.0, 100.0, 100.0),
}
WEIGHTS = {"pm25": 0.75, "pm10": 0.25, "co2": 1.0}
NODES = {"pm25": "pollution", "pm10": "pollution", "co2": "carbon"}
#: Ranks of the three districts in each period, worked out by hand: by node, and for the synergy degree.
RANKS = {
    ("pollution", "2025-01"): (1, 2, 2),
    ("carbon", "2025-01"): (1, 2, 2),
    ("index", "2025-01"): (1, 2, 2),
    ("synergy", "2025-01"): (1, 2, 2),
    ("pollution", "2025-02"): (1, 3, 2),
    ("carbon", "2025-02"): (1, 2, None),
    ("index", "2025-02"): (1, 2, None),
    ("synergy", "2025-02"): (1, 2, None),
}
BANDS_OF_INDEX = {"500101": 2, "500102": 1, "500103": 1, "500000-wansheng": 4}
DISTRICTS = ("500101", "500102", "500103")


def ranked(of: str, unit: str, period: str) -> dict[str, int | None]:
    """Return the four columns of ranks; all districts are of one kind and one peer group."""
    ranks = RANKS[of, period]
    rank = ranks[DISTRICTS.index(unit)] if unit in DISTRICTS else None
    count = None if rank is None else sum(other is not None for other in ranks)
    return {"rank": rank, "group_rank": rank, "ranked_units": count, "group_units": count}


def indicator_rows(unit: str, period: str, indicators: list[str]) -> list[dict[str, Any]]:
    scores = dict(zip(("pm25", "pm10", "co2"), SCORES[unit, period], strict=True))
    rows = []
    for code in indicators:
        node, score = NODES.get(code), scores.get(code)
        observed = score is not None or node is None
        siblings = sum(WEIGHTS[c] for c, n in NODES.items() if n == node and scores[c] is not None)
        effective = WEIGHTS[code] / siblings if score is not None else None
        rows.append(
            {
                "unit_code": unit,
                "period": period,
                "indicator_code": code,
                "node_code": node,
                "state": "observed" if observed else "missing",
                "value": 7.0 if observed else None,
                "score": score,
                "weight": WEIGHTS.get(code),
                "effective_weight": effective,
                "contribution": effective * score if score is not None else None,
            }
        )
    return rows


def node_rows(unit: str, period: str, nodes: dict[str, float | None]) -> list[dict[str, Any]]:
    return [
        {
            "unit_code": unit,
            "period": period,
            "node_code": node,
            "level": "index" if node == "index" else "sub_index",
            "state": "assessed" if score is not None else "not_assessable",
            "score": score,
            "score_arithmetic": score,
            "coverage": 1.0,
            "band": BANDS_OF_INDEX[unit] if node == "index" and score is not None else None,
            **ranked(node, unit, period),
        }
        for node, score in nodes.items()
    ]


def contribution_rows(unit: str, period: str, pollution: float, carbon: float) -> list[dict[str, Any]]:
    """Return what indicators give to the index; pm10 is taken together with pm25."""
    parts = {("pollution", "pm25"): pollution, ("carbon", "co2"): carbon}
    return [
        {"unit_code": unit, "period": period, "node_code": node, "indicator_code": code, "to_index": part}
        for (node, code), part in parts.items()
    ]


def synergy_row(unit: str, period: str, p: float, k: float | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "unit_code": unit,
        "period": period,
        "p_score": p,
        "k_score": k,
        **ranked("synergy", unit, period),
    }
    if k is None:
        empty = dict.fromkeys(("c_standard", "c_modified", "t", "d_standard", "d_modified", "band"))
        return row | empty | {"state": "not_assessable"}
    t = (p + k) / 2
    standard = 2 * math.sqrt(p * k) / (p + k) if t else None
    modified = math.sqrt((1 - abs(p - k)) * min(p, k) / max(p, k)) if t else None
    degree = math.sqrt((modified or 0) * t)
    return row | {
        "state": "assessed",
        "c_standard": standard,
        "c_modified": modified,
        "t": t,
        "d_standard": math.sqrt((standard or 0) * t),
        "d_modified": degree,
        "band": min(int(degree * 10) + 1, 10),
    }


@pytest.fixture(scope="module")
def small(small: Catalogue, catalogue: Catalogue) -> Catalogue:
    """Return the small catalogue with rules of scoring: pass from 60, good from 80, excellent from 90."""
    return replace(small, scoring=catalogue.scoring)


def assessment() -> pl.DataFrame:
    """Return the assessment of the districts and of a special unit; a gate lowers the best to good."""
    grades = {"500101": ("good", "excellent"), "500102": ("pass", "pass"), "500103": (None, None)}
    scores = {"500101": 95.0, "500102": 60.0, "500103": None, "500000-wansheng": 59.9}
    ranks = {"500101": 1, "500102": 2}
    rows = [
        {
            "unit_code": unit,
            "period": "2025-01",
            "state": "not_assessable" if score is None else "assessed",
            "score": score,
            "grade": grades.get(unit, ("fail", "fail"))[0],
            "grade_before_gates": grades.get(unit, ("fail", "fail"))[1],
            "gate_codes": "fraud" if unit == "500101" else None,
            "rank": ranks.get(unit),
            "group_rank": ranks.get(unit),
            "ranked_units": 2 if unit in ranks else None,
            "group_units": 2 if unit in ranks else None,
        }
        for unit, score in scores.items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def assessment_items() -> pl.DataFrame:
    rows = [("500101", "assessed", 10.0, 10.0), ("500102", "assessed", 0.0, 10.0), ("500103", "missing", None, None)]
    columns = ["unit_code", "state", "points", "points_available"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        period=pl.lit("2025-01"), item_code=pl.lit("pm25")
    )


def rank_intervals() -> pl.DataFrame:
    rows = [("500102", output, 2, 2, 1, 3) for output in ("synergy", "index", "assessment")]
    columns = ["unit_code", "output", "nominal_rank", "median_rank", "rank_p05", "rank_p95"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(period=pl.lit("2025-01"))


@pytest.fixture(scope="module")
def marts(small: Catalogue) -> Marts:
    """Return consistent marts of four units and two periods."""
    codes = [indicator.code for indicator in small.indicators]
    scores, nodes, synergy, parts = [], [], [], []
    for (unit, period), (pm25, pm10, co2) in SCORES.items():
        pollution = pm25 if pm10 is None else 0.75 * pm25 + 0.25 * pm10
        index = None if co2 is None else 0.6 * pollution + 0.4 * co2
        scores += indicator_rows(unit, period, codes)
        nodes += node_rows(unit, period, {"pollution": pollution, "carbon": co2, "index": index})
        parts += [] if co2 is None else contribution_rows(unit, period, 0.6 * pollution, 0.4 * co2)
        synergy.append(synergy_row(unit, period, pollution / 100, None if co2 is None else co2 / 100))
    return {
        "indicator_scores": pl.DataFrame(scores, infer_schema_length=None),
        "index_scores": pl.DataFrame(nodes, infer_schema_length=None),
        "synergy": pl.DataFrame(synergy, infer_schema_length=None),
        "contributions": pl.DataFrame(parts),
        "assessment": assessment(),
        "assessment_items": assessment_items(),
        "rank_intervals": rank_intervals(),
        "observations": pl.DataFrame(
            {"unit_code": ["500101"], "indicator_code": ["pm25"], "period": ["2025-01"], "value": [7.0]}
        ),
    }


def at(**where: str) -> pl.Expr:
    """Return whether a row has these values; by default the first period of 500101."""
    wanted = {"unit_code": "500101", "period": "2025-01"} | where
    return pl.all_horizontal(pl.col(column) == value for column, value in wanted.items())


def changed(mart: str, column: str, value: float | str | None, **where: str) -> Callable[[Marts], Marts]:
    """Return the violation that one value of one row is another."""

    def violate(marts: Marts) -> Marts:
        frame = marts[mart]
        new = pl.when(at(**where)).then(pl.lit(value, dtype=frame.schema[column])).otherwise(pl.col(column))
        return marts | {mart: frame.with_columns(new.alias(column))}

    return violate


def without(mart: str, **where: str) -> Callable[[Marts], Marts]:
    return lambda marts: marts | {mart: marts[mart].filter(~at(**where))}


def twice(mart: str) -> Callable[[Marts], Marts]:
    return lambda marts: marts | {mart: pl.concat([marts[mart], marts[mart].head(1)])}


#: Violation → the rules that find it. A rule that stands with others cannot be broken without them.
VIOLATIONS: dict[str, tuple[Callable[[Marts], Marts], set[str]]] = {
    "no row in a mart": (lambda m: m | {"synergy": m["synergy"].clear()}, {"empty_mart"}),
    "an indicator's row is missing": (without("indicator_scores", indicator_code="gdp"), {"rows_missing"}),
    "a unit's synergy is missing": (without("synergy", unit_code="500000-wansheng"), {"rows_missing"}),
    "a row nobody expects": (
        lambda m: m | {"indicator_scores": pl.concat([m["indicator_scores"], _of_nobody(m["indicator_scores"])])},
        {"rows_missing"},
    ),
    "a repeated key in a mart without a grid": (twice("observations"), {"rows_repeated"}),
    "NaN": (changed("observations", "value", math.nan), {"not_finite"}),
    "an infinite value": (changed("indicator_scores", "value", math.inf, indicator_code="gdp"), {"not_finite"}),
    "weights above one": (
        changed("indicator_scores", "effective_weight", 0.7500001, indicator_code="pm25"),
        {"weights_not_one"},
    ),
    "a score above 100": (
        changed("index_scores", "score_arithmetic", 100.1, node_code="index"),
        {"score_out_of_bounds"},
    ),
    "a negative share": (changed("index_scores", "coverage", -0.1, node_code="index"), {"score_out_of_bounds"}),
    "a degree above 1": (changed("synergy", "d_standard", 1.1), {"score_out_of_bounds"}),
    "a score without an indicator observed": (
        changed("indicator_scores", "score", 5.0, unit_code="500103", period="2025-02", indicator_code="co2"),
        {"state_disagrees"},
    ),
    "an observed indicator without value": (
        changed("indicator_scores", "value", None, indicator_code="gdp"),
        {"state_disagrees"},
    ),
    "a degree where nothing could be assessed": (
        changed("synergy", "d_standard", 0.5, unit_code="500103", period="2025-02"),
        {"state_disagrees"},
    ),
    "contributions that do not add up": (
        changed("indicator_scores", "contribution", 60.00001, indicator_code="pm25"),
        {"contributions_disagree"},
    ),
    "parts that do not add up to the index": (
        changed("contributions", "to_index", 1.0, indicator_code="pm25"),
        {"parts_disagree"},
    ),
    "a rank that no score gives": (changed("synergy", "rank", 2), {"rank_disagrees"}),
    "a tie broken": (changed("index_scores", "rank", 3, unit_code="500103", node_code="index"), {"rank_disagrees"}),
    "a special unit ranked": (
        changed("synergy", "rank", 1, unit_code="500000-wansheng"),
        {"rank_disagrees"},
    ),
    "a unit not assessed but ranked": (
        changed("synergy", "rank", 3, unit_code="500103", period="2025-02"),
        {"rank_disagrees"},
    ),
    "fewer ranked units than there are": (changed("synergy", "ranked_units", 2), {"rank_disagrees"}),
    "a rank in the group that no score gives": (changed("synergy", "group_rank", 2), {"group_rank_disagrees"}),
    "a band beside its degree": (changed("synergy", "band", 1), {"band_disagrees"}),
    "a band of the index beside its score": (
        changed("index_scores", "band", 4, node_code="index"),
        {"band_disagrees"},
    ),
    "a band on a node that has none": (changed("index_scores", "band", 2, node_code="carbon"), {"band_disagrees"}),
    "an assessment of 250": (changed("assessment", "score", 250.0), {"score_out_of_bounds"}),
    "a score of nobody assessed": (
        changed("assessment", "state", "not_assessable", unit_code="500000-wansheng"),
        {"state_disagrees"},
    ),
    "an item with points that was not assessed": (changed("assessment_items", "state", "missing"), {"state_disagrees"}),
    "a rank of the assessment that no score gives": (changed("assessment", "rank", 2), {"rank_disagrees"}),
    "a rank in the group that no assessment gives": (changed("assessment", "group_rank", 2), {"group_rank_disagrees"}),
    "negative points": (changed("assessment_items", "points", -7.0), {"points_out_of_bounds"}),
    "more points than were to be had": (changed("assessment_items", "points", 10.1), {"points_out_of_bounds"}),
    "a grade before gates beside its score": (
        changed("assessment", "grade_before_gates", "good"),
        {"grade_disagrees"},
    ),
    "a grade lowered by nothing": (changed("assessment", "gate_codes", None), {"grade_disagrees"}),
    "a grade above its score": (
        lambda m: changed("assessment", "grade", "good", unit_code="500102")(
            changed("assessment", "gate_codes", "fraud", unit_code="500102")(m)
        ),
        {"grade_disagrees"},
    ),
    "an interval below the first rank": (
        changed("rank_intervals", "rank_p05", -3, unit_code="500102", output="index"),
        {"interval_disagrees"},
    ),
    "an interval that begins above its median": (
        changed("rank_intervals", "rank_p05", 90, unit_code="500102", output="synergy"),
        {"interval_disagrees"},
    ),
    "an interval that ends below its median": (
        changed("rank_intervals", "rank_p95", -3, unit_code="500102", output="assessment"),
        {"interval_disagrees"},
    ),
    "an interval of another rank": (
        changed("rank_intervals", "nominal_rank", 1, unit_code="500102", output="assessment"),
        {"interval_disagrees"},
    ),
}


def _of_nobody(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(at(indicator_code="gdp")).with_columns(unit_code=pl.lit("599999"))


def test_consistent_marts_pass(marts: Marts, small: Catalogue) -> None:
    checks = check_marts(marts, small)
    assert checks.schema == CHECKS
    assert checks["expectation"].to_list() == [rule.id for rule in MARTS_RULES]
    assert checks["success"].all()
    assert checks["evaluated"].min() > 0


def test_every_rule_has_a_violation() -> None:
    assert set().union(*(found for _, found in VIOLATIONS.values())) == {rule.id for rule in MARTS_RULES}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_found_by_its_rule_alone(violation: str, marts: Marts, small: Catalogue) -> None:
    violate, rules = VIOLATIONS[violation]
    with pytest.raises(GateFailedError) as failure:
        check_marts(violate(marts), small)
    assert {line.split(":")[0] for line in str(failure.value).splitlines()} == rules


def test_the_message_has_a_sentence_a_rule_with_the_first_row(marts: Marts, small: Catalogue) -> None:
    broken = changed("synergy", "band", 1)(changed("synergy", "rank", 2)(marts))
    with pytest.raises(GateFailedError) as failure:
        check_marts(broken, small)
    sentences = str(failure.value).splitlines()
    assert [sentence.split(":")[0] for sentence in sentences] == ["rank_disagrees", "band_disagrees"]
    assert "first synergy: unit_code 500101, period 2025-01" in sentences[0]


def test_scores_are_compared_as_published(marts: Marts, small: Catalogue) -> None:
    """Scores that differ in the seventh digit share a rank."""
    nearly = changed("index_scores", "score", 43.9999999, unit_code="500103", node_code="index")(marts)
    # Its parts are another matter: they have to add up to far more digits.
    del nearly["contributions"]
    assert check_marts(nearly, small)["success"].all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda m: {name: frame for name, frame in m.items() if name != "synergy"}, "there is no mart synergy"),
        (lambda m: m | {"synergy": m["synergy"].drop("band")}, "the mart synergy has no column band"),
    ],
)
def test_marts_of_other_columns_fail(
    change: Callable[[Marts], Marts], told: str, marts: Marts, small: Catalogue
) -> None:
    with pytest.raises(GateFailedError, match=told):
        check_marts(change(marts), small)


def test_marts_in_which_nobody_is_assessed_pass(marts: Marts, small: Catalogue) -> None:
    """Coverage pages are published also where figures suffice for no score."""
    nothing = {
        "indicator_scores": _emptied(marts["indicator_scores"], "missing"),
        "index_scores": _emptied(marts["index_scores"], "not_assessable"),
        "synergy": _emptied(marts["synergy"], "not_assessable"),
    }
    checks = check_marts(nothing, small)
    assert checks["success"].all()
    assert "weights_not_one" not in set(checks["expectation"])


def _emptied(frame: pl.DataFrame, state: str) -> pl.DataFrame:
    keys = {"unit_code", "period", "indicator_code", "node_code", "level", "state", "weight", "coverage"}
    return frame.with_columns(
        pl.lit(state).alias("state"), *(pl.lit(None, frame.schema[c]).alias(c) for c in frame.columns if c not in keys)
    )
