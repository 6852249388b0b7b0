"""The site of the demonstration alone: page contexts, pages, charts and downloads of one release, and their weight.

Every unit, indicator and language of the latest period; PDFs are apart. First as ``xietong run`` writes them, with two
processes, then in one process to see what takes the time. The release is that of a build directory given as the
argument, else one that is run first. Nothing is taken from an earlier site.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from flows.publication import rule_facts
from flows.site_pages import SitePages, write_site_pages
from xietong.catalogue import load_catalogue, load_edition
from xietong.render import PageMemory, pages, render_site, write_downloads
from xietong.report import Page, RunFacts, build_site
from xietong.resources import resource_directory
from xietong.warehouse import macro_sources

EDITION: Final = "chongqing-demo"
REPEAT: Final = 2
#: What a page loads without being asked; its charts as files, data interface and downloads are links.
_LOADS: Final = re.compile(rb'<(?:script|img)\b[^>]* src="([^"]+)"|<link rel="stylesheet" href="([^"]+)"')


@dataclass
class Clock:
    """Seconds by what they were spent on."""

    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Add what happens within to a name."""
        started = time.perf_counter()
        yield
        self.spent[name] += time.perf_counter() - started

    def around(self, named: Callable[..., str], function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, its time added to the name that its arguments give."""

        def timed(*arguments: Any) -> Any:
            with self.running(named(*arguments)):
                return function(*arguments)

        return timed


@dataclass(frozen=True)
class Weight:
    """A page with what it loads, bytes."""

    path: str
    total: int


def site_pages(release: Path, directory: Path) -> SitePages:
    """Return what the site of a release's own tables is written from, with nothing remembered, into a folder."""
    edition = load_edition(resource_directory("editions"), EDITION)
    catalogue = load_catalogue(resource_directory("catalogue"), edition.catalogue)
    marts = {path.stem: pl.read_parquet(path) for path in sorted((release / "site" / "downloads").glob("*.parquet"))}
    facts = facts_of(release.name, marts, edition.last_period or "")
    return SitePages(marts, catalogue, edition, facts, directory, PageMemory())


def seconds_of_a_run(release: Path, directory: Path) -> float:
    """Return how long a run takes to write the whole site with its two processes."""
    asked = site_pages(release, directory)
    started = time.perf_counter()
    write_site_pages(asked)
    return time.perf_counter() - started


def write_site(release: Path, directory: Path) -> tuple[Clock, tuple[Page, ...]]:
    """Write the whole site in this process; return the times and the pages."""
    asked = site_pages(release, directory)
    marts, catalogue, edition = asked.marts, asked.catalogue, asked.edition
    clock = Clock()
    page_by_page = clock.around(lambda _desk, _chrome, page, *_: f"pages: {page.template}", pages.render_page)
    charts = clock.around(lambda *_: "charts as files", pages.write_chart_files)
    with replaced(pages, {"render_page": page_by_page, "write_chart_files": charts}), clock.running("site"):
        with clock.running("page contexts"):
            site = build_site(marts, catalogue, edition, asked.facts)
        with clock.running("pages, charts and data"):
            render_site(site, directory)
    # A run writes them in a process beside the pages.
    with clock.running("downloads"):
        write_downloads(marts, catalogue, edition, directory / "downloads")
    return clock, site.pages


@contextmanager
def replaced(module: Any, functions: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Put functions in the place of those of a module."""
    former = {name: getattr(module, name) for name in functions}
    for name, function in functions.items():
        setattr(module, name, function)
    yield
    for name, function in former.items():
        setattr(module, name, function)


def facts_of(name: str, marts: Mapping[str, pl.DataFrame], period: str) -> RunFacts:
    """Return what a run of these tables would know about itself."""
    as_of = marts["snapshots"]["received_at"].max()
    assert isinstance(as_of, datetime)
    return RunFacts(
        edition=EDITION,
        period=period,
        as_of=as_of,
        method_version="2025.1",
        release=name,
        inputs=marts["snapshots"].height,
        macros=macro_sources(resource_directory("sql")),
        rules=rule_facts(),
    )


def weight_of(directory: Path, page: Path) -> Weight:
    """Return the weight of a page: its own bytes, styles, scripts and pictures."""
    html = page.read_bytes()
    loaded = {(page.parent / (source or style).decode()).resolve() for source, style in _LOADS.findall(html)}
    total = len(html) + sum(path.stat().st_size for path in loaded if path.is_file())
    return Weight(page.relative_to(directory).as_posix(), total)


def main() -> int:
    """Write the site twice, and print the better times, what was written, and the heaviest page of each type."""
    with tempfile.TemporaryDirectory(prefix="xietong-bench-") as folder:
        build = Path(sys.argv[1]) if len(sys.argv) > 1 else run_demonstration(Path(folder) / "build")
        release = (build / EDITION / "current").resolve()
        # The second process is started in the first round; a run has it running when it comes to the site.
        whole = min(seconds_of_a_run(release, Path(folder) / f"run-{number}") for number in range(REPEAT))
        runs = [write_site(release, Path(folder) / str(number)) for number in range(REPEAT)]
        clock = min((clock for clock, _ in runs), key=lambda clock: clock.spent["site"])
        print(f"{f'site of {EDITION} as a run writes it':<44} {whole:7.2f} s   budget 10 s")
        report(clock, runs[0][1], Path(folder) / "0")
    return 0


def run_demonstration(build: Path) -> Path:
    """Run the demonstration into a folder and return it."""
    command = [str(Path(sys.executable).with_name("xietong")), "run", "--edition", EDITION, "--out", str(build)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return build


def report(clock: Clock, written: tuple[Page, ...], directory: Path) -> None:
    """Print times and sizes."""
    whole = clock.spent.pop("site")
    files = [path.stat().st_size for path in directory.rglob("*") if path.is_file()]
    print(f"{f'pages of both languages, {len(written)}, in one process':<44} {whole:7.2f} s")
    print(f"{'  files':<44} {len(files):7,}, {sum(files) / 1e6:.1f} MB")
    for name, seconds in sorted(clock.spent.items(), key=lambda pair: (pair[0].startswith("pages:"), -pair[1])):
        print(f"  {name:<42} {seconds:7.2f} s")
    roots = {"zh": "", "en": "en/"}
    by_type: dict[str, list[Weight]] = defaultdict(list)
    for page in written:
        by_type[page.template].append(weight_of(directory, directory / (roots[page.language] + page.path)))
    for template, weights in sorted(by_type.items(), key=lambda pair: -max(weight.total for weight in pair[1])):
        heaviest = max(weights, key=lambda weight: (weight.total, weight.path))
        budget = 600 if template == "overview" else 300
        size = f"{heaviest.total / 1e3:7.0f} kB   budget {budget} kB"
        print(f"  heaviest of {len(weights):>3} {template:<12} {size}   {heaviest.path}")


if __name__ == "__main__":
    sys.exit(main())
