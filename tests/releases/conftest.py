"""Small releases to verify, sign, roll back and remove."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xietong.releases import Publication, Release, ReleaseInputs, finish, new_draft, put_in_place

INPUTS = ReleaseInputs(
    edition="demo",
    period="2026-10",
    as_of="2026-11-05T00:00:00+00:00",
    method_version="2025.1",
    snapshots=(("ab" * 32, "a.xlsx"),),
    sources_digest="cd" * 32,
    versions=(("duckdb", "2.0.0"),),
)

MakeRelease = Callable[[str], Release]


@pytest.fixture
def make_release(tmp_path: Path) -> MakeRelease:
    """Return a function that publishes a release of a period with one page, a database and a history line."""

    def make(period: str) -> Release:
        inputs = replace(INPUTS, period=period)
        draft = new_draft(tmp_path / "releases", inputs.release)
        (draft / "site").mkdir()
        (draft / "site" / "index.html").write_text(period, encoding="utf-8")
        (draft / "warehouse.duckdb").write_bytes(b"never the same")
        release = finish(draft, inputs, {})
        moment = datetime(2026, 11, int(period[-2:]), tzinfo=UTC).isoformat()
        put_in_place(release, Publication(release.name, moment, "published"))
        return release

    return make
