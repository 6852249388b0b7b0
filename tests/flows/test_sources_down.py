"""A source that is down blocks no other: what it gave before is used, and the site says so and since when."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows import receipt
from flows.planning import plan
from flows.polling import pulled_directory
from flows.receipt import Received
from flows.stages import SNAPSHOTS
from tests.flows.small_evaluation import ALL, ALWAYS, Desk
from xietong.errors import XietongError
from xietong.render import render_site
from xietong.report import RunFacts, build_site
from xietong.sources import SnapshotStore, pull_sources

SOURCE = """
  - code: {code}
    name: {{zh: {name}, en: {name}}}
    publisher: {{zh: 各部门, en: The departments}}
    licence: {{zh: 内部, en: Internal}}
    reader: long_table
    folder: inbox
    files: ['*.csv']
    columns: {{unit: 单位, indicator: 指标, period: 期间, value: 数值}}
    connection: {{kind: address, address: 'file://{folder}'}}
"""


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Desk:
    """Return a desk whose edition has two connected sources beside the forms; the folder of one is there."""
    desk = Desk(tmp_path, monkeypatch)
    share = tmp_path / "share"
    share.mkdir()
    (share / "a.csv").write_text("单位,指标,期间,数值\n500101,so2,2025-09,30.5\n", encoding="utf-8")
    with (tmp_path / "catalogue" / "chongqing" / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write(SOURCE.format(code="absent", name="Absent", folder=tmp_path / "absent"))
        sources.write(SOURCE.format(code="share", name="Share", folder=share))
    edition = tmp_path / "editions" / "chongqing.yaml"
    text = edition.read_text(encoding="utf-8")
    edition.write_text(text.replace("[district_forms]", "[district_forms, absent, share]"), encoding="utf-8")
    return desk


def poll(desk: Desk) -> list[str]:
    """Ask every source without waiting between tries, and return what came of each."""
    planned = plan(desk.settings, "chongqing", None, None)
    store = SnapshotStore(desk.settings.build_directory / "snapshots")
    pulled = pull_sources(planned.sources, store, pulled_directory(planned), wait=lambda _: None)
    return [one.status for one in pulled]


def received(desk: Desk) -> Received:
    planned = plan(desk.settings, "chongqing", None, None)
    return receipt.tidy(planned, receipt.receive(planned))


def pages(desk: Desk, folder: Path) -> dict[str, str]:
    """Return the pages about sources and quality in both languages, made of what was received."""
    planned = plan(desk.settings, "chongqing", None, None)
    got = received(desk)
    marts = {
        "observations": got.observations,
        "findings": got.findings,
        "snapshots": pl.DataFrame(list(got.snapshots), schema=SNAPSHOTS),
    }
    run = RunFacts("chongqing", "2025-12", max(got.observations["received_at"]), "2025.1", "x", 2, {}, {}, ())
    site = build_site(marts, planned.catalogue, planned.edition, run)
    wanted = tuple(page for page in site.pages if page.path in {"sources.html", "quality.html"})
    render_site(replace(site, pages=wanted), folder)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}


def about(page: str, source: str) -> str:
    """Return what the page about sources says of one of them, without its marks."""
    section = re.search(rf'<h2 id="s-{source}">.*?(?=<h2)', page, re.DOTALL)
    assert section is not None
    return re.sub(r"<[^>]+>", " ", section[0])


def test_a_source_that_is_down_is_used_as_it_last_was_and_the_site_says_so(desk, tmp_path) -> None:
    assert poll(desk) == ["unavailable", "new"]
    first = desk.run()
    assert first.figures == 13
    shutil.move(tmp_path / "share", tmp_path / "gone")
    assert poll(desk) == ["unavailable", "unavailable"]
    # That it is down is something new to tell, and costs no figure: neither of its own nor of the others.
    second = desk.run()
    assert desk.titles == ALWAYS + ALL
    assert (second.figures, second.is_new) == (13, True)
    assert second.release != first.release
    # It stays down: nothing is new.
    poll(desk)
    assert desk.run().is_new is False

    made = pages(desk, tmp_path / "site")
    for path, unreachable, used, never in (
        ("sources.html", "来源“Share”：", "现在使用此前取得的数据，最近一次为20", "还没有从这个来源取得过数据。"),
        (
            "en/sources.html",
            "Source Share: ",
            "The figures that it gave before are used",
            "It has never given a figure.",
        ),
    ):
        share, absent = about(made[path], "share"), about(made[path], "absent")
        assert unreachable in share
        assert used in share
        assert never not in share
        assert unreachable.replace("Share", "Absent") in absent
        assert never in absent
        assert used not in absent
        assert unreachable not in about(made[path], "district_forms")
        assert unreachable in made[path.replace("sources", "quality")]


def test_a_source_that_is_back_is_no_longer_said_to_be_down(desk, tmp_path) -> None:
    shutil.move(tmp_path / "share", tmp_path / "gone")
    poll(desk)
    desk.run()
    shutil.move(tmp_path / "gone", tmp_path / "share")
    assert poll(desk) == ["unavailable", "new"]
    assert desk.run().figures == 13
    assert received(desk).findings["source_id"].to_list() == ["absent"]


def test_a_snapshot_that_was_lost_since_is_not_called_unchanged(desk) -> None:
    poll(desk)
    desk.run()
    share = next(snapshot for snapshot in received(desk).snapshots if snapshot.file.endswith(".csv"))
    store = SnapshotStore(desk.settings.build_directory / "snapshots")
    store.path(share.sha256).unlink()
    with pytest.raises(XietongError, match="the same inputs now give other bytes"):
        desk.run()
    assert "审核草稿" in desk.titles
