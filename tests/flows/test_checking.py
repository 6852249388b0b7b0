"""``xietong check`` finds what no run of an edition could ever make up for."""

import shutil

import pytest

from flows.checking import check_catalogues
from xietong.resources import resource_directory


def check_with_first_period(tmp_path, monkeypatch, first_period: str) -> int:
    """Check everything, with an edition of district forms that begins when it is said."""
    editions = tmp_path / "editions"
    shutil.copytree(resource_directory("editions"), editions)
    path = editions / "chongqing.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    begun = [f"first_period: {first_period}" if line.startswith("first_period:") else line for line in lines]
    path.write_text("\n".join(begun) + "\n", encoding="utf-8")
    monkeypatch.setenv("XIETONG_EDITIONS_DIRECTORY", str(editions))
    return check_catalogues(None)


def test_an_edition_that_begins_after_the_base_year_is_a_mistake(tmp_path, monkeypatch, capsys) -> None:
    assert check_with_first_period(tmp_path, monkeypatch, "2021-01") == 2
    said = capsys.readouterr().out
    assert "editions/chongqing.yaml: first_period: is 2021-01, after the base year 2020 of co2_decline" in said
    assert "the latest that is allowed is 2020-12" in said


@pytest.mark.parametrize("first_period", ["2020-12", "2020-01"])
def test_an_edition_that_reaches_the_base_year_is_none(tmp_path, monkeypatch, capsys, first_period) -> None:
    assert check_with_first_period(tmp_path, monkeypatch, first_period) == 0
    assert "no mistakes" in capsys.readouterr().out
