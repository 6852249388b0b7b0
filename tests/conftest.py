"""Fixtures that every test may use: the checked catalogues, read once."""

import pytest

from xietong.catalogue import Catalogue, load_catalogue
from xietong.resources import resource_directory


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the catalogue of Chongqing."""
    return load_catalogue(resource_directory("catalogue"), "chongqing")


@pytest.fixture(scope="session")
def provinces() -> Catalogue:
    """Return the catalogue of the provinces."""
    return load_catalogue(resource_directory("catalogue"), "provinces")
