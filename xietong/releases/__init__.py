"""Releases: written aside, named by their inputs, described by hashes, put in place by one rename, and kept."""

from xietong.releases.history import (
    Publication,
    complete_publication,
    current_release,
    publications,
    put_in_place,
    record,
    releases_of,
    roll_back,
    unreadable_releases,
)
from xietong.releases.keeping import remove, superseded
from xietong.releases.leftovers import clear_away, leftovers
from xietong.releases.locking import EditionLock, in_use
from xietong.releases.manifest import (
    CURRENT,
    MANIFEST,
    RELEASES,
    SIGNATURE,
    Release,
    ReleaseInputs,
    output_hashes,
    read_release,
)
from xietong.releases.publishing import (
    add_to_manifest,
    directory_digest,
    finish,
    is_sound,
    new_draft,
    switch_current,
)
from xietong.releases.sharing import share_unchanged
from xietong.releases.signing import check_signature, is_signed, read_private_key, sign, write_key_pair
from xietong.releases.verification import broken_promises, differences, require_whole

__all__ = [
    "CURRENT",
    "MANIFEST",
    "RELEASES",
    "SIGNATURE",
    "EditionLock",
    "Publication",
    "Release",
    "ReleaseInputs",
    "add_to_manifest",
    "broken_promises",
    "check_signature",
    "clear_away",
    "complete_publication",
    "current_release",
    "differences",
    "directory_digest",
    "finish",
    "in_use",
    "is_signed",
    "is_sound",
    "leftovers",
    "new_draft",
    "output_hashes",
    "publications",
    "put_in_place",
    "read_private_key",
    "read_release",
    "record",
    "releases_of",
    "remove",
    "require_whole",
    "roll_back",
    "share_unchanged",
    "sign",
    "superseded",
    "switch_current",
    "unreadable_releases",
    "write_key_pair",
]
