"""Why a score differs between two releases: revised figures, new figures, the method, or the peers."""

from xietong.changes.comparison import changes_between, release_state
from xietong.changes.method import Method, method_differences
from xietong.changes.splitting import CAUSES, State, split_change

__all__ = ["CAUSES", "Method", "State", "changes_between", "method_differences", "release_state", "split_change"]
