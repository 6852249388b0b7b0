"""The change log beside the releases of an edition, written anew whenever what is served or kept has changed."""

from pathlib import Path

from xietong.releases import current_release, publications, releases_of
from xietong.releases.durability import replace_file
from xietong.releases.leftovers import PART


def write_change_log(edition_directory: Path) -> None:
    """Write the pages and the feed of the change log, each replaced at once; call it under the edition's lock."""
    from xietong.render import LogEntry, change_log

    kept = {release.name for release in releases_of(edition_directory)}
    served = current_release(edition_directory)
    history = publications(edition_directory)
    # The served mark stands once, at the decision that put the release in place.
    serving = max(
        (
            place
            for place, told in enumerate(history)
            if served is not None and told.release == served.name and told.action != "rejected"
        ),
        default=-1,
    )
    entries = [
        LogEntry(
            release=told.release,
            moment=told.moment,
            action=told.action,
            reason=told.reason,
            mode=told.mode,
            reviewer=told.reviewer,
            is_kept=told.release in kept,
            is_served=place == serving,
        )
        for place, told in enumerate(history)
    ]
    for name, text in change_log(edition_directory.name, entries[::-1]).items():
        replace_file(edition_directory / name, text.encode(errors="replace"), edition_directory / f"{PART}{name}")
