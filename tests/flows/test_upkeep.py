"""The flows beside the evaluation: what they do when they are begun again; the server's side is in test_server.py."""

from datetime import UTC, datetime

from flows.upkeep import gone_back_since
from xietong.releases import Publication
from xietong.releases.history import record


def test_a_rollback_that_is_begun_again_knows_where_it_has_gone_back_to(tmp_path) -> None:
    """Without that it would go back from there, to the very release that was taken back."""
    history = [
        Publication("2017-a", "2026-11-01T06:00:00+00:00", "published"),
        Publication("2016-a", "2026-11-02T06:00:00+00:00", "rolled_back", "数据有误"),
        Publication("2018-a", "2026-11-03T06:00:00+00:00", "published"),
        Publication("2017-a", "2026-11-05T06:00:00+00:00", "rolled_back", "数据有误"),
    ]
    for each in history:
        record(tmp_path, each)
    fourth, sixth = datetime(2026, 11, 4, tzinfo=UTC), datetime(2026, 11, 6, tzinfo=UTC)
    assert gone_back_since(tmp_path, fourth, "数据有误") == "2017-a"
    assert gone_back_since(tmp_path, fourth, "其他理由") is None
    assert gone_back_since(tmp_path, sixth, "数据有误") is None
