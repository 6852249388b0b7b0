"""How a run waits for a person; that the server agrees is tested in test_server.py."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from prefect.client.schemas.objects import State, StateType

from flows import pausing
from xietong.errors import RejectedError

RUN = UUID("01a22743-7e69-7530-a06c-a44a7524b2ae")
PAUSED, RUNNING = StateType.PAUSED, StateType.RUNNING
CANCELLING, CANCELLED, FAILED = StateType.CANCELLING, StateType.CANCELLED, StateType.FAILED


@pytest.fixture
def goes_on(monkeypatch):
    """Return a function that waits 60 s for a run which goes through these states, one a second."""

    def wait(*states: StateType) -> bool:
        clock = SimpleNamespace(seconds=0.0)
        monkeypatch.setattr(
            pausing,
            "time",
            SimpleNamespace(
                monotonic=lambda: clock.seconds,
                sleep=lambda seconds: setattr(clock, "seconds", clock.seconds + seconds),
            ),
        )

        def read_flow_run(run_id: UUID) -> SimpleNamespace:
            assert run_id == RUN
            return SimpleNamespace(state=State(type=states[min(int(clock.seconds), len(states) - 1)]))

        return pausing._goes_on(SimpleNamespace(read_flow_run=read_flow_run), RUN, 60)

    return wait


def test_a_decision_counts_until_the_last_second_and_none_ends_the_wait(goes_on) -> None:
    assert goes_on(PAUSED, PAUSED, RUNNING)
    assert goes_on(*[PAUSED] * 60, RUNNING)
    assert not goes_on(PAUSED)
    assert not goes_on(*[PAUSED] * 61, RUNNING)


@pytest.mark.parametrize("states", [[PAUSED, CANCELLED], [PAUSED, FAILED], [PAUSED, CANCELLING, CANCELLED]])
def test_a_run_that_was_ended_at_the_server_ends(goes_on, states) -> None:
    with pytest.raises(RejectedError, match="the run was cancelled while its draft waited for a review"):
        goes_on(*states)


@pytest.mark.parametrize("paused", [1, 59])
def test_a_cancellation_that_nobody_carries_out_is_carried_out_by_the_run(goes_on, paused) -> None:
    with pytest.raises(RejectedError, match="cancelled"):
        goes_on(*[PAUSED] * paused, CANCELLING)
