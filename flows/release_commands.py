"""``xietong releases``, ``rollback``, ``verify`` and ``gc``: what is kept, what is served, and whether it is true."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from flows.change_log import write_change_log
from flows.copying import copy_to_targets
from flows.kept_releases import directory_of, named_release, nothing_published, served_release
from flows.rebuilding import rebuild_differences
from flows.recovery import telling_what_is_served
from flows.step_memory import forget_releases
from xietong.errors import UsageError, XietongError
from xietong.releases import (
    EditionLock,
    Release,
    broken_promises,
    check_signature,
    current_release,
    is_signed,
    publications,
    releases_of,
    remove,
    roll_back,
    superseded,
    unreadable_releases,
)
from xietong.settings import Settings


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False, markup=False)


def list_releases(settings: Settings, edition: str) -> int:
    """Print every release of the edition, the one that is served marked, with when it was put in place."""
    directory = directory_of(settings, edition)
    found, damaged = releases_of(directory), unreadable_releases(directory)
    if not found and not damaged:
        raise nothing_published(settings, edition)
    served = current_release(directory)
    moments: dict[str, list[str]] = {}
    for publication in publications(directory):
        moments.setdefault(publication.release, []).append(publication.moment[:16])
    console = _console()
    for release in found:
        mark = "*" if served is not None and release.name == served.name else " "
        signed = "signed" if is_signed(release) else "unsigned"
        as_of = str(release.manifest["inputs"].get("as_of", "unknown"))[:10]
        times = ", ".join(moments.get(release.name, [])) or "never"
        anew = f"  {rewritten}" if (rewritten := _rewritten(release)) else ""
        console.print(f"{mark} {release.name}  as of {as_of}  {signed}  put in place: {times}{anew}")
    for name in damaged:
        console.print(f"! {name}  its manifest cannot be read; restore the release or remove its folder")
    return 0


def _rewritten(release: Release) -> str:
    """Return that the manifest took the place of a damaged one, with what it lost by that; nothing where it did not."""
    told = release.manifest.get("rewritten")
    if not isinstance(told, dict):
        return ""
    lost = "; its signature was lost by that" if told.get("was_signed") and not is_signed(release) else ""
    return f"its manifest was damaged and written anew on {str(told.get('moment'))[:10]}{lost}"


def roll_back_to(settings: Settings, edition: str, name: str | None, reason: str) -> int:
    """Serve an earlier release and say which.

    Raises:
        UsageError: there is no such release, or it is not whole.
        EditionBusyError: a run of the edition is under way.
        TargetError: the release is served here again, but not at every publishing target.
    """
    directory = directory_of(settings, edition)
    if not directory.is_dir():
        raise nothing_published(settings, edition)
    with telling_what_is_served(directory), EditionLock(directory, settings.lock_wait_seconds):
        release = roll_back(directory, name, datetime.now(UTC), reason)
        write_change_log(directory)
        copy_to_targets(settings, edition, release)
    _console().print(f"{edition} now serves {release.name}")
    return 0


def verify_release(settings: Settings, edition: str, name: str | None, key: Path | None, *, rebuild: bool) -> int:
    """Print what was verified of a release; return 0 when everything holds, else 1.

    Raises:
        UsageError: there is no such release, or the key cannot be read.
    """
    release = served_release(settings, edition) if name is None else named_release(settings, edition, name)
    console = _console()
    console.print(f"{release.name}: {len(release.manifest.get('outputs') or ())} files")
    problems = list(broken_promises(release))
    console.print("files: " + ("every byte as the manifest says" if not problems else f"{len(problems)} problems"))
    if rewritten := _rewritten(release):
        console.print(f"manifest: {rewritten.removeprefix('its manifest ')}")
    if key is not None:
        try:
            check_signature(release, key)
        except XietongError as error:
            if isinstance(error, UsageError):
                raise
            problems.append(str(error))
        else:
            console.print("signature: valid")
    if rebuild:
        different = list(rebuild_differences(settings, release))
        console.print("rebuilt from its snapshots: " + ("the same bytes" if not different else "not the same"))
        problems += different
    for problem in problems:
        console.print(f"  {problem}")
    return 1 if problems else 0


def remove_superseded(settings: Settings, edition: str, keep: int, *, dry_run: bool) -> int:
    """Remove, or with ``dry_run`` only name, the releases that need not be kept.

    Raises:
        UsageError: ``keep`` is below 1.
        EditionBusyError: a run of the edition is under way.
    """
    if keep < 1:
        raise UsageError(f"keep at least 1 release, not {keep}")
    directory = directory_of(settings, edition)
    if not directory.is_dir():
        raise nothing_published(settings, edition)
    console = _console()
    with EditionLock(directory, settings.lock_wait_seconds):
        names = superseded(directory, keep)
        for name in names:
            console.print(f"{'would remove' if dry_run else 'removed'} {name}")
        if not dry_run:
            try:
                freed = remove(directory, names)
            finally:
                # Interrupted, it still leaves no word of a release that is gone.
                write_change_log(directory)
                forget_releases(directory, [release.name for release in releases_of(directory)])
            console.print(f"{freed / 1e6:,.1f} MB are free again; snapshots are never removed")
    return 0
