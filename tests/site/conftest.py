"""A whole site from made-up marts of the real catalogue, and a browser to look at it with.

The figures follow simple rules of the unit's and the indicator's position, so that a test can
say what must be on a page: the last district lacks everything below the node of pollution, every
seventh figure is carried from three months earlier, the zones and the city are never ranked.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Browser, sync_playwright

from xietong.catalogue import Catalogue, Edition, load_edition
from xietong.frames import CHECKS, FINDINGS, OBSERVATIONS
from xietong.periods import month_number, period_of
from xietong.render import render_site, write_downloads
from xietong.report import RunFacts, Site, build_site
from xietong.resources import resource_directory

PERIOD = "2026-10"
PERIODS = [period_of(month_number(PERIOD) - back, "month") for back in range(13, -1, -1)]
RECEIVED = datetime(2026, 11, 10, tzinfo=UTC)
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def score_of(unit: int, indicator: int, month: int) -> float:
    """Return a score between 20 and 95 that differs by unit, indicator and month."""
    return 20.0 + (unit * 13 + indicator * 7 + month) % 76


def made_marts(catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """Return marts with figures for every unit."""
    scores = _indicator_scores(catalogue)
    nodes, synergy = _nodes_and_synergy(catalogue, scores)
    return {
        "indicator_scores": pl.DataFrame(scores, infer_schema_length=None),
        "index_scores": pl.DataFrame(nodes, infer_schema_length=None),
        "synergy": pl.DataFrame(synergy, infer_schema_length=None),
        "synergy_change": pl.DataFrame(_changes(synergy), infer_schema_length=None),
        "target_progress": pl.DataFrame(_progress(catalogue), infer_schema_length=None),
        "rank_intervals": pl.DataFrame(_intervals(synergy), infer_schema_length=None),
        "observations": pl.DataFrame(_observations(catalogue), schema=OBSERVATIONS, orient="row"),
        "findings": pl.DataFrame(_findings(), schema=FINDINGS, orient="row"),
        "checks": pl.DataFrame(_checks(), schema=CHECKS, orient="row"),
        "snapshots": pl.DataFrame(
            {
                "sha256": ["ab" * 32],
                "file": ["500101-2026.xlsx"],
                "source_id": [catalogue.sources[0].code],
                "publisher": ["区县"],
                "address": [None],
                "licence": ["内部"],
                "received_at": [RECEIVED],
                "size": [20480],
            }
        ),
    }


def _indicator_scores(catalogue: Catalogue) -> list[dict[str, Any]]:
    last = [unit.code for unit in catalogue.units.units if unit.kind == "district"][-1]
    rows = []
    for month, period in enumerate(PERIODS):
        for place, unit in enumerate(catalogue.units.units):
            for number, indicator in enumerate(catalogue.indicators):
                missing = unit.code == last and indicator.node == "pollution"
                barred = indicator.applies_to is not None and unit.code not in indicator.applies_to
                score = None if missing or barred or indicator.node is None else score_of(place, number, month)
                age = 3 if (place + number) % 7 == 0 else 0
                value = None if missing or barred else _value(indicator, place, number, month, score)
                rows.append(
                    {
                        "unit_code": unit.code,
                        "period": period,
                        "indicator_code": indicator.code,
                        "node_code": indicator.node,
                        "state": "not_applicable" if barred else "missing" if missing else "observed",
                        "value": value,
                        "value_period": None if value is None else period_of(month_number(period) - age, "month"),
                        "age_months": None if value is None else age,
                        "method": "computed" if indicator.formula else "reported",
                        "score": score,
                        "weight": indicator.weight,
                        "effective_weight": None if score is None else indicator.weight,
                        "contribution": None if score is None else (indicator.weight or 0) * score,
                    }
                )
    return rows


def _value(indicator: Any, place: int, number: int, month: int, score: float | None) -> float:
    if indicator.goalposts is None or score is None:
        return 10.0 + place + number + month
    worst, best = indicator.goalposts.worst.value, indicator.goalposts.best.value
    return worst + (best - worst) * score / 100


def _nodes_and_synergy(catalogue: Catalogue, scores: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    sums: dict[tuple[str, str, str], float] = {}
    for row in scores:
        if row["score"] is not None:
            key = row["unit_code"], row["period"], row["node_code"]
            sums[key] = sums.get(key, 0.0) + row["contribution"]
    nodes, synergy = [], []
    for period in PERIODS:
        for unit in catalogue.units.units:
            pollution, carbon = (sums.get((unit.code, period, node)) for node in ("pollution", "carbon"))
            synergy.append(_synergy(unit, period, pollution, carbon))
            degree = synergy[-1]["d_modified"]
            for node in catalogue.index.nodes:
                score = None if degree is None else sums.get((unit.code, period, node.code), 100 * degree)
                nodes.append(_node(unit, period, node, score))
    for period in PERIODS:
        _rank([row for row in synergy if row["period"] == period], "d_modified", catalogue)
        tops = [row for row in nodes if row["period"] == period and row["level"] == "index"]
        _rank(tops, "score", catalogue)
    return nodes, synergy


def _synergy(unit: Any, period: str, pollution: float | None, carbon: float | None) -> dict[str, Any]:
    row: dict[str, Any] = {"unit_code": unit.code, "period": period, "state": "not_assessable", "reason": "missing"}
    names = ("p_score", "k_score", "c_standard", "c_modified", "t", "d_standard", "d_modified", "band", "lag_type")
    row |= dict.fromkeys((*names, "rank", "group_rank", "ranked_units", "group_units"))
    row["p_score"] = None if pollution is None else pollution / 100
    row["k_score"] = None if carbon is None else carbon / 100
    if pollution is not None and carbon is not None:
        p, k = pollution / 100, carbon / 100
        coupling, level = ((1 - abs(p - k)) * min(p, k) / max(p, k)) ** 0.5, (p + k) / 2
        degree = (coupling * level) ** 0.5
        lag = "synchronous" if abs(p - k) <= 0.1 else "carbon_lagging" if p > k else "pollution_lagging"
        row |= {"state": "assessed", "reason": None, "c_standard": 1.0, "c_modified": coupling, "t": level}
        row |= {"d_standard": level**0.5, "d_modified": degree, "band": min(10, int(degree * 10) + 1), "lag_type": lag}
    return row


def _node(unit: Any, period: str, node: Any, score: float | None) -> dict[str, Any]:
    state = "not_assessable" if score is None else "assessed"
    band = None if score is None or node.level != "index" else 1 + sum(score >= edge for edge in (60, 80, 90))
    row = {"unit_code": unit.code, "period": period, "node_code": node.code, "level": node.level, "state": state}
    row |= {"score": score, "score_arithmetic": score, "coverage": 0.0 if score is None else 0.95, "band": band}
    return row | dict.fromkeys(("rank", "group_rank", "ranked_units", "group_units"))


def _rank(rows: list[dict[str, Any]], column: str, catalogue: Catalogue) -> None:
    units = catalogue.units_by_code
    taking = [row for row in rows if units[row["unit_code"]].is_ranked and row[column] is not None]
    for row in taking:
        group = [other for other in taking if _group(units, other) == _group(units, row)]
        row["rank"] = 1 + sum(other[column] > row[column] for other in taking)
        row["group_rank"] = 1 + sum(other[column] > row[column] for other in group)
        row["ranked_units"], row["group_units"] = len(taking), len(group)


def _group(units: Any, row: dict[str, Any]) -> str | None:
    return units[row["unit_code"]].peer_group


def _changes(synergy: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before = {(row["unit_code"], row["period"]): row for row in synergy}
    rows = []
    for row in synergy:
        if row["period"] == PERIOD:
            base = before[row["unit_code"], "2025-10"]
            known = row["p_score"] is not None
            rows.append(
                {
                    "unit_code": row["unit_code"],
                    "period": PERIOD,
                    "base_kind": "previous_year",
                    "base_period": "2025-10",
                    "r_pollution": 0.031,
                    "r_carbon": 0.012,
                    "quadrant": "I",
                    "els_pollutant_over_co2": 2.58,
                    "els_co2_over_pollutant": 0.39,
                    "tapio_state": "strong_decoupling",
                    "p_change": row["p_score"] - base["p_score"] if known else None,
                    "k_change": row["k_score"] - base["k_score"],
                    "system_synergy": 0.021 if known else None,
                }
            )
    return rows


def _progress(catalogue: Catalogue) -> list[dict[str, Any]]:
    states = (("met", "green"), ("behind", "orange"), ("no_figure", None), ("on_track", "green"), ("behind", "red"))
    rows = []
    for number, target in enumerate(catalogue.targets.targets):
        state, colour = states[number % len(states)]
        if target.kind == "directional":
            state, colour = "directional", None
        known = colour is not None and target.value is not None
        value = target.value * (1.02 if colour == "green" else 0.7) if known and target.value else None
        common = {"target_code": target.code, "unit_code": target.unit_code, "period": PERIOD}
        rows.append(
            {
                **common,
                "indicator_code": target.indicator,
                "state": state,
                "value": value,
                "value_period": "2024" if known else None,
                "base_value": 0.0 if known else None,
                "required_value": target.value * 0.9 if known and target.value else None,
                "target_value": target.value,
                "completion_rate": 1.1 if colour == "green" else 0.78 if known else None,
                "colour": colour,
            }
        )
        for other in target.other_definitions:
            rows.append(
                {**rows[-1], **common, "indicator_code": other.indicator, "state": "other_definition", "value": 77.0}
                | {"value_period": "2023", "required_value": None, "completion_rate": None, "colour": None}
            )
    return rows


def _intervals(synergy: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "unit_code": row["unit_code"],
            "period": PERIOD,
            "output": "synergy",
            "nominal_rank": row["rank"],
            "median_rank": float(row["rank"]),
            "rank_p05": float(max(1, row["rank"] - 4)),
            "rank_p95": float(min(row["ranked_units"], row["rank"] + 5)),
            "group_rank_p05": float(max(1, row["group_rank"] - 1)),
            "group_rank_p95": float(min(row["group_units"], row["group_rank"] + 2)),
            "runs": 10240,
        }
        for row in synergy
        if row["period"] == PERIOD and row["rank"] is not None
    ]


def _observations(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    reported = [indicator for indicator in catalogue.indicators if indicator.role == "reported"]
    source = catalogue.sources[0].code
    return [
        (unit.code, indicator.code, period, 10.0 + place, "demonstration", "reported", source, "ab" * 32, *where)
        for place, unit in enumerate(catalogue.units.units)
        for row, indicator in enumerate(reported)
        for column, period in zip("DEFGHIJKLMNOPQ", PERIODS, strict=True)
        for where in [(f"月度!{column}{row + 2}", RECEIVED, None)]
    ]


def _findings() -> list[tuple[str | None, ...]]:
    file, forms, digest = "500101-2026.xlsx", "district_forms", "ab" * 32
    implausible = ("plausible_range", "critical", "500101", "pm25", "2026-10", "980", "0–500", file, "月度!M4")
    unknown = ("unknown_unit", "critical", None, None, "2026-13", "永川市", None, "broken.csv", "A2")
    return [
        (*implausible, digest, forms, f"{file} 月度!M4:980 超出 0–500。", f"{file} 月度!M4: 980 …", "open"),
        (*unknown, digest, forms, "broken.csv A2:没有这个单位。", "broken.csv A2: no such unit.", "explained"),
    ]


def _checks() -> list[tuple[Any, ...]]:
    return [
        ("intake", "plausible_range", "pm25", "critical", "数值在合理范围内", "value within its range", 500, 1, False),
        ("marts", "weights_sum", None, "critical", "权重之和为 1", "weights add up to 1", 9, 0, True),
    ]


@pytest.fixture(scope="session")
def marts(catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """Return made-up marts of every unit."""
    return made_marts(catalogue)


@pytest.fixture(scope="session")
def edition() -> Edition:
    """Return the demonstration edition."""
    return load_edition(resource_directory("editions"), "chongqing-demo")


@pytest.fixture(scope="session")
def facts() -> RunFacts:
    """Return the facts of a run that never changes."""
    return RunFacts(
        edition="chongqing-demo",
        period=PERIOD,
        as_of=RECEIVED,
        method_version="2025.1",
        release=f"{PERIOD}-0123456789ab",
        inputs=1,
        versions={"polars": "2.1.0"},
        macros={"coordination_degree": "create or replace macro coordination_degree(c, t) as sqrt(c * t);"},
    )


@pytest.fixture(scope="session")
def site(marts: dict[str, pl.DataFrame], catalogue: Catalogue, edition: Edition, facts: RunFacts) -> Site:
    """Return the contexts of every page."""
    return build_site(marts, catalogue, edition, facts)


@pytest.fixture(scope="session")
def rendered(
    site: Site,
    marts: dict[str, pl.DataFrame],
    catalogue: Catalogue,
    edition: Edition,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return the folder of the rendered site with its downloads."""
    directory = tmp_path_factory.mktemp("site")
    render_site(site, directory)
    write_downloads(marts, catalogue, edition, directory / "downloads")
    return directory


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a real Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
