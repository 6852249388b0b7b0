"""The side process: it returns what the function returns, raises what it raises, and never stays behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from flows.side_process import beside


def test_it_works_in_another_process() -> None:
    assert beside(os.getpid).result() != os.getpid()
    assert beside(sorted, [3, 1, 2]).result() == [1, 2, 3]


def test_a_mistake_comes_back_as_it_was_raised() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        beside(int, "x").result()


def test_arguments_are_copied_before_the_caller_goes_on() -> None:
    for size in range(40):
        growing = {str(number): number for number in range(5000)}
        future = beside(len, growing)
        growing.update({f"later {number}": number for number in range(size)})
        assert future.result() == 5000


SCRIPT = """
import os, sys, time
from flows.side_process import beside
if __name__ == "__main__":
    print(beside(os.getpid).result(), flush=True)
    time.sleep(float(sys.argv[1]))
"""


def test_it_does_not_import_what_the_first_process_was_started_with(tmp_path) -> None:
    script = tmp_path / "script.py"
    script.write_text("print('begun', flush=True)" + SCRIPT, encoding="utf-8")
    first = subprocess.run([sys.executable, str(script), "0"], capture_output=True, text=True, timeout=60, check=True)
    assert first.stdout.splitlines()[:1] == ["begun"]
    assert first.stdout.count("begun") == 1


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def ended(process_id: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and is_running(process_id):
        time.sleep(0.05)
    return not is_running(process_id)


@pytest.mark.parametrize("is_killed", [True, False])
def test_it_ends_with_the_first_process(tmp_path, is_killed) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), "60" if is_killed else "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        side = int(first.stdout.readline())
        if is_killed:
            assert is_running(side)
            first.send_signal(signal.SIGKILL)
        first.wait(timeout=20)
    assert ended(side)
