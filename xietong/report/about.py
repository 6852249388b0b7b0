"""Downloads, the list of units and the note on the edition: what a reader needs to use and cite the figures."""

from dataclasses import dataclass

from xietong.catalogue import Unit
from xietong.report.citation import Citation, citation
from xietong.report.coverage import Count, Coverage
from xietong.report.downloads import DESCRIPTIONS, FOLDER, WORKBOOK, Table, tables
from xietong.report.facts import Link
from xietong.report.view import View


@dataclass(frozen=True)
class DownloadsPage:
    """What the downloads page says; paths are relative to the site, not to the language."""

    folder: str
    workbook: str
    tables: tuple[Table, ...]
    descriptions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AboutPage:
    """What the page about the edition says."""

    edition: str
    title: str
    description: str
    note: str
    period: str
    as_of: str
    release: str
    method_version: str
    inputs: int
    figures: int
    versions: tuple[tuple[str, str], ...]
    origin: str
    citation: Citation


@dataclass(frozen=True)
class UnitGroup:
    """The units of one region."""

    name: str
    units: tuple[tuple[Link, str, Count], ...]


@dataclass(frozen=True)
class UnitList:
    """All units, by region; zones and the city apart."""

    groups: tuple[UnitGroup, ...]
    special: tuple[tuple[Link, str, Count], ...]
    whole: tuple[tuple[Link, str, Count], ...]


def downloads_page(view: View) -> DownloadsPage:
    """Return the content of the downloads page."""
    return DownloadsPage(FOLDER, WORKBOOK, tables(view.evaluation.marts), DESCRIPTIONS)


def about_page(view: View) -> AboutPage:
    """Return the content of the page about the edition."""
    run = view.run
    return AboutPage(
        edition=run.edition,
        title=view.pick(view.edition.title),
        description=view.pick(view.edition.description),
        note=view.optional(view.edition.note),
        period=view.evaluated,
        as_of=f"{run.as_of:%Y-%m-%d %H:%M} UTC",
        release=run.release,
        method_version=run.method_version,
        inputs=run.inputs,
        figures=view.evaluation.frame("observations").height,
        versions=tuple(sorted(run.versions.items())),
        origin=view.edition.origin,
        citation=citation(view),
    )


def unit_list(view: View, coverage: Coverage) -> UnitList:
    """Return the list of units."""
    regions = [region.code for region in view.catalogue.units.regions]
    groups = [
        UnitGroup(view.group_name(code), _entries(view, coverage, [u for u in view.ranked_units if u.region == code]))
        for code in regions
    ]
    apart = [unit for unit in view.ranked_units if unit.region not in regions]
    groups.append(UnitGroup("", _entries(view, coverage, apart)))
    whole = [view.whole] if view.whole else []
    return UnitList(
        groups=tuple(group for group in groups if group.units),
        special=_entries(view, coverage, view.special_units),
        whole=_entries(view, coverage, whole),
    )


def _entries(view: View, coverage: Coverage, units: list[Unit]) -> tuple[tuple[Link, str, Count], ...]:
    return tuple(
        (view.unit_link(unit.code), view.group_name(unit.peer_group), coverage.of_unit(unit)) for unit in units
    )
