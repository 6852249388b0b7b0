"""How a run of the server ends: in a sentence where there is one; the server's side is in test_server.py."""

import errno
import logging

import pytest
from prefect.logging import disable_run_logger

from flows.server_flow import _is_worth_telling, as_server_run, ended_by
from xietong.errors import CatalogueError, CatalogueErrors, GateFailedError, RejectedError, UsageError


def record(error: BaseException | None) -> logging.LogRecord:
    """Return what Prefect logs of an error, or of a state without one."""
    trace = (None, None, None) if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("prefect.flow_runs", logging.ERROR, __file__, 1, "ended", None, trace)


@pytest.mark.parametrize(
    ("error", "name", "sentence"),
    [
        (GateFailedError("a rule is broken"), "Failed", "a rule is broken"),
        (OSError(errno.ENOSPC, "No space left on device"), "Failed", "there is no room on the disk"),
        (
            CatalogueErrors("1 mistake", [CatalogueError("a.yaml", "key", "is wrong")]),
            "Failed",
            "a.yaml: key: is wrong",
        ),
        (RejectedError("was rejected"), "Rejected", "was rejected"),
    ],
)
def test_an_expected_error_is_a_state_with_its_sentence_and_no_trace(error, name, sentence) -> None:
    state = ended_by(error)
    assert state is not None
    assert state.name == name
    assert sentence in str(state.message)
    for logger in ("prefect.flow_runs", "prefect.task_runs"):
        assert not logging.getLogger(logger).filter(record(error))
        assert not logging.getLogger(logger).filter(record(None))


def test_a_mistake_of_the_program_keeps_its_trace() -> None:
    error = KeyError("a mistake")
    assert ended_by(error) is None
    assert _is_worth_telling(record(error))


def test_a_line_of_the_log_without_an_error_stays() -> None:
    assert _is_worth_telling(logging.LogRecord("prefect.flow_runs", logging.ERROR, __file__, 1, "said", None, None))


def test_the_body_of_a_flow_returns_the_state_or_raises_what_nobody_expected(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XIETONG_BUILD_DIRECTORY", str(tmp_path))

    @as_server_run
    def work(parameters: Exception) -> str:
        raise parameters

    with disable_run_logger():
        state = work(UsageError("the period is outside"))
        assert not isinstance(state, str)
        assert (state.is_failed(), state.message) == (True, "the period is outside")
        with pytest.raises(KeyError):
            work(KeyError("a mistake"))
