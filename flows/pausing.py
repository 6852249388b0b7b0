"""A run of the server that waits for a person, whose time is kept by the run itself.

Prefect's own pause lets the server end what nobody decided on as a failure, before the run can say what it was:
whoever is told of failures would be told of one. So the server is given longer than the run waits. Whoever cancels
the run is heard here too: after the server was away, the worker may no longer listen for it.
"""

import time
from typing import Final, TypeVar, cast
from uuid import UUID

from prefect import get_run_logger
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.client.schemas.responses import SetStateStatus
from prefect.input import RunInput, keyset_from_paused_state
from prefect.runtime import flow_run
from prefect.states import Paused

from xietong.errors import RejectedError, XietongError

Form = TypeVar("Form", bound=RunInput)

_POLL_SECONDS: Final = 1
#: So much longer the server waits, for a run whose process is gone and that no worker has begun again.
_MARGIN_SECONDS: Final = 3600
#: How long the worker may take to end a run that is being cancelled, before the run does it.
_GRACE_SECONDS: Final = 20


def answer_of_a_person(form: type[Form], key: str, seconds: float) -> Form | None:
    """Pause the run until somebody fills the form, and return it filled; None when the time is over.

    ``key`` names the pause and is never used twice.

    Raises:
        RejectedError: the run was cancelled meanwhile, or ended by somebody at the server.
        XietongError: the server does not let the run pause.
    """
    run_id = UUID(flow_run.id)
    pause: State[None] = Paused(timeout_seconds=int(seconds) + _MARGIN_SECONDS, pause_key=key)
    keys = keyset_from_paused_state(pause)
    pause.state_details.run_input_keyset = {str(name): place for name, place in keys.items()}
    # Before the run pauses, so that it takes an answer from the first moment.
    form.save(keys, run_id)
    with get_client(sync_client=True) as client:
        told = client.set_flow_run_state(run_id, pause)
        if told.status != SetStateStatus.ACCEPT:
            raise XietongError(f"the server does not let the run wait for its review: {told.details}")
        if not _goes_on(client, run_id, time.monotonic() + seconds):
            return None
    get_run_logger().info("已收到审核结论。")
    return cast("Form", form.load(keys, run_id))


def _goes_on(client: SyncPrefectClient, run_id: UUID, deadline: float) -> bool:
    """Wait until the run is resumed and return whether it was, before the deadline."""
    cancelled_since: float | None = None
    while True:
        # First the time, then the state: a decision of the last second counts.
        now = time.monotonic()
        state = client.read_flow_run(run_id).state
        if state is not None and state.is_running():
            return True
        if state is not None and state.is_cancelling():
            cancelled_since = cancelled_since or now
        if state is not None and (
            state.is_final() or (cancelled_since is not None and now - cancelled_since > _GRACE_SECONDS)
        ):
            raise RejectedError(
                "the run was cancelled while its draft waited for a review; "
                "the draft was not published and what is published stays as it was"
            )
        if cancelled_since is None and now >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
