"""Names that try to be markup, formulas or something else stay text everywhere."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser

from xietong.catalogue import Catalogue, Edition, Text
from xietong.render import render_site, write_downloads
from xietong.report import RunFacts, build_site

NAME = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7 * 7 }}\u202eevil'
FORMULA = "=cmd|'/C calc'!A0"


@pytest.fixture(scope="module")
def hostile(
    marts: dict[str, pl.DataFrame],
    catalogue: Catalogue,
    edition: Edition,
    facts: RunFacts,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a site in which a district and a finding have hostile texts."""
    renamed = tuple(
        unit.model_copy(update={"name": Text(zh=NAME, en=NAME)}) if unit.code == "500102" else unit
        for unit in catalogue.units.units
    )
    changed = replace(catalogue, units=catalogue.units.model_copy(update={"units": renamed}))
    findings = marts["findings"].with_columns(pl.lit(FORMULA).alias("message_zh"), pl.lit(NAME).alias("file"))
    directory = tmp_path_factory.mktemp("hostile")
    given = {**marts, "findings": findings}
    render_site(build_site(given, changed, edition, facts), directory)
    write_downloads(given, changed, edition, directory / "downloads")
    return directory


def test_markup_in_a_name_is_escaped_on_every_page(hostile: Path) -> None:
    for path in hostile.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<img" not in text
        assert "<script>" not in text
        assert "{{ 7 * 7 }}" in text or "7 * 7" not in text


def test_a_name_is_never_part_of_a_file_name(hostile: Path) -> None:
    assert not [path for path in hostile.rglob("*") if "img" in path.name or "cmd" in path.name]


def test_formulas_are_neutralised_in_csv(hostile: Path) -> None:
    text = (hostile / "downloads" / "findings.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd|" in text
    assert ",=cmd|" not in text


@pytest.mark.browser
@pytest.mark.parametrize("path", ["index.html", "units/500102.html", "quality.html", "ranking.html"])
def test_nothing_runs(hostile: Path, browser: Browser, path: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    events: list[str] = []
    page.on("dialog", lambda dialog: (events.append("dialog"), dialog.dismiss()))
    page.on("console", lambda message: events.append(message.text))
    page.on("request", lambda request: events.append(request.url) if request.url.endswith("/x") else None)
    page.goto((hostile / path).as_uri())
    assert events == []
    context.close()
