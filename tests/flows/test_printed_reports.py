"""A report on paper as an officer gets it: the demonstration's page of one unit, printed in both languages."""

import re
import subprocess
from pathlib import Path

import pytest

from flows.printing import print_reports
from xietong.settings import Settings

pytestmark = pytest.mark.browser

UNIT = "500102"
#: On every sheet: title, period, and the release, which ends in the digest.
FOOTERS = {
    "zh": r"重庆市减污降碳协同增效评价（演示数据） · 2026年10月 · {release}\s+(\d)/(\d)",
    "en": r"Chongqing: cutting pollution and carbon together \(demonstration data\) · October 2026 · {release}\s+(\d) ?/ ?(\d)",
}
WORDS = {
    "zh": ("涪陵区", "协同度", "综合指数", "考核得分", "历年变化", "目标", "二氧化碳减少率"),
    "en": ("Fuling", "Synergy degree", "Composite index", "Assessment score", "January 2020"),
}


def poppler(program: str, *arguments: str | Path) -> str:
    """Return what a program of Poppler tells of a PDF."""
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def reports(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the report of a unit by its language."""
    folder = tmp_path_factory.mktemp("reports")
    settings = Settings(build_directory=demonstration.parents[2])
    printed = print_reports(settings, "chongqing-demo", folder, [UNIT], ["zh", "en"])
    return {path.suffixes[0][1:]: path for path in printed}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_four_to_six_sheets_of_a4_with_text_that_can_be_searched(reports: dict[str, Path], language: str) -> None:
    told = dict(line.split(":", 1) for line in poppler("pdfinfo", reports[language]).splitlines() if ":" in line)
    assert 4 <= int(told["Pages"]) <= 6
    width, height = map(float, re.findall(r"[\d.]+", told["Page size"])[:2])
    assert (width, height) == (pytest.approx(595.3, abs=1), pytest.approx(841.9, abs=1))
    assert told["JavaScript"].strip() == "no"
    text = "".join(poppler("pdftotext", reports[language], "-").split())
    assert [word for word in WORDS[language] if "".join(word.split()) not in text] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_sheet_tells_its_release(reports: dict[str, Path], demonstration: Path, language: str) -> None:
    sheets = poppler("pdftotext", "-layout", reports[language], "-").removesuffix("\f").split("\f")
    footer = re.compile(FOOTERS[language].format(release=demonstration.name))
    found = [footer.search(sheet) for sheet in sheets]
    assert [match and match.groups() for match in found] == [
        (str(place), str(len(sheets))) for place in range(1, len(sheets) + 1)
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_fonts_are_inside_and_charts_are_lines(reports: dict[str, Path], language: str) -> None:
    fonts = [line.split() for line in poppler("pdffonts", reports[language]).splitlines()[2:]]
    assert fonts
    # From the right: object with its generation, then whether it has Unicode, is a subset, is embedded.
    assert {font[-5] for font in fonts} == {"yes"}
    assert poppler("pdfimages", "-list", reports[language]).splitlines()[2:] == []
    content = reports[language].read_bytes()
    assert re.search(rb"/(?:JavaScript|JS|URI|Launch|EmbeddedFile)\b", content) is None
    assert b"/build/" not in content
