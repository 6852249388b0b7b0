"""Where the data directories are looked for."""

import pytest

from xietong import resources
from xietong.resources import resource_directory


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a folder that stands for the installed package, with other packages beside it."""
    folder = tmp_path / "xietong"
    folder.mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", folder)
    return folder


def test_a_wheel_takes_its_own_folder_and_not_the_package_of_that_name_beside_it(package) -> None:
    (package.parent / "data").mkdir()
    (package / "_resources" / "data").mkdir(parents=True)
    assert resource_directory("data") == package / "_resources" / "data"


def test_a_checkout_takes_the_folder_beside_the_package(package) -> None:
    (package.parent / "data").mkdir()
    assert resource_directory("data") == package.parent / "data"


def test_an_installation_without_the_folder_says_so(package) -> None:
    with pytest.raises(FileNotFoundError, match="no directory 'data' inside or beside"):
        resource_directory("data")
