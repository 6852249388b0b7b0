"""Reading a catalogue from its files: every mistake is collected and told at once."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from xietong.catalogue.articles import Articles, DutyStatuses, Targets
from xietong.catalogue.catalogue import Catalogue
from xietong.catalogue.consistency import inconsistencies
from xietong.catalogue.cross_checks import CrossChecks
from xietong.catalogue.factors import Factor, Factors, Measures
from xietong.catalogue.index import Index
from xietong.catalogue.indicators import Indicator
from xietong.catalogue.judgements import Judgements
from xietong.catalogue.remarks import Corrections, Explanations
from xietong.catalogue.scoring import AssessmentEvents, Scoring
from xietong.catalogue.sources import Edition, Sources
from xietong.catalogue.units import Units
from xietong.errors import CatalogueError, CatalogueErrors, UsageError
from xietong.resources import SAFE_LOADER

Model = TypeVar("Model", bound=BaseModel)


class _Reader:
    """Reads files into models and keeps every mistake it meets."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.errors: list[CatalogueError] = []

    def read(self, path: Path, model: type[Model]) -> Model | None:
        """Return the file as the model, or None after keeping its mistakes."""
        name = path.relative_to(self.directory).as_posix()
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 — a SafeLoader
        except FileNotFoundError:
            self.errors.append(CatalogueError(name, "", "the file is missing"))
            return None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.errors.append(CatalogueError(name, "", f"not readable as YAML in UTF-8: {_one_line(error)}"))
            return None
        try:
            return model.model_validate(content)
        except ValidationError as error:
            for detail in error.errors():
                key = ".".join(str(part) for part in detail["loc"])
                self.errors.append(CatalogueError(name, key, _explain(detail["type"], detail["msg"])))
            return None


class _StrictLoader(SAFE_LOADER):  # type: ignore[valid-type, misc]
    """YAML without silent loss: a key that stands twice is a mistake."""


def _unique_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[object, object]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def load_catalogue(directory: Path, name: str) -> Catalogue:
    """Return the catalogue in ``directory/name`` with the factors that all catalogues share.

    Raises:
        UsageError: there is no such catalogue.
        CatalogueErrors: every mistake in its files, each with file and key.
    """
    root = directory / name
    if not root.is_dir():
        allowed = sorted(path.name for path in directory.iterdir() if (path / "units.yaml").is_file())
        raise UsageError(f"there is no catalogue {name!r}; there are: {', '.join(allowed)}")
    reader = _Reader(directory)
    units = reader.read(root / "units.yaml", Units)
    articles = reader.read(root / "articles.yaml", Articles)
    targets = reader.read(root / "targets.yaml", Targets)
    index = reader.read(root / "index.yaml", Index)
    sources = reader.read(root / "sources.yaml", Sources)
    measures = reader.read(directory / "factors" / "measures.yaml", Measures)
    statuses = _read_optional(reader, root / "duty_status.yaml", DutyStatuses) or DutyStatuses()
    additions = _read_additions(reader, root)
    indicators = tuple(_read_indicators(reader, root / "indicators"))
    factors = tuple(_read_factors(reader, directory / "factors"))
    if units and articles and targets and index and sources and measures and not reader.errors:
        catalogue = Catalogue(
            name,
            units,
            articles,
            targets,
            statuses,
            indicators,
            index,
            measures,
            factors,
            sources.sources,
            **additions,
        )
        reader.errors.extend(inconsistencies(catalogue))
        if not reader.errors:
            return catalogue
    raise CatalogueErrors(f"the catalogue {name} has {len(reader.errors)} mistakes", reader.errors)


def _read_additions(reader: _Reader, root: Path) -> dict[str, Any]:
    """Return what a catalogue may have besides: an absent file means nothing of its kind."""
    explanations = [file.explanations for file in _read_folder(reader, root / "explanations", Explanations)]
    corrections = [file.corrections for file in _read_folder(reader, root / "corrections", Corrections)]
    return {
        "cross_checks": _read_optional(reader, root / "cross_checks.yaml", CrossChecks) or CrossChecks(),
        "scoring": _read_optional(reader, root / "scoring.yaml", Scoring),
        "assessment_events": _read_optional(reader, root / "assessment_events.yaml", AssessmentEvents)
        or AssessmentEvents(),
        "explanations": tuple(chain.from_iterable(explanations)),
        "corrections": tuple(chain.from_iterable(corrections)),
        "judgements": tuple(_read_folder(reader, root / "judgements", Judgements)),
    }


def _read_optional(reader: _Reader, path: Path, model: type[Model]) -> Model | None:
    return reader.read(path, model) if path.exists() else None


def _read_folder(reader: _Reader, directory: Path, model: type[Model]) -> Iterator[Model]:
    for path in sorted(directory.glob("*.yaml")):
        content = reader.read(path, model)
        if content is not None:
            yield content


def _read_indicators(reader: _Reader, directory: Path) -> Iterator[Indicator]:
    for path in sorted(directory.glob("*.yaml")):
        indicator = reader.read(path, Indicator)
        if indicator is None:
            continue
        if indicator.code != path.stem:
            name = path.relative_to(reader.directory).as_posix()
            reader.errors.append(
                CatalogueError(name, "code", f"is {indicator.code!r} but the file is named {path.stem!r}")
            )
        yield indicator


def _read_factors(reader: _Reader, directory: Path) -> Iterator[Factor]:
    for path in sorted(directory.glob("*.yaml")):
        if path.name != "measures.yaml":
            factors = reader.read(path, Factors)
            yield from factors.factors if factors else ()


def require_edition(directory: Path, name: str) -> None:
    """Refuse a name for which there is no edition in the directory.

    Raises:
        UsageError: there is no such edition; the message lists those there are.
    """
    allowed = sorted(candidate.stem for candidate in directory.glob("*.yaml"))
    if name not in allowed:
        raise UsageError(f"there is no edition {name!r}; there are: {', '.join(allowed)}")


def load_edition(directory: Path, name: str) -> Edition:
    """Return the edition ``directory/name.yaml``.

    Raises:
        UsageError: there is no such edition; the message lists those there are.
        CatalogueErrors: every mistake in the file.
    """
    require_edition(directory, name)
    path = directory / f"{name}.yaml"
    reader = _Reader(directory)
    edition = reader.read(path, Edition)
    if edition is not None and edition.name != name:
        reader.errors.append(CatalogueError(path.name, "name", f"is {edition.name!r}, expected {name!r}"))
    if edition is None or reader.errors:
        raise CatalogueErrors(f"the edition {name} has {len(reader.errors)} mistakes", reader.errors)
    return edition


_EXPLANATIONS = {
    "extra_forbidden": "this key is not known here; check its spelling",
    "missing": "this key is missing",
}


def _explain(kind: str, message: str) -> str:
    return _EXPLANATIONS.get(kind, message[0].lower() + message[1:])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
