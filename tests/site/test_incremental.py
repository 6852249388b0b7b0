"""A new release makes only the pages anew of which something has changed, and no byte differs from making them all."""

import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from xietong.catalogue import Catalogue, Edition
from xietong.render import EarlierSite, PageMemory, render_site
from xietong.report import RunFacts, Site, build_site

PROGRAM = "0" * 64
ABOUT_RELEASE = {"about.html", "en/about.html", "assets/sheet.en.css", "assets/sheet.zh.css", "api/v1/index.json"}


@dataclass(frozen=True)
class Rendered:
    """A site in its folder, with what its pages were made of."""

    directory: Path
    memory: PageMemory

    @property
    def earlier(self) -> EarlierSite:
        """Return it as what the next one is made from."""
        return EarlierSite(self.directory, self.memory.made)

    def files(self) -> dict[str, bytes]:
        """Return the bytes of every file by its path."""
        return {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for path in self.directory.rglob("*")
            if path.is_file()
        }


def render(site: Site, directory: Path, earlier: EarlierSite | None = None, program: str = PROGRAM) -> Rendered:
    memory = PageMemory(program, earlier)
    render_site(site, directory, memory)
    return Rendered(directory, memory)


@pytest.fixture(scope="module")
def first(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """Return the site of a release before which there was none."""
    return render(site, tmp_path_factory.mktemp("first"))


def changed(before: Rendered, after: Rendered) -> set[str]:
    old, new = before.files(), after.files()
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def revised_site(marts: dict[str, pl.DataFrame], catalogue: Catalogue, edition: Edition, facts: RunFacts) -> Site:
    """Return the site after one figure of one district has been revised, and its score with it."""
    scores = marts["indicator_scores"]
    is_it = (
        (pl.col("unit_code") == "500118") & (pl.col("indicator_code") == "pm25") & (pl.col("period") == facts.period)
    )
    revised = scores.with_columns(
        pl.when(is_it).then(pl.col(name) + 1.5).otherwise(name) for name in ("value", "score", "contribution")
    )
    assert revised.rows() != scores.rows()
    return build_site(marts | {"indicator_scores": revised}, catalogue, edition, facts)


def test_a_later_release_with_the_same_figures_changes_only_what_tells_of_the_release(
    first: Rendered,
    marts: dict[str, pl.DataFrame],
    catalogue: Catalogue,
    edition: Edition,
    facts: RunFacts,
    tmp_path: Path,
) -> None:
    later = replace(facts, release=f"{facts.period}-ba9876543210", as_of=facts.as_of + timedelta(days=3), inputs=2)
    second = render(build_site(marts, catalogue, edition, later), tmp_path, first.earlier)
    assert changed(first, second) == ABOUT_RELEASE
    assert len(second.memory.reused) > 300
    assert all((first.directory / path).samefile(tmp_path / path) for path in second.memory.reused)


def test_the_revision_of_one_figure_touches_the_pages_that_show_it_and_no_other(
    first: Rendered,
    marts: dict[str, pl.DataFrame],
    catalogue: Catalogue,
    edition: Edition,
    facts: RunFacts,
    tmp_path: Path,
) -> None:
    site = revised_site(marts, catalogue, edition, facts)
    second = render(site, tmp_path / "second", first.earlier)
    units = catalogue.units_by_code
    # The profile of a district stands beside the quartiles of its peer group.
    peers = {code for code, unit in units.items() if unit.peer_group == units["500118"].peer_group}
    pages = {
        "indicators/pm25.html",
        "heatmap.html",
        "provenance/500118.html",
        *(f"units/{code}.html" for code in peers),
        *(f"charts/indicators/pm25{ending}" for ending in (".js", "-grid.svg", "-scores.svg")),
    }
    assert changed(first, second) == pages | {f"en/{page}" for page in pages} | {
        "api/v1/indicators/pm25.json",
        "api/v1/provenance/500118.json",
        "api/v1/units/500118.json",
        "data/compare.js",
        "data/whatif.js",
        "downloads/units/500118-figures.csv",
    }
    # Made without any memory it has the same bytes.
    chinese = replace(site, pages=tuple(page for page in site.pages if page.language == "zh"))
    fresh = render(chinese, tmp_path / "fresh").files()
    assert len(fresh) > 200
    assert fresh == {path: content for path, content in second.files().items() if not path.startswith("en/")}


def test_a_page_is_made_again_where_the_program_or_the_earlier_bytes_are_others(
    first: Rendered, site: Site, tmp_path: Path
) -> None:
    few = replace(site, pages=tuple(page for page in site.pages if page.path in {"plan.html", "search.html"}))
    once = render(few, tmp_path / "once", first.earlier)
    assert once.memory.reused == {"plan.html", "search.html", "en/plan.html", "en/search.html"}
    assert render(few, tmp_path / "program", first.earlier, program="1" * 64).memory.reused == set()
    # A copy that somebody changed, though not its size, and one that is gone.
    folder = tmp_path / "damaged"
    shutil.copytree(once.directory, folder)
    damaged = (folder / "plan.html").read_bytes().replace(b"<main", b"<MAIN", 1)
    (folder / "plan.html").write_bytes(damaged)
    (folder / "en" / "plan.html").unlink()
    again = render(few, tmp_path / "again", EarlierSite(folder, once.memory.made))
    assert again.memory.reused == {"search.html", "en/search.html"}
    assert again.files() == once.files()
    assert (folder / "plan.html").read_bytes() == damaged


def test_without_second_names_a_page_is_copied_with_its_time(
    first: Rendered, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("xietong.render.page_memory.os.link", refused)
    few = replace(site, pages=tuple(page for page in site.pages if page.path == "plan.html"))
    copied = render(few, tmp_path, first.earlier)
    assert copied.memory.reused == {"plan.html", "en/plan.html"}
    earlier, own = first.directory / "plan.html", tmp_path / "plan.html"
    assert not own.samefile(earlier)
    assert own.read_bytes() == earlier.read_bytes()
    assert own.stat().st_mtime_ns == earlier.stat().st_mtime_ns
