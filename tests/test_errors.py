"""A full disk is known by its number, by the words of libraries, and behind what they make of it."""

import errno
import os

import pytest

from xietong.errors import lack_of_access, lack_of_room, told_by_the_system


def behind(cause: Exception) -> Exception:
    """Return an error of a library that was raised for another."""
    try:
        try:
            raise cause
        except OSError:
            raise ValueError("the workbook could not be written")  # noqa: B904 — as a library does it
    except ValueError as error:
        return error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_numbers_words_and_causes_tell_it(number: int) -> None:
    words = os.strerror(number)
    for error in (
        OSError(number, "whatever"),
        RuntimeError(f"parquet: underlying IO error: {words} (os error {number})"),
        behind(OSError(number, words)),
    ):
        assert lack_of_room(error) == words


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "denied"), ValueError("full"), behind(OSError("gone"))])
def test_other_errors_do_not(error: Exception) -> None:
    assert lack_of_room(error) is None


def test_errors_that_came_of_each_other_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert lack_of_room(first) is None


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOTDIR])
def test_a_place_that_may_not_be_used_is_told_with_its_path(number: int) -> None:
    words = os.strerror(number)
    error = behind(OSError(number, words, "/srv/build"))
    assert lack_of_access(error) == f"/srv/build: {words}"
    assert told_by_the_system(error) == f"the command may not use /srv/build: {words}; see who may read and write there"


@pytest.mark.parametrize(
    "error", [ValueError("denied"), OSError(errno.EACCES, "without a path"), FileNotFoundError("x")]
)
def test_mistakes_of_the_program_are_told_by_nobody(error: Exception) -> None:
    assert lack_of_access(error) is None
    assert told_by_the_system(error) is None
