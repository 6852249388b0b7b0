"""Downloads and the note on the edition: what a reader needs to use and cite the figures."""

from dataclasses import dataclass

from xietong.report.citation import Citation, citation
from xietong.report.downloads import DESCRIPTIONS, FOLDER, WORKBOOK, Table, tables
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
