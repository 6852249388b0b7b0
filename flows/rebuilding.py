"""A release built once more from the snapshots it names, aside, to see whether its bytes come out again."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.evaluation import directly, run_evaluation
from flows.planning import inbox_of, plan, prepare
from flows.polling import pulled_directory
from flows.step_memory import source_files
from xietong.errors import XietongError
from xietong.releases import Release, ReleaseInputs, differences, directory_digest, read_release
from xietong.settings import Settings
from xietong.sources import SnapshotStore, pulled_hashes


def rebuild_differences(settings: Settings, release: Release) -> Iterator[str]:
    """Yield one sentence for everything in which a rebuild differs from the release; nothing when it is the same.

    The rebuild needs the snapshots, and the program and packages that made the release; where one of
    them is another, that is the difference.
    """
    try:
        inputs = ReleaseInputs.from_manifest(release.manifest)
    except XietongError as error:
        yield str(error)
        return
    if inputs.sources_digest != directory_digest(source_files(settings)):
        yield "it was made by another version of the program, catalogue or templates; rebuild it with that version"
        return
    with tempfile.TemporaryDirectory(prefix="xietong-rebuild-") as folder:
        aside = settings.without_publication(
            build_directory=Path(folder) / "build", inbox_directory=Path(folder) / "inbox"
        )
        try:
            _lay_out(settings, aside, inputs)
            moment = datetime.fromisoformat(inputs.as_of)
            summary = run_evaluation(aside, inputs.edition, inputs.period, moment, directly, noted=inputs.noted)
        except XietongError as error:
            yield f"it could not be built again: {error}"
            return
        rebuilt = aside.edition_directory(inputs.edition) / "current"
        yield from _compared(release, rebuilt, summary.release)


def _lay_out(settings: Settings, aside: Settings, inputs: ReleaseInputs) -> None:
    """Put the files that the release was made of into an inbox aside, with what is known of when they came."""
    prepared = plan(settings, inputs.edition, inputs.period, None)
    kept = SnapshotStore(settings.build_directory / "snapshots")
    copies = SnapshotStore(aside.build_directory / "snapshots")
    laid_out = plan(aside, inputs.edition, inputs.period, None)
    # The demonstration makes its own forms, and keeps those that somebody has changed: they come on top of them.
    prepare(laid_out, expects_nothing_new=True)
    inbox = inbox_of(laid_out)
    pulled = pulled_directory(prepared)
    by_poll = pulled_hashes(prepared.sources, pulled)
    if pulled.is_dir():
        shutil.copytree(pulled, aside.build_directory / "pulled" / pulled.name)
    for sha256, file in inputs.snapshots:
        snapshot = kept.get(sha256)
        content = kept.read(sha256)
        for suffix in (".bytes", ".json"):
            target = copies.path(sha256).with_suffix(suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept.path(sha256).with_suffix(suffix), target)
        if sha256 not in by_poll and prepared.catalogue.source(snapshot.source_id).folder == "inbox":
            (inbox / file).parent.mkdir(parents=True, exist_ok=True)
            (inbox / file).write_bytes(content)


def _compared(release: Release, rebuilt: Path, name: str) -> Iterator[str]:
    again = read_release(rebuilt).manifest
    if name != release.name:
        yield f"the rebuild is named {name}: {_first_other_input(release, again)}"
    yield from differences(release.manifest["outputs"], again["outputs"])


def _first_other_input(release: Release, again: Mapping[str, Any]) -> str:
    before, after = release.manifest["inputs"], again["inputs"]
    other = next((key for key in before if before[key] != after[key]), "nothing")
    return f"its {other} differ"
