"""A whole catalogue: every reference in it has been checked to point at something that exists."""

from dataclasses import dataclass, field
from functools import cached_property

from xietong.catalogue.articles import Articles, DutyStatuses, Targets
from xietong.catalogue.cross_checks import CrossChecks
from xietong.catalogue.factors import Factor, Measures
from xietong.catalogue.index import Index
from xietong.catalogue.indicators import Indicator
from xietong.catalogue.judgements import Judgements
from xietong.catalogue.remarks import Correction, Explanation
from xietong.catalogue.scoring import AssessmentEvents, Scoring
from xietong.catalogue.sources import Source
from xietong.catalogue.units import Unit, Units


@dataclass(frozen=True)
class Catalogue:
    """A checked catalogue: every reference in it points at something that exists."""

    name: str
    units: Units
    articles: Articles
    targets: Targets
    duty_statuses: DutyStatuses
    indicators: tuple[Indicator, ...]
    index: Index
    measures: Measures
    factors: tuple[Factor, ...]
    sources: tuple[Source, ...]
    cross_checks: CrossChecks = field(default_factory=CrossChecks)
    # Without rules of scoring the edition has no assessment.
    scoring: Scoring | None = None
    assessment_events: AssessmentEvents = field(default_factory=AssessmentEvents)
    explanations: tuple[Explanation, ...] = ()
    corrections: tuple[Correction, ...] = ()
    judgements: tuple[Judgements, ...] = ()

    @cached_property
    def indicators_by_code(self) -> dict[str, Indicator]:
        """Return the indicators by code."""
        return {indicator.code: indicator for indicator in self.indicators}

    @cached_property
    def units_by_code(self) -> dict[str, Unit]:
        """Return the present units by code."""
        return {unit.code: unit for unit in self.units.units}

    def source(self, code: str) -> Source:
        """Return the source with this code."""
        return next(source for source in self.sources if source.code == code)
