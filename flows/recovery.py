"""What stands between a run and the leftovers of those before it, and between a full disk and a traceback."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.planning import Plan
from flows.step_memory import MEMORY
from xietong.errors import AccessRefusedError, DiskFullError, XietongError, lack_of_access, lack_of_room
from xietong.releases import CURRENT, clear_away, complete_publication, current_release
from xietong.settings import Settings
from xietong.sources import SnapshotStore


@contextmanager
def recovering(plan: Plan) -> Iterator[None]:
    """Clear away what killed runs left, then let the run do its work; the lock of the edition must be held.

    Raises:
        DiskFullError: there was no room; what the run had written so far is gone again, to make some.
        AccessRefusedError: the run may not read or write where it has to.
    """
    settings, edition = plan.settings, plan.edition.name
    directory = settings.edition_directory(edition)
    try:
        recover(settings, edition)
        yield
    except XietongError:
        raise
    except Exception as error:
        words = lack_of_room(error)
        if words is not None:
            clear_away(directory)
            raise DiskFullError(_told(directory, words)) from error
        place = lack_of_access(error)
        if place is None:
            raise
        raise AccessRefusedError(
            f"the run of {edition} ended because it may not use {place}; {_served(directory)}. "
            "Give the user that runs it the right to write there and run it again"
        ) from error


def recover(settings: Settings, edition: str) -> None:
    """Finish what a killed run had all but finished, and remove what it left unfinished."""
    directory = settings.edition_directory(edition)
    complete_publication(directory)
    clear_away(directory)
    SnapshotStore(settings.build_directory / "snapshots").sweep()
    # Hidden is what was being written; the lock of the edition says that nobody is writing now.
    for folder in (directory / MEMORY, settings.build_directory / "intake" / edition):
        for path in sorted(folder.glob(".*")):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _told(edition_directory: Path, words: str) -> str:
    return (
        f"the run of {edition_directory.name} ended because its disk has no room ({words}); "
        f"{_served(edition_directory)}, and nothing received is lost. "
        f"Make room where {edition_directory} lies and run it again"
    )


@contextmanager
def telling_what_is_served(edition_directory: Path) -> Iterator[None]:
    """Note on an interruption which release is served now: it may come before or after the switch."""
    try:
        yield
    except KeyboardInterrupt as error:
        with suppress(XietongError, OSError):
            error.add_note(_served(edition_directory))
        raise


def _served(edition_directory: Path) -> str:
    served = current_release(edition_directory)
    if served is not None:
        return f"{served.name} is served, whole"
    is_damaged = (edition_directory / CURRENT).exists()
    return "what is served has no manifest that can be read" if is_damaged else "nothing is served yet"
