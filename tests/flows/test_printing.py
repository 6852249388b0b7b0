"""Reports on paper: one PDF a unit, printed by a real Chromium from the published pages."""

import re
from pathlib import Path

import pytest

from flows.printing import find_browser, print_reports
from xietong.errors import UsageError, XietongError
from xietong.settings import Settings

pytestmark = pytest.mark.browser

EDITION = "chongqing-published"


def settings_of(release: Path, **changes: Path) -> Settings:
    return Settings(build_directory=release.parents[2], **changes)


def sheets(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_a_unit_is_printed_in_both_languages(published, tmp_path) -> None:
    printed = print_reports(settings_of(published), EDITION, tmp_path, ["500102"], ["zh", "en"])
    assert [path.name for path in printed] == ["500102.en.pdf", "500102.zh.pdf"]
    for path in printed:
        pdf = path.read_bytes()
        assert pdf.startswith(b"%PDF-")
        assert 1 <= sheets(pdf) <= 6
        # A4 in points.
        assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", pdf)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["500102.en.pdf", "500102.zh.pdf"]


def test_a_unit_without_a_page_is_refused_with_those_that_have_one(published, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"no unit '999999' in .*; allowed: 500000, .*500102"):
        print_reports(settings_of(published), EDITION, tmp_path, ["999999"], ["zh"])
    assert list(tmp_path.iterdir()) == []


def test_nothing_published_and_no_browser_are_said(published, tmp_path, monkeypatch) -> None:
    with pytest.raises(UsageError, match=r"chongqing-demo has no release in .*; run: xietong run"):
        print_reports(Settings(build_directory=tmp_path), "chongqing-demo", None, [], ["zh"])
    with pytest.raises(UsageError, match=r"XIETONG_CHROMIUM names .*, which is no program"):
        find_browser(tmp_path / "nothing")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="needs Chromium or Chrome: install it, or name it with XIETONG_CHROMIUM"):
        find_browser(None)


def test_a_browser_that_fails_is_told_by_its_last_words(published, tmp_path) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\necho 'first' >&2\necho 'no display' >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    with pytest.raises(XietongError, match=r"did not print 500102\.html: no display"):
        print_reports(settings_of(published, chromium=broken), EDITION, tmp_path / "out", ["500102"], ["zh"])
