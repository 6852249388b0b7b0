"""The assessment score: rule sets, sections, items, gates and grades, and the events that lower a score."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from xietong.catalogue.articles import Target
from xietong.catalogue.definition import Code, Definition, NonEmpty, Text, UnitCode
from xietong.catalogue.index import Fraction
from xietong.catalogue.indicators import DeclineFormula, Indicator

RuleCode = Annotated[str, StringConstraints(pattern=r"^(R[1-9][0-9]?|recommended)$")]
GradeCode = Literal["excellent", "good", "pass", "fail"]
Completion = Literal[
    "decline", "level_higher_better", "level_lower_better", "improvement_from_base", "absolute_tonnage"
]
Path = Literal["linear", "geometric", "held"]
#: strict: annual or cumulative target missed; annual: the annual one only; final_year: the annual one
#: every year, the cumulative one in the last.
Veto = Literal["strict", "annual", "final_year", "none"]
#: How far a rule is known: read in its document, recalled, computed by us, or proposed by this method.
Mark = Literal["verified", "recalled", "derived", "proposed"]
GateCode = Literal[
    "fraud",
    "final_target_missed",
    "both_targets_missed",
    "annual_target_missed",
    "cumulative_target_missed",
    "borrowed_target_missed",
    "major_event",
]


class Rule(Definition):
    """A published rule, or one of this method, to which items point by its code."""

    code: RuleCode
    name: Text
    source: Text
    mark: Mark


class Standard(Definition):
    """What is demanded of every unit that has no target of its own, and on whose authority."""

    origin: Literal["national_rate", "method"]
    value: float
    binding: bool = False
    source: Text


class Deduction(Definition):
    """So many points less for every full step by which the figure falls short, instead of a rate."""

    rule: RuleCode
    step: float = Field(gt=0)
    points: float = Field(gt=0)


class Section(Definition):
    """A part of the score with its points; ``annual_share`` of them go to the rate of the year."""

    code: Code
    name: Text
    points: float = Field(gt=0)
    annual_share: float = Field(default=0, ge=0, le=1)
    # Overfulfilment earns a bonus here, and step tables apply here.
    is_target_completion: bool = False
    # The rule that items without points off by the unit follow; none: the completion rule of the rule set.
    rule: RuleCode | None = None
    note: Text | None = None


class Item(Definition):
    """One thing that is scored: an indicator held against a target."""

    code: Code
    section: Code
    indicator: Code
    # Share of the points of its section; the shares of a section sum to 1.
    share: float = Field(gt=0, le=1)
    completion: Completion
    path: Path
    veto: Veto = "none"
    # A rate of the city may stand for a unit without a target of its own; a total never does.
    city_rate_applies: bool = False
    standard: Standard | None = None
    deduction: Deduction | None = None
    # The rule that a figure worse than a year before earns nothing is for this item.
    zero_if_worse: bool = False
    note: Text | None = None


class Step(Definition):
    """The points of a completion rate in a step table."""

    rate: float = Field(ge=0)
    points: float = Field(ge=0)


class Milestone(Definition):
    """The share of a target that is due after so many years of the plan."""

    elapsed: float = Field(gt=0)
    share: float = Field(ge=0, le=1)


class Bonus(Definition):
    """``points`` for every full ``step`` over 100 %, at most ``most``, the whole scaled to ``scaled_to``."""

    rule: RuleCode
    step: float = Field(gt=0)
    points: float = Field(gt=0)
    most: float = Field(gt=0)
    scaled_to: float = Field(gt=0)


class Grade(Definition):
    """A grade [lower, upper); the best one includes its upper end."""

    code: GradeCode
    lower: float
    upper: float
    name: Text


class Gate(Definition):
    """A condition that keeps the grade down whatever the score, with the sentence that says why.

    The sentence may name ``{item}``, ``{required}``, ``{actual}`` and ``{rate}`` (percent), or the ``{event}``.
    """

    code: GateCode
    rule: RuleCode
    at_most: GradeCode
    reason: Text


class RuleSet(Definition):
    """One way to score: which published rules are applied to sections and items."""

    code: RuleCode
    name: Text
    # The rule by which a completion rate becomes points.
    completion_rule: RuleCode
    # Points by step of the completion rate; none: in proportion to it.
    steps: tuple[Step, ...] = ()
    # Share of the annual rate where the section has one; none: as the section says.
    annual_share: float | None = Field(default=None, ge=0, le=1)
    # Milestones of every path; none: each item's own path.
    milestones: tuple[Milestone, ...] = ()
    # Of every item that has a veto; none: each item's own.
    veto: Veto | None = None
    # A city's or state's binding rate closes gates for units that have no target of their own.
    borrowed_targets_bind: bool = False
    unit_deductions: bool = True
    rise_zero: Literal["strict", "above_target", "off"] = "off"
    # The score is the lowest of these sections, each out of 100, instead of the sum of all.
    lowest_of: tuple[Code, ...] = ()
    bonus: Bonus | None = None
    total_cap: float = Field(default=100, ge=100, le=105)
    grades: tuple[Grade, ...] = Field(min_length=2)
    note: Text | None = None


class Scoring(Definition):
    """The file ``scoring.yaml``."""

    rule_set: RuleCode
    # Share of the points that must be observed for a section, and for the whole, to be assessed.
    availability: Fraction
    # The plan's years, for targets that name none: the first assessed one follows the base.
    base_year: int
    final_year: int
    rules: tuple[Rule, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    gates: tuple[Gate, ...]
    rule_sets: tuple[RuleSet, ...]
    note: Text | None = None

    @property
    def selected(self) -> RuleSet:
        """Return the rule set by which the edition is scored."""
        return next(rule_set for rule_set in self.rule_sets if rule_set.code == self.rule_set)


class AssessmentEvent(Definition):
    """Something that a unit did or that happened there; it counts for twelve months from its date."""

    unit_code: UnitCode
    date: date
    kind: Literal["fraud", "major_event", "deduction"]
    # Points taken off: from the item named, else from the total.
    points: float = Field(default=0, ge=0)
    item: Code | None = None
    description: Text
    source: NonEmpty


class AssessmentEvents(Definition):
    """The file ``assessment_events.yaml`` (optional)."""

    events: tuple[AssessmentEvent, ...] = ()


def is_target_of(target: Target, item: Item, indicator: Indicator) -> bool:
    """Return whether the target sets the number that the item is held against.

    A target sets it for its own indicator; one that demands the fall of a quantity also sets it
    for the indicator that is that fall. Amounts are held against totals or levels, nothing else.
    """
    if target.value is None or target.year is None or target.kind == "directional":
        return False
    if target.kind == "decline":
        formula = indicator.formula
        return (
            item.completion == "decline"
            and isinstance(formula, DeclineFormula)
            and (target.indicator, target.base_year) == (formula.of, formula.base_year)
        )
    return target.indicator == item.indicator and (target.kind == "level" or item.completion == "absolute_tonnage")
