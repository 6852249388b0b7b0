"""Releases: written aside, named by their inputs, described by hashes, put in place by one rename, and kept."""

from xietong.releases.history import Publication, current_release, publications, record, releases_of, roll_back
from xietong.releases.keeping import remove, superseded
from xietong.releases.locking import EditionLock
from xietong.releases.manifest import CURRENT, MANIFEST, RELEASES, Release, ReleaseInputs, output_hashes, read_release
from xietong.releases.publishing import add_to_manifest, directory_digest, finish, new_draft, publish, switch_current
from xietong.releases.signing import check_signature, is_signed, sign, write_key_pair
from xietong.releases.verification import broken_promises, differences

__all__ = [
    "CURRENT",
    "MANIFEST",
    "RELEASES",
    "EditionLock",
    "Publication",
    "Release",
    "ReleaseInputs",
    "add_to_manifest",
    "broken_promises",
    "check_signature",
    "current_release",
    "differences",
    "directory_digest",
    "finish",
    "is_signed",
    "new_draft",
    "output_hashes",
    "publications",
    "publish",
    "read_release",
    "record",
    "releases_of",
    "remove",
    "roll_back",
    "sign",
    "superseded",
    "switch_current",
    "write_key_pair",
]
