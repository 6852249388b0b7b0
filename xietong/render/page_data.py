"""Data that the scripts of pages read: classic scripts that assign, because pages from a folder may not fetch."""

from dataclasses import asdict
from pathlib import Path
from typing import Final

from xietong.report import Site
from xietong.report.compare import Compare
from xietong.report.whatif import WhatIf
from xietong.signs import json_text

#: Shared by both languages: the files hold codes and figures, the pages the words.
FOLDER: Final = "data"


def write_page_data(site: Site, directory: Path) -> list[Path]:
    """Write what the compare page and the what-if recompute or filter below ``directory``; return the files."""
    written = []
    for page in site.pages:
        if page.language != "zh":
            continue
        if isinstance(page.content, WhatIf):
            written.append(_write("xietongWhatIf", asdict(page.content.model), directory / FOLDER / "whatif.js"))
        elif isinstance(page.content, Compare):
            written.append(_write("xietongCompare", asdict(page.content.data), directory / FOLDER / "compare.js"))
    return written


def _write(name: str, content: object, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Should somebody paste it into a page, no text in it ends the script.
    written = json_text(content).replace("</", "<\\/")
    path.write_text(f"window.{name} = {written};\n", encoding="utf-8", newline="\n")
    return path
