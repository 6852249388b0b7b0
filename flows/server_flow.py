"""What every flow of the server has in common: how it begins, that it is known to be alive, and how it ends.

Officers read the log of a run. A mistake that its message explains ends task and run with that sentence, told once;
only a mistake of the program keeps its traceback. Prefect would log each error three times, each time with one.
"""

import inspect
import logging
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final, TypeVar

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.exceptions import CancelledRun, FailedRun
from prefect.runtime import flow_run
from prefect.states import Cancelled, Failed
from pydantic import ValidationError

from flows.lost_runs import alive
from flows.parameters import Form
from xietong.errors import CatalogueErrors, RejectedError, UsageError, XietongError, told_by_the_system
from xietong.settings import Settings

Parameters = TypeVar("Parameters", bound=Form)
T = TypeVar("T")

#: Where Prefect logs that a task, a flow and the process of a flow have ended.
_LOGGERS: Final = ("prefect.task_runs", "prefect.flow_runs", "prefect.engine")


def sentence_of(error: Exception) -> str | None:
    """Return what a person is told of the error; None of a mistake of the program."""
    if isinstance(error, CatalogueErrors):
        return "\n  ".join([error.message, *map(str, error.exceptions)])
    return str(error) if isinstance(error, XietongError) else told_by_the_system(error)


def ended_by(error: Exception) -> State[Any] | None:
    """Return the state in which the error leaves a task or a run, with its sentence; None of a mistake of the program.

    The state carries the error to whoever asks for its result. A rejection is somebody's decision, or nobody's in
    time: no failure.
    """
    sentence = sentence_of(error)
    if sentence is None:
        return None
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_worth_telling)
    if isinstance(error, RejectedError):
        return Cancelled(name="Rejected", message=sentence, data=error)
    return Failed(message=sentence, data=error)


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Return whether a record says more than that a task or run has ended in the state that it was given.

    Prefect logs such a state of a task with the trace of no error, and raises that of a run as one.
    """
    if not isinstance(record.exc_info, tuple):
        return True
    error = record.exc_info[1]
    if isinstance(error, FailedRun | CancelledRun):
        return False
    return isinstance(error, Exception) and sentence_of(error) is None


def as_server_run(work: Callable[[Parameters], T]) -> Callable[[Parameters], T | State[Any]]:
    """Return the body of a flow, which ends with the state and the sentence of an error that is no mistake of ours.

    It validates the parameters itself: Prefect would tell of a wrong one with pydantic's list of errors, which repeats
    what was given. Of the flow that is Prefect's with ``validate_parameters=False``; form and server stay as they are.
    """
    form: type[Parameters] = inspect.signature(work).parameters["parameters"].annotation

    @wraps(work)
    def run(parameters: Parameters) -> T | State[Any]:
        try:
            # Every flow can be begun again, with the same parameters.
            with alive(Settings(), flow_run.id):
                return work(validated(form, parameters))
        except Exception as error:
            state = ended_by(error)
            if state is None:
                raise
            get_run_logger().log(logging.INFO if state.is_cancelled() else logging.ERROR, "%s", state.message)
            return state

    return run


def validated(form: type[Parameters], given: Any) -> Parameters:
    """Return the parameters as the form has them.

    Raises:
        UsageError: they are not what the form allows; one sentence for each that is wrong.
        CatalogueErrors: the edition that they name has mistakes.
    """
    if isinstance(given, form):
        return given
    try:
        return form.model_validate(given)
    except ValidationError as error:
        raise UsageError("; ".join(_told(form, error))) from None


def _told(form: type[Form], error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_input=False):
        words = str(each.get("ctx", {}).get("error", each["msg"]))
        name = str(each["loc"][0]) if each["loc"] else ""
        title = form.model_fields[name].title if name in form.model_fields else name
        yield f"{title}: {words}" if title else words
