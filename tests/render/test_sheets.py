"""The foot of printed sheets: any title stays one string of the style."""

from dataclasses import replace

import pytest

from xietong.render.sheets import write_sheet
from xietong.report import Chrome

CHROME = Chrome(
    language="zh",
    title="评价",
    edition="chongqing-demo",
    period="2026年10月",
    method_version="2025.1",
    is_demonstration=True,
    is_illustration=False,
    has_plan=True,
)
RELEASE = "2026-10-0123456789ab"


def test_title_period_and_release_stand_in_the_margin(tmp_path) -> None:
    written = write_sheet(CHROME, RELEASE, tmp_path).read_text(encoding="utf-8")
    assert written == (
        '@page { @bottom-left { content: "评价 · 2026年10月 · 2026-10-0123456789ab"; font-size: 8pt; } }\n'
    )


@pytest.mark.parametrize("title", ['a"; } } body { display: none', "a\\", "a\n} b {", "</style><script>"])
def test_no_title_ends_the_string(tmp_path, title) -> None:
    written = write_sheet(replace(CHROME, title=title), RELEASE, tmp_path).read_text(encoding="utf-8")
    assert written.count("\n") == 1
    assert written.count('"') == 2
    assert "<" not in written
    inside = written.split('"')[1]
    # Every backslash begins the number of a sign, closed by a space.
    assert all(part.split(" ")[0] in {"22", "5c", "3c", "a"} for part in inside.split("\\")[1:])
