"""Which release of an edition a command means: the one that is served, or the one that it names."""

from pathlib import Path

from xietong.catalogue import require_edition
from xietong.errors import UsageError
from xietong.releases import CURRENT, RELEASES, Release, read_release, releases_of, unreadable_releases
from xietong.settings import Settings


def directory_of(settings: Settings, edition: str) -> Path:
    """Return where the releases of an edition lie; nothing need be there yet.

    Raises:
        UsageError: there is no such edition.
    """
    require_edition(settings.editions_directory, edition)
    return settings.edition_directory(edition)


def served_release(settings: Settings, edition: str) -> Release:
    """Return the release that is served.

    Raises:
        UsageError: there is no such edition, or nothing of it is published.
        XietongError: what is served has no manifest that can be read.
    """
    current = directory_of(settings, edition) / CURRENT
    if not current.exists():
        raise nothing_published(settings, edition)
    return read_release(current)


def named_release(settings: Settings, edition: str, name: str) -> Release:
    """Return the release of that name, served or not.

    Raises:
        UsageError: there is no such edition or release; the message lists those there are.
        XietongError: it has no manifest that can be read.
    """
    directory = directory_of(settings, edition)
    known = [*(release.name for release in releases_of(directory)), *unreadable_releases(directory)]
    if name not in known:
        raise UsageError(f"there is no release {name!r} of {edition}; there are: {', '.join(sorted(known)) or 'none'}")
    return read_release(directory / RELEASES / name)


def nothing_published(settings: Settings, edition: str) -> UsageError:
    """Return the error of a command that needs a release where there is none."""
    return UsageError(f"{edition} has no release in {settings.build_directory}; run: xietong run --edition {edition}")
