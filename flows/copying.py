"""After ``current`` is switched, the site goes to wherever else it is to be served: folders, addresses, a command."""

import os
import shlex
import signal
import subprocess

from xietong.errors import TargetError, XietongError
from xietong.mirroring import mirror_site
from xietong.releases import Release
from xietong.settings import Settings
from xietong.sources.secrets import masked


def has_targets(settings: Settings) -> bool:
    """Return whether the published site goes anywhere else."""
    return bool(settings.publishing_targets or settings.publishing_command)


def copy_to_targets(settings: Settings, edition: str, release: Release) -> None:
    """Bring every target up to date with a release that is served; one that fails stops no other.

    Raises:
        TargetError: targets failed; the release is served here all the same, and the next run tries again.
    """
    problems = []
    for target in settings.publishing_targets:
        try:
            mirror_site(release, edition, target, settings.publishing_seconds)
        except XietongError as error:
            problems.append(str(error))
    if settings.publishing_command:
        problem = _run_command(settings, edition, release)
        if problem is not None:
            problems.append(problem)
    if problems:
        raise TargetError(release.name, problems)


def _run_command(settings: Settings, edition: str, release: Release) -> str | None:
    """Return what went wrong with the command, in one sentence; it gets no shell and no input."""
    standing_for = {"{site}": str(release.directory / "site"), "{release}": release.name, "{edition}": edition}
    try:
        words = shlex.split(settings.publishing_command)
    except ValueError as error:
        return f"the publishing command cannot be read: {error}"
    for name, value in standing_for.items():
        words = [word.replace(name, value) for word in words]
    try:
        with subprocess.Popen(  # noqa: S603 — the words are the operator's own
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                _, errors = process.communicate(timeout=settings.publishing_seconds)
            except subprocess.TimeoutExpired:
                # With everything that it started, such as the other end of rsync.
                os.killpg(process.pid, signal.SIGKILL)
                return f"the publishing command {words[0]} was not done within {settings.publishing_seconds:g} s"
    except OSError as error:
        return f"the publishing command {words[0]} could not be started: {error.strerror}"
    if process.returncode == 0:
        return None
    said = errors.decode(errors="replace").strip().splitlines()
    last = f": {masked(said[-1])}" if said else ""
    return f"the publishing command {words[0]} ended with {process.returncode}{last}"
