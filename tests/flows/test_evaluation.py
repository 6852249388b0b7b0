"""A draft that was made is there when it is decided on, whoever makes room meanwhile."""

import pytest

from flows.review import Decision, approve_without_review
from tests.flows.small_evaluation import Desk, form
from xietong.releases import EditionLock, broken_promises, current_release, remove, superseded


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


class LockThatIsWaitedFor(EditionLock):
    """A lock for which somebody waits who makes room, and who has it before the run goes on."""

    def __exit__(self, *raised: object) -> None:
        """Give the lock back, and to the one that waits."""
        super().__exit__(*raised)  # type: ignore[arg-type]
        with EditionLock(self.path.parent):
            remove(self.path.parent, superseded(self.path.parent, keep=1))


def test_making_room_between_a_draft_and_its_review_leaves_the_draft(desk, monkeypatch) -> None:
    earlier = desk.run().release
    desk.receive("500102.xlsx", form("500102", "涪陵区", 35.5))
    monkeypatch.setattr("flows.evaluation.EditionLock", LockThatIsWaitedFor)
    reviewed: list[str] = []

    def review(draft) -> Decision:
        reviewed.append(draft.release.name)
        assert list(broken_promises(draft.release)) == []
        return approve_without_review(draft)

    made = desk.run(review=review).release
    served = current_release(desk.directory)
    assert served is not None
    assert reviewed == [served.name] == [made] != [earlier]
    assert list(broken_promises(served)) == []
