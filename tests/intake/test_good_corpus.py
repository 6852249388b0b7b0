"""More than 400 inputs that say the same as a valid original in other words: every figure arrives, to the last digit."""

from collections import Counter

import pytest

from tests.intake.corpus.cases import Case
from tests.intake.corpus.good_forms import GoodForms
from tests.intake.corpus.good_tables import GoodTables
from tests.intake.corpus.intake import Outcome, take

CASES: list[Case] = [*GoodForms(0).cases(), *GoodTables(400).cases()]


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Return what came of every input."""
    return take(CASES, tmp_path_factory.mktemp("good"))


def test_the_corpus_is_as_large_as_promised():
    assert len(CASES) >= 300
    assert max(Counter(case.name for case in CASES).values()) == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_figure_arrives_to_the_last_digit(case: Case, outcomes: dict[str, Outcome]):
    outcome = outcomes[case.name]
    assert outcome.figures == case.expected()
    assert outcome.units == {case.original.unit_code}
    # The figures are drawn at random, so that the gate may rightly wonder at their sizes; it refuses none.
    told = {finding["rule"] for finding in outcome.findings if finding["severity"] != "info" and not finding["at_gate"]}
    refused = {finding["rule"] for finding in outcome.findings if finding["severity"] == "critical"}
    assert not told | refused


@pytest.mark.parametrize("case", [case for case in CASES if "no figure as" in case.name], ids=lambda case: case.name)
def test_what_is_not_there_is_never_zero(case: Case, outcomes: dict[str, Outcome]):
    assert not case.lost & outcomes[case.name].figures.keys()
