"""Which units are most like a unit: the nearest in the profile of its parts of the index, and what still differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import dist, sqrt
from typing import Final

from xietong.catalogue import Unit
from xietong.report import wording
from xietong.report.facts import Link, Sentence
from xietong.report.view import Score, View

#: So many of the nearest are shown; more would hardly be alike.
SHOWN: Final = 5
#: A profile is standardised over so many units at least: fewer have no usable spread.
FEWEST_UNITS: Final = 4

#: Scores from 0 to 100 by part of the index, in the order of its tree.
Profile = Mapping[str, float]


@dataclass(frozen=True)
class SimilarUnit:
    """One of the nearest units, how far it is, and in which part of the index the two differ most."""

    code: str
    unit: Link
    distance: str
    degree: Score
    index: Score
    difference: Sentence


@dataclass(frozen=True)
class Similarity:
    """The nearest units, nearest first, or in a sentence why none can be named."""

    parts: tuple[str, ...]
    compared: int
    rows: tuple[SimilarUnit, ...]
    none: Sentence | None = None


def similar_units(view: View, unit: Unit) -> Similarity:
    """Return the units most like this one among those of its kind that are ranked and have every part.

    The distance is Euclidean over the scores of the parts of the index below which indicators stand, each
    standardised by mean and standard deviation of the compared units, so that no part counts for more because its
    scores vary more. Weights play no role. Equal distances: the order of the codes.
    """
    parts = _parts(view)
    names = tuple(view.pick(node.name) for node in view.catalogue.index.nodes if node.code in parts)
    profiles = {other.code: _profile(view, other, parts) for other in view.ranked_units if other.kind == unit.kind}
    complete = {code: profile for code, profile in profiles.items() if len(profile) == len(parts)}
    none = _none(view, unit, profiles, complete, parts)
    if none is not None:
        return Similarity(names, len(complete), (), none)
    standardised = _standardised(complete, parts)
    own = standardised[unit.code]
    distances = sorted((dist(own, other), code) for code, other in standardised.items() if code != unit.code)
    rows = tuple(
        _row(view, unit, code, distance, standardised, complete, parts) for distance, code in distances[:SHOWN]
    )
    return Similarity(names, len(complete), rows)


def _parts(view: View) -> list[str]:
    return [node.code for node in view.catalogue.index.nodes if node.takes == "indicators"]


def _profile(view: View, unit: Unit, parts: Sequence[str]) -> Profile:
    found = {part: (view.evaluation.nodes.get((unit.code, part)) or {}).get("score") for part in parts}
    return {part: score for part, score in found.items() if score is not None}


def _none(
    view: View, unit: Unit, profiles: Mapping[str, Profile], complete: Mapping[str, Profile], parts: Sequence[str]
) -> Sentence | None:
    """Return why the unit has no similar ones, or None when it has."""
    if unit.code not in profiles:
        return Sentence("similar.none.not_ranked")
    if unit.code not in complete:
        lacking = [part for part in parts if part not in profiles[unit.code]]
        nodes = {node.code: view.pick(node.name) for node in view.catalogue.index.nodes}
        comma = "、" if view.language == "zh" else ", "
        return Sentence("similar.none.lacks_parts", {"parts": comma.join(nodes[part] for part in lacking)})
    if len(complete) < FEWEST_UNITS:
        return Sentence("similar.none.too_few", {"units": str(len(complete)), "fewest": str(FEWEST_UNITS)})
    return None


def _standardised(profiles: Mapping[str, Profile], parts: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Return the profiles in standard deviations from the mean; a part in which all are equal counts for nothing."""
    found: dict[str, list[float]] = {code: [] for code in profiles}
    for part in parts:
        scores = [profile[part] for profile in profiles.values()]
        mean = sum(scores) / len(scores)
        deviation = sqrt(sum((score - mean) ** 2 for score in scores) / len(scores))
        for code, profile in profiles.items():
            found[code].append((profile[part] - mean) / deviation if deviation > 0 else 0.0)
    return {code: tuple(values) for code, values in found.items()}


def _row(
    view: View,
    unit: Unit,
    code: str,
    distance: float,
    standardised: Mapping[str, tuple[float, ...]],
    profiles: Mapping[str, Profile],
    parts: Sequence[str],
) -> SimilarUnit:
    gaps = [abs(own - other) for own, other in zip(standardised[unit.code], standardised[code], strict=True)]
    widest = parts[gaps.index(max(gaps))]
    name = next(view.pick(node.name) for node in view.catalogue.index.nodes if node.code == widest)
    scores = {"own": profiles[unit.code][widest], "other": profiles[code][widest]}
    written = {key: view.score(score).text for key, score in scores.items()}
    return SimilarUnit(
        code=code,
        unit=view.unit_link(code),
        distance=wording.number(distance, 2),
        degree=view.degree((view.evaluation.synergy.get(code) or {}).get("d_modified")),
        index=view.score((view.evaluation.index(code) or {}).get("score")),
        difference=Sentence("similar.difference", {"part": name, **written}),
    )
