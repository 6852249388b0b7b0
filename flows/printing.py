"""``xietong reports``: the page of every unit of the published site as a PDF on A4, printed by Chromium."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Literal

from rich.console import Console

from flows.kept_releases import served_release
from xietong.errors import UsageError, XietongError
from xietong.releases import Release
from xietong.settings import Settings

Language = Literal["zh", "en"]
#: Names under which systems install it.
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FOLDERS: Final[dict[Language, str]] = {"zh": "", "en": "en"}
#: A link to another page: on paper it leads nowhere, and the browser would write the folders of this machine into it.
_LINK_AWAY: Final = re.compile(r'(<a\b[^>]*?) href="(?!#)[^"]*"')
#: A page takes one or two seconds; one that takes this long will not come.
_SECONDS: Final = 120
#: A browser that prints pages of a folder asks nobody for anything.
_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)


def print_reports(
    settings: Settings, edition: str, out: Path | None, units: Sequence[str], languages: Sequence[Language]
) -> list[Path]:
    """Print the pages of units as ``<unit>.<language>.pdf`` and return the files, sorted.

    They go to ``out``, by default ``reports/<release>`` beside the releases, which verification does not look at: the
    bytes of a PDF depend on the browser. Without ``units`` every unit of the site is printed.

    Raises:
        UsageError: nothing is published, a unit has no page, or there is no browser.
        XietongError: the browser did not print a page.
    """
    release = served_release(settings, edition)
    browser = find_browser(settings.chromium)
    folder = out or settings.edition_directory(edition) / "reports" / release.name
    folder.mkdir(parents=True, exist_ok=True)
    jobs = list(_jobs(release, folder, units, languages))
    # Each browser keeps about one core busy.
    with ThreadPoolExecutor(max_workers=2) as pool:
        printed = list(pool.map(lambda job: print_page(browser, *job), jobs))
    return sorted(printed)


def find_browser(given: Path | None) -> Path:
    """Return the browser that prints: the one of the settings, else the first that the system knows.

    Raises:
        UsageError: there is none.
    """
    if given is not None:
        if not os.access(given, os.X_OK):
            raise UsageError(f"XIETONG_CHROMIUM names {given}, which is no program; name Chromium or Chrome")
        return given
    for name in _BROWSERS:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise UsageError("printing reports needs Chromium or Chrome: install it, or name it with XIETONG_CHROMIUM")


def _jobs(
    release: Release, folder: Path, units: Sequence[str], languages: Sequence[Language]
) -> Iterator[tuple[Path, Path, Path]]:
    """Yield site, page and PDF of each report; file names hold codes only, whatever a unit is called."""
    site = release.directory / "site"
    for language in languages:
        pages = site / _FOLDERS[language] / "units"
        known = sorted(page.stem for page in pages.glob("*.html") if page.stem != "index")
        for unit in units or known:
            if unit not in known:
                raise UsageError(f"there is no unit {unit!r} in {release.name}; allowed: {', '.join(known)}")
            yield site, pages / f"{unit}.html", folder / f"{unit}.{language}.pdf"


def print_page(browser: Path, site: Path, page: Path, target: Path) -> Path:
    """Print a page of a site and return the PDF: A4 as the site's styles say, without links that lead away from it.

    Raises:
        XietongError: the browser did not print it.
    """
    aside = target.with_name(f".{target.name}")
    with tempfile.TemporaryDirectory() as folder:
        sheet = _sheet(site, page, Path(folder) / "site")
        command = [
            str(browser),
            *_FLAGS,
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={aside}",
            sheet.as_uri(),
        ]
        if os.geteuid() == 0:
            # Chromium refuses its sandbox to the superuser.
            command.insert(1, "--no-sandbox")
        try:
            ended = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 — our words
        except subprocess.TimeoutExpired as error:
            raise XietongError(f"{browser} did not print {page.name} within {_SECONDS} s") from error
    if ended.returncode != 0 or not aside.is_file():
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise XietongError(f"{browser} did not print {page.name}: {said[-1] if said else 'it says nothing'}")
    return aside.replace(target)


def _sheet(site: Path, page: Path, folder: Path) -> Path:
    """Return a copy of the page, at its place beside the styles of its site, in which only links within it lead on."""
    sheet = folder / page.relative_to(site)
    sheet.parent.mkdir(parents=True)
    (folder / "assets").symlink_to((site / "assets").resolve(), target_is_directory=True)
    sheet.write_text(_LINK_AWAY.sub(r"\1", page.read_text(encoding="utf-8")), encoding="utf-8")
    return sheet


def report_printing(
    settings: Settings, edition: str, out: Path | None, units: Sequence[str], languages: Sequence[Language]
) -> int:
    """Print the reports and say where they are; return the exit code."""
    printed = print_reports(settings, edition, out, units, languages)
    size = sum(path.stat().st_size for path in printed) / 1e6
    Console().print(f"{len(printed)} reports, {size:.1f} MB: {printed[0].parent}", highlight=False, soft_wrap=True)
    return 0
