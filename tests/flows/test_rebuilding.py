"""What is laid out for a rebuild; whether the same bytes come of it is tested with the commands."""

import hashlib
from datetime import UTC, datetime

from flows import rebuilding
from flows.rebuilding import rebuild_differences
from flows.step_memory import source_files
from tests.flows.small_evaluation import form
from xietong.errors import XietongError
from xietong.releases import Release, directory_digest
from xietong.settings import Settings
from xietong.sources import SnapshotStore

EDITION = "chongqing-demo"
FORM = "500101_万州区_2025.xlsx"


def test_a_form_of_the_demonstration_that_somebody_changed_lies_over_the_generated_one(
    catalogue, tmp_path, monkeypatch
) -> None:
    settings = Settings(build_directory=tmp_path / "build", inbox_directory=tmp_path / "inbox")
    changed = form("500101", "万州区", 99.5)
    store = SnapshotStore(settings.build_directory / "snapshots")
    source = catalogue.source("demonstration_forms")
    snapshot = store.add(changed, file=FORM, source=source, received_at=datetime(2026, 11, 10, tzinfo=UTC))
    inputs = {
        "edition": EDITION,
        "period": "2026-10",
        "as_of": "2026-11-10T00:00:00+00:00",
        "method_version": "",
        "snapshots": [[snapshot.sha256, FORM]],
        "sources_digest": directory_digest(source_files(settings)),
        "versions": [],
        "noted": [],
    }
    found: dict[str, str] = {}

    def look(aside, *_: object, **__: object) -> None:
        inbox = aside.edition_directory(EDITION) / "inbox"
        found.update({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inbox.glob("*.xlsx")})
        raise XietongError("seen enough")

    monkeypatch.setattr(rebuilding, "run_evaluation", look)
    release = Release("2026-10-x", tmp_path, {"inputs": inputs, "outputs": {}})
    assert list(rebuild_differences(settings, release)) == ["it could not be built again: seen enough"]
    assert found[FORM] == hashlib.sha256(changed).hexdigest()
    assert len(found) > 250
