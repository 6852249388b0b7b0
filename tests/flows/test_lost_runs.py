"""A run is known to be alive by a lock that ends with its process; the server's side is in test_server.py."""

import multiprocessing
import os
import signal

import pytest

from flows.lost_runs import FOLDER, _without_process, alive
from xietong.settings import Settings

RUN = "01a22743-7e69-7530-a06c-a44a7524b2ae"


def names(folder) -> list[str]:
    return [path.name for path in folder.iterdir()]


def hold(build, ready) -> None:
    with alive(Settings(build_directory=build), RUN):
        ready.set()
        signal.pause()


def test_what_ends_by_itself_leaves_nothing(tmp_path) -> None:
    settings = Settings(build_directory=tmp_path)
    with alive(settings, RUN):
        assert names(tmp_path / FOLDER) == [RUN]
    assert names(tmp_path / FOLDER) == []
    with pytest.raises(ValueError, match="a mistake"), alive(settings, RUN):
        raise ValueError("a mistake")
    assert names(tmp_path / FOLDER) == []


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_what_is_ended_from_outside_is_found(tmp_path, blow) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold, args=(tmp_path, ready))
    process.start()
    assert ready.wait(60)
    assert _without_process(tmp_path / FOLDER) == []
    assert process.pid is not None
    os.kill(process.pid, blow)
    process.join(60)
    assert [path.name for path in _without_process(tmp_path / FOLDER)] == [RUN]


def test_a_place_that_cannot_be_written_keeps_no_run_from_its_work(tmp_path) -> None:
    (tmp_path / FOLDER).touch()
    done = []
    with alive(Settings(build_directory=tmp_path), RUN):
        done.append(RUN)
    assert done == [RUN]


def test_files_of_others_in_the_folder_are_no_runs(tmp_path) -> None:
    (tmp_path / "notes").touch()
    assert _without_process(tmp_path) == []
