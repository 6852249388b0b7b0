"""Fixtures that every test may use: the checked catalogues, and whole runs of the editions, each made once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from flows.evaluation import Summary, run_evaluation
from xietong.catalogue import Catalogue, load_catalogue
from xietong.resources import resource_directory
from xietong.settings import Settings

# A property says nothing about speed, and the same examples every time keep a red build red.
hypothesis_settings.register_profile(
    "xietong", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("xietong")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each file with one worker, all files that read a whole edition with the same, long files first."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    whole = {item.path for item in items if _uses(item, "demonstration") or _uses(item, "published")}
    for item in items:
        item.add_marker(pytest.mark.xdist_group("demonstration" if item.path in whole else str(item.path)))
    # What takes long must not be left to one worker at the end.
    items.sort(key=lambda item: (item.path not in long, item.path not in whole))


def _uses(item: pytest.Item, name: str) -> bool:
    """Tell whether a test asks for the run of that name which is made once a session, and not for one of its own."""
    asked = getattr(item, "_fixtureinfo", None)
    definitions = asked.name2fixturedefs.get(name) if asked is not None else None
    return bool(definitions) and definitions[-1].baseid == "tests"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run with groups that are torn apart: tests of a file share servers and releases, in their order."""
    if hasattr(session.config, "workerinput") and any("@" not in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest-xdist does not keep the groups of tests together; see pyproject.toml on pytest")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the catalogue of Chongqing."""
    return load_catalogue(resource_directory("catalogue"), "chongqing")


@pytest.fixture(scope="session")
def provinces() -> Catalogue:
    """Return the catalogue of the provinces."""
    return load_catalogue(resource_directory("catalogue"), "provinces")


def run_directly(_: str, stage: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Run a stage without showing anything."""
    return stage(*args, **kwargs)


@pytest.fixture(scope="session")
def evaluate_edition() -> Callable[..., Summary]:
    """Return a function that runs an edition into a build directory and returns its summary."""

    def evaluate(
        build: Path,
        edition: str,
        inbox: Path | None = None,
        period: str | None = None,
        as_of: datetime | None = None,
    ) -> Summary:
        settings = Settings(build_directory=build, inbox_directory=inbox or build / "inbox")
        return run_evaluation(settings, edition, period, as_of, run_directly)

    return evaluate


@pytest.fixture(scope="session")
def published(tmp_path_factory, evaluate_edition) -> Path:
    """Return the release of the published figures."""
    build = tmp_path_factory.mktemp("published")
    evaluate_edition(build, "chongqing-published")
    return (build / "chongqing-published" / "current").resolve()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory, evaluate_edition) -> Path:
    """Return the release of the demonstration edition, whole: all units, all 82 periods."""
    build = tmp_path_factory.mktemp("demonstration")
    evaluate_edition(build, "chongqing-demo")
    return (build / "chongqing-demo" / "current").resolve()
