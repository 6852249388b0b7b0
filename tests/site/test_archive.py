"""The pages beside the releases in a real Chromium: valid, for everybody, light and dark, on paper, without scripts."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from xietong.catalogue import Text
from xietong.releases.site_audit import SiteAudit
from xietong.render import Archive, KeptRelease, LogEntry, change_log
from xietong.render.release_difference import (
    ExactChange,
    OutputChange,
    ReleaseDifference,
    ReleaseFacts,
    RevisedFigure,
    ScoreChange,
    Side,
    difference_pages,
)

VALIDATOR = Path(sys.prefix) / "html-validate" / "node_modules" / ".bin" / "html-validate"
RULES = Path(__file__).with_name("html-validate.json")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AS_OF = "2026-11-05T00:00:00+00:00"
CAUSES = ("revised_figures", "new_figures", "method", "peers")
UNIT = Text(zh="石柱土家族自治县", en="Shizhu Tujia Autonomous County")
HOSTILE = Text.model_construct(zh='"><img src=x onerror="window.ran=1">\u202e', en="</td><script>window.ran=2</script>")


def difference(changes: int = 20) -> ReleaseDifference:
    """Return a difference with everything that a page may have to show; ``changes`` rows of the whole split."""
    side = Side(0.6412, (0.61, 0.67), 12, (8, 17))
    rows = (
        ScoreChange(UNIT, Side(), side, None, None),
        ScoreChange(UNIT, side, Side(0.6611, (0.63, 0.69), 9, (7, 15)), 0.0199, (0.0300, 0.0, -0.0101, 0.0)),
        ScoreChange(HOSTILE, side, Side(0.6412, (0.61, 0.67), 13, (8, 18)), 0.0, (0.0,) * 4),
    )
    exact = ExactChange("500240", UNIT, "synergy", 0.6412, 0.6611, 0.0199, (0.03, 0.0, -0.0101, 0.0))
    received = datetime(2026, 11, 8, tzinfo=UTC)
    empty = Text.model_construct(zh="", en="")
    revised = RevisedFigure(
        UNIT, HOSTILE, "pm25", "2026-09", 32.1, 32.7, received, HOSTILE.zh, "月度!D8", HOSTILE, HOSTILE
    )
    unexplained = RevisedFigure(UNIT, UNIT, "pm25", "2026-09", 1234.5, -1, received, "", "", empty, empty)
    return ReleaseDifference(
        before=ReleaseFacts("2026-09-a", "2026-09", AS_OF, "2025.1", 299),
        after=ReleaseFacts("2026-10-b", "2026-10", AS_OF, "2025.1", 300),
        causes=CAUSES,
        outputs=(
            OutputChange("synergy", 38, 2, 3, 1, rows),
            OutputChange("index", 38, 0, 0, 0, ()),
            OutputChange("assessment", 38, 2, 3, 1, rows[1:]),
        ),
        exact=(exact,) * changes,
        revised=(revised, unexplained),
        new_figures=1200,
        lost_figures=2,
        method=("weights", "rules"),
        is_same_program=False,
    )


@pytest.fixture(scope="module")
def archive(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an edition: two releases, the pages beside them, and one release that is gone."""
    folder = tmp_path_factory.mktemp("archive") / "chongqing-demo"
    for name in ("2026-09-a", "2026-10-b"):
        site = folder / "releases" / name / "site"
        for part in ("assets", "en"):
            (site / part).mkdir(parents=True)
        for page in ("index.html", "about.html", "en/index.html", "en/about.html"):
            shutil.copyfile(rendered / page, site / page)
        for asset in (rendered / "assets").glob("*.*"):
            shutil.copyfile(asset, site / "assets" / asset.name)
    (folder / "current").symlink_to(Path("releases") / "2026-10-b")
    kept = KeptRelease("2026-10-b", "2026-10", AS_OF, "2025.1", "2026-11-10", is_served=True, before="2026-09-a")
    first = KeptRelease("2026-09-a", "2026-09", AS_OF, "2025.1", "2026-10-10", is_served=False)
    entries = [
        LogEntry("2026-10-b", AS_OF, "published", HOSTILE.en, "manual", HOSTILE.zh, is_kept=True, is_served=True),
        LogEntry("2026-08-z", AS_OF, "published", "", "auto", "", is_kept=False, is_served=False),
    ]
    frame = Archive.of("chongqing-demo", is_demonstration=True)
    files = change_log("chongqing-demo", entries, [kept, first], frame) | difference_pages(frame, difference())
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def pages(archive: Path) -> list[str]:
    found = [*archive.glob("*.html"), *archive.glob("releases/*.html"), *archive.glob("differences/*.html")]
    return sorted(path.relative_to(archive).as_posix() for path in found)


@pytest.mark.browser
def test_pages_beside_the_releases_are_valid_html(archive: Path) -> None:
    command = [VALIDATOR, "--config", RULES, "--formatter", "json", *pages(archive)]
    told = subprocess.run(command, cwd=archive, capture_output=True, text=True, timeout=60)
    reports = json.loads(told.stdout)
    found = [
        (report["filePath"], found["ruleId"], found["message"]) for report in reports for found in report["messages"]
    ]
    assert found == []


def test_they_hold_to_the_policy_of_the_site_and_weigh_little(archive: Path) -> None:
    for page in pages(archive):
        text = (archive / page).read_text(encoding="utf-8")
        assert "default-src 'none'; style-src 'self'" in text
        assert "<script" not in text
        assert "style=" not in text
        assert "演示数据" in text or "Demonstration data" in text


def test_a_month_in_which_every_score_changed_still_makes_a_light_page() -> None:
    """41 units with ten scores each; the style comes to 40 kB."""
    made = difference_pages(Archive.of("chongqing-demo"), difference(changes=410))
    assert all(len(text.encode()) < 250_000 for text in made.values())


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width", "suffix"), [("light", 1280, ".html"), ("dark", 390, ".en.html")])
def test_everybody_can_use_them_and_nothing_leaves_the_folder(
    archive: Path, browser: Browser, scheme: str, width: int, suffix: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened = context.new_page()
    requests: list[str] = []
    found: list[object] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: found.append((path, message.text)))
    for path in (f"index{suffix}", f"differences/2026-10-b{suffix}"):
        opened.goto((archive / path).as_uri())
        assert opened.evaluate("window.ran") is None
        assert opened.evaluate("getComputedStyle(document.querySelector('.masthead')).display") == "block"
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        opened.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"], "preload": False}
        found += [
            (path, violation["id"], violation["nodes"][0]["html"][:200])
            for violation in Axe().run(opened, options=options).response["violations"]
        ]
    context.close()
    assert found == []
    assert all(url.startswith((archive.as_uri(), "data:")) for url in requests)


@pytest.mark.browser
@pytest.mark.parametrize("address", ["current/site", "releases/2026-09-a/site"])
def test_a_release_leads_to_the_change_log_and_from_there_to_every_other(
    archive: Path, browser: Browser, address: str
) -> None:
    """From a folder, where a browser follows no link of the file system, by both addresses of a release."""
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((archive / address / "about.html").as_uri())
    opened.get_by_role("link", name="全部发布、发布记录与各次差异").click()
    assert opened.locator("h1").inner_text() == "发布记录"
    opened.get_by_role("link", name="与 2026-09-a 相比").first.click()
    assert opened.locator("h1").inner_text() == "两次发布的差异"
    opened.get_by_role("link", name="English").click()
    opened.locator("main").get_by_role("link", name="2026-09-a").click()
    assert opened.url == (archive / "releases" / "2026-09-a" / "site" / "en" / "index.html").as_uri()
    opened.go_back()
    opened.get_by_role("link", name="Change log").click()
    assert opened.url == (archive / "index.en.html").as_uri()
    context.close()


def test_the_audit_lets_a_site_lead_to_the_change_log(rendered: Path) -> None:
    assert [problem for problem in SiteAudit(rendered).broken_links() if "index" in problem] == []
