"""Where a figure comes from: publisher, file, cells and the snapshot of the bytes, row by row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from xietong.catalogue import Catalogue, DeclineFormula, Indicator, RatioFormula, SumFormula
from xietong.periods import month_number, parse_period
from xietong.report import wording
from xietong.report.evaluation import Evaluation, Row
from xietong.report.facts import Language, Link

SNAPSHOT_DIGITS: Final = 12
#: A whole address: a host, a path, no ellipsis and no blank. Scheme optional, as people record it.
_ADDRESS: Final = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}/[\w./?=&%~#+-]+", re.IGNORECASE | re.ASCII)
#: Without a scheme the last step must look like a page: a number or a file, not a word that something followed.
_PAGE: Final = re.compile(r"[\d.]")
_MONTHS_OF_YEAR: Final = 12


@dataclass(frozen=True)
class Words:
    """A piece of a recorded source; with an address when it is whole."""

    text: str
    address: str | None = None


@dataclass(frozen=True)
class Origin:
    """The rows of one file that made a figure."""

    source: str
    publisher: str
    note: tuple[Words, ...]
    file: str
    locations: str
    snapshot: str
    periods: str
    received: str
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Provenance:
    """How a figure came about: the rows it was read from, or the figures it was computed from."""

    origins: tuple[Origin, ...] = ()
    components: tuple[Link, ...] = ()


NO_PROVENANCE: Final = Provenance()


def recorded(text: str) -> tuple[Words, ...]:
    """Return the source as recorded, its whole addresses marked as links."""
    pieces: list[Words] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        if not _is_whole(text, match):
            continue
        if match.start() > end:
            pieces.append(Words(text[end : match.start()]))
        address = match.group()
        pieces.append(Words(address, address if "://" in address else f"http://{address}"))
        end = match.end()
    if end < len(text):
        pieces.append(Words(text[end:]))
    return tuple(pieces)


def _is_whole(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if before in {"…", ".", "/"} or after == "…" or "..." in match.group():
        return False
    return "://" in match.group() or _PAGE.search(match.group().rsplit("/", 1)[-1]) is not None


def component_codes(indicator: Indicator) -> tuple[str, ...]:
    """Return the indicators that a derived indicator is computed from."""
    formula = indicator.formula
    if isinstance(formula, SumFormula):
        return tuple(term.indicator for term in formula.terms)
    if isinstance(formula, RatioFormula):
        return (formula.numerator, formula.denominator)
    if isinstance(formula, DeclineFormula):
        return (formula.of,)
    return ()


def reported_components(catalogue: Catalogue, indicator: Indicator) -> tuple[str, ...]:
    """Return the reported indicators that a figure is made of in the end; itself where it is reported."""
    if indicator.role != "derived":
        return (indicator.code,)
    parts = (catalogue.indicators_by_code[code] for code in component_codes(indicator))
    return tuple(dict.fromkeys(code for part in parts for code in reported_components(catalogue, part)))


def window_start(indicator: Indicator, end: int) -> int:
    """Return the first month of the window of an indicator that ends with a month, both by their number."""
    if indicator.window == "point" or indicator.aggregation == "last":
        return end
    return end - 11 if indicator.window == "trailing_12m" else end - end % _MONTHS_OF_YEAR


@dataclass(frozen=True)
class ProvenanceIndex:
    """The rows behind every figure, in one language."""

    evaluation: Evaluation
    language: Language

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue of the evaluation."""
        return self.evaluation.catalogue

    @cached_property
    def _files(self) -> Mapping[str, Row]:
        return {row["sha256"]: row for row in self.evaluation.rows("snapshots")}

    def observed(self, unit_code: str, indicator_code: str) -> list[Row]:
        """Return the observations of one indicator of a unit, newest first."""
        return self.evaluation.observed.get((unit_code, indicator_code), [])

    def of_figure(self, figure: Row) -> Provenance:
        """Return how a figure of ``indicator_scores`` came about."""
        if figure["value"] is None or figure["value_period"] is None:
            return NO_PROVENANCE
        indicator = self.catalogue.indicators_by_code[figure["indicator_code"]]
        if figure["method"] in {"computed", "system"}:
            return Provenance(components=self._components(indicator))
        return Provenance(origins=self.of_rows(self._window(figure, indicator)))

    def _components(self, indicator: Indicator) -> tuple[Link, ...]:
        known = self.catalogue.indicators_by_code
        return tuple(Link(wording.pick(known[code].name, self.language), code) for code in component_codes(indicator))

    def _window(self, figure: Row, indicator: Indicator) -> list[Row]:
        rows = self.observed(figure["unit_code"], figure["indicator_code"])
        if indicator.window == "point" or indicator.aggregation == "last" or indicator.formula is not None:
            return [row for row in rows if row["period"] == figure["value_period"]]
        end = month_number(figure["value_period"])
        start = window_start(indicator, end)
        frequency = parse_period(figure["value_period"])[0]
        inside = [row for row in rows if start <= row["last_month"] <= end]
        return [row for row in inside if parse_period(row["period"])[0] == frequency]

    def of_rows(self, rows: Iterable[Row]) -> tuple[Origin, ...]:
        """Return one origin for every file among the rows."""
        by_file: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in rows:
            by_file[row["source_id"], row["snapshot"], row["source_note"] or ""].append(row)
        return tuple(self._origin(*key, group) for key, group in by_file.items())

    def _origin(self, source_id: str, snapshot: str, note: str, rows: list[Row]) -> Origin:
        source = next((source for source in self.catalogue.sources if source.code == source_id), None)
        file = self._files.get(snapshot)
        ordered = sorted(rows, key=lambda row: row["last_month"])
        first, last = ordered[0], ordered[-1]
        pick = wording.pick
        return Origin(
            source=pick(source.name, self.language) if source else source_id,
            publisher=pick(source.publisher, self.language) if source else "",
            note=recorded(note),
            file=file["file"] if file else "",
            locations=_span(first["location"] or "", last["location"] or ""),
            snapshot=snapshot[:SNAPSHOT_DIGITS],
            periods=_span(
                wording.period(first["period"], self.language), wording.period(last["period"], self.language)
            ),
            received=wording.day(last["received_at"], self.language) if last["received_at"] else "",
            statuses=tuple(sorted({row["status"] for row in ordered} - {"reported", None})),
        )


def _span(first: str, last: str) -> str:
    if first == last:
        return first
    sheet, _, cell = last.rpartition("!")
    return f"{first}–{cell}" if sheet and first.startswith(f"{sheet}!") else f"{first}–{last}"
