"""Each reason for a missing figure: when it holds, and that it is explained wherever it appears."""

import json
from typing import get_args

import pytest
import yaml

from xietong.report.gaps import Gap, gap_of
from xietong.resources import resource_directory


# pm25 may serve two more months; good_air_days_share is computed; data_quality_pass_rate is measured by the system.
@pytest.mark.parametrize(
    ("indicator", "state", "newest", "lacks_inputs", "was_refused", "gap"),
    [
        ("pm25", "observed", "2026-10", False, False, None),
        ("pm25", "not_applicable", None, False, True, "not_applicable"),
        ("pm25", "missing", None, False, False, "not_received"),
        ("pm25", "missing", None, False, True, "refused"),
        ("pm25", "missing", "2026-07", False, True, "out_of_date"),
        ("pm25", "missing", "2026-08", False, False, "window_incomplete"),
        ("pm25", "missing", "2025", False, False, "out_of_date"),
        ("good_air_days_share", "missing", None, True, False, "inputs_missing"),
        ("good_air_days_share", "missing", None, False, False, "not_computable"),
        ("good_air_days_share", "missing", "2024", True, False, "out_of_date"),
        ("data_quality_pass_rate", "missing", None, False, False, "not_measured"),
    ],
)
def test_the_reason(catalogue, indicator, state, newest, lacks_inputs, was_refused, gap) -> None:
    found = catalogue.indicators_by_code[indicator]
    assert gap_of(found, "2026-10", state, newest, lacks_inputs=lacks_inputs, was_refused=was_refused) == gap


def test_every_reason_has_its_sentence_and_is_in_the_schema() -> None:
    reasons = set(get_args(Gap))
    site = resource_directory("site")
    for language in ("zh", "en"):
        words = yaml.safe_load((site / "text" / f"{language}.yaml").read_text(encoding="utf-8"))
        assert set(words["provenance"]["gap"]) == reasons
    common = json.loads((site / "schema" / "v1" / "common.json").read_text(encoding="utf-8"))
    assert set(common["$defs"]["reason"]["enum"]) == reasons | {None}
