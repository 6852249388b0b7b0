"""Downloads hold what the marts hold, and nothing that a spreadsheet would run."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Edition, load_edition
from xietong.render.downloads import neutralised, write_downloads
from xietong.report.downloads import WHOLE_ROWS, condensed, sheet_of, tables
from xietong.resources import resource_directory

HOSTILE = ["=cmd|'/C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"]
HARMLESS = ["永川区", "a=b", "1-2", "", None]


@pytest.fixture(scope="module")
def edition() -> Edition:
    """Return the edition of published figures."""
    return load_edition(resource_directory("editions"), "chongqing-published")


@pytest.fixture
def marts() -> dict[str, pl.DataFrame]:
    """Return two small marts."""
    moment = datetime(2026, 11, 10, tzinfo=UTC)
    return {
        "synergy": pl.DataFrame({"unit_code": ["500101"], "period": ["2026-10"], "d_modified": [-0.5]}),
        "findings": pl.DataFrame({"value": HOSTILE, "received_at": [moment] * len(HOSTILE)}),
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_would_run_gets_an_apostrophe(text) -> None:
    assert neutralised(pl.DataFrame({"a": [text]}))["a"].to_list() == [f"'{text}"]


def test_other_text_and_numbers_stay() -> None:
    frame = pl.DataFrame({"a": HARMLESS, "n": [-1.0] * len(HARMLESS)})
    assert neutralised(frame).equals(frame)


def test_every_table_comes_in_every_format_with_the_same_rows(marts, catalogue: Catalogue, edition, tmp_path) -> None:
    write_downloads(marts, catalogue, edition, tmp_path)
    content = json.loads((tmp_path / "synergy.json").read_text(encoding="utf-8"))
    assert content["origin"] == "published"
    assert content["rows"] == [["500101", "2026-10", -0.5]]
    assert pl.read_parquet(tmp_path / "synergy.parquet").equals(marts["synergy"])
    rows = list(csv.reader(io.StringIO((tmp_path / "synergy.csv").read_text(encoding="utf-8-sig"))))
    assert rows == [["unit_code", "period", "d_modified"], ["500101", "2026-10", "-0.5"]]


def test_the_workbook_has_no_formula_and_the_names_of_the_codes(marts, catalogue, edition, tmp_path) -> None:
    write_downloads(marts, catalogue, edition, tmp_path)
    with zipfile.ZipFile(tmp_path / "xietong.xlsx") as workbook:
        sheets = [name for name in workbook.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in workbook.read(name) for name in sheets)
    units = pl.read_excel(tmp_path / "xietong.xlsx", sheet_name="units", infer_schema_length=0)
    assert "涪陵区" in units["name_zh"].to_list()
    values = pl.read_excel(tmp_path / "xietong.xlsx", sheet_name="findings", infer_schema_length=0)["value"].to_list()
    assert all(value.startswith("'") for value in values)


def test_the_same_marts_give_the_same_bytes(marts, catalogue, edition, tmp_path: Path) -> None:
    def digests(folder: str) -> dict[str, str]:
        files = write_downloads(marts, catalogue, edition, tmp_path / folder)
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    assert digests("first") == digests("second")


def test_without_marts_only_the_names_and_their_descriptions_are_offered(catalogue, edition, tmp_path) -> None:
    written = {path.name for path in write_downloads({}, catalogue, edition, tmp_path)}
    assert written == {"units.csv", "indicators.csv", "datapackage.json", "csv-metadata.json", "dataset.jsonld"}


def test_long_tables_keep_their_newest_period_in_json() -> None:
    long = pl.DataFrame({"period": ["2026-09"] * WHOLE_ROWS + ["2026-10"]})
    assert condensed(long)["period"].to_list() == ["2026-10"]
    assert not tables({"synergy": long})[0].is_whole


def test_the_workbook_holds_the_newest_period_and_leaves_out_what_is_too_long() -> None:
    frame = pl.DataFrame({"period": ["2026-09", "2026-10"]})
    kept = sheet_of("synergy", frame)
    assert kept is not None
    assert kept["period"].to_list() == ["2026-10"]
    assert sheet_of("findings", frame).equals(frame)
    assert sheet_of("observations", pl.DataFrame({"period": ["2026-10"] * 5_001})) is None


def test_known_tables_come_first_and_unknown_ones_are_not_lost() -> None:
    empty = pl.DataFrame()
    assert [table.mart for table in tables({"other": empty, "findings": empty, "synergy": empty})] == [
        "synergy",
        "findings",
        "other",
    ]
