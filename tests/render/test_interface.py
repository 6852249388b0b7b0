"""The data interface: every file keeps its schema, and a schema that is not kept is noticed."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing import Resource as SchemaResource

from xietong.catalogue import load_edition
from xietong.render.interface import write_interface
from xietong.report import RunFacts
from xietong.report.chains import Chains
from xietong.report.evaluation import Evaluation
from xietong.report.interface import SCHEMAS, Interface
from xietong.report.output_chains import Outputs
from xietong.resources import resource_directory

MOMENT = datetime(2026, 11, 10, tzinfo=UTC)
SHA = "ab" * 32
HOSTILE = '</script><img src=x onerror=alert(1)>=cmd|"\u202e\u0000'
RUN = RunFacts("chongqing-demo", "2026-10", MOMENT, "2025.1", "2026-10-0123456789ab", 1)
SOURCE = resource_directory("site") / "schema" / "v1"


def now(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({"unit_code": ["500101"], "period": ["2026-10"], **{key: [columns[key]] for key in columns}})


def made_marts() -> dict[str, pl.DataFrame]:
    """Return one unit that is assessed and ranked in everything, with one figure that rests on one cell."""
    ranks = {"rank": 2, "group_rank": 1, "ranked_units": 38, "group_units": 11}
    degrees = {"p_score": 0.6, "k_score": 0.5, "c_standard": 0.99, "c_modified": 0.87, "t": 0.55}
    degrees |= {"d_standard": 0.74, "d_modified": 0.69, "band": 7, "lag_type": "synchronous"}
    figure = {"state": "observed", "value": 31.0, "value_period": "2026-10", "age_months": 0, "method": "reported"}
    figure |= {"score": 52.9, "weight": 0.25, "effective_weight": 0.3, "contribution": 15.9}
    received = {"status": "reported", "source_id": "district_forms", "snapshot": SHA, "location": HOSTILE}
    received |= {"received_at": MOMENT}
    cell = {"indicator_code": "pm25", "part": "current", "component_code": "pm25", "component_value": 31.0}
    interval = {"rank_p05": 1, "rank_p95": 5, "score_p05": 0.6, "score_p95": 0.8, "runs": 10240}
    finding = {"rule": "sudden_change", "severity": "warning", "indicator_code": "pm25", "status": "open"}
    change = {"base_period": "2025-10", "change": 0.02, "change_p05": 0.01, "change_p95": 0.03, "is_clear": True}
    node = {"state": "assessed", "score": 80.0, "score_arithmetic": 80.0, "coverage": 1.0, "band": 3, **ranks}
    return {
        "synergy": now(state="assessed", reason=None, **degrees, **ranks),
        "index_scores": pl.concat(now(node_code=code, **node) for code in ("index", "effect", "pollution")),
        "indicator_scores": now(indicator_code="pm25", node_code="pollution", **figure),
        "rank_intervals": pl.concat(now(output=output, **interval) for output in ("synergy", "index")),
        "change_intervals": now(output="synergy", runs=10240, **change),
        "lineage": now(**cell, figure_period="2026-10", figure_value=31.0, **received),
        "findings": now(**finding, message_zh=HOSTILE, message_en=HOSTILE),
        "snapshots": pl.DataFrame(
            {"sha256": [SHA], "file": [HOSTILE], "source_id": ["district_forms"], "received_at": [MOMENT], "size": [7]}
        ),
        "checks": pl.DataFrame(
            {"gate": ["intake"], "expectation": ["implausible_value"], "indicator_code": ["pm25"]}
            | {"severity": ["critical"], "description_zh": ["范围"], "description_en": ["range"]}
            | {"evaluated": [500], "failed": [1], "success": [False]}
        ),
    }


@pytest.fixture(scope="module")
def make_interface(catalogue) -> Callable[..., Interface]:
    """Return a function that makes the interface of marts."""
    edition = load_edition(resource_directory("editions"), "chongqing-demo")

    def make(marts: dict[str, pl.DataFrame], run: RunFacts = RUN) -> Interface:
        evaluation = Evaluation(marts, catalogue, "2026-10")
        return Interface(evaluation, edition, run, Chains(evaluation), Outputs(evaluation))

    return make


@pytest.fixture(scope="module")
def interface(make_interface) -> Interface:
    """Return the interface of one unit that has everything; the others have nothing."""
    return make_interface(made_marts())


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    """Return every schema by its name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SOURCE.glob("*.json")}


@pytest.fixture(scope="module")
def mistakes(schemas) -> Callable[[str, Any], list[str]]:
    """Return a function that tells what in a content is not as the schema of its type says."""
    contents = ((f"{name}.json", SchemaResource.from_contents(schema)) for name, schema in schemas.items())
    registry = Registry().with_resources(contents)
    validators = {kind: Draft202012Validator(schemas[kind], registry=registry) for kind in SCHEMAS}
    return lambda kind, content: [error.json_path for error in validators[kind].iter_errors(content)]


@pytest.fixture
def contents(interface) -> dict[str, Any]:
    """Return the files that say something about the unit with figures, free to be changed."""
    wanted = ("index.json", "units.json", "rankings.json", "units/500101.json", "units/500102.json")
    wanted += ("indicators/pm25.json", "indicators/co2_intensity.json", "provenance/500101.json")
    wanted += ("provenance/500102.json",)
    return {one.path: deepcopy(one.content) for one in interface.resources if one.path in wanted}


def kind_of(content: Any) -> str:
    return str(content["type"])


def test_every_schema_is_one(schemas) -> None:
    assert set(schemas) == {*SCHEMAS, "common"}
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_files_keep_their_schema(contents, mistakes) -> None:
    assert len(contents) == 9
    assert [(path, told) for path, it in contents.items() for told in mistakes(kind_of(it), it)] == []


@pytest.mark.parametrize(
    ("path", "spoil"),
    [
        ("index.json", lambda it: it.pop("release")),
        ("index.json", lambda it: it.update(interface="2.0")),
        ("units.json", lambda it: it["units"][0]["name"].pop("zh")),
        ("units/500101.json", lambda it: it.update(type="units")),
        ("units/500101.json", lambda it: it["outputs"]["synergy"].update(value="0.69")),
        ("units/500101.json", lambda it: it["outputs"]["synergy"]["rank"].pop("low")),
        ("units/500101.json", lambda it: it["outputs"]["synergy"].update(rank=6)),
        ("units/500101.json", lambda it: it["outputs"]["synergy"].update(rank=None)),
        ("units/500101.json", lambda it: it["nodes"][0].update(value=None)),
        ("units/500102.json", lambda it: it["outputs"]["index"].update(reason=None)),
        ("units/500102.json", lambda it: it["figures"][0].update(reason=None)),
        ("indicators/pm25.json", lambda it: it["figures"][0].update(reason="unheard_of")),
        ("indicators/pm25.json", lambda it: it["checks"][0].pop("failed")),
        ("rankings.json", lambda it: it["rankings"]["index"][0].update(rank={"value": 1})),
        ("rankings.json", lambda it: it["rankings"].pop("assessment")),
        ("provenance/500101.json", lambda it: it["received"]["pm25/2026-10"].update(file="abc")),
        ("provenance/500101.json", lambda it: it["received"]["pm25/2026-10"].update(period="2026-13")),
        ("provenance/500101.json", lambda it: it["files"].update({"../x": it["files"].pop(SHA)})),
        ("provenance/500102.json", lambda it: it["figures"][0].update(reason=None)),
    ],
)
def test_a_file_that_breaks_its_schema_is_noticed(contents, mistakes, path, spoil) -> None:
    content = contents[path]
    spoil(content)
    assert mistakes("unit" if path.startswith("units/") else kind_of(content), content) != []


def undocumented(schema: Any, content: Any, schemas: dict[str, Any], where: str = "") -> Iterator[str]:
    """Yield every key of a content that no schema says anything about."""
    known = {}
    for part in every_part(schema, schemas):
        known |= part.get("properties", {})
        others = part.get("additionalProperties")
        if isinstance(others, dict) and isinstance(content, dict):
            known |= dict.fromkeys(set(content) - set(known), others)
        if "items" in part and isinstance(content, list):
            for entry in content:
                yield from undocumented(part["items"], entry, schemas, f"{where}[]")
            return
        # Formulas are as the catalogue has them; their schema says so in words.
        if part.get("required") == ["kind"]:
            return
    if isinstance(content, dict):
        for key, value in content.items():
            if key not in known:
                yield f"{where}.{key}"
            else:
                yield from undocumented(known[key], value, schemas, f"{where}.{key}")


def every_part(schema: Any, schemas: dict[str, Any]) -> Iterator[Any]:
    """Yield a schema and everything that it refers to in its place."""
    if not isinstance(schema, dict):
        return
    yield schema
    if "$ref" in schema:
        yield from every_part(schemas["common"]["$defs"][schema["$ref"].rpartition("/")[2]], schemas)
    for other in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        yield from every_part(other, schemas)


def test_every_key_is_documented(contents, schemas) -> None:
    for path, content in contents.items():
        assert list(undocumented(schemas[kind_of(content)], content, schemas, path)) == []


def test_a_key_that_is_not_documented_is_noticed(contents, schemas) -> None:
    content = contents["units/500101.json"]
    content["outputs"]["synergy"]["rank"]["surprise"] = 1
    found = list(undocumented(schemas["unit"], content, schemas))
    assert found == [".outputs.synergy.rank.surprise"]


def test_the_index_lists_every_file_once_and_each_is_written(interface, tmp_path: Path) -> None:
    written = {
        path.relative_to(tmp_path / "api/v1").as_posix() for path in write_interface(interface.resources, tmp_path)
    }
    index = json.loads((tmp_path / "api/v1/index.json").read_text(encoding="utf-8"))
    listed = [entry["path"] for entry in index["resources"]]
    assert len(set(listed)) == len(listed)
    assert written == {*listed, "index.json", *(f"schema/{name}.json" for name in (*SCHEMAS, "common"))}
    assert set(index["schemas"].values()) <= written


def test_another_release_with_the_same_figures_changes_the_index_only(make_interface, tmp_path: Path) -> None:
    later = replace(RUN, release="2026-10-fedcba987654", as_of=datetime(2026, 12, 1, tzinfo=UTC))
    first = write_interface(make_interface(made_marts()).resources, tmp_path / "first")
    write_interface(make_interface(made_marts(), later).resources, tmp_path / "second")
    paths = [path.relative_to(tmp_path / "first") for path in first]
    different = [
        path.name
        for path in paths
        if (tmp_path / "first" / path).read_bytes() != (tmp_path / "second" / path).read_bytes()
    ]
    assert different == ["index.json"]


def test_a_changed_figure_changes_the_files_that_hold_it_and_no_others(make_interface, interface) -> None:
    marts = made_marts()
    marts["indicator_scores"] = marts["indicator_scores"].with_columns(value=pl.lit(32.0))
    before = {one.path: one.content for one in interface.resources}
    after = {one.path: one.content for one in make_interface(marts).resources}
    assert {path for path in before if before[path] != after[path]} == {
        "units/500101.json",
        "indicators/pm25.json",
        "provenance/500101.json",
    }


def test_a_missing_number_is_null_with_its_reason(contents) -> None:
    figures = {figure["indicator"]: figure for figure in contents["units/500102.json"]["figures"]}
    assert (figures["pm25"]["value"], figures["pm25"]["reason"]) == (None, "not_received")
    assert (figures["pm25"]["score"], figures["pm25"]["score_reason"]) == (None, "no_value")
    assert contents["units/500102.json"]["outputs"]["synergy"]["reason"] == "not_evaluated"


def test_a_rank_without_an_interval_is_not_given(make_interface) -> None:
    marts = made_marts()
    del marts["rank_intervals"]
    content = next(one.content for one in make_interface(marts).resources if one.path == "units/500101.json")
    for output in ("synergy", "index"):
        found = content["outputs"][output]
        assert (found["rank"], found["rank_reason"], found["interval"]) == (None, "no_interval", None)


def test_the_chain_names_its_figures_and_those_their_file(contents) -> None:
    content = contents["provenance/500101.json"]
    (figure,) = [figure for figure in content["figures"] if figure["value"] is not None]
    (key,) = figure["inputs"][0]["received"]
    received = content["received"][key]
    assert (received["value"], received["findings"][0]["rule"]) == (31.0, "sudden_change")
    assert content["files"][received["file"]]["bytes"] == 7
    assert figure["rules"] == ["implausible_value"]
    assert figure["contribution"] == {"node": 15.9, "pillar": None, "index": None}


def test_hostile_text_stays_text(interface, tmp_path: Path) -> None:
    files = write_interface(interface.resources, tmp_path)
    path = tmp_path / "api/v1/provenance/500101.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["received"]["pm25/2026-10"]["location"] == HOSTILE
    assert content["files"][SHA]["name"] == HOSTILE
    assert b"\x00" not in path.read_bytes()
    assert all(file.resolve().is_relative_to(tmp_path.resolve()) for file in files)


def test_a_number_that_is_none_is_refused(interface, tmp_path: Path) -> None:
    first = interface.resources[0]
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_interface((replace(first, make=lambda: {"value": float("nan")}),), tmp_path)


@pytest.mark.long
def test_every_file_of_the_demonstration_keeps_its_schema(demonstration: Path, mistakes) -> None:
    folder = demonstration / "site" / "api" / "v1"
    files = sorted(path for path in folder.rglob("*.json") if path.parent.name != "schema")
    assert len(files) > 150
    for path in files:
        content = json.loads(path.read_text(encoding="utf-8"))
        assert mistakes(kind_of(content), content) == [], path.name


def computed_again(figure: Any, received: Any) -> float | None:
    """Return the value of a received figure from the cells that its chain names; None for one that is computed."""
    if figure["method"] != "reported" or figure["formula"] is not None:
        return None
    (one,) = figure["inputs"]
    values = [received[key]["value"] for key in one["received"]]
    if figure["window"] == "point" or figure["aggregation"] == "last":
        return float(values[-1])
    return sum(values) / (len(values) if figure["aggregation"] == "mean" else 1)


def scored_again(figure: Any) -> float:
    worst, best = figure["goalposts"]["worst"], figure["goalposts"]["best"]
    return min(100.0, max(0.0, 100 * (figure["value"] - worst) / (best - worst)))


@pytest.mark.long
def test_every_chain_of_the_demonstration_can_be_computed_again(demonstration: Path) -> None:
    """Cells make the value, the value the score, scores and weights the node, and contributions the index."""
    checked = 0
    for path in sorted((demonstration / "site/api/v1/provenance").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        nodes = {node["code"]: node for node in content["nodes"]}
        points: dict[str, float] = dict.fromkeys(nodes, 0.0)
        for figure in content["figures"]:
            again = computed_again(figure, content["received"])
            if again is not None:
                assert figure["value"] == pytest.approx(again, rel=1e-12), (path.name, figure["indicator"])
                checked += 1
            if figure["score"] is not None:
                assert figure["score"] == pytest.approx(scored_again(figure), abs=1e-9)
                assert figure["contribution"]["node"] == pytest.approx(figure["effective_weight"] * figure["score"])
                points[figure["node"]] += figure["contribution"]["node"]
        for code, total in points.items():
            if total and nodes[code]["value"] is not None:
                assert total == pytest.approx(nodes[code]["value"], abs=1e-9)
        index = content["outputs"]["index"]["value"]
        if index is not None:
            given = sum(part["points_of_index"] for part in nodes["index"]["parts"])
            assert given == pytest.approx(index, abs=1e-9)
    assert checked > 2_000
