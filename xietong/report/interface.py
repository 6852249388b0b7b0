"""The data interface: what the JSON files below ``api/v1`` say, as plain mappings in a fixed order of keys.

Codes are the same in both languages and names come in both. A number that is missing is null and has its
reason beside it; a rank never comes without its interval. Only the index knows the release: the others
change when their own figures change, and not with every run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

from xietong.catalogue import Edition, Indicator, Unit
from xietong.report.chains import Chains
from xietong.report.evaluation import Evaluation, Row
from xietong.report.facts import Resource, RunFacts
from xietong.report.interface_chains import chain_content, output_content, text_content
from xietong.report.output_chains import Outputs

#: Raised by one after the point when something is added, before it when something is taken away or changed.
VERSION: Final = "1.0"
FOLDER: Final = "api/v1"
SCHEMAS: Final = ("index", "units", "unit", "indicator", "rankings", "provenance")
_OUTPUTS: Final = ("synergy", "index", "assessment")
_CHANGES: Final = ("output", "base_period", "change", "change_p05", "change_p95", "is_clear", "runs")


@dataclass(frozen=True)
class Interface:
    """Makes every file of the interface from one evaluation."""

    evaluation: Evaluation
    edition: Edition
    run: RunFacts
    chains: Chains
    outputs: Outputs

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Return every file, the index first."""
        resources = tuple(self._resources())
        return (Resource("index.json", "index", partial(self._index, resources)), *resources)

    def _resources(self) -> Iterator[Resource]:
        catalogue = self.evaluation.catalogue
        yield Resource("units.json", "units", self._unit_list)
        yield Resource("rankings.json", "rankings", self._rankings)
        for unit in catalogue.units.units:
            yield Resource(f"units/{unit.code}.json", "unit", partial(self._unit, unit))
        for indicator in catalogue.indicators:
            yield Resource(f"indicators/{indicator.code}.json", "indicator", partial(self._indicator, indicator))
        for unit in catalogue.units.units:
            yield Resource(f"provenance/{unit.code}.json", "provenance", partial(self._provenance, unit))

    def _head(self, kind: str) -> dict[str, Any]:
        """Return what every file begins with; invented figures say so in each."""
        return {
            "interface": VERSION,
            "type": kind,
            "edition": self.edition.name,
            "origin": self.edition.origin,
            "period": self.evaluation.period,
        }

    def _index(self, resources: tuple[Resource, ...]) -> dict[str, Any]:
        sources = (one for one in self.evaluation.catalogue.sources if one.code in self.edition.sources)
        return self._head("index") | {
            "title": text_content(self.edition.title),
            "release": self.run.release,
            "as_of": self.run.as_of.isoformat(),
            "method_version": self.run.method_version,
            "schemas": {kind: f"schema/{kind}.json" for kind in SCHEMAS},
            "resources": [{"path": resource.path, "type": resource.kind} for resource in resources],
            "sources": [
                {
                    "code": source.code,
                    "name": text_content(source.name),
                    "publisher": text_content(source.publisher),
                    "licence": text_content(source.licence),
                    "address": source.address,
                }
                for source in sources
            ],
        }

    def _unit_list(self) -> dict[str, Any]:
        units = self.evaluation.catalogue.units
        groups = (("regions", units.regions), ("peer_groups", units.peer_groups))
        listed = [unit_content(unit) | {"path": f"units/{unit.code}.json"} for unit in units.units]
        named = {
            name: [{"code": group.code, "name": text_content(group.name)} for group in found] for name, found in groups
        }
        return self._head("units") | {"units": listed} | named

    def _unit(self, unit: Unit) -> dict[str, Any]:
        return self._head("unit") | {
            "unit": unit_content(unit),
            **self._outputs[unit.code],
            "changes": [{column: row[column] for column in _CHANGES} for row in self.outputs.of_unit(unit).changes],
            "figures": [self._figure(unit, indicator) for indicator in self.evaluation.catalogue.indicators],
        }

    def _provenance(self, unit: Unit) -> dict[str, Any]:
        about = self._head("provenance") | {"unit": unit_content(unit)} | self._outputs[unit.code]
        return about | chain_content(self.chains, self.chains.of_unit(unit))

    def _figure(self, unit: Unit, indicator: Indicator) -> dict[str, Any]:
        chain = self.chains.of_unit(unit).by_code[indicator.code]
        return {
            "indicator": indicator.code,
            "measure": indicator.measure,
            "value": chain.value,
            "reason": chain.gap,
            "value_period": chain.value_period,
            "age_months": chain.age_months,
            "method": chain.method,
            "score": chain.score,
            "score_reason": self._score_reason(indicator, chain.score),
        }

    @staticmethod
    def _score_reason(indicator: Indicator, score: float | None) -> str | None:
        if score is not None:
            return None
        return "not_scored" if indicator.node is None else "no_value"

    def _indicator(self, indicator: Indicator) -> dict[str, Any]:
        posts, units = indicator.goalposts, self.evaluation.catalogue.units.units
        return self._head("indicator") | {
            "indicator": {
                "code": indicator.code,
                "name": text_content(indicator.name),
                "definition": text_content(indicator.definition),
                "measure": indicator.measure,
                "direction": indicator.direction,
                "frequency": indicator.frequency,
                "window": indicator.window,
                "aggregation": indicator.aggregation,
                "articles": list(indicator.articles),
                "formula": None if indicator.formula is None else indicator.formula.model_dump(),
                "node": indicator.node,
                "weight": indicator.weight,
                "goalposts": None
                if posts is None
                else {
                    end: {"value": bound.value, "reason": text_content(bound.reason)}
                    for end, bound in (("worst", posts.worst), ("best", posts.best))
                },
            },
            "figures": [{"unit": unit.code} | self._without_names(self._figure(unit, indicator)) for unit in units],
            "checks": [_check(row) for row in self.chains.rules.get(indicator.code, ())],
        }

    @staticmethod
    def _without_names(figure: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in figure.items() if name not in {"indicator", "measure"}}

    def _rankings(self) -> dict[str, Any]:
        ranked = [unit for unit in self.evaluation.catalogue.units.units if unit.is_ranked]
        rankings = {output: self._ranking(output, ranked) for output in _OUTPUTS}
        return self._head("rankings") | {"runs": self._runs, "rankings": rankings}

    @cached_property
    def _runs(self) -> int | None:
        return next((row["runs"] for row in self.evaluation.intervals.values()), None)

    def _ranking(self, output: str, ranked: list[Unit]) -> list[dict[str, Any]]:
        """Return every ranked unit with its place, the first ones first and those without one last."""
        keys = ("value", "reason", "rank", "rank_reason", "interval")
        listed = []
        for unit in ranked:
            found = self._outputs[unit.code]["outputs"][output]
            listed.append({"unit": unit.code, "name": text_content(unit.name)} | {key: found[key] for key in keys})
        return sorted(listed, key=lambda entry: (entry["rank"] is None, (entry["rank"] or {}).get("value", 0)))

    @cached_property
    def _outputs(self) -> dict[str, dict[str, Any]]:
        """Return the outputs and the index of every unit, which several files say."""
        catalogue = self.evaluation.catalogue
        return {unit.code: output_content(catalogue, self.outputs.of_unit(unit)) for unit in catalogue.units.units}


def unit_content(unit: Unit) -> dict[str, Any]:
    """Return a unit as the interface names it."""
    return {
        "code": unit.code,
        "name": text_content(unit.name),
        "kind": unit.kind,
        "region": unit.region,
        "peer_group": unit.peer_group,
        "is_ranked": unit.is_ranked,
    }


def _check(row: Row) -> dict[str, Any]:
    return {
        "rule": row["expectation"],
        "severity": row["severity"],
        "description": {"zh": row["description_zh"], "en": row["description_en"]},
        "evaluated": row["evaluated"],
        "failed": row["failed"],
        "success": row["success"],
    }
