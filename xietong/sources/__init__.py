"""What comes in: files are claimed, kept as snapshots under their sha256, and read into raw tables."""

from xietong.sources.inbox import Claim, Claims, claim_files
from xietong.sources.reading import MAX_FILE, read_tables
from xietong.sources.receiving import Receipt, ReceivedFile, receive_files
from xietong.sources.snapshots import SnapshotStore
from xietong.sources.unreadable import UnreadableFileError

__all__ = [
    "MAX_FILE",
    "Claim",
    "Claims",
    "Receipt",
    "ReceivedFile",
    "SnapshotStore",
    "UnreadableFileError",
    "claim_files",
    "read_tables",
    "receive_files",
]
