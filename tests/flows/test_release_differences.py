"""The page between two releases: what differs, why, to the last digit; where it lies, and how long."""

import csv
import io
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import html

from flows.change_log import write_change_log
from flows.release_differences import difference_between
from xietong.catalogue import Catalogue, load_edition
from xietong.changes import CAUSES
from xietong.errors import UsageError
from xietong.frames import CHECKS, FINDINGS, OBSERVATIONS
from xietong.releases import RELEASES, read_release
from xietong.resources import resource_directory
from xietong.warehouse import Run, Warehouse, reference_tables

EDITION = "provinces"
MINUS = "\N{MINUS SIGN}"
FIRST, LATER = datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 2, 1, tzinfo=UTC)
#: Unit: CO2 of 2005, CO2 of 2019 and PM2.5 of 2019.
FIGURES = {"110000": (80.0, 90.0, 40.0), "310000": (80.0, 100.0, 38.0), "500000": (80.0, 160.0, 35.0)}
CELLS = (("co2_total", "2005"), ("co2_total", "2019"), ("pm25_population_weighted", "2019"))
#: So much less CO2 that 500000 overtakes 110000, which does nothing.
REVISION = ("500000", "co2_total", "2019", 60.0)


def observation(unit: str, indicator: str, period: str, value: float, received: datetime) -> tuple[Any, ...]:
    snapshot = "aa" if received == FIRST else "bb"
    return (unit, indicator, period, value, "published", "reported", "ceads_inventory", snapshot, "A1", received, None)


def reweighted(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with ten points moved from carbon to pollution."""
    weights = {"pollution": 50.0, "carbon": 30.0}
    nodes = tuple(
        node.model_copy(update={"weight": weights.get(node.code, node.weight)}) for node in catalogue.index.nodes
    )
    changed = object.__new__(type(catalogue))
    changed.__dict__.update(catalogue.__dict__)
    object.__setattr__(changed, "index", catalogue.index.model_copy(update={"nodes": nodes}))
    return changed


def keep_release(directory: Path, catalogue: Catalogue, *, is_revised: bool) -> None:
    """Evaluate the figures and keep of the release what readers open and a comparison reads."""
    downloads = directory / "site" / "downloads"
    downloads.mkdir(parents=True)
    rows = [
        observation(unit, code, period, value, FIRST)
        for unit, values in FIGURES.items()
        for (code, period), value in zip(CELLS, values, strict=True)
    ]
    rows += [observation(*REVISION, LATER)] * is_revised
    as_of = LATER if is_revised else FIRST
    common = {"source_id": "ceads_inventory", "publisher": "p", "address": None, "licence": "l", "size": 1}
    files = [{"sha256": "aa", "file": "first.xlsx", "received_at": FIRST}]
    files += [{"sha256": "bb", "file": '<b>"&.xlsx', "received_at": LATER}] * is_revised
    edition = load_edition(resource_directory("editions"), EDITION)
    with Warehouse(directory / "warehouse.duckdb", resource_directory("sql"), 1) as warehouse:
        warehouse.load_reference(reference_tables(catalogue, edition, Run("2019", as_of)))
        warehouse.load(
            "landing",
            {
                "observations": pl.DataFrame(rows, schema=OBSERVATIONS, orient="row"),
                "findings": pl.DataFrame(schema=FINDINGS),
                "checks": pl.DataFrame(schema=CHECKS),
                "snapshots": pl.DataFrame([common | file for file in files]),
            },
        )
        warehouse.compute()
        for name, frame in warehouse.marts().items():
            frame.write_parquet(downloads / f"{name}.parquet")
    intervals = {"unit_code": [*FIGURES], "period": ["2019"] * 3, "output": ["index"] * 3}
    ends = {"rank_p05": [1] * 3, "rank_p95": [3] * 3, "score_p05": [10.5] * 3, "score_p95": [70.25] * 3}
    pl.DataFrame(intervals | ends).write_parquet(downloads / "rank_intervals.parquet")
    shutil.copytree(resource_directory("site") / "assets", directory / "site" / "assets")
    for page in ("index.html", "en/index.html"):
        (directory / "site" / page).parent.mkdir(exist_ok=True)
        (directory / "site" / page).write_text("<!doctype html>", encoding="utf-8")
    inputs = {"period": "2019", "as_of": as_of.isoformat(), "method_version": "2025.1", "sources_digest": "00"}
    inputs["snapshots"] = [[file["sha256"], file["file"]] for file in files]
    (directory / "manifest.json").write_text(json.dumps({"release": directory.name, "inputs": inputs, "outputs": {}}))


def publish(edition: Path, names: list[str]) -> None:
    """Write the history in which these releases were published one after the other, and serve the last."""
    lines = [
        {"release": name, "moment": f"2021-0{month}-10T00:00:00+00:00", "action": "published"}
        for month, name in enumerate(names, 1)
    ]
    (edition / "publications.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (edition / "current").unlink(missing_ok=True)
    (edition / "current").symlink_to(Path(RELEASES) / names[-1])
    write_change_log(edition)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory, provinces: Catalogue) -> Path:
    """Return the folder of an edition with two releases: the later has a revised figure and other weights."""
    folder = tmp_path_factory.mktemp("differences") / EDITION
    keep_release(folder / RELEASES / "2019-a", provinces, is_revised=False)
    keep_release(folder / RELEASES / "2019-b", reweighted(provinces), is_revised=True)
    publish(folder, ["2019-a", "2019-b"])
    return folder


def numbers(cells: list[str]) -> list[float]:
    return [float(cell.replace(MINUS, "-").replace(",", "")) for cell in cells]


def table(page: html.HtmlElement, identifier: str) -> list[list[str]]:
    (region,) = page.xpath(f"//div[@aria-labelledby='{identifier}']")
    return [["\n".join(cell.itertext()) for cell in row.xpath("./th|./td")] for row in region.xpath(".//tbody/tr")]


@pytest.mark.parametrize("suffix", [".html", ".en.html"])
def test_printed_parts_add_up_to_the_printed_change(edition: Path, suffix: str) -> None:
    page = html.fromstring((edition / "differences" / f"2019-b{suffix}").read_text(encoding="utf-8"))
    rows = table(page, "exact")
    assert {row[1] for row in rows} >= {"synergy", "carbon", "index"}
    causes = set()
    for row in rows:
        before, after, change, *parts = numbers(row[2:])
        assert abs(after - before - change) <= 1e-9
        assert abs(sum(parts) - change) <= 1e-9
        causes |= {cause for cause, part in zip(CAUSES, row[5:], strict=True) if part != "0"}
    assert causes == {"revised_figures", "method"}


def test_the_table_for_programs_has_the_unrounded_parts(edition: Path) -> None:
    before, after = (read_release(edition / RELEASES / name) for name in ("2019-a", "2019-b"))
    exact = difference_between(before, after).exact
    rows = list(csv.DictReader(io.StringIO((edition / "differences" / "2019-b.csv").read_text(encoding="utf-8"))))
    assert [(row["unit_code"], row["output"]) for row in rows] == [(found.unit_code, found.output) for found in exact]
    assert [float(row[cause]) for row in rows for cause in CAUSES] == [part for found in exact for part in found.parts]


def test_scores_stand_with_their_ranges_and_a_rank_that_moved_alone_is_counted(edition: Path) -> None:
    before, after = (read_release(edition / RELEASES / name) for name in ("2019-a", "2019-b"))
    outputs = {found.output: found for found in difference_between(before, after).outputs}
    synergy = outputs["synergy"]
    # Weights of the index do not move the degree; 500000 overtakes 110000, which only falls behind.
    assert (synergy.compared, synergy.scores, synergy.ranks, synergy.only_rank) == (3, 1, 2, 1)
    page = html.fromstring((edition / "differences" / "2019-b.en.html").read_text(encoding="utf-8"))
    assert (
        "of 3 units, the score differs in 1 and the rank in 2. In 1 of these the score of their own is the same"
        in page.text_content()
    )
    moved, overtaken = table(page, "synergy")
    assert (moved[0], moved[-2:]) == ("Chongqing", ["3", "2"])
    assert (overtaken[0], overtaken[-2:]) == ("Beijing", ["2", "3"])
    # Nothing of its own degree moved, and no cause is blamed.
    assert overtaken[3:8] == ["0"] * 5
    assert all(row[-1].endswith("\n1–3") and "10.50–70.25" in row[2] for row in table(page, "index"))
    assert "The method differs in: weights." in page.text_content()


def test_a_revised_figure_stands_with_both_values_its_file_and_whether_a_reason_was_given(edition: Path) -> None:
    page = html.fromstring((edition / "differences" / "2019-b.en.html").read_text(encoding="utf-8"))
    (row,) = table(page, "revised")
    assert row[0] == "Chongqing"
    assert "co2_total" in row[1]
    assert row[2:5] == ["2019", "160", "60"]
    assert '<b>"&.xlsx A1' in row[5]
    assert row[6] == "the unit gave no reason"


def test_every_page_beside_the_releases_leads_only_to_what_is_there(edition: Path) -> None:
    pages = [*edition.glob("*.html"), *edition.glob("releases/*.html"), *edition.glob("differences/*.html")]
    assert len(pages) == 6
    for page in pages:
        text = page.read_text(encoding="utf-8")
        links = [link for link in re.findall(r'href="([^"]+)"', text) if not link.startswith(("#", "data:"))]
        assert len(links) > 4
        assert [link for link in links if not (page.parent / link).is_file()] == []
        assert "<script" not in text
        assert page.stat().st_size < 300_000


def test_a_page_is_made_once_and_goes_with_its_release(edition: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / EDITION
    shutil.copytree(edition, folder, symlinks=True)
    page = folder / "differences" / "2019-b.html"
    text, written = page.read_text(encoding="utf-8"), page.stat().st_mtime_ns
    write_change_log(folder)
    assert page.stat().st_mtime_ns == written
    # Another program makes it anew, with the same bytes.
    monkeypatch.setattr("flows.change_log.directory_digest", lambda _: "another")
    write_change_log(folder)
    assert page.stat().st_mtime_ns > written
    assert page.read_text(encoding="utf-8") == text
    shutil.rmtree(folder / RELEASES / "2019-a")
    write_change_log(folder)
    assert list((folder / "differences").iterdir()) == []
    assert "之前没有留存的发布" in (folder / "index.html").read_text(encoding="utf-8")


def test_a_release_that_is_damaged_is_not_compared_and_keeps_nobody_from_publishing(
    edition: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / EDITION
    shutil.copytree(edition, folder, symlinks=True)
    (folder / "memory" / "differences.json").unlink()
    (folder / RELEASES / "2019-a" / "warehouse.duckdb").write_bytes(b"not a database" * 500)
    write_change_log(folder)
    assert "2019-b cannot be compared with 2019-a" in caplog.text
    assert list((folder / "differences").iterdir()) == []
    assert "两次发布留存的内容不足以比较" in (folder / "index.html").read_text(encoding="utf-8")
    (folder / RELEASES / "2019-a" / "warehouse.duckdb").unlink()
    before, after = (read_release(folder / RELEASES / name) for name in ("2019-a", "2019-b"))
    with pytest.raises(UsageError, match="there is no database"):
        difference_between(before, after)
