"""What comes in: files are claimed, kept as snapshots under their sha256, and read into raw tables."""

from xietong.sources.file_register import FileRegister
from xietong.sources.inbox import Claim, Claims, claim_files
from xietong.sources.intake_cache import IntakeCache, digest_of_files, key_of
from xietong.sources.pulling import Pulled, pull_sources
from xietong.sources.reading import MAX_FILE, read_tables
from xietong.sources.received_pulls import PulledFiles, find_pulled, pulled_hashes, read_pulled
from xietong.sources.receiving import Kept, Receipt, ReceivedFile, keep_files, read_file, receive_files
from xietong.sources.snapshots import SnapshotStore
from xietong.sources.unreadable import UnreadableFileError

__all__ = [
    "MAX_FILE",
    "Claim",
    "Claims",
    "FileRegister",
    "IntakeCache",
    "Kept",
    "Pulled",
    "PulledFiles",
    "Receipt",
    "ReceivedFile",
    "SnapshotStore",
    "UnreadableFileError",
    "claim_files",
    "digest_of_files",
    "find_pulled",
    "keep_files",
    "key_of",
    "pull_sources",
    "pulled_hashes",
    "read_file",
    "read_pulled",
    "read_tables",
    "receive_files",
]
