"""The options of a study, as text from the command line, checked and taken apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from xietong.errors import UsageError

STEPS: Final = ("denominate", "impute", "screen", "treat", "normalise", "aggregate")
#: Allowed forms of each option; a capital stands for a value to give.
IMPUTATIONS: Final = (
    *("none", "mean", "median", "group-mean:COLUMN", "group-median:COLUMN"),
    *("latest", "constant", "linear", "linear-constant"),
)
TREATMENTS: Final = ("none", "standard", "standard-over-times", "winsorise", "log", "box-cox:LAMBDA")
NORMALISATIONS: Final = (
    *("minmax:LOWER,UPPER", "zscore:MEAN,DEVIATION", "rank", "borda", "percentile-rank", "fraction-of-maximum"),
    *("distance-to-maximum", "distance-to-reference:UNIT", "distance-to-target", "scaled:LOWER,UPPER", "goalposts"),
)
AGGREGATIONS: Final = ("arithmetic", "geometric", "harmonic", "power:P", "copeland")
#: Two base points of Saltelli's design with the most factors there can be, weights to winsorised points.
LEAST_SOBOL_RUNS: Final = 12
WEIGHTS: Final = ("framework", "equal", "entropy", "critic", "pca")


@dataclass(frozen=True)
class Choice:
    """A method with its parameters: numbers, or the name of a unit or column."""

    name: str
    numbers: tuple[float, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class StudyOptions:
    """Options of ``run_study`` as written on the command line; the defaults are those of COINr.

    ``availability`` is the share of a node's children that must be observed, 0 for any.
    """

    denominate: bool = False
    impute: str = "none"
    screen_availability: float | None = None
    treat: str = "none"
    normalise: str = "minmax:0,100"
    aggregate: str = "arithmetic"
    availability: str = "0"
    weights: str = "framework"
    runs: int = 0
    sobol: bool = False
    noise: float = 0.25
    seed: int = 0
    order: str = ",".join(STEPS)


@dataclass(frozen=True)
class StudyMethod:
    """The options taken apart; ``aggregations`` has one entry for all levels or one a level, lowest first."""

    denominate: bool
    imputation: Choice
    screen_availability: float | None
    treatment: Choice
    normalisation: Choice
    aggregations: tuple[Choice, ...]
    availability: float
    weights: str
    runs: int
    sobol: bool
    noise: float
    seed: int
    steps: tuple[str, ...]


def parse_options(options: StudyOptions) -> StudyMethod:
    """Return the options taken apart.

    Raises:
        UsageError: an option has a value that is not allowed; the message lists the allowed ones.
    """
    screen = options.screen_availability
    if screen is not None and not 0 <= screen <= 1:
        raise UsageError(f"--screen-availability must lie in 0–1, got {screen:g}")
    if options.runs < 0 or options.seed < 0:
        raise UsageError(f"--runs and --seed must not be negative, got {options.runs} and {options.seed}")
    if not 0 <= options.noise < 1:
        raise UsageError(f"--noise must lie in 0–1, 1 excluded, got {options.noise:g}")
    if options.sobol and options.runs < LEAST_SOBOL_RUNS:
        raise UsageError(f"--sobol needs --runs of at least {LEAST_SOBOL_RUNS}, got {options.runs}")
    return StudyMethod(
        denominate=options.denominate,
        imputation=_choice("--impute", options.impute, IMPUTATIONS),
        screen_availability=screen,
        treatment=_choice("--treat", options.treat, TREATMENTS),
        normalisation=_with_defaults(_choice("--normalise", options.normalise, NORMALISATIONS)),
        aggregations=tuple(_choice("--aggregate", part, AGGREGATIONS) for part in options.aggregate.split(",")),
        availability=_share(options.availability),
        weights=_choice("--weights", options.weights, WEIGHTS).name,
        runs=options.runs,
        sobol=options.sobol,
        noise=options.noise,
        seed=options.seed,
        steps=_order(options.order),
    )


def _choice(option: str, value: str, allowed: Sequence[str]) -> Choice:
    name, _, parameters = value.strip().partition(":")
    forms = {form.partition(":")[0]: form.partition(":")[2] for form in allowed}
    if name not in forms or (parameters and not forms[name]):
        raise UsageError(f"{option} {value}: allowed are {', '.join(allowed)}")
    if forms[name] in ("COLUMN", "UNIT"):
        if not parameters:
            raise UsageError(f"{option} {value}: name the {forms[name].lower()}, {name}:{forms[name]}")
        return Choice(name, text=parameters)
    try:
        numbers = tuple(float(part) for part in parameters.split(",")) if parameters else ()
    except ValueError:
        raise UsageError(f"{option} {value}: {parameters!r} is not {forms[name]} in numbers") from None
    if numbers and len(numbers) != len(forms[name].split(",")):
        raise UsageError(f"{option} {value}: expected {name}:{forms[name]}")
    if not all(math.isfinite(number) for number in numbers):
        raise UsageError(f"{option} {value}: {parameters!r} is not {forms[name]} in finite numbers")
    if name in ("power", "scaled", "box-cox") and not numbers:
        raise UsageError(f"{option} {value}: expected {name}:{forms[name]}")
    return Choice(name, numbers)


def _with_defaults(choice: Choice) -> Choice:
    defaults = {"minmax": (0.0, 100.0), "zscore": (0.0, 1.0)}
    filled = Choice(choice.name, choice.numbers or defaults.get(choice.name, ()), choice.text)
    if choice.name == "minmax" and filled.numbers[0] >= filled.numbers[1]:
        raise UsageError("--normalise minmax: the lower end must be below the upper end")
    if choice.name == "zscore" and filled.numbers[1] <= 0:
        raise UsageError("--normalise zscore: the deviation must be above 0")
    if choice.name == "scaled" and filled.numbers[0] == filled.numbers[1]:
        raise UsageError("--normalise scaled: the lower and the upper end must differ")
    return filled


def _share(text: str) -> float:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--availability {text}: expected a share such as 2/3 or 0.5") from None
    if not 0 <= share <= 1:
        raise UsageError(f"--availability {text}: must lie in 0–1")
    return float(share)


def _order(text: str) -> tuple[str, ...]:
    steps = tuple(part.strip() for part in text.split(","))
    if sorted(steps) != sorted(STEPS) or steps[-1] != "aggregate":
        raise UsageError(f"--order {text}: name each of {', '.join(STEPS)} once, aggregate last")
    return steps
