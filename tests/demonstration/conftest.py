"""The demonstration, generated once, and a plain reader of forms that shares nothing with the writer."""

from collections.abc import Callable
from pathlib import Path

import fastexcel
import pytest

from xietong.catalogue import Catalogue, Edition
from xietong.demonstration import DemonstrationManifest, generate
from xietong.demonstration.panel import Panel, build_panel

SEED = 20230818
#: Text of the cells of one form by (sheet, indicator code, period); of repeated rows the last.
Cells = dict[tuple[str, str, str], str | None]


@pytest.fixture(scope="session")
def edition() -> Edition:
    """Return a demonstration edition that the shipped one may differ from."""
    return Edition.model_validate(
        {
            "name": "demonstration-test",
            "title": {"zh": "演示", "en": "Demonstration"},
            "description": {"zh": "演示", "en": "Demonstration"},
            "catalogue": "chongqing",
            "origin": "demonstration",
            "sources": ["district_forms"],
            "frequency": "month",
            "first_period": "2020-01",
            "deadline": {"after": "year", "days": 31},
            "demonstration": {"seed": SEED, "first_period": "2020-01", "last_period": "2026-10"},
        }
    )


@pytest.fixture(scope="session")
def panel(catalogue: Catalogue) -> Panel:
    """Return the figures before anything is planted."""
    return build_panel(catalogue, SEED)


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the demonstration is generated."""
    return tmp_path_factory.mktemp("demonstration")


@pytest.fixture(scope="session")
def manifest(catalogue: Catalogue, edition: Edition, directory: Path) -> DemonstrationManifest:
    """Return the manifest of the generated demonstration."""
    return generate(catalogue, edition, directory)


@pytest.fixture(scope="session")
def read_form(directory: Path, manifest: DemonstrationManifest) -> Callable[[str], Cells]:
    """Return a reader of one form by its file name."""

    def read(file: str) -> Cells:
        workbook = fastexcel.read_excel(directory / file)
        cells: Cells = {}
        for sheet in workbook.sheet_names:
            if sheet in ("封面", "说明"):
                continue
            rows = workbook.load_sheet(sheet, header_row=None, dtypes="string").to_polars().rows()
            header = rows[0] if rows else ()
            for row in rows[1:]:
                cells.update({(sheet, row[0], header[n]): row[n] for n in range(3, len(header))})
        return cells

    return read
