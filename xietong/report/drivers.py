"""What holds a unit back, and where the change of its scores comes from."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from xietong.report import wording
from xietong.report.evaluation import Row
from xietong.report.facts import Link, Sentence
from xietong.report.view import Score, View

_OBSTACLES_SHOWN: Final = 5
_CHANGES_SHOWN: Final = 8
_POINT_DECIMALS: Final = 2
_DEGREE_DECIMALS: Final = 3


@dataclass(frozen=True)
class ObstacleRow:
    """An indicator that holds the unit back: its share of all that is known to."""

    indicator: Link
    node: str
    score: Score
    weight: str
    share: str


@dataclass(frozen=True)
class ScoreChangeRow:
    """What one indicator did to the index (points) and to the synergy degree, and by which cause.

    ``subject`` is a node where a whole node began or ceased to apply.
    """

    subject: Link
    cause: str
    index: str
    degree: str


@dataclass(frozen=True)
class Drivers:
    """The largest obstacles of a unit, and the largest parts of the change since last year with the sum of the rest."""

    obstacles: tuple[ObstacleRow, ...]
    changes: tuple[ScoreChangeRow, ...]
    rest: ScoreChangeRow | None
    rest_count: int
    sentence: Sentence | None


def drivers(view: View, unit_code: str) -> Drivers:
    """Return what drives the scores of a unit; without a score there is nothing to be driven."""
    obstacles = sorted(
        (row for row in view.evaluation.obstacles.get(unit_code, []) if row["rank"] is not None),
        key=lambda row: (row["rank"], row["indicator_code"]),
    )
    parts = _by_indicator(view.evaluation.score_changes.get(unit_code, []))
    shown, rest = parts[:_CHANGES_SHOWN], parts[_CHANGES_SHOWN:]
    return Drivers(
        obstacles=tuple(_obstacle(view, row) for row in obstacles[:_OBSTACLES_SHOWN] if row["obstacle_degree"] > 0),
        changes=tuple(_change(view, row) for row in shown),
        rest=_row(Link(""), "", _sum(rest, "index_change"), _sum(rest, "synergy_change")) if rest else None,
        rest_count=len(rest),
        sentence=_sentence(view, parts),
    )


def _by_indicator(rows: list[Row]) -> list[Row]:
    """Return one row an indicator and cause, the largest effect on the index first.

    A side of the synergy degree reaches the index twice, by itself and through the degree.
    """
    grouped: dict[tuple[str | None, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["index_change"] is not None:
            node = "" if row["indicator_code"] else row["node_code"]
            grouped[row["indicator_code"], node, row["cause"]].append(row)
    sums = [
        {
            "indicator_code": indicator,
            "node_code": node,
            "cause": cause,
            "base_period": found[0]["base_period"],
            "index_change": _sum(found, "index_change"),
            "synergy_change": _sum(found, "synergy_change"),
        }
        for (indicator, node, cause), found in grouped.items()
    ]
    return sorted(sums, key=lambda row: (-abs(row["index_change"]), row["indicator_code"] or "", row["node_code"]))


def _sum(rows: list[Row], column: str) -> float:
    return sum(row[column] or 0.0 for row in rows)


def _obstacle(view: View, row: Row) -> ObstacleRow:
    return ObstacleRow(
        indicator=view.indicator_link(row["indicator_code"]),
        node=_node_name(view, row["node_code"]),
        score=view.score(row["score"]),
        weight=wording.number(100 * row["weight"], 1),
        share=wording.number(100 * row["share"], 1),
    )


def _change(view: View, row: Row) -> ScoreChangeRow:
    code = row["indicator_code"]
    subject = view.indicator_link(code) if code else Link(_node_name(view, row["node_code"]))
    return _row(subject, row["cause"], row["index_change"], row["synergy_change"])


def _row(subject: Link, cause: str, index: float, degree: float) -> ScoreChangeRow:
    return ScoreChangeRow(
        subject, cause, wording.signed(index, _POINT_DECIMALS), wording.signed(degree, _DEGREE_DECIMALS)
    )


def _node_name(view: View, code: str) -> str:
    return next((view.pick(node.name) for node in view.catalogue.index.nodes if node.code == code), code)


def _sentence(view: View, parts: list[Row]) -> Sentence | None:
    if not parts:
        return None
    return Sentence(
        "drivers.changed",
        {
            "base": view.period(parts[0]["base_period"]),
            "index": wording.signed(_sum(parts, "index_change"), _POINT_DECIMALS),
            "degree": wording.signed(_sum(parts, "synergy_change"), _DEGREE_DECIMALS),
        },
    )
